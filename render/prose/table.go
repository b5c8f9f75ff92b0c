package prose

import "strings"

// widest is how far a table may reach beyond Columns before its rows are
// written as a list.
const widest = 90

// table writes aligned columns, or, where these are too wide, each row as a
// paragraph: the first cell, and below it the others with their heads.
func (w *textWriter) table(b Block, indent string) {
	width := make([]int, len(b.Head))
	for _, row := range append([][]string{b.Head}, b.Rows...) {
		for i, cell := range row {
			width[i] = max(width[i], cells(cell))
		}
	}
	total := cells(indent) + 2*(len(width)-1)
	for _, n := range width {
		total += n
	}
	if total > widest {
		w.records(b, indent)
		return
	}
	w.row(b.Head, width, indent, false)
	rule := make([]string, len(width))
	for i, n := range width {
		rule[i] = strings.Repeat("-", n)
	}
	w.row(rule, width, indent, false)
	for _, row := range b.Rows {
		w.row(row, width, indent, true)
	}
}

func (w *textWriter) row(texts []string, width []int, indent string, values bool) {
	var line strings.Builder
	line.WriteString(indent)
	for i, cell := range texts {
		pad := strings.Repeat(" ", width[i]-cells(cell)+2)
		if values {
			cell = w.isolate(cell)
		}
		line.WriteString(cell + pad)
	}
	w.out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

func (w *textWriter) records(b Block, indent string) {
	for i, row := range b.Rows {
		if i > 0 {
			w.out.WriteString("\n")
		}
		for j, cell := range row {
			if j == 0 {
				w.out.WriteString(indent + w.isolate(cell) + "\n")
			} else {
				w.out.WriteString(indent + "  " + b.Head[j] + ": " + w.isolate(cell) + "\n")
			}
		}
	}
}
