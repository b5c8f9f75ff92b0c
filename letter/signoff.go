package letter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/templates"
)

// What a person who wishes no more letters may put above and below it.
const (
	maxHead   = 5 // words after a salutation
	maxTail   = 6 // lines below a closing
	maxBare   = 4 // lines below a text that has none
	maxInLine = 9 // words in each
)

// isHead reports whether a salutation, or the lines in which the sender names
// himself, may begin with the token.
func (rd *reading) isHead(i int) bool {
	return rd.tokens[i].first && rd.tokens[i].line <= rd.tokens[0].line+5
}

// heads returns where the text goes on below what stands at its head: a
// salutation with a name in it, or lines that name the sender.
func (rd *reading) heads(i int) []int {
	var ends []int
	for _, m := range rd.matches[i] {
		if m.kind != templates.Greeting || rd.tokens[m.end-1].comma {
			continue
		}
		for end := m.end; end < len(rd.tokens) && end-m.end < maxHead; end++ {
			if rd.tokens[end-1].comma && end > m.end || rd.tokens[end].sort != plainWord || rd.isFact(end) {
				break
			}
			if rd.tokens[end].comma {
				ends = append(ends, end+1)
			}
		}
	}
	if end := rd.lineEnd(i); end < len(rd.tokens) && rd.names(i, end, strict) {
		ends = append(ends, end)
	}
	return ends
}

func (rd *reading) lineEnd(i int) int {
	end := i + 1
	for end < len(rd.tokens) && !rd.tokens[end].first {
		end++
	}
	return end
}

// ends reports whether nothing is said from token i on: nothing stands there,
// or lines that name the sender.
func (rd *reading) ends(i int, closed bool) bool {
	if i == len(rd.tokens) {
		return true
	}
	rule, most := bare, maxBare
	if closed {
		rule, most = below, maxTail
	} else if !rd.tokens[i].first || i == 0 {
		return false
	}
	for lines := 0; i < len(rd.tokens); lines++ {
		end := rd.lineEnd(i)
		if lines == most || !rd.names(i, end, rule) {
			return false
		}
		i = end
	}
	return true
}

// A rule says how sure it must be that a line names the sender.
type rule int

const (
	below  rule = iota // below a closing: capitals will do, or one word
	bare               // below the text: as strict, or two or three capitals below an empty line
	strict             // a word of the From field, or an office or company
)

// names reports whether a line does nothing but name the sender.
func (rd *reading) names(from, to int, r rule) bool {
	known, capital, small, other, uncased := 0, 0, 0, 0, 0
	titled := true
	for i := from; i < to; i++ {
		t := &rd.tokens[i]
		switch {
		case rd.isFact(i):
			return false
		case t.sort == linkWord || t.sort == addressWord && !rd.isOwn(t):
			return false
		case t.sort == addressWord, t.sort == mailboxWord, t.name, rd.isOffice(i, from):
			known++
		case t.sort != plainWord:
			return false
		case strings.Trim(t.text, "0123456789") == "": // of a telephone
		case t.upper:
			capital++
			titled = titled && !t.caps
		case t.lower && len(t.text) <= 3:
			small++
		default:
			other++
			if !t.lower {
				uncased++
			}
		}
	}
	if isUnspaced(rd.tokens[from].text) {
		return to-from <= 3*maxInLine && known > 0 && (other == 0 || r != strict && other <= maxInLine) ||
			r == below && 2 <= other && other <= 4 && other == to-from && rd.isHan(from, to)
	}
	switch {
	case to-from > maxInLine:
		return false
	case r == strict:
		return known > 0 && capital+other == 0 && small <= 2
	case known > 0:
		return other == 0 && small <= 2
	case r == below:
		return other == 0 && small <= 1 || other == to-from && (other == 1 || other == 2 && uncased == 2)
	}
	return titled && rd.tokens[from].para && 2 <= capital && capital <= 3 && capital == to-from && !rd.stopped(from, to-1)
}

// isHan reports whether all tokens are characters that the names of East Asia
// are written in.
func (rd *reading) isHan(from, to int) bool {
	return !slices.ContainsFunc(rd.tokens[from:to], func(t token) bool {
		r, _ := utf8.DecodeRuneInString(t.text)
		return !unicode.In(r, unicode.Han, unicode.Hangul)
	})
}

// isOwn reports whether an address has the domain of the sender.
func (rd *reading) isOwn(t *token) bool {
	return strings.HasSuffix(t.text, "@"+rd.domain) && rd.domain != ""
}

// isOffice reports whether the token is part of the name of an office or company.
func (rd *reading) isOffice(i, from int) bool { return rd.within(i, from, templates.Signature) }

// isFact reports whether the token tells of something.
func (rd *reading) isFact(i int) bool { return rd.within(i, i, templates.Fact) }

// within reports whether a phrase of a kind that begins at from or later holds the token.
func (rd *reading) within(i, from int, kind templates.Kind) bool {
	for j := from; j <= i; j++ {
		for _, m := range rd.matches[j] {
			if m.kind == kind && m.end > i {
				return true
			}
		}
	}
	return false
}
