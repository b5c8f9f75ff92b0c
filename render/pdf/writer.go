package pdf

import (
	"fmt"
	"io"
	"strings"

	"headsup/render/typeset"
)

// A Writer writes letters as PDF. It may be used from many goroutines.
type Writer struct{ fonts *typeset.Fonts }

// New returns a writer that sets text in the fonts.
func New(fonts *typeset.Fonts) *Writer { return &Writer{fonts} }

// Print returns a letter as Write writes it.
func (wr *Writer) Print(l Letter) ([]byte, error) {
	d := newDraft()
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
	pages, err := wr.layout(l, form)
	if err != nil {
		return err
	}
	for i, p := range pages {
		c := &canvas{height: form.Paper[1] * mm, b: make([]byte, 0, 1<<14)}
		var logo ref
		if i == 0 {
			if logo, err = d.logo(c, l.Head.Logo, form); err != nil {
				return fmt.Errorf("logo: %w", err)
			}
		}
		if err := d.page(c, p, form, logo); err != nil {
			return err
		}
	}
	return nil
}

// mm is a millimetre in points.
const mm = 72 / 25.4

// An item is a thing at a place on the page, in points from its upper left
// corner; of a line of text it is the left end of the base line.
type item struct {
	x, y float64
	line typeset.Line
	grey int       // of text and rules
	rule float64   // length of a rule instead of text
	area []float64 // rectangles instead: left, top, width and height, from x and y
}

type page []item

// A draft is a file in the making. Its fonts are written last, when all that
// is set in them is known.
type draft struct {
	*file
	tree      ref // of the pages
	resources ref
	pages     []ref
	cuts      []*typeset.Cut
	number    map[*typeset.Font]int
	images    map[string]ref
}

func newDraft() *draft {
	d := &draft{file: newFile(), number: map[*typeset.Font]int{}, images: map[string]ref{}}
	d.tree, d.resources = d.promise(), d.promise()
	return d
}

func (d *draft) page(c *canvas, p page, form Form, logo ref) error {
	c.op("w", 0.5)
	grey := -1
	for _, it := range p {
		if it.grey != grey {
			grey = it.grey
			c.shade(grey)
		}
		if it.rule > 0 {
			c.rule(it.x, it.y, it.rule)
		}
		for a := it.area; len(a) > 0; a = a[4:] {
			c.rect(it.x+a[0], it.y+a[1], a[2], a[3])
		}
		if it.area != nil {
			c.op("f")
		}
		if err := d.line(c, it); err != nil {
			return err
		}
	}
	xobject := ""
	if logo != 0 {
		xobject = fmt.Sprintf("/XObject <</Logo %v>>", logo)
	}
	content := d.packed("", c.b)
	d.pages = append(d.pages, d.add("<</Type /Page /Parent %v /MediaBox [0 0 %.2f %.2f] /Resources <</Font %v%s>> /Contents %v>>",
		d.tree, form.Paper[0]*mm, form.Paper[1]*mm, d.resources, xobject, content))
	return nil
}

func (d *draft) line(c *canvas, it item) error {
	for _, p := range it.line.Pieces {
		n, ok := d.number[p.Font]
		if !ok {
			n = len(d.cuts)
			d.number[p.Font] = n
			d.cuts = append(d.cuts, p.Font.Cut())
		}
		codes := make([]uint16, len(p.Glyphs))
		for i, g := range p.Glyphs {
			var err error
			if codes[i], err = d.cuts[n].Code(g); err != nil {
				return err
			}
		}
		c.glyphs(n, p, codes, it.x, it.y)
	}
	return nil
}

// finish writes what all pages share and returns the file.
func (d *draft) finish(letter Letter) []byte {
	var fonts, kids strings.Builder
	for i, c := range d.cuts {
		fmt.Fprintf(&fonts, " /F%d %v", i, d.font(c))
	}
	for _, p := range d.pages {
		fmt.Fprintf(&kids, " %v", p)
	}
	d.put(d.resources, "<<%s>>", fonts.String())
	d.put(d.tree, "<</Type /Pages /Count %d /Kids [%s]>>", len(d.pages), kids.String())
	d.file.finish(d.tree, about(letter))
	return d.Bytes()
}
