package belt_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"headsup/campaign/belt"
)

// A thing takes so long to be made.
type thing struct {
	n    int
	long time.Duration
	made bool
}

// A shop is a job that keeps what it did.
type shop struct {
	mu     sync.Mutex
	stored [][]int
	told   []int
	making atomic.Int32

	storing time.Duration // how long one set takes
	refuse  int           // the first thing that is not stored; 0: none
}

var errRefused = errors.New("refused")

func (s *shop) job() belt.Job[*thing] {
	return belt.Job[*thing]{Make: s.make, Store: s.store, Tell: func(t *thing) error { s.told = append(s.told, t.n); return nil }, Most: 3, Bytes: 100}
}

func (s *shop) make(t *thing) {
	s.making.Add(1)
	defer s.making.Add(-1)
	time.Sleep(t.long)
	t.made = true
}

func (s *shop) store(ctx context.Context, all []*thing) (int, error) {
	time.Sleep(s.storing)
	s.mu.Lock()
	defer s.mu.Unlock()
	var set []int
	for _, t := range all {
		if !t.made {
			return 0, errors.New("stored before it was made")
		}
		if s.refuse > 0 && t.n == s.refuse {
			break
		}
		set = append(set, t.n)
	}
	s.stored = append(s.stored, set)
	if len(set) < len(all) {
		return len(set), errRefused
	}
	return len(set), nil
}

// sets are those that were stored so far.
func (s *shop) sets() [][]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.stored)
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

func TestThingsAreStoredAndToldInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{storing: time.Second}
		b := belt.New(t.Context(), s.job())
		defer b.Close()
		for n := range 20 {
			long := time.Duration(20-n) * time.Millisecond // the first ones take longest
			if err := b.Add(&thing{n: n + 1, long: long}, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Settle(); err != nil || !slices.Equal(s.told, upTo(20)) || !slices.Equal(slices.Concat(s.stored...), upTo(20)) {
			t.Errorf("told %v, stored %v, %v", s.told, s.stored, err)
		}
		for _, set := range s.stored[:6] {
			if len(set) != 3 {
				t.Errorf("sets of %v", s.stored)
			}
		}
	})
}

func TestWhatIsMadeNextDoesNotWaitForWhatIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{storing: time.Hour}
		b := belt.New(t.Context(), s.job())
		defer b.Close()
		last := &thing{n: 8}
		for n := range 7 {
			_ = b.Add(&thing{n: n + 1}, 1)
		}
		_ = b.Add(last, 1)
		synctest.Wait()
		if !last.made || len(s.sets()) > 0 || len(s.told) > 0 {
			t.Errorf("the eighth is made: %v; stored %v, told %v", last.made, s.stored, s.told)
		}
		begun := time.Now()
		_ = b.Add(&thing{n: 9}, 1) // the third set is full: the first one has to be stored before more comes in
		if time.Since(begun) != time.Hour || !slices.Equal(s.told, upTo(3)) {
			t.Errorf("waited %v, told %v", time.Since(begun), s.told)
		}
	})
}

func TestFewLargeThingsAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{}
		b := belt.New(t.Context(), s.job())
		defer b.Close()
		for n := range 6 {
			_ = b.Add(&thing{n: n + 1}, 60)
		}
		if err := b.Settle(); err != nil || len(s.stored) != 3 {
			t.Errorf("stored %v, %v", s.stored, err)
		}
	})
}

func TestWhatStandsBeforeAFaultIsToldAndNothingBehindItIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{refuse: 5}
		b := belt.New(t.Context(), s.job())
		defer b.Close()
		var err error
		added := 0
		for ; err == nil && added < 100; added++ {
			err = b.Add(&thing{n: added + 1}, 1)
		}
		if !errors.Is(err, errRefused) || !slices.Equal(s.told, upTo(4)) || !slices.Equal(slices.Concat(s.stored...), upTo(4)) || added > 12 {
			t.Errorf("%v after %d; told %v, stored %v", err, added, s.told, s.stored)
		}
		if again := b.Settle(); !errors.Is(again, errRefused) {
			t.Errorf("then it says %v", again)
		}
	})
}

func TestWhoIsToldMayStopIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{}
		j := s.job()
		j.Tell = func(t *thing) error {
			if s.told = append(s.told, t.n); t.n == 2 {
				return errRefused
			}
			return nil
		}
		b := belt.New(t.Context(), j)
		defer b.Close()
		for n := range 3 {
			_ = b.Add(&thing{n: n + 1}, 1)
		}
		if err := b.Settle(); !errors.Is(err, errRefused) || !slices.Equal(s.told, upTo(2)) {
			t.Errorf("%v, told %v", err, s.told)
		}
	})
}

func TestACancelledBeltStoresNothingMoreAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &shop{storing: time.Second}
		b := belt.New(ctx, s.job())
		for n := range 7 {
			_ = b.Add(&thing{n: n + 1, long: time.Millisecond}, 1)
		}
		time.Sleep(1500 * time.Millisecond) // the second set is being stored
		cancel()
		if err := b.Settle(); !errors.Is(err, context.Canceled) || !slices.Equal(s.told, upTo(6)) {
			t.Errorf("%v, told %v", err, s.told)
		}
		b.Close()
		b.Close()
		if err := b.Add(&thing{}, 1); err == nil || s.making.Load() > 0 {
			t.Errorf("a closed one takes things in: %v", err)
		}
	})
}
