// Package switchboard finds what is known of whom a caller names, and what of it
// may be told to somebody who proves nothing.
//
// A caller who reads a reference out of a letter is told what the page that
// confirms a letter shows, and no more; who names an address or a mailbox alone
// learns nothing, not even that there is no letter. It changes nothing but the
// list of who looked.
package switchboard

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// A Sought is what a caller named.
type Sought string

const (
	Reference Sought = "reference" // of a letter
	Mailbox   Sought = "mailbox"
	Domain    Sought = "domain"
	Prefix    Sought = "prefix" // or an address
	Words     Sought = "words"
)

const (
	// mostLetters and mostFindings are how many a look shows.
	mostLetters, mostFindings = 50, 100
	// mostAsked is how many bytes are read of what was asked.
	mostAsked = 200
)

// A Found is what is known of what a caller named.
type Found struct {
	Asked        string
	As           Sought
	Letters      []ledger.Entry // by mailbox, those of one mailbox in their order
	Findings     []ledger.Located
	Suppressions []letter.Suppression
	MoreLetters  bool
	MoreFindings bool
	Tell         Tell
}

// Nothing reports whether nothing is known.
func (f Found) Nothing() bool { return len(f.Letters)+len(f.Findings)+len(f.Suppressions) == 0 }

// A Tell is what may be told to a caller who proves nothing.
type Tell struct {
	Say       Answer
	Date      time.Time // of the letter, for who read its reference out
	To        string    // its recipient, in part
	Hosts     int
	First     string // its first address, in part
	TakenBack bool   // something of it was taken back

	// True of all letters.
	Links     string // where alone they lead
	Telephone string // of the agency
}

// An Answer is what a caller is told first.
type Answer string

const (
	IsOurs  Answer = "ours"    // a letter with this reference is ours
	IsNot   Answer = "none"    // no letter with this reference has left
	AskMore Answer = "nothing" // neither that there is a letter nor that there is none
)

// Look finds what is known of what a caller named, for who sits at the desk, and
// records that they looked.
func Look(ctx context.Context, c *campaign.Campaign, asked, by string) (f Found, err error) {
	in := campaign.Within(c)
	f = Found{Asked: cut(asked), Tell: Tell{Say: AskMore}}
	if u, err := url.Parse(in.Settings.Site()); err == nil {
		f.Tell.Links = u.Host
	}
	if len(in.Rules.Agencies) > 0 {
		f.Tell.Telephone = in.Rules.Agencies[0].Phone
	}
	s := &search{in: in, c: c, found: &f}
	if err := s.find(ctx); err != nil {
		return f, err
	}
	slices.SortFunc(f.Letters, func(a, b ledger.Entry) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.To), strings.ToLower(b.To)), cmp.Compare(a.Round, b.Round), strings.Compare(a.ID, b.ID))
	})
	return f, ledger.NoteEnquiry(ctx, in.Ledger, ledger.Enquiry{Campaign: in.Rules.ID, By: by, Text: f.Asked, Found: len(f.Letters) + len(f.Findings)})
}

// Last returns who looked last, and what for.
func Last(ctx context.Context, c *campaign.Campaign, n int) ([]ledger.Enquiry, error) {
	in := campaign.Within(c)
	return ledger.Enquiries(ctx, in.Ledger, in.Rules.ID, n)
}

// cut keeps what is text of a question, up to a length.
func cut(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
	return strings.TrimSpace(strings.ToValidUTF8(s[:min(len(s), mostAsked)], ""))
}

// A search is one look.
type search struct {
	c     *campaign.Campaign
	in    campaign.Inside
	found *Found
}

// find reads what was asked, and looks there.
func (s *search) find(ctx context.Context) error {
	f := s.found
	full := letter.FullReference(s.in.Rules.ID, f.Asked)
	if p, ok := prefixOf(f.Asked); ok {
		f.As = Prefix
		return s.prefix(ctx, p)
	}
	if refs, _ := letter.Named(full); len(refs) == 1 && !strings.Contains(full, "@") {
		f.As = Reference
		return s.reference(ctx, refs[0])
	}
	if mailbox, err := lookup.Mailbox(f.Asked); err == nil {
		f.As = Mailbox
		if err := s.letters(ctx, ledger.Filter{Contact: mailbox}); err != nil {
			return err
		}
		_, domain, _ := strings.Cut(mailbox, "@")
		return s.suppressions(ctx, func(x letter.Suppression) bool {
			return x.Scope == letter.ByAddress && (x.Value == strings.ToLower(mailbox) || x.Value == letter.HashOf(x.Key, strings.ToLower(mailbox))) ||
				x.Scope == letter.ByDomain && within(domain, x.Value)
		})
	}
	f.As = Words
	if f.Asked == "" {
		return nil
	}
	if err := s.letters(ctx, ledger.Filter{Text: f.Asked}); err != nil || !strings.Contains(f.Asked, ".") || strings.ContainsAny(f.Asked, " @/") {
		return err
	}
	f.As = Domain
	domain := strings.ToLower(f.Asked)
	return s.suppressions(ctx, func(x letter.Suppression) bool {
		return x.Scope == letter.ByDomain && within(domain, x.Value) || x.Scope == letter.ByAddress && strings.HasSuffix(x.Value, "@"+domain)
	})
}

func within(name, domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }

// prefix finds the findings of a prefix, and the letters that tell them.
func (s *search) prefix(ctx context.Context, p netip.Prefix) (err error) {
	f := s.found
	if f.Findings, err = ledger.At(ctx, s.in.Ledger, s.in.Rules.ID, p, mostFindings+1); err != nil {
		return err
	}
	if f.MoreFindings = len(f.Findings) > mostFindings; f.MoreFindings {
		f.Findings = f.Findings[:mostFindings]
	}
	filter := ledger.Filter{Text: p.String()}
	if f.MoreFindings { // of a wide prefix the letters about what is shown: there may be any number of others
		filter = ledger.Filter{}
		for _, x := range f.Findings {
			if x.Letter != "" && !slices.Contains(filter.IDs, x.Letter) {
				filter.IDs = append(filter.IDs, x.Letter)
			}
		}
	}
	if filter.Text != "" || len(filter.IDs) > 0 {
		if err := s.letters(ctx, filter); err != nil {
			return err
		}
	}
	f.MoreLetters = f.MoreLetters || f.MoreFindings
	return s.suppressions(ctx, func(x letter.Suppression) bool {
		of, err := netip.ParsePrefix(x.Value)
		return x.Scope == letter.ByPrefix && err == nil && of.Overlaps(p)
	})
}

// reference finds a letter, and what may be told of it.
func (s *search) reference(ctx context.Context, id string) error {
	f := s.found
	f.Tell.Say = IsNot
	r, err := s.in.Ledger.Letter(ctx, id)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err != nil:
		return err
	case r.Campaign != s.in.Rules.ID:
		return nil
	}
	if err := s.letters(ctx, ledger.Filter{Contact: r.To}); err != nil {
		return err
	}
	if !slices.ContainsFunc(f.Letters, func(e ledger.Entry) bool { return e.ID == id }) { // the person was forgotten, or has many letters
		f.Letters = append(f.Letters, r.Entry)
	}
	for _, x := range r.Letter.Findings[:min(len(r.Letter.Findings), mostFindings)] {
		f.Findings = append(f.Findings, ledger.Located{Finding: x, Fate: letter.FateLettered, Letter: id, State: r.State})
	}
	f.MoreFindings = len(r.Letter.Findings) > mostFindings
	if slices.Contains(campaign.Confirmed, r.State) {
		f.Tell.Say, f.Tell.To = IsOurs, render.PartOfMailbox(r.To)
		f.Tell.Date, f.Tell.Telephone = r.Letter.Date, r.Letter.Agency.Phone
		f.Tell.Hosts, f.Tell.First = hosts(r.Letter)
		f.Tell.TakenBack, err = ledger.WasTakenBack(ctx, s.in.Ledger, id)
	}
	return err
}

// hosts counts those of a letter, and shows the first one in part.
func hosts(l letter.Letter) (n int, first string) {
	seen := map[netip.Addr]bool{}
	for _, x := range l.Findings {
		if len(seen) == 0 {
			first = render.PartOfAddress(x.Addr)
		}
		seen[x.Addr] = true
	}
	return len(seen), first
}

// letters finds those that a filter chooses.
func (s *search) letters(ctx context.Context, filter ledger.Filter) error {
	page, err := campaign.Page(ctx, s.c, ledger.Query{Filter: filter, Limit: mostLetters})
	s.found.Letters, s.found.MoreLetters = page.Entries, page.Next != nil
	return err
}

// suppressions finds those that are meant.
func (s *search) suppressions(ctx context.Context, meant func(letter.Suppression) bool) error {
	all, err := s.c.Suppressions(ctx)
	for _, x := range all {
		if (x.Campaign == "" || x.Campaign == s.in.Rules.ID) && meant(x) {
			s.found.Suppressions = append(s.found.Suppressions, x)
		}
	}
	return err
}

// prefixOf reads an address or a prefix.
func prefixOf(s string) (p netip.Prefix, ok bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}
