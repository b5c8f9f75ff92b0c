package pdf

// A box is a piece of the body that is not parted: a line of a paragraph, of
// a row of a table. Its items are placed from its upper edge.
type box struct {
	h     float64
	space float64 // above, unless at the top of a page
	keep  bool    // on the same page as the next
	mid   bool    // left out at the top of a page
	turn  bool    // begins a page
	head  *box    // of a table: repeated at the top of a page
	items []item
}

// paginate deals the boxes out to pages.
func (s *setting) paginate(boxes []box, first page, top float64) []page {
	f := flow{pages: []page{first}, y: top, top: 22 * mm, bottom: (s.f.Paper[1] - s.f.Bottom) * mm, fresh: true}
	f.next = f.bottom
	if s.l.Verify != "" {
		f.bottom = min(f.bottom, (s.f.Paper[1]-footLine-codeSize-3)*mm)
	}
	for start := 0; start < len(boxes); {
		end := start
		for end < len(boxes)-1 && boxes[end].keep && !boxes[end+1].turn {
			end++
		}
		f.group(boxes[start : end+1])
		start = end + 1
	}
	return f.pages
}

// flow is where the next box goes.
type flow struct {
	pages       []page
	y           float64
	top, bottom float64
	next        float64 // bottom of the pages after the first
	fresh       bool    // nothing stands on the page
}

// itemsOfPage is how many things stand on most pages.
const itemsOfPage = 96

func height(boxes []box) float64 {
	h := 0.0
	for _, b := range boxes {
		h += b.space + b.h
	}
	return h
}

// group places boxes that should stay together, and parts them only where a
// page is too small for all of them.
func (f *flow) group(boxes []box) {
	if boxes[0].turn && !f.fresh {
		f.turn(nil)
	}
	need := height(boxes)
	if f.y+need <= f.bottom {
		for _, b := range boxes {
			f.place(b)
		}
		return
	}
	room := f.next - f.top
	if h := boxes[0].head; h != nil {
		room -= h.h
	}
	if need <= room {
		f.turn(boxes[0].head)
	}
	for _, b := range boxes {
		if f.y+b.space+b.h > f.bottom && !f.fresh {
			f.turn(b.head)
		}
		f.place(b)
	}
}

// turn begins a page.
func (f *flow) turn(head *box) {
	f.pages = append(f.pages, make(page, 0, itemsOfPage))
	f.y, f.bottom, f.fresh = f.top, f.next, true
	if head != nil {
		f.place(*head)
		f.fresh = true
	}
}

func (f *flow) place(b box) {
	if b.mid && f.fresh {
		return
	}
	if !f.fresh {
		f.y += b.space
	}
	p := &f.pages[len(f.pages)-1]
	for _, it := range b.items {
		it.y += f.y
		*p = append(*p, it)
	}
	f.y += b.h
	f.fresh = false
}
