package main

import (
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/post"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
)

func postCommand(p *program) *cobra.Command {
	var on, by string
	var cost bool
	cmd := &cobra.Command{
		Use:   "post [FILE|REF… posted|delivered|returned|refused|uncollected]",
		Short: "What became of letters on paper",
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := usage.Day("on", on, time.Now())
			if err != nil {
				return err
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				switch {
				case cost:
					sum, err := post.CostOf(cmd.Context(), c, ledger.Filter{IDs: args})
					if err != nil {
						return err
					}
					return show.Cost(p.Console, sum)
				case len(args) == 0:
					return post.List(cmd.Context(), c)
				}
				last := len(args) - 1
				fate := letter.Paper(args[last])
				if err := usage.OneOf("fate", fate, letter.Papers); err != nil {
					return err
				}
				out, err := post.Record(cmd.Context(), c, papers(p, args[:last]), fate, day, operator(by))
				if err != nil {
					return err
				}
				return ends.Posted(p.Console, out)
			})
		},
	}
	cmd.Flags().BoolVar(&cost, "cost", false, "what posting would cost by the tariff, before approval: of all letters, or of those named")
	cmd.Flags().StringVar(&on, "on", "", "`day` on which it was, where the line does not say; default today")
	cmd.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	return cmd
}

// papers tells files from references.
func papers(p *program, args []string) (all []post.Paper) {
	for _, arg := range args {
		paper := post.Paper{Name: arg}
		if info, err := os.Stat(arg); arg == "-" || err == nil && !info.IsDir() {
			paper = post.Paper(p.source(arg))
		}
		all = append(all, paper)
	}
	return slices.Clip(all)
}
