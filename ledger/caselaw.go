package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// ErrHeld means that the law has something kept.
var ErrHeld = errors.New("the law has it kept until then")

// Told returns the reports that tell of an incident with their messages and their
// own incidents, in the order in which they came.
func (cs Cases) Told(ctx context.Context, incident int64) (all []Case, err error) {
	all, err = collectCases(cs.l.r.QueryContext(ctx, "SELECT "+caseColumns+" FROM cases c JOIN tellings t ON t.case_id = c.id WHERE c.campaign = $1 AND t.incident_id = $2 ORDER BY c.read_at, c.id",
		cs.campaign, incident))
	for i := range all {
		if err != nil {
			return nil, err
		}
		if all[i].Incidents, err = cs.incidents(ctx, all[i].ID); err != nil {
			return nil, err
		}
		if err = cs.l.r.QueryRowContext(ctx, "SELECT mail FROM case_mails WHERE case_id = $1", all[i].ID).Scan(&all[i].Mail); errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
	}
	return all, err
}

// IncidentsOf returns what a report tells.
func (cs Cases) IncidentsOf(ctx context.Context, id string) ([]Incident, error) {
	return cs.incidents(ctx, id)
}

// Addresses returns the addresses that reports tell of, each once for a report, in
// the order of its incidents.
func Addresses(ctx context.Context, cs Cases, ids []string) (map[string][]netip.Addr, error) {
	rows, err := cs.l.r.QueryContext(ctx, "SELECT t.case_id, i.addr FROM tellings t JOIN incidents i ON i.id = t.incident_id WHERE t.case_id IN (SELECT value ->> 'id' FROM "+
		cs.l.d.each+") ORDER BY t.case_id, i.id", idList(ids))
	if err != nil {
		return nil, err
	}
	all := map[string][]netip.Addr{}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var id string
		var key []byte
		if err := rows.Scan(&id, &key); err != nil || len(key) == 0 {
			return err
		}
		addr, err := addrOf(key)
		if err == nil && !slices.Contains(all[id], addr) {
			all[id] = append(all[id], addr)
		}
		return err
	})
	return all, err
}

// CaseTimes say when what about a report was done; a zero time is not yet.
type CaseTimes struct {
	Decided   time.Time // by a person, the last time
	Forwarded time.Time // the last letter about it left; zero while one has not
	Received  time.Time // the letter that confirms its receipt left
	Heard     time.Time // a customer said something, after the last letter left
	Answered  time.Time // the answer to who reported left
	Longer    bool      // proceedings were commenced
}

const (
	decidedAt  = "COALESCE((SELECT max(e.at) FROM case_log e WHERE e.case_id = c.id AND e.what = 'decided'), 0)"
	answeredAt = "COALESCE((SELECT max(a.marked_at) FROM attempts a WHERE a.letter_id = c.answered AND a.state = 'sent'), 0)"
	receivedAt = "COALESCE((SELECT max(a.marked_at) FROM attempts a WHERE a.letter_id = c.receipt AND a.state = 'sent'), 0)"
	heardAt    = "COALESCE((SELECT min(s.at) FROM case_log s WHERE s.case_id = c.id AND s.what = 'customer says' AND " + forwardedAt + " BETWEEN 1 AND s.at), 0)"
	// forwardedAt is 0 while an event of the report is in no letter that left and
	// did not come back.
	forwardedAt = `COALESCE((SELECT CASE WHEN min(x.left_at) > 0 THEN max(x.left_at) ELSE 0 END FROM (
    SELECT COALESCE((SELECT max(a.marked_at) FROM placements p JOIN attempts a ON a.letter_id = p.letter_id AND a.state = 'sent'
                      JOIN letters l ON l.id = p.letter_id AND l.state <> 'bounced'
                      WHERE p.finding_id = n.finding_id AND p.fate = 'lettered'), 0) AS left_at
      FROM tellings t JOIN notices n ON n.incident_id = t.incident_id WHERE t.case_id = c.id) x), 0)`
)

// Times returns what was done about a report, and when.
func (cs Cases) Times(ctx context.Context, id string) (t CaseTimes, err error) {
	var decided, forwarded, answered, received, heard int64
	err = cs.l.r.QueryRowContext(ctx, "SELECT "+decidedAt+", "+forwardedAt+", "+answeredAt+", "+receivedAt+", "+heardAt+", c.longer = 1 FROM cases c WHERE c.campaign = $1 AND c.id = $2", cs.campaign, id).
		Scan(&decided, &forwarded, &answered, &received, &heard, &t.Longer)
	t.Decided, t.Forwarded, t.Answered = timeOf(decided), timeOf(forwarded), timeOf(answered)
	t.Received, t.Heard = timeOf(received), timeOf(heard)
	return t, err
}

// Hold has a report kept until a time, and says that proceedings are why.
func (cs Cases) Hold(ctx context.Context, id string, until time.Time, by string) error {
	return inTx(ctx, cs.l, func(t *tx) error {
		at := msOf(until)
		if err := t.must(ctx, `UPDATE cases SET longer = 1, held_until = CASE WHEN held_until > $3 THEN held_until ELSE $3 END,
       keep_until = CASE WHEN keep_until > $3 THEN keep_until ELSE $3 END WHERE campaign = $1 AND id = $2`, cs.campaign, id, at); err != nil {
			return err
		}
		return logCase(ctx, t, CaseEvent{Case: id, By: by, What: "held", Text: "proceedings: until " + until.UTC().Format(time.DateOnly)})
	})
}

// held returns [ErrHeld] where the law has something kept about a customer.
func held(ctx context.Context, cs Cases, t *tx, customer string) error {
	var until int64
	if err := t.QueryRowContext(ctx, `
SELECT COALESCE(max(c.held_until), 0) FROM cases c JOIN tellings t ON t.case_id = c.id JOIN incidents i ON i.id = t.incident_id
 WHERE c.campaign = $1 AND i.customer = $2 AND c.held_until > `+t.d.now, cs.campaign, customer).Scan(&until); err != nil || until == 0 {
		return err
	}
	return fmt.Errorf("%w: %s", ErrHeld, timeOf(until).Format(time.DateOnly))
}

// A CaseCount counts reports of one kind. Its JSON names are settled.
type CaseCount struct {
	Kind      string        `json:"kind"` // or the queue, of those that are kept apart
	Reports   int           `json:"reports"`
	Known     int           `json:"known"`     // from those whom the settings name
	Automatic int           `json:"automatic"` // that no person decided
	Places    map[Place]int `json:"places"`    // where they ended
	// Median is the time between reading a report and the letter to the customer
	// or, where there is none, the decision of a person.
	Median time.Duration `json:"median_ns"`
	Timed  int           `json:"timed"` // reports that the median is of
}

// Counts counts the reports that were read between two times, by kind.
func (cs Cases) Counts(ctx context.Context, from, to time.Time) ([]CaseCount, error) {
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT CASE WHEN c.queue <> '' THEN c.queue WHEN c.kind = '' THEN 'other' ELSE c.kind END, c.place, c.proven = 'known', c.by_whom <> '', c.read_at, `+decidedAt+", "+forwardedAt+`
  FROM cases c WHERE c.campaign = $1 AND c.read_at >= $2 AND c.read_at < $3`, cs.campaign, msOf(from), msOf(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts, took := map[string]*CaseCount{}, map[string]map[int64]int{} // by second: a year may have millions
	for rows.Next() {
		var kind string
		var place Place
		var known, person bool
		var read, decided, forwarded int64
		if err := rows.Scan(&kind, &place, &known, &person, &read, &decided, &forwarded); err != nil {
			return nil, err
		}
		c := counts[kind]
		if c == nil {
			c = &CaseCount{Kind: kind, Places: map[Place]int{}}
			counts[kind], took[kind] = c, map[int64]int{}
		}
		c.Reports++
		c.Places[place]++
		if known {
			c.Known++
		}
		if !person {
			c.Automatic++
		}
		if done := cmp.Or(forwarded, decided); done > 0 {
			c.Timed++
			took[kind][max(0, done-read)/1000]++
		}
	}
	var all []CaseCount
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		counts[kind].Median = median(took[kind], counts[kind].Timed)
		all = append(all, *counts[kind])
	}
	return all, rows.Err()
}

// median returns the lower median of n times, which are counted by seconds.
func median(counted map[int64]int, n int) time.Duration {
	for _, s := range slices.Sorted(maps.Keys(counted)) {
		if n -= 2 * counted[s]; n <= 0 {
			return time.Duration(s) * time.Second
		}
	}
	return 0
}
