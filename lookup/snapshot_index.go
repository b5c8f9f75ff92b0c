package lookup

import (
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

// A ranges finds the smallest range around a key.
type ranges struct {
	nodes []node // by first key, the wider before the narrower
	steps []key  // the first key of each stride: small enough to stay in the processor's cache
}

const stride = 64

// sort puts the nodes in order and links each to the one around it.
func (r *ranges) sort() {
	slices.SortStableFunc(r.nodes, func(x, y node) int {
		switch {
		case x.first != y.first:
			return order(x.first.less(y.first))
		case x.last != y.last:
			return order(y.last.less(x.last))
		}
		return int(y.flags&isPool) - int(x.flags&isPool) // what is handed out stands within
	})
	r.nodes = slices.Clip(r.nodes)
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

func (r *ranges) step() {
	r.steps = make([]key, 0, (len(r.nodes)+stride-1)/stride)
	for i := 0; i < len(r.nodes); i += stride {
		r.steps = append(r.steps, r.nodes[i].first)
	}
}

// find returns the smallest range that holds k, or -1.
func (r *ranges) find(k key) int32 {
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
	at := int32(lo) - 1
	for at >= 0 && r.nodes[at].last.less(k) {
		at = r.nodes[at].parent
	}
	return at
}
