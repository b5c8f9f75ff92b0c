package lookup

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Table is one of IANA's RDAP bootstrap registries (RFC 9224): which
// registry to ask first about a part of the address space.
type Table struct {
	Kind      string    // "ipv4", "ipv6", "asn"; or "dns", which look-ups do not use
	Published time.Time // UTC
	Entries   int       // prefixes, ranges of AS numbers, or top-level domains

	hosts [][]string // of each service, those of its https URLs
	body  []byte
}

// TableKinds are the tables that look-ups use.
var TableKinds = []string{"ipv4", "ipv6", "asn"}

// ErrTable means that a file is not a table to be used.
var ErrTable = errors.New("not a bootstrap table to be used")

const (
	maxTable        = 4 << 20 // bytes; IANA's largest, dns.json, has 80,000
	maxTableEntries = 50_000
	fetchTimeout    = 30 * time.Second
)

// The tables as IANA published them: IPv4 2019-06-07, IPv6 2019-11-06, AS
// numbers 2024-04-10; the http twins of servers are left out.
//
//go:embed iana/ipv4.json iana/ipv6.json iana/asn.json
var ianaFiles embed.FS

// BuiltInTables returns the tables that this program was built with.
func BuiltInTables() []Table {
	var all []Table
	for _, kind := range TableKinds {
		body, _ := ianaFiles.ReadFile("iana/" + kind + ".json") // embedded: it is there
		t, err := ParseTable(body)
		if err != nil {
			panic(err) // the tests read them
		}
		all = append(all, t)
	}
	return all
}

// Newest returns one table of each kind that look-ups use: the built-in one,
// or a newer one of list.
func Newest(list []Table) []Table {
	all := BuiltInTables()
	for i := range all {
		for _, t := range list {
			if t.Kind == all[i].Kind && t.Published.After(all[i].Published) {
				all[i] = t
			}
		}
	}
	return all
}

func tableError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTable, fmt.Sprintf(format, args...))
}

// ParseTable reads a table of any kind, which its entries tell. It refuses
// what is not version 1.0, has no date, or holds an entry or a server that
// cannot be read (RFC 9224 sections 4 and 5). An error is an [ErrTable].
func ParseTable(body []byte) (Table, error) {
	if len(body) > maxTable {
		return Table{}, tableError("%d bytes are more than %d", len(body), maxTable)
	}
	var file struct {
		Version     string
		Publication time.Time
		Services    [][][]string
	}
	if err := json.Unmarshal(body, &file); err != nil {
		return Table{}, tableError("%s", clean(err.Error(), 200))
	}
	if file.Version != "1.0" {
		return Table{}, tableError("version %q, not 1.0", clean(file.Version, 20))
	}
	if file.Publication.IsZero() {
		return Table{}, tableError("no publication date")
	}
	t := Table{Published: file.Publication.UTC(), body: body}
	seen := map[string]bool{}
	for i, service := range file.Services {
		if err := t.service(service, seen); err != nil {
			return Table{}, fmt.Errorf("%w, in service %d", err, i+1)
		}
	}
	if t.Entries == 0 {
		return Table{}, tableError("no entries")
	}
	return t, nil
}

func (t *Table) service(service [][]string, seen map[string]bool) error {
	if len(service) != 2 {
		return tableError("not a list of entries and a list of servers")
	}
	for _, entry := range service[0] {
		kind := entryKind(entry)
		switch {
		case kind == "" || t.Kind != "" && t.Kind != kind:
			return tableError("entry %q", clean(entry, 60))
		case seen[entry]:
			return tableError("entry %q twice", clean(entry, 60))
		case t.Entries == maxTableEntries:
			return tableError("more than %d entries", maxTableEntries)
		}
		t.Kind, seen[entry] = kind, true
		t.Entries++
	}
	var hosts []string
	for _, s := range service[1] {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			!hostName.MatchString(strings.ToLower(u.Hostname())) || !strings.HasSuffix(u.Path, "/") {
			return tableError("server %q", clean(s, 100))
		}
		if u.Scheme == "https" {
			hosts = append(hosts, strings.ToLower(u.Host))
		}
	}
	if len(hosts) == 0 && t.Kind != "dns" {
		return tableError("no server with https")
	}
	t.hosts = append(t.hosts, hosts)
	return nil
}

// entryKind tells the kind of a table by one of its entries, or "" if it is none.
func entryKind(entry string) string {
	if p, err := netip.ParsePrefix(entry); err == nil && p == p.Masked() && !p.Addr().Is4In6() {
		if p.Addr().Is4() {
			return "ipv4"
		}
		return "ipv6"
	}
	from, to, ranged := strings.Cut(entry, "-")
	a, err1 := strconv.ParseUint(from, 10, 32)
	b, err2 := strconv.ParseUint(to, 10, 32)
	if err1 == nil && (!ranged || err2 == nil && a <= b) {
		return "asn"
	}
	if err1 != nil && hostName.MatchString("x."+strings.ToLower(entry)) {
		return "dns"
	}
	return ""
}

// Check says why t is not to be used in place of inUse, which is of its kind:
// it is older, or from the future, holds less than half, leaves out one of the
// five regional registries, or sends questions to a server that settings do
// not know. An error is an [ErrTable].
func (t Table) Check(inUse Table, settings Registries, now time.Time) error {
	known, err := settings.rdapHosts()
	switch {
	case err != nil:
		return err
	case t.Kind != inUse.Kind:
		return tableError("%s, not %s", t.Kind, inUse.Kind)
	case t.Published.Before(inUse.Published):
		return tableError("of %s, older than that in use, of %s", t.Published.Format(time.DateOnly), inUse.Published.Format(time.DateOnly))
	case t.Published.After(now.Add(24 * time.Hour)):
		return tableError("of %s, which is to come", t.Published.Format(time.DateOnly))
	case t.Entries < inUse.Entries/2:
		return tableError("%d entries, less than half of the %d in use", t.Entries, inUse.Entries)
	}
	for _, name := range pollOrder {
		host := hostOf(defaults[name].RDAP)
		if !slices.ContainsFunc(t.hosts, func(hosts []string) bool { return slices.Contains(hosts, host) }) {
			return tableError("nothing for %s", strings.ToUpper(name))
		}
	}
	for _, hosts := range t.hosts {
		if !slices.ContainsFunc(hosts, func(h string) bool { return known[h] }) {
			return tableError("no registry of the settings is at %q", strings.Join(hosts, ", "))
		}
	}
	return nil
}

// Bytes returns the file that t was read from.
func (t Table) Bytes() []byte { return t.body }

// rdapHosts are the servers that answer for the registries: the built-in ones,
// and those of the settings.
func (r Registries) rdapHosts() (map[string]bool, error) {
	all, err := r.offices()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for name, o := range all {
		if base := defaults[name].RDAP; base != "" {
			known[hostOf(base)] = true
		}
		if o.rdap != nil {
			known[o.rdap.Host] = true
		}
	}
	return known, nil
}

// FetchTable downloads the table of one kind from a base URL such as
// https://data.iana.org/rdap/. It dials public addresses only, over https, and
// follows no redirect; an address that the URL itself names may be any, and
// then http will do.
func FetchTable(ctx context.Context, base, kind string) ([]byte, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	_, err = netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || err != nil) || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("not a base URL with https: %q", u.Redacted())
	}
	g := newGate(map[string]*office{"": {rdap: u}}, Options{})
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath(kind+".json").String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	client := &http.Client{
		Transport:     &http.Transport{DialContext: g.dialer().DialContext, ForceAttemptHTTP2: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, bare(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxTable+1))
}
