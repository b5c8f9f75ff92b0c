// Package lookup finds who answers for an address, and says why it thinks so.
//
// It asks overrides, a cache and the registries (RDAP, then WHOIS), ranks what
// they say and refuses placeholders. It never guesses an address that nobody
// registered, never asks about private or special-use addresses, and never
// takes a failed look-up for "no contact".
package lookup

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// A Network is a registered range of addresses and who answers for it.
type Network struct {
	First     netip.Addr `json:"first"` // registry ranges need not be CIDR
	Last      netip.Addr `json:"last"`
	Handle    string     `json:"handle"`
	Name      string     `json:"name"`
	Org       string     `json:"org"`                // the holder's name
	AS        uint32     `json:"as,omitempty"`       // that announces it, where [Resolver.Origin] was asked
	Country   string     `json:"country"`            // ISO 3166-1 alpha-2, upper case, or empty
	Languages []string   `json:"languages"`          // BCP 47 hints from the registry, may be empty
	Contacts  []Contact  `json:"contacts"`           // best first; the first is written to, the rest wait for when it bounces
	Rejected  []Contact  `json:"rejected,omitempty"` // seen and never written to; the last flag says why
	Source    string     `json:"source"`             // "rdap", "whois", "override", "snapshot"
	Server    string     `json:"server"`             // the host that gave the answer
	Fetched   time.Time  `json:"fetched"`            // UTC
}

// Customer is the role of a contact who uses a provider's line and runs no
// network: letters to it say what they have to say without technical terms.
const Customer = "customer"

// What Contact.Reports may be, besides empty.
const (
	DigestReports = "digest" // a report for each address, all in the one mail
	EachReports   = "each"   // a letter for each address, with its report
	NoReports     = "none"
)

// A Contact is somebody who may be written to about a network, and why.
type Contact struct {
	Email    string   `json:"email"` // addr-spec; the domain in lower-case ASCII
	Role     string   `json:"role"`  // RFC 9083 role: "abuse", "technical", …; or Customer
	Name     string   `json:"name"`
	Org      string   `json:"org"`
	Address  []string `json:"address"`           // postal lines in national order, without name and country
	Country  string   `json:"country"`           // ISO 3166-1 alpha-2, or empty
	Language string   `json:"language"`          // BCP 47, only if somebody stated it
	Reports  string   `json:"reports,omitempty"` // for machines: DigestReports, EachReports or NoReports; empty: by the role

	Attachments string `json:"attachments,omitempty"` // files that come with a letter, as ParseAttachments writes them; empty: those of the campaign

	Rule      string   `json:"rule"`      // the rule that found it, such as "network-abuse"
	Server    string   `json:"server"`    // who said so
	Handle    string   `json:"handle"`    // in which object
	Attribute string   `json:"attribute"` // in which attribute of it
	Flags     []string `json:"flags"`     // "unvalidated", "placeholder", "foreign-domain", …
}

var (
	// ErrSpecial means that the address is private, reserved or for
	// documentation (RFC 6890): nobody is asked and nobody is written to.
	ErrSpecial = errors.New("special-use address")
	// ErrRefused means that a registry would not answer: over its limit or denied.
	ErrRefused = errors.New("refused by the registry")
	// ErrDue means that nobody has been asked yet, because the [Resolver] is
	// offline: asking the registries may tell.
	ErrDue = errors.New("not looked up yet")
	// ErrDomain means that what was to be looked up has not the form of a name.
	ErrDomain = errors.New("not a domain name")
)

// A Source answers for an address. It may be called from many goroutines.
//
// A Network without Contacts is an answer: nobody is registered. ok is false
// where the source knows nothing and the next one should be asked. An error
// means that the look-up failed, which is not the same as nobody.
//
// A source whose method AsksNobody reports true answers at once from what it
// has, as a [Snapshot] does, and does not wait in line behind the others.
type Source interface {
	Lookup(ctx context.Context, addr netip.Addr) (n Network, ok bool, err error)
}

// A Cache keeps answers between runs. It may be called from many goroutines.
//
// Get returns the most specific stored network that holds addr.
type Cache interface {
	Get(ctx context.Context, addr netip.Addr) (n Network, ok bool, err error)
	Put(ctx context.Context, covers netip.Prefix, n Network) error
}
