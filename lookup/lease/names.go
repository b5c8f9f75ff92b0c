package lease

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"sort"
)

// Names are the holders of a segment, each once, in order: an entry has the
// number of its holder. They stand in pages of their own; the first number of
// each page is kept in memory, so that a name is one page away.
//
// A page is its sum, how many names it has, and each after its length.

const namesHead = 4 + 2

type nameWriter struct {
	out    *bufio.Writer
	firsts []uint32 // of each page
	n      uint32
	page   []byte
	count  int
}

// add writes the next name; an empty one is a number that nobody has.
func (w *nameWriter) add(name string) error {
	if len(w.page)+binary.MaxVarintLen16+len(name) > pageSize {
		if err := w.endPage(); err != nil {
			return err
		}
	}
	if len(w.page) == 0 {
		w.page = append(w.page, make([]byte, namesHead)...)
		w.firsts = append(w.firsts, w.n)
	}
	w.page = append(binary.AppendUvarint(w.page, uint64(len(name))), name...)
	w.n++
	w.count++
	return nil
}

func (w *nameWriter) endPage() error {
	if w.count == 0 {
		return nil
	}
	binary.BigEndian.PutUint16(w.page[4:], uint16(w.count))
	w.page = append(w.page, make([]byte, pageSize-len(w.page))...)
	seal(w.page)
	_, err := w.out.Write(w.page)
	w.page, w.count = w.page[:0], 0
	return err
}

// namesIn returns the names of a page; it reports false for one that is damaged.
func namesIn(page []byte) (names []string, ok bool) {
	if !sealed(page) {
		return nil, false
	}
	n, rest := int(binary.BigEndian.Uint16(page[4:])), page[namesHead:]
	for range n {
		length, size := binary.Uvarint(rest)
		if size <= 0 || length > uint64(len(rest)-size) {
			return nil, false
		}
		names = append(names, string(rest[size:size+int(length)]))
		rest = rest[size+int(length):]
	}
	return names, true
}

// lost is the holder whose name is on a damaged page: no customer's.
const lost = "lost=1"

// A nameReader reads the names of a segment in order.
type nameReader struct {
	in     io.ReaderAt
	firsts []uint32
	next   int // page
	id     uint32
	page   []string
	name   string
}

// step goes to the next name that somebody has. It reports whether there is one.
func (r *nameReader) step() bool {
	for {
		for len(r.page) > 0 {
			r.name, r.page = r.page[0], r.page[1:]
			r.id++
			if r.name != "" && r.name != lost {
				return true
			}
		}
		if r.next == len(r.firsts) {
			return false
		}
		b := make([]byte, pageSize)
		r.id = r.firsts[r.next] - 1 // step counts before it returns
		if _, err := r.in.ReadAt(b, int64(r.next)*pageSize); err == nil {
			r.page, _ = namesIn(b)
		}
		r.next++
	}
}

// pageOf returns the page of a number.
func pageOf(firsts []uint32, id uint32) int {
	return sort.Search(len(firsts), func(i int) bool { return firsts[i] > id }) - 1
}

// A union joins the names of several segments.
type union struct {
	readers []*nameReader
	ids     [][]uint32 // for each segment, the new number of each of its own
	n       uint32     // new numbers; 0 is lost
}

// number gives each name its new number. Numbers of damaged pages stay 0.
func (u *union) number(segments []*segment) {
	for _, s := range segments {
		u.ids = append(u.ids, make([]uint32, s.top.names))
	}
	u.n = 1
	u.each(segments, func(_ string, have []int) error {
		for _, i := range have {
			u.ids[i][u.readers[i].id] = u.n
		}
		u.n++
		return nil
	})
}

// each yields the names of all segments in order, each once, with the segments
// that have it.
func (u *union) each(segments []*segment, yield func(name string, have []int) error) error {
	u.readers = nil
	var open []int
	for i, s := range segments {
		u.readers = append(u.readers, &nameReader{in: s.names, firsts: s.top.firsts})
		if u.readers[i].step() {
			open = append(open, i)
		}
	}
	var have []int
	for len(open) > 0 {
		least := u.readers[open[0]].name
		for _, i := range open[1:] {
			least = min(least, u.readers[i].name)
		}
		have = have[:0]
		for _, i := range open {
			if u.readers[i].name == least {
				have = append(have, i)
			}
		}
		if err := yield(least, have); err != nil {
			return err
		}
		kept := open[:0]
		for _, i := range open {
			if u.readers[i].name != least || u.readers[i].step() {
				kept = append(kept, i)
			}
		}
		open = kept
	}
	return nil
}

// write writes those of the new numbers that are used.
func (u *union) write(segments []*segment, out *bufio.Writer, used []bool) (firsts []uint32, err error) {
	w := &nameWriter{out: out}
	if err := w.add(lost); err != nil {
		return nil, err
	}
	err = u.each(segments, func(name string, _ []int) error {
		if !used[w.n] {
			name = ""
		}
		return w.add(name)
	})
	if err == nil {
		err = w.endPage()
	}
	if err == nil && w.n != u.n {
		err = fmt.Errorf("%w: %d names, want %d", ErrDamaged, w.n, u.n)
	}
	return w.firsts, err
}
