package pdf

import (
	"fmt"
	"io"
	"slices"

	"headsup/render/typeset"
)

// A Writer writes letters as PDF. It may be used from many goroutines.
type Writer struct {
	fonts   *typeset.Fonts
	commons commons
}

// New returns a writer that sets text in the fonts.
func New(fonts *typeset.Fonts) *Writer {
	return &Writer{fonts: fonts, commons: commons{all: map[string]func() *common{}}}
}

// Print returns a letter as Write writes it.
func (wr *Writer) Print(l Letter) ([]byte, error) {
	d := newDraft(wr.common(l.Alike))
	if err := wr.draw(d, l); err != nil {
		return nil, fmt.Errorf("letter %q: %w", l.ID, err)
	}
	return d.finish(l), nil
}

// Write writes a letter. The same letter and fonts give the same bytes.
//
// If a text of our own has a character that no font can write, the error is a
// [*typeset.MissingGlyph] and nothing is written; in values from outside it is
// replaced by U+FFFD.
func (wr *Writer) Write(w io.Writer, l Letter) error {
	data, err := wr.Print(l)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (wr *Writer) draw(d *draft, l Letter) error {
	form, ok := Forms[l.Form]
	if !ok {
		return fmt.Errorf("no form %q", l.Form)
	}
	pages, root, err := wr.layout(l, form)
	if err != nil {
		return err
	}
	c := canvases.Get().(*canvas)
	defer canvases.Put(c)
	c.height = form.Paper[1] * mm
	for i, p := range pages {
		c.b, c.parts = c.b[:0], c.parts[:0]
		d.owners = append(d.owners, nil)
		var logo ref
		if i == 0 && len(l.Head.Logo) > 0 {
			figure := &node{kind: "Figure", up: root, rare: &rare{alt: l.Head.Name}}
			root.kids = append([]*node{figure}, root.kids...)
			d.begin(c, figure)
			if logo, err = d.logo(c, l.Head.Logo, form); err != nil {
				return fmt.Errorf("logo: %w", err)
			}
			c.end()
		}
		if err := d.page(c, p, form, logo); err != nil {
			return err
		}
	}
	d.root = root
	return nil
}

// mm is a millimetre in points.
const mm = 72 / 25.4

// An item is a thing at a place on the page, in points from its upper left
// corner; of a line of text it is the left end of the base line.
type item struct {
	x, y float64
	line typeset.Line
	rule float64 // length of a rule instead of text
	area *dots   // instead
	tag  *node   // the element that it belongs to, or nil: decoration
	grey int     // of text and rules
	next int32   // the item of the same element that follows on the page, or 0
}

type page []item

// dots are rectangles on a grid.
type dots struct {
	size  float64 // of the grid, in points
	rects []int32 // left, top, width and height of each
}

// A draft is a file in the making. Its own fonts are written last, when all
// that is set in them is known.
type draft struct {
	*file
	tags
	common *common
	root   *node
	pages  []ref
	own    []*typeset.Cut
	owncut map[*typeset.Font]int // index of own
	images map[string]ref
	codes  []code // memory for those of a piece
}

// newDraft begins a file with a copy of what it shares with others.
func newDraft(c *common) *draft {
	f := &file{at: slices.Clone(c.at), summed: len(c.bytes)}
	if sum, err := c.sum.Clone(); err == nil {
		f.sum = sum
	}
	f.Grow(len(c.bytes) + 1<<15)
	f.Write(c.bytes)
	return &draft{file: f, common: c, owncut: map[*typeset.Font]int{}, images: map[string]ref{}}
}

// page draws a page: element by element, then what belongs to none.
func (d *draft) page(c *canvas, p page, form Form, logo ref) error {
	self, number, links := d.promise(), len(d.owners), len(d.links)
	d.pages = append(d.pages, self)
	c.op("w", 0.5)
	c.grey = -1
	var elements []*node
	for i := range p {
		n := p[i].tag
		switch {
		case n == nil:
			continue
		case n.on != int32(number):
			n.on, n.first = int32(number), int32(i)
			elements = append(elements, n)
		default:
			p[n.last].next = int32(i)
		}
		n.last = int32(i)
	}
	for _, n := range elements {
		if err := d.element(c, p, n); err != nil {
			return err
		}
	}
	c.b = append(c.b, "/Artifact BMC\n"...)
	for _, it := range p {
		if it.tag == nil {
			if err := d.item(c, it); err != nil {
				return err
			}
		}
	}
	c.end()
	xobject := ""
	if logo != 0 {
		xobject = fmt.Sprintf("/XObject <</Logo %v>>", logo)
	}
	annots := ""
	for _, l := range d.links[links:] {
		annots += l.ref.String() + " "
	}
	content := d.packedPage(c)
	d.put(self, "<</Type /Page /Parent %v /MediaBox [0 0 %.2f %.2f] /Resources <</Font %v%s>> /Contents %v /Tabs /S /StructParents %d /Annots [%s]>>",
		d.common.tree, form.Paper[0]*mm, form.Paper[1]*mm, d.common.resources, xobject, content, number-1, annots)
	return nil
}

// element draws all items of an element on a page.
func (d *draft) element(c *canvas, p page, n *node) error {
	if n.get().title != "" && len(n.marks) == 0 {
		n.rare.top = c.height - p[n.first].y + 2*bodySize
	}
	if d.shared(c, p, n) {
		return nil
	}
	if len(n.kids) == 0 {
		d.begin(c, n)
	}
	var open *node
	for i := n.first; ; i = p[i].next {
		it := p[i]
		if len(n.kids) == 0 {
			if err := d.item(c, it); err != nil {
				return err
			}
		} else {
			c.shade(it.grey)
			for rest := it.line; len(rest.Pieces) > 0; {
				var part typeset.Line
				if part, rest = cutPart(rest); open != n.kids[part.Pieces[0].Part] {
					if open != nil {
						c.end()
					}
					open = n.kids[part.Pieces[0].Part]
					d.begin(c, open)
				}
				d.click(c, open, it, part)
				if err := d.line(c, it, part.Pieces); err != nil {
					return err
				}
			}
		}
		if i == n.last {
			break
		}
	}
	if len(n.kids) == 0 || open != nil {
		c.end()
	}
	return nil
}

// cutPart takes the pieces off a line that belong to one part of their paragraph.
func cutPart(l typeset.Line) (part, rest typeset.Line) {
	n := 1
	for n < len(l.Pieces) && l.Pieces[n].Part == l.Pieces[0].Part {
		n++
	}
	part, rest = typeset.Line{Width: l.Width, Pieces: l.Pieces[:n]}, typeset.Line{Width: l.Width, Pieces: l.Pieces[n:]}
	if n < len(l.Pieces) {
		part.Width = l.Pieces[n].X
	}
	return part, rest
}

// item draws a thing.
func (d *draft) item(c *canvas, it item) error {
	c.shade(it.grey)
	if it.rule > 0 {
		c.rule(it.x, it.y, it.rule)
	}
	if it.area != nil {
		c.dots(*it.area, it.x, it.y)
	}
	return d.line(c, it, it.line.Pieces)
}

func (d *draft) line(c *canvas, it item, pieces []typeset.Piece) error {
	for _, p := range pieces {
		if err := d.encode(p); err != nil {
			return err
		}
		codes := d.codes
		c.glyphs(p, codes, it.x, it.y)
	}
	return nil
}

// encode finds what stands for the glyphs of a piece, in a font of the stock if
// one has them.
func (d *draft) encode(p typeset.Piece) error {
	d.codes = d.codes[:0]
	n, common := d.common.number[p.Font]
	for _, g := range p.Glyphs {
		if common {
			if id, ok := d.common.cuts[n].Find(g); ok {
				d.codes = append(d.codes, code{n, id})
				continue
			}
		}
		own, ok := d.owncut[p.Font]
		if !ok {
			own = len(d.own)
			d.owncut[p.Font], d.own = own, append(d.own, p.Font.Cut())
		}
		id, err := d.own[own].Code(g)
		if err != nil {
			return err
		}
		d.codes = append(d.codes, code{len(d.common.cuts) + own, id})
	}
	return nil
}

// finish writes what all pages share and returns the file.
func (d *draft) finish(letter Letter) []byte {
	fonts := slices.Clone(d.common.fonts)
	for i, c := range d.own {
		fonts = fmt.Appendf(appendFontName(append(fonts, ' '), len(d.common.cuts)+i), " %v", d.font(c, fast))
	}
	var kids []byte
	for _, p := range d.pages {
		kids = fmt.Appendf(kids, " %v", p)
	}
	d.put(d.common.resources, "<<%s>>", fonts)
	d.put(d.common.tree, "<</Type /Pages /Count %d /Kids [%s]>>", len(d.pages), kids)
	m := about(letter)
	m.tagged = true
	d.file.finish(d.common.tree, d.common.intent, m, string(d.structure(d.root)))
	return d.Bytes()
}
