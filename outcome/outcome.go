// Package outcome decides what later looks at a host say of a finding: whether
// it was fixed, is open, or came back; and whether a contact is to be reminded.
//
// There is no clock, no database and no network in it: looks and times come in
// as values. It never reads a scan, and never writes to anybody.
package outcome

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	"github.com/gaissmai/bart"

	"headsup/finding"
	"headsup/pattern"
)

// A State is what one look saw. Its texts are settled.
type State string

const (
	Open     State = "open"     // as the finding says
	Closed   State = "closed"   // it answered, and no longer so: refused, asked for a login, denied to relay
	Silent   State = "silent"   // no answer
	Unlooked State = "unlooked" // not tried, or an answer that says nothing of the finding
)

// A Place is what a look is about: a service of a host, and what it was found to be.
type Place struct {
	Addr  netip.Addr
	Port  uint16
	Proto string
	Kind  finding.Kind
}

// PlaceOf returns where a finding is.
func PlaceOf(f finding.Finding) Place { return Place{f.Addr, f.Port, f.Proto, f.Kind} }

// Compare orders places as findings are ordered.
func (p Place) Compare(q Place) int {
	return cmp.Or(p.Addr.Compare(q.Addr), cmp.Compare(p.Port, q.Port), cmp.Compare(p.Proto, q.Proto), cmp.Compare(p.Kind, q.Kind))
}

// A Look is one place as a later scan saw it.
type Look struct {
	Place
	State    State
	Service  string
	Seen     time.Time // UTC, whole seconds
	Source   string    // "file:line"
	Name     string    // the host's, as the scanner resolved it, or empty
	Strength finding.Strength
	Reason   string // in words for people
	Evidence string
	Reporter string
}

// MarshalJSON writes a look. Its names are settled.
func (l Look) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Addr    netip.Addr   `json:"addr"`
		Port    uint16       `json:"port"`
		Proto   string       `json:"proto"`
		Kind    finding.Kind `json:"kind"`
		Service string       `json:"service"`
		State   State        `json:"state"`
		Reason  string       `json:"reason,omitempty"`
		Seen    time.Time    `json:"seen"`
		Source  string       `json:"source"`
	}{l.Addr, l.Port, l.Proto, l.Kind, l.Service, l.State, l.Reason, l.Seen, l.Source})
}

// Finding returns an open look as the finding that a reminder tells.
func (l Look) Finding() finding.Finding {
	return finding.Finding{Addr: l.Addr, Port: l.Port, Proto: l.Proto, Kind: l.Kind, Service: l.Service, Strength: l.Strength,
		Reason: l.Reason, Seen: l.Seen, Source: l.Source, Evidence: l.Evidence, Reporter: l.Reporter}
}

// Of returns what a row of a later scan says of a place, where a service was
// found: as much as kind and service let it say. An open port alone does not
// show that a relay still relays, and a web server's refusal says nothing of
// the Redis that was found.
func Of(p Place, service string, row finding.Finding) Look {
	l := Look{Place: p, State: Unlooked, Service: row.Service, Seen: row.Seen, Source: row.Source, Name: row.Name,
		Strength: row.Strength, Reason: row.Reason, Evidence: row.Evidence, Reporter: row.Reporter}
	same := row.Kind == p.Kind
	switch answer := finding.AnswerOf(row); {
	case answer == finding.AnswerRefused:
		l.State = Closed
	case answer == finding.AnswerSilent:
		l.State = Silent
	case same && answer == finding.AnswerDenied && (row.Service == service || row.Service == "" || service == ""):
		l.State = Closed
	case same && (row.Strength == finding.Verified || row.Strength == finding.Observed):
		l.State = Open
	}
	return l
}

// Covered returns what a part of a scan that has no row about a place says of it.
func Covered(p Place, c finding.Cover) Look {
	l := Look{Place: p, State: Silent, Seen: c.Seen, Source: c.Source, Name: c.Name, Strength: finding.Contradicted, Reason: "no answer"}
	if c.Answer == finding.AnswerRefused {
		l.State, l.Reason = Closed, "the port is closed"
	}
	return l
}

// A Result is what became of a finding. Its texts are settled.
type Result string

const (
	Fixed      Result = "fixed"       // closed once, or silent in two looks that are far enough apart
	StillOpen  Result = "open"        // seen open, and never fixed
	Reopened   Result = "reopened"    // seen open after it was fixed
	SilentOnce Result = "silent_once" // silent, and not yet for long enough
	Uncertain  Result = "uncertain"   // looked at, but another host may have the address by now
	NotLooked  Result = "unlooked"    // no look since the letter says anything
)

// Results lists all of them, in the order in which they are told.
var Results = []Result{Fixed, StillOpen, Reopened, SilentOnce, Uncertain, NotLooked}

// Rules say how looks are weighed.
type Rules struct {
	Apart time.Duration // between two silent looks that count as fixed; 0: [DefaultApart]
	Pools *bart.Lite    // prefixes whose addresses change hands; may be nil
}

// DefaultApart is the time between two silent looks: a host that is down for a
// night is not fixed.
const DefaultApart = 24 * time.Hour

// An Outcome is what the looks since a letter say of its finding.
type Outcome struct {
	Result Result
	Looks  int       // that counted
	At     time.Time // of the look that decided
	Last   time.Time // of the last look that counted; zero: none did
	Open   Look      // the last one that saw it open; zero: none did
}

// Judge weighs the looks at a place since a time, in any order. network is the
// name of the network that the address is in, or empty. Looks at since and
// before count for nothing, and neither do those that say nothing. Of looks at
// the same time the one that saw it open counts, then the one that saw it closed.
func (r Rules) Judge(network string, since time.Time, looks []Look) Outcome {
	if !slices.IsSortedFunc(looks, compareLooks) { // they are, but for those of one time
		looks = slices.Clone(looks)
		slices.SortFunc(looks, compareLooks)
	}
	out := Outcome{Result: NotLooked}
	var silent time.Time // since when, without a look in between that saw it open
	fixed, named := false, Dynamic(network)
	var last Look
	for _, l := range looks {
		if !l.Seen.After(since) || l.State == Unlooked || out.Looks > 0 && l.Seen.Equal(last.Seen) {
			continue
		}
		last = l
		out.Last = l.Seen
		out.Looks++
		named = named || Dynamic(l.Name)
		before := out.Result
		switch l.State {
		case Open:
			out.Open, silent = l, time.Time{}
			if out.Result = StillOpen; fixed {
				out.Result = Reopened
			}
		case Closed:
			out.Result, fixed = Fixed, true
		case Silent:
			switch {
			case out.Result == Fixed:
			case silent.IsZero():
				out.Result, silent = SilentOnce, l.Seen
			case l.Seen.Sub(silent) >= cmp.Or(r.Apart, DefaultApart):
				out.Result, fixed = Fixed, true
			}
		}
		if out.Result != before {
			out.At = l.Seen
		}
	}
	if out.Looks > 0 && (named || r.Pools != nil && r.Pools.Contains(last.Addr)) {
		out.Result = Uncertain
	}
	return out
}

func compareLooks(a, b Look) int {
	return cmp.Or(a.Seen.Compare(b.Seen), cmp.Compare(order[a.State], order[b.State]), cmp.Compare(a.Source, b.Source))
}

var order = map[State]int{Open: 0, Closed: 1, Silent: 2, Unlooked: 3}

// Dynamic reports whether the name of a host or a network says that its
// addresses change hands.
func Dynamic(name string) bool { return dynamic.MatchString(name) }

var dynamic = pattern.New(`(?i)(^|[^a-z])(dyn|dynamic|dynip|dynpool|dhcp|pppoe?|dial-?up|dial-?in|cgn|cgnat)([^a-z]|$)`)

// clockSkew is how far ahead of ours a scanner's clock may be.
const clockSkew = 24 * time.Hour

// ToCome reports whether a look is of the future: the scanner's clock is wrong.
func (l Look) ToCome(now time.Time) bool { return l.Seen.After(now.Add(clockSkew)) }

// A Sum says where the findings that letters told ended. Each is in one place.
type Sum struct {
	Findings   int `json:"findings"`
	Fixed      int `json:"fixed"`
	Open       int `json:"open"`
	Reopened   int `json:"reopened"`
	SilentOnce int `json:"silent_once"`
	Uncertain  int `json:"uncertain"`
	Unlooked   int `json:"unlooked"`
	Looks      int `json:"looks"` // that counted
}

// Add counts one finding.
func (s *Sum) Add(o Outcome) {
	s.Findings++
	s.Looks += o.Looks
	*s.of(o.Result)++
}

// Of returns how many findings ended so.
func (s Sum) Of(r Result) int { return *s.of(r) }

func (s *Sum) of(r Result) *int {
	switch r {
	case Fixed:
		return &s.Fixed
	case StillOpen:
		return &s.Open
	case Reopened:
		return &s.Reopened
	case SilentOnce:
		return &s.SilentOnce
	case Uncertain:
		return &s.Uncertain
	}
	return &s.Unlooked
}
