package lease

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// ErrDamaged means that a part of the index cannot be read: a file was cut, or
// a page is not what was written.
var ErrDamaged = errors.New("the index is damaged")

// A segment is a part of the index that never changes: the pages of entries,
// those of names, and the top, which is read whole when it is opened.
type segment struct {
	name  string
	rows  io.ReaderAt
	names io.ReaderAt
	top   top
	files []*os.File
}

// A top is what is kept in memory of a segment.
type top struct {
	tables [2]table // of IPv4 and of IPv6
	firsts []uint32 // the first number of each page of names
	names  uint32   // numbers
	files  []file
	oldest uint32 // the earliest end of an entry, but for open ones that last
}

// A file is one that was read, and the source that it is of.
type file struct{ name, source string }

func (t *top) entries() int64 { return t.tables[0].entries + t.tables[1].entries }

const topMark = "headsup leases 1\n"

// bytes writes a top.
func (t *top) bytes() []byte {
	be := binary.BigEndian
	b := []byte(topMark)
	text := func(s string) { b = append(be.AppendUint32(b, uint32(len(s))), s...) }
	at := func(k key) { b = be.AppendUint64(be.AppendUint64(b, k.hi), k.lo) }
	for _, tab := range t.tables {
		for _, n := range []int64{tab.entries, tab.first, int64(len(tab.fences)), int64(len(tab.nests))} {
			b = be.AppendUint64(b, uint64(n))
		}
		for _, f := range tab.fences {
			at(f.lo)
			at(f.next)
			b = be.AppendUint32(b, f.early)
		}
		for _, n := range tab.nests {
			at(n.lo)
			at(n.hi)
		}
	}
	b = be.AppendUint32(be.AppendUint32(b, t.oldest), t.names)
	b = be.AppendUint32(b, uint32(len(t.firsts)))
	for _, n := range t.firsts {
		b = be.AppendUint32(b, n)
	}
	b = be.AppendUint32(b, uint32(len(t.files)))
	for _, f := range t.files {
		text(f.name)
		text(f.source)
	}
	return be.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// readTop reads what bytes wrote.
func readTop(b []byte) (t top, err error) {
	be := binary.BigEndian
	if len(b) < len(topMark)+4 || string(b[:len(topMark)]) != topMark || be.Uint32(b[len(b)-4:]) != crc32.Checksum(b[:len(b)-4], castagnoli) {
		return t, ErrDamaged
	}
	b = b[len(topMark) : len(b)-4]
	take := func(n int) []byte {
		if n < 0 || n > len(b) {
			err = ErrDamaged
			return make([]byte, min(max(n, 0), 64))
		}
		out := b[:n]
		b = b[n:]
		return out
	}
	u64 := func() uint64 { return be.Uint64(take(8)) }
	u32 := func() uint32 { return be.Uint32(take(4)) }
	for i := range t.tables {
		tab := &t.tables[i]
		tab.entries, tab.first = int64(u64()), int64(u64())
		fences, nests := u64(), u64()
		if fences > uint64(len(b)) || nests > uint64(len(b)) {
			return t, ErrDamaged
		}
		tab.fences, tab.nests = make([]fence, fences), make([]nest, nests)
		for j := range tab.fences {
			tab.fences[j] = fence{lo: key{u64(), u64()}, next: key{u64(), u64()}, early: u32()}
		}
		for j := range tab.nests {
			tab.nests[j] = nest{key{u64(), u64()}, key{u64(), u64()}}
		}
		tab.reachOut()
	}
	t.oldest, t.names = u32(), u32()
	for n := u32(); n > 0 && err == nil; n-- {
		t.firsts = append(t.firsts, u32())
	}
	for n := u32(); n > 0 && err == nil; n-- {
		t.files = append(t.files, file{string(take(int(u32()))), string(take(int(u32())))})
	}
	return t, err
}

// openSegment opens a segment. What is not as long as it was written, or not
// what was written, is [ErrDamaged]; the segment is returned all the same where
// its files are there, to save what can be saved.
func openSegment(dir, name string) (*segment, error) {
	s := &segment{name: name}
	var sizes [2]int64
	for i, at := range []*io.ReaderAt{&s.rows, &s.names} {
		f, err := os.Open(filepath.Join(dir, name+[]string{".rows", ".names"}[i]))
		if err != nil {
			s.close()
			return nil, err
		}
		s.files = append(s.files, f)
		info, err := f.Stat()
		if err != nil {
			s.close()
			return nil, err
		}
		*at, sizes[i] = f, info.Size()
	}
	b, err := os.ReadFile(filepath.Join(dir, name+".top"))
	if err == nil {
		s.top, err = readTop(b)
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("%s.top: %w", name, err)
	}
	pages := int64(len(s.top.tables[0].fences) + len(s.top.tables[1].fences))
	for i, want := range []int64{pages * pageSize, int64(len(s.top.firsts)) * pageSize} {
		if sizes[i] != want {
			return s, fmt.Errorf("%s: %w: %d bytes, want %d", filepath.Base(s.files[i].Name()), ErrDamaged, sizes[i], want)
		}
	}
	return s, nil
}

func (s *segment) close() {
	for _, f := range s.files {
		f.Close()
	}
}

// remove takes the files of a segment off the disk.
func removeSegment(dir, name string) error {
	var errs []error
	for _, ext := range []string{".rows", ".names", ".top"} {
		if err := os.Remove(filepath.Join(dir, name+ext)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
