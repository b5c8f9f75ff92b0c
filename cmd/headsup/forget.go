package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/cases"
	"headsup/campaign/keeping"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

func forgetCommand(p *program) *cobra.Command {
	var by string
	var over, dry bool
	cmd := &cobra.Command{
		Use:   "forget PERSON | --over [--dry-run]",
		Short: "Erase what is known of a person, or was kept for long enough, and keep what is counted",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if over == (len(args) == 1) || dry && !over {
				return usage.Error{Err: errors.New("either name a person or say --over; --dry-run goes with --over")}
			}
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				switch {
				case over:
					out, err := keeping.Expire(ctx, c, time.Now(), dry)
					if err != nil {
						return err
					}
					return show.Expired(p.Console, out)
				case campaign.Within(c).Settings.IsProvider():
					return forgetCustomer(p, cmd, args[0], operator(by))
				}
				n, err := keeping.Forget(ctx, c, args[0], operator(by))
				if err != nil {
					return err
				}
				return show.Forgotten(p.Console, n)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	cmd.Flags().BoolVar(&over, "over", false, "what [keep] in the settings does not keep any longer, of a closed campaign")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "with --over: only say what that is")
	return cmd
}

// forgetCustomer erases what is known of a provider's customer.
func forgetCustomer(p *program, cmd *cobra.Command, customer, by string) error {
	return p.withReports(cmd.Context(), func(d *cases.Desk) error {
		n, err := d.Cases.Forget(cmd.Context(), customer, by)
		if err != nil {
			return err
		}
		return p.Print(struct {
			Incidents int64 `json:"incidents"`
		}{n}, fmt.Sprintf("%d events erased", n))
	})
}
