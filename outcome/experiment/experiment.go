// Package experiment decides who waits, and who gets another letter, so that a
// later look can tell what letters changed.
//
// It plans, assigns and seals. There is no clock, no database and no chance in
// it but a keyed hash: the same organisations and the same key give the same
// arms. What the arms differ by in the end is the business of outcome/stats.
package experiment

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/finding"
)

// What keeps an experiment from being made.
var (
	ErrPlan  = errors.New("not a plan")
	ErrNoArm = errors.New("no arm of that name")
	ErrSmall = errors.New("too few organisations")
)

// A Plan is what is compared, written down beforehand. Its JSON names are settled.
type Plan struct {
	Campaign string         `json:"campaign"`
	Arms     []Arm          `json:"arms"`           // the first is what the others are compared with
	Until    time.Time      `json:"until,omitzero"` // the day on which waiting ends
	Approver string         `json:"approved_by,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Critical []finding.Kind `json:"critical,omitempty"` // kinds that never wait
	Outcome  string         `json:"outcome"`
	Day      int            `json:"day"` // looks later than so many days after the first letter do not count; 0: all do
	Test     string         `json:"test"`
}

// The outcome and the test of all plans.
const (
	FixedAtLook   = "fixed at the last look that all arms have in common"
	ByPermutation = "difference of the mean shares of organisations, 10000 permutations within strata, two-sided, .05, Holm where arms are several"
)

// An Arm is a part of the organisations.
type Arm struct {
	Name    string  `json:"name"`
	Part    float64 `json:"part"`
	Waits   bool    `json:"waits,omitempty"`
	Changes string  `json:"changes,omitempty"` // the one thing that differs: one of [Changes]
	Value   string  `json:"value,omitempty"`   // what it is in this arm
}

// Changes are what an arm may change.
var Changes = []string{Text, Language, Sender, Attachments, Channel}

// What an arm may change, and what its value then is.
const (
	Text        = "text"        // a folder of templates
	Language    = "language"    // [English] or [Native]
	Sender      = "sender"      // the ID of an agency
	Attachments = "attachments" // files that come with the mail, such as "csv pdf", or "none"
	Channel     = "channel"     // [ByMail] or [ByBoth]
)

// Values of arms.
const (
	English = "english" // English alone
	Native  = "native"  // no English below it
	ByMail  = "mail"    // no page goes by post
	ByBoth  = "both"    // the page goes by post as well; in the other arms then none does
)

// Posts reports whether pages of an arm may go by post: all do where no arm
// changes the channel; where an arm has both, that one alone does.
func (p Plan) Posts(arm string) bool {
	channel := map[string]string{}
	both := false
	for _, a := range p.Arms {
		if a.Changes == Channel {
			channel[a.Name] = a.Value
			both = both || a.Value == ByBoth
		}
	}
	if both {
		return channel[arm] == ByBoth
	}
	return channel[arm] != ByMail
}

// Names of arms that every plan may have.
const (
	Control = "control" // waits
	Letters = "letters" // gets letters as the settings have them
	Early   = "early"   // where nobody waits: letters leave first
	Late    = "late"    // … and last
)

// Order reports whether nobody waits and nothing differs but who is written to first.
func (p Plan) Order() bool {
	return len(p.Arms) == 2 && p.Arms[0].Name == Late && p.Arms[1].Name == Early
}

// Same reports whether two plans are the same.
func (p Plan) Same(other Plan) bool {
	a, _ := json.Marshal(p) // nothing in a plan keeps it from being written
	b, _ := json.Marshal(other)
	return bytes.Equal(a, b)
}

// Check finds what cannot be a plan.
func (p Plan) Check() error {
	sum := 0.0
	for i, a := range p.Arms {
		switch {
		case a.Name == "" || strings.ContainsFunc(a.Name, func(r rune) bool { return r < ' ' || r == ',' }):
			return fmt.Errorf("%w: an arm is called %q", ErrPlan, a.Name)
		case slices.ContainsFunc(p.Arms[:i], func(b Arm) bool { return b.Name == a.Name }):
			return fmt.Errorf("%w: two arms are called %q", ErrPlan, a.Name)
		case !(a.Part > 0 && a.Part < 1):
			return fmt.Errorf("%w: arm %q: %v is not a part such as 0.2", ErrPlan, a.Name, a.Part)
		case a.Changes != "" && !slices.Contains(Changes, a.Changes):
			return fmt.Errorf("%w: arm %q: %q is not one of %s", ErrPlan, a.Name, a.Changes, strings.Join(Changes, ", "))
		case a.Waits && (p.Until.IsZero() || p.Approver == "" || p.Reason == ""):
			return fmt.Errorf("%w: a control that waits needs an end date (until), who approved it (approved_by) and why (reason)", ErrPlan)
		}
		sum += a.Part
	}
	if len(p.Arms) < 2 || sum < .999 || sum > 1.001 {
		return fmt.Errorf("%w: %d arms with parts that add up to %v", ErrPlan, len(p.Arms), sum)
	}
	return nil
}

// Arm returns the arm of a name, or [ErrNoArm].
func (p Plan) Arm(name string) (Arm, error) {
	for _, a := range p.Arms {
		if a.Name == name {
			return a, nil
		}
	}
	return Arm{}, fmt.Errorf("%w: %q", ErrNoArm, name)
}

// A Unit is an organisation before it is assigned.
type Unit struct {
	Name    string // as [Organisations.Of] gives it
	Country string
	Places  int
}

// An Assignment is where an organisation belongs.
type Assignment struct {
	Unit    string `json:"unit"`
	Arm     string `json:"arm"`
	Stratum int    `json:"stratum"`
	Places  int    `json:"places"`
}

// least is how many organisations a stratum has at least: a smaller one could
// hold nobody of an arm, and is put together with others.
const least = 10

// Assign draws the arm of each organisation by a hash with the key and the
// campaign in it, within strata of country and size, so that each arm has its
// part of each stratum. Units come back in the order of their names.
func (p Plan) Assign(units []Unit, key []byte) ([]Assignment, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if len(units) < 2*len(p.Arms) {
		return nil, fmt.Errorf("%w: %d for %d arms", ErrSmall, len(units), len(p.Arms))
	}
	var out []Assignment
	for number, stratum := range strata(units) {
		ranks := make(map[string]uint64, len(stratum))
		for _, u := range stratum {
			ranks[u.Name] = p.rank(key, u.Name)
		}
		slices.SortFunc(stratum, func(a, b Unit) int {
			return cmp.Or(cmp.Compare(ranks[a.Name], ranks[b.Name]), strings.Compare(a.Name, b.Name))
		})
		// Where parts are no whole numbers, a hash decides who rounds up.
		upTo, offset := 0.0, float64(p.rank(key, fmt.Sprint("stratum ", number)))/(1<<63)/2
		at := 0
		for i, a := range p.Arms {
			upTo += a.Part * float64(len(stratum))
			end := int(upTo + offset)
			if i == len(p.Arms)-1 {
				end = len(stratum)
			}
			for ; at < min(end, len(stratum)); at++ {
				u := stratum[at]
				out = append(out, Assignment{u.Name, a.Name, number, u.Places})
			}
		}
	}
	slices.SortFunc(out, func(a, b Assignment) int { return strings.Compare(a.Unit, b.Unit) })
	for _, a := range p.Arms {
		if !slices.ContainsFunc(out, func(x Assignment) bool { return x.Arm == a.Name }) {
			return nil, fmt.Errorf("%w: nobody would be in arm %q", ErrSmall, a.Name)
		}
	}
	return out, nil
}

// Turn is where an organisation stands in the order of sending, above 0 and up
// to 1: whoever has a lower one is written to before. It is of the hash that
// draws arms, so of a stratum of early against late the early ones come first.
func (p Plan) Turn(key []byte, unit string) float64 {
	return 1 - float64(p.rank(key, unit)>>11)/(1<<53)
}

func (p Plan) rank(key []byte, unit string) uint64 {
	m := hmac.New(sha256.New, append([]byte("experiment\x00"), key...))
	m.Write([]byte(p.Campaign + "\x00" + unit))
	return binary.BigEndian.Uint64(m.Sum(nil))
}

// strata groups units by country and size. Groups that are too small are put
// together by size alone, and those that are then too small are one.
func strata(units []Unit) (out [][]Unit) {
	size := func(n int) int {
		class := 0
		for ; n > 1 && class < 3; n /= 10 { // 1, 2 to 19, 20 to 199, more
			class++
		}
		return class
	}
	groups := group(units, func(u Unit) string { return fmt.Sprint(size(u.Places), " ", u.Country) })
	var rest []Unit
	for _, by := range []func(Unit) string{func(u Unit) string { return fmt.Sprint(size(u.Places)) }, func(Unit) string { return "" }} {
		rest = nil
		for _, g := range groups {
			if len(g) >= least {
				out = append(out, g)
			} else {
				rest = append(rest, g...)
			}
		}
		groups = group(rest, by)
	}
	for _, g := range groups {
		switch {
		case len(g) < least && len(out) > 0:
			last := len(out) - 1
			out[last] = append(out[last], g...)
		case len(g) > 0:
			out = append(out, g)
		}
	}
	return out
}

func group(units []Unit, by func(Unit) string) (groups [][]Unit) {
	index := map[string]int{}
	sorted := slices.SortedFunc(slices.Values(units), func(a, b Unit) int {
		return cmp.Or(strings.Compare(by(a), by(b)), strings.Compare(a.Name, b.Name))
	})
	for _, u := range sorted {
		k := by(u)
		if _, ok := index[k]; !ok {
			index[k] = len(groups)
			groups = append(groups, nil)
		}
		groups[index[k]] = append(groups[index[k]], u)
	}
	return groups
}

// Seal is the hash of a plan and of who is in which arm.
func Seal(p Plan, as []Assignment) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	enc.Encode(p)
	for _, a := range as {
		enc.Encode(a)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Sealed is a plan that was frozen.
type Sealed struct {
	Plan
	Hash  string
	By    string
	At    time.Time
	Ended time.Time // when a person ended the waiting before its day; zero: nobody did
	Units []Assignment
	Keys  map[string]int // by the keys of organisations: the number of the unit
}

// Of returns the assignment of the first of the keys that was there when the
// plan was sealed.
func (s *Sealed) Of(keys ...string) (Assignment, bool) {
	if s != nil {
		for _, k := range keys {
			if i, ok := s.Keys[k]; ok {
				return s.Units[i], true
			}
		}
	}
	return Assignment{}, false
}

// Turn is where a unit of the plan stands in the order of sending, as
// [Plan.Turn] has it: where early is compared with late, all of the early ones
// come before all of the late ones, whatever their strata.
func (s *Sealed) Turn(key []byte, a Assignment) float64 {
	turn := s.Plan.Turn(key, a.Unit)
	switch {
	case !s.Order():
		return turn
	case a.Arm == Early:
		return turn / 2
	}
	return .5 + turn/2
}

// Waits reports whether a finding of a kind waits at a time, in a network with
// these keys, and until when.
func (s *Sealed) Waits(now time.Time, kind finding.Kind, keys ...string) (until time.Time, waits bool) {
	a, ok := s.Of(keys...)
	if !ok || !now.Before(s.Until) || !s.Ended.IsZero() || slices.Contains(s.Critical, kind) {
		return time.Time{}, false
	}
	arm, err := s.Arm(a.Arm)
	return s.Until, err == nil && arm.Waits
}
