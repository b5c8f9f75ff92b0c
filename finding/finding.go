// Package finding reads what scanners found and says what it is worth.
//
// It turns scanner output into [Finding] values, one row at a time and in
// constant memory, and judges each by the scanner's own words. It never
// connects to anything, never decides who is written to, and never drops a row
// in silence: every row of an input is yielded, as a Finding or as an error.
package finding

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"
	"time"
)

// A Kind says what was found. Letters are written for each kind.
type Kind string

const (
	OpenRelay      Kind = "open-relay"      // a mail server that forwards mail for anybody
	OpenProxy      Kind = "open-proxy"      // an HTTP or SOCKS proxy that serves anybody
	ExposedService Kind = "exposed-service" // a service that answers strangers and should not
)

// A Strength says what the scanner's own words are worth.
type Strength string

const (
	Verified     Strength = "verified"     // the scanner used the service and it worked
	Observed     Strength = "observed"     // the service answered in a way only an open one does
	Weak         Strength = "weak"         // not enough to write to anybody: held, with the reason
	Contradicted Strength = "contradicted" // the scanner's own words say that it is not so: no finding
)

// A Finding is one exposed service, as one scanner saw it at one time.
//
// What is [Contradicted] is no finding: it may lack address, port and time.
//
// All text in it is valid, printable UTF-8 in NFC without control or bidi
// characters, and capped: readers clean it once, and nobody has to again.
type Finding struct {
	Addr     netip.Addr `json:"addr,omitzero"` // never IPv4 in IPv6, never with a zone
	Port     uint16     `json:"port,omitzero"`
	Proto    string     `json:"proto"` // "tcp" or "udp"
	Kind     Kind       `json:"kind"`
	Service  string     `json:"service"` // "smtp", "http", "socks5", "redis", …
	Strength Strength   `json:"strength"`
	Reason   string     `json:"reason"`             // what Strength rests on, in words for people
	Seen     time.Time  `json:"seen,omitzero"`      // UTC, whole seconds
	Source   string     `json:"source"`             // "file:line"
	Evidence string     `json:"evidence,omitempty"` // the scanner's output, cut and made printable
	Reporter string     `json:"reporter,omitempty"` // who scanned

	// While it is read, and not stored:
	Rule   string `json:"-"` // the ID of the Rule that Strength comes from
	Answer Answer `json:"-"` // how the place answered, if nothing is open there: see [AnswerOf]
	Name   string `json:"-"` // the host's, as the scanner resolved it; only with [Options].Cover
}

// ErrFormat means that a row is not what its format promises.
var ErrFormat = errors.New("not in the expected format")

// strengths, best first.
var strengths = []Strength{Verified, Observed, Weak, Contradicted}

var kinds = []Kind{OpenRelay, OpenProxy, ExposedService}

// Compare orders findings by address, port, protocol, kind and service, and
// then the most telling first: strongest, then newest. Findings that differ
// only in their words follow their source, so that the order of the input
// files never shows.
func Compare(a, b Finding) int {
	return cmp.Or(
		a.Addr.Compare(b.Addr),
		cmp.Compare(a.Port, b.Port),
		cmp.Compare(a.Proto, b.Proto),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Service, b.Service),
		cmp.Compare(slices.Index(strengths, a.Strength), slices.Index(strengths, b.Strength)),
		b.Seen.Compare(a.Seen),
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.Evidence, b.Evidence),
	)
}
