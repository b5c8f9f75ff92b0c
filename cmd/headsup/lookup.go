package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

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

The status is one of: found, none (nobody is registered), failed (nobody could
say), refused (a registry would not say), special (private, reserved or for
documentation: nobody is asked). --from decides from one saved RDAP or WHOIS
answer and asks nobody.`,
		RunE: func(cmd *cobra.Command, queries []string) error {
			if from != "" {
				if len(queries) > 0 {
					return usageError{errors.New("--from reads one saved answer; it takes no address")}
				}
				return p.lookupFile(from, server, why)
			}
			return p.lookup(cmd.Context(), queries, why)
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "saved answer `file` to decide from")
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
	a := answer{Query: query, Handle: n.Handle, Name: n.Name, Org: n.Org, Country: n.Country, Source: n.Source, Server: n.Server,
		Fetched: n.Fetched, Contacts: n.Contacts, Status: "found"}
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

func (p *program) lookupFile(name, server string, why bool) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	if err != nil {
		return err
	}
	ans, err := lookup.Decode(body, server, info.ModTime().UTC())
	if err != nil && !errors.Is(err, lookup.ErrRefused) {
		return fmt.Errorf("%s: %w", name, err)
	}
	a := newAnswer(name, ans.Network, err)
	a.Rejected = ans.Rejected
	return p.printAnswer(a, why)
}

// lookup asks for each query, in the order in which answers come.
func (p *program) lookup(ctx context.Context, queries []string, why bool) error {
	resolver, closeAll, err := p.resolver(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	left := 0
	for a, err := range resolver.All(ctx, p.addresses(queries, &left), lookupWorkers) {
		_ = err
		ans := newAnswer(a.Addr.String(), a.Network, a.Err)
		if ans.Status == "failed" || ans.Status == "refused" {
			left++
		}
		if err := p.printAnswer(ans, why); err != nil {
			return err
		}
	}
	if left > 0 {
		return leftOver{errFailedLookups}
	}
	return ctx.Err()
}

// addresses yields what the arguments or standard input name, and says which
// of them is no address.
func (p *program) addresses(queries []string, bad *int) func(func(netip.Addr) bool) {
	return func(yield func(netip.Addr) bool) {
		each := func(text string) bool {
			addr, err := netip.ParseAddr(text)
			if err != nil {
				p.say("%q is not an address", text)
				*bad++
				return true
			}
			return yield(addr.Unmap())
		}
		if len(queries) == 0 {
			queries = []string{"-"}
		}
		for _, q := range queries {
			if q != "-" {
				if !each(q) {
					return
				}
				continue
			}
			lines := bufio.NewScanner(p.stdin)
			for lines.Scan() {
				if text := strings.TrimSpace(lines.Text()); text != "" && !each(text) {
					return
				}
			}
		}
	}
}
