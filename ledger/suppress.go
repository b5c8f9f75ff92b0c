package ledger

import (
	"context"
	"database/sql"
	"errors"
	"net/netip"
	"strings"
	"time"

	"headsup/letter"
)

// Suppress stores who is not written to, from now on if s.Since is zero, and
// stops the letters that it covers and that have not been claimed.
//
// A letter to a suppressed mailbox or domain becomes suppressed. A letter with
// findings in a suppressed prefix or AS says too much: it goes back to the drafts,
// or is held if it was already tried. It returns the IDs of these letters.
func (l *Ledger) Suppress(ctx context.Context, s letter.Suppression, by string) (stopped []string, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		stopped, err = t.suppress(ctx, s, by)
		return err
	})
	return stopped, err
}

func (t *tx) suppress(ctx context.Context, s letter.Suppression, by string) (stopped []string, err error) {
	if s.Value == "" {
		return nil, errors.New("suppression without a value")
	}
	if s.Since.IsZero() {
		if s.Since, err = t.now(ctx); err != nil {
			return nil, err
		}
	}
	if err := t.must(ctx, `
INSERT INTO suppressions (scope, value, campaign, reason, since, until_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (scope, value, campaign) DO UPDATE SET reason = excluded.reason, until_at = excluded.until_at`,
		string(s.Scope), text(s.Value), s.Campaign, text(s.Reason), msOf(s.Since), msOf(s.Until)); err != nil {
		return nil, err
	}
	covered, err := t.covered(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, e := range covered {
		if err := t.stop(ctx, e, s, by); err != nil {
			return nil, err
		}
		stopped = append(stopped, e.ID)
	}
	return stopped, nil
}

// covered returns the letters that s covers and that may still be stopped.
func (t *tx) covered(ctx context.Context, s letter.Suppression) (es []Entry, err error) {
	clause, args := "mailbox = $2", []any{s.Campaign, s.Value}
	switch s.Scope {
	case letter.ByDomain:
		clause = "(domain = $2 OR length(domain) > length($2) AND substr(domain, length(domain) - length($2)) = '.' || $2)"
	case letter.ByPrefix:
		p, err := netip.ParsePrefix(s.Value)
		if err != nil {
			return nil, err
		}
		clause = `id IN (SELECT p.letter_id FROM placements p JOIN findings f ON f.id = p.finding_id
 WHERE p.fate = 'lettered' AND f.addr BETWEEN $2 AND $3)`
		args = []any{s.Campaign, addrKey(p.Masked().Addr()), addrKey(last(p))}
	}
	if as, ok := s.AS(); ok {
		clause = `id IN (SELECT p.letter_id FROM placements p JOIN findings f ON f.id = p.finding_id
  JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr JOIN networks n ON n.id = a.network_id
 WHERE p.fate = 'lettered' AND n.asn = $2)`
		args = []any{s.Campaign, int64(as)}
	}
	rows, err := t.QueryContext(ctx, "SELECT "+entryColumns+` FROM letters
 WHERE state IN ('drafted', 'approved', 'deferred', 'held') AND (campaign = $1 OR $1 = '') AND `+clause+" ORDER BY id"+t.d.lock, args...)
	if err != nil {
		return nil, err
	}
	return scanEntries(rows)
}

// last returns the last address of a prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// stop takes a letter off the way that was not claimed yet.
func (t *tx) stop(ctx context.Context, e Entry, s letter.Suppression, by string) error {
	to := letter.Suppressed
	if s.Scope == letter.ByPrefix || s.Scope == letter.ByAS {
		if e.State == letter.Drafted || e.State == letter.Held {
			return nil // drafted anew without these findings, or not at all
		}
		to = letter.Drafted
		if !e.State.May(to) {
			to = letter.Held
		}
	}
	if err := t.change(ctx, e.ID, to, "", s.String(), nil); err != nil {
		return err
	}
	if to == letter.Suppressed {
		if _, err := t.exec(ctx, "UPDATE placements SET fate = 'suppressed', reason = $2 WHERE letter_id = $1 AND fate = 'lettered'",
			e.ID, text(s.String())); err != nil {
			return err
		}
	}
	return t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "suppressed", State: to, By: by, Text: s.String()})
}

// Unsuppress ends a suppression. Letters that it stopped stay so until they
// are drafted anew. It reports whether there was one.
func (l *Ledger) Unsuppress(ctx context.Context, s letter.Suppression) (ended bool, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM suppressions WHERE scope = $1 AND value = $2 AND campaign = $3", string(s.Scope), s.Value, s.Campaign)
		ended = n > 0
		return err
	})
	return ended, err
}

// Suppressions returns all suppressions, also those that have run out.
func (l *Ledger) Suppressions(ctx context.Context) ([]letter.Suppression, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT "+suppressionColumns+" FROM suppressions ORDER BY scope, value, campaign")
	if err != nil {
		return nil, err
	}
	return scanSuppressions(rows)
}

// stopped returns what stops a letter to contact at this moment.
func (t *tx) stopped(ctx context.Context, campaign, contact, domain string, now time.Time) ([]letter.Suppression, error) {
	args := []any{campaign, msOf(now), contact, domain}
	for up := domain; ; {
		var more bool
		if _, up, more = strings.Cut(up, "."); !more {
			break
		}
		args = append(args, up)
	}
	rows, err := t.QueryContext(ctx, "SELECT "+suppressionColumns+` FROM suppressions
 WHERE campaign IN ('', $1) AND (until_at = 0 OR until_at > $2)
   AND (scope = 'address' AND value = $3 OR scope = 'domain' AND value IN (`+placeholders(4, len(args)-3)+"))", args...)
	if err != nil {
		return nil, err
	}
	return scanSuppressions(rows)
}

const suppressionColumns = "scope, value, campaign, reason, since, until_at"

func scanSuppressions(rows *sql.Rows) (out []letter.Suppression, err error) {
	defer rows.Close()
	for rows.Next() {
		var s letter.Suppression
		var since, until int64
		if err := rows.Scan(&s.Scope, &s.Value, &s.Campaign, &s.Reason, &since, &until); err != nil {
			return nil, err
		}
		s.Since, s.Until = timeOf(since), timeOf(until)
		out = append(out, s)
	}
	return out, rows.Err()
}
