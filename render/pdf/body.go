package pdf

import (
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"headsup/render/prose"
	"headsup/render/typeset"
)

// Distances in the body, in points.
const (
	paraGap = 6
	listGap = 3
	indent  = 18
	cellPad = 3
)

// body sets the subject and the parts.
func (s *setting) body() ([]box, error) {
	x0, x1 := s.f.Left*mm, (s.f.Paper[0]-s.f.Right)*mm
	var boxes []box
	if s.l.Title != "" {
		c := column{s, prose.Doc{Lang: s.l.Lang, RTL: s.l.RTL}, x0, x1}
		b, err := c.lines([]typeset.Run{{Text: short(s.l.Title), Bold: true, Value: true}}, 11.5, 0)
		if err != nil {
			return nil, err
		}
		keepAll(b)
		boxes = append(append(boxes, b...), box{h: 4, keep: true})
	}
	for i, d := range s.l.Parts {
		c := column{s, d, x0, x1}
		if i > 0 {
			b, err := c.divide()
			if err != nil {
				return nil, err
			}
			boxes = append(boxes, b...)
		}
		b, err := c.part()
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, b...)
	}
	return boxes, nil
}

// divide sets a part off from the one before: a rule, unless a page begins
// here, and the name of its language in that language.
func (c column) divide() ([]box, error) {
	rule := box{h: 1, space: 22, keep: true, mid: true, items: []item{{x: c.x0, y: 0.5, rule: c.x1 - c.x0, grey: grey}}}
	name := display.Self.Name(language.Make(c.doc.Lang))
	if name == "" {
		return []box{rule}, nil
	}
	ls, err := c.Set(c.text(smallSize, []typeset.Run{{Text: name, Value: true}}), 0)
	if err != nil {
		return nil, err
	}
	return []box{rule, {h: smallSize * leading, space: 3, keep: true,
		items: []item{{x: c.start(ls[0].Width), y: base(smallSize, leading), line: ls[0], grey: grey}}}}, nil
}

// part sets a whole part. It does not begin at the very foot of a page, what
// leads to a list, a table or a command stays with it, and so does the
// signature with the paragraph above.
func (c column) part() (out []box, err error) {
	const opening = 8 * bodySize * leading
	bs := c.doc.Blocks
	for i, b := range bs {
		boxes, err := c.block(b, paraGap+2)
		if err != nil {
			return nil, err
		}
		if n := len(boxes); n > 0 && i < len(bs)-1 {
			if closing := len(bs) > 4 && i >= len(bs)-3; closing {
				keepAll(boxes)
			}
			if leads(b, bs[i+1]) {
				boxes[n-1].keep = true
			}
		} else if n > 0 && b.Kind == prose.Paragraph {
			keepAll(boxes[:n-1])
		}
		out = append(out, boxes...)
	}
	h := 0.0
	for i := 0; i < len(out)-1 && h < opening; i++ {
		out[i].keep = true
		h += out[i].space + out[i].h
	}
	return out, nil
}

// leads says whether a block is there for the next one.
func leads(b, next prose.Block) bool {
	return b.Kind == prose.Paragraph && (next.Kind == prose.List || next.Kind == prose.Table || command(next))
}

// command says whether a paragraph is nothing but a line to be typed.
func command(b prose.Block) bool {
	return b.Kind == prose.Paragraph && len(b.Spans) == 1 && b.Spans[0].Code
}

// keepAll keeps boxes together and with what follows.
func keepAll(boxes []box) {
	for i := range boxes {
		boxes[i].keep = true
	}
}

// A column is where a part is set: between x0 and x1.
type column struct {
	*setting
	doc    prose.Doc
	x0, x1 float64
}

func (c column) blocks(bs []prose.Block, gap float64) ([]box, error) {
	var out []box
	for _, b := range bs {
		boxes, err := c.block(b, gap)
		if err != nil {
			return nil, err
		}
		out = append(out, boxes...)
	}
	return out, nil
}

func (c column) block(b prose.Block, gap float64) ([]box, error) {
	switch b.Kind {
	case prose.Heading:
		boxes, err := c.lines(runs(b.Spans, true), map[int]float64{1: 13, 2: 11.5}[b.Level], gap+4)
		keepAll(boxes)
		return boxes, err
	case prose.List:
		return c.list(b, gap)
	case prose.Table:
		return c.table(b, gap)
	}
	if command(b) {
		return c.indented().typed(b, gap)
	}
	return c.lines(runs(b.Spans, false), bodySize, gap)
}

// typed sets a command, on one line if it need not be much smaller for that.
func (c column) typed(b prose.Block, gap float64) ([]box, error) {
	const least = 8
	rs := runs(b.Spans, false)
	ls, err := c.Set(c.text(bodySize, rs), 0)
	if err != nil {
		return nil, err
	}
	size := bodySize * min(1, (c.x1-c.x0-0.5)/ls[0].Width)
	if size < least {
		size = bodySize
	}
	return c.lines(rs, size, gap)
}

// runs makes text of spans. On paper a link can only be read, so its address
// follows its text where the two differ.
func runs(spans []prose.Span, strong bool) []typeset.Run {
	var rs []typeset.Run
	for _, s := range spans {
		text := s.Text
		if s.Value {
			text = short(text)
		}
		r := typeset.Run{Text: text, Bold: s.Strong || strong, Italic: s.Emph, Mono: s.Code, Value: s.Value, LTR: s.Code && !s.Value}
		url := strings.TrimPrefix(s.Link, "mailto:")
		if s.Link == "" || s.Text == s.Link || s.Text == url {
			r.LTR = r.LTR || s.Link != ""
			r.Break = s.Break
			rs = append(rs, r)
			continue
		}
		rs = append(rs, r, typeset.Run{Text: " ("},
			typeset.Run{Text: short(url), Value: true, LTR: true},
			typeset.Run{Text: ")", Break: s.Break})
	}
	return rs
}

// lines sets a paragraph. No line of it stands alone on a page.
func (c column) lines(rs []typeset.Run, size, gap float64) ([]box, error) {
	if size == 0 {
		size = bodySize
	}
	ls, err := c.Set(c.text(size, rs), c.x1-c.x0)
	if err != nil {
		return nil, err
	}
	boxes := make([]box, len(ls))
	for i, l := range ls {
		boxes[i] = box{h: size * leading, keep: i == 0 && len(ls) > 1 || i == len(ls)-2,
			items: []item{{x: c.start(l.Width), y: base(size, leading), line: l}}}
	}
	if len(boxes) > 0 {
		boxes[0].space = gap
	}
	return boxes, nil
}

func (c column) text(size float64, rs []typeset.Run) typeset.Para {
	return typeset.Para{Lang: c.doc.Lang, RTL: c.doc.RTL, Size: size, Runs: rs}
}

// start is where a line as wide as that begins at the left.
func (c column) start(width float64) float64 {
	if c.doc.RTL {
		return c.x1 - width
	}
	return c.x0
}

func (c column) indented() column {
	if c.doc.RTL {
		c.x1 -= indent
	} else {
		c.x0 += indent
	}
	return c
}

func (c column) list(b prose.Block, gap float64) ([]box, error) {
	inner := c.indented()
	var out []box
	for i, it := range b.Items {
		boxes, err := inner.blocks(it, listGap)
		if err != nil {
			return nil, err
		}
		if len(boxes) == 0 {
			continue
		}
		mark := "•"
		if b.Ordered {
			mark = strconv.Itoa(i+1) + "."
		}
		ls, err := c.Set(c.text(bodySize, []typeset.Run{{Text: mark}}), 0)
		if err != nil {
			return nil, err
		}
		first := &boxes[0]
		m := item{x: c.start(ls[0].Width), y: base(bodySize, leading), line: ls[0]}
		first.items = append([]item{m}, first.items...)
		if i == 0 {
			first.space = gap
		}
		out = append(out, boxes...)
	}
	return out, nil
}

// table sets a table, in smaller letters if that saves breaking its values.
func (c column) table(b prose.Block, gap float64) ([]box, error) {
	n := len(b.Head)
	for _, r := range b.Rows {
		n = max(n, len(r))
	}
	if n == 0 {
		return nil, nil
	}
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
	widths []float64 // with the space between columns
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
	measure := func(row []string, head bool) error {
		for i := range t.n {
			rs := t.cell(row, i, head)
			if rs == nil {
				widths[i] = max(widths[i], 2*cellPad)
				continue
			}
			if r := []rune(rs[0].Text); len(r) > longest {
				rs[0].Text = string(r[:longest])
			}
			ls, err := t.Set(t.text(t.size, rs), 0)
			if err != nil {
				return err
			}
			widths[i] = max(widths[i], ls[0].Width+2*cellPad+0.5)
		}
		return nil
	}
	if err := measure(t.b.Head, true); err != nil {
		return nil, err
	}
	for _, r := range t.b.Rows {
		if err := measure(r, false); err != nil {
			return nil, err
		}
	}
	return widths, nil
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
	var head *box
	var out []box
	if len(t.b.Head) > 0 {
		h, err := t.row(t.b.Head, true)
		if err != nil {
			return nil, err
		}
		head = join(h)
		first := *head
		first.space, first.keep = gap, true
		out = append(out, first)
	}
	for i, r := range t.b.Rows {
		boxes, err := t.row(r, false)
		if err != nil {
			return nil, err
		}
		for j := range boxes {
			boxes[j].head = head
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

// row sets a row as one box for each of its lines, with a rule below the last.
// A row of ordinary length stays together.
func (t *grid) row(row []string, head bool) ([]box, error) {
	const together = 15 // lines
	var boxes []box
	x := t.x0
	if t.doc.RTL {
		x = t.x1
	}
	for i, w := range t.widths {
		if t.doc.RTL {
			x -= w
		}
		ls, err := t.Set(t.text(t.size, t.cell(row, i, head)), w-2*cellPad)
		if err != nil {
			return nil, err
		}
		for len(boxes) < max(1, len(ls)) {
			boxes = append(boxes, box{h: t.size * tight})
		}
		cell := column{t.setting, t.doc, x + cellPad, x + w - cellPad}
		for j, l := range ls {
			boxes[j].items = append(boxes[j].items, item{x: cell.start(l.Width), y: base(t.size, tight) + 2, line: l})
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
