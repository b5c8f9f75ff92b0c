package campaign

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
)

// A writing is a letter that is being written.
type writing struct {
	pile *pile
	done chan ledger.Draft
}

// write composes and renders a letter for each pile, on every core, and puts
// the drafts into the ledger in the order of their contacts.
func (w *composer) write(ctx context.Context) error {
	if err := w.tryFonts(); err != nil {
		return err
	}
	bar := count(w.c.event, Writing, len(w.piles))
	defer bar.over()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	jobs := make(chan writing)
	inOrder := make(chan writing, 4*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range jobs {
				d, err := w.render(j.pile)
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
		for _, key := range slices.Sorted(maps.Keys(w.piles)) {
			j := writing{w.piles[key], make(chan ledger.Draft, 1)}
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
		if err := w.keep(ctx, d, j.pile); err != nil {
			stop(err)
		}
		bar.add(1)
	}
	workers.Wait()
	return context.Cause(ctx)
}

// tryFonts prints samples of each agency in each language that its letters will
// have, so that a missing font is found now, and not in the middle of them.
func (w *composer) tryFonts() error {
	type kind struct{ agency, lang string }
	tried := map[kind]bool{}
	for _, key := range slices.Sorted(maps.Keys(w.piles)) {
		l := w.letterFor(w.piles[key])
		for _, lang := range l.Languages {
			k := kind{l.Agency.ID, lang}
			if tried[k] {
				continue
			}
			tried[k] = true
			if err := w.renderer.TryFonts(lang, l.Agency, l.CoSponsors); err != nil {
				return w.c.settings.Fault("id", l.Agency.ID, "%w", err)
			}
		}
	}
	return nil
}

// render writes the letter of a pile.
func (w *composer) render(p *pile) (ledger.Draft, error) {
	l := w.letterFor(p)
	var ids []int64
	for _, r := range p.rows {
		ids = append(ids, r.ID)
	}
	rendered, err := w.renderer.Render(l)
	if err != nil {
		return ledger.Draft{}, fmt.Errorf("letter %s to %s: %w", l.ID, l.To.Email, err)
	}
	from, err := render.EnvelopeFrom(l)
	if err != nil {
		return ledger.Draft{}, fmt.Errorf("letter %s: envelope sender: %w", l.ID, err)
	}
	return ledger.Draft{
		Letter:   l,
		Rendered: rendered,
		Findings: ids,
		From:     from,
		Lanes:    l.Lanes(w.mail.of(l.To.Email)...),
		Outdated: w.ages.Outdated(l.Findings, w.now),
	}, nil
}

// keep puts a draft into the ledger and tells of it. Findings that come too
// late for a letter past review are held for the next round.
func (w *composer) keep(ctx context.Context, d ledger.Draft, p *pile) error {
	what, err := w.c.ledger.Draft(ctx, d)
	if err != nil {
		return err
	}
	for _, text := range d.Rendered.Warnings {
		w.c.event(Warning{Letter: d.Letter.ID, Text: text})
	}
	if what != ledger.Kept {
		if d.Outdated != "" {
			w.outdated++
		}
		state, reason := letter.Drafted, ""
		switch what {
		case ledger.Withheld:
			state = letter.Held
		case ledger.Outdated:
			reason = d.Outdated
		}
		w.c.event(Drafted{ledger.Entry{
			ID:       d.Letter.ID,
			Campaign: w.c.rules.ID,
			Agency:   d.Letter.Agency.ID,
			To:       d.Letter.To.Email,
			Language: d.Letter.Languages[0],
			Round:    d.Letter.Round,
			State:    state,
			Reason:   reason,
			Findings: len(d.Findings),
			Networks: len(d.Letter.Networks),
			Subject:  d.Rendered.Subject,
			Hash:     ledger.Hash(d.Rendered),
		}})
		return nil
	}
	var late []letter.Placement
	for _, r := range p.rows {
		late = append(late, letter.Placement{Row: r.ID, Fate: letter.FateHeld,
			Reason: fmt.Sprintf("too late for %s, which is past review: waits for the next round", d.Letter.ID)})
	}
	return w.c.ledger.Place(ctx, w.c.rules.ID, late)
}
