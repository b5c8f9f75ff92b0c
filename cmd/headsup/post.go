package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/post"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
)

var errNotPosted = advice.Error("not everything could be recorded", "headsup post lists the batches; a line has to hold the reference of a letter, as its page shows it")

func postCommand(p *program) *cobra.Command {
	var on, by string
	var cost bool
	cmd := &cobra.Command{
		Use:   "post [FILE|REF… posted|delivered|returned|refused|uncollected]",
		Short: "What became of letters on paper",
		RunE: func(cmd *cobra.Command, args []string) error {
			day := time.Now()
			if on != "" {
				var err error
				if day, err = time.Parse(time.DateOnly, on); err != nil {
					return usage.Error{Err: fmt.Errorf("--on %q is not a day such as 2026-03-02", on)}
				}
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				switch {
				case cost:
					sum, err := post.CostOf(cmd.Context(), c, ledger.Filter{IDs: args})
					if err != nil {
						return err
					}
					return p.Print(sum, fmt.Sprintf("%s on %s, %s: %.2f %s; without a tariff: %d; not for the post: %d; in batches already: %d", console.Count(sum.Letters, "letter"),
						console.Count(sum.Pages, "page"), console.Count(sum.Sheets, "sheet"), sum.Price, sum.Currency, sum.NoTariff, sum.Without, sum.InBatches))
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
				p.Say("%s recorded, %d known", console.Count(out.Changed, "letter"), out.Known)
				if out.Refused != nil || out.Unread > 0 {
					return usage.LeftOver{Err: errNotPosted}
				}
				return nil
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
