package campaign

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
)

// A writing is a letter that is being written.
type writing struct {
	pile  openPile
	stood *ledger.StandingDraft // as it was written before, or nil
	done  chan struct{}

	// Once done is closed:
	draft    ledger.ReadyDraft
	outdated string // why the findings are too old
	stands   bool   // what was written before is what would be written
}

// How many letters, and bytes of them, one transaction stores.
const (
	setLetters = 64
	setBytes   = 8 << 20
)

// write composes and renders a letter for each pile, on every core, and puts
// the drafts into the ledger in the order of their contacts, set by set. What
// was drafted before, and would come out the same, is not written again.
func (w *composer) write(ctx context.Context) error {
	if err := w.tryFonts(ctx); err != nil {
		return err
	}
	bar := count(w.c.event, Writing, len(w.piles))
	defer bar.over()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	jobs := make(chan *writing)
	inOrder := make(chan *writing, 4*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range jobs {
				if err := w.render(j); err != nil {
					stop(err)
				}
				close(j.done)
			}
		})
	}
	workers.Go(func() {
		defer close(inOrder)
		defer close(jobs)
		if err := w.hand(ctx, jobs, inOrder); err != nil {
			stop(err)
		}
	})
	err := w.keepAll(ctx, inOrder, bar)
	if err != nil {
		stop(err)
	}
	for range inOrder { // so that nobody waits for it
	}
	workers.Wait()
	return context.Cause(ctx)
}

// sparing says how many runs write letters, and how garbage was collected before.
var sparing struct {
	sync.Mutex
	runs, before int
}

// spareMemory has garbage collected sooner until it is called off: what is kept
// of fonts and words is large then, and as much again of garbage would be too.
// Where GOGC is set, that holds.
func spareMemory() (callOff func()) {
	const percent = 50
	sparing.Lock()
	defer sparing.Unlock()
	if _, set := os.LookupEnv("GOGC"); set {
		return func() {}
	}
	if sparing.runs++; sparing.runs == 1 {
		sparing.before = debug.SetGCPercent(percent)
	}
	return func() {
		sparing.Lock()
		defer sparing.Unlock()
		if sparing.runs--; sparing.runs == 0 {
			debug.SetGCPercent(sparing.before)
		}
	}
}

// hand hands out the piles, both to be written and in their order.
func (w *composer) hand(ctx context.Context, jobs, inOrder chan<- *writing) error {
	before, err := w.drafted(ctx)
	if err != nil {
		return err
	}
	for some, err := range w.open(ctx) {
		if err != nil {
			return err
		}
		stood, err := w.standing(ctx, before, some)
		if err != nil {
			return err
		}
		for i, p := range some {
			j := &writing{pile: p, stood: stood[i], done: make(chan struct{})}
			for _, to := range []chan<- *writing{jobs, inOrder} {
				select {
				case to <- j:
				case <-ctx.Done():
					return nil
				}
			}
		}
	}
	return nil
}

// drafted reports whether there may be drafts from before.
func (w *composer) drafted(ctx context.Context) (bool, error) {
	sum, err := w.c.ledger.Sum(ctx, w.c.rules.ID)
	return sum.States[letter.Drafted] > 0 && w.basis != "", err
}

// standing returns the drafts of piles from before, nil where there is none.
func (w *composer) standing(ctx context.Context, before bool, some []openPile) ([]*ledger.StandingDraft, error) {
	out := make([]*ledger.StandingDraft, len(some))
	if !before {
		return out, nil
	}
	ids := make([]string, len(some))
	for i, p := range some {
		ids[i] = letter.Reference(w.c.rules.ID, p.key, p.round)
	}
	found, err := ledger.Standing(ctx, w.c.ledger, ids)
	for i, id := range ids {
		if d, ok := found[id]; ok && d.Placed == len(some[i].rows) {
			out[i] = &d
		}
	}
	return out, err
}

// render writes the letter of a pile, unless it stands as it would be written.
func (w *composer) render(j *writing) error {
	l := w.letterFor(j.pile)
	if err := w.fonts(l); err != nil {
		return err
	}
	from, err := render.EnvelopeFrom(l)
	if err != nil {
		return fmt.Errorf("letter %s: envelope sender: %w", l.ID, err)
	}
	d := ledger.Draft{
		Letter:   l,
		Findings: j.pile.appendIDs(nil),
		From:     from,
		Lanes:    l.Lanes(w.mail.of(l.To.Email)...),
		Outdated: w.ages.Outdated(l.Findings, w.now),
		Basis:    w.basis,
		Turn:     j.pile.turn,
	}
	renderer := w.arms.Writer(l, w.renderer)
	if renderer != w.renderer {
		d.Basis = "" // which says nothing of an arm's own text
	}
	j.outdated = d.Outdated
	if j.stood != nil {
		made, err := d.Made()
		if j.stands = made == j.stood.Made; err != nil || j.stands {
			return err
		}
	}
	if d.Rendered, err = renderer.Render(l); err != nil {
		return fmt.Errorf("letter %s to %s: %w", l.ID, l.To.Email, err)
	}
	if len(d.Rendered.Warnings) > 0 {
		d.Basis = "" // what is warned of is told again, and may be better the next time
	}
	j.draft, err = d.Ready()
	return err
}

// keepAll puts letters into the ledger as they come.
func (w *composer) keepAll(ctx context.Context, inOrder <-chan *writing, bar *counter) error {
	var set []*writing
	size := 0
	for j := range inOrder {
		select {
		case <-j.done:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return nil
		}
		set, size = append(set, j), size+len(j.draft.Rendered.Mail)+len(j.draft.Rendered.PDF)
		if len(set) < setLetters && size < setBytes {
			continue
		}
		if err := w.keep(ctx, set); err != nil {
			return err
		}
		bar.add(len(set))
		set, size = nil, 0
	}
	if ctx.Err() != nil {
		return nil
	}
	err := w.keep(ctx, set)
	bar.add(len(set))
	return err
}

// keep puts a set of drafts into the ledger and tells of each. Findings that
// come too late for a letter past review are held for the next round.
func (w *composer) keep(ctx context.Context, set []*writing) error {
	var drafts []ledger.ReadyDraft
	for _, j := range set {
		if !j.stands {
			drafts = append(drafts, j.draft)
		}
	}
	if err := w.order(ctx, set); err != nil {
		return err
	}
	done, failed := ledger.DraftAll(ctx, w.c.ledger, drafts)
	var late []letter.Placement
	for _, j := range set {
		if j.stands {
			w.tell(j, ledger.Unchanged)
			continue
		}
		if len(done) == 0 {
			break // of one that was refused
		}
		what := done[0]
		done = done[1:]
		w.tell(j, what)
		if what == ledger.Kept {
			for _, r := range j.pile.rows {
				late = append(late, letter.Placement{Row: r.ID, Fate: letter.FateHeld,
					Reason: fmt.Sprintf("too late for %s, which is past review: waits for the next round", j.draft.Letter.ID)})
			}
		}
	}
	if err := w.c.ledger.Place(ctx, w.c.rules.ID, late); err != nil {
		return err
	}
	return failed
}

// order gives those letters their turn that stand as they are, where it is
// another than it was: a plan was sealed, or organisations turned out to be one.
func (w *composer) order(ctx context.Context, set []*writing) error {
	turns := map[string]float64{}
	for _, j := range set {
		if j.stands && w.ordered && !j.stood.Has(j.pile.turn) {
			turns[j.stood.ID] = j.pile.turn
		}
	}
	return ledger.SetTurns(ctx, w.c.ledger, turns)
}

// tell tells what became of a letter.
func (w *composer) tell(j *writing, what ledger.Drafting) {
	d, e := j.draft, ledger.Entry{}
	for _, text := range d.Rendered.Warnings {
		w.c.event(Warning{Letter: d.Letter.ID, Text: text})
	}
	switch {
	case what == ledger.Kept:
		return
	case j.stands:
		s := j.stood.Entry
		e = ledger.Entry{ID: s.ID, Campaign: s.Campaign, Agency: s.Agency, To: s.To, Language: s.Language, Round: s.Round,
			State: s.State, Findings: s.Findings, Networks: s.Networks, Subject: s.Subject, Hash: s.Hash}
	default:
		e = ledger.Entry{
			ID:       d.Letter.ID,
			Campaign: w.c.rules.ID,
			Agency:   d.Letter.Agency.ID,
			To:       d.Letter.To.Email,
			Language: d.Letter.Languages[0],
			Round:    d.Letter.Round,
			State:    letter.Drafted,
			Findings: len(d.Findings),
			Networks: len(d.Letter.Networks),
			Subject:  d.Rendered.Subject,
			Hash:     d.Hash(),
		}
	}
	if j.outdated != "" {
		w.outdated++
	}
	switch what {
	case ledger.Withheld:
		e.State = letter.Held
	case ledger.Outdated:
		e.Reason = j.outdated
	}
	w.c.event(Drafted{e})
}
