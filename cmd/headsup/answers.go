package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/answers"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
)

func answersCommand(p *program) *cobra.Command {
	var q ledger.AnswerQuery
	var rulings []string
	cmd := &cobra.Command{
		Use:   "answers [ID]",
		Short: "What people answered, the open ones first",
		Args:  cobra.MaximumNArgs(1),
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, args []string) error {
			for _, r := range rulings {
				if err := usage.OneOf("ruling", letter.Ruling(r), letter.Rulings); err != nil {
					return err
				}
				q.Rulings = append(q.Rulings, letter.Ruling(r))
			}
			q.Letter = append(args, "")[0]
			open, err := answers.List(cmd.Context(), c, q)
			if err == nil {
				p.Say("%s open", console.Count(open, "answer"))
			}
			return err
		}),
	}
	cmd.Flags().BoolVar(&q.Open, "open", false, "only those that need somebody")
	cmd.Flags().StringSliceVar(&rulings, "ruling", nil, "only those with these `rulings`: "+usage.Words(letter.Rulings))
	cmd.Flags().StringSliceVar(&q.Countries, "country", nil, "only from contacts in these `countries`")
	cmd.Flags().StringSliceVar(&q.Agencies, "agency", nil, "only to letters of these `agencies`")
	cmd.ValidArgsFunction = p.completeLetters(0)
	usage.CompleteFlag(cmd, "ruling", letter.Rulings...)
	return cmd
}

func answerCommand(p *program) *cobra.Command {
	var r ledger.Rule
	var only []string
	var undo bool
	cmd := &cobra.Command{
		Use:   "answer ID fixed|working|not-ours|other ADDRESS|wrong|help|done",
		Short: "Settle what somebody answered",
		Args: func(cmd *cobra.Command, args []string) error {
			if undo {
				return cobra.ExactArgs(1)(cmd, args)
			}
			return cobra.RangeArgs(2, 3)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r.By = operator(r.By)
			if undo {
				id, err := strconv.ParseInt(args[0], 10, 64)
				if err != nil {
					return usage.Error{Err: fmt.Errorf("%q is no number of an answer", args[0])}
				}
				return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return answers.Reopen(cmd.Context(), c, id, r.By) })
			}
			r.Ruling, r.Other = letter.Ruling(args[1]), append(args[2:], "")[0]
			if err := usage.OneOf("ruling", r.Ruling, letter.Rulings); err != nil {
				return err
			}
			for _, text := range only {
				addr, err := netip.ParseAddr(text)
				if err != nil {
					return usage.Error{Err: fmt.Errorf("--only: %w", err)}
				}
				r.Only = append(r.Only, addr.Unmap())
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				return answers.Rule(cmd.Context(), c, args[0], r, time.Now())
			})
		},
	}
	cmd.Flags().StringVar(&r.Note, "note", "", "for those who come after; with wrong, the `reason`")
	cmd.Flags().StringVar(&r.By, "by", "", "who decides; default the user of this machine")
	cmd.Flags().StringSliceVar(&only, "only", nil, "with wrong: take back what was found at these `addresses` alone")
	cmd.Flags().BoolVar(&undo, "undo", false, "take back what was ruled: the answer is open again")
	return cmd
}
