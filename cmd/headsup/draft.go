package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/advice"
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
			day := time.Now()
			if date != "" {
				var err error
				if day, err = time.Parse(time.DateOnly, date); err != nil {
					return usage.Error{Err: fmt.Errorf("--date %q is not a day such as 2026-03-02", date)}
				}
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

var (
	// errFailedLookups means that some addresses could not be looked up.
	errFailedLookups = advice.Error("look-ups failed", "run it again later: only those that failed are asked again")
	// errPutOff means that nobody has been asked about some addresses yet.
	errPutOff = advice.Error("look-ups were put off", "run it again without --offline: only those that were put off are asked about")
)

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
	trouble := usage.Unreadable(unread.File, unread.Row)
	switch {
	case sum.Failed > sum.Due:
		trouble = usage.Worse(trouble, usage.LeftOver{Err: errFailedLookups})
	case sum.Due > 0:
		trouble = usage.Worse(trouble, usage.LeftOver{Err: errPutOff})
	}
	return trouble
}
