package ledger

import (
	"context"
	"database/sql"
	"net/netip"
	"time"

	"go4.org/netipx"

	"headsup/finding"
	"headsup/letter"
	"headsup/outcome"
)

// An Enquiry is a look at what is known of somebody, for who called.
type Enquiry struct {
	Campaign string
	At       time.Time
	By       string
	Text     string // what was asked
	Found    int    // letters and findings
}

// NoteEnquiry records that somebody looked.
func NoteEnquiry(ctx context.Context, l *Ledger, e Enquiry) error {
	return inTx(ctx, l, func(t *tx) error {
		return t.must(ctx, "INSERT INTO enquiries (campaign, at, by_whom, text, found) VALUES ($1, "+t.d.now+", $2, $3, $4)",
			e.Campaign, text(e.By), text(e.Text), int64(e.Found))
	})
}

// Enquiries returns the last looks in a campaign, the latest first.
func Enquiries(ctx context.Context, l *Ledger, campaign string, limit int) (all []Enquiry, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT at, by_whom, text, found FROM enquiries WHERE campaign = $1 ORDER BY id DESC LIMIT $2", campaign, limit)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		e := Enquiry{Campaign: campaign}
		var at int64
		err := rows.Scan(&at, &e.By, &e.Text, &e.Found)
		e.At = timeOf(at)
		all = append(all, e)
		return err
	})
	return all, err
}

// A Located is a finding, where it ended, and what was seen of its place last.
type Located struct {
	finding.Finding
	Fate   letter.Fate // empty: nobody has decided yet
	Reason string
	Letter string // that tells it, or that it came too late for
	State  letter.State
	Look   outcome.State // what the last look saw; empty: nobody looked again
	Looked time.Time
}

// At returns the findings in a prefix by address and port, so many at the most.
func At(ctx context.Context, l *Ledger, campaign string, p netip.Prefix, limit int) (all []Located, err error) {
	const last = "FROM looks k WHERE k.campaign = f.campaign AND k.addr = f.addr AND k.port = f.port AND k.proto = f.proto AND k.kind = f.kind ORDER BY k.seen DESC, k.source DESC LIMIT 1"
	p = p.Masked()
	rows, err := l.r.QueryContext(ctx, `
SELECT f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source, f.strength, f.reason, f.evidence, f.reporter,
       COALESCE(p.fate, ''), COALESCE(p.reason, ''), COALESCE(p.letter_id, ''), COALESCE(l.state, ''),
       COALESCE((SELECT k.state `+last+`), ''), COALESCE((SELECT k.seen `+last+`), 0)
  FROM findings f LEFT JOIN placements p ON p.finding_id = f.id LEFT JOIN letters l ON l.id = p.letter_id
 WHERE f.campaign = $1 AND f.addr BETWEEN $2 AND $3
 ORDER BY f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source LIMIT $4`,
		campaign, addrKey(p.Addr()), addrKey(netipx.PrefixLastIP(p)), limit)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var s Located
		var looked int64
		f := findingScanner{f: &s.Finding}
		if err := rows.Scan(append(f.columns(), &s.Fate, &s.Reason, &s.Letter, &s.State, &s.Look, &looked)...); err != nil {
			return err
		}
		err := f.finish()
		s.Looked = timeOf(looked)
		all = append(all, s)
		return err
	})
	return all, err
}
