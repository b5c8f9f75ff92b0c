package pdf

import (
	"slices"

	"headsup/render/prose"
	"headsup/render/typeset"
)

// table sets a table, in smaller letters if that saves breaking its values.
func (c column) table(b prose.Block, gap float64) ([]box, error) {
	n := len(b.Head)
	for _, r := range b.Rows {
		n = max(n, len(r))
	}
	if n == 0 {
		return nil, nil
	}
	c.in = c.in.add("Table")
	t := grid{column: c, b: b, n: n, size: tableSize}
	if err := t.fit(); err != nil {
		return nil, err
	}
	return t.rows(gap)
}

// A grid is a table being set.
type grid struct {
	column
	b      prose.Block
	n      int // columns
	size   float64
	widths []float64      // with the space between columns
	known  []typeset.Line // cells of the rows on one line, column by column
}

func (t *grid) cell(row []string, i int, head bool) []typeset.Run {
	if i >= len(row) || row[i] == "" {
		return nil
	}
	ltr := i < len(t.b.LTR) && t.b.LTR[i]
	return []typeset.Run{{Text: short(row[i]), Bold: head, Value: !head, LTR: ltr && !head}}
}

// fit finds the widths of the columns.
func (t *grid) fit() error {
	room := t.x1 - t.x0
	for ; ; t.size -= 0.75 {
		natural, err := t.natural()
		if err != nil {
			return err
		}
		total := 0.0
		for _, w := range natural {
			total += w
		}
		if total <= room || t.size <= 7 {
			t.widths = share(natural, total, room)
			return nil
		}
	}
}

// natural is how wide the columns would like to be.
func (t *grid) natural() ([]float64, error) {
	const longest = 120 // characters: a longer value is broken anyway
	widths := make([]float64, t.n)
	t.known = make([]typeset.Line, t.n*len(t.b.Rows))
	measure := func(row []string, at int) error {
		for i := range t.n {
			rs := t.cell(row, i, at < 0)
			if rs == nil {
				widths[i] = max(widths[i], 2*cellPad)
				continue
			}
			whole := rs[0].Text
			if r := []rune(whole); len(r) > longest {
				rs[0].Text = string(r[:longest])
			}
			ls, err := t.Set(t.text(t.size, rs), 0)
			if err != nil {
				return err
			}
			widths[i] = max(widths[i], ls[0].Width+2*cellPad+0.5)
			if at >= 0 && whole == rs[0].Text {
				t.known[at*t.n+i] = ls[0]
			}
		}
		return nil
	}
	if err := measure(t.b.Head, -1); err != nil {
		return nil, err
	}
	for at, r := range t.b.Rows {
		if err := measure(r, at); err != nil {
			return nil, err
		}
	}
	return widths, nil
}

// linesOf sets a cell of a row, or of the head if that is -1, in a width.
func linesOf(t *grid, row []string, at, i int, width float64) ([]typeset.Line, error) {
	if at >= 0 {
		if k := at*t.n + i; len(t.known[k].Pieces) > 0 && t.known[k].Width < width-0.1 {
			return t.known[k : k+1 : k+1], nil
		}
	}
	return t.Set(t.text(t.size, t.cell(row, i, at < 0)), width)
}

// share gives narrow columns what they want and parts the rest equally among
// the others. Room that is left goes to all.
func share(natural []float64, total, room float64) []float64 {
	out := append([]float64(nil), natural...)
	if total <= room {
		for i := range out {
			out[i] += (room - total) / float64(len(out))
		}
		return out
	}
	open, left := len(natural), room
	given := make([]bool, len(natural))
	for again := true; again; {
		again = false
		for i, w := range natural {
			if !given[i] && w <= left/float64(open) {
				given[i], again = true, true
				left -= w
				open--
			}
		}
	}
	for i := range out {
		if !given[i] {
			out[i] = left / float64(open)
		}
	}
	return out
}

// rows sets all rows; the first two and the last two stay together.
func (t *grid) rows(gap float64) ([]box, error) {
	var head, again *box
	var out []box
	if len(t.b.Head) > 0 {
		h, err := t.row(t.b.Head, -1)
		if err != nil {
			return nil, err
		}
		head = join(h)
		again = decoration(*head)
		first := *head
		first.space, first.keep = gap, true
		out = append(out, first)
	}
	for i, r := range t.b.Rows {
		boxes, err := t.row(r, i)
		if err != nil {
			return nil, err
		}
		for j := range boxes {
			boxes[j].head = again
		}
		if i == 0 && head == nil {
			boxes[0].space = gap
		}
		if n := len(t.b.Rows); n > 2 && (i == 0 || i == n-2) {
			boxes[len(boxes)-1].keep = true
		}
		out = append(out, boxes...)
	}
	return out, nil
}

// join makes one box of several.
func join(boxes []box) *box {
	var out box
	for _, b := range boxes {
		for _, it := range b.items {
			it.y += out.h
			out.items = append(out.items, it)
		}
		out.h += b.h
	}
	return &out
}

// decoration is a box that has been read already: it has no part in the structure.
func decoration(b box) *box {
	b.items = slices.Clone(b.items)
	for i := range b.items {
		b.items[i].tag = nil
	}
	return &b
}

// columnHead is what the structure says of one.
var columnHead = rare{attrs: "/A<</O/Table/Scope/Column>>"}

// row sets a row as one box for each of its lines, with a rule below the last.
// A row of ordinary length stays together.
func (t *grid) row(row []string, at int) ([]box, error) {
	const together = 15 // lines
	head := at < 0
	boxes, tight := make([]box, 0, 1), high(t.setting, tight, t.doc.Lang)
	tr := t.in.add("TR")
	tr.kids = make([]*node, 0, t.n)
	x := t.x0
	if t.doc.RTL {
		x = t.x1
	}
	for i, w := range t.widths {
		if t.doc.RTL {
			x -= w
		}
		ls, err := linesOf(t, row, at, i, w-2*cellPad)
		if err != nil {
			return nil, err
		}
		for len(boxes) < max(1, len(ls)) {
			boxes = append(boxes, box{h: t.size * tight, items: make([]item, 0, t.n+1)})
		}
		cell := column{setting: t.setting, doc: t.doc, x0: x + cellPad, x1: x + w - cellPad, in: tr.add("TD")}
		if head {
			cell.in.kind, cell.in.rare = "TH", &columnHead
		}
		for j, l := range ls {
			boxes[j].items = append(boxes[j].items, item{x: cell.start(l.Width), y: base(t.size, tight) + 2, line: l, tag: cell.in})
		}
		if !t.doc.RTL {
			x += w
		}
	}
	for i := range boxes {
		boxes[i].keep = len(boxes) <= together && i < len(boxes)-1
	}
	last := &boxes[len(boxes)-1]
	last.h += 4
	shade := pale
	if head {
		shade = grey
	}
	last.items = append(last.items, item{x: t.x0, y: last.h - 0.5, rule: t.x1 - t.x0, grey: shade})
	return boxes, nil
}
