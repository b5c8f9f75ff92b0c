package main

import (
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/finding"
)

// errNotCounted means that looks of a later scan do not count.
var errNotCounted = advice.Error("looks were not counted", "scan again now that the letters have left: only what is seen since then shows what they changed")

func outcomeCommand(p *program) *cobra.Command {
	var in usage.ScanFlags
	var scanned string
	var undo bool
	var o campaign.LookOptions
	cmd := &cobra.Command{
		Use:   "outcome [FILE…]",
		Short: "What a later scan says of the findings that letters told",
		RunE: func(cmd *cobra.Command, files []string) (err error) {
			if o.Options, err = in.Options(); err != nil {
				return err
			}
			if scanned != "" {
				s := p.source(scanned)
				o.Scanned = &s
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				if undo {
					looked, err := campaign.UndoOutcome(cmd.Context(), c, files)
					if err != nil {
						return err
					}
					return p.Print(looked, console.Became(looked.Sum))
				}
				looked, unread, err := campaign.Outcome(cmd.Context(), c, p.scans(files), o)
				if err != nil {
					return err
				}
				trouble := usage.Unreadable(unread.File, unread.Row)
				if looked.Early+looked.Future > 0 {
					trouble = usage.Worse(trouble, usage.LeftOver{Err: errNotCounted})
				}
				return usage.Worse(p.Print(looked, console.Became(looked.Sum)), trouble)
			})
		},
	}
	in.Add(cmd)
	cmd.Flags().StringVar(&scanned, "scanned", "", "`FILE` that lists what was scanned, for scans that do not say so")
	cmd.Flags().BoolVar(&o.Feed, "feed", false, "daily reports: what is not in them was not looked at")
	cmd.Flags().BoolVar(&undo, "undo", false, "take back what was read from these files")
	cmd.MarkFlagsMutuallyExclusive("scanned", "feed", "undo")
	return cmd
}

func remindCommand(p *program) *cobra.Command {
	var draft bool
	cmd := &cobra.Command{
		Use:   "remind",
		Short: "The next round of letters, to contacts whose findings are still open",
		Args:  cobra.NoArgs,
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, _ []string) error {
			ctx := cmd.Context()
			due, err := campaign.Remind(ctx, c, time.Now(), draft)
			if err == nil && !draft {
				p.Say("%s due", console.Count(due, "letter"))
			}
			if err != nil || !draft {
				return err
			}
			sum, err := c.Sum(ctx)
			if err != nil {
				return err
			}
			return show.Sum(p.Console, sum)
		}),
	}
	cmd.Flags().BoolVar(&draft, "draft", false, "write them, to be reviewed and approved as any letter")
	return cmd
}

func targetsCommand(p *program) *cobra.Command {
	format := string(campaign.TargetFormats[0])
	cmd := &cobra.Command{
		Use:   "targets",
		Short: "What has to be looked at again",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f := finding.Format(format)
			if err := usage.OneOf("format", f, campaign.TargetFormats); err != nil {
				return err
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				return campaign.Targets(cmd.Context(), c.Telling(show.Targets(p.Console, f, campaign.Within(c).Tell)))
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "`format` of the list: "+usage.Words(campaign.TargetFormats))
	usage.CompleteFlag(cmd, "format", campaign.TargetFormats...)
	return cmd
}
