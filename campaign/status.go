package campaign

import (
	"context"
	"iter"

	"headsup/ledger"
	"headsup/letter"
)

// Sum accounts for every row of the campaign and counts its letters by state.
// [letter.Sum.Check] says whether it adds up.
func (c *Campaign) Sum(ctx context.Context) (letter.Sum, error) {
	return c.ledger.Sum(ctx, c.rules.ID)
}

// Letters yields the campaign's letters that f chooses, by ID, without their bodies.
func (c *Campaign) Letters(ctx context.Context, f ledger.Filter) iter.Seq2[ledger.Entry, error] {
	f.Campaign, f.IDs = c.rules.ID, c.full(f.IDs)
	return c.ledger.Letters(ctx, f)
}

// full returns the IDs of letters for what was said of them.
func (c *Campaign) full(said []string) (ids []string) {
	for _, s := range said {
		ids = append(ids, letter.FullReference(c.rules.ID, s))
	}
	return ids
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
