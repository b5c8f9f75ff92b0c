package desk

import (
	"sync"
	"time"
)

// sharedFor is how old a shared value may be.
const sharedFor = 5 * time.Second

// A shared value is made once for all who ask for it at the same time, and serves
// those who ask a little later.
type shared[T any] struct {
	mu    sync.Mutex
	of    string
	at    time.Time
	value T
}

// get returns the value of what it is made of, which make makes. Who asks
// meanwhile waits for it; an error is nobody's but the caller's.
func (s *shared[T]) get(of string, make func() (T, error)) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == of && time.Since(s.at) < sharedFor {
		return s.value, nil
	}
	value, err := make()
	if err == nil {
		s.of, s.at, s.value = of, time.Now(), value
	}
	return value, err
}
