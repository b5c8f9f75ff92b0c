package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/tickets"
)

func ticketsCommand(p *program) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{Use: "tickets", Short: "Tickets in RT or Zammad for letters that need a person", Args: cobra.NoArgs}
	cmd.RunE = p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, _ []string) error {
		tell := func(t tickets.Done) {
			p.Result(t, t.Letter, string(t.Reason), t.What, strconv.FormatInt(t.Number, 10), t.Key)
		}
		if !dry {
			return tickets.Usual.Pass(cmd.Context(), c, tell)
		}
		all, err := tickets.Plan(cmd.Context(), c)
		for _, t := range all {
			tell(t)
		}
		return err
	})
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say which tickets would be made, and make none")
	return cmd
}
