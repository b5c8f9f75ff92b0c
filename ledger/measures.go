package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Measures are what is done about a provider's customers beyond letters. Its
// methods may be called by several goroutines.
type Measures struct {
	l        *Ledger
	campaign string
}

// NewMeasures returns the measures of a campaign.
func NewMeasures(l *Ledger, campaign string) Measures { return Measures{l, campaign} }

// A MeasureState is where a measure is.
type MeasureState string

const (
	Proposed  MeasureState = "proposed"  // waits for a person, or for the next day
	Running   MeasureState = "running"   // the command runs, or nobody knows how it ended
	Acted     MeasureState = "done"      // it ended well
	Failed    MeasureState = "failed"    // it did not, and changed nothing as far as it says
	Dismissed MeasureState = "dismissed" // a person wants none
	Releasing MeasureState = "releasing" // as Running, for taking it back
	Released  MeasureState = "released"
)

// A Measure is one of them. Its JSON names are settled.
type Measure struct {
	ID       int64        `json:"measure"`
	Customer string       `json:"customer"`
	State    MeasureState `json:"state"`
	Why      string       `json:"why"`
	At       time.Time    `json:"at"`
	Ran      time.Time    `json:"ran,omitzero"`
	By       string       `json:"by,omitempty"`     // who confirmed it, or which rule
	Answer   string       `json:"answer,omitempty"` // what the command said last
	Events   []Incident   `json:"events,omitempty"` // that are the reason
}

// A Persistence is an event that goes on: its customer was told of it by a
// letter that left, and no measure rests on it.
type Persistence struct {
	Incident  int64
	Customer  string
	At        time.Time // when it happened
	Told      time.Time // when the letter left
	Reporters []string  // mailboxes that are proven
}

// Persisting returns the events since a time that may be reasons of a measure,
// by customer. A letter to the mail room has left when it was posted.
func (ms Measures) Persisting(ctx context.Context, mailRoom string, since time.Time) ([]Persistence, error) {
	return collectPersistence(ms.l.r.QueryContext(ctx, `
SELECT DISTINCT i.id, n.customer, i.seen_at, COALESCE((SELECT max(a.marked_at) FROM attempts a WHERE a.letter_id = l.id AND a.state = 'sent'), 0), c.reporter
  FROM notices n JOIN incidents i ON i.id = n.incident_id AND i.customer = n.customer
  JOIN placements p ON p.finding_id = n.finding_id AND p.fate = 'lettered'
  JOIN letters l ON l.id = p.letter_id AND l.state = 'sent' AND (l.mailbox <> $3 OR l.paper <> '')
  JOIN tellings t ON t.incident_id = i.id
  JOIN cases c ON c.id = t.case_id AND c.proven <> '' AND c.queue = '' AND c.reporter <> ''
 WHERE i.campaign = $1 AND i.seen_at >= $2 AND NOT EXISTS (SELECT 1 FROM measured m WHERE m.incident_id = i.id)
 ORDER BY n.customer, i.id, c.reporter`, ms.campaign, msOf(since), mailRoom))
}

// collectPersistence reads rows of an event, its customer, when it happened and
// was told, and one of its reporters, in the order of events.
func collectPersistence(rows *sql.Rows, err error) (all []Persistence, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Persistence
		var at, told int64
		var reporter string
		if err := rows.Scan(&p.Incident, &p.Customer, &at, &told, &reporter); err != nil {
			return nil, err
		}
		if n := len(all); n > 0 && all[n-1].Incident == p.Incident {
			all[n-1].Reporters = append(all[n-1].Reporters, reporter)
			continue
		}
		p.At, p.Told, p.Reporters = timeOf(at), timeOf(told), []string{reporter}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Propose writes down a measure about a customer, and the events that are its
// reason. It returns [ErrTwice] where one of them is another's reason already.
func (ms Measures) Propose(ctx context.Context, customer, why string, incidents []int64) (id int64, err error) {
	err = inTx(ctx, ms.l, func(t *tx) error {
		if err := t.QueryRowContext(ctx, "INSERT INTO measures (campaign, customer, state, why, at) VALUES ($1, $2, 'proposed', $3, "+t.d.now+") RETURNING id",
			ms.campaign, text(customer), text(why)).Scan(&id); err != nil {
			return err
		}
		for _, i := range incidents {
			n, err := t.exec(ctx, "INSERT INTO measured (incident_id, measure_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", i, id)
			if err == nil && n != 1 {
				err = fmt.Errorf("%w: event %d is the reason of a measure", ErrTwice, i)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// ErrNoMeasure means that there is no such measure, or not in that state.
var ErrNoMeasure = errors.New("no such measure in a state for that")

// Move takes a measure from one of some states to another. It returns
// [ErrNoMeasure] where it is in none of them.
func (ms Measures) Move(ctx context.Context, id int64, to MeasureState, by, answer string, from ...MeasureState) error {
	return inTx(ctx, ms.l, func(t *tx) error {
		for _, was := range from {
			ran := "ran_at"
			if to == Running {
				ran = t.d.now
			}
			n, err := t.exec(ctx, "UPDATE measures SET state = $4, by_whom = CASE WHEN $5 = '' THEN by_whom ELSE $5 END, answer = $6, ran_at = "+ran+" WHERE campaign = $1 AND id = $2 AND state = $3",
				ms.campaign, id, string(was), string(to), text(by), text(answer))
			if err != nil || n == 1 {
				return err
			}
		}
		return fmt.Errorf("%w: %d", ErrNoMeasure, id)
	})
}

// RanToday counts the measures but one that ran within the last day, however
// they ended.
func (ms Measures) RanToday(ctx context.Context, but int64) (n int, err error) {
	err = ms.l.r.QueryRowContext(ctx, "SELECT count(*) FROM measures WHERE campaign = $1 AND id <> $2 AND ran_at > "+ms.l.d.now+" - 86400000", ms.campaign, but).Scan(&n)
	return n, err
}

// List returns all measures, the latest first; with an id, that one with its
// events, or [ErrNoMeasure].
func (ms Measures) List(ctx context.Context, id int64) (all []Measure, err error) {
	rows, err := ms.l.r.QueryContext(ctx, "SELECT id, customer, state, why, at, ran_at, by_whom, answer FROM measures WHERE campaign = $1 AND ($2 = 0 OR id = $2) ORDER BY id DESC", ms.campaign, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m Measure
		var at, ran int64
		if err := rows.Scan(&m.ID, &m.Customer, &m.State, &m.Why, &at, &ran, &m.By, &m.Answer); err != nil {
			return nil, err
		}
		m.At, m.Ran = timeOf(at), timeOf(ran)
		all = append(all, m)
	}
	switch {
	case rows.Err() != nil || id == 0:
		return all, rows.Err()
	case len(all) == 0:
		return nil, fmt.Errorf("%w: %d", ErrNoMeasure, id)
	}
	all[0].Events, err = ms.events(ctx, id)
	return all, err
}

func (ms Measures) events(ctx context.Context, id int64) (all []Incident, err error) {
	rows, err := ms.l.r.QueryContext(ctx, "SELECT "+incidentColumns+" FROM measured m JOIN incidents i ON i.id = m.incident_id WHERE m.measure_id = $1 ORDER BY i.id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		i, err := scanIncident(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}
