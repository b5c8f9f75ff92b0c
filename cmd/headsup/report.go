package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/outcome/figures"
	"headsup/render/report"
)

func reportCommand(p *program) *cobra.Command {
	var folder, other, lang string
	cmd := &cobra.Command{
		Use:   "report [FILE.html]",
		Short: "What the letters came to: an HTML file with charts, and every number",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				r, err := campaign.Figures(ctx, c, time.Now())
				if err != nil {
					return err
				}
				if other != "" {
					if err := compare(ctx, &r, other); err != nil {
						return err
					}
				}
				if folder != "" {
					if err := sheets(r, folder); err != nil {
						return err
					}
				}
				if len(args) == 0 && folder == "" && !p.JSON {
					return report.Write(p.Stdout, r, campaign.ReportLanguage(c, lang))
				}
				if len(args) > 0 {
					if err := campaign.ReplaceFile(args[0], func(w io.Writer) error { return report.Write(w, r, campaign.ReportLanguage(c, lang)) }); err != nil {
						return err
					}
				}
				if p.JSON {
					return p.Print(r)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&folder, "csv", "", "write a CSV file for each table into this `folder`")
	cmd.Flags().StringVar(&other, "compare", "", "put the campaign of this `folder` beside it")
	cmd.Flags().StringVar(&lang, "lang", "", "`language` of the report: "+words(report.Languages())+"; that of the campaign")
	completeFlag(cmd, "lang", report.Languages()...)
	return cmd
}

// compare puts another campaign beside a report.
func compare(ctx context.Context, r *figures.Report, folder string) error {
	c, err := campaign.Open(ctx, folder, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	other, err := campaign.Figures(ctx, c, r.Made)
	if err == nil {
		r.Compare(other)
	}
	return err
}

// sheets writes each table of a report into a folder.
func sheets(r figures.Report, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, s := range r.Sheets() {
		if err := campaign.ReplaceFile(filepath.Join(folder, s.Name), s.Write); err != nil {
			return err
		}
	}
	return nil
}
