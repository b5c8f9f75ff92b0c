package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

// A crowd is a campaign of letters of all sorts, the same each time.
type crowd struct {
	campaign string
	letters  int
	findings int // of each letter, on average
}

// Who is written to in which country, and by whom: what lists filter by hangs together.
var countries = []struct{ country, language, agency string }{
	{"DE", "de", "bnetz"}, {"US", "en", "ocn"}, {"FR", "fr", "arcep"}, {"JP", "ja", "soumu"}, {"BR", "pt", "ocn"}, {"IN", "en", "ocn"},
	{"AT", "de", "bnetz"}, {"KE", "en", "ocn"}, {"PL", "pl", "ocn"}, {"IT", "it", "ocn"}, {"BE", "fr", "arcep"}, {"TH", "th", "ocn"},
	{"ES", "es", "ocn"}, {"MX", "es", "ocn"}, {"GR", "el", "ocn"}, {"EG", "ar", "ocn"}, {"", "en", "ocn"},
}

var (
	someKinds  = []finding.Kind{finding.OpenRelay, finding.OpenProxy, finding.ExposedService}
	someStates = []letter.State{letter.Sent, letter.Drafted, letter.Approved, letter.Bounced, letter.Deferred, letter.Held, letter.Failed, letter.Unknown}
	someWhy    = []letter.Class{letter.ClassMailbox, letter.ClassUnclear, letter.ClassNetwork}
)

// pick returns one of a list, most often an early one.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(r.IntN(len(list))+1)] }

// store puts the crowd into a ledger, a thousand letters at a time.
func (c crowd) store(t testing.TB, l *Ledger) {
	t.Helper()
	const share = 1000
	r := rand.New(rand.NewPCG(1, 2))
	for at := 0; at < c.letters; at += share {
		ds := make([]Draft, min(share, c.letters-at))
		var fs []finding.Finding
		for i := range ds {
			ds[i] = c.draft(r, at+i)
			fs = append(fs, ds[i].Letter.Findings...)
		}
		_, err := l.AddFindings(t.Context(), c.campaign, fs)
		must(t, err)
		must(t, inTx(t.Context(), l, func(x *tx) error { return c.keep(t.Context(), x, r, ds) }))
	}
}

// draft makes the letter of a number.
func (c crowd) draft(r *rand.Rand, n int) Draft {
	where := pick(r, countries)
	x := letter.Letter{
		Campaign:  c.campaign,
		Round:     1 + r.IntN(2)*r.IntN(3),
		To:        lookup.Contact{Email: fmt.Sprintf("abuse@d%d.example", n), Org: fmt.Sprintf("Netz Ö%d %s", n, where.country), Country: where.country, Role: "abuse"},
		Agency:    letter.Agency{ID: where.agency, From: "n@example.org"},
		Languages: []string{where.language},
		Date:      time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	}
	if r.IntN(10) == 0 {
		x.Languages[0] = "en"
	}
	x.ID = letter.Reference(c.campaign, x.Pile(), x.Round)
	kinds := [2]finding.Kind{pick(r, someKinds), pick(r, someKinds)}
	for i := range 1 + r.IntN(2*c.findings-1) {
		addr := binary.BigEndian.AppendUint32(nil, 10<<24+uint32(n*2*c.findings+i))
		x.Findings = append(x.Findings, finding.Finding{Addr: netip.AddrFrom4([4]byte(addr)), Port: 25, Proto: "tcp", Kind: kinds[i%2], Service: "smtp",
			Strength: finding.Verified, Reason: "forwarded a probe", Seen: x.Date, Source: fmt.Sprintf("scan.csv:%d", n), Evidence: "250 2.1.5 Ok"})
	}
	return Draft{Letter: x, Rendered: rendered(x.ID, "hello"), Lanes: []string{"campaign:" + c.campaign}}
}

// keep stores letters in one of the states each, with their bodies, words and placements.
func (c crowd) keep(ctx context.Context, t *tx, r *rand.Rand, ds []Draft) error {
	queue, err := t.queue(ctx, c.campaign, ds[0].Lanes)
	if err != nil {
		return err
	}
	first, last := ds[0].Letter.Findings[0], ds[len(ds)-1].Letter.Findings
	rows, err := t.Query("SELECT id FROM findings WHERE campaign = $1 AND addr BETWEEN $2 AND $3 ORDER BY addr",
		c.campaign, addrKey(first.Addr), addrKey(last[len(last)-1].Addr))
	if err != nil {
		return err
	}
	findings, err := collect[int64](rows)
	if err != nil {
		return err
	}
	letters := bulk{table: "letters", onConflict: "DO NOTHING", columns: strings.Fields(`id campaign contact mailbox round domain agency
language subject findings networks hash state queue_id recipient envelope_from message_id country org kinds class first_time changed_at`)}
	bodies := bulk{table: "bodies", onConflict: "DO NOTHING", columns: []string{"letter_id", "data", "mail", "pdf"}}
	words := bulk{table: "words", onConflict: "DO NOTHING", columns: []string{"letter_id", "text"}}
	placements := bulk{table: "placements", onConflict: "DO NOTHING", columns: []string{"finding_id", "campaign", "fate", "reason", "letter_id"}}
	for _, d := range ds {
		row, err := newLetterRow(d)
		if err != nil {
			return err
		}
		x, state, class := d.Letter, pick(r, someStates), letter.Class("")
		if state.Lost() {
			class = pick(r, someWhy)
		}
		letters.rows = append(letters.rows, []any{x.ID, c.campaign, row.contact, row.mailbox, int64(x.Round), row.domain, x.Agency.ID,
			row.language, d.Rendered.Subject, int64(len(x.Findings)), int64(1), row.hash, string(state), queue, x.To.Email, row.from, row.messageID,
			row.country, row.org, row.kinds, string(class), int64(one(r.IntN(4) > 0)), int64(1)})
		bodies.rows = append(bodies.rows, []any{x.ID, string(row.data), d.Rendered.Mail, d.Rendered.PDF})
		words.rows = append(words.rows, []any{x.ID, wordsOf(x.ID, x.To.Email, x.To.Org, d.Rendered.Subject)})
		for range x.Findings {
			placements.rows = append(placements.rows, []any{findings[0], c.campaign, string(letter.FateLettered), "", x.ID})
			findings = findings[1:]
		}
	}
	for _, b := range []bulk{letters, bodies, words, placements} {
		if _, err := t.d.bulk(ctx, t, b); err != nil {
			return err
		}
	}
	return nil
}
