package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/escalate"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/usage"
)

func measuresCommand(p *program) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "measures [ID confirm|release|dismiss]",
		Short: "What is done about customers whom letters do not move",
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, args []string) error {
			house, closing, err := campaign.OpenMeasures(c)
			if err != nil {
				return err
			}
			return errors.Join(p.measures(cmd.Context(), house, args, operator(by)), closing(), p.Unprinted())
		}),
	}
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

func (p *program) measures(ctx context.Context, house escalate.House, args []string, by string) error {
	if len(args) == 0 {
		all, err := house.Measures.List(ctx, 0)
		if err != nil {
			return err
		}
		return ends.Measures(p.Console, all)
	}
	decide := map[string]func(context.Context, int64, string) error{"confirm": house.Confirm, "release": house.Release, "dismiss": house.Dismiss}
	id, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil || len(args) != 2 || decide[args[1]] == nil {
		return usage.Error{Err: fmt.Errorf("%q: the number of a measure, and confirm, release or dismiss", args)}
	}
	return decide[args[1]](ctx, id, by)
}
