package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A CustomerSubject is everything that a ledger keeps about a provider's customer:
// nothing of other customers, and nothing of who reported. Its JSON names are
// settled.
type CustomerSubject struct {
	Customer string         `json:"customer"`
	Events   []SubjectEvent `json:"events"`
	Letters  []Written      `json:"letters"`
	Answers  []Answer       `json:"answers"` // to these letters
	Measures []Measure      `json:"measures"`
}

// A SubjectEvent is what was reported about a customer.
type SubjectEvent struct {
	Incident
	Reports []SubjectReport `json:"reports"` // that told of it
}

// A SubjectReport is a report of which a customer may know that there was one.
type SubjectReport struct {
	ID   string    `json:"report"`
	Read time.Time `json:"read"`
	Says string    `json:"says,omitempty"` // what the customer said of it last
}

// forgotten stands for a customer who was forgotten: it is nobody's number.
const forgotten = "forgotten"

// SubjectOfCustomer collects what is kept about a customer, and writes into the log of each
// report that it was handed out. It returns [ErrNotFound] for who was forgotten.
func SubjectOfCustomer(ctx context.Context, cs Cases, customer, by string) (s CustomerSubject, err error) {
	if customer == "" || customer == forgotten {
		return s, fmt.Errorf("%w: customer %q", ErrNotFound, customer)
	}
	s = CustomerSubject{Customer: customer, Events: []SubjectEvent{}, Letters: []Written{}, Answers: []Answer{}, Measures: []Measure{}}
	if err = subjectEvents(ctx, cs, &s); err != nil {
		return s, err
	}
	if err = subjectLetters(ctx, cs, &s); err != nil {
		return s, err
	}
	ms := NewMeasures(cs.l, cs.campaign)
	all, err := ms.List(ctx, 0)
	if err != nil {
		return s, err
	}
	for _, m := range all {
		if m.Customer == customer {
			m.By = "" // people of the house
			s.Measures = append(s.Measures, m)
		}
	}
	logged := map[string]bool{}
	for _, e := range s.Events {
		for _, r := range e.Reports {
			if logged[r.ID] {
				continue
			}
			logged[r.ID] = true
			if err := cs.Log(ctx, CaseEvent{Case: r.ID, By: by, What: "exported", Text: "customer " + customer}); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// subjectEvents collects what was reported about a customer, or told to it.
func subjectEvents(ctx context.Context, cs Cases, s *CustomerSubject) error {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT "+incidentColumns+`, COALESCE(f.evidence, ''), c.id, c.read_at,
       COALESCE((SELECT g.text FROM case_log g WHERE g.case_id = c.id AND g.what = 'customer says' ORDER BY g.id DESC LIMIT 1), '')
  FROM incidents i JOIN tellings t ON t.incident_id = i.id JOIN cases c ON c.id = t.case_id
  LEFT JOIN notices n ON n.incident_id = i.id AND n.customer = $2 LEFT JOIN findings f ON f.id = n.finding_id
 WHERE i.campaign = $1 AND (i.customer = $2 OR n.customer IS NOT NULL) ORDER BY i.id, c.read_at, c.id`, cs.campaign, s.Customer)
	if err != nil {
		return err
	}
	return scanAll(rows, func(rows *sql.Rows) error {
		var r SubjectReport
		var evidence string
		var read int64
		i, err := scanIncident(rows, &evidence, &r.ID, &read, &r.Says)
		if err != nil {
			return err
		}
		i.Evidence, i.By, r.Read = evidence, "", timeOf(read)
		if i.Customer != s.Customer { // a person decided otherwise since: the customer was told, and no more
			i.Customer, i.Place, i.Why, i.RestsOn, i.Account = "", "", "", "", ""
		}
		if n := len(s.Events); n == 0 || s.Events[n-1].ID != i.ID {
			s.Events = append(s.Events, SubjectEvent{Incident: i})
		}
		last := &s.Events[len(s.Events)-1]
		last.Reports = append(last.Reports, r)
		return nil
	})
}

// subjectLetters collects letters to a customer, by its number, since others may
// read the same mailbox, and what was answered to them.
func subjectLetters(ctx context.Context, cs Cases, s *CustomerSubject) error {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE campaign = $1 AND contact = $2 ORDER BY round", cs.campaign, "customer "+s.Customer)
	if err != nil {
		return err
	}
	entries, err := scanEntries(rows)
	if err != nil {
		return err
	}
	for _, e := range entries {
		w := Written{Entry: e, History: []HistoryEntry{}}
		if w.Told, err = findingsOf(ctx, cs.l, e.ID); err != nil {
			return err
		}
		s.Letters = append(s.Letters, w)
		answers, _, err := Answers(ctx, cs.l, AnswerQuery{Campaign: cs.campaign, Letter: e.ID, Limit: 1000})
		if err != nil {
			return err
		}
		for _, a := range answers {
			a.By, a.Note = "", ""
			s.Answers = append(s.Answers, a)
		}
	}
	return nil
}
