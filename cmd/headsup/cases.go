package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/cases"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
)

func casesCommand(p *program) *cobra.Command {
	var f ledger.CaseFilter
	var place string
	var due bool
	var year int
	cmd := &cobra.Command{
		Use:   "cases",
		Short: "The reports that came in, and where each ended",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.Place = ledger.Place(place)
			if place != "" && !slices.Contains(ledger.Places, f.Place) {
				return usage.Error{Err: fmt.Errorf("--place %q is none of %s", place, usage.Words(ledger.Places))}
			}
			return p.withReports(cmd.Context(), func(d *cases.Desk) error {
				if year > 0 {
					counts, err := cases.CountsOf(cmd.Context(), d, year)
					return errors.Join(err, show.CaseCounts(p.Console, year, counts))
				}
				all, err := cases.ListOf(cmd.Context(), d, f, due)
				if err != nil {
					return err
				}
				for _, c := range all {
					show.Case(p.Console, c)
				}
				sum, err := campaign.ReportsOf(cmd.Context(), d)
				return errors.Join(err, show.ReportSum(p.Console, sum))
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&place, "place", "", "only those that ended there: "+usage.Words(ledger.Places))
	flags.StringVar(&f.Kind, "kind", "", "only of a `kind`, such as spam")
	flags.StringVar(&f.Reporter, "reporter", "", "only from a `mailbox` or mail domain")
	flags.StringVar(&f.Customer, "customer", "", "only about a customer's `number`")
	flags.BoolVar(&f.Lost, "lost", false, "only those of which a customer's letter did not arrive")
	flags.BoolVar(&due, "due", false, "only those for which the law wants something done that was not")
	flags.IntVar(&year, "year", 0, "count the reports of a `year` instead, by kind")
	usage.CompleteFlag(cmd, "place", ledger.Places...)
	return cmd
}

func caseCommand(p *program) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "case ID [is ADDRESS [PORT] [TIME] | customer NUMBER | not-ours | no-report | proceedings | resolved | answer TEXT]",
		Short: "One report: what was recognised in it, or what it is",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withReports(cmd.Context(), func(d *cases.Desk) error {
				ctx, by := cmd.Context(), operator(by)
				if len(args) == 1 {
					c, log, err := d.Show(ctx, args[0], by)
					if err != nil {
						return err
					}
					return show.WholeCase(p.Console, c, log)
				}
				after, err := d.Decide(ctx, args[0], by, args[1:], time.Now())
				if errors.Is(err, cases.ErrNoDecision) {
					return usage.Error{Err: err}
				}
				if err != nil {
					return err
				}
				show.Case(p.Console, cases.Listed{Case: after.Case})
				if after.Stay > 0 {
					p.Say("letters past review still tell it otherwise: headsup hold, if they have not left")
					return usage.LeftOver{Err: errToldOtherwise}
				}
				return errors.Join(d.Compose(ctx, time.Now()), p.Unprinted())
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

var errToldOtherwise = errors.New("a letter past review tells the report to somebody else")

// withReports does something with the desk for reports open.
func (p *program) withReports(ctx context.Context, do func(*cases.Desk) error) error {
	return p.inCampaign(ctx, func(c *campaign.Campaign) error {
		d, err := campaign.OpenCases(c)
		if err != nil {
			return err
		}
		return errors.Join(do(d), d.Close())
	})
}
