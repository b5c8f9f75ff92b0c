package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/letter"
)

func approveCommand(p *program) *cobra.Command {
	var all bool
	var by string
	cmd := &cobra.Command{
		Use:   "approve [ID[@HASH]…]",
		Short: "Let letters be sent, as the bytes that were read",
		Long: `Let letters be sent. An approval is bound to the letter's bytes: any change
takes it back. ID@HASH approves only if the letter still is what was read
under that hash (headsup status --letters --json and headsup export show it);
"-" reads ID@HASH, or the JSON of status, line by line from standard input.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			if all == (len(ids) > 0) {
				return usageError{errors.New("either name letters or say --all")}
			}
			reviews, err := reviews(p, ids)
			if err != nil {
				return err
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return p.approve(cmd.Context(), c, reviews, operator(by)) })
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
		p.say("no letter awaits review")
	}
	return decided(d, err)
}

// decided returns an error for the exit code: letters that were refused are left over.
func decided(d campaign.Decisions, err error) error {
	if err == nil && d.Refused != nil {
		return leftOver{d.Refused}
	}
	return err
}

// reviews takes ID@HASH, or ID alone, which means the letter as it is now.
func reviews(p *program, args []string) (out []campaign.Review, err error) {
	for _, arg := range args {
		if arg == "-" {
			more, err := readReviews(p.stdin)
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

// readReviews reads ID@HASH or the JSON of status, line by line.
func readReviews(in io.Reader) (out []campaign.Review, err error) {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		var e struct {
			ID, Hash string
			Rows     *int
		}
		switch {
		case line == "":
			continue
		case strings.HasPrefix(line, "{"):
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				return nil, fmt.Errorf("stdin:%d: %w", n, err)
			}
			if e.Rows != nil { // the sum at the end
				continue
			}
		default:
			e.ID, e.Hash, _ = strings.Cut(line, "@")
		}
		if e.ID == "" || e.Hash == "" {
			return nil, fmt.Errorf("stdin:%d: neither ID@HASH nor a letter in JSON: %s", n, strconv.Quote(line))
		}
		out = append(out, campaign.Review{ID: e.ID, Hash: e.Hash})
	}
	return out, lines.Err()
}
