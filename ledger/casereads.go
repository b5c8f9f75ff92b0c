package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"headsup/letter"
)

const caseColumns = `c.id, c.queue, c.place, c.why, c.kind, c.reporter, c.proven, c.automatic, c.language, c.message_id, c.source,
       c.sent_at, c.read_at, c.by_whom, c.answered, c.receipt`

func scanCase(row interface{ Scan(...any) error }) (c Case, err error) {
	var sent, read, automatic int64
	err = row.Scan(&c.ID, &c.Queue, &c.Place, &c.Why, &c.Kind, &c.Reporter, &c.Proven, &automatic, &c.Language, &c.MessageID, &c.Source,
		&sent, &read, &c.By, &c.Answered, &c.Receipt)
	c.Sent, c.Read, c.Automatic = timeOf(sent), timeOf(read), automatic == 1
	return c, err
}

func collectCases(rows *sql.Rows, err error) (all []Case, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanCase(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Case returns a report with its incidents and, where it is kept, its message,
// and records who looked. An ID may be cut as long as one case alone begins
// with it. It returns [ErrNoCase].
func (cs Cases) Case(ctx context.Context, id, by string) (c Case, err error) {
	rows, err := collectCases(cs.l.r.QueryContext(ctx, "SELECT "+caseColumns+` FROM cases c
 WHERE c.campaign = $1 AND c.id >= $2 AND c.id < $3 ORDER BY c.id LIMIT 2`, cs.campaign, id, id+"~"))
	if err != nil {
		return c, err
	}
	if len(rows) != 1 || id == "" {
		return c, fmt.Errorf("%w: %q", ErrNoCase, id)
	}
	c = rows[0]
	if c.Incidents, err = cs.incidents(ctx, c.ID); err != nil {
		return c, err
	}
	err = cs.l.r.QueryRowContext(ctx, "SELECT mail FROM case_mails WHERE case_id = $1", c.ID).Scan(&c.Mail)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, err
	}
	return c, cs.Log(ctx, CaseEvent{Case: c.ID, By: by, What: "viewed"})
}

const incidentColumns = `i.id, i.told_as, i.addr, i.port, i.target, i.seen, i.seen_at, i.kind, i.url, i.place, i.customer, i.why, i.rests_on, i.by_whom, i.account`

func scanIncident(rows *sql.Rows, more ...any) (i Incident, err error) {
	var addr []byte
	var at int64
	if err := rows.Scan(append([]any{&i.ID, &i.Key, &addr, &i.Port, &i.Target, &i.Seen, &at, &i.Kind, &i.URL, &i.Place, &i.Customer, &i.Why,
		&i.RestsOn, &i.By, &i.Account}, more...)...); err != nil {
		return i, err
	}
	if i.At = timeOf(at); len(addr) > 0 {
		i.Addr, err = addrOf(addr)
	}
	return i, err
}

// incidents are those of a case, by their number.
func (cs Cases) incidents(ctx context.Context, id string) (all []Incident, err error) {
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT `+incidentColumns+`, t.evidence, t.span, COALESCE(p.letter_id, ''), COALESCE(l.state, '')
  FROM tellings t JOIN incidents i ON i.id = t.incident_id
  LEFT JOIN notices n ON n.incident_id = i.id AND n.customer = i.customer
  LEFT JOIN placements p ON p.finding_id = n.finding_id
  LEFT JOIN letters l ON l.id = p.letter_id
 WHERE t.case_id = $1 ORDER BY i.id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var evidence, span, in, state string
		i, err := scanIncident(rows, &evidence, &span, &in, &state)
		if err != nil {
			return nil, err
		}
		i.Evidence, i.Span, i.Letter, i.State = evidence, span, in, state
		all = append(all, i)
	}
	return all, rows.Err()
}

// List returns the cases that a filter chooses, the latest first, without
// incidents.
func (cs Cases) List(ctx context.Context, f CaseFilter) ([]Case, error) {
	where, args := cs.conditions(f)
	return collectCases(cs.l.r.QueryContext(ctx, "SELECT "+caseColumns+" FROM cases c WHERE "+where+" ORDER BY c.read_at DESC, c.id", args...))
}

// Events returns what happened to a case, the earliest first.
func (cs Cases) Events(ctx context.Context, id string) (all []CaseEvent, err error) {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT at, by_whom, what, text FROM case_log WHERE case_id = $1 ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e := CaseEvent{Case: id}
		var at int64
		if err := rows.Scan(&at, &e.By, &e.What, &e.Text); err != nil {
			return nil, err
		}
		e.At = timeOf(at)
		all = append(all, e)
	}
	return all, rows.Err()
}

// Sum counts reports by where they ended.
func (cs Cases) Sum(ctx context.Context) (map[Place]int, error) {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT place, count(*) FROM cases WHERE campaign = $1 GROUP BY place", cs.campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sum := map[Place]int{}
	for rows.Next() {
		var p Place
		var n int
		if err := rows.Scan(&p, &n); err != nil {
			return nil, err
		}
		sum[p] = n
	}
	return sum, rows.Err()
}

// Notices yields what customers are to hear and no letter past review tells them:
// that of one customer at a time, in the order of their numbers. Nothing of a
// customer is read before it is its turn but the numbers of rows.
func (cs Cases) Notices(ctx context.Context) iter.Seq2[[]Notice, error] {
	return func(yield func([]Notice, error) bool) {
		keys, err := cs.untold(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for len(keys) > 0 {
			n := min(noticePage, len(keys))
			for n < len(keys) && keys[n].customer == keys[n-1].customer {
				n++
			}
			page, err := cs.notices(ctx, keys[:n])
			if err != nil {
				yield(nil, err)
				return
			}
			for len(page) > 0 {
				m := slices.IndexFunc(page, func(x Notice) bool { return x.Customer != page[0].Customer })
				if m < 0 {
					m = len(page)
				}
				if !yield(page[:m:m], nil) {
					return
				}
				page = page[m:]
			}
			keys = keys[n:]
		}
	}
}

// noticePage is how many notices are read at once.
const noticePage = 500

// toTell is true of notices that no letter past review tells, and of those that
// stand in one that mail could not deliver.
const toTell = `(p.letter_id IS NULL OR p.fate <> 'lettered' OR l.state = 'drafted' OR l.state = 'held' AND l.redraft <> ''
   OR l.state IN ('bounced', 'failed') AND l.paper = '' AND ` + deadEnd + ")"

// A noticeKey is a notice that is not told.
type noticeKey struct {
	finding  int64
	customer string
}

func (cs Cases) untold(ctx context.Context) (keys []noticeKey, err error) {
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT n.finding_id, n.customer FROM notices n JOIN incidents i ON i.id = n.incident_id
  LEFT JOIN placements p ON p.finding_id = n.finding_id
  LEFT JOIN letters l ON l.id = p.letter_id
 WHERE i.campaign = $1 AND `+toTell+`
 ORDER BY n.customer, i.id`, cs.campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k noticeKey
		if err := rows.Scan(&k.finding, &k.customer); err != nil {
			return nil, err
		}
		if last := len(keys) - 1; last >= 0 && keys[last].customer == k.customer {
			k.customer = keys[last].customer // one text in memory for all
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// notices reads those that are still not told.
func (cs Cases) notices(ctx context.Context, keys []noticeKey) (all []Notice, err error) {
	ids := make([]int64, len(keys))
	for i, k := range keys {
		ids[i] = k.finding
	}
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT `+incidentColumns+`, f.evidence, n.customer, n.finding_id, n.at, COALESCE(p.letter_id, ''), COALESCE(l.state, '')
  FROM notices n JOIN incidents i ON i.id = n.incident_id JOIN findings f ON f.id = n.finding_id
  LEFT JOIN placements p ON p.finding_id = n.finding_id
  LEFT JOIN letters l ON l.id = p.letter_id
 WHERE n.finding_id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM `+cs.l.d.each+`) AND `+toTell+`
 ORDER BY n.customer, i.id`, asList(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n Notice
		var at int64
		var evidence string
		if n.Incident, err = scanIncident(rows, &evidence, &n.Customer, &n.Finding, &at, &n.Letter, &n.State); err != nil {
			return nil, err
		}
		n.Incident.Evidence, n.Since = evidence, timeOf(at)
		all = append(all, n)
	}
	return all, rows.Err()
}

// A LastLetter is the latest of the letters of one pile.
type LastLetter struct {
	ID      string
	Round   int
	State   letter.State
	Class   letter.Class
	Mailbox string    // in small letters
	Left    time.Time // zero: it has not left
}

// Last returns the latest letter of a pile (see [letter.Letter.Pile]), or one
// of round 0.
func (cs Cases) Last(ctx context.Context, pile string) (last LastLetter, err error) {
	var left int64
	err = cs.l.r.QueryRowContext(ctx, `
SELECT l.id, l.round, l.state, l.class, l.mailbox, COALESCE((SELECT max(a.marked_at) FROM attempts a WHERE a.letter_id = l.id AND a.state IN ('sent', 'unknown')), 0)
  FROM letters l WHERE l.campaign = $1 AND l.contact = $2 ORDER BY l.round DESC LIMIT 1`, cs.campaign, pile).Scan(&last.ID, &last.Round, &last.State, &last.Class, &last.Mailbox, &left)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	last.Left = timeOf(left)
	return last, err
}

// A Trust says what people made of decisions about a [Pair] since the last
// mistake.
type Trust struct {
	Confirmed int // incidents in letters that a person approved
	Mistakes  int // of all time
}

// Trust counts what a pair has earned.
func (cs Cases) Trust(ctx context.Context, p Pair) (tr Trust, err error) {
	err = cs.l.r.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM mistakes WHERE campaign = $1 AND reporter = $2 AND kind = $3),
       (SELECT count(DISTINCT i.id) FROM cases c JOIN tellings t ON t.case_id = c.id JOIN incidents i ON i.id = t.incident_id
          JOIN notices n ON n.incident_id = i.id JOIN placements p ON p.finding_id = n.finding_id JOIN approvals a ON a.letter_id = p.letter_id
         WHERE c.campaign = $1 AND c.reporter = $2 AND i.kind = $3 AND i.by_whom = '' AND p.fate = 'lettered'
           AND substr(a.by_whom, 1, 5) <> 'rule:'
           AND a.at > COALESCE((SELECT max(at) FROM mistakes WHERE campaign = $1 AND reporter = $2 AND kind = $3), 0))`,
		cs.campaign, p.Reporter, p.Kind).Scan(&tr.Mistakes, &tr.Confirmed)
	return tr, err
}

// Pairs returns who told of what a letter tells, each once, with how surely.
func (cs Cases) Pairs(ctx context.Context, id string) (all []Pair, err error) {
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT DISTINCT c.reporter, c.proven, i.kind FROM placements p JOIN notices n ON n.finding_id = p.finding_id
  JOIN incidents i ON i.id = n.incident_id JOIN tellings t ON t.incident_id = i.id JOIN cases c ON c.id = t.case_id
 WHERE p.letter_id = $1 AND p.fate = 'lettered' ORDER BY c.reporter, i.kind`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Pair
		if err := rows.Scan(&p.Reporter, &p.Proven, &p.Kind); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Count counts the reports of the campaign.
func (cs Cases) Count(ctx context.Context) (n int, err error) {
	err = cs.l.r.QueryRowContext(ctx, "SELECT count(*) FROM cases WHERE campaign = $1", cs.campaign).Scan(&n)
	return n, err
}

// OfLetter returns the reports that a letter tells of.
func (cs Cases) OfLetter(ctx context.Context, id string) ([]string, error) {
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT DISTINCT t.case_id FROM placements p JOIN notices n ON n.finding_id = p.finding_id JOIN tellings t ON t.incident_id = n.incident_id
 WHERE p.letter_id = $1 ORDER BY t.case_id`, id)
	if err != nil {
		return nil, err
	}
	return collect[string](rows)
}
