package desk

import (
	"slices"
	"sync"
	"time"
)

// readers remembers who opened which letter last, so that two people need not
// read the same one. It is a courtesy and kept in memory alone.
type readers struct {
	mu   sync.Mutex
	last map[string]map[string]time.Time // by letter and person
}

// reading is how long somebody is taken to read a letter that they opened.
const reading = 5 * time.Minute

// others notes that a person reads a letter, and returns who else does.
func (r *readers) others(letter, person string) (names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for id, people := range r.last {
		for name, at := range people {
			if now.Sub(at) > reading {
				delete(people, name)
			}
		}
		if len(people) == 0 {
			delete(r.last, id)
		}
	}
	for id, people := range r.last { // each reads one letter at a time
		if id != letter {
			delete(people, person)
		}
	}
	if r.last == nil {
		r.last = map[string]map[string]time.Time{}
	}
	if r.last[letter] == nil {
		r.last[letter] = map[string]time.Time{}
	}
	for name := range r.last[letter] {
		if name != person {
			names = append(names, name)
		}
	}
	r.last[letter][person] = now
	slices.Sort(names)
	return names
}
