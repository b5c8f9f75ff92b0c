package lease

import (
	"bufio"
	"container/heap"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A lostRange is where entries of a damaged page were: nobody can say who held
// what is in it, until the logs of that time are not kept any more.
type lostRange struct {
	V6    bool   `json:"v6"`
	Lo    uint64 `json:"lo"`
	LoHi  uint64 `json:"lo_hi"`
	Hi    uint64 `json:"hi"`
	HiHi  uint64 `json:"hi_hi"`
	Until int64  `json:"until"` // then it is forgotten
}

func lostBetween(v6 bool, lo, hi key) lostRange {
	return lostRange{V6: v6, Lo: lo.lo, LoHi: lo.hi, Hi: hi.lo, HiHi: hi.hi}
}

func (l *lostRange) holds(k key, v6 bool) bool {
	return l.V6 == v6 && (key{l.LoHi, l.Lo}).compare(k) <= 0 && k.compare(key{l.HiHi, l.Hi}) <= 0
}

// An entryReader reads the entries of one family of a segment, in order.
type entryReader struct {
	segment *segment
	v6      bool
	in      *bufio.Reader
	pages   int // left
	page    []entry
	cur     entry
	buf     []byte
	last    key // of the page before
	gap     bool
	lost    []lostRange
}

func newEntryReader(s *segment, v6 bool) *entryReader {
	t := &s.top.tables[family(v6)]
	pages := len(t.fences)
	return &entryReader{segment: s, v6: v6, pages: pages, buf: make([]byte, pageSize),
		in: bufio.NewReaderSize(io.NewSectionReader(s.rows, t.first, int64(pages)*pageSize), 64<<10)}
}

func family(v6 bool) int {
	if v6 {
		return 1
	}
	return 0
}

// next goes to the next entry. Pages that are damaged are passed over, and
// noted as lost.
func (r *entryReader) next() bool {
	for len(r.page) == 0 {
		if r.pages == 0 {
			if r.gap {
				r.lost, r.gap = append(r.lost, lostBetween(r.v6, r.last, lastKey)), false
			}
			return false
		}
		r.pages--
		n, _ := io.ReadFull(r.in, r.buf)
		p, ok := readPage(r.buf[:n], r.v6)
		if !ok {
			r.gap = true
			continue
		}
		if r.gap {
			r.lost, r.gap = append(r.lost, lostBetween(r.v6, r.last, p.own[0].key)), false
		}
		r.page, r.last = p.own, p.own[len(p.own)-1].key
	}
	r.cur, r.page = r.page[0], r.page[1:]
	return true
}

// readers are a heap of entry readers, by what they read next.
type entryReaders struct {
	all []*entryReader
	of  []int // the segment of each
}

func (h *entryReaders) Len() int { return len(h.all) }
func (h *entryReaders) Less(i, j int) bool {
	if c := h.all[i].cur.compare(&h.all[j].cur); c != 0 {
		return c < 0
	}
	return h.of[i] < h.of[j]
}
func (h *entryReaders) Swap(i, j int) {
	h.all[i], h.all[j] = h.all[j], h.all[i]
	h.of[i], h.of[j] = h.of[j], h.of[i]
}
func (h *entryReaders) Push(any) {}
func (h *entryReaders) Pop() any {
	last := h.all[len(h.all)-1]
	h.all, h.of = h.all[:len(h.all)-1], h.of[:len(h.of)-1]
	return last
}

// A merge makes one segment of several, without what ended before cut.
type merge struct {
	ctx      context.Context
	dir      string
	segments []*segment
	cut      int64
	perPage  int

	union union
	files []file
	fileN []map[uint16]uint16 // for each segment, the new number of each file
	lost  []lostRange
}

// write writes the segment, which is durable when it returns.
func (m *merge) write(name string) (err error) {
	path := filepath.Join(m.dir, name)
	defer func() {
		if err != nil {
			removeSegment(m.dir, name)
		}
	}()
	m.union.number(m.segments)
	m.numberFiles()
	t := top{names: m.union.n, files: m.files}
	used := make([]bool, m.union.n)
	usedFiles := make([]bool, len(m.files))
	rows, err := createSynced(path + ".rows")
	if err != nil {
		return err
	}
	first := int64(0)
	for i, v6 := range []bool{false, true} {
		w := newTableWriter(rows.Writer, v6, m.perPage)
		w.cut, w.oldest = m.cut, &t.oldest
		w.used = func(e *entry) { used[e.holder], usedFiles[e.file] = true, true }
		if err == nil {
			err = m.rows(w, v6)
		}
		var terr error
		t.tables[i], terr = w.end()
		t.tables[i].first = first
		first += int64(len(t.tables[i].fences)) * pageSize
		if err == nil {
			err = terr
		}
	}
	if cerr := rows.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	names, err := createSynced(path + ".names")
	if err != nil {
		return err
	}
	t.firsts, err = m.union.write(m.segments, names.Writer, used)
	if cerr := names.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	for i := range t.files {
		if !usedFiles[i] {
			t.files[i] = file{}
		}
	}
	return writeSynced(path+".top", t.bytes())
}

func writeSynced(name string, b []byte) error {
	f, err := createSynced(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if cerr := f.close(); err == nil {
		err = cerr
	}
	return err
}

// rows writes the entries of one family.
func (m *merge) rows(w *tableWriter, v6 bool) error {
	h := &entryReaders{}
	var all []*entryReader
	for i, s := range m.segments {
		r := newEntryReader(s, v6)
		if all = append(all, r); r.next() {
			h.all, h.of = append(h.all, r), append(h.of, i)
		}
	}
	heap.Init(h)
	for n := 0; h.Len() > 0; n++ {
		if n&0xffff == 0 && m.ctx.Err() != nil {
			return m.ctx.Err()
		}
		r, i := h.all[0], h.of[0]
		e := r.cur
		e.holder = renumbered(m.union.ids[i], e.holder)
		e.file = m.fileN[i][e.file]
		if err := w.add(e); err != nil {
			return err
		}
		if r.next() {
			heap.Fix(h, 0)
		} else {
			heap.Pop(h)
		}
	}
	for _, r := range all {
		m.lost = append(m.lost, r.lost...)
	}
	return nil
}

func renumbered(ids []uint32, id uint32) uint32 {
	if int(id) >= len(ids) {
		return 0
	}
	return ids[id]
}

// numberFiles joins the lists of files. Number 0 is of files that nobody knows
// any more.
func (m *merge) numberFiles() {
	m.files = []file{{}}
	known := map[file]uint16{{}: 0}
	for _, s := range m.segments {
		of := map[uint16]uint16{}
		for i, f := range s.top.files {
			n, ok := known[f]
			if !ok && len(m.files) < 1<<16 {
				n = uint16(len(m.files))
				m.files, known[f] = append(m.files, f), n
			}
			of[uint16(i)] = n
		}
		m.fileN = append(m.fileN, of)
	}
}

// A batch gathers rows in memory, as many as are sorted at once.
type batch struct {
	entries [2][]entry
	numbers map[string]uint32
	names   []string
	bytes   int
}

const (
	batchRows  = 1 << 20
	batchBytes = 64 << 20 // of names
)

func (b *batch) add(e entry, v6 bool, holder Holder) {
	if b.numbers == nil {
		b.numbers = map[string]uint32{}
	}
	n, ok := b.numbers[string(holder)]
	if !ok {
		name := strings.Clone(string(holder))
		n = uint32(len(b.names))
		b.numbers[name], b.names = n, append(b.names, name)
		b.bytes += len(name)
	}
	e.holder = n
	b.entries[family(v6)] = append(b.entries[family(v6)], e)
}

func (b *batch) full() bool {
	return len(b.entries[0])+len(b.entries[1]) >= batchRows || b.bytes >= batchBytes
}

// write writes the batch as a segment and empties it.
func (b *batch) write(dir, name string, files []file, perPage int) (err error) {
	defer func() {
		if err != nil {
			removeSegment(dir, name)
		}
	}()
	path := filepath.Join(dir, name)
	order := make([]uint32, len(b.names))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return strings.Compare(b.names[x], b.names[y]) })
	rank := make([]uint32, len(order))
	t := top{names: uint32(len(order)), files: files}
	if t.firsts, err = b.writeNames(path+".names", order, rank); err != nil {
		return err
	}
	f, err := createSynced(path + ".rows")
	if err != nil {
		return err
	}
	for i, v6 := range []bool{false, true} {
		es := b.entries[i]
		for j := range es {
			es[j].holder = rank[es[j].holder]
		}
		slices.SortFunc(es, func(x, y entry) int { return x.compare(&y) })
		w := newTableWriter(f.Writer, v6, perPage)
		w.oldest = &t.oldest
		for _, e := range es {
			if err == nil {
				err = w.add(e)
			}
		}
		var werr error
		t.tables[i], werr = w.end()
		if i == 1 {
			t.tables[1].first = int64(len(t.tables[0].fences)) * pageSize
		}
		if err == nil {
			err = werr
		}
		b.entries[i] = es[:0]
	}
	if cerr := f.close(); err == nil {
		err = cerr
	}
	clear(b.numbers)
	b.names, b.bytes = b.names[:0], 0
	if err != nil {
		return err
	}
	return writeSynced(path+".top", t.bytes())
}

// writeNames writes the names in order, and fills in the rank of each.
func (b *batch) writeNames(path string, order, rank []uint32) ([]uint32, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	w := &nameWriter{out: out}
	for i, n := range order {
		rank[n] = uint32(i)
		if err == nil {
			err = w.add(b.names[n])
		}
	}
	if err == nil {
		err = w.endPage()
	}
	if err == nil {
		err = out.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return w.firsts, err
}
