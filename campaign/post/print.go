package post

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"headsup/campaign"
	"headsup/campaign/arms"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome/experiment"
	"headsup/render"
	"headsup/render/pdf"
)

// ErrNothingToPrint means that no letter can go to the mail room.
var ErrNothingToPrint = errors.New("no letter to print")

// A Batch is what was written for the mail room. Its JSON names are settled.
type Batch struct {
	PDF     string             `json:"pdf"`
	List    string             `json:"list"`
	Letters int                `json:"letters"`
	Pages   int                `json:"pages"`
	Without int                `json:"without"` // letters that cannot go by post
	LeftOut []campaign.LeftOut `json:"left_out"`
}

// Print writes the pages of letters past review into one file for a printer,
// in the order in which the post wants them, with a cover list, which is in a
// CSV file too. A letter that cannot go by post is told as [campaign.LeftOut]. It returns
// [ErrNothingToPrint] where there is none, [ledger.ErrNotFound] if f names
// letters that it does not choose, and [ledger.ErrHalted] where the campaign is
// stopped: what is printed leaves.
func Print(ctx context.Context, c *campaign.Campaign, dir string, f ledger.Filter) (Batch, error) {
	room := campaign.Within(c)
	if err := ledger.Going(ctx, room.Ledger, room.Rules.ID); err != nil {
		return Batch{}, err
	}
	if len(f.States) == 0 {
		f.States = campaign.Confirmed
	}
	list, without, found, err := enclosures(ctx, c, f)
	if err != nil {
		return Batch{}, err
	}
	for _, l := range without {
		room.Tell(l)
	}
	if len(list) == 0 {
		return Batch{}, ErrNothingToPrint
	}
	if err := campaign.Missing(room.Full(f.IDs), found); err != nil {
		return Batch{}, err
	}
	inOrder(room.Settings.Post.Postage(), list)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Batch{}, err
	}
	b := Batch{
		PDF:     filepath.Join(dir, "letters.pdf"),
		List:    filepath.Join(dir, "letters.csv"),
		Letters: len(list),
		Without: len(without),
		LeftOut: without,
	}
	if err := campaign.WriteFile(b.List, render.List(list)); err != nil {
		return b, err
	}
	b.Pages, err = writeBatch(ctx, room, b.PDF, list)
	return b, err
}

// inOrder sorts letters as the post wants them, those of one price together, and
// notes the price.
func inOrder(p letter.Postage, list []render.Enclosure) {
	tariff := map[string]int{}
	for i, e := range list {
		if n, ok := p.Of(e.Country, e.Pages); ok {
			tariff[e.ID], list[i].Postage = n+1, fmt.Sprintf("%.2f", p.Tariffs[n].Price)
		}
	}
	slices.SortFunc(list, func(a, b render.Enclosure) int {
		return cmp.Or(cmp.Compare(tariff[a.ID], tariff[b.ID]), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Postcode, b.Postcode), cmp.Compare(a.ID, b.ID))
	})
}

// errHome is why a letter is not printed for the post.
var errHome = errors.New("a person's address: post.private_homes is off")

// enclosures finds what there is to print, and what cannot go by post.
func enclosures(ctx context.Context, c *campaign.Campaign, f ledger.Filter) (batch []render.Enclosure, without []campaign.LeftOut, found []string, err error) {
	room := campaign.Within(c)
	renderer, err := room.Renderer()
	if err != nil {
		return nil, nil, nil, err
	}
	// No letter is written here, so an arm's own text is not asked for.
	as, err := arms.Read(ctx, room.Ledger, room.Rules, func(experiment.Arm) (*render.Renderer, error) { return nil, nil })
	if err != nil {
		return nil, nil, nil, err
	}
	without = []campaign.LeftOut{}
	for e, err := range c.Letters(ctx, f) {
		if err != nil {
			return nil, nil, nil, err
		}
		r, err := room.Ledger.Letter(ctx, e.ID)
		if err != nil {
			return nil, nil, nil, err
		}
		if room.Settings.IsProvider() && !r.Letter.Paper && len(f.IDs) == 0 {
			continue // who has a mailbox was written to by mail
		}
		found = append(found, e.ID)
		to, err := renderer.Postable(r.Letter, r.Rendered)
		if err == nil && letter.AtHome(r.Letter.To) && !room.Settings.Post.PrivateHomes {
			err = errHome
		}
		if why := as.NoPost(r.Letter); err == nil && why != "" {
			err = errors.New(why)
		}
		if err != nil {
			without = append(without, campaign.LeftOut{ID: e.ID, To: e.To, Reason: err.Error()})
			continue
		}
		n, err := pdf.Pages(r.Rendered.PDF)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("letter %s: %w", e.ID, err)
		}
		of := r.Letter.To
		batch = append(batch, render.Enclosure{
			ID:        e.ID,
			Country:   to.Country,
			Postcode:  to.Postcode,
			Recipient: cmp.Or(of.Org, of.Name, of.Email),
			Pages:     n,
			Agency:    e.Agency,
			Hash:      e.Hash,
		})
	}
	return batch, without, found, nil
}

// writeBatch writes the cover list and the letters, and counts their pages.
func writeBatch(ctx context.Context, room campaign.Inside, name string, batch []render.Enclosure) (pages int, err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	first, err := room.Ledger.Letter(ctx, batch[0].ID)
	if err != nil {
		return 0, err
	}
	sponsor, day := room.Rules.Agencies[0], first.Letter.Date
	if i := slices.IndexFunc(room.Rules.Agencies, func(a letter.Agency) bool { return a.ID == batch[0].Agency }); i > 0 && oneAgency(batch) {
		sponsor = room.Rules.Agencies[i]
	}
	renderer, err := room.Renderer()
	if err != nil {
		return 0, err
	}
	cover, err := renderer.Cover(room.Rules.HouseLanguage(sponsor), sponsor, day, batch)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(f)
	out := pdf.NewBatch(w, pdf.Letter{ID: room.Rules.ID + "-print", Title: room.Rules.Title, Author: sponsor.Name, Date: day, Lang: room.Rules.Language})
	if err := out.Add(cover); err != nil {
		return 0, err
	}
	if n, err := pdf.Pages(cover); err != nil {
		return 0, err
	} else if room.Settings.Post.Duplex && n%2 == 1 {
		out.Blank()
	}
	bar := campaign.Progress{Task: campaign.Printing, Total: len(batch)}
	room.Tell(bar)
	defer func() {
		bar.Over = true
		room.Tell(bar)
	}()
	for _, e := range batch {
		r, err := room.Ledger.Letter(ctx, e.ID)
		if err != nil {
			return 0, err
		}
		if err := out.Add(r.Rendered.PDF); err != nil {
			return 0, fmt.Errorf("letter %s: %w", e.ID, err)
		}
		pages += e.Pages
		if room.Settings.Post.Duplex && e.Pages%2 == 1 {
			out.Blank()
		}
		bar.Done++
		room.Tell(bar)
	}
	return pages, errors.Join(out.Close(), w.Flush())
}

// oneAgency reports whether one agency signs all letters of a batch.
func oneAgency(batch []render.Enclosure) bool {
	return !slices.ContainsFunc(batch, func(e render.Enclosure) bool { return e.Agency != batch[0].Agency })
}
