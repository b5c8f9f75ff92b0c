package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
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

// store puts the crowd into a ledger, by the ledger's own statements, but
// without a commit for each letter.
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
		must(t, l.update(t.Context(), func(t *tx) error {
			for _, d := range ds {
				if err := c.keep(t, r, d); err != nil {
					return err
				}
			}
			return nil
		}))
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

// keep drafts a letter and moves it to one of the states.
func (c crowd) keep(t *tx, r *rand.Rand, d Draft) error {
	fs := d.Letter.Findings
	rows, err := t.Query("SELECT id FROM findings WHERE campaign = $1 AND addr BETWEEN $2 AND $3", c.campaign, addrKey(fs[0].Addr), addrKey(fs[len(fs)-1].Addr))
	if err != nil {
		return err
	}
	if d.Findings, err = collect[int64](rows); err != nil {
		return err
	}
	row, err := newLetterRow(d)
	if err != nil {
		return err
	}
	if _, err := t.draft(context.Background(), d, row); err != nil {
		return err
	}
	state, class := pick(r, someStates), letter.Class("")
	if state.Lost() {
		class = pick(r, someWhy)
	}
	_, err = t.Exec("UPDATE letters SET state = $2, class = $3, first_time = $4 WHERE id = $1", d.Letter.ID, string(state), string(class), one(r.IntN(4) > 0))
	return err
}
