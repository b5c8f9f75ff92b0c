package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"headsup/outcome/experiment"
)

var (
	// ErrFrozen means that a plan was sealed already.
	ErrFrozen = errors.New("the plan of the experiment is sealed")
	// ErrBegun means that letters are past review: who waits cannot be drawn any more.
	ErrBegun = errors.New("letters are past review")
	// ErrNotFrozen means that no plan was sealed.
	ErrNotFrozen = errors.New("no plan of an experiment is sealed")
)

// Freeze seals a plan: with its hash, the assignment of each organisation, and
// the keys by which an organisation is known. keys are those of each unit.
// It returns [ErrFrozen] where a plan is sealed, and [ErrBegun] where a letter
// of the campaign is past review.
func Freeze(ctx context.Context, l *Ledger, s experiment.Sealed, keys map[string][]string) error {
	plan, err := json.Marshal(s.Plan)
	if err != nil {
		return err
	}
	return inTx(ctx, l, func(t *tx) error {
		var n int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM experiments WHERE campaign = $1", s.Campaign).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%w: of campaign %q", ErrFrozen, s.Campaign)
		}
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM letters WHERE campaign = $1 AND state NOT IN ('drafted', 'held', 'suppressed')", s.Campaign).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%w: %d of campaign %q", ErrBegun, n, s.Campaign)
		}
		if err := t.must(ctx, "INSERT INTO experiments (campaign, plan, hash, by_whom, at, ended_at) VALUES ($1, $2, $3, $4, "+t.d.now+", 0)",
			s.Campaign, string(plan), s.Hash, text(s.By)); err != nil {
			return err
		}
		var rows [][]any
		for _, a := range s.Units {
			for _, k := range keys[a.Unit] {
				rows = append(rows, []any{s.Campaign, k, a.Unit, a.Arm, int64(a.Stratum), int64(a.Places)})
			}
		}
		for part := range slices.Chunk(rows, batch) {
			if _, err := l.d.bulk(ctx, t, bulk{"assigned", []string{"campaign", "key", "unit", "arm", "stratum", "places"}, part, "DO NOTHING"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndWaiting lets those that wait be written to from now on, and says who
// decided so. It returns [ErrNotFrozen] where nobody waits.
func EndWaiting(ctx context.Context, l *Ledger, campaign, by, why string) error {
	return inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE experiments SET ended_at = "+t.d.now+", ended_by = $2, ended_why = $3 WHERE campaign = $1 AND ended_at = 0",
			campaign, text(by), text(why))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: of campaign %q", ErrNotFrozen, campaign)
		}
		return err
	})
}

// Frozen returns the plan that was sealed for a campaign, or nil. It returns
// [experiment.ErrNoArm] where an organisation is in an arm that the plan lacks.
func Frozen(ctx context.Context, l *Ledger, campaign string) (*experiment.Sealed, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT plan, hash, by_whom, at, ended_at FROM experiments WHERE campaign = $1", campaign)
	if err != nil {
		return nil, err
	}
	var s *experiment.Sealed
	if err := scanAll(rows, func(rows *sql.Rows) error {
		var plan []byte
		var at, ended int64
		s = &experiment.Sealed{Keys: map[string]int{}}
		if err := rows.Scan(&plan, &s.Hash, &s.By, &at, &ended); err != nil {
			return err
		}
		s.At, s.Ended = timeOf(at), timeOf(ended)
		return json.Unmarshal(plan, &s.Plan)
	}); err != nil || s == nil {
		return nil, err
	}
	if rows, err = l.r.QueryContext(ctx, "SELECT key, unit, arm, stratum, places FROM assigned WHERE campaign = $1 ORDER BY unit, key", campaign); err != nil {
		return nil, err
	}
	return s, scanAll(rows, func(rows *sql.Rows) error {
		var key string
		var a experiment.Assignment
		if err := rows.Scan(&key, &a.Unit, &a.Arm, &a.Stratum, &a.Places); err != nil {
			return err
		}
		if _, err := s.Arm(a.Arm); err != nil {
			return fmt.Errorf("organisation %q: %w", a.Unit, err)
		}
		if n := len(s.Units); n == 0 || s.Units[n-1].Unit != a.Unit {
			s.Units = append(s.Units, a)
		}
		s.Keys[key] = len(s.Units) - 1
		return nil
	})
}
