package lookup

import (
	"cmp"
	"context"
	"net/netip"
	"sync/atomic"
	"time"
)

// A Snapshot answers from registry dumps without asking anybody, for addresses
// and AS numbers. It is a [Source] to put before the registries: it answers
// where the dumps name a contact, and where RIPE's name none, because RIPE's
// keep every abuse contact. For everything else it knows nothing; the other
// registries publish networks without contacts, or with some.
//
// It takes about 85 bytes a network, names included, and is not changed after
// it is made. The slices in its answers are shared: they must not be changed.
type Snapshot struct {
	addrs   ranges // networks
	numbers ranges // AS numbers
	files   []dumpFile
	text    string // strings, each after its length

	last atomic.Pointer[snapshotAnswer]
}

// A snapshotAnswer is what the snapshot says of the addresses of one network
// that no other one within it has: of sorted addresses many follow each other.
type snapshotAnswer struct {
	at      int32
	network Network
	ok      bool
}

// A node is a network or a range of AS numbers. Strings are offsets into the text.
type node struct {
	first, last key
	parent      int32 // index of the smallest range around it, or -1
	name, org   uint32
	contact     uint32 // mail, and right after it the handle; 0 for none
	country     [2]byte
	flags       uint8
	file        uint8
	_           [8]byte // to a line of the processor's cache: an answer fetches one, not two
}

const (
	isPool     = 1 << iota // a registry hands out from it: nobody's contact
	isOrgs                 // the contact is the organisation's
	isComplete             // the dump is: no contact means nobody
	isDoubted              // the contact is a registry's: to be judged by the network
	isTop                  // handed out by the registry itself: what is around it does not answer for it
	isNumber               // AS numbers, not addresses
	isLost                 // it names a contact that the dumps do not hold
)

type dumpFile struct {
	name string
	at   time.Time
}

// Networks returns how many networks the snapshot holds.
func (s *Snapshot) Networks() int { return len(s.addrs.nodes) }

// Numbers returns how many ranges of AS numbers it holds.
func (s *Snapshot) Numbers() int { return len(s.numbers.nodes) }

// string returns a part of the text: nothing is copied.
func (s *Snapshot) string(at uint32) string {
	from, to := s.span(at)
	return s.text[from:to]
}

func (s *Snapshot) span(at uint32) (from, to uint32) {
	n, w := textLength(s.text[at:])
	return at + uint32(w), at + uint32(w+n)
}

// textLength reads what binary.AppendUvarint wrote, of at most three bytes.
// There is none if w is 0.
func textLength(s string) (n, w int) {
	for w < min(3, len(s)) {
		n |= int(s[w]&0x7f) << (7 * w)
		if w++; s[w-1] < 0x80 {
			return n, w
		}
	}
	return 0, 0
}

// AsksNobody reports true: see [Source].
func (s *Snapshot) AsksNobody() bool { return true }

// Lookup implements [Source].
func (s *Snapshot) Lookup(_ context.Context, addr netip.Addr) (n Network, ok bool, err error) {
	i := s.addrs.find(keyOf(addr))
	if i < 0 || s.addrs.nodes[i].flags&isPool != 0 {
		return n, false, nil
	}
	if last := s.last.Load(); last != nil && last.at == i {
		return last.network, last.ok, nil
	}
	n, ok = s.answer(i)
	s.last.Store(&snapshotAnswer{i, n, ok})
	return n, ok, nil
}

// answer is what the dumps say of network i.
func (s *Snapshot) answer(i int32) (n Network, ok bool) {
	own := &s.addrs.nodes[i]
	for at := own; at.flags&isLost == 0; at = &s.addrs.nodes[at.parent] {
		n.Contacts = s.contactOf(at, at != own)
		end := at.parent < 0 || at.flags&isTop != 0 || s.addrs.nodes[at.parent].flags&isPool != 0
		switch {
		case n.Contacts != nil, end && own.flags&isComplete != 0:
			s.describe(&n, own)
			n.Country = s.country(&s.addrs, own)
			return n, true
		case end:
			return n, false
		}
	}
	return n, false
}

// LookupAS returns who answers for an AS number, as [Snapshot.Lookup] does for
// an address. First and Last are not valid. Nobody answers for a number but
// its holder.
func (s *Snapshot) LookupAS(_ context.Context, as uint32) (n Network, ok bool, err error) {
	i := s.numbers.find(key{lo: uint64(as)})
	if i < 0 || s.numbers.nodes[i].flags&(isPool|isLost) != 0 {
		return n, false, nil
	}
	own := &s.numbers.nodes[i]
	if n.Contacts = s.contactOf(own, false); n.Contacts == nil && own.flags&isComplete == 0 {
		return n, false, nil
	}
	s.describe(&n, own)
	n.Handle, n.Country = subject{as: as}.String(), s.country(&s.numbers, own)
	return n, true, nil
}

// describe says what n is, but for its contacts.
func (s *Snapshot) describe(net *Network, n *node) {
	f := &s.files[n.file]
	net.Source, net.Server, net.Fetched = "snapshot", f.name, f.at
	net.Name, net.Org, net.Country = s.string(n.name), s.string(n.org), countryOf(n.country)
	net.Org = cmp.Or(net.Org, net.Name)
	if n.flags&isNumber != 0 {
		net.Handle = subject{as: uint32(n.first.lo)}.String()
		return
	}
	net.First, net.Last = n.first.addr(), n.last.addr()
	var room [2*len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") + 3]byte
	net.Handle = string(net.Last.AppendTo(append(net.First.AppendTo(room[:0]), " - "...)))
}

// country is that of n, or of the smallest range around it that names one.
func (s *Snapshot) country(r *ranges, n *node) string {
	for n.country[0] == 0 && n.parent >= 0 {
		n = &r.nodes[n.parent]
	}
	return countryOf(n.country)
}

// countryCodes is AAABAC…ZZ, so that a code can be had without a copy.
var countryCodes = func() string {
	var b []byte
	for i := range 26 * 26 {
		b = append(b, byte('A'+i/26), byte('A'+i%26))
	}
	return string(b)
}()

func countryOf(code [2]byte) string {
	if code[0] == 0 {
		return ""
	}
	at := 2 * (26*int(code[0]-'A') + int(code[1]-'A'))
	return countryCodes[at : at+2]
}

// contactOf returns n's contact, or none, or none because it is a registry's
// for space that is not its own.
func (s *Snapshot) contactOf(n *node, parent bool) []Contact {
	if n.contact == 0 {
		return nil
	}
	from, to := s.span(n.contact)
	rule := networkAbuse
	switch {
	case parent:
		rule = parentAbuse
	case n.flags&isOrgs != 0:
		rule = orgAbuse
	}
	list := []Contact{{Email: s.text[from:to], Handle: s.string(to), Role: "abuse", Attribute: "abuse-mailbox", Rule: rule,
		Org: cmp.Or(s.string(n.org), s.string(n.name)), Server: s.files[n.file].name, Country: countryOf(n.country)}}
	if n.flags&isDoubted != 0 {
		r := &record{}
		s.describe(&r.net, n)
		if judge(r, list[0]) != "" {
			return nil
		}
	}
	return list
}
