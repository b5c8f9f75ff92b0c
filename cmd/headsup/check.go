package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/finding"
)

func checkCommand(p *program) *cobra.Command {
	var in scanFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Say what scan files hold: findings, what they are worth, bad rows",
		Long: `Say what scan files hold. "-" reads standard input; .gz and .zst are unpacked.

Each finding is a line: address, port, kind, service, strength, reason, source.
Weak findings are held, not written about. Rows that cannot be read are named
on standard error and counted. The last line is the sum.

A plain CSV needs a column ip, and knows port, proto, kind, service, seen
(RFC 3339) and evidence; --column, --kind and --seen help where it has others.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error { return p.check(cmd.Context(), &in, files, all) },
	}
	in.flags(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "show also what the scanner itself calls no finding")
	return cmd
}

func (p *program) check(ctx context.Context, in *scanFlags, files []string, all bool) error {
	o, err := in.options()
	if err != nil {
		return err
	}
	sum, unread, err := campaign.Check(ctx, p.scans(files), o, func(e campaign.Event) {
		if f, ok := e.(campaign.Observed); ok && f.Strength == finding.Contradicted && !all {
			return
		}
		p.tell(e)
	})
	if err = errors.Join(err, p.unprinted); err != nil {
		return err
	}
	text := account(sum, fmt.Sprintf("%d worth a letter", sum.Findings))
	if sum.Clean > 0 {
		text += fmt.Sprintf("; %d looked at and fine", sum.Clean)
	}
	if err := p.print(sum, text); err != nil {
		return err
	}
	return unreadable(unread)
}
