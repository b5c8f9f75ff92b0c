package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"

	"headsup/render/typeset"
)

// Sizes of the address in points. Below leastSize neither DIN 5008 nor the
// scanners of the United States Postal Service (Domestic Mail Manual 202)
// read it for certain; down to calmSize all of it is made smaller before
// lines have to share rows.
const (
	addressSize = 10.5
	calmSize    = 9
	leastSize   = 8
	sizeStep    = 0.5
	mostLines   = 40 // for which a way into the window is sought
)

// A NoRoom error says that an address does not fit the window of an envelope,
// even with lines that share rows and in the smallest letters that the post reads.
type NoRoom struct {
	Form string
	Rows int // that the address takes, or 0 where a line is so long that nobody counts
	Most int // that there are
}

func (e *NoRoom) Error() string {
	if e.Rows == 0 {
		return fmt.Sprintf("the address has lines far too long for the window of %q", e.Form)
	}
	return fmt.Sprintf("the address takes %d rows of %d points, the window of %q has %d", e.Rows, leastSize, e.Form, e.Most)
}

// Window returns the rows of the address as they stand in the window of the
// envelope, each as it is read. The error is a [*NoRoom] if they do not fit,
// and a [*typeset.MissingGlyph] if no font has a letter of them: an address is
// printed whole or not at all.
func (wr *Writer) Window(l Letter) ([]string, error) {
	form, ok := Forms[l.Form]
	if !ok {
		return nil, fmt.Errorf("no form %q", l.Form)
	}
	s := newSetting(wr.fonts, l, form)
	_, width, room := s.f.windowRoom()
	rows, _, err := s.address(width, room)
	var out []string
	for _, r := range rows {
		out = append(out, r.String())
	}
	return out, err
}

// windowRoom is the left edge of the text in the window, its width, and the
// height of the address.
func (f Form) windowRoom() (x, width, height float64) {
	r := f.Window
	return (r.X + f.Indent) * mm, (r.W - f.Indent - 2) * mm, (r.H - f.ReturnZone) * mm
}

// window sets the return line and the address so that both stay within the
// window: the post reads nothing else.
func (s *setting) window(p *page) error {
	x, width, room := s.f.windowRoom()
	split := (s.f.Window.Y + s.f.ReturnZone) * mm
	if err := s.returnLine(p, x, split-1.5*mm, width); err != nil {
		return err
	}
	if len(s.l.To) == 0 {
		return s.instead(p, x, split, width, room)
	}
	rows, size, err := s.address(width, room)
	if err != nil {
		return err
	}
	at := left(x)
	if rightToLeft(slices.Concat(s.l.To...)...) {
		at = right(x + width)
	}
	for i, r := range rows {
		line, err := setRow(s, r, size)
		if err != nil {
			return err
		}
		*p = append(*p, item{x: at(line.Width), y: split + float64(i)*size*tight + base(size, tight), line: line, tag: s.root.add("P")})
	}
	return nil
}

// instead sets what stands in the window of a letter that is not for the post.
func (s *setting) instead(p *page, x, split, width, room float64) error {
	lines := slices.DeleteFunc(slices.Clone(s.l.Instead), func(t string) bool { return strings.TrimSpace(t) == "" })
	size := min(addressSize, room/(float64(len(lines))*tight))
	for i, t := range lines {
		l, _, err := s.fit(typeset.Run{Text: t, Value: true}, size, 6, width)
		if err != nil {
			return err
		}
		*p = append(*p, item{x: x, y: split + float64(i)*size*tight + base(size, tight), line: l, tag: s.root.add("P")})
	}
	return nil
}

// address arranges the address in rows, in the largest size that it can have.
//
// First all of it is made smaller, down to calmSize. Then lines of a block
// share rows, and at last a line that is too long goes on in the next row.
func (s *setting) address(width, room float64) ([]addressRow, float64, error) {
	var blocks [][]string
	lines := 0
	for _, b := range s.l.To {
		b = slices.DeleteFunc(slices.Clone(b), func(t string) bool { return strings.TrimSpace(t) == "" })
		if slices.ContainsFunc(b, func(t string) bool { return short(t) != t }) {
			return nil, 0, &NoRoom{Form: s.l.Form}
		}
		blocks = append(blocks, b)
		lines += len(b)
	}
	if lines > mostLines {
		return nil, 0, &NoRoom{Form: s.l.Form, Rows: lines, Most: int(room / (leastSize * tight))}
	}
	m := &measure{s: s, known: map[string]float64{}}
	for _, way := range []struct {
		least         float64
		shares, wraps bool
	}{{calmSize, false, false}, {calmSize, true, false}, {leastSize, true, true}} {
		for size := addressSize; size >= way.least; size -= sizeStep {
			a := arrangement{m: m, width: width / size, most: int(room / (size * tight)), shares: way.shares, wraps: way.wraps}
			if rows, ok := a.rows(blocks); ok || m.err != nil {
				return rows, size, m.err
			}
		}
	}
	a := arrangement{m: m, width: width / leastSize, shares: true, wraps: true}
	rows, _ := a.rows(blocks)
	return nil, 0, &NoRoom{Form: s.l.Form, Rows: len(rows), Most: int(room / (leastSize * tight))}
}

// setRow sets a row of the address. Letters that no font has are an error.
func setRow(s *setting, r addressRow, size float64) (typeset.Line, error) {
	lang := s.l.Lang
	if s.l.ToLang != "" {
		lang = s.l.ToLang
	}
	return beside(s, r.pieces, between, lang, size, false)
}

// beside sets pieces beside one another, in the direction of most of their
// letters. Each is set for itself, in the direction of its own first letter:
// so no number leaves its street, whatever the language of the letter.
func beside(s *setting, pieces []string, between func(before string) string, lang string, size float64, value bool) (typeset.Line, error) {
	var whole typeset.Line
	rtl := rightToLeft(pieces...)
	add := func(text string, rtl, value bool) error {
		para := typeset.Para{Lang: lang, RTL: rtl, Size: size, Runs: []typeset.Run{{Text: strings.Map(undirected, text), Value: value, Known: value, Once: !value}}}
		lines, err := s.Set(para, 0)
		if err != nil || len(lines) == 0 {
			return err
		}
		for _, p := range lines[0].Pieces {
			p.X += whole.Width
			whole.Pieces = append(whole.Pieces, p)
		}
		whole.Width += lines[0].Width
		return nil
	}
	for i := range pieces {
		at := i
		if rtl {
			at = len(pieces) - 1 - i
		}
		if i > 0 {
			before := at - 1
			if rtl {
				before = at
			}
			if err := add(between(pieces[before]), rtl, false); err != nil {
				return typeset.Line{}, err
			}
		}
		if err := add(pieces[at], startsRightToLeft(pieces[at]), value); err != nil {
			return typeset.Line{}, err
		}
	}
	return whole, nil
}

// undirected drops marks of direction, which only we may set.
func undirected(r rune) rune {
	if unicode.Is(unicode.Bidi_Control, r) {
		return -1
	}
	return r
}

// rightToLeft reports whether most letters of texts are written from right to left.
func rightToLeft(texts ...string) bool {
	balance := 0
	for _, t := range texts {
		for _, r := range t {
			balance += sideOf(r)
		}
	}
	return balance > 0
}

// startsRightToLeft reports whether the first letter is (UAX #9, P2 and P3).
func startsRightToLeft(text string) bool {
	for _, r := range text {
		if side := sideOf(r); side != 0 {
			return side > 0
		}
	}
	return false
}

// sideOf is 1 for letters that are written from right to left, -1 for the
// others, and 0 for what is no letter.
func sideOf(r rune) int {
	switch c, _ := bidi.LookupRune(r); c.Class() {
	case bidi.L:
		return -1
	case bidi.R, bidi.AL:
		return 1
	}
	return 0
}
