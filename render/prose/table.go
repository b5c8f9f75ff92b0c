package prose

import (
	"strings"

	"github.com/rivo/uniseg"
)

// widest is how many columns a table may have: fewer than the 80 of a terminal.
const widest = 79

// narrowest is how far a column of words is narrowed: two short words.
const narrowest = 10

// table writes aligned columns. Where they are too wide, words are wrapped
// within their columns; where that is not enough, each row begins with its first
// cell on a line of its own.
func (w *textWriter) table(b Block, indent string) {
	width := make([]int, len(b.Head))
	for _, row := range append([][]string{b.Head}, b.Rows...) {
		for i, cell := range row {
			width[i] = max(width[i], cells(cell))
		}
	}
	room := widest - cells(indent) - 2*(len(width)-1)
	for over(width, room) > 0 {
		i := roomiest(b, width)
		if i < 0 {
			break
		}
		width[i]--
	}
	apart := false // the first cell has its line
	if n := over(width, room); n > 0 && width[0]-n >= narrowest {
		width[0], apart = width[0]-n, true
	}
	w.row(b.Head, width, indent, false, apart)
	rule := make([]string, len(width))
	for i, n := range width {
		rule[i] = strings.Repeat("-", n)
	}
	w.row(rule, width, indent, false, false)
	for _, row := range b.Rows {
		w.row(row, width, indent, true, apart)
	}
}

// over is by how much columns are too wide.
func over(width []int, room int) int {
	for _, n := range width {
		room -= n
	}
	return -room
}

// roomiest returns the widest column that can be narrower: one of words or of
// times. An address and a port are copied, and stay on one line.
func roomiest(b Block, width []int) int {
	best := -1
	for i, n := range width {
		least := narrowest
		for _, row := range append([][]string{b.Head}, b.Rows...) {
			for _, word := range words(row[i]) {
				least = max(least, cells(strings.TrimRight(word, " ")))
			}
		}
		if n > least && (best < 0 || n > width[best]) {
			best = i
		}
	}
	return best
}

// words cuts a text where UAX #14 lets a line end; an address has one word.
func words(text string) []string {
	if !strings.ContainsAny(text, " "+WordBreak) && cells(text) == len(text) {
		return []string{text}
	}
	var list []string
	state := -1
	for text != "" {
		var word string
		word, text, _, state = uniseg.FirstLineSegmentInString(text, state)
		list = append(list, word)
	}
	return list
}

// row writes the cells of a row, below each other what has more than one line.
func (w *textWriter) row(texts []string, width []int, indent string, values, apart bool) {
	lines := make([][]string, len(texts))
	height := 1
	for i, cell := range texts {
		lines[i] = columnLines(cell, width[i])
		height = max(height, len(lines[i]))
	}
	if apart && cells(texts[0]) > width[0] {
		w.out.WriteString(indent + w.isolated(texts[0], values) + "\n")
		lines[0] = nil
	}
	for n := range height {
		var line strings.Builder
		line.WriteString(indent)
		for i := range texts {
			text := ""
			if n < len(lines[i]) {
				text = lines[i][n]
			}
			line.WriteString(w.isolated(text, values) + strings.Repeat(" ", max(0, width[i]-cells(text))+2))
		}
		w.out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func (w *textWriter) isolated(text string, value bool) string {
	if value {
		return w.isolate(text)
	}
	return text
}

// columnLines breaks a cell into lines of at most so many columns, and longer
// where a word is.
func columnLines(cell string, width int) []string {
	if cells(cell) <= width {
		return []string{cell}
	}
	var lines []string
	line := ""
	for _, word := range words(cell) {
		if line != "" && cells(strings.TrimRight(line+word, " ")) > width {
			lines, line = append(lines, strings.TrimRight(line, " ")), ""
		}
		line += word
	}
	return append(lines, strings.TrimRight(line, " "))
}
