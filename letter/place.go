package letter

import (
	"fmt"
	"slices"
	"time"

	"headsup/finding"
	"headsup/lookup"
)

// A Row is a finding together with what the registries said of its address.
type Row struct {
	ID      int64 // the ledger's
	Finding finding.Finding
	Network *lookup.Network // nil if nobody has been asked yet or the look-up failed
	Failure string          // why the look-up failed
	Special string          // why the address is special-use
	Letter  string          // the letter past review in which the finding already stands, or empty
	// Unreached says why the contacts that there were are left out, where none is left.
	Unreached string
	// Old says that the finding is too old to be sent ([Ages.TooOld]).
	Old bool
	// Kept says by which rule of the house nobody is written to ([Chooser]).
	Kept string
	// Told is the letter in which the finding was placed last, in whatever
	// state; nil: none. Fate says how.
	Told *Told
	Fate Fate
	// Turns are what contacts said of the address.
	Turns []Turn
}

// A Placement says where a row ended and why.
type Placement struct {
	Row    int64
	Fate   Fate
	Reason string // for people; empty for FateLettered
	Letter string // the letter past review in which the row already stands, or empty
}

// Place decides where rows that name the same service of the same host end.
//
// At most one of them is worth a letter: the one that stands in a letter past
// review already, else one that is not too old, the strongest, then the newest.
// The others are duplicates of it. Where one of them was taken back, none is. FateLettered means that Network.Contacts[0] is to be written to.
func Place(rows []Row, campaign string, stop *Suppressions, now time.Time) []Placement {
	best := 0
	for i, r := range rows {
		if outdoes(r, rows[best]) {
			best = i
		}
	}
	placed := make([]Placement, len(rows))
	for i, r := range rows {
		placed[i] = Placement{Row: r.ID, Fate: FateDuplicate, Reason: "the same as " + rows[best].Finding.Source}
	}
	placed[best].Fate, placed[best].Reason = place(rows[best], campaign, stop, now)
	placed[best].Letter = rows[best].Letter
	return placed
}

// outdoes reports whether a rather than b is what a letter is to be about.
func outdoes(a, b Row) bool {
	switch {
	case (a.Fate == FateWithdrawn) != (b.Fate == FateWithdrawn):
		return a.Fate == FateWithdrawn
	case (a.Letter != "") != (b.Letter != ""):
		return a.Letter != ""
	case a.fresh() != b.fresh():
		return a.fresh()
	}
	return tellsMore(a.Finding, b.Finding)
}

// fresh reports whether the finding is worth a letter, and may be sent.
func (r Row) fresh() bool { return !r.Old && Worthy(r.Finding) }

// Worthy reports whether a finding is strong enough to write to anybody about.
func Worthy(f finding.Finding) bool {
	return f.Strength == finding.Verified || f.Strength == finding.Observed
}

// tellsMore compares what two scanners said of the same service, whatever each calls it.
func tellsMore(a, b finding.Finding) bool {
	a.Service, b.Service = "", ""
	return finding.Compare(a, b) < 0
}

// NotLookedUp is the reason of a row about whose address nobody has been asked yet.
const NotLookedUp = "not looked up yet"

// clockSkew is how far ahead of ours a scanner's clock may be.
const clockSkew = 24 * time.Hour

func place(r Row, campaign string, stop *Suppressions, now time.Time) (Fate, string) {
	switch {
	case r.Fate == FateWithdrawn:
		return FateWithdrawn, "" // the ledger keeps the reason
	case r.Letter != "":
		return FateLettered, ""
	case r.Special != "":
		return FateSpecial, r.Special
	case !Worthy(r.Finding):
		return FateHeld, r.Finding.Reason
	case r.Finding.Seen.After(now.Add(clockSkew)):
		return FateHeld, fmt.Sprintf("seen at %s, which is yet to come: is the scanner's clock right?", r.Finding.Seen.Format(time.RFC3339))
	case r.Network == nil && r.Failure != "":
		return FateFailed, r.Failure
	case r.Network == nil:
		return FateFailed, NotLookedUp
	case r.Kept != "":
		return FateHeld, r.Kept
	case len(r.Network.Contacts) == 0 && r.Unreached != "":
		return FateNoContact, r.Unreached
	case len(r.Network.Contacts) == 0:
		return FateNoContact, fmt.Sprintf("%s names nobody for %s", orElse(r.Network.Server, "the registry"), orElse(r.Network.Handle, r.Finding.Addr.String()))
	}
	if s, ok := stop.Find(campaign, r.Network.Contacts[0], *r.Network, r.Finding.Addr, now); ok {
		return FateSuppressed, s.String()
	}
	return FateLettered, ""
}

// SameService reports whether two rows name the same service of the same host.
func SameService(a, b finding.Finding) bool {
	return a.Addr == b.Addr && a.Port == b.Port && a.Proto == b.Proto && a.Kind == b.Kind
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Kinds lists the kinds of the letter's findings, each once, in the order of
// their names, so that the same findings always give the same letter.
func (l Letter) Kinds() []finding.Kind {
	var kinds []finding.Kind
	for _, f := range l.Findings {
		kinds = append(kinds, f.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
