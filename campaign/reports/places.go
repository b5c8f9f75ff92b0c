package reports

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"time"

	"headsup/campaign/experiments"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome"
	"headsup/outcome/figures"
	"headsup/outcome/stats"
)

// stretchRows is about how many findings are read at once.
const stretchRows = 8192

// readers is how many stretches are read side by side: a ledger lets no more
// than a few read at a time.
func readers() int { return min(runtime.GOMAXPROCS(0), 4) }

// A place is one place of the campaign with what a report counts of it.
type place struct {
	outcome.Place
	holding  *experiments.Holding
	seen     time.Time // of the earliest finding
	assigned bool      // it is, or was to be, in a letter, or waits
	back     bool      // it was taken back
	last     time.Time // of the last look

	first, latest *figures.Letter // the first that left and did not come back; the last that left
	result        outcome.Result  // since the first, if there is one
	looks         int
	span          stats.Span
	tried         figures.Tried
}

// places yields the places of the campaign, in order, some at a time. Stretches
// of them are read and judged side by side; no more than a few are in memory.
func (f *reporting) places(ctx context.Context) iter.Seq2[[]place, error] {
	type part struct {
		places []place
		err    error
	}
	return func(yield func([]place, error) bool) {
		var working sync.WaitGroup
		defer working.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		parts := make(chan chan part, readers()-1) // in their order
		working.Go(func() {
			defer close(parts)
			for s, err := range ledger.Stretches(ctx, f.in.Ledger, f.in.Rules.ID, f.stretch) {
				c := make(chan part, 1)
				select {
				case parts <- c:
				case <-ctx.Done():
					return
				}
				if err != nil {
					c <- part{err: err}
					return
				}
				working.Go(func() {
					places, err := f.read(ctx, s)
					c <- part{places, err}
				})
			}
		})
		for c := range parts {
			p := <-c
			if !yield(p.places, p.err) || p.err != nil {
				return
			}
		}
	}
}

// read reads the places of a stretch, and judges each.
func (f *reporting) read(ctx context.Context, in ledger.Stretch) ([]place, error) {
	looks := f.room.Get().(*[]outcome.Look)
	defer func() { clear(*looks); *looks = (*looks)[:0]; f.room.Put(looks) }()
	for l, err := range ledger.Seen(ctx, f.in.Ledger, f.in.Rules.ID, in) {
		if err != nil {
			return nil, err
		}
		*looks = append(*looks, l)
	}
	places, rest := make([]place, 0, f.stretch), *looks
	var at *place
	finish := func() {
		if at == nil {
			return
		}
		for len(rest) > 0 && rest[0].Place.Compare(at.Place) < 0 {
			rest = rest[1:]
		}
		n := 0
		for n < len(rest) && rest[n].Place == at.Place {
			n++
		}
		f.judge(at, rest[:n])
		rest = rest[n:]
	}
	for s, err := range ledger.Spots(ctx, f.in.Ledger, f.in.Rules.ID, in) {
		if err != nil {
			return nil, err
		}
		if at == nil || s.Place != at.Place {
			finish()
			places = append(places, place{Place: s.Place, holding: f.holdings.Of(s.Network), seen: s.Seen})
			at = &places[len(places)-1]
		}
		at.add(s, f.letters[s.Letter])
	}
	finish()
	return places, nil
}

// add takes in one of the findings at a place.
func (p *place) add(s ledger.Spot, l *figures.Letter) {
	if s.Seen.Before(p.seen) {
		p.seen = s.Seen
	}
	switch s.Fate {
	case letter.FateLettered, letter.FateWaiting, letter.FateSuppressed:
		p.assigned = true
	case letter.FateWithdrawn:
		p.back = true
	}
	switch {
	case l == nil || l.Left.IsZero():
		return
	case !l.Lost && (p.first == nil || l.Left.Before(p.first.Left)):
		p.first = l
	}
	if p.latest == nil || l.Left.After(p.latest.Left) {
		p.latest = l
	}
}

// judge says what looks come to. What was taken back counts nowhere.
func (f *reporting) judge(p *place, looks []outcome.Look) {
	if p.back {
		return
	}
	for _, l := range looks {
		if l.Seen.After(p.last) {
			p.last = l.Seen
		}
	}
	if f.tries(p) {
		p.tried = f.trial.Try(p.holding.Name, looks)
	}
	if p.first != nil {
		o := f.rules.Judge(p.holding.Name, p.first.Left, looks)
		p.result, p.looks, p.span = o.Result, o.Looks, figures.SpanOf(o, p.first.Left, looks)
	}
}

// count puts a place where it belongs.
func (f *reporting) count(p *place) {
	if p.back {
		return
	}
	if p.last.After(f.report.LastLook) {
		f.report.LastLook = p.last
	}
	if f.tries(p) {
		f.try(p)
	}
	switch {
	case p.first == nil && p.latest != nil:
		f.collected.Lost()
	case p.first != nil:
		org := p.first.Org
		if p.holding.Org != "" {
			org = f.number(p.holding.Org)
		}
		f.collected.Place(figures.Place{Kind: p.Kind, Org: org, First: p.first, Last: p.latest, Outcome: outcome.Outcome{Result: p.result, Looks: p.looks}, Span: p.span})
	}
}
