package main

import (
	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/settings"
)

func initCommand(p *program) *cobra.Command {
	rehearsal := false
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a campaign folder with a commented " + settings.File,
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			made, err := campaign.Create(args[0], rehearsal)
			if err != nil {
				return err
			}
			if err := p.Print(made, made.Settings); err != nil {
				return err
			}
			if rehearsal {
				p.Say("next: headsup -C %s draft %s", args[0], made.Scan)
			} else {
				p.Say("next: put your agency into %s, then headsup -C %s draft FILE…", made.Settings, args[0])
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&rehearsal, "rehearsal", false, "a campaign to try things with, from which no letter leaves this machine")
	return cmd
}
