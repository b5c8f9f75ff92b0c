package main

import (
	"cmp"
	"time"

	"github.com/spf13/cobra"

	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/lookup/lease"
	"headsup/sheet"
)

var errNotClear = advice.Error("it is not clear who held it", "nobody should be told before a person has looked")

func whoCommand(p *program) *cobra.Command {
	var index, customers, nat, when, zone string
	var q lease.Question
	cmd := &cobra.Command{
		Use:   "who ADDR --time TIME",
		Short: "Which customer held an address, and a port of it, at a time",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
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
			return p.who(q, folderFlag(p, index, leasesFolder), folderFlag(p, customers, "customers.csv"), nat)
		},
	}
	f := cmd.Flags()
	f.StringVar(&index, "index", "", "`folder` of the index; default "+leasesFolder+" in the campaign folder")
	f.StringVar(&customers, "customers", "", "`file` of customers; default customers.csv in the campaign folder")
	f.StringVar(&nat, "nat", "", "`file` of translators whose ports follow from a formula (RFC 7422)")
	f.StringVar(&when, "time", "", "`time` at which it was held")
	f.StringVar(&zone, "zone", "", "`zone` of a time that names none")
	f.Uint16Var(&q.Port, "port", 0, "source `port`, where customers share addresses")
	f.DurationVar(&q.Slack, "slack", lease.DefaultAskSlack, "by how much the clock of whoever reports may be off")
	return cmd
}

func (p *program) who(q lease.Question, index, customers, nat string) error {
	d, err := lease.OpenDesk(index, customers, nat)
	if err != nil {
		return err
	}
	defer d.Index.Close()
	for _, problem := range d.Customers.Problems() {
		p.Say("%s", problem)
	}
	a, err := d.Who(q, time.Now())
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
