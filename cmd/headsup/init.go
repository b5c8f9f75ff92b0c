package main

import (
	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/settings"
)

func initCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Make a campaign folder with a commented " + settings.File,
		Long: "Make a campaign folder, with a commented " + settings.File + " and a secret that the codes of\n" +
			"its letters are made with. An existing " + settings.File + " is never overwritten.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name, key, err := campaign.Create(args[0])
			if err != nil {
				return err
			}
			if err := p.print(map[string]string{"settings": name, "code_key": key}, name); err != nil {
				return err
			}
			p.say("next: put your agency into %s, then headsup -C %s draft FILE…", name, args[0])
			return nil
		},
	}
}
