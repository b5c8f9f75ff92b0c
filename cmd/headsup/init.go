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
		Long: "Make a campaign folder, with a commented " + settings.File + ", a secret that the codes of its\n" +
			"letters are made with, and an example of " + settings.ContactsFile + ". What is there is never overwritten.\n\n" +
			"With --rehearsal the campaign may use documentation addresses (192.0.2.0/24 and so on),\n" +
			"which it looks up in " + settings.ContactsFile + " only, and its letters go to files or to a mail server\n" +
			"on this machine, whatever else the settings say.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			made, err := campaign.Create(args[0], rehearsal)
			if err != nil {
				return err
			}
			if err := p.print(made, made.Settings); err != nil {
				return err
			}
			if rehearsal {
				p.say("next: headsup -C %s draft %s", args[0], made.Scan)
			} else {
				p.say("next: put your agency into %s, then headsup -C %s draft FILE…", made.Settings, args[0])
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&rehearsal, "rehearsal", false, "a campaign to try things with, from which nothing leaves this machine")
	return cmd
}
