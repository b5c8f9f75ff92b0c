package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
)

func remindCommand(p *program) *cobra.Command {
	var draft bool
	cmd := &cobra.Command{
		Use:   "remind",
		Short: "The next round of letters, to contacts whose findings are still open",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				due, err := campaign.Remind(ctx, c, time.Now(), draft)
				if err != nil || !draft {
					p.Say("%s due", console.Count(due, "letter"))
					return err
				}
				sum, err := c.Sum(ctx)
				if err != nil {
					return err
				}
				if err := p.Print(sum, console.Sentence(sum)); err != nil {
					return err
				}
				return sum.Check()
			})
		},
	}
	cmd.Flags().BoolVar(&draft, "draft", false, "write them, to be reviewed and approved as any letter")
	return cmd
}

func showReminder(p *program, r campaign.Reminder) {
	p.Result(r, r.ID, r.To, console.Count(r.Findings, "finding"), fmt.Sprintf("round %d", r.Round), cmp.Or(r.Why, "due"))
}
