package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

func draftCommand(p *program) *cobra.Command {
	var in usage.ScanFlags
	var date string
	var undo bool
	var ask campaign.AskOptions
	cmd := &cobra.Command{
		Use:   "draft [FILE…]",
		Short: "Scan files to letters that await review",
		RunE: func(cmd *cobra.Command, files []string) error {
			day, err := usage.Day("date", date, time.Now())
			if err != nil {
				return err
			}
			if undo && len(files) == 0 {
				return usage.Error{Err: errors.New("--undo takes back the rows of files: name them as they were named")}
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				if undo {
					if err := campaign.TakeBack(cmd.Context(), c, files, operator("")); err != nil {
						return err
					}
					files = nil
				}
				return p.draft(cmd.Context(), c, in, files, ask, day)
			})
		},
	}
	in.Add(cmd)
	askFlags(cmd, &ask)
	cmd.Flags().BoolVar(&undo, "undo", false, "take back the rows of these files")
	cmd.Flags().StringVar(&date, "date", "", "`day` printed on the letters; default today")
	return cmd
}

// draft takes scan files the whole way to letters that await review.
func (p *program) draft(ctx context.Context, c *campaign.Campaign, in usage.ScanFlags, files []string, ask campaign.AskOptions, day time.Time) error {
	o, err := in.Options()
	if err != nil {
		return err
	}
	for _, name := range files { // a name that was mistyped is no row
		if _, err := os.Stat(name); name != "-" && errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	unread, err := c.Draft(ctx, p.scans(files), o, ask, day)
	if err != nil {
		return err
	}
	sum, err := c.Sum(ctx)
	if err != nil {
		return err
	}
	sum.Clean, sum.NotFindings = p.NotFindings.Clean, p.NotFindings.NotFindings
	if err := show.Sum(p.Console, sum); err != nil {
		return err
	}
	return usage.Worse(usage.Unreadable(unread.File, unread.Row), ends.Asked(max(0, sum.Failed-sum.Due), sum.Due))
}
