package lease

import (
	"net/netip"
	"strings"
)

// Len returns how many customers there are.
func (c *Customers) Len() int { return len(c.byID) }

// Problems returns what is wrong with rows that serve all the same, in their
// order: what two customers have, and customers without any address.
func (c *Customers) Problems() []Problem { return c.problems }

// ByID returns the customer with this number, or nil.
func (c *Customers) ByID(id string) *Customer { return c.byID[id] }

// Ours reports whether an address is in any network of the file, a pool's too.
func (c *Customers) Ours(a netip.Addr) bool {
	_, ok := c.prefixes.Lookup(a.Unmap())
	return ok
}

// fixed returns who has the smallest network around an address by itself. It is
// nil for the pool and for addresses that are not ours.
func (c *Customers) fixed(a netip.Addr) *claim {
	at, ok := c.prefixes.Lookup(a.Unmap())
	if !ok || at.pool && len(at.of) == 0 {
		return nil
	}
	return at
}

// ByName returns whose a host or URL is: the customer of the longest part of
// it. It is nil where that is nobody, or more than one.
func (c *Customers) ByName(name string) *Customer {
	host := hostOf(name)
	for ok := host != ""; ok; _, host, ok = strings.Cut(host, ".") {
		if at := c.names[host]; at != nil {
			if len(at.of) == 1 {
				return at.of[0]
			}
			return nil
		}
	}
	return nil
}

// holders returns the customers that any word of a holder names. A house's
// other words, such as its exchange's circuit, name nobody and do not count.
func (c *Customers) holders(h Holder) (of []*Customer) {
	for kind, value := range h.Words() {
		if kind == "inside" || kind == "lost" {
			continue
		}
		if at := c.logins[login(value)]; at != nil {
			for _, who := range at.of {
				if !containsCustomer(of, who) {
					of = append(of, who)
				}
			}
		}
	}
	return of
}

func containsCustomer(of []*Customer, who *Customer) bool {
	for _, o := range of {
		if o == who {
			return true
		}
	}
	return false
}

// A Change is what a newer file of customers changes.
type Change struct {
	Before int `json:"before"` // customers of the older file
	After  int `json:"after"`
	Lost   int `json:"lost"`  // customers that are not there any more
	Owned  int `json:"owned"` // networks, logins and names that had an owner before …
	Moved  int `json:"moved"` // … and have another now, or none while the customer stays
}

// Change compares customers with those of an older file.
func (c *Customers) Change(older *Customers) Change {
	ch := Change{Before: len(older.byID), After: len(c.byID), Owned: len(older.owners)}
	for id := range older.byID {
		if c.byID[id] == nil {
			ch.Lost++
		}
	}
	for what, was := range older.owners {
		is, ok := c.owners[what]
		if ok && is != was || !ok && c.byID[was] != nil {
			ch.Moved++
		}
	}
	return ch
}

// Large reports whether a person should look first: more than 5 % of the
// customers are gone, or of what they own has changed hands. A file that broke
// off, or whose columns have moved, does that.
func (ch Change) Large() bool { return ch.Lost*20 > ch.Before || ch.Moved*20 > ch.Owned }

// ByEmail returns who is written to at a mailbox, or nil where that is nobody,
// or more than one.
func (c *Customers) ByEmail(mailbox string) *Customer {
	return c.mailboxes[strings.ToLower(strings.Trim(mailbox, ".,;:<>()[]\"'"))]
}
