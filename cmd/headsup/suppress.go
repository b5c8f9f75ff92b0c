package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headsup/letter"
)

func (p *program) suppressCommand() *cobra.Command {
	var list, lift, here, table bool
	var reason, until, by, from string
	cmd := &cobra.Command{
		Use:   "suppress [MAILBOX|DOMAIN|PREFIX|AS…]",
		Short: "Who asked not to be written to",
		Long: `Never write to a mailbox, to a domain with its subdomains, or about a prefix or
what an AS announces (AS64500; with lookup.cymru only, for nobody else knows).
Letters to them that have not been sent are taken back at once.

With --import, the same for each row of a CSV file with the columns value,
campaign, until and reason; --list --csv writes such a file. A row that cannot
be read stops the import before its first row is kept.`,
		RunE: func(cmd *cobra.Command, values []string) error {
			if lift && from != "" {
				return usageError{errors.New("--lift takes names, not a file: an imported list is added to")}
			}
			if asked := map[bool]int{true: 1}; asked[list]+asked[len(values) > 0]+asked[from != ""] != 1 {
				return usageError{errors.New("either name who is not to be written to or say --list or --import FILE")}
			}
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			if list {
				return h.suppressions(cmd.Context(), table)
			}
			if from != "" {
				return h.importSuppressions(cmd.Context(), from, operator(by))
			}
			s := letter.Suppression{Reason: reason}
			if until != "" {
				if s.Until, err = time.Parse(time.DateOnly, until); err != nil {
					return usageError{fmt.Errorf("--until %q is not a day such as 2027-01-31", until)}
				}
				if s.Until.Before(time.Now()) {
					return usageError{fmt.Errorf("--until %s is over", until)}
				}
			}
			if here {
				s.Campaign = h.campaign.ID
			}
			return h.suppress(cmd.Context(), values, s, operator(by), lift)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&list, "list", false, "list them")
	f.BoolVar(&table, "csv", false, "with --list: as CSV, for --import")
	f.StringVar(&from, "import", "", "read them from a CSV `file`; - is stdin")
	f.BoolVar(&lift, "lift", false, "write to them again")
	f.BoolVar(&here, "this-campaign", false, "in this campaign only")
	f.StringVar(&reason, "reason", "", "why, for those who come after")
	f.StringVar(&until, "until", "", "`day` from which they may be written to again; default never")
	f.StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

var errNotSuppressed = errors.New("was not suppressed")

var errNoOrigin = errors.New("which AS announces an address is not looked up")

// checkOrigins returns an error if one of list is by AS number, in this
// campaign at present, and nobody is asked for these.
func (h *house) checkOrigins(list []letter.Suppression) error {
	for _, s := range list {
		ours := s.Campaign == "" || s.Campaign == h.campaign.ID
		if s.Scope == letter.ByAS && ours && (s.Until.IsZero() || time.Now().Before(s.Until)) && !h.settings.Lookup.Cymru {
			return fmt.Errorf("suppression of %s: %w", s.Value, errNoOrigin)
		}
	}
	return nil
}

// suppress adds or lifts a suppression like like for each value.
func (h *house) suppress(ctx context.Context, values []string, like letter.Suppression, by string, lift bool) error {
	var list []letter.Suppression
	for _, v := range values { // all of them or none
		s, err := letter.ParseSuppression(v)
		if err != nil {
			return usageError{err}
		}
		s.Campaign, s.Reason, s.Until = like.Campaign, like.Reason, like.Until
		list = append(list, s)
	}
	do := h.lift
	if !lift {
		if err := h.checkOrigins(list); err != nil {
			return err
		}
		do = func(ctx context.Context, s letter.Suppression) error { return h.stop(ctx, s, by) }
	}
	for _, s := range list {
		if err := do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) stop(ctx context.Context, s letter.Suppression, by string) error {
	stopped, err := h.ledger.Suppress(ctx, s, by)
	if err != nil {
		return err
	}
	for _, id := range stopped {
		h.p.say("%s: stopped", id)
	}
	return h.printSuppression(s)
}

func (h *house) lift(ctx context.Context, s letter.Suppression) error {
	ended, err := h.ledger.Unsuppress(ctx, s)
	if err == nil && !ended {
		err = fmt.Errorf("%s: %w", s.Value, errNotSuppressed)
	}
	if err != nil {
		return err
	}
	return h.printSuppression(s)
}

// importSuppressions reads the whole file before it keeps the first row.
func (h *house) importSuppressions(ctx context.Context, name, by string) error {
	in := h.p.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	list, err := letter.ReadSuppressions(in, name)
	if err != nil {
		return err
	}
	if err := h.checkOrigins(list); err != nil {
		return err
	}
	for _, s := range list {
		if err := h.stop(ctx, s, by); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) suppressions(ctx context.Context, table bool) error {
	list, err := h.ledger.Suppressions(ctx)
	if err != nil {
		return err
	}
	if table {
		return letter.WriteSuppressions(h.p.stdout, list)
	}
	for _, s := range list {
		if err := h.printSuppression(s); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) printSuppression(s letter.Suppression) error {
	until := ""
	if !s.Until.IsZero() {
		until = s.Until.Format(time.DateOnly)
	}
	return h.p.print(s, string(s.Scope), s.Value, s.Campaign, until, s.Reason)
}
