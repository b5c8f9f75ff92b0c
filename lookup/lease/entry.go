package lease

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"time"
)

// A key is where something begins, as one number: of IPv4 the address and the
// port, of IPv6 the address.
type key struct{ hi, lo uint64 }

func (k key) compare(o key) int {
	if c := cmp.Compare(k.hi, o.hi); c != 0 {
		return c
	}
	return cmp.Compare(k.lo, o.lo)
}

var lastKey = key{1<<64 - 1, 1<<64 - 1}

func keyOf(a netip.Addr, port uint16) key {
	if a.Is4() {
		b := a.As4()
		return key{lo: uint64(binary.BigEndian.Uint32(b[:]))<<16 | uint64(port)}
	}
	b := a.As16()
	return key{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// An entry is a row in the index.
type entry struct {
	key
	early, late uint32 // when it may have begun at the earliest and ended at the latest
	holder      uint32 // its number among the names of its segment
	line        uint32
	file        uint16 // its number among the files of its segment
	width       uint16 // the last port, or the bits of the prefix
	slack       uint8  // see slackOf
	kind        Kind
}

// compare orders entries by where they are and when they begin.
func (e *entry) compare(o *entry) int {
	return cmp.Or(e.key.compare(o.key), cmp.Compare(e.early, o.early), cmp.Compare(e.late, o.late),
		cmp.Compare(e.width, o.width), cmp.Compare(e.kind, o.kind))
}

// span returns the time of an entry.
func (e *entry) span() span {
	s := slackOf(e.slack)
	start, end := int64(e.early)+s, int64(e.late)-s
	return span{start, max(start, end), s, e.kind}
}

// set changes the time of an entry.
func (e *entry) set(s span) {
	e.slack = slackCode(s.slack)
	off := slackOf(e.slack)
	e.early, e.late, e.kind = uint32(max(s.start-off, 0)), uint32(min(s.end+off, maxTime)), s.kind
}

// slackCode writes seconds as a byte: up to 100 as they are, then whole
// minutes, the next more.
func slackCode(s int64) uint8 {
	if s <= 100 {
		return uint8(s)
	}
	return uint8(min(100+(s+59)/60, 255))
}

func slackOf(code uint8) int64 {
	if code <= 100 {
		return int64(code)
	}
	return int64(code-100) * 60
}

// last returns the last key that an entry is about.
func (e *entry) last(v6 bool) key {
	if !v6 {
		return key{lo: e.lo&^0xffff | uint64(e.width)}
	}
	k := e.key
	switch bits := uint(e.width); {
	case bits >= 128:
	case bits >= 64:
		k.lo |= 1<<(128-bits) - 1
	default:
		k.lo, k.hi = 1<<64-1, k.hi|(1<<(64-bits)-1)
	}
	return k
}

// entryOf returns a row as an entry, without its holder and file.
func entryOf(r *Row, slack time.Duration) (e entry, v6 bool) {
	a := r.Prefix.Addr()
	e.key, e.width = keyOf(a, r.First), r.Last
	if a.Is6() {
		e.key, e.width = keyOf(a, 0), uint16(r.Prefix.Bits())
	}
	seconds := int64((slack + r.Slack + time.Second - 1) / time.Second)
	start, end := r.Start.Unix(), r.End.Unix()
	if r.End.Nanosecond() > 0 && r.Kind != Ended {
		end++
	}
	e.set(span{start, end, seconds, r.Kind})
	return e, a.Is6()
}

const (
	pageSize = 4096
	pageHead = 8 // its sum, and how many entries of which sort
	size4    = 4 + 2 + 2 + 4 + 4 + 4 + 2 + 4 + 1 + 1
	size6    = 16 + 1 + 4 + 4 + 4 + 2 + 4 + 1 + 1
)

func entrySize(v6 bool) int {
	if v6 {
		return size6
	}
	return size4
}

// append writes an entry.
func (e *entry) append(b []byte, v6 bool) []byte {
	be := binary.BigEndian
	if v6 {
		b = append(be.AppendUint64(be.AppendUint64(b, e.hi), e.lo), uint8(e.width))
	} else {
		b = be.AppendUint16(be.AppendUint32(b, uint32(e.lo>>16)), uint16(e.lo))
		b = be.AppendUint16(b, e.width)
	}
	b = be.AppendUint32(be.AppendUint32(be.AppendUint32(b, e.early), e.late), e.holder)
	return append(be.AppendUint32(be.AppendUint16(b, e.file), e.line), e.slack, uint8(e.kind))
}

// read reads what append wrote.
func (e *entry) read(b []byte, v6 bool) {
	be := binary.BigEndian
	if v6 {
		e.hi, e.lo, e.width = be.Uint64(b), be.Uint64(b[8:]), uint16(b[16])
		b = b[17:]
	} else {
		e.hi, e.lo, e.width = 0, uint64(be.Uint32(b))<<16|uint64(be.Uint16(b[4:])), be.Uint16(b[6:])
		b = b[8:]
	}
	e.early, e.late, e.holder = be.Uint32(b), be.Uint32(b[4:]), be.Uint32(b[8:])
	e.file, e.line, e.slack, e.kind = be.Uint16(b[12:]), be.Uint32(b[14:]), b[18], Kind(b[19])
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal writes the sum of a page into it.
func seal(page []byte) { binary.BigEndian.PutUint32(page, crc32.Checksum(page[4:], castagnoli)) }

func sealed(page []byte) bool {
	return len(page) == pageSize && binary.BigEndian.Uint32(page) == crc32.Checksum(page[4:], castagnoli)
}

// A rowPage is a page of entries that has been read.
type rowPage struct {
	lead    []entry // of the pages before: what is still of interest where this one begins
	own     []entry
	trail   []entry // the first of the next page, where it is of the same slot; one at most
	crowded bool    // lead is not all
}

// readPage reads a page; it reports false for one that is damaged.
func readPage(b []byte, v6 bool) (p rowPage, ok bool) {
	if !sealed(b) {
		return p, false
	}
	size := entrySize(v6)
	lead, own, trail := int(b[4]), int(b[5]), int(b[6])
	if pageHead+(lead+own+trail)*size > pageSize || own == 0 {
		return p, false
	}
	all := make([]entry, lead+own+trail)
	for i := range all {
		all[i].read(b[pageHead+i*size:], v6)
	}
	return rowPage{all[:lead], all[lead : lead+own], all[lead+own:], b[7] != 0}, true
}
