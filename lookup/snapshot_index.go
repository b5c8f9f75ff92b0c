package lookup

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
)

// A key is an address as one number; IPv4 stands within ::ffff:0:0/96. In the
// index of AS numbers it is the number.
type key struct{ hi, lo uint64 }

func keyOf(a netip.Addr) key {
	b := a.As16()
	return key{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (k key) addr() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], k.hi)
	binary.BigEndian.PutUint64(b[8:], k.lo)
	return netip.AddrFrom16(b).Unmap()
}

func (k key) less(o key) bool { return k.hi < o.hi || k.hi == o.hi && k.lo < o.lo }

// A ranges finds the smallest range around a key. What it searches in is small
// and dense, because a search costs what it has to fetch from memory.
type ranges struct {
	nodes  []node   // by first key, the wider before the narrower
	steps  []key    // the first key of each stride
	start4 int      // IPv4 begins at this node …
	first4 []uint32 // … and these are its first addresses
	steps4 []uint32 // the first of each line of those
}

const (
	stride = 64 // nodes
	line   = 16 // uint32s, a line of the processor's cache
)

const ipv4 = 0xffff // the upper half of lo

// sort puts the nodes in order and links each to the one around it.
func (r *ranges) sort() {
	for i := range r.nodes {
		r.nodes[i].parent = int32(i) // until they are in order
	}
	slices.SortFunc(r.nodes, func(x, y node) int {
		switch {
		case x.first != y.first:
			return order(x.first.less(y.first))
		case x.last != y.last:
			return order(y.last.less(x.last))
		}
		return cmp.Or(int(y.flags&isPool)-int(x.flags&isPool), int(x.parent)-int(y.parent)) // what is handed out stands within
	})
	r.nodes = slices.Clone(r.nodes) // without the room that is left
	var around []int32
	for i := range r.nodes {
		for len(around) > 0 && r.nodes[around[len(around)-1]].last.less(r.nodes[i].last) {
			around = around[:len(around)-1]
		}
		r.nodes[i].parent = -1
		if len(around) > 0 {
			r.nodes[i].parent = around[len(around)-1]
		}
		around = append(around, int32(i))
	}
	r.step()
}

func order(before bool) int {
	if before {
		return -1
	}
	return 1
}

// step makes what find searches in.
func (r *ranges) step() {
	r.steps = make([]key, 0, (len(r.nodes)+stride-1)/stride)
	for i := 0; i < len(r.nodes); i += stride {
		r.steps = append(r.steps, r.nodes[i].first)
	}
	r.start4 = 1 + r.before(key{lo: ipv4<<32 - 1})
	n := 1 + r.before(key{lo: (ipv4+1)<<32 - 1}) - r.start4
	r.first4, r.steps4 = make([]uint32, n), make([]uint32, 0, (n+line-1)/line)
	for i := range r.first4 {
		r.first4[i] = uint32(r.nodes[r.start4+i].first.lo)
		if i%line == 0 {
			r.steps4 = append(r.steps4, r.first4[i])
		}
	}
}

// find returns the smallest range that holds k, or -1.
func (r *ranges) find(k key) int32 {
	at := int32(0)
	if k.hi == 0 && k.lo>>32 == ipv4 {
		at = int32(r.before4(uint32(k.lo)))
	} else {
		at = int32(r.before(k))
	}
	for at >= 0 && r.nodes[at].last.less(k) {
		at = r.nodes[at].parent
	}
	return at
}

// before returns the last node that does not begin after k, or -1.
func (r *ranges) before(k key) int {
	lo, hi := 0, len(r.steps) // the first step past k
	for lo < hi {
		if m := (lo + hi) / 2; k.less(r.steps[m]) {
			hi = m
		} else {
			lo = m + 1
		}
	}
	lo, hi = max(lo-1, 0)*stride, min(lo*stride, len(r.nodes)) // the first node past k
	for lo < hi {
		if m := (lo + hi) / 2; k.less(r.nodes[m].first) {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return lo - 1
}

// before4 is before for IPv4.
func (r *ranges) before4(a uint32) int {
	lo, hi := 0, len(r.steps4)
	for lo < hi {
		if m := (lo + hi) / 2; a < r.steps4[m] {
			hi = m
		} else {
			lo = m + 1
		}
	}
	lo, hi = max(lo-1, 0)*line, min(lo*line, len(r.first4))
	for lo < hi && r.first4[lo] <= a {
		lo++
	}
	return r.start4 + lo - 1
}
