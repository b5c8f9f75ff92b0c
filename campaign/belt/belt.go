// Package belt makes things on every core and has them stored in their order,
// a few at a time, while the next ones are made.
//
// It decides how much is under way at once, and what a fault stops. It knows
// nothing of what is made or where it is stored.
package belt

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// A Belt takes things in one after the other. Each is made by one of several
// goroutines, stored by another one together with its neighbours, and told by
// the goroutine that calls [Belt.Add]: always in the order in which they came.
//
// Its methods are for one goroutine. [Belt.Close] has to be called at last.
type Belt[T any] struct {
	Job[T]

	ctx     context.Context
	cancel  context.CancelFunc
	work    chan piece[T]
	sets    chan *set[T]
	going   sync.WaitGroup
	filling *set[T]
	handed  []*set[T] // to be stored, and not told of yet
	err     error     // what stopped it
}

// A Job is what is done with each thing.
type Job[T any] struct {
	// Make makes a thing ready to be stored, and is called by many goroutines.
	Make func(T)
	// Store stores things, and reports how many of them were; the others behind
	// them were not.
	Store func(context.Context, []T) (int, error)
	// Tell is called with each thing that is stored, by whoever adds them.
	Tell func(T) error

	Most  int // things that are stored at once
	Bytes int // of things that are stored at once, but for the last of them
}

// A set is things that are stored at once.
type set[T any] struct {
	things []T
	size   int
	making sync.WaitGroup
	done   chan struct{}

	// Once done is closed:
	stored int
	err    error
}

// A piece is a thing to be made.
type piece[T any] struct {
	thing T
	of    *set[T]
}

// ahead is how many sets may wait to be stored, the one that is being stored
// among them. While a set is filled, its things are made.
const ahead = 2

// New returns a belt that does a job until ctx ends.
func New[T any](ctx context.Context, j Job[T]) *Belt[T] {
	b := &Belt[T]{Job: j, work: make(chan piece[T], j.Most), sets: make(chan *set[T], ahead)}
	b.ctx, b.cancel = context.WithCancel(ctx)
	for range runtime.GOMAXPROCS(0) {
		b.going.Go(b.make)
	}
	b.going.Go(b.store)
	return b
}

// make makes one thing after the other. Those of a belt that was stopped need not
// be made.
func (b *Belt[T]) make() {
	for p := range b.work {
		if b.ctx.Err() == nil {
			b.Make(p.thing)
		}
		p.of.making.Done()
	}
}

// store stores one set after the other. Nothing is stored behind a fault.
func (b *Belt[T]) store() {
	var fault error
	for s := range b.sets {
		s.making.Wait()
		if fault == nil {
			fault = b.ctx.Err()
		}
		if s.err = fault; fault == nil {
			s.stored, fault = b.Store(b.ctx, s.things)
			s.err = fault
		}
		close(s.done)
	}
}

// Add takes a thing of so many bytes in. Where a set is full it waits until the
// one two before it is stored, and tells of that. It returns the fault that
// stopped the belt, once all is told that was stored before.
func (b *Belt[T]) Add(thing T, size int) error {
	if b.err != nil {
		return b.err
	}
	if b.filling == nil {
		b.filling = &set[T]{done: make(chan struct{})}
	}
	s := b.filling
	s.things, s.size = append(s.things, thing), s.size+size
	s.making.Add(1)
	b.work <- piece[T]{thing, s}
	if len(s.things) < b.Most && s.size < b.Bytes {
		return nil
	}
	return b.hand()
}

// hand has the set that is filled stored, once there is room for it.
func (b *Belt[T]) hand() error {
	if b.filling == nil {
		return b.err
	}
	if err := b.tell(ahead - 1); err != nil {
		return err
	}
	b.handed = append(b.handed, b.filling)
	b.sets <- b.filling
	b.filling = nil
	return nil
}

// tell tells of what is stored until so many sets are left, whether or not they
// are stored: what is told when does not depend on the clock.
func (b *Belt[T]) tell(left int) error {
	for b.err == nil && len(b.handed) > left {
		s := b.handed[0]
		<-s.done
		b.handed = b.handed[1:]
		for _, thing := range s.things[:s.stored] {
			if b.err = b.Tell(thing); b.err != nil {
				return b.err
			}
		}
		b.err = s.err
	}
	return b.err
}

// Settle returns once all that was added is stored and told of.
func (b *Belt[T]) Settle() error {
	if err := b.hand(); err != nil {
		return err
	}
	return b.tell(0)
}

var errClosed = errors.New("the belt is closed")

// Close stops the belt, and returns once nothing is under way. What was added and
// not settled may be stored, and is not told of.
func (b *Belt[T]) Close() {
	if b.err == errClosed {
		return
	}
	b.err = errClosed
	b.cancel()
	close(b.work)
	close(b.sets)
	b.going.Wait()
}
