package main

import (
	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/customers"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/ends"
)

func customersCommand(p *program) *cobra.Command {
	var accept bool
	cmd := &cobra.Command{
		Use:   "customers",
		Short: "What the file of customers changes, and whether it is used",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := settings.Load(p.dir)
			if err != nil {
				return err
			}
			if !s.IsProvider() {
				return campaign.ErrNoProvider
			}
			look := customers.Look
			if accept {
				look = customers.Accept
			}
			c, err := look(s)
			if err != nil {
				return err
			}
			return ends.Customers(p.Console, c, s.ISP.Customers)
		},
	}
	cmd.Flags().BoolVar(&accept, "accept", false, "use the file from now on, whatever it changes")
	return cmd
}
