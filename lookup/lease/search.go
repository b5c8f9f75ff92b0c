package lease

import (
	"net/netip"
	"sort"
	"strconv"
	"time"
)

const (
	maxPages     = 4   // that are read for one address and time
	maxPagesWide = 256 // … for a time that may be hours
)

// A search reads the index for one question. It keeps what it read.
type search struct {
	index *Index
	pages int // that were read
	limit int
	rows  map[*segment]map[int]rowPage
	named map[*segment]map[int][]string
}

func (ix *Index) search() *search {
	ix.mu.RLock()
	return &search{index: ix, limit: maxPages, rows: map[*segment]map[int]rowPage{}, named: map[*segment]map[int][]string{}}
}

func (s *search) close() { s.index.mu.RUnlock() }

// find implements finder. For an address behind a translator it is called
// again, with as many pages again.
func (s *search) find(a netip.Addr, port int, from, to int64) (rows []*held, shared bool, err error) {
	v6 := a.Is6()
	s.limit = s.pages + maxPages
	if to-from > margin {
		s.limit = s.pages + maxPagesWide
	}
	pos, last := keyOf(a, uint16(max(port, 0))), keyOf(a, 65535)
	for i := range s.index.lost {
		if s.index.lost[i].holds(pos, v6) {
			return nil, false, ErrDamaged
		}
	}
	early := uint32(min(max(to, 0), maxTime))
	for _, seg := range s.index.segments {
		t := &seg.top.tables[family(v6)]
		if len(t.fences) == 0 {
			continue
		}
		if !v6 && port < 0 {
			some, err := s.hasPorts(seg, t, pos, last)
			if err != nil || some {
				return nil, some, err
			}
		}
		found, err := s.slots(seg, v6, t, pos, from, early)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, found...)
	}
	return rows, false, nil
}

// pageBefore returns the last page that begins with an entry of a key and time
// or an earlier one, or -1.
func (t *table) pageBefore(lo key, early uint32) int {
	return sort.Search(len(t.fences), func(i int) bool {
		c := t.fences[i].lo.compare(lo)
		return c > 0 || c == 0 && t.fences[i].early > early
	}) - 1
}

// hasPorts reports whether there are entries of some ports of an address alone.
func (s *search) hasPorts(seg *segment, t *table, first, last key) (bool, error) {
	x := t.pageBefore(last, maxTime)
	switch {
	case x < 0:
		return false, nil
	case first.compare(t.fences[x].lo) < 0:
		return true, nil
	case first == t.fences[x].lo:
		return t.fences[x].next.compare(last) <= 0, nil
	}
	p, err := s.page(seg, false, x)
	for _, e := range p.own {
		if first.compare(e.key) < 0 && e.key.compare(last) <= 0 {
			return true, nil
		}
	}
	return false, err
}

// slots returns the entries of the slot that a key is in, and of slots around it.
func (s *search) slots(seg *segment, v6 bool, t *table, pos key, from int64, early uint32) (rows []*held, err error) {
	x := t.pageBefore(pos, maxTime)
	if x < 0 {
		return nil, nil
	}
	lo := t.fences[x].lo
	if pos.compare(t.fences[x].next) < 0 {
		rows, err = s.slot(seg, v6, t, lo, pos, from, early)
	} else { // it begins in this page, and ends there too
		p, perr := s.page(seg, v6, x)
		if perr != nil {
			return nil, perr
		}
		for _, e := range p.own {
			if e.key.compare(pos) <= 0 {
				lo = e.key
			}
		}
		rows = s.held(seg, v6, p.own, lo, pos)
	}
	if err != nil {
		return nil, err
	}
	after := sort.Search(len(t.nests), func(i int) bool { return pos.compare(t.nests[i].lo) < 0 })
	for i := after - 1; i >= 0 && pos.compare(t.reach[i]) <= 0; i-- {
		n := t.nests[i]
		if n.lo == lo || n.hi.compare(pos) < 0 {
			continue
		}
		more, err := s.slot(seg, v6, t, n.lo, pos, from, early)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// slot returns the entries of a slot from a time on, those that were right
// before it, and the one after.
func (s *search) slot(seg *segment, v6 bool, t *table, lo, pos key, from int64, early uint32) (rows []*held, err error) {
	y := max(t.pageBefore(lo, early), 0)
	if t.fences[y].lo != lo && t.fences[y].next.compare(lo) > 0 && y+1 < len(t.fences) {
		y++ // the page ends before the slot
	}
	for first := true; y >= 0; first = false {
		p, err := s.page(seg, v6, y)
		if err != nil {
			return nil, err
		}
		rows = append(rows, s.held(seg, v6, p.own, lo, pos)...)
		if first {
			rows = append(rows, s.held(seg, v6, p.trail, lo, pos)...)
			if len(rows) == 0 && y+1 < len(t.fences) && t.fences[y+1].lo == lo {
				next, err := s.page(seg, v6, y+1)
				if err != nil {
					return nil, err
				}
				rows = s.held(seg, v6, next.own, lo, pos)
			}
		}
		f := t.fences[y]
		if f.lo != lo || y == 0 || len(p.lead) == 0 {
			return rows, nil
		}
		if from >= int64(f.early)-margin && (!p.crowded || outlived(p.lead, from)) {
			return append(rows, s.held(seg, v6, p.lead, lo, pos)...), nil
		}
		y--
	}
	return rows, nil
}

// outlived reports whether one of the entries that a crowded page repeats ended
// before a time: then those that it left out did too, because it repeats those
// that end last.
func outlived(lead []entry, from int64) bool {
	for _, e := range lead[:len(lead)-1] {
		if e.kind != Lasting && int64(e.late) < from {
			return true
		}
	}
	return false
}

// held returns those of the entries that are of a slot and about a key.
func (s *search) held(seg *segment, v6 bool, es []entry, lo, pos key) (rows []*held) {
	for i := range es {
		e := &es[i]
		if e.key != lo || e.last(v6).compare(pos) < 0 {
			continue
		}
		rows = append(rows, &held{
			span:   e.span(),
			slot:   slot{e.key, e.width},
			seg:    seg,
			holder: e.holder,
			source: uint64(e.file)<<32 | uint64(e.line),
		})
	}
	return rows
}

// page reads a page of entries, if that is still allowed.
func (s *search) page(seg *segment, v6 bool, n int) (rowPage, error) {
	t := &seg.top.tables[family(v6)]
	id := int(t.first/pageSize) + n
	if p, ok := s.rows[seg][id]; ok {
		return p, nil
	}
	b, err := s.read(seg.rows.ReadAt, id)
	if err != nil {
		return rowPage{}, err
	}
	p, ok := readPage(b, v6)
	if !ok {
		return p, ErrDamaged
	}
	if s.rows[seg] == nil {
		s.rows[seg] = map[int]rowPage{}
	}
	s.rows[seg][id] = p
	return p, nil
}

func (s *search) read(readAt func([]byte, int64) (int, error), n int) ([]byte, error) {
	if s.pages >= s.limit {
		return nil, errCrowded
	}
	s.pages++
	b := make([]byte, pageSize)
	if _, err := readAt(b, int64(n)*pageSize); err != nil {
		return nil, ErrDamaged
	}
	return b, nil
}

// holder implements finder.
func (s *search) holder(h *held) (Holder, error) {
	n := pageOf(h.seg.top.firsts, h.holder)
	if n < 0 {
		return lost, nil
	}
	names, ok := s.named[h.seg][n]
	if !ok {
		b, err := s.read(h.seg.names.ReadAt, n)
		if err != nil {
			return "", err
		}
		if names, ok = namesIn(b); !ok {
			return "", ErrDamaged
		}
		if s.named[h.seg] == nil {
			s.named[h.seg] = map[int][]string{}
		}
		s.named[h.seg][n] = names
	}
	if i := int(h.holder - h.seg.top.firsts[n]); i < len(names) && names[i] != "" {
		return Holder(names[i]), nil
	}
	return "", ErrDamaged
}

// from implements finder.
func (s *search) from(h *held) (string, *coverage) {
	f := file{}
	if n := int(h.source >> 32); n < len(h.seg.top.files) {
		f = h.seg.top.files[n]
	}
	c := s.index.manifest.Sources[f.source]
	if c == nil {
		c = &coverage{}
	}
	return f.name + ":" + strconv.FormatUint(h.source&(1<<32-1), 10), c
}

// sources implements finder.
func (s *search) sources() map[string]*coverage { return s.index.manifest.Sources }

// DefaultKeep is how long logs are kept where nothing else is said: what is
// usual in Germany.
const DefaultKeep = 7 * 24 * time.Hour
