package main

import (
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
)

func statusCommand(p *program) *cobra.Command {
	var letters, unwritten, watch bool
	var states []string
	cmd := &cobra.Command{
		Use:   "status [ID…]",
		Short: "Where every row and every letter is",
		RunE: func(cmd *cobra.Command, ids []string) error {
			filter, err := statesOf(states)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				switch {
				case len(ids) > 0:
					return show.Histories(ctx, p.Console, c, ids)
				case watch:
					return show.Watch(ctx, p.Console, c, 2*time.Second)
				}
				if letters || len(states) > 0 {
					if err := show.Letters(ctx, p.Console, c, ledger.Filter{States: filter}); err != nil {
						return err
					}
				}
				if unwritten {
					if err := show.Unwritten(ctx, p.Console, c); err != nil {
						return err
					}
				}
				return show.Status(ctx, p.Console, c)
			})
		},
	}
	cmd.Flags().BoolVar(&letters, "letters", false, "list the letters")
	cmd.Flags().BoolVar(&watch, "watch", false, "say it again whenever it changes, until no letter waits")
	cmd.Flags().BoolVar(&unwritten, "unwritten", false, "list the rows that no letter covers")
	cmd.ValidArgsFunction = p.completeLetters(0)
	cmd.Flags().StringSliceVar(&states, "state", nil, "list the letters in these `states`: "+usage.Words(letter.States))
	usage.CompleteFlag(cmd, "state", letter.States...)
	return cmd
}

// statesOf reads the values of --state.
func statesOf(words []string) (states []letter.State, err error) {
	for _, w := range words {
		if err := usage.OneOf("state", letter.State(w), letter.States); err != nil {
			return nil, err
		}
		states = append(states, letter.State(w))
	}
	return states, nil
}
