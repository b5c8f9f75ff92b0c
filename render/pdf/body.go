package pdf

import (
	"math"
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

const (
	signature = 3  // lines of room to sign (DIN 5008)
	oneList   = 12 // lines of a list that stays together
)

// body sets the subject and the parts.
func (s *setting) body() ([]box, error) {
	x0, x1 := s.f.Left*mm, (s.f.Paper[0]-s.f.Right)*mm
	boxes, err := announced(s, x0, x1)
	if err != nil {
		return nil, err
	}
	if s.l.Title != "" {
		c := column{setting: s, doc: prose.Doc{Lang: s.l.Lang, RTL: s.l.RTL}, x0: x0, x1: x1, in: s.root}
		b, err := c.heading("H1", []prose.Span{{Text: s.l.Title, Value: true}}, 11.5, 0)
		if err != nil {
			return nil, err
		}
		boxes = append(append(boxes, b...), box{h: 4, keep: true})
	}
	for i, d := range s.l.Parts {
		c := column{setting: s, doc: d, x0: x0, x1: x1, in: s.root.add("Part")}
		if d.Lang != s.l.Lang {
			c.in.set().lang = d.Lang
		}
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
		if i > 0 {
			continue
		}
		if b, err = enclosures(c); err != nil {
			return nil, err
		}
		if n := len(boxes); n > 0 && len(c.l.Named) > 0 {
			boxes[n-1].keep = true
		}
		boxes = append(boxes, b...)
	}
	return boxes, nil
}

// announced says, in the language of each other part, that it stands below.
func announced(s *setting, x0, x1 float64) (boxes []box, err error) {
	for i, d := range s.l.Parts {
		if i == 0 || d.Below == "" {
			continue
		}
		c := column{setting: s, doc: d, x0: x0, x1: x1, in: s.root}
		b, err := quiet(c, d.Below, 6)
		if err != nil {
			return nil, err
		}
		if d.Lang != s.l.Lang {
			b.items[0].tag.set().lang = d.Lang
		}
		boxes = append(boxes, b)
	}
	return boxes, nil
}

// enclosures sets what is named below the signature of the first part, and
// what stands behind it on a page of its own.
func enclosures(c column) ([]box, error) {
	named, err := c.blocks(c.l.Named, 2*(paraGap+2))
	if err != nil {
		return nil, err
	}
	keepAll(named[:max(len(named)-1, 0)])
	if len(c.l.Enclosed) == 0 {
		return named, nil
	}
	c.in = c.root.add("Part")
	list, err := c.blocks(c.l.Enclosed, paraGap+2)
	if len(list) > 0 {
		list[0].turn = true
	}
	return append(named, list...), err
}

// divide sets a part off from the one before: a rule, unless a page begins
// here, and the name of its language in that language.
func (c column) divide() ([]box, error) {
	rule := box{h: 1, space: 22, keep: true, mid: true, items: []item{{x: c.x0, y: 0.5, rule: c.x1 - c.x0, grey: grey}}}
	name := display.Self.Name(language.Make(c.doc.Lang))
	if name == "" {
		return []box{rule}, nil
	}
	b, err := quiet(c, name, 3)
	return []box{rule, b}, err
}

// quiet sets one line small and grey, which stays with what follows.
func quiet(c column, text string, space float64) (box, error) {
	ls, err := c.Set(c.text(smallSize, []typeset.Run{{Text: text, Value: true, Known: true}}), 0)
	if err != nil {
		return box{}, err
	}
	high := high(c.setting, leading, c.doc.Lang)
	return box{h: smallSize * high, space: space, keep: true,
		items: []item{{x: c.start(ls[0].Width), y: base(smallSize, high), line: ls[0], grey: grey, tag: c.in.add("P")}}}, nil
}

// part sets a whole part. It does not begin at the very foot of a page, what
// leads to a list, a table or a command stays with it, and so does the
// signature with the paragraph above.
func (c column) part() (out []box, err error) {
	opening := 8 * bodySize * high(c.setting, leading, c.doc.Lang)
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
	if b.Kind != prose.Paragraph {
		return false
	}
	announces := len(b.Spans) > 0 && strings.HasSuffix(strings.TrimRight(strings.ReplaceAll(b.Spans[len(b.Spans)-1].Text, "：", ":"), " \u00a0"), ":")
	return next.Kind == prose.List || next.Kind == prose.Table || command(next) || announces && next.Kind == prose.Paragraph
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
	in     *node // of the structure
	parts  bool  // long words
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
		return c.heading(headings[b.Level], b.Spans, map[int]float64{1: 13, 2: 11.5}[b.Level], gap+4)
	case prose.List:
		return c.list(b, gap)
	case prose.Table:
		return c.table(b, gap)
	}
	if command(b) {
		return c.indented().typed(b, gap)
	}
	n, rs := c.paragraph("P", b.Spans, false)
	if b.Signed {
		gap += signature * bodySize * high(c.setting, leading, c.doc.Lang)
	}
	c.parts = true
	return c.lines(n, rs, bodySize, gap)
}

// headings are elements of the structure by level: the letter's title is the
// only one of the first.
var headings = map[int]string{1: "H2", 2: "H2", 3: "H3"}

// paragraph gives a text its place in the structure, with an element for each
// of its links, and returns its runs.
func (c column) paragraph(kind string, spans []prose.Span, strong bool) (*node, []typeset.Run) {
	n := c.in.add(kind)
	rs, urls := runs(spans, strong)
	if len(urls) == 1 && urls[0] == "" {
		return n, rs
	}
	for _, url := range urls {
		if url == "" {
			n.add("")
		} else {
			n.add("Link").set().url = url
		}
	}
	return n, rs
}

// typed sets a command, on one line if it need not be much smaller for that.
func (c column) typed(b prose.Block, gap float64) ([]box, error) {
	const least = 8 // points
	n, rs := c.paragraph("P", b.Spans, false)
	ls, err := c.Set(c.text(bodySize, rs), 0)
	if err != nil {
		return nil, err
	}
	size := bodySize * min(1, (c.x1-c.x0-2*cellPad)/ls[0].Width)
	if size < least {
		size = bodySize
	}
	return c.lines(n, rs, size, gap)
}

// runs makes text of spans. On paper a link can only be read, so its address
// follows its text where the two differ. The URLs are those of the parts of
// the text, empty where there is no link.
func runs(spans []prose.Span, strong bool) (rs []typeset.Run, urls []string) {
	part := func(url string) uint8 {
		if !followed(url) {
			url = ""
		}
		if n := len(urls); n == 0 || urls[n-1] != url && n < math.MaxUint8 {
			urls = append(urls, url)
		}
		return uint8(len(urls) - 1)
	}
	for _, s := range spans {
		text := s.Text
		if s.Value {
			text = short(text)
		}
		r := typeset.Run{Text: text, Bold: s.Strong || strong, Italic: s.Emph, Mono: s.Code, Value: s.Value, Once: s.Once, LTR: s.Code && !s.Value, Part: part(s.Link)}
		url := strings.TrimPrefix(s.Link, "mailto:")
		if s.Link == "" || s.Text == s.Link || s.Text == url {
			r.LTR = r.LTR || s.Link != ""
			r.Break = s.Break
			rs = append(rs, r)
			continue
		}
		rs = append(rs, r, typeset.Run{Text: " (", Part: r.Part},
			typeset.Run{Text: short(url), Value: true, LTR: true, Part: r.Part},
			typeset.Run{Text: ")", Break: s.Break, Part: r.Part})
	}
	return rs, urls
}

// heading sets a heading, which stays with what follows. Where it needs more
// lines than one they are about as long as each other: no word stands alone.
func (c column) heading(kind string, spans []prose.Span, size, gap float64) ([]box, error) {
	head, rs := c.paragraph(kind, spans, true)
	for _, r := range rs {
		head.set().title += r.Text
	}
	boxes, err := c.lines(head, rs, size, gap)
	if err != nil {
		return nil, err
	}
	// The narrower the lines, the more there are: the narrowest that will do is
	// found by halves, in steps of a sixteenth.
	const steps = 16
	will, wont := 0, steps
	for step := (c.x1 - c.x0) / steps; len(boxes) > 1 && will+1 < wont; {
		half := (will + wont) / 2
		b, err := c.narrower(float64(half)*step).lines(head, rs, size, gap)
		switch {
		case err != nil:
			return nil, err
		case len(b) > len(boxes):
			wont = half
		default:
			will, boxes = half, b
		}
	}
	keepAll(boxes)
	return boxes, nil
}

// spaceless reports whether a language breaks lines between any two characters.
func spaceless(lang string) bool {
	return strings.HasPrefix(lang, "ja") || strings.HasPrefix(lang, "zh")
}

// lines sets a paragraph. No line of it stands alone on a page, and no character
// on a line.
func (c column) lines(n *node, rs []typeset.Run, size, gap float64) ([]box, error) {
	if size == 0 {
		size = bodySize
	}
	ls, err := c.Set(c.text(size, rs), c.x1-c.x0)
	if err != nil {
		return nil, err
	}
	if n := len(ls); n > 1 && spaceless(c.doc.Lang) && ls[n-1].Width < 1.9*size {
		more, err := c.Set(c.text(size, rs), c.x1-c.x0-size)
		if err != nil {
			return nil, err
		}
		if len(more) == n {
			ls = more
		}
	}
	boxes, high := make([]box, len(ls)), high(c.setting, leading, c.doc.Lang)
	for i, l := range ls {
		boxes[i] = box{h: size * high, keep: i == 0 && len(ls) > 1 || i == len(ls)-2 || l.Parted,
			items: []item{{x: c.start(l.Width), y: base(size, high), line: l, tag: n}}}
	}
	if len(boxes) > 0 {
		boxes[0].space = gap
	}
	return boxes, nil
}

func (c column) text(size float64, rs []typeset.Run) typeset.Para {
	return typeset.Para{Lang: c.doc.Lang, RTL: c.doc.RTL, Joined: prose.Joined(c.doc.Lang), Parted: c.parts, Size: size, Runs: rs}
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

// narrower takes room off the end of the lines.
func (c column) narrower(by float64) column {
	if c.doc.RTL {
		c.x0 += by
	} else {
		c.x1 -= by
	}
	return c
}

func (c column) list(b prose.Block, gap float64) ([]box, error) {
	inner := c.indented()
	c.in = c.in.add("L")
	c.in.set().attrs = "/A<</O/List/ListNumbering/Disc>>"
	if b.Ordered {
		c.in.set().attrs = "/A<</O/List/ListNumbering/Decimal>>"
	}
	var out []box
	for i, it := range b.Items {
		entry := c.in.add("LI")
		label := entry.add("Lbl")
		inner.in = entry.add("LBody")
		boxes, err := inner.blocks(it, listGap)
		if err != nil {
			return nil, err
		}
		if len(boxes) == 0 {
			c.in.kids = c.in.kids[:len(c.in.kids)-1]
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
		m := item{x: c.start(ls[0].Width), y: base(bodySize, high(c.setting, leading, c.doc.Lang)), line: ls[0], tag: label}
		first.items = append([]item{m}, first.items...)
		if i == 0 {
			first.space = gap
		}
		out = append(out, boxes...)
	}
	if n := len(out); n > 1 && n <= oneList {
		keepAll(out[:n-1])
	}
	return out, nil
}
