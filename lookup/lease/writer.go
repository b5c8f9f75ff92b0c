package lease

import (
	"bufio"
	"os"
	"slices"
)

const (
	margin  = 10 * 60 // seconds before a page's first entry of which it holds all
	maxLead = 16      // entries of earlier pages in a page
	maxOpen = 30 * 24 * 3600
)

// A fence is what is kept in memory of a page: the key and the beginning of its
// first entry, and the key of the first entry that is of another slot. By that
// alone a search knows which page to read.
type fence struct {
	lo    key
	early uint32
	next  key
}

// A nest is a slot that goes on where another one begins.
type nest struct{ lo, hi key }

// A table is the index of one family in a segment.
type table struct {
	fences  []fence
	nests   []nest // by lo
	reach   []key  // the largest hi of the nests so far
	entries int64
	first   int64 // byte of the file in which its pages begin
}

// A tableWriter writes sorted entries in pages.
//
// Entries of one key are a slot. Whoever looks for a key and a time has to read
// one page alone, so each page repeats of the slot that it begins in what has
// not ended before its first entry, less a margin.
type tableWriter struct {
	out     *bufio.Writer
	table   table
	v6      bool
	perPage int
	cut     int64 // what ended before is left out

	holding bool // cur is an entry
	cur     entry
	used    func(*entry)
	oldest  *uint32 // of what will expire

	page  []entry // own
	lead  []entry
	live  []alive // of the slot: what the next page would repeat
	slot  nest
	begun bool // there is a slot
	buf   []byte
}

func newTableWriter(out *bufio.Writer, v6 bool, perPage int) *tableWriter {
	if most := (pageSize - pageHead) / entrySize(v6); perPage == 0 || perPage > most {
		perPage = most
	}
	return &tableWriter{out: out, v6: v6, perPage: perPage, used: func(*entry) {}, oldest: new(uint32)}
}

// An alive is an entry that is of interest to later pages.
type alive struct {
	entry
	until int64 // when it ends, by what is known so far
}

// add takes in the next entry, in order. Entries of one holder that say
// together what they say apart become one.
func (w *tableWriter) add(e entry) error {
	if w.holding && w.cur.key == e.key && w.cur.width == e.width && w.cur.holder == e.holder {
		if s, ok := w.cur.span().join(e.span()); ok {
			if s.end == e.span().end {
				w.cur.file, w.cur.line = e.file, e.line
			}
			w.cur.set(s)
			return nil
		}
	}
	err := w.flush(w.holding && w.cur.key != e.key)
	w.cur, w.holding = e, true
	return err
}

// flush writes the entry that was held back, unless it expired. ends says that
// it is the last of its slot: an open one may still last.
func (w *tableWriter) flush(ends bool) error {
	if !w.holding {
		return nil
	}
	w.holding = false
	lasting := ends && w.cur.kind == Lasting && int64(w.cur.late) >= w.cut-maxOpen
	if int64(w.cur.late) < w.cut && !lasting {
		return nil
	}
	if !lasting && (*w.oldest == 0 || w.cur.late < *w.oldest) {
		*w.oldest = w.cur.late
	}
	return w.write(w.cur)
}

// write puts an entry into a page.
func (w *tableWriter) write(e entry) error {
	w.used(&e)
	same := w.begun && w.slot.lo == e.key
	if len(w.lead)+len(w.page)+1 >= w.perPage {
		if err := w.endPage(e, same); err != nil {
			return err
		}
	}
	if !same {
		w.newSlot(e.key)
	}
	if len(w.page) == 0 {
		w.table.fences = append(w.table.fences, fence{e.key, e.early, lastKey})
		if w.lead = nil; same {
			for _, o := range w.live {
				w.lead = append(w.lead, o.entry)
			}
		}
	} else if f := &w.table.fences[len(w.table.fences)-1]; f.lo != e.key && f.next == lastKey {
		f.next = e.key
	}
	w.page = append(w.page, e)
	w.table.entries++
	if hi := e.last(w.v6); w.slot.hi.compare(hi) < 0 {
		w.slot.hi = hi
	}
	w.alive(e)
	return nil
}

// newSlot ends a slot and begins another.
func (w *tableWriter) newSlot(lo key) {
	if w.begun && w.slot.hi.compare(lo) >= 0 {
		w.table.nests = append(w.table.nests, w.slot)
	}
	w.slot, w.begun, w.live = nest{lo: lo}, true, w.live[:0]
}

// alive takes in an entry of the slot, and forgets those that ended so long
// before it that no page has to repeat them. What an end is the end of stays
// as long as the end does.
func (w *tableWriter) alive(e entry) {
	at := e.span()
	keep := make([]bool, len(w.live), maxLead+1)
	for i := range w.live {
		o := &w.live[i]
		s := o.span()
		switch {
		case o.width != e.width: // another slot
		case o.kind == Promised && o.holder == e.holder && (e.kind == Held || e.kind == Ended) && at.end > s.start && at.end < s.end:
			s.end = at.end
			o.set(s)
			o.until = int64(o.late)
		case o.kind == Lasting && o.until == forever && at.start > s.end:
			o.until = max(int64(o.late), int64(e.late))
		}
		keep[i] = o.until+margin >= int64(e.early)
		if keep[i] && o.kind == Ended && i > 0 {
			keep[i-1] = true
		}
	}
	kept := w.live[:0]
	for i, k := range keep {
		if k {
			kept = append(kept, w.live[i])
		}
	}
	until := int64(e.late)
	if e.kind == Lasting {
		until = forever
	}
	w.live = append(kept, alive{e, until})
	if len(w.live) > w.mostLead() { // the one that ends first goes, but not the last
		first := 0
		for i := range w.live[:len(w.live)-1] {
			if w.live[i].until < w.live[first].until {
				first = i
			}
		}
		w.live = slices.Delete(w.live, first, first+1)
	}
}

func (w *tableWriter) mostLead() int { return min(maxLead, w.perPage/2) }

// endPage writes the page. next is what comes after it, and same that it is of
// the slot that the page ends in.
func (w *tableWriter) endPage(next entry, same bool) error {
	if len(w.page) == 0 {
		return nil
	}
	b := append(w.buf[:0], 0, 0, 0, 0, uint8(len(w.lead)), uint8(len(w.page)), 0, 0)
	if len(w.lead) >= w.mostLead() {
		b[7] = 1 // perhaps not all
	}
	for i := range w.lead {
		b = w.lead[i].append(b, w.v6)
	}
	for i := range w.page {
		b = w.page[i].append(b, w.v6)
	}
	if same {
		b[6] = 1
		b = next.append(b, w.v6)
	}
	b = append(b, make([]byte, pageSize-len(b))...)
	seal(b)
	w.buf, w.page, w.lead = b, w.page[:0], nil
	_, err := w.out.Write(b)
	return err
}

// end writes what is left and returns the table.
func (w *tableWriter) end() (table, error) {
	err := w.flush(true)
	if err == nil {
		err = w.endPage(entry{}, false)
	}
	w.table.reachOut()
	return w.table, err
}

// reachOut makes what a search for nests needs.
func (t *table) reachOut() {
	t.reach = t.reach[:0]
	last := key{}
	for _, n := range t.nests {
		if last.compare(n.hi) < 0 {
			last = n.hi
		}
		t.reach = append(t.reach, last)
	}
}

// syncedFile is a file that is durable once it is closed.
type syncedFile struct {
	*bufio.Writer
	f *os.File
}

func createSynced(name string) (*syncedFile, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &syncedFile{bufio.NewWriterSize(f, 1<<20), f}, nil
}

func (s *syncedFile) close() error {
	err := s.Flush()
	if err == nil {
		err = s.f.Sync()
	}
	if cerr := s.f.Close(); err == nil {
		err = cerr
	}
	return err
}
