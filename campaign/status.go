package campaign

import (
	"context"
	"iter"
	"time"

	"headsup/ledger"
	"headsup/letter"
)

// Sum accounts for every row of the campaign and counts its letters by state.
// [letter.Sum.Check] says whether it adds up.
func (c *Campaign) Sum(ctx context.Context) (letter.Sum, error) {
	return c.ledger.Sum(ctx, c.rules.ID)
}

// A Pending counts what goes on only when a person has decided. Its JSON names
// are settled.
type Pending struct {
	Unproven int `json:"unproven"` // messages that prove nothing
	Wishes   int `json:"wishes"`   // answers that may be a wish
	Answers  int `json:"answers"`  // that are open
	Redraft  int `json:"redraft"`  // letters that only a new draft releases
	Unknown  int `json:"unknown"`  // letters that may have arrived
	Stage    int `json:"stage"`    // that is to be confirmed; 0: none
}

// Pend counts what waits for a person.
func Pend(ctx context.Context, c *Campaign) (p Pending, err error) {
	if p.Unproven, p.Wishes, err = ledger.NewDoubts(c.ledger).Count(ctx, c.rules.ID); err != nil {
		return p, err
	}
	if p.Answers, _, _, err = ledger.AnswerLoad(ctx, c.ledger, c.rules.ID, time.Now()); err != nil {
		return p, err
	}
	if p.Redraft, err = ledger.Redrafts(ctx, c.ledger, c.rules.ID); err != nil {
		return p, err
	}
	sum, err := c.Sum(ctx)
	if err != nil {
		return p, err
	}
	p.Unknown = sum.States[letter.Unknown]
	stage, err := StageOf(ctx, c)
	if err == nil && stage.Waits {
		p.Stage = stage.Number
	}
	return p, err
}

// Letters yields the campaign's letters that f chooses, by ID, without their bodies.
func (c *Campaign) Letters(ctx context.Context, f ledger.Filter) iter.Seq2[ledger.Entry, error] {
	f.Campaign, f.IDs = c.rules.ID, Within(c).Full(f.IDs)
	return c.ledger.Letters(ctx, f)
}

// Entry returns what lists show of a letter, or [ledger.ErrNotFound].
func (c *Campaign) Entry(ctx context.Context, id string) (ledger.Entry, error) {
	return c.ledger.Entry(ctx, letter.FullReference(c.rules.ID, id))
}

// Letter returns a letter with all that was stored of it, or [ledger.ErrNotFound].
func (c *Campaign) Letter(ctx context.Context, id string) (ledger.Record, error) {
	return c.ledger.Letter(ctx, letter.FullReference(c.rules.ID, id))
}

// Unwritten yields the rows that no letter covers, and why.
func (c *Campaign) Unwritten(ctx context.Context) iter.Seq2[ledger.Unwritten, error] {
	return c.ledger.Unwritten(ctx, c.rules.ID)
}

// History returns everything that happened to a letter, the earliest first.
func (c *Campaign) History(ctx context.Context, id string) ([]ledger.HistoryEntry, error) {
	return c.ledger.History(ctx, letter.FullReference(c.rules.ID, id))
}
