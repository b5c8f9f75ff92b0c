package pdf

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"headsup/render/typeset"
)

// A canvas is the content of one page (ISO 32000-1, 8 and 9). Places are
// given from the upper left corner.
type canvas struct {
	b      []byte
	height float64
	grey   int // that was set last, or -1
	parts  []insert
}

var canvases = sync.Pool{New: func() any { return new(canvas) }}

func (c *canvas) numbers(v ...float64) {
	for _, n := range v {
		c.b = append(appendNumber(c.b, n), ' ')
	}
}

func (c *canvas) op(op string, v ...float64) {
	c.numbers(v...)
	c.b = append(append(c.b, op...), '\n')
}

// shade is the grey of what is filled and drawn next, of 255.
func (c *canvas) shade(grey int) {
	if grey == c.grey {
		return
	}
	c.grey = grey
	v := float64(grey) / 255
	c.op("g", v)
	c.op("G", v)
}

func (c *canvas) rule(x, y, length float64) {
	c.op("m", x, c.height-y)
	c.op("l", x+length, c.height-y)
	c.op("S")
}

// dots fills rectangles, in whole numbers on a grid that is scaled.
func (c *canvas) dots(d dots, x, y float64) {
	c.b = append(c.b, "q "...)
	size := strconv.AppendFloat(nil, d.size, 'f', 5, 64)
	c.b = append(append(append(append(c.b, size...), " 0 0 -"...), size...), ' ')
	c.op("cm", x, c.height-y)
	for r := d.rects; len(r) > 0; r = r[4:] {
		for _, n := range r[:4] {
			c.b = append(strconv.AppendInt(c.b, int64(n), 10), ' ')
		}
		c.b = append(c.b, "re\n"...)
	}
	c.b = append(c.b, "f Q\n"...)
}

// A code is what stands for a glyph in a font of the file.
type code struct {
	font int
	id   uint16
}

// glyphs sets a row of codes.
func (c *canvas) glyphs(p typeset.Piece, codes []code, x, y float64) {
	c.b = append(c.b, "BT "...)
	c.op("Td", x+p.X, c.height-y+p.Y)
	c.row(p, codes)
	c.b = append(c.b, "ET\n"...)
}

// row sets a row of codes where the text is. Those of a letter's own fonts
// stand among those of fonts that it shares.
func (c *canvas) row(p typeset.Piece, codes []code) {
	c.font(codes[0].font, p.Size)
	if p.Wide > 0 {
		c.b = append(appendNumber(c.b, 100*p.Wide), " Tz "...)
		defer func() { c.b = append(c.b, "100 Tz "...) }()
	}
	if p.Silent {
		c.b = append(c.b, "/Span <</ActualText <FEFF>>> BDC "...)
		defer func() { c.b = append(c.b, "EMC "...) }()
	}
	for i := 0; i < len(codes); {
		j, spans := row(p.Glyphs, i)
		if spans = spans && !p.Silent; spans {
			c.b = append(c.b, "/Span <</ActualText "...)
			c.b = append(appendText(c.b, joined(p.Glyphs[i:j])), ">> BDC "...)
		}
		for i < j {
			k := i + 1
			for k < j && codes[k].font == codes[i].font {
				k++
			}
			if i > 0 && codes[i].font != codes[i-1].font {
				c.font(codes[i].font, p.Size)
			}
			c.show(p.Glyphs[i:k], codes[i:k])
			i = k
		}
		if spans {
			c.b = append(c.b, "EMC "...)
		}
	}
}

func (c *canvas) font(n int, size float64) {
	c.b = appendFontName(c.b, n)
	c.b = append(c.b, ' ')
	c.b = append(appendNumber(c.b, size), " Tf "...)
}

func appendFontName(b []byte, n int) []byte {
	return strconv.AppendInt(append(b, "/F"...), int64(n), 10)
}

// row returns where a row ends that begins at i: either several glyphs that
// stand for their text only together, or those up to the next such.
//
// A mark at the end of a piece stands where the next piece begins, which may
// be a comma of another font: readers put them in order only if the mark goes
// together with its letter.
func row(gs []typeset.Glyph, i int) (end int, spans bool) {
	joins := func(i int) bool {
		return i < len(gs) && (gs[i].Text == "" || i == len(gs)-1 && marks(gs[i].Text))
	}
	if spans = joins(i + 1); spans {
		for end = i + 1; joins(end); end++ {
		}
		return end, true
	}
	for end = i + 1; end < len(gs) && !joins(end+1); end++ {
	}
	return end, false
}

// marks reports whether a text is nothing but marks on the letter before.
func marks(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.Is(unicode.Mn, r) }) < 0
}

// joined is the text that glyphs stand for.
func joined(gs []typeset.Glyph) string {
	var b strings.Builder
	for _, g := range gs {
		b.WriteString(g.Text)
	}
	return b.String()
}

func (c *canvas) show(gs []typeset.Glyph, codes []code) {
	c.b = append(c.b, "[<"...)
	for i, code := range codes {
		c.b = appendHex(c.b, code.id)
		if k := gs[i].Kern; k != 0 {
			c.b = append(c.b, '>')
			c.b = append(appendNumber(c.b, -float64(k)), '<')
		}
	}
	c.b = append(c.b, ">] TJ "...)
}

func appendHex(b []byte, v uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}
