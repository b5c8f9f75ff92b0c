package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

// openAt makes a ledger as an earlier version of the program would have.
func openAt(t *testing.T, dsn string, version int64) *Ledger {
	t.Helper()
	l := &Ledger{}
	must(t, connect(l, dsn))
	t.Cleanup(func() { l.Close() })
	p, err := migrationsOf(l)
	must(t, err)
	_, err = p.UpTo(t.Context(), version)
	must(t, err)
	return l
}

// TestAnOldLedgerIsKept writes a ledger of version 4, with letters in every
// state, by the statements of its time.
func TestAnOldLedgerIsKept(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			old := openAt(t, dsn, 4)
			storeOld(t, old)
			must(t, old.Close())

			l := openLedger(t, dsn)
			checkTallies(t, l)
			got := map[string]Entry{}
			for e, err := range l.Letters(t.Context(), Filter{}) {
				must(t, err)
				e.Hash, e.Changed, e.From, e.MessageID = "", e.Changed.UTC(), "", ""
				got[e.ID] = e
			}
			if diff := cmp.Diff(wantOld(), summary(got)); diff != "" {
				t.Error(diff)
			}
			r, err := l.Letter(t.Context(), "relay26-sent")
			must(t, err)
			if string(r.Rendered.Mail) != "mail of relay26-sent" || r.Letter.To.Org != "Ärzte GmbH" || len(r.Letter.Findings) != 2 {
				t.Errorf("%+v", r)
			}
			for _, sought := range []string{"ärzte", "ABUSE@sent.example", "relay26-sent"} {
				p, err := l.Page(t.Context(), Query{Filter: Filter{Campaign: "relay26", Text: sought, States: []letter.State{letter.Sent}}})
				if got := idsOf(p.Entries); err != nil || !slices.Equal(got, []string{"relay26-sent"}) {
					t.Errorf("%s: %q, %v", sought, got, err)
				}
			}
			if got := numbersOf(t, l, "SELECT status, count(*) FROM lookups GROUP BY status"); got["found"] != 1 || got["none"] != 2 {
				t.Errorf("look-ups: %v", got)
			}
			sum, err := l.Sum(t.Context(), "relay26")
			must(t, err)
			if err := sum.Check(); err != nil || sum.Rows != 25 || sum.Lettered != 22 || sum.Suppressed != 1 || sum.Held != 1 || sum.Rejected != 1 || sum.Letters != 12 {
				t.Errorf("sum %+v: %v", sum, err)
			}
		})
	}
}

// oldStates are the letters of the old ledger, by what stands behind "relay26-".
var oldStates = map[string]letter.State{
	"drafted": letter.Drafted, "approved": letter.Approved, "held": letter.Held, "sending": letter.Sending, "sent": letter.Sent, "deferred": letter.Deferred,
	"failed": letter.Failed, "givenup": letter.Failed, "unknown": letter.Unknown, "bounced": letter.Bounced, "expired": letter.Bounced, "suppressed": letter.Suppressed,
}

func storeOld(t *testing.T, l *Ledger) {
	t.Helper()
	ctx := context.Background()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := l.w.ExecContext(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("INSERT INTO queues (id, campaign, trunk, lane) VALUES (1, 'relay26', 'campaign:relay26', 'domain:example')")
	row := 0
	found := func(kind finding.Kind, fate letter.Fate, id any) {
		row++
		exec(`INSERT INTO findings (id, campaign, addr, port, proto, kind, service, seen, source, strength, reason, evidence, reporter)
VALUES ($1, 'relay26', $2, 25, 'tcp', $3, 'smtp', 1, 'scan.csv', 'verified', '', '', '')`, row, addrKey(scan(row)[row-1].Addr), string(kind))
		exec("INSERT INTO placements (finding_id, campaign, fate, reason, letter_id) VALUES ($1, 'relay26', $2, '', $3)", row, string(fate), id)
	}
	store := func(id, mailbox string, state letter.State, reason string, changed int64) {
		to := lookup.Contact{Email: mailbox, Org: "Ärzte GmbH", Country: "DE"}
		data, err := json.Marshal(letter.Letter{ID: id, To: to})
		must(t, err)
		exec(`INSERT INTO letters (id, campaign, contact, mailbox, round, domain, agency, language, subject, findings, networks, hash, state,
 reason, queue_id, recipient, envelope_from, message_id, changed_at)
VALUES ($1, $2, $3, $3, 1, 'example', 'ocn', 'de', 'relay', 2, 1, 'h', $4, $5, 1, $3, 'n@example.org', $1, $6)`,
			id, id[:7], mailbox, string(state), reason, changed)
		exec("INSERT INTO bodies (letter_id, data, mail, pdf) VALUES ($1, $2, $3, $3)", id, string(data), []byte("mail of "+id))
	}
	for _, name := range slices.Sorted(maps.Keys(oldStates)) {
		reason := ""
		if name == "givenup" {
			reason = "given up: 451 later"
		}
		store("relay26-"+name, "abuse@"+name+".example", oldStates[name], reason, 1000)
		fate := letter.FateLettered
		if name == "suppressed" {
			fate = letter.FateSuppressed
		}
		found(finding.OpenRelay, fate, "relay26-"+name)
		if name != "held" {
			found(finding.OpenProxy, letter.FateLettered, "relay26-"+name)
		}
	}
	found(finding.OpenProxy, letter.FateHeld, nil)
	for i, contacts := range []string{`[{"email": "abuse@example.net"}]`, `[]`, `null`} {
		exec("INSERT INTO networks (id, digest, data, fetched) VALUES ($1, $2, $3, 1)", i+1, []byte{byte(i)}, `{"contacts": `+contacts+`}`)
		exec("INSERT INTO answers (campaign, addr, status, network_id, failure, at) VALUES ('relay26', $1, 'found', $2, '', 1)", addrKey(scan(3)[i].Addr), i+1)
	}
	exec("INSERT INTO rejects (campaign, source, reason) VALUES ('relay26', 'scan.csv:99', 'port')")
	exec("INSERT INTO events (letter_id, at, kind, state, by_whom, text, ref) VALUES ('relay26-bounced', 1, 'bounce', 'bounced', '', '', 'a')")
	exec("INSERT INTO events (letter_id, at, kind, state, by_whom, text, ref) VALUES ('relay26-expired', 1, 'expired', 'bounced', '', '', 'b')")
	// An earlier campaign wrote to one of them before it was drafted, and to one after it was sent.
	store("early25-a", "abuse@drafted.example", letter.Sent, "", 500)
	store("early25-b", "abuse@sent.example", letter.Sent, "", 1500)
}

// summary is what the migration had to find out, and the state.
func summary(es map[string]Entry) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(es)) {
		e := es[id]
		out = append(out, fmt.Sprintf("%s %s %q %s %s %v first %v", id, e.State, e.Class, e.Country, e.Org, e.Kinds, e.FirstTime))
	}
	return out
}

func wantOld() []string {
	es := map[string]Entry{
		"early25-a": {State: letter.Sent, FirstTime: true},
		"early25-b": {State: letter.Sent},
	}
	classes := map[string]letter.Class{"failed": letter.ClassUnclear, "givenup": letter.ClassNetwork, "bounced": letter.ClassMailbox, "expired": letter.ClassNetwork}
	for name, state := range oldStates {
		e := Entry{State: state, Class: classes[name], FirstTime: name != "drafted", Kinds: []finding.Kind{finding.OpenProxy, finding.OpenRelay}}
		if name == "held" {
			e.Kinds = []finding.Kind{finding.OpenRelay}
		}
		es["relay26-"+name] = e
	}
	for id, e := range es {
		e.Country, e.Org = "DE", "Ärzte GmbH"
		es[id] = e
	}
	return summary(es)
}

// TestEveryFateCanBeStored stores each fate once and finds it in the sum.
func TestEveryFateCanBeStored(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		fates := []letter.Fate{letter.FateHeld, letter.FateSuppressed, letter.FateNoContact, letter.FateFailed, letter.FateSpecial,
			letter.FateDuplicate, letter.FateWaiting, letter.FateWithdrawn}
		var found []finding.Finding
		for i := range fates {
			found = append(found, finding.Finding{Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), Port: 25, Proto: "tcp", Kind: finding.OpenRelay,
				Strength: finding.Observed, Source: fmt.Sprintf("scan.csv:%d", i)})
		}
		_, err := l.AddFindings(t.Context(), "relay26", found)
		must(t, err)
		var ps []letter.Placement
		for row, err := range l.Rows(t.Context(), "relay26") {
			must(t, err)
			ps = append(ps, letter.Placement{Row: row.ID, Fate: fates[len(ps)]})
		}
		must(t, l.Place(t.Context(), "relay26", ps))
		sum, err := l.Sum(t.Context(), "relay26")
		must(t, err)
		if err := sum.Check(); err != nil || sum.Rows != len(fates) || sum.Waiting != 1 || sum.Withdrawn != 1 {
			t.Errorf("%+v: %v", sum, err)
		}
		checkTallies(t, l)
	})
}
