package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
)

func approveCommand(p *program) *cobra.Command {
	var all bool
	var by string
	cmd := &cobra.Command{
		Use:   "approve [ID[@HASH]…]",
		Short: "Let letters be sent, as the bytes that were read",
		RunE: func(cmd *cobra.Command, ids []string) error {
			if all == (len(ids) > 0) {
				return usage.Error{Err: errors.New("either name letters or say --all")}
			}
			reviews, err := reviews(p, ids)
			if err != nil {
				return err
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				who, err := acting(cmd.Context(), c, by, people.ToApprove)
				if err != nil {
					return err
				}
				return p.approve(cmd.Context(), c, reviews, who)
			})
		},
	}
	cmd.ValidArgsFunction = p.completeLetters(0, letter.Drafted)
	cmd.Flags().BoolVar(&all, "all", false, "every letter that awaits review")
	cmd.Flags().StringVar(&by, "by", "", "who approves; default the user of this machine")
	return cmd
}

// approve approves the letters named, or, without any, all that await review.
func (p *program) approve(ctx context.Context, c *campaign.Campaign, reviews []campaign.Review, by string) (err error) {
	var d campaign.Decisions
	if len(reviews) > 0 {
		d, err = c.Approve(ctx, reviews, by)
	} else {
		d, err = c.ApproveAll(ctx, by)
	}
	if err == nil && d.Done == 0 && d.Refused == nil {
		p.Say("no letter awaits review")
	}
	return decided(d, err)
}

// decided returns an error for the exit code: letters that were refused are left over.
func decided(d campaign.Decisions, err error) error {
	if err == nil && d.Refused != nil {
		return usage.LeftOver{Err: d.Refused}
	}
	return err
}

// reviews takes ID@HASH, or ID alone, which means the letter as it is now.
func reviews(p *program, args []string) (out []campaign.Review, err error) {
	for _, arg := range args {
		if arg == "-" {
			more, err := campaign.ReadReviews("stdin", p.stdin)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			continue
		}
		id, hash, _ := strings.Cut(arg, "@")
		out = append(out, campaign.Review{ID: id, Hash: hash})
	}
	return out, nil
}
