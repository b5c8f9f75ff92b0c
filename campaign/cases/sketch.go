package cases

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"

	"headsup/ledger"
	"headsup/render"
)

// A sketch is a letter that is composed and neither rendered nor stored.
type sketch struct {
	draft    ledger.Draft
	enclosed []render.Enclosed
	firm     string // why it is a firmer letter

	// Once it is rendered:
	ready ledger.ReadyDraft
	err   error
}

// sketches are the letters that one transaction stores: a few, so that a crash
// costs no more than these. While they are stored, the next ones are written.
type sketches struct {
	d       *Desk
	set     []*sketch
	size    int // bytes that are enclosed
	storing *storing
}

// A storing is letters that are being stored.
type storing struct {
	set  []*sketch
	done chan struct{}

	// Once done is closed:
	what []ledger.Drafting
	err  error
}

const (
	mostSketches = 64
	mostEnclosed = 8 << 20
)

// add takes a letter in, and stores the set once it is full.
func (s *sketches) add(ctx context.Context, one *sketch) error {
	s.set = append(s.set, one)
	for _, e := range one.enclosed {
		s.size += len(e.Data)
	}
	if len(s.set) < mostSketches && s.size < mostEnclosed {
		return nil
	}
	return s.keep(ctx)
}

// keep renders the set on every core, and has it stored once the one before is.
// Where a letter is refused, those before it are stored.
func (s *sketches) keep(ctx context.Context) error {
	set := s.set
	s.set, s.size = nil, 0
	s.render(set)
	if err := s.settle(ctx); err != nil {
		return err
	}
	var drafts []ledger.ReadyDraft
	var fault error
	for _, one := range set {
		if fault = one.err; fault != nil {
			break
		}
		drafts = append(drafts, one.ready)
	}
	if len(drafts) > 0 {
		now := &storing{set: set, done: make(chan struct{})}
		s.storing = now
		go func() {
			defer close(now.done)
			now.what, now.err = ledger.DraftAll(ctx, s.d.Ledger, drafts)
		}()
	}
	if fault != nil {
		return cmp.Or(s.settle(ctx), fault)
	}
	return nil
}

// render renders letters on every core.
func (s *sketches) render(set []*sketch) {
	next := make(chan *sketch)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for one := range next {
				one.render(s.d.Renderer)
			}
		})
	}
	for _, one := range set {
		next <- one
	}
	close(next)
	workers.Wait()
}

// settle waits until letters are stored, and tells of each in their order.
func (s *sketches) settle(ctx context.Context) error {
	now := s.storing
	if now == nil {
		return nil
	}
	s.storing = nil
	<-now.done
	for i, what := range now.what {
		if err := tellKept(ctx, s.d, now.set[i], what); err != nil {
			return err
		}
	}
	return now.err
}

// render makes a draft ready to be stored.
func (s *sketch) render(r *render.Renderer) {
	if s.draft.From, s.err = render.EnvelopeFrom(s.draft.Letter); s.err != nil {
		return
	}
	if s.draft.Rendered, s.err = render.Enclosing(r, s.draft.Letter, s.enclosed); s.err == nil {
		s.ready, s.err = s.draft.Ready()
	}
	if s.err != nil {
		s.err = fmt.Errorf("customer %q: %w", s.draft.Letter.To.Handle, s.err)
	}
}

// tellKept tells of a letter that is stored, and approves it where its reporters
// have earned that.
func tellKept(ctx context.Context, d *Desk, s *sketch, what ledger.Drafting) error {
	drafted, err := kept(ctx, d, s.draft, what)
	if err != nil || !drafted {
		return err
	}
	if s.firm != "" { // a person says so, however well its reporters are known
		d.Tell(Warning{Letter: s.draft.Letter.ID, Text: "a firmer letter: " + s.firm})
		return nil
	}
	return d.earn(ctx, s.draft.Letter.ID, s.ready.Hash())
}
