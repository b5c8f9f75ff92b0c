package lookup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gaissmai/bart"
	"go4.org/netipx"
	"golang.org/x/text/language"

	"headsup/pattern"
	"headsup/sheet"
)

// Overrides are the operator's own contacts. They overrule the registries: the
// most specific match serves, and of one match all rows, in their order.
type Overrides struct {
	prefixes bart.Table[*Network]
	as       map[uint32]*Network
	domains  map[string]*Network
}

var (
	overrideColumns = []string{"match", "email", "name", "org", "country", "language", "address", "policy", "role", "reports", "attachments"}
	overrideAS      = pattern.New(`(?i)^AS(\d{1,10})$`)
)

const (
	maxOverride     = 1 << 20 // rows
	maxBadOverrides = 10      // rows that are named
)

// ReadOverrides reads a table with a header, in any spelling that [sheet] reads.
// name and at say where contacts come from and since when they hold.
//
//	match      a network as [sheet.Network] reads it, an AS number ("AS64500") or a
//	           domain
//	email      who is written to, also with a name before it: Desk <abuse@…>
//	name, org  whose it is
//	country    ISO 3166-1 alpha-2
//	language   BCP 47
//	address    postal lines, separated by line ends or " | "
//	policy     empty, or "nobody": nobody is written to, and email is empty
//	role       "abuse", also if empty, or "customer": who uses a provider's line
//	reports    XARF reports for machines: "digest", all in the one mail, "each",
//	           a mail for each address, or "none"; empty: none for customers, a
//	           digest for everybody else
//
// Only match is needed in the header. Lines that begin with "#" are comments.
// A row that cannot be read makes the whole table useless, because a registry's
// contact would be written to in its place; each error starts with "name:line",
// and a table has [maxBadOverrides] of them at most.
func ReadOverrides(r io.Reader, name string, at time.Time) (*Overrides, error) {
	o := &Overrides{as: map[uint32]*Network{}, domains: map[string]*Network{}}
	t := sheet.NewTable(sheet.NewText(r), func(c string) bool { return slices.Contains(overrideColumns, c) })
	head, err := t.Head()
	if errors.Is(err, io.EOF) {
		return o, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := head.Only(overrideColumns, "match"); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, head.Line, err)
	}
	var bad []error
	for n := 0; ; n++ {
		row, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && bad == nil:
			return o, nil
		case errors.Is(err, io.EOF) || len(bad) == maxBadOverrides:
			return nil, errors.Join(bad...)
		}
		last := err != nil && !sheet.OfRow(err) || n >= maxOverride
		where := name + ":" + strconv.Itoa(row.Line)
		if err == nil && n >= maxOverride {
			err = fmt.Errorf("more than %d rows", maxOverride)
		}
		if err == nil {
			err = o.add(func(h string) string { return strings.TrimSpace(row.Get(h)) }, where, at.UTC())
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", where, err))
		}
		if last {
			return nil, errors.Join(bad...)
		}
	}
}

func (o *Overrides) add(get func(string) string, where string, at time.Time) error {
	for _, h := range overrideColumns {
		if v := get(h); !utf8.ValidString(v) || len(v) > 2000 {
			return fmt.Errorf("%s: too long or not UTF-8", h)
		}
	}
	c, err := overrideContact(get)
	if err != nil {
		return err
	}
	match := get("match")
	c.Server, c.Handle = where, clean(match, 100)
	fresh := &Network{Handle: c.Handle, Name: c.Handle, Org: c.Org, Country: c.Country, Source: "override", Server: where, Fetched: at}
	n, err := o.slot(match, fresh)
	if err != nil {
		return err
	}
	nobody := get("policy") != ""
	if n != fresh && (nobody || len(n.Contacts) == 0) {
		return fmt.Errorf("match: %q has a row that says otherwise", match)
	}
	if !nobody {
		n.Contacts = append(n.Contacts, c)
		if c.Language != "" && !slices.Contains(n.Languages, c.Language) {
			n.Languages = append(n.Languages, c.Language)
		}
	}
	return nil
}

func overrideContact(get func(string) string) (c Contact, err error) {
	switch email, policy := get("email"), get("policy"); {
	case policy == "nobody" && email == "":
	case policy == "nobody":
		return c, fmt.Errorf("policy: %q goes without email", policy)
	case policy != "":
		return c, fmt.Errorf("policy: neither empty nor %q: %q", "nobody", policy)
	default:
		if c.Email, c.Name, err = namedMail(email); err != nil {
			return c, fmt.Errorf("email: %w: %q", err, email)
		}
	}
	c.Role, c.Rule, c.Attribute = cmp.Or(get("role"), "abuse"), "override", "email"
	if c.Role != "abuse" && c.Role != Customer {
		return c, fmt.Errorf("role: neither %q nor %q: %q", "abuse", Customer, c.Role)
	}
	if c.Reports = get("reports"); !slices.Contains([]string{"", DigestReports, EachReports, NoReports}, c.Reports) {
		return c, fmt.Errorf("reports: neither %q, %q nor %q: %q", DigestReports, EachReports, NoReports, c.Reports)
	}
	if names := strings.FieldsFunc(get("attachments"), func(r rune) bool { return strings.ContainsRune(" ,;|+", r) }); len(names) > 0 {
		if c.Attachments, err = ParseAttachments(names); err != nil {
			return c, err
		}
	}
	c.Name, c.Org = clean(cmp.Or(get("name"), c.Name), 200), clean(get("org"), 200)
	if cc := get("country"); cc != "" {
		if c.Country = CountryCode(cc); c.Country == "" {
			return c, fmt.Errorf("country: not of ISO 3166-1: %q", cc)
		}
	}
	if tag := get("language"); tag != "" {
		l, err := language.Parse(tag)
		if err != nil {
			return c, fmt.Errorf("language: not of BCP 47: %q", tag)
		}
		c.Language = l.String()
	}
	c.Address = cleanLines(strings.Split(strings.ReplaceAll(get("address"), " | ", "\n"), "\n"), c.Name, c.Org)
	return c, nil
}

// namedMail reads a mail address, alone or as a mail program writes it: with a
// name before it.
func namedMail(s string) (email, name string, err error) {
	if email, err = addrSpec(s); err == nil {
		return email, "", nil
	}
	if a, merr := mail.ParseAddress(s); merr == nil {
		email, err = addrSpec(a.Address)
		return email, a.Name, err
	}
	return "", "", err
}

// Mailbox returns the address that somebody wrote, with or without a name, as
// contacts have it: the domain in lower-case ASCII.
func Mailbox(s string) (email string, err error) {
	email, _, err = namedMail(s)
	return email, err
}

// slot returns what is stored for match, which is fresh if nothing was.
func (o *Overrides) slot(match string, fresh *Network) (*Network, error) {
	if m := overrideAS.FindStringSubmatch(match); m != nil {
		as, err := strconv.ParseUint(m[1], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("match: not an AS number: %q", match)
		}
		return slotIn(o.as, uint32(as), fresh), nil
	}
	if p, err := sheet.Network(match); err == nil {
		if p != p.Masked() || p.Addr().Is4In6() {
			return nil, fmt.Errorf("match: not the start of a prefix: %q", match)
		}
		if n, ok := o.prefixes.Get(p); ok {
			return n, nil
		}
		fresh.First, fresh.Last = p.Addr(), netipx.PrefixLastIP(p)
		o.prefixes.Insert(p, fresh)
		return fresh, nil
	}
	if name := strings.ToLower(strings.TrimSuffix(match, ".")); len(name) < 254 && hostName.MatchString(name) {
		return slotIn(o.domains, name, fresh), nil
	}
	return nil, fmt.Errorf("match: neither prefix, address, AS number nor domain: %q", match)
}

func slotIn[K comparable](m map[K]*Network, k K, fresh *Network) *Network {
	if m[k] == nil {
		m[k] = fresh
	}
	return m[k]
}

// Lookup implements [Source].
func (o *Overrides) Lookup(_ context.Context, addr netip.Addr) (Network, bool, error) {
	n, ok := o.prefixes.Lookup(addr)
	return own(n), ok, nil
}

// LookupAS returns the override for an AS number.
func (o *Overrides) LookupAS(_ context.Context, as uint32) (Network, bool, error) {
	n, ok := o.as[as]
	return own(n), ok, nil
}

// LookupDomain returns the override for name or the longest part of it.
func (o *Overrides) LookupDomain(_ context.Context, name string) (Network, bool, error) {
	for ok := true; ok; _, name, ok = strings.Cut(name, ".") {
		if n := o.domains[name]; n != nil {
			return own(n), true, nil
		}
	}
	return Network{}, false, nil
}

// own returns a copy that the caller may append to.
func own(n *Network) Network {
	if n == nil {
		return Network{}
	}
	c := *n
	c.Contacts = slices.Clone(c.Contacts)
	c.Languages = slices.Clone(c.Languages)
	return c
}
