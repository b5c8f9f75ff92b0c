package post

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/render"
)

// BatchOptions say how batches are made.
type BatchOptions struct {
	Again bool      // also letters that are in a batch already, or were posted
	By    string    // who makes them
	On    time.Time // the day on which they will be posted
}

// Make prints letters past review, those of each agency as a batch of
// its own, which the ledger knows before its files are written and which is
// told as [campaign.Batched]. No letter comes into two batches. What was interrupted is
// made again as the same batch; [Record] says that it was posted. It returns
// how many letters it left out, each told as [campaign.LeftOut].
func Make(ctx context.Context, c *campaign.Campaign, dir string, f ledger.Filter, o BatchOptions) (without int, err error) {
	room := campaign.Within(c)
	if err := ledger.Going(ctx, room.Ledger, room.Rules.ID); err != nil {
		return 0, err
	}
	if len(f.States) == 0 {
		f.States = campaign.Confirmed
	}
	list, left, found, err := enclosures(ctx, c, f)
	if err != nil {
		return 0, err
	}
	if err := campaign.Missing(room.Full(f.IDs), found); err != nil {
		return 0, err
	}
	for _, l := range left {
		room.Tell(l)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	inOrder(room.Settings.Post.Postage(), list)
	byAgency := map[string][]render.Enclosure{}
	for _, e := range list {
		byAgency[e.Agency] = append(byAgency[e.Agency], e)
	}
	made := 0
	for _, a := range room.Rules.Agencies {
		switch err := printBatch(ctx, room, dir, a.ID, byAgency[a.ID], o); {
		case errors.Is(err, errNoneLeft):
		case err != nil:
			return 0, err
		default:
			made++
		}
	}
	if made == 0 {
		err = ErrNothingToPrint
	}
	return len(left), err
}

// errNoneLeft means that all letters of an agency are in a batch already.
var errNoneLeft = errors.New("no letter is left")

// printBatch records a batch of one agency, or finds the one that was begun,
// and writes its files.
func printBatch(ctx context.Context, room campaign.Inside, dir, agency string, list []render.Enclosure, o BatchOptions) error {
	var letters []ledger.Enclosed
	known := map[string]render.Enclosure{}
	for _, e := range list {
		letters = append(letters, ledger.Enclosed{Letter: e.ID, Hash: e.Hash, Pages: e.Pages})
		known[e.ID] = e
	}
	b, in, err := ledger.MakeBatch(ctx, room.Ledger, room.Rules.ID, agency, letters, o.Again, o.By)
	if errors.Is(err, ledger.ErrNotFound) {
		return errNoneLeft
	}
	if err != nil {
		return err
	}
	var batch []render.Enclosure
	for _, e := range in {
		now, ok := known[e.Letter]
		if !ok || now.Hash != e.Hash {
			return fmt.Errorf("%w: letter %q of batch %s, which was begun", ledger.ErrChanged, e.Letter, b.ID)
		}
		batch = append(batch, now)
	}
	out := campaign.Batched{Batch: b, PDF: filepath.Join(dir, b.ID+".pdf"), List: filepath.Join(dir, b.ID+".csv")}
	if err := campaign.WriteFile(out.List, render.List(batch)); err != nil {
		return err
	}
	if _, err := writeBatch(ctx, room, out.PDF, batch); err != nil {
		return err
	}
	if err := ledger.FinishBatch(ctx, room.Ledger, b.ID); err != nil {
		return err
	}
	out.Ready = true
	room.Tell(out)
	return noteDates(ctx, room, in, o.On)
}

// noteDates tells how many letters say another day than that of posting.
func noteDates(ctx context.Context, room campaign.Inside, in []ledger.Enclosed, on time.Time) error {
	other := 0
	for _, e := range in {
		r, err := room.Ledger.Letter(ctx, e.Letter)
		if err != nil {
			return err
		}
		if r.Letter.Date.Format(time.DateOnly) != on.Format(time.DateOnly) {
			other++
		}
	}
	if other > 0 {
		room.Tell(campaign.Noted{Text: fmt.Sprintf("printed with another date than %s, the day of posting: %d", on.Format(time.DateOnly), other)})
	}
	return nil
}

// List tells the batches of the campaign as [campaign.Batched], the first one first.
func List(ctx context.Context, c *campaign.Campaign) error {
	room := campaign.Within(c)
	all, err := ledger.Batches(ctx, room.Ledger, room.Rules.ID)
	for _, b := range all {
		room.Tell(campaign.Batched{Batch: b})
	}
	return err
}
