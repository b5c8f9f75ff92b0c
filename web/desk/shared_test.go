package desk

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestASharedValueIsMadeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shared[int]
		made := 0
		get := func(of string, want int) {
			n, err := s.get(of, func() (int, error) { made++; return made, nil })
			if n != want || err != nil {
				t.Errorf("%s: %d, %v; want %d", of, n, err, want)
			}
		}
		var people sync.WaitGroup
		for range 20 {
			people.Go(func() { get("a", 1) })
		}
		people.Wait()
		time.Sleep(sharedFor)
		get("a", 2) // it is too old
		get("b", 3) // it is made of something else
		if n, err := s.get("c", func() (int, error) { return strconv.Atoi("x") }); !errors.Is(err, strconv.ErrSyntax) {
			t.Errorf("%d, %v", n, err)
		}
		get("b", 3)
	})
}
