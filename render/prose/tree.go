package prose

import (
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// A tree is Markdown that was parsed. It is not changed any more.
type tree struct {
	source []byte
	root   ast.Node
}

// trees keeps what was parsed: the letters of a campaign are made of the same
// few texts, and differ in the values, which the parser never sees.
var trees keep[tree]

// maxKept is how many trees or lines are kept. There are some hundred texts in
// all languages; where a house's own templates write numbers into theirs, all
// are forgotten from time to time.
const maxKept = 1024

// A keep holds what was made of texts. It may be used from many goroutines.
type keep[T any] struct {
	mu   sync.RWMutex
	made map[string]T
}

// get returns what was made of a text, or has it made.
func (k *keep[T]) get(source string, make func() T) T {
	k.mu.RLock()
	made, ok := k.made[source]
	k.mu.RUnlock()
	if ok {
		return made
	}
	made = make()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made == nil || len(k.made) >= maxKept {
		k.made = map[string]T{}
	}
	k.made[source] = made
	return made
}

// parse parses Markdown, or remembers what it is.
func parse(source string) tree {
	return trees.get(source, func() tree {
		b := []byte(source)
		return tree{b, markdown.Parse(text.NewReader(b))}
	})
}
