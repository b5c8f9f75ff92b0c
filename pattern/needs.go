package pattern

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// needs are literals of which every match of an expression holds at least one.
// Most texts hold none, and looking for them is many times quicker than
// matching.
type needs struct {
	pairs [1 << 16 / 64]uint64 // the first two bytes of all literals, a bit each
	words map[[2]byte][]string // and the literals
}

const (
	leastNeed = 3   // bytes: shorter ones stand in every text
	mostNeeds = 400 // literals
)

// needsOf returns the literals that an expression needs, or nil where it has
// none worth looking for.
func needsOf(text string) *needs {
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil
	}
	set := literals(re.Simplify())
	if len(set) == 0 || len(set) > mostNeeds {
		return nil
	}
	return newNeeds(set)
}

func newNeeds(words []string) *needs {
	n := &needs{words: map[[2]byte][]string{}}
	for _, w := range words {
		at := [2]byte{w[0], w[1]}
		n.words[at] = append(n.words[at], w)
		k := uint(w[0])<<8 | uint(w[1])
		n.pairs[k/64] |= 1 << (k % 64)
	}
	return n
}

// Words are literals that are looked for together, which is many times quicker
// than an expression of them. They are safe for use by several goroutines.
type Words struct{ needs *needs }

// NewWords takes words of two bytes or more.
func NewWords(words ...string) Words { return Words{newNeeds(words)} }

// In reports whether a text holds one of the words.
func (w Words) In(s string) bool { return w.needs.in(s) }

// in reports whether a text holds one of the literals.
func (n *needs) in(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if k := uint(s[i])<<8 | uint(s[i+1]); n.pairs[k/64]>>(k%64)&1 == 0 {
			continue
		}
		for _, w := range n.words[[2]byte{s[i], s[i+1]}] {
			if strings.HasPrefix(s[i:], w) {
				return true
			}
		}
	}
	return false
}

// literals returns a set of literals of which every match holds one, or nil.
func literals(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if w := string(re.Rune); re.Flags&syntax.FoldCase == 0 && len(w) >= leastNeed {
			return []string{w}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return literals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literals(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if set := literals(sub); best == nil || set != nil && shortest(set) > shortest(best) {
				best = set
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			set := literals(sub)
			if set == nil {
				return nil
			}
			all = append(all, set...)
		}
		return all
	}
	return nil
}

func shortest(set []string) int {
	return len(slices.MinFunc(set, func(a, b string) int { return len(a) - len(b) }))
}
