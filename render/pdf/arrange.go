package pdf

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"headsup/render/typeset"
)

// An addressRow is what stands beside one another in the window: a line of the
// address, a part of one, or several.
type addressRow struct {
	pieces []string
	wide   float64 // in its own size
}

func (r addressRow) String() string {
	var b strings.Builder
	for i, p := range r.pieces {
		if i > 0 {
			b.WriteString(between(r.pieces[i-1]))
		}
		b.WriteString(p)
	}
	return b.String()
}

// between is what parts a piece of an address from the next one in its row.
func between(piece string) string {
	last := []rune(piece)[len([]rune(piece))-1]
	switch {
	case unicode.IsPunct(last) && last != ')' && last != '.':
		return " "
	case unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return " "
	case unicode.Is(unicode.Arabic, last):
		return "، "
	}
	return ", "
}

// A measure knows how wide texts are, in parts of the size of their letters.
type measure struct {
	s     *setting
	known map[string]float64
	err   error // the first
}

func (m *measure) wide(text string) float64 {
	w, ok := m.known[text]
	if !ok && m.err == nil {
		const size = 10
		var line typeset.Line
		line, m.err = setRow(m.s, addressRow{pieces: []string{text}}, size)
		w = line.Width / size
		m.known[text] = w
	}
	return w
}

// An arrangement is a way to put an address into rows.
type arrangement struct {
	m      *measure
	width  float64 // of a row, in parts of the size
	most   int     // rows; 0 for as few as there can be
	shares bool    // lines of a block may share a row
	wraps  bool    // a line may take several rows
}

// rows reports false if the blocks do not fit.
func (a arrangement) rows(blocks [][]string) ([]addressRow, bool) {
	set := make([][]addressRow, len(blocks))
	n := 0
	for i, block := range blocks {
		for _, text := range block {
			rows := []addressRow{{[]string{text}, a.m.wide(text)}}
			if rows[0].wide > a.width {
				if !a.wraps {
					return nil, false
				}
				rows = a.wrap(text)
			}
			set[i] = append(set[i], rows...)
		}
		n += len(set[i])
	}
	for ; n > a.most; n-- {
		if !a.shares || !a.share(set) {
			break
		}
	}
	return slices.Concat(set...), n <= a.most
}

// share puts two neighbours into one row: those that take the least room, in
// the block with the most rows that can. It reports false if none can.
func (a arrangement) share(set [][]addressRow) bool {
	block, at, least := -1, 0, 0.0
	for i, rows := range set {
		if block >= 0 && len(rows) <= len(set[block]) {
			continue
		}
		first := true
		for j := range len(rows) - 1 {
			last := rows[j].pieces[len(rows[j].pieces)-1]
			if w := rows[j].wide + a.m.wide(between(last)) + rows[j+1].wide; w <= a.width && (first || w < least) {
				block, at, least, first = i, j, w, false
			}
		}
	}
	if block < 0 {
		return false
	}
	rows := set[block]
	joined := addressRow{append(slices.Clone(rows[at].pieces), rows[at+1].pieces...), least}
	set[block] = slices.Replace(slices.Clone(rows), at, at+2, joined)
	return true
}

// wrap parts a line that is too long, behind a comma if there is one that
// leaves no row nearly empty, else between words, else wherever the row is full.
func (a arrangement) wrap(text string) []addressRow {
	var rows []addressRow
	for text != "" {
		end := a.full(text)
		head, rest := strings.TrimSpace(text[:end]), strings.TrimSpace(text[end:])
		if head == "" { // a single letter wider than the row
			head, rest = text, ""
		}
		rows, text = append(rows, addressRow{[]string{head}, a.m.wide(head)}), rest
	}
	return rows
}

// full is where the part of a text ends that fills a row.
func (a arrangement) full(text string) int {
	var ends []int // of characters, as a reader counts them
	for g := uniseg.NewGraphemes(text); g.Next(); {
		_, to := g.Positions()
		ends = append(ends, to)
	}
	n := sort.Search(len(ends), func(i int) bool { return a.m.wide(strings.TrimSpace(text[:ends[i]])) > a.width })
	if n == len(ends) {
		return len(text)
	}
	end := ends[max(n, 1)-1]
	if comma := strings.LastIndexAny(text[:end], ",;،、"); comma > 0 && a.m.wide(text[:comma]) > a.width/2 {
		_, size := utf8.DecodeRuneInString(text[comma:])
		return comma + size
	}
	if space := strings.LastIndex(text[:end], " "); space > 0 {
		return space
	}
	return end
}
