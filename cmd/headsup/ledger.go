package main

import (
	"context"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
)

func ledgerCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "The ledger itself: copy it to another place or engine",
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "copy FROM TO",
		Short: "Everything to an empty ledger, which sends from then on",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return copyLedger(cmd.Context(), p, args[0], args[1])
		},
	})
	return cmd
}

func copyLedger(ctx context.Context, p *program, from, to string) error {
	list, rows, err := campaign.CopyLedger(ctx, from, to, p.Tell)
	for _, c := range list {
		if err := p.Print(c, c.Campaign, console.Sentence(c.Sum)); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	p.Say("%s copied to %s, which sends from now on", console.Count(rows, "row"), campaign.WithoutPassword(to))
	return nil
}
