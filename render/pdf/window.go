package pdf

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
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
	s := &setting{wr.fonts, l, form}
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
		*p = append(*p, item{x: at(line.Width), y: split + float64(i)*size*tight + base(size, tight), line: line})
	}
	return nil
}

// instead sets what stands in the window of a letter that is not for the post.
func (s *setting) instead(p *page, x, split, width, room float64) error {
	lines := slices.DeleteFunc(slices.Clone(s.l.Instead), func(t string) bool { return strings.TrimSpace(t) == "" })
	size := min(addressSize, room/(float64(len(lines))*tight))
	for i, t := range lines {
		l, _, err := s.fit(t, size, 6, width)
		if err != nil {
			return err
		}
		*p = append(*p, item{x: x, y: split + float64(i)*size*tight + base(size, tight), line: l})
	}
	return nil
}

// An addressRow is what stands beside one another in the window: a line of the
// address, a part of one, or several.
type addressRow struct {
	pieces []string
	wide   float64 // in its own size
}

func (r addressRow) String() string {
	var b strings.Builder
	for i, p := range r.pieces {
		if i > 0 {
			b.WriteString(between(r.pieces[i-1]))
		}
		b.WriteString(p)
	}
	return b.String()
}

// between is what parts a piece of an address from the next one in its row.
func between(piece string) string {
	last := []rune(piece)[len([]rune(piece))-1]
	switch {
	case unicode.IsPunct(last) && last != ')' && last != '.':
		return " "
	case unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return " "
	case unicode.Is(unicode.Arabic, last):
		return "، "
	}
	return ", "
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

// A measure knows how wide texts are, in parts of the size of their letters.
type measure struct {
	s     *setting
	known map[string]float64
	err   error // the first
}

func (m *measure) wide(text string) float64 {
	w, ok := m.known[text]
	if !ok && m.err == nil {
		const size = 10
		var line typeset.Line
		line, m.err = setRow(m.s, addressRow{pieces: []string{text}}, size)
		w = line.Width / size
		m.known[text] = w
	}
	return w
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
		para := typeset.Para{Lang: lang, RTL: rtl, Size: size, Runs: []typeset.Run{{Text: strings.Map(undirected, text), Value: value}}}
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

// An arrangement is a way to put an address into rows.
type arrangement struct {
	m      *measure
	width  float64 // of a row, in parts of the size
	most   int     // rows; 0 for as few as there can be
	shares bool    // lines of a block may share a row
	wraps  bool    // a line may take several rows
}

// rows reports false if the blocks do not fit.
func (a arrangement) rows(blocks [][]string) ([]addressRow, bool) {
	set := make([][]addressRow, len(blocks))
	n := 0
	for i, block := range blocks {
		for _, text := range block {
			rows := []addressRow{{[]string{text}, a.m.wide(text)}}
			if rows[0].wide > a.width {
				if !a.wraps {
					return nil, false
				}
				rows = a.wrap(text)
			}
			set[i] = append(set[i], rows...)
		}
		n += len(set[i])
	}
	for ; n > a.most; n-- {
		if !a.shares || !a.share(set) {
			break
		}
	}
	return slices.Concat(set...), n <= a.most
}

// share puts two neighbours into one row: those that take the least room, in
// the block with the most rows that can. It reports false if none can.
func (a arrangement) share(set [][]addressRow) bool {
	block, at, least := -1, 0, 0.0
	for i, rows := range set {
		if block >= 0 && len(rows) <= len(set[block]) {
			continue
		}
		first := true
		for j := range len(rows) - 1 {
			last := rows[j].pieces[len(rows[j].pieces)-1]
			if w := rows[j].wide + a.m.wide(between(last)) + rows[j+1].wide; w <= a.width && (first || w < least) {
				block, at, least, first = i, j, w, false
			}
		}
	}
	if block < 0 {
		return false
	}
	rows := set[block]
	joined := addressRow{append(slices.Clone(rows[at].pieces), rows[at+1].pieces...), least}
	set[block] = slices.Replace(slices.Clone(rows), at, at+2, joined)
	return true
}

// wrap parts a line that is too long, behind a comma if there is one that
// leaves no row nearly empty, else between words, else wherever the row is full.
func (a arrangement) wrap(text string) []addressRow {
	var rows []addressRow
	for text != "" {
		end := a.full(text)
		head, rest := strings.TrimSpace(text[:end]), strings.TrimSpace(text[end:])
		if head == "" { // a single letter wider than the row
			head, rest = text, ""
		}
		rows, text = append(rows, addressRow{[]string{head}, a.m.wide(head)}), rest
	}
	return rows
}

// full is where the part of a text ends that fills a row.
func (a arrangement) full(text string) int {
	var ends []int // of characters, as a reader counts them
	for g := uniseg.NewGraphemes(text); g.Next(); {
		_, to := g.Positions()
		ends = append(ends, to)
	}
	n := sort.Search(len(ends), func(i int) bool { return a.m.wide(strings.TrimSpace(text[:ends[i]])) > a.width })
	if n == len(ends) {
		return len(text)
	}
	end := ends[max(n, 1)-1]
	if comma := strings.LastIndexAny(text[:end], ",;،、"); comma > 0 && a.m.wide(text[:comma]) > a.width/2 {
		_, size := utf8.DecodeRuneInString(text[comma:])
		return comma + size
	}
	if space := strings.LastIndex(text[:end], " "); space > 0 {
		return space
	}
	return end
}

// returnLine sets who sends the letter, above the address: on one row, in the
// smaller letters that it may have, or on two.
func (s *setting) returnLine(p *page, x, y, width float64) error {
	pieces := slices.DeleteFunc(slices.Clone(s.l.Return), func(t string) bool { return strings.TrimSpace(t) == "" })
	if len(pieces) == 0 {
		return nil
	}
	rows, size, err := returnRows(s, pieces, width)
	if err != nil {
		return err
	}
	at := left(x)
	if rightToLeft(pieces...) {
		at = right(x + width)
	}
	for i, l := range rows {
		*p = append(*p, item{x: at(l.Width), y: y - float64(len(rows)-1-i)*size*tight, line: l, grey: grey})
	}
	*p = append(*p, item{x: x, y: y + size*0.3, rule: width, grey: pale})
	return nil
}

// leastReturn is the smallest size of the return line (DIN 5008), and tiny the
// one for which there is no better than to cut.
const (
	leastReturn = 6
	tiny        = 4
)

func returnRows(s *setting, pieces []string, width float64) ([]typeset.Line, float64, error) {
	whole, err := returnRow(s, pieces, returnSize)
	if err != nil {
		return nil, 0, err
	}
	one := math.Min(returnSize, math.Floor(4*returnSize*width/whole.Width)/4)
	if two := s.f.ReturnZone*mm > 4*leastReturn; one < leastReturn && two && len(pieces) > 1 {
		for size := float64(returnSize); size >= leastReturn; size -= sizeStep {
			for at := len(pieces) - 1; at > 0; at-- {
				above, err := returnRow(s, pieces[:at], size)
				if err != nil {
					return nil, 0, err
				}
				below, err := returnRow(s, pieces[at:], size)
				if err != nil {
					return nil, 0, err
				}
				if max(above.Width, below.Width) <= width {
					return []typeset.Line{above, below}, size, nil
				}
			}
		}
	}
	if one >= tiny {
		line, err := returnRow(s, pieces, one)
		return []typeset.Line{line}, one, err
	}
	line, size, err := s.fit(strings.Join(pieces, " · "), returnSize, tiny, width)
	return []typeset.Line{line}, size, err
}

func returnRow(s *setting, pieces []string, size float64) (typeset.Line, error) {
	cut := make([]string, len(pieces))
	for i, p := range pieces {
		cut[i] = short(p)
	}
	return beside(s, cut, func(string) string { return " · " }, s.l.Lang, size, true)
}
