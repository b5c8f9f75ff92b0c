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
	if set := whole(re); long(set) {
		return set
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return literals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literals(re.Sub[0])
		}
	case syntax.OpConcat:
		return ofConcat(re.Sub)
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

// ofConcat returns the longest literals of what follows one another: those of
// one part, or those that parts in a row make up together.
func ofConcat(subs []*syntax.Regexp) (best []string) {
	take := func(set []string) {
		if long(set) && (best == nil || shortest(set) > shortest(best)) {
			best = set
		}
	}
	row := []string{""}
	for _, sub := range subs {
		set := whole(sub)
		if set == nil {
			take(row)
			take(literals(sub))
			row = []string{""}
			continue
		}
		if joined := joined(row, set); joined != nil {
			row = joined
			continue
		}
		take(row)
		row = set
	}
	take(row)
	return best
}

// mostWhole is how many texts are listed that one part matches.
const mostWhole = 64

// whole returns all the texts that an expression matches, where they are few, or
// nil. Letters of either case are no such texts.
func whole(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpCharClass:
		var set []string
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if set = append(set, string(r)); len(set) > 8 {
					return nil
				}
			}
		}
		return set
	case syntax.OpCapture:
		return whole(re.Sub[0])
	case syntax.OpQuest:
		if set := whole(re.Sub[0]); set != nil && len(set) < mostWhole {
			return append([]string{""}, set...)
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			set := whole(sub)
			if set == nil || len(all)+len(set) > mostNeeds {
				return nil
			}
			all = append(all, set...)
		}
		return all
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			set := whole(sub)
			if set == nil {
				return nil
			}
			if all = joined(all, set); all == nil {
				return nil
			}
		}
		return all
	}
	return nil
}

// joined returns each text of one set with each of another behind it, or nil
// where these are many.
func joined(first, second []string) (all []string) {
	if len(first)*len(second) > mostNeeds || len(first) > 1 && len(second) > 1 && len(first)*len(second) > mostWhole {
		return nil
	}
	for _, a := range first {
		for _, b := range second {
			all = append(all, a+b)
		}
	}
	return all
}

func long(set []string) bool { return len(set) > 0 && shortest(set) >= leastNeed }

func shortest(set []string) int {
	return len(slices.MinFunc(set, func(a, b string) int { return len(a) - len(b) }))
}
