package lease

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gaissmai/bart"
	"golang.org/x/text/language"

	"headsup/sheet"
)

// A Customer is whom an address, a login or a name belongs to.
type Customer struct {
	ID       string         `json:"customer"`
	Name     string         `json:"name"`
	Email    string         `json:"email"`
	Other    string         `json:"other_email,omitempty"` // a mailbox of theirs elsewhere
	Address  []string       `json:"address,omitempty"`     // postal lines
	Language string         `json:"language,omitempty"`
	Country  string         `json:"country,omitempty"`
	Zone     *time.Location `json:"-"`                  // nil where the file names none
	Contract string         `json:"contract,omitempty"` // access, hosting or mail
	Class    string         `json:"class,omitempty"`    // private, business, or "" where it is not said
	Source   string         `json:"source"`             // file:line
}

// Reachable reports whether there is any way to write to a customer.
func (c *Customer) Reachable() bool { return c.Email != "" || c.Other != "" || len(c.Address) > 0 }

// Pool is the contract of a row that is no customer: the house hands the
// addresses out, and the logs say to whom.
const Pool = "pool"

// Customers are the customers of a house, by prefix, login and name. They are
// not changed after they are read.
type Customers struct {
	byID     map[string]*Customer
	prefixes bart.Table[*claim]
	logins   map[string]*claim
	names    map[string]*claim
	owners   map[string]string // what each prefix, login and name belongs to, by its text
	problems []Problem

	mailboxes map[string]*Customer // nil where several have it
}

// A claim is who says that something is theirs: one customer, several, or
// nobody, where it is the pool.
type claim struct {
	of    []*Customer
	pool  bool
	where string
}

// A Problem is a row of customers that serves, but not as it may be meant.
type Problem struct {
	Source string `json:"source"` // file:line
	Text   string `json:"text"`
}

func (p Problem) String() string { return p.Source + ": " + p.Text }

var customerColumns = []string{"customer", "name", "prefix", "login", "email", "other_email", "address", "language", "country", "zone",
	"contract", "class", "names"}

// aliases are other names of columns that people write.
var aliases = map[string][]string{
	"customer": {"customer_id", "id", "customer_number"}, "prefix": {"prefixes", "network", "networks", "cidr", "ip"},
	"login": {"logins", "user", "username"}, "email": {"e_mail", "mail"}, "names": {"domains", "urls", "hostnames"},
	"address": {"postal_address"}, "language": {"lang"}, "zone": {"time_zone", "timezone"},
}

const (
	maxCustomers    = 20 << 20 // rows
	maxBadCustomers = 10       // rows that are named
)

// ErrNoCustomers means that a file of customers holds none.
var ErrNoCustomers = errors.New("no customers")

// ReadCustomers reads a table with a header, in any spelling that [sheet] reads.
// name says where a customer comes from.
//
//	customer  its number or name in the house; several rows may be of one
//	prefix    networks as [sheet.Networks] reads them, with "|", "," or ";" between
//	login     what logs call it, with "|" between: user names, hardware addresses,
//	          circuits; the customer's number is one too
//	names     domains and URLs that are its own, with blanks or "|" between
//	email, other_email, address, language, country, zone
//	          whom to write to, how and where: other_email where email may not be
//	          used; postal lines as in contacts
//	contract  access (also if empty), hosting, mail, or pool: addresses that are
//	          handed out, and nobody's by themselves
//	class     private, business, or empty
//
// A row that cannot be read makes the whole table useless, because its
// addresses would be those of whoever has the network around them; each such
// error starts with "name:line". What serves all the same is in [Customers.Problems].
func ReadCustomers(r io.Reader, name string) (*Customers, error) {
	c := &Customers{byID: map[string]*Customer{}, logins: map[string]*claim{}, names: map[string]*claim{}, owners: map[string]string{}}
	t := sheet.NewTable(sheet.NewText(r), knownColumn)
	head, err := t.Head()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, ErrNoCustomers)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for column, others := range aliases {
		for _, other := range others {
			if !head.Has(column) {
				head.Alias(column, other)
			}
		}
	}
	if !head.Has("customer") || !head.Has("prefix") && !head.Has("login") && !head.Has("names") {
		return nil, fmt.Errorf("%s:%d: %w", name, head.Line, &sheet.ColumnError{Name: missingColumn(head)})
	}
	var bad []error
	for n := 0; len(bad) < maxBadCustomers; n++ {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		where := name + ":" + strconv.Itoa(row.Line)
		last := err != nil && !sheet.OfRow(err) || n >= maxCustomers
		if err == nil && n >= maxCustomers {
			err = fmt.Errorf("more than %d rows", maxCustomers)
		}
		if err == nil {
			err = c.add(func(h string) string { return strings.TrimSpace(row.Get(h)) }, where)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", where, err))
		}
		if last {
			break
		}
	}
	switch {
	case bad != nil:
		return nil, errors.Join(bad...)
	case len(c.owners) == 0:
		return nil, fmt.Errorf("%s: %w", name, ErrNoCustomers)
	}
	c.look()
	return c, nil
}

func knownColumn(s string) bool {
	if slices.Contains(customerColumns, s) {
		return true
	}
	for _, others := range aliases {
		if slices.Contains(others, s) {
			return true
		}
	}
	return false
}

func missingColumn(head *sheet.Head) string {
	if !head.Has("customer") {
		return "customer"
	}
	return "prefix"
}

// add takes in one row.
func (c *Customers) add(get func(string) string, where string) error {
	for _, h := range customerColumns {
		if v := get(h); !utf8.ValidString(v) || len(v) > 64<<10 {
			return fmt.Errorf("%s: too long or not UTF-8", h)
		}
	}
	fresh, err := customerOf(get, where)
	if err != nil {
		return err
	}
	pool := fresh.Contract == Pool
	who := fresh
	if !pool {
		if who, err = c.merge(fresh); err != nil {
			return err
		}
	}
	for _, text := range split(get("prefix"), "|,;\n") {
		ps, err := sheet.Networks(text)
		if err != nil {
			return fmt.Errorf("prefix: %w", err)
		}
		for _, p := range ps {
			if p != p.Masked() || p.Bits() == 0 {
				return fmt.Errorf("prefix: not the start of a network: %q", text)
			}
			at, ok := c.prefixes.Get(p)
			if !ok {
				at = &claim{where: where}
				c.prefixes.Insert(p, at)
			}
			c.own(at, who, pool, "network "+p.String(), where)
		}
	}
	if pool {
		return nil
	}
	logins := split(get("login"), "|\n")
	for _, l := range append(logins, who.ID) {
		c.own(claimOf(c.logins, login(l)), who, false, "login "+login(l), where)
	}
	for _, text := range split(get("names"), "|,; \n") {
		host := hostOf(text)
		if host == "" {
			return fmt.Errorf("names: neither a domain nor a URL: %q", text)
		}
		c.own(claimOf(c.names, host), who, false, "name "+host, where)
	}
	return nil
}

func claimOf(m map[string]*claim, key string) *claim {
	if m[key] == nil {
		m[key] = &claim{}
	}
	return m[key]
}

// own says that what is a customer's, or the pool's.
func (c *Customers) own(at *claim, who *Customer, pool bool, what, where string) {
	owner := Pool
	if !pool {
		owner = who.ID
	}
	switch before, ok := c.owners[what]; {
	case ok && before != owner:
		c.problems = append(c.problems, Problem{where, fmt.Sprintf("%s is %q's too: nobody is told of it", what, before)})
	case ok:
		return
	}
	c.owners[what] = owner
	at.pool = at.pool || pool
	if !pool {
		at.of = append(at.of, who)
	}
}

// merge joins the rows of one customer. They may add to each other, and not
// say otherwise.
func (c *Customers) merge(fresh *Customer) (*Customer, error) {
	old := c.byID[fresh.ID]
	if old == nil {
		c.byID[fresh.ID] = fresh
		return fresh, nil
	}
	for _, f := range []struct {
		what     string
		old, new *string
	}{
		{"name", &old.Name, &fresh.Name}, {"email", &old.Email, &fresh.Email}, {"other_email", &old.Other, &fresh.Other}, {"language", &old.Language, &fresh.Language},
		{"country", &old.Country, &fresh.Country}, {"class", &old.Class, &fresh.Class}, {"contract", &old.Contract, &fresh.Contract},
	} {
		if *f.old != "" && *f.new != "" && *f.old != *f.new {
			return nil, fmt.Errorf("%s: customer %q has %q in %s", f.what, old.ID, *f.old, old.Source)
		}
		*f.old = cmp.Or(*f.old, *f.new)
	}
	if len(old.Address) == 0 {
		old.Address = fresh.Address
	}
	old.Zone = cmp.Or(old.Zone, fresh.Zone)
	return old, nil
}

// look finds whose a mailbox is, and the customers whom nobody can write to.
func (c *Customers) look() {
	c.mailboxes = map[string]*Customer{}
	for _, who := range c.byID {
		for _, mailbox := range []string{who.Email, who.Other} {
			key := strings.ToLower(mailbox)
			if other, shared := c.mailboxes[key]; key != "" && shared && other != who {
				c.mailboxes[key] = nil
			} else if key != "" {
				c.mailboxes[key] = who
			}
		}
	}
	for _, who := range c.byID {
		if !who.Reachable() {
			c.problems = append(c.problems, Problem{who.Source, fmt.Sprintf("customer %q has neither e-mail nor postal address", who.ID)})
		}
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(lineOf(a.Source), lineOf(b.Source)) })
}

func lineOf(source string) int {
	n, _ := strconv.Atoi(source[strings.LastIndexByte(source, ':')+1:])
	return n
}

func customerOf(get func(string) string, where string) (*Customer, error) {
	c := &Customer{
		ID:       get("customer"),
		Name:     get("name"),
		Contract: strings.ToLower(get("contract")),
		Class:    strings.ToLower(get("class")),
		Source:   where,
	}
	if c.ID == "" && c.Contract != Pool {
		return nil, errors.New("customer: empty")
	}
	if !slices.Contains([]string{"", "access", "hosting", "mail", Pool}, c.Contract) {
		return nil, fmt.Errorf("contract: neither access, hosting, mail nor pool: %q", c.Contract)
	}
	if !slices.Contains([]string{"", "private", "business"}, c.Class) {
		return nil, fmt.Errorf("class: neither private nor business: %q", c.Class)
	}
	if text := get("other_email"); text != "" {
		a, err := mail.ParseAddress(text)
		if err != nil {
			return nil, fmt.Errorf("other_email: not a mail address: %q", text)
		}
		c.Other = a.Address
	}
	if text := get("email"); text != "" {
		a, err := mail.ParseAddress(text)
		if err != nil {
			return nil, fmt.Errorf("email: not a mail address: %q", text)
		}
		c.Email, c.Name = a.Address, cmp.Or(c.Name, a.Name)
	}
	if tag := get("language"); tag != "" {
		l, err := language.Parse(tag)
		if err != nil {
			return nil, fmt.Errorf("language: not of BCP 47: %q", tag)
		}
		c.Language = l.String()
	}
	if cc := strings.ToUpper(get("country")); cc != "" {
		if r, err := language.ParseRegion(cc); err != nil || len(cc) != 2 || !r.IsCountry() {
			return nil, fmt.Errorf("country: not of ISO 3166-1: %q", cc)
		}
		c.Country = cc
	}
	if z := get("zone"); z != "" {
		l, err := sheet.ParseZone(z)
		if err != nil {
			return nil, fmt.Errorf("zone: %w", err)
		}
		c.Zone = l
	}
	c.Address = split(strings.ReplaceAll(get("address"), " | ", "\n"), "\n")
	return c, nil
}

// split returns the parts of a text that are not blank.
func split(s, separators string) (parts []string) {
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// login writes what logs call a customer in one way.
func login(s string) string { return strings.ToLower(mac(s)) }

// hostOf returns the host of a URL or a domain, or "".
func hostOf(s string) string {
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil {
			return ""
		}
		s = u.Hostname()
	}
	s, _, _ = strings.Cut(strings.ToLower(strings.Trim(s, ". ")), "/")
	if _, err := netip.ParseAddr(s); err == nil || !strings.Contains(s, ".") || strings.ContainsAny(s, " @:") || len(s) > 253 {
		return ""
	}
	return s
}
