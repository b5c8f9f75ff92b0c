package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"headsup/letter"
)

// A Batch is what goes to the mail room at once. Its JSON names are settled.
type Batch struct {
	ID      string               `json:"id"` // "demo26-b1"
	Agency  string               `json:"agency"`
	Made    time.Time            `json:"made"`
	By      string               `json:"by"`
	Ready   bool                 `json:"ready"` // its files are whole
	Posted  time.Time            `json:"posted,omitzero"`
	Letters int                  `json:"letters"`
	Pages   int                  `json:"pages"`
	Fates   map[letter.Paper]int `json:"fates,omitempty"` // of its letters
}

// An Enclosed is a letter of a batch.
type Enclosed struct {
	Letter string
	Hash   string // of the bytes that are printed
	Pages  int
}

// MakeBatch records a batch of letters of one agency, in their order, before it
// is printed, and returns it with its letters. Where a batch of that agency was
// begun and is not [FinishBatch]ed, it returns that one. A letter that stands in
// a batch, or was posted, is left out, unless again asks for another copy;
// where nothing is left, it returns [ErrNotFound].
func MakeBatch(ctx context.Context, l *Ledger, campaign, agency string, letters []Enclosed, again bool, by string) (b Batch, in []Enclosed, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		b, in = Batch{}, nil
		if t.d.alone != "" {
			if _, err := t.exec(ctx, t.d.alone, "batches "+campaign); err != nil {
				return err
			}
		}
		var open string
		err := t.QueryRowContext(ctx, "SELECT id FROM batches WHERE campaign = $1 AND agency = $2 AND ready = 0", campaign, agency).Scan(&open)
		if err == nil {
			b.ID = open
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		b.ID, err = newBatch(ctx, t, campaign, agency, letters, again, by)
		return err
	})
	if err != nil {
		return b, nil, err
	}
	return FindBatch(ctx, l, b.ID)
}

func newBatch(ctx context.Context, t *tx, campaign, agency string, letters []Enclosed, again bool, by string) (string, error) {
	var nr int
	if err := t.QueryRowContext(ctx, "SELECT COALESCE(max(nr), 0) + 1 FROM batches WHERE campaign = $1", campaign).Scan(&nr); err != nil {
		return "", err
	}
	id := fmt.Sprintf("%s-b%d", campaign, nr)
	if err := t.must(ctx, "INSERT INTO batches (id, campaign, agency, nr, made_at, made_by) VALUES ($1, $2, $3, $4, "+t.d.now+", $5)",
		id, campaign, agency, nr, text(by)); err != nil {
		return "", err
	}
	place := 0
	for _, e := range letters {
		var copies int
		var paper letter.Paper
		if err := t.QueryRowContext(ctx, `
SELECT COALESCE((SELECT max(copy) FROM enclosures WHERE letter_id = l.id), 0), l.paper FROM letters l WHERE l.id = $1 AND l.campaign = $2`+t.d.lock,
			e.Letter, campaign).Scan(&copies, &paper); err != nil {
			return "", notFound(err, e.Letter)
		}
		if (copies > 0 || paper != "") && !again {
			continue
		}
		place++
		if err := t.must(ctx, "INSERT INTO enclosures (batch_id, place, letter_id, copy, hash, pages) VALUES ($1, $2, $3, $4, $5, $6)",
			id, place, e.Letter, copies+1, e.Hash, e.Pages); err != nil {
			return "", err
		}
	}
	if place == 0 {
		return "", fmt.Errorf("%w: that is in no batch yet", ErrNotFound)
	}
	return id, nil
}

// FindBatch returns a batch with its letters, or [ErrNotFound].
func FindBatch(ctx context.Context, l *Ledger, id string) (b Batch, in []Enclosed, err error) {
	all, err := batchesWhere(ctx, l, "b.id = $1", id)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: batch %q", ErrNotFound, id)
	}
	if err != nil {
		return b, nil, err
	}
	rows, err := l.r.QueryContext(ctx, "SELECT letter_id, hash, pages FROM enclosures WHERE batch_id = $1 ORDER BY place", id)
	if err != nil {
		return b, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Enclosed
		if err := rows.Scan(&e.Letter, &e.Hash, &e.Pages); err != nil {
			return b, nil, err
		}
		in = append(in, e)
	}
	return all[0], in, rows.Err()
}

// Batches returns the batches of a campaign, the first one first.
func Batches(ctx context.Context, l *Ledger, campaign string) ([]Batch, error) {
	return batchesWhere(ctx, l, "b.campaign = $1", campaign)
}

func batchesWhere(ctx context.Context, l *Ledger, where, arg string) (all []Batch, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT b.id, b.agency, b.made_at, b.made_by, b.ready, b.posted_at, x.paper, count(x.letter_id), CAST(COALESCE(sum(x.pages), 0) AS BIGINT), b.nr
  FROM batches b LEFT JOIN (SELECT e.batch_id, e.letter_id, e.pages, l.paper FROM enclosures e JOIN letters l ON l.id = e.letter_id) x ON x.batch_id = b.id
 WHERE `+where+` GROUP BY b.id, b.agency, b.made_at, b.made_by, b.ready, b.posted_at, b.nr, x.paper ORDER BY b.nr, x.paper`, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b Batch
		var made, posted, ready, nr int64
		var paper sql.NullString
		var letters, pages int
		if err := rows.Scan(&b.ID, &b.Agency, &made, &b.By, &ready, &posted, &paper, &letters, &pages, &nr); err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].ID != b.ID {
			b.Made, b.Posted, b.Ready, b.Fates = timeOf(made), timeOf(posted), ready == 1, map[letter.Paper]int{}
			all = append(all, b)
		}
		last := &all[len(all)-1]
		last.Letters, last.Pages = last.Letters+letters, last.Pages+pages
		if paper.String != "" {
			last.Fates[letter.Paper(paper.String)] += letters
		}
	}
	return all, rows.Err()
}

// FinishBatch records that the files of a batch are whole.
func FinishBatch(ctx context.Context, l *Ledger, id string) error {
	return inTx(ctx, l, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE batches SET ready = 1 WHERE id = $1", id)
		return err
	})
}

// PostBatch records that a batch was posted on a day, with each of its letters
// of which nothing else is known. Posted twice, it changes nothing: posted is
// how many letters were not before. It returns [ErrState] for a batch whose
// files are not whole.
func PostBatch(ctx context.Context, l *Ledger, campaign, id string, on time.Time, by string) (posted int, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		posted = 0
		var ready, before int64
		if err := t.QueryRowContext(ctx, "SELECT ready, posted_at FROM batches WHERE id = $1 AND campaign = $2"+t.d.lock, id, campaign).Scan(&ready, &before); err != nil {
			return notFound(err, id)
		}
		switch {
		case ready == 0:
			return fmt.Errorf("%w: batch %q was not printed to its end", ErrState, id)
		case before != 0:
			return nil
		}
		if err := t.must(ctx, "UPDATE batches SET posted_at = $2, posted_by = $3 WHERE id = $1 AND posted_at = 0", id, msOf(on), text(by)); err != nil {
			return err
		}
		rows, err := t.QueryContext(ctx, "SELECT e.letter_id FROM enclosures e JOIN letters l ON l.id = e.letter_id WHERE e.batch_id = $1 AND l.paper = '' ORDER BY e.place", id)
		if err != nil {
			return err
		}
		ids, err := collect[string](rows)
		if err != nil {
			return err
		}
		for _, letterID := range ids {
			if err := movePaper(ctx, t, letterID, "", letter.Posted, on, by, id); err != nil {
				return err
			}
			posted++
		}
		return nil
	})
	return posted, err
}

// Post records what became of a letter on paper, on a day. A letter has to have
// been printed in a batch, or posted, before it can come back, else it returns
// [ErrState]. The same once more changes nothing: changed is false.
func Post(ctx context.Context, l *Ledger, campaign, id string, to letter.Paper, on time.Time, by string) (changed bool, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		var was letter.Paper
		var state letter.State
		var printed int
		if err := t.QueryRowContext(ctx, `
SELECT paper, state, (SELECT count(*) FROM enclosures e WHERE e.letter_id = letters.id) FROM letters WHERE id = $1 AND campaign = $2`+t.d.lock,
			id, campaign).Scan(&was, &state, &printed); err != nil {
			return notFound(err, id)
		}
		gone := slices.Contains([]letter.State{letter.Drafted, letter.Held, letter.Suppressed}, state)
		switch {
		case was == to || to == letter.Posted && was != "":
			changed = false
			return nil
		case was == "" && (gone || to != letter.Posted && printed == 0):
			return fmt.Errorf("%w: letter %q is %s, and was not posted", ErrState, id, state)
		}
		changed = true
		return movePaper(ctx, t, id, was, to, on, by, "")
	})
	return changed, err
}

// movePaper moves the paper of a letter on.
func movePaper(ctx context.Context, t *tx, id string, was, to letter.Paper, on time.Time, by, batch string) error {
	if err := t.must(ctx, "UPDATE letters SET paper = $3, posted_at = CASE WHEN posted_at = 0 THEN CAST($4 AS BIGINT) ELSE posted_at END WHERE id = $1 AND paper = $2",
		id, string(was), string(to), msOf(on)); err != nil {
		return err
	}
	words := "by post on " + on.Format(time.DateOnly)
	if batch != "" {
		words += ", in " + batch
	}
	return t.record(ctx, HistoryEntry{Letter: id, Kind: string(to), By: by, Text: words})
}

// InBatches returns the letters of a campaign that stand in a batch, or were posted.
func InBatches(ctx context.Context, l *Ledger, campaign string) (map[string]bool, error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT e.letter_id FROM enclosures e JOIN batches b ON b.id = e.batch_id WHERE b.campaign = $1
 UNION SELECT id FROM letters WHERE campaign = $1 AND paper <> ''`, campaign)
	if err != nil {
		return nil, err
	}
	ids, err := collect[string](rows)
	in := map[string]bool{}
	for _, id := range ids {
		in[id] = true
	}
	return in, err
}
