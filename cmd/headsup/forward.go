package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/usage"
	"headsup/inbox/report"
	"headsup/sheet"
)

func forwardCommand(p *program) *cobra.Command {
	var o report.Options
	var dry, watch bool
	var ours []string
	cmd := &cobra.Command{
		Use:   "forward [FILE…]",
		Short: "Reports of abuse to the customers whom they are about",
		RunE: func(cmd *cobra.Command, sources []string) error {
			in, err := sheet.Within(ours)
			if err != nil {
				return usage.Error{Err: fmt.Errorf("--ours: %w", err)}
			}
			boxes, err := mailboxes(p, sources, watch)
			if err != nil {
				return err
			}
			if dry {
				o.Ours = in
				return p.readReports(cmd.Context(), boxes, o)
			}
			if in != nil || o.Special {
				return usage.Error{Err: errOnlyDry}
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				return forward(cmd.Context(), p, c, boxes, campaign.ForwardOptions{Day: time.Now(), Watch: watch})
			})
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what the messages report, and change nothing")
	cmd.Flags().BoolVar(&watch, "watch", false, "go on reading what comes in to the folders of [imap]")
	cmd.Flags().StringSliceVar(&ours, "ours", nil, "with --dry-run: `prefixes` of our customers, such as 192.0.2.0/24")
	cmd.Flags().BoolVar(&o.Special, "allow-special", false, "with --dry-run: take private and documentation addresses for real ones")
	return cmd
}

var errOnlyDry = errors.New("--ours and --allow-special are for --dry-run: isp.customers says what is ours")

// readReports says what messages report, and changes nothing.
func (p *program) readReports(ctx context.Context, boxes []campaign.Mailbox, o report.Options) error {
	if len(boxes) == 0 {
		return usage.Error{Err: errors.New("--dry-run reads the files that are named")}
	}
	sum, err := campaign.ReadReports(ctx, boxes, o, p.Tell)
	if err = errors.Join(err, p.Unprinted()); err != nil {
		return err
	}
	return ends.ReportsRead(p.Console, sum)
}

// forward takes reports from what is named, else from the folders of [imap],
// and writes the letters that are due.
func forward(ctx context.Context, p *program, c *campaign.Campaign, boxes []campaign.Mailbox, o campaign.ForwardOptions) (err error) {
	if len(boxes) == 0 {
		if boxes, err = c.IMAP(ctx, o.Watch); err != nil && (o.Watch || !errors.Is(err, campaign.ErrNoIMAP)) {
			return usage.Error{Err: err}
		}
	}
	sum, err := campaign.Forward(ctx, c, boxes, o)
	if err != nil {
		return err
	}
	return ends.Forwarded(p.Console, sum)
}
