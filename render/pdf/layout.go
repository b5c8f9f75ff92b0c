package pdf

import (
	"fmt"
	"slices"

	"headsup/render/prose"
	"headsup/render/typeset"
)

// Sizes of text in points, and the height of a line in parts of its size.
const (
	bodySize   = 10.5
	tableSize  = 9
	smallSize  = 7.5
	returnSize = 7
	leading    = 1.32
	tight      = 1.2
)

// Shades of grey.
const (
	black = 0
	grey  = 90
	pale  = 170
)

// A setting is a letter on its way to the pages.
type setting struct {
	*typeset.Fonts
	l    Letter
	f    Form
	root *node // of the structure
	foot *node // what stands at the foot of the first page, and is read last
}

func newSetting(fonts *typeset.Fonts, l Letter, f Form) *setting {
	return &setting{fonts, l, f, newNode("Document"), newNode("Sect")}
}

// layout sets a letter on pages, and returns its structure.
func (wr *Writer) layout(l Letter, form Form) ([]page, *node, error) {
	s := newSetting(wr.fonts, l, form)
	first, top, err := s.first()
	if err != nil {
		return nil, nil, err
	}
	boxes, err := s.body()
	if err != nil {
		return nil, nil, err
	}
	pages := s.paginate(boxes, first, top)
	for i := range pages {
		if err := s.frame(pages, i); err != nil {
			return nil, nil, err
		}
	}
	if len(s.foot.kids) > 0 {
		s.foot.up = s.root
		s.root.kids = append(s.root.kids, s.foot)
	}
	return pages, s.root, nil
}

// first sets what stands above the text of the first page, and says where the
// text may start.
func (s *setting) first() (page, float64, error) {
	p := make(page, 0, itemsOfPage)
	if err := s.letterhead(&p); err != nil {
		return nil, 0, err
	}
	if err := s.window(&p); err != nil {
		return nil, 0, err
	}
	end, err := s.info(&p)
	if err != nil {
		return nil, 0, err
	}
	s.marks(&p)
	if err := s.code(&p); err != nil {
		return nil, 0, err
	}
	return p, max(s.f.Body*mm, end+6*mm), nil
}

// high is the height of a line in parts of its size, as the language wants it.
func high(s *setting, height float64, lang string) float64 {
	return height * typeset.Tall(s.Fonts, lang)
}

func (s *setting) para(size float64, runs ...typeset.Run) typeset.Para {
	return typeset.Para{Lang: s.l.Lang, RTL: s.l.RTL, Joined: prose.Joined(s.l.Lang), Size: size, Runs: runs}
}

// stack puts the lines of an element below one another and returns where the
// last one ends.
func stack(p *page, n *node, lines []typeset.Line, size, height, y float64, x func(width float64) float64, shade int) float64 {
	for _, l := range lines {
		*p = append(*p, item{x: x(l.Width), y: y + base(size, height), line: l, grey: shade, tag: n})
		y += size * height
	}
	return y
}

// base is how far below the top of a line its base line is.
func base(size, height float64) float64 { return size * (0.78 + (height-1)/2) }

func left(x float64) func(float64) float64  { return func(float64) float64 { return x } }
func right(x float64) func(float64) float64 { return func(w float64) float64 { return x - w } }

// letterhead sets the sender as large as its place allows.
func (s *setting) letterhead(p *page) error {
	r := s.f.Head
	width := r.W * mm
	if len(s.l.Head.Logo) > 0 {
		logo, _ := logoRoom(s.f)
		width -= logo + 4*mm
	}
	tight := tight
	if slices.ContainsFunc(append(slices.Clone(s.l.Head.Lines), s.l.Head.Name), startsRightToLeft) {
		tight = high(s, tight, s.l.Lang)
	}
	x := left(r.X * mm)
	if s.f.HeadRight {
		x = right((r.X + r.W) * mm)
	}
	for scale := 1.0; scale > 0.4; scale -= 0.1 {
		nameSize, lineSize := 14*scale, 8.5*scale
		name, err := s.Set(s.para(nameSize, typeset.Run{Text: s.l.Head.Name, Bold: true}), width)
		if err != nil {
			return err
		}
		var lines [][]typeset.Line
		count := 0
		for _, t := range s.l.Head.Lines {
			para := s.para(lineSize, typeset.Run{Text: t})
			para.RTL = startsRightToLeft(t) // a street keeps its order in a letter of the other direction
			ls, err := s.Set(para, width)
			if err != nil {
				return err
			}
			lines = append(lines, ls)
			count += len(ls)
		}
		gap := 3 * scale
		h := float64(len(name))*nameSize*tight + gap + float64(count)*lineSize*tight
		if h > r.H*mm {
			continue
		}
		y := stack(p, s.root.add("P"), name, nameSize, tight, r.Y*mm, x, black) + gap
		for _, ls := range lines {
			y = stack(p, s.root.add("P"), ls, lineSize, tight, y, x, grey)
		}
		return nil
	}
	return fmt.Errorf("the letterhead has no room in form %q: it has %d lines", s.l.Form, len(s.l.Head.Lines))
}

// fit sets a value on one line: smaller if it must be, down to least, then
// cut short.
func (s *setting) fit(value typeset.Run, size, least, width float64) (typeset.Line, float64, error) {
	text := short(value.Text)
	r := []rune(text)
	least = min(least, size)
	for {
		// Its own characters say its direction, and not the language of the letter.
		value.Text = string(r)
		para := s.para(size, value)
		para.RTL = startsRightToLeft(text)
		l, err := s.Set(para, 0)
		if err != nil || len(l) == 0 {
			return typeset.Line{}, size, err
		}
		if l[0].Width <= width {
			return l[0], size, nil
		}
		if size > least {
			size = max(least, min(size-0.25, size*width/l[0].Width))
			continue
		}
		keep := min(len(r)-2, int(float64(len(r))*width/l[0].Width))
		if keep < 1 {
			return typeset.Line{}, size, nil
		}
		r = append(r[:keep:keep], '…')
	}
}

// short cuts a value from outside so that it takes neither pages nor time.
func short(value string) string {
	const most = 300 // characters
	n := 0
	for i := range value {
		if n == most {
			return value[:i] + "…"
		}
		n++
	}
	return value
}

// info sets the block of reference and date and returns where it ends.
func (s *setting) info(p *page) (float64, error) {
	r := s.f.Info
	y := r.Y * mm
	if len(s.l.Info) == 0 {
		return y, nil
	}
	x, width, tight := left(r.X*mm), r.W*mm, high(s, tight, s.l.Lang)
	if s.l.RTL {
		x = right((r.X + r.W) * mm)
	}
	for _, f := range s.l.Info {
		label, err := s.Set(s.para(smallSize, typeset.Run{Text: f.Label}), width)
		if err != nil {
			return 0, err
		}
		value, err := s.Set(s.para(9.5, typeset.Run{Text: short(f.Value), Value: true}), width)
		if err != nil {
			return 0, err
		}
		y = stack(p, s.root.add("P"), label, smallSize, tight, y, x, grey)
		y = stack(p, s.root.add("P"), value[:min(len(value), 3)], 9.5, tight, y, x, black) + 1.2*mm
	}
	return y, nil
}

// marks shows where to fold and to punch.
func (s *setting) marks(p *page) {
	for _, y := range s.f.Folds {
		*p = append(*p, item{x: 5 * mm, y: y * mm, rule: 4 * mm, grey: pale})
	}
	if s.f.Hole > 0 {
		*p = append(*p, item{x: 5 * mm, y: s.f.Hole * mm, rule: 6 * mm, grey: pale})
	}
}

// frame sets the head of a following page and the foot of every page.
func (s *setting) frame(pages []page, i int) error {
	p := &pages[i]
	x0, x1 := s.f.Left*mm, (s.f.Paper[0]-s.f.Right)*mm
	start, end := left(x0), right(x1)
	if s.l.RTL {
		start, end = right(x1), left(x0)
	}
	put := func(n *node, value typeset.Run, y float64, x func(float64) float64, part float64) error {
		if value.Text == "" {
			return nil
		}
		l, _, err := s.fit(value, smallSize, 5, (x1-x0)*part)
		if err == nil {
			*p = append(*p, item{x: x(l.Width), y: y, line: l, grey: grey, tag: n})
		}
		return err
	}
	if i > 0 && s.l.Continue != "" {
		if err := put(nil, typeset.Run{Text: s.l.Continue, Value: true}, 14*mm, start, 1); err != nil {
			return err
		}
		*p = append(*p, item{x: x0, y: 15.5 * mm, rule: x1 - x0, grey: pale})
	}
	foot := (s.f.Paper[1] - footLine) * mm
	beside := start
	var verify *node
	if i == 0 && s.l.Verify != "" {
		beside = func(w float64) float64 { return start(w) + s.toward(codeSize+2) }
		verify = s.foot.add("P")
		if followed(s.l.Verify) {
			verify.add("Link").set().url = s.l.Verify
		}
	}
	if verify != nil {
		caption := s.foot.add("P")
		if err := put(caption, typeset.Run{Text: s.l.Caption, Value: true, Known: true}, foot-1.5*smallSize, beside, 0.68); err != nil {
			return err
		}
	}
	if err := put(verify, typeset.Run{Text: s.l.Verify, Value: true}, foot, beside, 0.68); err != nil {
		return err
	}
	if s.l.PageOf == nil {
		return nil
	}
	return put(nil, typeset.Run{Text: s.l.PageOf(i+1, len(pages)), Value: true, Known: true}, foot, end, 0.25)
}
