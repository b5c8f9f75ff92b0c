package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"headsup/letter"
)

// ErrStageOpen means that a stage cannot be confirmed yet.
var ErrStageOpen = errors.New("the stage is not over")

// drawn is the condition on letters that wait, as the index has it, under which
// a stage lets them go: one that was tried before goes on.
const drawn = "(state = 'deferred' OR state = 'approved' AND stage > 0)"

// StageOf says which stage a campaign is in, as [letter.StageOf] does.
func StageOf(ctx context.Context, l *Ledger, campaign string, sizes []int) (letter.Stage, error) {
	return stageOf(ctx, l.r, campaign, sizes)
}

// stageOf counts the letters that were drawn by the index of those, of which there
// are few: of approved ones there may be a hundred thousand.
func stageOf(ctx context.Context, q querier, campaign string, sizes []int) (s letter.Stage, err error) {
	if len(sizes) == 0 {
		return s, nil
	}
	confirmed := 0
	rows, err := q.QueryContext(ctx, `
SELECT COALESCE((SELECT max(stage) FROM stages WHERE campaign = $1), 0),
       COALESCE((SELECT by_whom FROM stages WHERE campaign = $1 ORDER BY stage DESC LIMIT 1), ''),
       COALESCE((SELECT at FROM stages WHERE campaign = $1 ORDER BY stage DESC LIMIT 1), 0),
       COALESCE((SELECT sum(n) FROM tallies WHERE campaign = $1 AND what = 'state' AND value <> 'suppressed'), 0),
       COALESCE((SELECT sum(n) FROM tallies WHERE campaign = $1 AND what = 'state'
                    AND value IN ('sending', 'sent', 'deferred', 'failed', 'unknown', 'bounced')), 0),
       COALESCE((SELECT sum(n) FROM tallies WHERE campaign = $1 AND what = 'state' AND value = 'sending'), 0),
       COALESCE((SELECT sum(CASE state WHEN 'approved' THEN 1 ELSE 0 END) FROM letters WHERE campaign = $1 AND stage > 0), 0)`, campaign)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	var at int64
	for rows.Next() {
		if err := rows.Scan(&confirmed, &s.By, &at, &s.Letters, &s.Tried, &s.Flying, &s.Drawn); err != nil {
			return s, err
		}
	}
	s.At = timeOf(at)
	return letter.StageOf(sizes, confirmed, s), rows.Err()
}

// stageAlone is stageOf for who changes the stage: nobody else does meanwhile.
func stageAlone(ctx context.Context, t *tx, campaign string, sizes []int) (letter.Stage, error) {
	if t.d.alone != "" {
		if _, err := t.exec(ctx, t.d.alone, "stage "+campaign); err != nil {
			return letter.Stage{}, err
		}
	}
	return stageOf(ctx, t, campaign, sizes)
}

// DrawStage draws the letters that the stage of a campaign lets go among those
// that are approved, and returns that stage. Where the campaign is in no stage,
// it sees to it that all of its letters may go.
func DrawStage(ctx context.Context, l *Ledger, campaign string, sizes []int) (s letter.Stage, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		if s, err = stageAlone(ctx, t, campaign, sizes); err != nil {
			return err
		}
		if s.Of == 0 {
			return wakeAll(ctx, t, campaign, "1 = 1")
		}
		if s.Room() == 0 {
			return nil
		}
		ids, err := drawFrom(ctx, t, campaign, s.Room())
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := t.must(ctx, "UPDATE letters SET stage = $2 WHERE id = $1 AND state = 'approved' AND stage = 0", id, s.Number); err != nil {
				return err
			}
		}
		s.Drawn += len(ids)
		return wakeAll(ctx, t, campaign, drawn)
	})
	return s, err
}

// drawFrom chooses among the letters that are approved and not drawn.
func drawFrom(ctx context.Context, t *tx, campaign string, n int) ([]string, error) {
	rows, err := t.QueryContext(ctx, "SELECT agency, language, kinds, count(*) FROM letters WHERE campaign = $1 AND stage > 0 GROUP BY agency, language, kinds", campaign)
	if err != nil {
		return nil, err
	}
	had := map[letter.Shape]int{}
	if err := scanAll(rows, func(rows *sql.Rows) error {
		var s letter.Shape
		var n int
		err := rows.Scan(&s.Agency, &s.Language, &s.Kinds, &n)
		had[s] = n
		return err
	}); err != nil {
		return nil, err
	}
	if rows, err = t.QueryContext(ctx, `
SELECT id, agency, language, kinds, CASE WHEN due_at BETWEEN 1 AND CAST($2 AS BIGINT) THEN due_at ELSE 0 END
  FROM letters WHERE campaign = $1 AND state = 'approved' AND stage = 0 ORDER BY id`+t.d.lock, campaign, int64(lastTurn)); err != nil {
		return nil, err
	}
	var from []letter.Candidate
	err = scanAll(rows, func(rows *sql.Rows) error {
		var c letter.Candidate
		err := rows.Scan(&c.ID, &c.Agency, &c.Language, &c.Kinds, &c.Turn)
		from = append(from, c)
		return err
	})
	return letter.Draw(had, from, n), err
}

// scanAll reads all rows and closes them.
func scanAll(rows *sql.Rows, scan func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// wakeAll makes the queues of a campaign due in which letters wait that fit a
// condition. What is too early is put right by the next claim.
func wakeAll(ctx context.Context, t *tx, campaign, fits string) error {
	_, err := t.exec(ctx, `
UPDATE queues SET next_at = (SELECT min(due_at) FROM letters WHERE queue_id = queues.id AND state IN ('approved', 'deferred') AND `+fits+`)
 WHERE campaign = $1 AND next_at IS NULL
   AND EXISTS (SELECT 1 FROM letters WHERE queue_id = queues.id AND state IN ('approved', 'deferred') AND `+fits+`)`, campaign)
	return err
}

// ConfirmStage says that somebody looked at what came back, and lets the next
// stage go. [ErrStageOpen] means that letters of the stage wait still, or that
// the campaign is in none.
func ConfirmStage(ctx context.Context, l *Ledger, campaign string, sizes []int, by string) (s letter.Stage, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		if s, err = stageAlone(ctx, t, campaign, sizes); err != nil {
			return err
		}
		switch {
		case s.Of == 0:
			return fmt.Errorf("%w: campaign %q is in none", ErrStageOpen, campaign)
		case !s.Over():
			return fmt.Errorf("%w: stage %d of %d: %d of %d letters were tried", ErrStageOpen, s.Number, s.Of, s.Tried-s.Flying, s.Size)
		}
		for n := s.Number; n <= s.Passed(sizes); n++ {
			if err := t.must(ctx, "INSERT INTO stages (campaign, stage, by_whom, at) VALUES ($1, $2, $3, "+t.d.now+")", campaign, n, text(by)); err != nil {
				return err
			}
		}
		s, err = stageOf(ctx, t, campaign, sizes)
		return err
	})
	return s, err
}
