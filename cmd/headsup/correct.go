package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/correct"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
)

func correctCommand(p *program) *cobra.Command {
	var w ledger.Wrong
	var rows []string
	var text string
	var undo bool
	cmd := &cobra.Command{
		Use:   "correct --letters ID… | --rows ROW… --text correction|withdrawal|apology",
		Short: "Take back what letters said, and tell those who may have received them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(w.Letters)+len(rows) == 0 {
				return usage.Error{Err: errors.New("--letters or --rows says what is to be taken back")}
			}
			w.By = operator(w.By)
			if undo {
				if len(w.Letters) == 0 || len(rows) > 0 || text != "" {
					return usage.Error{Err: errors.New("--undo goes with --letters alone: the corrections")}
				}
				return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return correct.Undo(cmd.Context(), c, w.Letters, w.By) })
			}
			if w.Text = letter.Correction(text); text == "" {
				return usage.Error{Err: errors.New("--text is missing: " + usage.Words(letter.Corrections))}
			}
			if err := usage.OneOf("text", w.Text, letter.Corrections); err != nil {
				return err
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				n, err := correct.TakeBack(cmd.Context(), c, w, rows, time.Now())
				if err == nil {
					p.Say("%s drafted; each takes the approval of two persons", console.Count(n, "correction"))
				}
				return err
			})
		},
	}
	cmd.Flags().StringSliceVar(&w.Letters, "letters", nil, "all that these letters say, by their `references`")
	cmd.Flags().StringSliceVar(&rows, "rows", nil, "what was found at these `addresses` or prefixes, or stands in these rows of scans (scan.csv:12, or scan.csv)")
	cmd.Flags().StringVar(&text, "text", "", "the `words`: "+usage.Words(letter.Corrections))
	cmd.Flags().StringVar(&w.Reason, "reason", "", "why, for those who come after")
	cmd.Flags().StringVar(&w.By, "by", "", "who takes it back; default the user of this machine")
	cmd.Flags().BoolVar(&w.Again, "again", false, "also to those who have had such a correction")
	cmd.Flags().BoolVar(&undo, "undo", false, "take these corrections back, before one of them has left: what they took back stands again")
	usage.CompleteFlag(cmd, "text", letter.Corrections...)
	return cmd
}
