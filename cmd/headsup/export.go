package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/keeping"
	"headsup/campaign/post"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
)

func exportCommand(p *program) *cobra.Command {
	var states []string
	var site, paper, archive, batch bool
	var subject, day string
	o := post.BatchOptions{On: time.Now()}
	cmd := &cobra.Command{
		Use:   "export DIR [ID…]",
		Short: "Letters as files: the mail (.eml) and the page (.pdf)",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if site && paper || archive && (site || paper || len(args) > 1) {
				return usage.Error{Err: errors.New("one of --site, --print and --archive, which is of all letters")}
			}
			if (batch || o.Again) && !paper || o.Again && !batch {
				return usage.Error{Err: errors.New("--batch goes with --print, and --again with --batch")}
			}
			if subject != "" && (site || paper || archive || len(args) > 1) {
				return usage.Error{Err: errors.New("--subject writes all that is kept about one person, and takes a folder alone")}
			}
			if day != "" {
				var err error
				if o.On, err = time.Parse(time.DateOnly, day); err != nil || !batch {
					return usage.Error{Err: fmt.Errorf("--post-on %q is not a day such as 2026-03-02, or without --batch", day)}
				}
			}
			filter, err := statesOf(states)
			if err != nil && !site {
				return err
			}
			ctx, dir, f := cmd.Context(), args[0], ledger.Filter{IDs: args[1:], States: filter}
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				switch {
				case subject != "":
					s, err := keeping.Export(ctx, c, subject, dir, operator(""))
					if err != nil {
						return err
					}
					return p.Print(s, s.Mailbox+s.Customer, s.JSON, s.Text, console.Count(s.Letters, "letter"))
				case site:
					return p.site(ctx, c, dir, f.IDs)
				case batch:
					return printBatches(ctx, p, c, dir, f, o)
				case paper:
					return printBatch(ctx, p, c, dir, f)
				case archive:
					a, err := campaign.Archive(ctx, c, dir)
					if err != nil {
						return err
					}
					return p.Print(a, dir, console.Count(a.Letters, "letter"), console.Count(a.Files, "file"), a.Manifest)
				}
				return c.Export(ctx, dir, f)
			})
		},
	}
	cmd.Flags().StringSliceVar(&states, "state", nil, "only letters in these `states`: "+usage.Words(letter.States))
	cmd.Flags().BoolVar(&site, "site", false, "write the pages of advice, and those that confirm letters")
	cmd.Flags().BoolVar(&paper, "print", false, "write one PDF for the mail room, with a cover list")
	cmd.Flags().BoolVar(&batch, "batch", false, "with --print: record what is printed, a batch for each agency, so that no letter is printed twice")
	cmd.Flags().BoolVar(&o.Again, "again", false, "with --batch: also letters that are in a batch already")
	cmd.Flags().StringVar(&day, "post-on", "", "with --batch: the `day` on which it will be posted, which letters should say; default today")
	cmd.Flags().BoolVar(&archive, "archive", false, "write letters, approvals and history of a closed campaign, with their hashes")
	cmd.Flags().StringVar(&subject, "subject", "", "write all that is kept about a `person`, by the mailbox or the name of a contact; in a provider's folder about a customer, by the number")
	cmd.ValidArgsFunction = p.completeLetters(1)
	usage.CompleteFlag(cmd, "state", letter.States...)
	return cmd
}

// printBatch writes the pages of letters for the mail room.
func printBatch(ctx context.Context, p *program, c *campaign.Campaign, dir string, f ledger.Filter) error {
	b, err := post.Print(ctx, c, dir, f)
	if err != nil {
		return err
	}
	return ends.Printed(p.Console, b)
}

// printBatches writes a batch for each agency.
func printBatches(ctx context.Context, p *program, c *campaign.Campaign, dir string, f ledger.Filter, o post.BatchOptions) error {
	o.By = operator("")
	without, err := post.Make(ctx, c, dir, f, o)
	return errors.Join(err, ends.LeftOut(p.Console, without))
}

// site writes the pages of advice, and those that confirm letters.
func (p *program) site(ctx context.Context, c *campaign.Campaign, dir string, ids []string) error {
	s, err := c.Site(ctx, dir, ids)
	if err != nil {
		return err
	}
	return ends.SiteWritten(p.Console, dir, s)
}
