package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"headsup/campaign/settings"
	"headsup/lookup"
)

// A Lookup says who answers for what was asked about. Its JSON names are settled.
type Lookup struct {
	Query    string           `json:"query"`
	Network  string           `json:"network"`
	Handle   string           `json:"handle"`
	Name     string           `json:"name"`
	Org      string           `json:"org"`
	Country  string           `json:"country"`
	Langs    []string         `json:"languages,omitempty"` // as the registry hints
	Status   lookup.Status    `json:"status"`
	Email    string           `json:"email"`
	Rule     string           `json:"rule"`
	Source   string           `json:"source"`
	Server   string           `json:"server"`
	Fetched  time.Time        `json:"fetched,omitzero"`
	Contacts []lookup.Contact `json:"contacts"`
	Rejected []lookup.Contact `json:"rejected,omitempty"`
	Reason   string           `json:"reason,omitempty"`
}

func newLookup(query string, n lookup.Network, err error) Lookup {
	l := Lookup{
		Query:    query,
		Handle:   n.Handle,
		Name:     n.Name,
		Org:      n.Org,
		Country:  n.Country,
		Langs:    n.Languages,
		Status:   lookup.StatusOf(n, err),
		Source:   n.Source,
		Server:   n.Server,
		Fetched:  n.Fetched,
		Contacts: n.Contacts,
		Rejected: n.Rejected,
	}
	if n.First.IsValid() {
		l.Network = n.First.String() + " - " + n.Last.String()
	}
	if l.Contacts == nil {
		l.Contacts = []lookup.Contact{}
	}
	if err != nil {
		l.Reason = err.Error()
	}
	if l.Status == lookup.StatusFound {
		l.Email, l.Rule = n.Contacts[0].Email, n.Contacts[0].Rule
	}
	return l
}

// maxAnswer is how much of a saved answer is read.
const maxAnswer = 1 << 20

// DecideLookup decides from one saved RDAP or WHOIS answer that a server gave,
// when the file was written or else now, and asks nobody.
func DecideLookup(saved Source, server string) (Lookup, error) {
	f, err := saved.Open()
	if err != nil {
		return Lookup{}, err
	}
	defer f.Close()
	at := time.Now()
	if file, ok := f.(*os.File); ok {
		info, err := file.Stat()
		if err != nil {
			return Lookup{}, err
		}
		at = info.ModTime()
	}
	body, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	if err != nil {
		return Lookup{}, err
	}
	ans, err := lookup.Decode(body, server, at)
	if err != nil && !errors.Is(err, lookup.ErrRefused) {
		return Lookup{}, fmt.Errorf("%s: %w", saved.Name, err)
	}
	l := newLookup(saved.Name, ans.Network, err)
	l.Rejected = ans.Rejected // nobody was asked, so no parent's are among them
	if ans.Elsewhere {
		l.Reason = "not this server's space; ask " + cmp.Or(ans.Referral, "another registry")
	}
	return l, nil
}

// ErrNoQuery is about what cannot be looked up.
var ErrNoQuery = errors.New("not an address, a prefix, an AS number or a domain name")

// Lookups finds who answers for addresses, AS numbers and domains.
type Lookups struct {
	resolver *lookup.Resolver
	settings *settings.Settings
	close    func() error
}

// OpenLookups opens the contacts, the cache and the settings of a campaign
// folder, or, where there is none, looks up with the built-in settings.
func OpenLookups(ctx context.Context, folder string) (*Lookups, error) {
	s, err := settings.LoadOrBuiltIn(folder)
	if err != nil {
		return nil, err
	}
	if s.BuiltIn() {
		r, err := newResolver(s, nil, nil)
		return &Lookups{resolver: r, settings: s, close: func() error { return nil }}, err
	}
	c, err := New(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	return &Lookups{resolver: c.resolver, settings: s, close: c.Close}, nil
}

// Close closes the ledger, if there is one.
func (l *Lookups) Close() error { return l.close() }

// Tables returns IANA's tables that choose whom to ask.
func (l *Lookups) Tables() ([]lookup.Table, error) {
	kept, err := keptTables(l.settings)
	return lookup.Newest(kept), err
}

// A Missed says what look-ups did not find out: how many failed or were
// refused, how many nobody was asked about, and how many queries make no sense.
type Missed struct{ Failed, Due, NoQuery int }

// Ask asks about each query: an address, a prefix (from its first address on,
// and again where a network ends), an AS number, or a domain. It calls show for
// each Lookup in the order in which they come; an error from show ends it. tell
// is told of what is due ([LookupsDue]) and of who refuses ([RegistryRests]).
func (l *Lookups) Ask(ctx context.Context, queries iter.Seq2[string, error], o AskOptions,
	show func(Lookup) error, tell func(Event)) (m Missed, err error) {
	each := func(query string, n lookup.Network, err error) error {
		found := newLookup(query, n, err)
		switch {
		case errors.Is(err, ErrNoQuery):
			m.NoQuery++
		case found.Status == lookup.StatusDue:
			m.Due++
		case !found.Status.Final():
			m.Failed++
		}
		return show(found)
	}
	in := &queryReader{queries: queries}
	r, workers := l.resolver, l.settings.Lookup.AtOnce()
	if o.Offline {
		r = r.Offline()
	}
	for addrs := in.addresses(); addrs != nil; addrs = in.further() {
		for e := range r.Batch(ctx, addrs, lookup.BatchOptions{Workers: workers, Wait: o.Wait}) {
			switch e := e.(type) {
			case lookup.Due:
				tell(LookupsDue{e, o.Offline})
			case lookup.RateLimited:
				tell(RegistryRests{e})
			case lookup.Result:
				err = each(in.query(e), e.Network, e.Err)
			}
			if err != nil {
				return m, err
			}
		}
	}
	if err := in.lookupNames(ctx, r, workers, each); err != nil {
		return m, err
	}
	return m, errors.Join(in.err, in.tooWide, ctx.Err())
}
