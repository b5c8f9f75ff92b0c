package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"headsup/ledger"
	"headsup/render"
	"headsup/render/pdf"
)

var (
	errNothingToPrint = errors.New("no letter to print")
	errNotPrinted     = errors.New("some letters cannot be printed")
)

// A printed batch, as --json prints it.
type printed struct {
	PDF     string    `json:"pdf"`
	List    string    `json:"list"`
	Letters int       `json:"letters"`
	Pages   int       `json:"pages"`
	Without int       `json:"without"` // letters that cannot go by post
	LeftOut []leftOut `json:"left_out"`
}

// A letter that cannot go by post, and why.
type leftOut struct {
	ID     string `json:"id"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// printBatch writes the pages of letters past review into one file for a
// printer, in the order in which the post wants them, with a cover list.
func (h *house) printBatch(ctx context.Context, dir string, f ledger.Filter) error {
	if len(f.States) == 0 {
		f.States = confirmedStates
	}
	batch, without, err := h.enclosures(ctx, f)
	if err != nil {
		return err
	}
	for _, l := range without {
		h.p.say("%s to %s left out: %s", l.ID, l.To, l.Reason)
	}
	if len(batch) == 0 {
		return errNothingToPrint
	}
	slices.SortFunc(batch, func(a, b render.Enclosure) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Postcode, b.Postcode), cmp.Compare(a.ID, b.ID))
	})
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	p := printed{PDF: filepath.Join(dir, "letters.pdf"), List: filepath.Join(dir, "letters.csv"), Letters: len(batch), Without: len(without), LeftOut: without}
	if err := os.WriteFile(p.List, render.List(batch), 0o644); err != nil {
		return err
	}
	if p.Pages, err = h.writeBatch(ctx, p.PDF, batch); err != nil {
		return err
	}
	if err := h.p.print(p, fmt.Sprintf("%s: %s on %s, and a cover list, which is in %s too", p.PDF, some(p.Letters, "letter"), some(p.Pages, "page"), p.List)); err != nil {
		return err
	}
	if len(without) > 0 {
		h.p.say("%s left out", some(len(without), "letter"))
		return leftOver{errNotPrinted}
	}
	return nil
}

// enclosures finds what there is to print, and what cannot go by post.
func (h *house) enclosures(ctx context.Context, f ledger.Filter) (batch []render.Enclosure, without []leftOut, err error) {
	without = []leftOut{}
	for e, err := range h.ledger.Letters(ctx, f) {
		if err != nil {
			return nil, nil, err
		}
		r, err := h.ledger.Letter(ctx, e.ID)
		if err != nil {
			return nil, nil, err
		}
		to, err := h.renderer.Postable(r.Letter, r.Rendered)
		if err != nil {
			without = append(without, leftOut{e.ID, e.To, err.Error()})
			continue
		}
		n, err := pdf.Pages(r.Rendered.PDF)
		if err != nil {
			return nil, nil, fmt.Errorf("letter %s: %w", e.ID, err)
		}
		c := r.Letter.To
		batch = append(batch, render.Enclosure{ID: e.ID, Country: to.Country, Postcode: to.Postcode, Recipient: cmp.Or(c.Org, c.Name, c.Email), Pages: n})
	}
	return batch, without, nil
}

// writeBatch writes the cover list and the letters, and counts their pages.
func (h *house) writeBatch(ctx context.Context, name string, batch []render.Enclosure) (pages int, err error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	first, err := h.ledger.Letter(ctx, batch[0].ID)
	if err != nil {
		return 0, err
	}
	sponsor, day := h.campaign.Agencies[0], first.Letter.Date
	cover, err := h.renderer.Cover(sponsor, day, batch)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(f)
	out := pdf.NewBatch(w, pdf.Letter{ID: h.campaign.ID + "-print", Title: h.campaign.Title, Author: sponsor.Name, Date: day, Lang: h.campaign.Language})
	if err := out.Add(cover); err != nil {
		return 0, err
	}
	bar := h.p.progress("printing", len(batch))
	defer bar.done()
	for _, e := range batch {
		r, err := h.ledger.Letter(ctx, e.ID)
		if err != nil {
			return 0, err
		}
		if err := out.Add(r.Rendered.PDF); err != nil {
			return 0, fmt.Errorf("letter %s: %w", e.ID, err)
		}
		pages += e.Pages
		bar.add(1)
	}
	return pages, errors.Join(out.Close(), w.Flush())
}
