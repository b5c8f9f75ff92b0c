package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/inbox/report"
	"headsup/sheet"
)

func forwardCommand(p *program) *cobra.Command {
	var o report.Options
	var dry bool
	var ours []string
	cmd := &cobra.Command{
		Use:   "forward --dry-run FILE…",
		Short: "What reports of abuse say: who did what, and when",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, sources []string) error {
			if !dry {
				return usageError{errOnlyDry}
			}
			in, err := oneOfOurs(ours)
			if err != nil {
				return err
			}
			o.Ours = in
			boxes, err := mailboxes(p, sources, false)
			if err != nil {
				return err
			}
			sum, err := campaign.ReadReports(cmd.Context(), boxes, o, p.Tell)
			if err = errors.Join(err, p.Unprinted()); err != nil {
				return err
			}
			p.Say("%s: %d understood with %s, %d for a person, %d no reports, %d unreadable", console.Count(sum.Messages, "message"),
				sum.Understood, console.Count(sum.Events, "event"), sum.Person, sum.None, sum.Unreadable)
			if sum.Unread != nil {
				return brokenFile{sum.Unread}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what the messages report, and change nothing")
	cmd.Flags().StringSliceVar(&ours, "ours", nil, "`prefixes` of our customers, such as 192.0.2.0/24")
	cmd.Flags().BoolVar(&o.Special, "allow-special", false, "take private and documentation addresses for real ones, as rehearsals have them")
	return cmd
}

var errOnlyDry = errors.New("forward only reads so far: say --dry-run")

// oneOfOurs reports whether an address is in one of these prefixes; nil where
// there are none.
func oneOfOurs(prefixes []string) (func(netip.Addr) bool, error) {
	var all []netip.Prefix
	for _, s := range prefixes {
		ps, err := sheet.Networks(s)
		if err != nil {
			return nil, usageError{fmt.Errorf("--ours: %w", err)}
		}
		all = append(all, ps...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return func(a netip.Addr) bool {
		return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) })
	}, nil
}
