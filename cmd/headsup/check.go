package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/finding"
)

func checkCommand(p *program) *cobra.Command {
	var in usage.ScanFlags
	var all, explain bool
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Say what scan files hold: findings, what they are worth, bad rows",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.check(cmd.Context(), &in, files, all, explain)
		},
	}
	in.Add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "show also what the scanner itself calls no finding")
	cmd.Flags().BoolVar(&explain, "explain", false, "say below each row by which rule it was judged, and where that is known from")
	return cmd
}

func (p *program) check(ctx context.Context, in *usage.ScanFlags, files []string, all, explain bool) error {
	o, err := in.Options()
	if err != nil {
		return err
	}
	sum, unread, err := campaign.Check(ctx, p.scans(files), o, func(e campaign.Event) {
		if f, ok := e.(campaign.Observed); ok && f.Strength == finding.Contradicted && !all {
			return
		}
		if f, ok := e.(campaign.Observed); ok && explain {
			show.Explained(p.Console, f.Finding)
			return
		}
		p.Tell(e)
	})
	if err = errors.Join(err, p.Unprinted()); err != nil {
		return err
	}
	if err := p.Print(sum, console.Account(sum, fmt.Sprintf("%d worth a letter", sum.Findings))); err != nil {
		return err
	}
	return usage.Unreadable(unread.File, unread.Row)
}
