// Package registries says whom a campaign asked who answers for its addresses,
// how fast, and what they did not say; and asks again.
//
// Who answers is decided in lookup, and what becomes of a row in letter: this
// package only counts, and shows the house's own contacts as they stand in their
// file.
package registries

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/pattern"
	"headsup/sheet"
)

// A Registry is a host that is asked, and how it is treated.
type Registry struct {
	Host   string
	Every  time.Duration // between two questions, after the first Burst; 0: as fast as it answers
	Burst  int
	Rests  time.Time // it asked for a rest until then; zero: it did not
	Slowed time.Time // when it last refused; zero: never
}

// A Kind is why a look-up failed.
type Kind string

const (
	Due       Kind = "due"       // nobody was asked yet
	Refused   Kind = "refused"   // it answers, and does not answer us
	Temporary Kind = "temporary" // it did not answer
	Nonsense  Kind = "nonsense"  // what it answered is no answer
	Other     Kind = "other"
)

// A Failure is why look-ups failed, at one registry.
type Failure struct {
	Registry string // empty: at none
	Kind     Kind
	Example  string
	Rows     int
}

// A View is what is to be known about the look-ups of a campaign.
type View struct {
	Registries []Registry
	Failures   []Failure
	Silent     []ledger.ReasonCount // networks for which nobody is named, in words
	MoreSilent bool
}

// mostReasons is how many reasons are read, and mostSilent how many networks
// without a contact are shown.
const mostReasons, mostSilent = 500, 100

// Look returns what is to be known about the look-ups of a campaign at a time.
func Look(ctx context.Context, c *campaign.Campaign, now time.Time) (v View, err error) {
	in := campaign.Within(c)
	lanes, err := in.Ledger.Lanes(ctx)
	if err != nil {
		return v, err
	}
	for _, l := range lanes {
		if host, ok := strings.CutPrefix(l.Key, "registry:"); ok {
			r := Registry{Host: host, Every: l.Pace.Every, Burst: l.Pace.Burst, Slowed: l.Slowed}
			if l.Paused.After(now) {
				r.Rests = l.Paused
			}
			v.Registries = append(v.Registries, r)
		}
	}
	failed, err := ledger.Reasons(ctx, in.Ledger, in.Rules.ID, letter.FateFailed, mostReasons)
	if err != nil {
		return v, err
	}
	v.Failures = together(failed)
	v.Silent, err = ledger.Reasons(ctx, in.Ledger, in.Rules.ID, letter.FateNoContact, mostSilent+1)
	if v.MoreSilent = len(v.Silent) > mostSilent; v.MoreSilent {
		v.Silent = v.Silent[:mostSilent]
	}
	return v, err
}

var hostName = pattern.New(`(?i)\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b`)

// together counts failures by registry and kind, the most frequent first.
func together(reasons []ledger.ReasonCount) (all []Failure) {
	for _, r := range reasons {
		f := Failure{Registry: strings.ToLower(hostName.FindString(r.Reason)), Kind: kindOf(r.Reason), Example: r.Reason, Rows: r.Rows}
		if f.Kind == Due {
			f.Registry = ""
		}
		i := slices.IndexFunc(all, func(o Failure) bool { return o.Registry == f.Registry && o.Kind == f.Kind })
		if i < 0 {
			all = append(all, f)
			continue
		}
		all[i].Rows += f.Rows
	}
	slices.SortStableFunc(all, func(a, b Failure) int { return cmp.Compare(b.Rows, a.Rows) })
	return all
}

// kindOf tells why a look-up failed by the words that lookup wrote, which is all
// that the ledger keeps of it.
func kindOf(reason string) Kind {
	for _, k := range []struct {
		words string
		kind  Kind
	}{{letter.NotLookedUp, Due}, {"refused by the registry", Refused}, {"temporary failure", Temporary}, {"not asked after", Temporary},
		{"not an answer of a registry", Nonsense}} {
		if strings.Contains(reason, k.words) {
			return k.kind
		}
	}
	return Other
}

// Ask asks about every address that has no answer, and writes the drafts anew, as
// headsup draft without a file does. tell is told what happens.
func Ask(ctx context.Context, c *campaign.Campaign, day time.Time, tell func(campaign.Event)) error {
	_, err := c.Telling(tell).Draft(ctx, nil, finding.Options{}, campaign.AskOptions{}, day)
	return err
}

// Contacts are the house's own, as they stand in their file.
type Contacts struct {
	File string // as the settings name it; empty: there is none
	Rows []Contact
	All  int // rows in the file
	Fits int // those of them that were asked for
}

// A Contact is one row of the file.
type Contact struct {
	Line                                                            int
	Match, Email, Name, Org, Country, Language, Role, Policy, Other string
}

// columns are those that are shown each by itself; the others follow in words.
var columns = []string{"match", "email", "name", "org", "country", "language", "role", "policy"}

// Own reads the house's own contacts, those of them in which some words stand, so
// many at the most.
func Own(c *campaign.Campaign, words string, most int) (out Contacts, err error) {
	s := campaign.Within(c).Settings
	if out.File = s.Lookup.Overrides; out.File == "" {
		return out, nil
	}
	f, err := os.Open(s.Path(out.File))
	if err != nil {
		return out, err
	}
	defer f.Close()
	t := sheet.NewTable(sheet.NewText(f), func(name string) bool { return slices.Contains(columns, name) })
	head, err := t.Head()
	if errors.Is(err, io.EOF) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	sought := strings.ToLower(strings.TrimSpace(words))
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil && !sheet.OfRow(err) {
			return out, err
		}
		out.All++
		if !strings.Contains(strings.ToLower(strings.Join(row.Cells, "\n")), sought) {
			continue
		}
		if out.Fits++; len(out.Rows) < most {
			out.Rows = append(out.Rows, contactOf(head, row))
		}
	}
}

func contactOf(head *sheet.Head, row sheet.Row) Contact {
	c := Contact{Line: row.Line}
	for i, to := range []*string{&c.Match, &c.Email, &c.Name, &c.Org, &c.Country, &c.Language, &c.Role, &c.Policy} {
		*to = finding.Clean(row.Get(columns[i]), 200)
	}
	var more []string
	for i, name := range head.Columns {
		if i < len(row.Cells) && strings.TrimSpace(row.Cells[i]) != "" && !slices.Contains(columns, sheet.Name(name)) {
			more = append(more, name+": "+row.Cells[i])
		}
	}
	c.Other = finding.Clean(strings.Join(more, "; "), 400)
	return c
}
