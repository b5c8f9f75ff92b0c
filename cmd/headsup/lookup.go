package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign/settings"
	"headsup/lookup"
)

func (p *program) lookupCommand() *cobra.Command {
	var from, server string
	var why bool
	cmd := &cobra.Command{
		Use:   "lookup [ADDR…]",
		Short: "Who answers for addresses, and why",
		Long: `Ask who answers for addresses. "-", or no argument, reads one a line from
standard input. In a campaign folder its contacts, cache and settings are used.
A prefix is looked up from its first address on, and again where an answer ends.

The status is one of: found, none (nobody is registered), failed (nobody could
say), refused (a registry would not say), special (private, reserved or for
documentation: nobody is asked). --from decides from one saved RDAP or WHOIS
answer and asks nobody.`,
		RunE: func(cmd *cobra.Command, queries []string) error {
			switch {
			case from != "" && len(queries) > 0:
				return usageError{errors.New("--from reads one saved answer; it takes no address")}
			case from != "":
				return p.lookupFile(from, server, why)
			case server != "":
				return usageError{errors.New("--server goes with --from; the settings say which servers are asked")}
			}
			return p.lookup(cmd.Context(), queries, why)
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "saved answer `file` to decide from; - is standard input")
	f.StringVar(&server, "server", "", "with --from: the `host` that gave the answer")
	f.BoolVar(&why, "why", false, "show every contact that was found, and the rule")
	return cmd
}

// An answer is what lookup prints. Its JSON names are settled.
type answer struct {
	Query    string           `json:"query"`
	Network  string           `json:"network"`
	Handle   string           `json:"handle"`
	Name     string           `json:"name"`
	Org      string           `json:"org"`
	Country  string           `json:"country"`
	Langs    []string         `json:"languages,omitempty"` // as the registry hints
	Status   string           `json:"status"`
	Email    string           `json:"email"`
	Rule     string           `json:"rule"`
	Source   string           `json:"source"`
	Server   string           `json:"server"`
	Fetched  time.Time        `json:"fetched,omitzero"`
	Contacts []lookup.Contact `json:"contacts"`
	Rejected []lookup.Contact `json:"rejected,omitempty"`
	Reason   string           `json:"reason,omitempty"`
}

func newAnswer(query string, n lookup.Network, err error) answer {
	a := answer{Query: query, Handle: n.Handle, Name: n.Name, Org: n.Org, Country: n.Country, Langs: n.Languages, Source: n.Source, Server: n.Server,
		Fetched: n.Fetched, Contacts: n.Contacts, Rejected: n.Rejected, Status: "found"}
	if n.First.IsValid() {
		a.Network = n.First.String() + " - " + n.Last.String()
	}
	if a.Contacts == nil {
		a.Contacts = []lookup.Contact{}
	}
	switch {
	case errors.Is(err, lookup.ErrSpecial):
		a.Status, a.Reason = "special", err.Error()
	case errors.Is(err, lookup.ErrRefused):
		a.Status, a.Reason = "refused", err.Error()
	case err != nil:
		a.Status, a.Reason = "failed", err.Error()
	case len(n.Contacts) == 0:
		a.Status = "none"
	default:
		a.Email, a.Rule = n.Contacts[0].Email, n.Contacts[0].Rule
	}
	return a
}

func (p *program) printAnswer(a answer, why bool) error {
	if err := p.print(a, a.Query, a.Status, a.Email, a.Network, a.Org, a.Country, a.Rule, a.Server, a.Reason); err != nil || !why || p.json {
		return err
	}
	for i, c := range a.Contacts {
		if err := p.print(nil, "", fmt.Sprintf("%d.", i+1), c.Email, c.Rule, c.Handle, c.Attribute, strings.Join(c.Flags, " ")); err != nil {
			return err
		}
	}
	for _, c := range a.Rejected {
		if err := p.print(nil, "", "no", c.Email, c.Rule, c.Handle, c.Attribute, strings.Join(c.Flags, " ")); err != nil {
			return err
		}
	}
	return nil
}

// maxAnswer is how much of a saved answer is read.
const maxAnswer = 1 << 20

// readAnswer reads a saved answer and when it was saved.
func (p *program) readAnswer(name string) (body []byte, at time.Time, err error) {
	if name == "-" {
		body, err = io.ReadAll(io.LimitReader(p.stdin, maxAnswer))
		return body, time.Now(), err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, at, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, at, err
	}
	body, err = io.ReadAll(io.LimitReader(f, maxAnswer))
	return body, info.ModTime(), err
}

func (p *program) lookupFile(name, server string, why bool) error {
	body, at, err := p.readAnswer(name)
	if err != nil {
		return err
	}
	ans, err := lookup.Decode(body, server, at)
	if err != nil && !errors.Is(err, lookup.ErrRefused) {
		return fmt.Errorf("%s: %w", name, err)
	}
	a := newAnswer(name, ans.Network, err)
	a.Rejected = ans.Rejected // nobody was asked, so no parent's are among them
	if ans.Elsewhere {
		a.Reason = "not this server's space; ask " + cmp.Or(ans.Referral, "another registry")
	}
	return p.printAnswer(a, why)
}

// errNoQuery is about what cannot be looked up.
var errNoQuery = errors.New("not an address, a prefix, an AS number or a domain name")

// lookup asks for each query, and prints in the order in which answers come.
func (p *program) lookup(ctx context.Context, queries []string, why bool) error {
	resolver, workers, done, err := p.resolver(ctx)
	if err != nil {
		return err
	}
	defer done()
	if why {
		if err := p.sayTables(); err != nil {
			return err
		}
	}
	var left error
	show := func(query string, n lookup.Network, err error) error {
		a := newAnswer(query, n, err)
		switch {
		case a.Status != "failed" && a.Status != "refused":
		case !errors.Is(err, errNoQuery):
			left = errFailedLookups
		case left == nil:
			left = errNoQuery
		}
		return p.printAnswer(a, why)
	}
	in := &queryReader{args: queries, stdin: p.stdin}
	for addrs := in.addresses(); addrs != nil; addrs = in.further() {
		for res := range resolver.All(ctx, addrs, workers) {
			if err := show(in.query(res), res.Network, res.Err); err != nil {
				return err
			}
		}
	}
	if err := in.lookupNames(ctx, resolver, workers, show); err != nil {
		return err
	}
	if err := errors.Join(in.err, in.tooWide, ctx.Err()); err != nil {
		return err
	}
	if left != nil {
		return leftOver{left}
	}
	return nil
}

// resolver is that of the campaign folder, or, where there is none, one with
// the built-in settings.
func (p *program) resolver(ctx context.Context) (r *lookup.Resolver, workers int, done func() error, err error) {
	s, err := settings.LoadOrBuiltIn(p.dir)
	if err != nil {
		return nil, 0, nil, err
	}
	if s.BuiltIn() {
		r, err = newResolver(s, nil, nil)
		return r, s.Lookup.AtOnce(), func() error { return nil }, err
	}
	h, err := p.newHouse(ctx, s)
	if err != nil {
		return nil, 0, nil, err
	}
	return h.resolver, s.Lookup.AtOnce(), h.close, nil
}
