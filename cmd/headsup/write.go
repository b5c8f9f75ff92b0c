package main

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// write composes and renders a letter for each pile, on every core, and puts
// the drafts into the ledger in the order of their contacts.
func (h *house) write(ctx context.Context, piles map[string]*pile, day time.Time) error {
	if err := h.tryFonts(piles, day); err != nil {
		return err
	}
	bar := h.p.progress("writing", len(piles))
	defer bar.done()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	type job struct {
		pile *pile
		done chan ledger.Draft
	}
	jobs := make(chan job)
	inOrder := make(chan job, 4*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range jobs {
				d, err := h.render(j.pile, day)
				if err != nil {
					stop(err)
				}
				j.done <- d
			}
		})
	}
	go func() {
		defer close(inOrder)
		defer close(jobs)
		for _, contact := range slices.Sorted(maps.Keys(piles)) {
			j := job{piles[contact], make(chan ledger.Draft, 1)}
			select {
			case jobs <- j:
			case <-ctx.Done():
				return
			}
			inOrder <- j
		}
	}()
	for j := range inOrder {
		d := <-j.done
		if ctx.Err() != nil {
			continue
		}
		if err := h.keep(ctx, d, j.pile); err != nil {
			stop(err)
		}
		bar.add(1)
	}
	workers.Wait()
	return context.Cause(ctx)
}

// tryFonts prints samples of each agency in each language that its letters will
// have, so that a missing font is found now, and not in the middle of them.
func (h *house) tryFonts(piles map[string]*pile, day time.Time) error {
	type kind struct{ agency, lang string }
	tried := map[kind]bool{}
	for _, contact := range slices.Sorted(maps.Keys(piles)) {
		l := h.letterFor(piles[contact], day)
		for _, lang := range l.Languages {
			k := kind{l.Agency.ID, lang}
			if tried[k] {
				continue
			}
			tried[k] = true
			if err := h.renderer.TryFonts(lang, l.Agency, l.CoSponsors); err != nil {
				return h.settings.Fault("id", l.Agency.ID, "%w", err)
			}
		}
	}
	return nil
}

// letterFor decides what the letter of a pile is.
func (h *house) letterFor(p *pile, day time.Time) letter.Letter {
	var networks []lookup.Network
	for _, n := range p.networks {
		networks = append(networks, *n)
	}
	var findings []finding.Finding
	for _, r := range p.rows {
		findings = append(findings, r.Finding)
	}
	return letter.Compose(h.campaign, 1, day, networks, findings)
}

// render writes the letter of a pile.
func (h *house) render(p *pile, day time.Time) (ledger.Draft, error) {
	l := h.letterFor(p, day)
	var ids []int64
	for _, r := range p.rows {
		ids = append(ids, r.ID)
	}
	rendered, err := h.renderer.Render(l)
	if err != nil {
		return ledger.Draft{}, fmt.Errorf("letter %s to %s: %w", l.ID, l.To.Email, err)
	}
	return ledger.Draft{Letter: l, Rendered: rendered, Findings: ids, From: render.EnvelopeFrom(l), Lanes: l.Lanes(h.exchanges.of(l.To.Email)...)}, nil
}

// keep puts a draft into the ledger and says so. Findings that come too late
// for a letter past review are held for the next round.
func (h *house) keep(ctx context.Context, d ledger.Draft, p *pile) error {
	what, err := h.ledger.Draft(ctx, d)
	if err != nil {
		return err
	}
	for _, w := range d.Rendered.Warnings {
		h.p.say("%s: %s", d.Letter.ID, w)
	}
	if what != ledger.Kept {
		e := ledger.Entry{ID: d.Letter.ID, Campaign: h.campaign.ID, Agency: d.Letter.Agency.ID, To: d.Letter.To.Email,
			Language: d.Letter.Languages[0], Round: d.Letter.Round, State: letter.Drafted, Findings: len(d.Findings),
			Networks: len(d.Letter.Networks), Subject: d.Rendered.Subject, Hash: ledger.Hash(d.Rendered)}
		return h.p.printEntry(e)
	}
	var late []letter.Placement
	for _, r := range p.rows {
		late = append(late, letter.Placement{Row: r.ID, Fate: letter.HeldBack,
			Reason: fmt.Sprintf("too late for %s, which is past review: waits for the next round", d.Letter.ID)})
	}
	return h.ledger.Place(ctx, h.campaign.ID, late)
}
