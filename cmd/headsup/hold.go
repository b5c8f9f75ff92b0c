package main

import (
	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/letter"
)

func holdCommand(p *program) *cobra.Command {
	var reason, by string
	var release bool
	cmd := &cobra.Command{
		Use:   "hold ID…",
		Short: "Keep letters back, or release them to be reviewed again",
		Args:  cobra.MinimumNArgs(1),
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, ids []string) error {
			if release {
				who, err := acting(cmd.Context(), c, by, people.ToApprove)
				if err != nil {
					return err
				}
				return decided(c.Release(cmd.Context(), ids, who))
			}
			return decided(c.Hold(cmd.Context(), ids, reason, operator(by)))
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for those who come after")
	cmd.ValidArgsFunction = p.completeLetters(0, letter.Drafted, letter.Approved, letter.Deferred, letter.Held)
	cmd.Flags().BoolVar(&release, "release", false, "back among the drafts")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}
