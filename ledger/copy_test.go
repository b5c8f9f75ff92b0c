package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
)

// dump reads all rows of all tables that are copied, as text.
func dump(t *testing.T, l *Ledger) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, table := range tables {
		rows, err := l.r.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			must(t, rows.Scan(into...))
			out[table] = append(out[table], fmt.Sprintf("%v %#v", columns, row))
		}
		must(t, rows.Err())
	}
	return out
}

// fill writes something into every table, and returns the letter that is
// claimed and the one that was sent.
func fill(t *testing.T, l *Ledger) (claimed, sent letter.Envelope) {
	t.Helper()
	add(t, l, scan(300))
	rows := rowsOf(t, l)
	_, err := l.Draft(t.Context(), draftTo("abuse@example.net", "hello", rows[3], rows[280]))
	must(t, err)
	_, err = l.AddRejects(t.Context(), "relay26", []Reject{{"scan.csv:400", "port"}})
	must(t, err)
	must(t, ReleaseWords(t.Context(), l, "relay26", WordsRelease{Language: "en", Version: "aaaaaaaaaaaa", Function: "lawyer", By: "Ada", Recorded: "anna"}))
	must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: rows[3].Finding.Addr, Network: lookup.Network{Handle: "NET"}}, {Addr: rows[4].Finding.Addr}}))
	c, err := l.Cache(t.Context(), rows[0].Finding.Seen)
	must(t, err)
	prefix, err := rows[3].Finding.Addr.Prefix(24)
	must(t, err)
	must(t, c.Put(t.Context(), prefix, lookup.Network{Handle: "NET"}))
	must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: 1}))
	_, err = l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByDomain, Value: "example.com"}, "tester")
	must(t, err)
	_, err = l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "jane@example.com"}, "tester")
	must(t, err)
	_, err = ForgetPerson(t.Context(), l, "jane@example.com", "tester")
	must(t, err)
	_, err = Halt(t.Context(), l, letter.Halt{Campaign: "relay26", By: "ann", Reason: "listed"})
	must(t, err)
	_, err = Resume(t.Context(), l, "relay26", "ann", "off the list", 1)
	must(t, err)
	_, err = l.w.Exec("INSERT INTO stages (campaign, stage, by_whom, at) VALUES ('relay26', 1, 'ann', 1)")
	must(t, err)
	must(t, UseKey(t.Context(), l, "relay26", []string{"a key"}))
	plan, keys := sealedPlan()
	must(t, Freeze(t.Context(), l, plan, keys))
	must(t, AddPerson(t.Context(), l, Person{Name: "anna", Roles: []string{"approve"}, Hash: "x", By: "tester"}))
	must(t, AddToken(t.Context(), l, Token{Hash: "k", Name: "anna", Until: time.Now().Add(time.Hour)}))
	must(t, NoteChange(t.Context(), l, "settings", "{}", "anna"))
	must(t, AddPerson(t.Context(), l, Person{Name: "ben", Roles: []string{"read"}, By: "tester"}))
	must(t, SetDeputy(t.Context(), l, Deputy{Name: "ben", Of: "anna", Until: time.Now().Add(time.Hour)}))
	_, _, err = NextTold(t.Context(), l, "demo", 0, time.Second)
	must(t, err)
	_, err = l.w.Exec("INSERT INTO tickets (letter_id, reason, campaign, place) VALUES ('x', 'held', 'relay26', 'rt')")
	must(t, err)
	must(t, SetCode(t.Context(), l, "anna", "sealed", 1, []string{"r"}))
	must(t, second(NewLots(l).Make(t.Context(), Lot{Campaign: "relay26", By: "anna"}, []LotLetter{{"x", "00"}}, []LotRead{{Letter: "x", Kind: ReadSample}})))
	cs := NewCases(l, "isp26")
	_, err = cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.8", "4711", 1)})
	must(t, err)
	_, err = cs.Rule(t.Context(), "aaaa", Ruling{By: "ann", Place: NotOurs, Incidents: []Incident{}, Mistaken: true})
	must(t, err)
	var incident int64
	must(t, l.r.QueryRowContext(t.Context(), "SELECT min(id) FROM incidents").Scan(&incident))
	_, err = NewMeasures(l, "isp26").Propose(t.Context(), "4711", "two reporters", []int64{incident})
	must(t, err)
	must(t, NewMeasures(l, "isp26").Firm(t.Context(), "isp26-0000000000", []int64{incident}))
	ids := approved(t, l, 3, 1)
	_, err = l.Note(t.Context(), HistoryEntry{Letter: ids[0], Kind: string(letter.Reply), Ref: "m@example.com"})
	must(t, err)
	_, _, err = MakeBatch(t.Context(), l, "relay26", "agency", []Enclosed{{Letter: ids[1], Hash: "x", Pages: 2}}, false, "tester")
	must(t, err)
	must(t, NoteCorrected(t.Context(), l, "relay26-x-901", ids[2:3]))
	_, err = l.w.Exec("INSERT INTO turned (finding_id, answer_id, campaign, letter_id, addr, contact, other) SELECT 1, id, campaign, letter_id, $1, 'x', '' FROM answers", addrKey(rows[0].Finding.Addr))
	must(t, err)
	_, err = AddLooks(t.Context(), l, "relay26", []outcome.Look{lookAt("192.0.2.7", outcome.Open, 1)})
	must(t, err)
	for _, q := range []string{"departed (letter_id, at, by_whom, why) VALUES ('x', 1, 'tester', 'why')",
		"taught (campaign, sender, label, means, by_whom, at) VALUES ('isp26', 'siem.example', 'offender', 'address', 'tester', 1)",
		"enquiries (campaign, at, by_whom, text, found) VALUES ('relay26', 1, 'tester', 'jane@example.com', 2)",
		"covered (at, by_whom, why, letters) VALUES (1, 'tester', 'why', 2)",
		"taken_back (finding_id, answer_id, campaign, at, by_whom, reason) VALUES (1, 0, 'relay26', 1, 'tester', 'why')"} {
		_, err := l.w.Exec("INSERT INTO " + q)
		must(t, err)
	}
	o, err := l.Outbox(t.Context(), OutboxOptions{Marks: kept(t)})
	must(t, err)
	_, err = l.w.Exec("INSERT INTO restored (taken_at, at) VALUES (1, 2)")
	must(t, err)
	claimed, sent = claimOne(t, o), claimOne(t, o)
	must(t, o.Settle(t.Context(), sent, accepted)())
	if _, err := l.CopyTo(t.Context(), l, "itself", nil); !errors.Is(err, ErrSending) {
		t.Errorf("copied while it was sending: %v", err)
	}
	must(t, o.Close(t.Context()))
	return claimed, sent
}

func TestACopyIsTheSameOnEveryEngine(t *testing.T) {
	for _, way := range [][2]string{{"sqlite", "sqlite"}, {"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			from, to := newLedger(t, way[0]), newLedger(t, way[1])
			claimed, sent := fill(t, from)
			want := dump(t, from)
			if _, err := from.CopyTo(t.Context(), from, "itself", nil); err == nil {
				t.Error("copied over a ledger that is not empty")
			}
			var done, all int
			n, err := from.CopyTo(t.Context(), to, way[1], func(d, a int) { done, all = d, a })
			must(t, err)
			if done != n || all != n {
				t.Errorf("told of %d of %d rows, want %d", done, all, n)
			}
			if ids, err := to.Campaigns(t.Context()); err != nil || !slices.Equal(ids, []string{"isp26", "relay26"}) {
				t.Errorf("campaigns %q, %v", ids, err)
			}
			for _, table := range tables {
				if n -= len(want[table]); len(want[table]) == 0 {
					t.Errorf("nothing in %s to be copied", table)
				}
			}
			if n != 0 {
				t.Errorf("%d rows too many were counted", n)
			}
			if diff := cmp.Diff(want, dump(t, to)); diff != "" {
				t.Error(diff)
			}
			id, err := identity(t.Context(), from.r)
			must(t, err)
			if same, err := identity(t.Context(), to.r); same != id || err != nil {
				t.Errorf("its marks do not know the copy: %q, %v", same, err)
			}
			if _, err := from.Outbox(t.Context(), OutboxOptions{}); !errors.Is(err, ErrMoved) {
				t.Errorf("the old one still sends: %v", err)
			}

			// In the copy, numbering goes on, and what was open is recovered.
			add(t, to, scan(301))
			if n := len(rowsOf(t, to)); n != 301 {
				t.Errorf("%d rows, want 301", n)
			}
			o := outbox(t, to, "next")
			if got := stateOf(t, to, claimed.LetterID); got != letter.Deferred {
				t.Errorf("the claimed letter is %s", got)
			}
			for range 2 {
				if e := claimOne(t, o); e.LetterID == sent.LetterID {
					t.Errorf("sent again: %q", e.LetterID)
				}
			}
			claimNone(t, o)
		})
	}
}

// A snapshot holds all that the ledger does, which stays the one that sends.
func TestASnapshotIsTheSameOnEveryEngine(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		fill(t, l)
		want := dump(t, l)
		path := filepath.Join(t.TempDir(), "snapshot.db")
		must(t, Snapshot(t.Context(), l, path))
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file: %v", info.Mode())
		}
		copied := openLedger(t, path)
		if diff := cmp.Diff(want, dump(t, copied)); diff != "" {
			t.Error(diff)
		}
		checkTallies(t, copied)
		outbox(t, l, "me")
		must(t, MarkRestored(t.Context(), copied, time.UnixMilli(7)))
		if g, err := FindGap(t.Context(), copied, "relay26", kept(t)); err != nil || !errors.Is(g.Err(), ErrRestored) {
			t.Errorf("the gap %+v, %v", g, err)
		}
		list, err := Approvals(t.Context(), copied, letter.Reference("relay26", "abuse0@d0.example", 1))
		if err != nil || len(list) != 1 || list[0].By != "tester" || list[0].Hash == "" || list[0].At.IsZero() {
			t.Errorf("approvals %+v, %v", list, err)
		}
	})
}
