package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"headsup/finding"
	"headsup/letter"
)

func (p *program) checkCommand() *cobra.Command {
	in := scanReader{p: p}
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

func (p *program) check(ctx context.Context, in *scanReader, files []string, all bool) error {
	var sum letter.Sum
	show := func(f finding.Finding) error {
		return p.print(f, f.Addr.String(), strconv.Itoa(int(f.Port))+"/"+f.Proto, string(f.Kind), f.Service, string(f.Strength), f.Reason, f.Source)
	}
	trouble, err := in.read(ctx, files, scanRows{
		finding: func(f finding.Finding) error {
			if f.Strength == finding.Weak {
				sum.Add(letter.HeldBack, 1)
			} else {
				sum.Rows++
				sum.Findings++
			}
			return show(f)
		},
		clean: func(f finding.Finding) error {
			sum.Clean++
			if all {
				return show(f)
			}
			return nil
		},
		reject: func(string, error) error {
			sum.Add(letter.Rejected, 1)
			return nil
		},
	})
	if err != nil {
		return err
	}
	text := account(sum, fmt.Sprintf("%d worth a letter", sum.Findings))
	if sum.Clean > 0 {
		text += fmt.Sprintf("; %d looked at and fine", sum.Clean)
	}
	if err := p.print(sum, text); err != nil {
		return err
	}
	return trouble
}
