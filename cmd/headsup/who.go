package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"headsup/campaign/holder"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/lookup/lease"
	"headsup/sheet"
)

var errNotClear = advice.Error("it is not clear who held it", "nobody should be told before a person has looked")

func whoCommand(p *program) *cobra.Command {
	var files holder.Files
	var when, zone string
	var q lease.Question
	cmd := &cobra.Command{
		Use:   "who ADDR --time TIME",
		Short: "Which customer held an address, and a port of it, at a time",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := usage.Zone(zone)
			if err != nil {
				return err
			}
			a, port, err := sheet.Addr(args[0])
			if err == nil {
				err = q.When(when, l)
			}
			if err != nil {
				return usage.Error{Err: err}
			}
			if q.Slack == 0 {
				q.Slack = -1
			}
			q.Addr, q.Port, q.Role = a, cmp.Or(q.Port, port), lease.SourcePort
			return p.who(cmd.Context(), q, files)
		},
	}
	f := cmd.Flags()
	f.StringVar(&files.Index, "index", "", "`folder` of the index; default as isp.leases in the settings, else "+leasesFolder+" in the campaign folder")
	f.StringVar(&files.Customers, "customers", "", "`file` of customers; default as isp.customers in the settings, else customers.csv in the campaign folder")
	f.StringVar(&files.NAT, "nat", "", "`file` of translators whose ports follow from a formula (RFC 7422); default as isp.nat in the settings")
	f.StringVar(&when, "time", "", "`time` at which it was held")
	f.StringVar(&zone, "zone", "", "`zone` of a time that names none")
	f.Uint16Var(&q.Port, "port", 0, "source `port`, where customers share addresses")
	f.DurationVar(&q.Slack, "slack", lease.DefaultAskSlack, "by how much the clock of whoever reports may be off")
	return cmd
}

func (p *program) who(ctx context.Context, q lease.Question, f holder.Files) error {
	a, problems, err := holder.Ask(ctx, p.dir, f, q)
	for _, problem := range problems {
		p.Say("%s", problem)
	}
	if err != nil {
		return err
	}
	if err := show.Holder(p.Console, q, a); err != nil {
		return err
	}
	if a.Status == lease.Unclear {
		return usage.LeftOver{Err: errNotClear}
	}
	return nil
}
