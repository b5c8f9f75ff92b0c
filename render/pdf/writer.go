package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"strings"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"

	"headsup/render/typeset"
)

// A Writer writes letters as PDF. It may be used from many goroutines.
type Writer struct{ fonts *typeset.Fonts }

// New returns a writer that sets text in the fonts.
func New(fonts *typeset.Fonts) *Writer { return &Writer{fonts} }

// Print returns a letter as Write writes it.
func (wr *Writer) Print(l Letter) ([]byte, error) {
	var b bytes.Buffer
	err := wr.Write(&b, l)
	return b.Bytes(), err
}

// Write writes a letter. The same letter and fonts give the same bytes.
//
// If a text of our own has a character that no font can write, the error is a
// [*typeset.MissingGlyph] and nothing is written; in values from outside it is
// replaced by U+FFFD.
func (wr *Writer) Write(w io.Writer, l Letter) error {
	form, ok := Forms[l.Form]
	if !ok {
		return fmt.Errorf("no form %q", l.Form)
	}
	pages, s, err := wr.layout(l, form)
	if err != nil {
		return fmt.Errorf("letter %q: %w", l.ID, err)
	}
	b, err := output(l, form, pages, s.Cuts())
	if err != nil {
		return fmt.Errorf("letter %q: %w", l.ID, err)
	}
	_, err = w.Write(b)
	return err
}

// mm is a millimetre in points.
const mm = 72 / 25.4

// An item is a thing at a place on the page, in points from its upper left
// corner; of a line of text it is the left end of the base line.
type item struct {
	x, y float64
	line typeset.Line
	grey int     // of text and rules
	rule float64 // length of a rule instead of text
	down bool    // the rule is vertical
}

type page []item

// draft is a document being put out.
type draft struct {
	*fpdf.Fpdf
	family map[*typeset.Cut]string
	names  map[string]string // family as in the file to its name and tag
}

func output(l Letter, form Form, pages []page, cuts []*typeset.Cut) ([]byte, error) {
	d := draft{
		Fpdf:   fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: form.Paper[0] * mm, Ht: form.Paper[1] * mm}}),
		family: map[*typeset.Cut]string{},
		names:  map[string]string{},
	}
	d.meta(l)
	for i, c := range cuts {
		d.font(i, c)
	}
	for i, p := range pages {
		d.AddPage()
		if i == 0 {
			if err := d.logo(l.Head.Logo, form); err != nil {
				return nil, err
			}
		}
		for _, it := range p {
			d.item(it)
		}
	}
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		return nil, err
	}
	return identify(rename(b.Bytes(), d.names), l.ID), nil
}

func (d draft) meta(l Letter) {
	d.SetCatalogSort(true)
	d.SetCreationDate(l.Date.UTC())
	d.SetModificationDate(l.Date.UTC())
	d.SetTitle(plain(l.Title), true)
	d.SetAuthor(plain(l.Author), true)
	d.SetSubject(plain(l.ID), true)
	d.SetCreator("headsup", true)
	d.SetProducer("headsup", true)
	d.SetLang(tag(l.Lang))
	d.SetAutoPageBreak(false, 0)
	d.SetMargins(0, 0, 0)
}

// plain makes a string fit for the document information, where fpdf knows
// neither broken UTF-8 nor characters above U+FFFF.
func plain(s string) string {
	s = short(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7F:
			return ' '
		case r > 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, s)
}

// tag keeps of a language tag what may stand in one (RFC 5646, 4.4.1).
func tag(s string) string {
	s = s[:min(len(s), 35)]
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// font embeds a cut font. fpdf calls a font "utf8" and its family in lower
// case; the family is made so long that the real name with the tag of a
// subset fits in its place.
func (d draft) font(i int, c *typeset.Cut) {
	ttf := c.TTF()
	sum := sha256.Sum256(ttf)
	var name strings.Builder
	for _, b := range sum[:6] {
		name.WriteByte('A' + b%26)
	}
	name.WriteString("+" + c.Name)
	family := fmt.Sprintf("%02d+%s", i%100, strings.ToLower(c.Name))
	d.AddUTF8FontFromBytes(family, "", ttf)
	d.family[c] = family
	d.names["utf8"+family] = name.String()
}

// rename puts the names of the fonts in, which are as long as those there.
func rename(b []byte, names map[string]string) []byte {
	for from, to := range names {
		for _, key := range []string{"/BaseFont /", "/FontName /"} {
			b = bytes.ReplaceAll(b, []byte(key+from), []byte(key+to))
		}
	}
	return b
}

// identify puts an identifier into the trailer. It stands behind the table of
// cross-references, so that no place in the file moves that one points to.
func identify(b []byte, id string) []byte {
	key := []byte("\ntrailer\n<<\n")
	i := bytes.LastIndex(b, key)
	if i < 0 {
		return b
	}
	i += len(key)
	first, second := sha256.Sum256([]byte(id)), sha256.Sum256(b)
	line := fmt.Sprintf("/ID [<%x> <%x>]\n", first[:16], second[:16])
	return append(append(append([]byte(nil), b[:i]...), line...), b[i:]...)
}

func (d draft) item(it item) {
	d.SetTextColor(it.grey, it.grey, it.grey)
	d.SetDrawColor(it.grey, it.grey, it.grey)
	d.SetLineWidth(0.5)
	switch {
	case it.rule > 0 && it.down:
		d.Line(it.x, it.y, it.x, it.y+it.rule)
	case it.rule > 0:
		d.Line(it.x, it.y, it.x+it.rule, it.y)
	}
	for _, p := range it.line.Pieces {
		if p.Open {
			d.RawWriteStr("/Span <</ActualText <" + utf16hex(p.Text) + ">>> BDC\n")
		}
		d.SetFont(d.family[p.Cut], "", p.Size)
		d.Text(it.x+p.X, it.y-p.Y, p.Codes)
		if p.Close {
			d.RawWriteStr("EMC\n")
		}
	}
}

func utf16hex(s string) string {
	var b strings.Builder
	b.WriteString("FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// Height of a logo, and how much of the letterhead's width it may take.
const (
	logoHeight = 16 * mm
	logoWidth  = 45 * mm
)

// logo puts a logo flush right into the letterhead, or flush left if the
// letterhead's text is flush right.
func (d draft) logo(b []byte, form Form) error {
	if len(b) == 0 {
		return nil
	}
	h := min(logoHeight, form.Head.H*mm)
	x := func(w float64) float64 {
		if form.HeadRight {
			return form.Head.X * mm
		}
		return (form.Head.X+form.Head.W)*mm - w
	}
	if bytes.HasPrefix(b, []byte("\x89PNG")) {
		return d.png(b, h, x, form.Head.Y*mm)
	}
	svg, err := fpdf.SVGBasicParse(b)
	if err != nil {
		return fmt.Errorf("logo: neither PNG nor SVG: %w", err)
	}
	if svg.Wd <= 0 || svg.Ht <= 0 {
		return fmt.Errorf("logo: SVG without width and height")
	}
	scale := min(h/svg.Ht, logoWidth/svg.Wd)
	d.SetLineWidth(0.7)
	d.SetXY(x(svg.Wd*scale), form.Head.Y*mm)
	d.SVGBasicDraw(&svg, scale, "DF")
	return d.Error()
}

// png decodes and encodes again, because fpdf reads only some kinds of PNG.
func (d draft) png(b []byte, h float64, x func(float64) float64, y float64) error {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("logo: %w", err)
	}
	var clean bytes.Buffer
	if err := png.Encode(&clean, nrgba(img)); err != nil {
		return fmt.Errorf("logo: %w", err)
	}
	size := img.Bounds().Size()
	w := h * float64(size.X) / float64(size.Y)
	if w > logoWidth {
		w, h = logoWidth, h*logoWidth/w
	}
	opt := fpdf.ImageOptions{ImageType: "PNG"}
	d.RegisterImageOptionsReader("logo", opt, &clean)
	d.ImageOptions("logo", x(w), y, w, h, false, opt, 0, "")
	return d.Error()
}

func nrgba(img image.Image) *image.NRGBA {
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}
