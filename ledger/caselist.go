package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A CaseQuery asks for a page of the list of reports, the latest first. Those of
// the queue "secret" are in it only if it asks for them, and then they alone.
type CaseQuery struct {
	CaseFilter
	Secret bool
	After  CaseCursor
	Back   bool // the page ends before After instead of beginning behind it
	Limit  int  // 0: 50
}

// A CaseCursor names a place in the list of reports. The zero CaseCursor is its
// beginning.
type CaseCursor struct {
	Read time.Time
	ID   string
}

// Cursor is the place of a report in a list.
func (c Case) Cursor() CaseCursor { return CaseCursor{c.Read, c.ID} }

// CasePage returns a part of the list of reports, without incidents, and whether
// more of it follow in the direction of the query.
func CasePage(ctx context.Context, cs Cases, q CaseQuery) (all []Case, more bool, err error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	where, args := cs.conditions(q.CaseFilter)
	queue := "c.queue <> 'secret'"
	if q.Secret {
		queue = "c.queue = 'secret'"
	}
	than, direction := "<", " DESC"
	if q.Back {
		than, direction = ">", ""
	}
	if q.After.ID != "" {
		where += fmt.Sprintf(" AND (c.read_at, c.id) %s ($%d, $%d)", than, len(args)+1, len(args)+2)
		args = append(args, msOf(q.After.Read), text(q.After.ID))
	}
	all, err = collectCases(cs.l.r.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM cases c WHERE %s AND %s ORDER BY c.read_at%s, c.id%s LIMIT %d",
		caseColumns, where, queue, direction, direction, q.Limit+1), args...))
	if more = len(all) > q.Limit; more {
		all = all[:q.Limit]
	}
	if q.Back {
		slices.Reverse(all)
	}
	return all, more, err
}

// ofDomain goes from reporter to reporter in the index, each once, however many
// reports there are.
const ofDomain = `c.reporter IN (WITH RECURSIVE each (reporter) AS (
  SELECT min(x.reporter) FROM cases x WHERE x.campaign = $1
   UNION ALL SELECT (SELECT min(x.reporter) FROM cases x WHERE x.campaign = $1 AND x.reporter > each.reporter) FROM each WHERE each.reporter IS NOT NULL)
 SELECT reporter FROM each WHERE substr(reporter, length(reporter) - length(CAST(? AS TEXT))) = '@' || CAST(? AS TEXT))`

// conditions are those of a filter.
func (cs Cases) conditions(f CaseFilter) (where string, args []any) {
	where, args = "c.campaign = $1", []any{cs.campaign}
	add := func(condition string, v string) {
		args = append(args, text(v))
		where += " AND " + strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args)))
	}
	if f.Place != "" {
		add("c.place = ?", string(f.Place))
	}
	if f.Kind != "" {
		add("c.kind = ?", f.Kind)
	}
	if f.Reporter != "" {
		if r := strings.ToLower(f.Reporter); strings.Contains(r, "@") {
			add("c.reporter = ?", r)
		} else {
			add(ofDomain, r)
		}
	}
	if f.Lost {
		where += ` AND EXISTS (SELECT 1 FROM tellings t JOIN notices n ON n.incident_id = t.incident_id
  JOIN placements p ON p.finding_id = n.finding_id AND p.fate = 'lettered' JOIN letters l ON l.id = p.letter_id
 WHERE t.case_id = c.id AND ` + lostLetter + ")"
	}
	if f.Customer != "" {
		add("c.id IN (SELECT t.case_id FROM incidents i JOIN tellings t ON t.incident_id = i.id WHERE i.campaign = $1 AND i.customer = ?)", f.Customer)
	}
	return where, args
}

// CaseTallies counts the reports that are not secret by where they ended and by
// kind, and those that are.
func CaseTallies(ctx context.Context, cs Cases) (places map[Place]int, kinds map[string]int, secret int, err error) {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT queue, place, kind, count(*) FROM cases WHERE campaign = $1 GROUP BY queue, place, kind", cs.campaign)
	if err != nil {
		return nil, nil, 0, err
	}
	places, kinds = map[Place]int{}, map[string]int{}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var queue, kind string
		var place Place
		var n int
		if err := rows.Scan(&queue, &place, &kind, &n); err != nil {
			return err
		}
		if queue == string(KeptSecret) {
			secret += n
			return nil
		}
		places[place] += n
		if kind != "" {
			kinds[kind] += n
		}
		return nil
	})
	return places, kinds, secret, err
}

// QueueOf returns the queue of a report, or [ErrNoCase]. It is no look at it.
func QueueOf(ctx context.Context, cs Cases, id string) (queue string, err error) {
	err = cs.l.r.QueryRowContext(ctx, "SELECT queue FROM cases WHERE campaign = $1 AND id = $2", cs.campaign, text(id)).Scan(&queue)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: %q", ErrNoCase, id)
	}
	return queue, err
}

// A Lesson says what a label of a sender means in reports.
type Lesson struct {
	Sender string // mailbox or mail domain, in small letters
	Label  string // in small letters
	Means  string
	By     string
	At     time.Time
}

// Teach keeps a lesson, in place of one about the same label.
func Teach(ctx context.Context, cs Cases, s Lesson) error {
	return inTx(ctx, cs.l, func(t *tx) error {
		return t.must(ctx, `INSERT INTO taught (campaign, sender, label, means, by_whom, at) VALUES ($1, $2, $3, $4, $5, `+t.d.now+`)
    ON CONFLICT (campaign, sender, label) DO UPDATE SET means = excluded.means, by_whom = excluded.by_whom, at = excluded.at`,
			cs.campaign, text(s.Sender), text(s.Label), s.Means, text(s.By))
	})
}

// Unteach takes a lesson back, or returns [ErrState] where there is none.
func Unteach(ctx context.Context, cs Cases, sender, label string) error {
	return inTx(ctx, cs.l, func(t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM taught WHERE campaign = $1 AND sender = $2 AND label = $3", cs.campaign, text(sender), text(label))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: nothing was taught of %q", ErrState, label)
		}
		return err
	})
}

// Lessons returns what was taught, by sender and label.
func Lessons(ctx context.Context, cs Cases) (all []Lesson, err error) {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT sender, label, means, by_whom, at FROM taught WHERE campaign = $1 ORDER BY sender, label", cs.campaign)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var s Lesson
		var at int64
		err := rows.Scan(&s.Sender, &s.Label, &s.Means, &s.By, &at)
		s.At = timeOf(at)
		all = append(all, s)
		return err
	})
	return all, err
}
