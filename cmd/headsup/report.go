package main

import (
	"io"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/reports"
	"headsup/cmd/headsup/usage"
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
				r, err := reports.Figures(ctx, c, time.Now())
				if err != nil {
					return err
				}
				if other != "" {
					if err := reports.CompareWith(ctx, &r, other); err != nil {
						return err
					}
				}
				if folder != "" {
					if err := reports.WriteSheets(r, folder); err != nil {
						return err
					}
				}
				if len(args) == 0 && folder == "" && !p.JSON {
					return report.Write(p.Stdout, r, reports.Language(c, lang))
				}
				if len(args) > 0 {
					if err := campaign.ReplaceFile(args[0], func(w io.Writer) error { return report.Write(w, r, reports.Language(c, lang)) }); err != nil {
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
	cmd.Flags().StringVar(&lang, "lang", "", "`language` of the report: "+usage.Words(report.Languages())+"; that of the campaign")
	usage.CompleteFlag(cmd, "lang", report.Languages()...)
	return cmd
}
