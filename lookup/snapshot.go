package lookup

import (
	"cmp"
	"context"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// A Snapshot answers from registry dumps without asking anybody. It is a
// [Source] to put before the registries: it answers where the dumps name a
// contact, and where RIPE's name none, because RIPE's keep every abuse contact.
// For everything else it knows nothing; the other registries publish networks
// without contacts, or with some.
//
// It takes about 60 bytes a network and is not changed after it is made.
type Snapshot struct {
	nodes    []node // by first address, the wider before the narrower
	contacts []mailbox
	files    []dumpFile
	text     []byte // strings, each after its length
}

// A node is a network of the dumps. Strings are offsets into the text.
type node struct {
	first, last key
	parent      int32 // index of the smallest network around it, or -1
	name, org   uint32
	contact     uint32 // index into contacts, from 1; 0 for none
	country     [2]byte
	flags       uint8
	file        uint8
}

const (
	isPool     = 1 << iota // a registry hands out from it: nobody's contact
	isOrgs                 // the contact is the organisation's
	isComplete             // the dump is: no contact means nobody
	isDoubted              // the contact is a registry's: to be judged by the network
)

type mailbox struct{ mail, handle uint32 }

type dumpFile struct {
	name string
	at   time.Time
}

// A key is an address as one number; IPv4 stands within ::ffff:0:0/96.
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

func (k key) compare(o key) int { return cmp.Or(cmp.Compare(k.hi, o.hi), cmp.Compare(k.lo, o.lo)) }

// Networks returns how many networks the snapshot holds.
func (s *Snapshot) Networks() int { return len(s.nodes) }

func (s *Snapshot) string(at uint32) string {
	n, w := binary.Uvarint(s.text[at:])
	return string(s.text[int(at)+w : int(at)+w+int(n)])
}

// Lookup implements [Source].
func (s *Snapshot) Lookup(_ context.Context, addr netip.Addr) (Network, bool, error) {
	i := s.find(addr)
	if i < 0 || s.nodes[i].flags&isPool != 0 {
		return Network{}, false, nil
	}
	own := &s.nodes[i]
	n := s.network(own)
	for n.Country == "" && i >= 0 {
		n.Country, i = countryOf(s.nodes[i].country), s.nodes[i].parent
	}
	for at := own; ; at = &s.nodes[at.parent] {
		if c, ok := s.contact(at, at != own); ok {
			n.Contacts = []Contact{c}
			return n, true, nil
		}
		if at.parent < 0 || s.nodes[at.parent].flags&isPool != 0 {
			return n, own.flags&isComplete != 0, nil
		}
	}
}

// find returns the smallest network that holds addr, or -1.
func (s *Snapshot) find(addr netip.Addr) int32 {
	k := keyOf(addr)
	i, _ := slices.BinarySearchFunc(s.nodes, k, func(n node, k key) int {
		if c := n.first.compare(k); c != 0 {
			return c
		}
		return -1 // past the last that begins there
	})
	at := int32(i) - 1
	for at >= 0 && s.nodes[at].last.compare(k) < 0 {
		at = s.nodes[at].parent
	}
	return at
}

func (s *Snapshot) network(n *node) Network {
	f := s.files[n.file]
	net := Network{First: n.first.addr(), Last: n.last.addr(), Name: s.string(n.name), Org: s.string(n.org), Country: countryOf(n.country),
		Source: "snapshot", Server: f.name, Fetched: f.at}
	net.Handle = net.First.String() + " - " + net.Last.String()
	net.Org = cmp.Or(net.Org, net.Name)
	return net
}

func countryOf(code [2]byte) string {
	if code[0] == 0 {
		return ""
	}
	return string(code[:])
}

// contact returns n's contact, unless it is a registry's for space that is not
// its own.
func (s *Snapshot) contact(n *node, parent bool) (Contact, bool) {
	if n.contact == 0 {
		return Contact{}, false
	}
	m := s.contacts[n.contact-1]
	c := Contact{Email: s.string(m.mail), Handle: s.string(m.handle), Role: "abuse", Attribute: "abuse-mailbox", Rule: networkAbuse,
		Server: s.files[n.file].name, Country: countryOf(n.country)}
	c.Org = cmp.Or(s.string(n.org), s.string(n.name))
	switch {
	case parent:
		c.Rule = parentAbuse
	case n.flags&isOrgs != 0:
		c.Rule = orgAbuse
	}
	return c, n.flags&isDoubted == 0 || judge(&record{net: s.network(n)}, c) == ""
}
