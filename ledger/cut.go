package ledger

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"headsup/letter"
	"headsup/lookup"
)

// A part is what a suppression covers: letters, by their mailbox, or findings.
// The parameters of its conditions begin at $2.
type part struct {
	letters        string // condition on letters
	findings       string // tables that say whether a finding f is covered; empty: all of a letter are
	findingIsMeant string // condition on them
	args           []any
}

func partOf(s letter.Suppression) (p part, err error) {
	switch s.Scope {
	case letter.ByDomain:
		p.letters = "(domain = $2 OR length(domain) > length($2) AND substr(domain, length(domain) - length($2)) = '.' || $2)"
		p.args = []any{s.Value}
		return p, nil
	case letter.ByPrefix:
		prefix, err := netip.ParsePrefix(s.Value)
		if err != nil {
			return p, err
		}
		p.findings, p.findingIsMeant = "findings f", "f.addr BETWEEN $2 AND $3"
		p.args = []any{addrKey(prefix.Masked().Addr()), addrKey(netipx.PrefixLastIP(prefix))}
	case letter.ByAS:
		as, _ := s.AS()
		p.findings = "findings f JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr JOIN networks n ON n.id = a.network_id"
		p.findingIsMeant, p.args = "n.asn = $2", []any{int64(as)}
		// CROSS JOIN has SQLite begin with the number: it would read all findings.
		p.letters = `id IN (SELECT p.letter_id FROM networks n CROSS JOIN lookups a CROSS JOIN findings f CROSS JOIN placements p
 WHERE n.asn = $2 AND a.network_id = n.id AND f.campaign = a.campaign AND f.addr = a.addr AND p.finding_id = f.id AND p.fate = 'lettered')`
		return p, nil
	default:
		p.letters, p.args = "mailbox = $2", []any{s.Value}
		return p, nil
	}
	// The index of findings begins with their campaign.
	p.letters = "id IN (SELECT p.letter_id FROM " + p.findings + " JOIN placements p ON p.finding_id = f.id" +
		" WHERE f.campaign IN (SELECT campaign FROM tallies WHERE what = 'rows') AND p.fate = 'lettered' AND " + p.findingIsMeant + ")"
	return p, nil
}

// covered returns the letters that s covers and that wait.
func (t *tx) covered(ctx context.Context, s letter.Suppression) ([]Entry, error) {
	p, err := partOf(s)
	if err != nil {
		return nil, err
	}
	query, args := coveredBy(t.d, s, p)
	rows, err := t.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scanEntries(rows)
}

// coveredBy asks for the letters that wait and that s, which covers p, stops.
func coveredBy(d *dialect, s letter.Suppression, p part) (query string, args []any) {
	return "SELECT " + entryColumns + ` FROM letters
 WHERE state IN ('drafted', 'approved', 'deferred', 'held') AND corrects = '' AND (campaign = $1 OR $1 = '') AND ` + p.letters + " ORDER BY id" + d.lock,
		append([]any{s.Campaign}, p.args...)
}

// cut takes what s covers out of a letter that waits, and stops it. It returns
// what the letter is then, or "" where s covers none of its findings any more.
func (t *tx) cut(ctx context.Context, e Entry, s letter.Suppression, by string) (letter.State, error) {
	p, err := partOf(s)
	if err != nil || !e.State.Waits() {
		return "", err
	}
	n, left, err := t.cutFindings(ctx, e, p, s)
	if err != nil || n == 0 && p.findings != "" {
		return "", err
	}
	to, why, redraft := letter.Cut(left), text(s.String()), ""
	if to == letter.Held {
		redraft = letter.Redraft + why
		why = redraft
	}
	// Where a person holds the letter back, that stays the reason that is seen.
	if err := t.must(ctx, `
UPDATE letters SET state = $2, reason = CASE WHEN kept = 1 AND state = $2 THEN reason ELSE $3 END, redraft = $4, changed_at = `+t.d.now+`
 WHERE id = $1 AND state = $5`, e.ID, string(to), why, redraft, string(e.State)); err != nil {
		return "", err
	}
	return to, t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "suppressed", State: to, By: by, Text: s.String()})
}

// cutFindings makes those findings of a letter suppressed that s covers. It
// returns how many these are, and how many are left.
func (t *tx) cutFindings(ctx context.Context, e Entry, p part, s letter.Suppression) (n int64, left int, err error) {
	query, args := "UPDATE placements SET fate = 'suppressed', reason = $1 WHERE fate = 'lettered'", []any{text(s.String())}
	if p.findings != "" {
		query += " AND EXISTS (SELECT 1 FROM " + p.findings + " WHERE f.id = placements.finding_id AND " + p.findingIsMeant + ")"
		args = append(args, p.args...)
	}
	args = append(args, e.ID)
	if n, err = t.exec(ctx, fmt.Sprintf("%s AND letter_id = $%d", query, len(args)), args...); err != nil {
		return 0, 0, err
	}
	err = t.QueryRowContext(ctx, "SELECT count(*) FROM placements WHERE letter_id = $1 AND fate = 'lettered'", e.ID).Scan(&left)
	return n, left, err
}

// networksStopped are the suppressions by prefix and AS number as an outbox
// knows them: there may be many, and most claims find them unchanged.
type networksStopped struct {
	version int64
	index   *letter.Suppressions
}

// refreshStops reads the suppressions by prefix and AS number again if any
// suppression has changed since. It is asked after the rows of the letters are
// locked: who suppresses later waits for them. lock, if set, keeps the version
// as it is until the transaction ends.
func (c *claim) refreshStops(ctx context.Context, lock string) (*networksStopped, error) {
	var version int64
	if err := c.t.QueryRowContext(ctx, "SELECT n FROM versions WHERE what = 'suppressions'"+lock).Scan(&version); err != nil {
		return nil, err
	}
	c.stops.mu.Lock()
	defer c.stops.mu.Unlock()
	if known := c.stops.known; known != nil && known.version == version {
		return known, nil
	}
	rows, err := c.t.QueryContext(ctx, "SELECT "+suppressionColumns+" FROM suppressions WHERE scope IN ('prefix', 'as')")
	if err != nil {
		return nil, err
	}
	list, err := scanSuppressions(rows)
	if err != nil {
		return nil, err
	}
	c.stops.known = &networksStopped{version, letter.NewSuppressions(list)}
	return c.stops.known, nil
}

// stopped returns what stops a letter that is about to leave: suppressions of
// its address, or else those of networks that its findings are in.
func (c *claim) stopped(ctx context.Context, e Entry) ([]letter.Suppression, error) {
	contact := strings.ToLower(e.To)
	_, domain, _ := strings.Cut(contact, "@")
	found, err := c.t.stopped(ctx, e.Campaign, contact, domain, c.now)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return c.stoppedNetworks(ctx, e)
}

// stoppedNetworks returns the suppressions of networks that findings of a
// letter are in.
func (c *claim) stoppedNetworks(ctx context.Context, e Entry) (found []letter.Suppression, err error) {
	if !c.known.index.ByNetwork() {
		return nil, nil
	}
	rows, err := c.t.QueryContext(ctx, `
SELECT DISTINCT f.addr, COALESCE(n.asn, 0) FROM placements p JOIN findings f ON f.id = p.finding_id
  LEFT JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr LEFT JOIN networks n ON n.id = a.network_id
 WHERE p.letter_id = $1 AND p.fate = 'lettered' ORDER BY 1`, e.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key []byte
		var as int64
		if err := rows.Scan(&key, &as); err != nil {
			return nil, err
		}
		addr, err := addrOf(key)
		if err != nil {
			return nil, err
		}
		s, ok := c.known.index.Find(e.Campaign, lookup.Contact{}, lookup.Network{AS: uint32(as)}, addr, c.now)
		if ok && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found, rows.Err()
}

// cut stops a letter by what stops it, and reports whether it did.
func (c *claim) cut(ctx context.Context, e Entry, by []letter.Suppression) (stopped bool, err error) {
	for _, s := range by {
		state, err := c.t.cut(ctx, e, s, c.o.Owner)
		if err != nil {
			return false, err
		}
		if state != "" {
			e.State, stopped = state, true
		}
	}
	return stopped, nil
}
