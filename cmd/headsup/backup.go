package main

import (
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
)

func backupCommand(p *program) *cobra.Command {
	var lock campaign.Lock
	cmd := &cobra.Command{
		Use:   "backup FILE (--recipient KEY | --passphrase-file FILE)",
		Short: "The whole campaign as one encrypted file",
		Args:  cobra.ExactArgs(1),
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, args []string) error {
			b, err := campaign.BackUp(cmd.Context(), c, args[0], lock)
			if err != nil {
				return err
			}
			return p.Print(b, args[0], b.Campaign, console.Count(len(b.Files), "file"), b.Taken.Format(time.RFC3339))
		}),
	}
	cmd.Flags().StringArrayVar(&lock.Recipients, "recipient", nil, "public `key` that opens it (age1…); may be repeated")
	cmd.Flags().StringVar(&lock.PassphraseFile, "passphrase-file", "", "`file` with the passphrase that opens it")
	return cmd
}

func restoreCommand(p *program) *cobra.Command {
	var key campaign.Key
	cmd := &cobra.Command{
		Use:   "restore FILE DIR (--identity FILE | --passphrase-file FILE)",
		Short: "A campaign folder from a backup",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := campaign.Restore(cmd.Context(), args[0], args[1], key)
			if err != nil {
				return err
			}
			for in, name := range r.Outside {
				p.Say("%s was %s, where the settings still look for it", in, name)
			}
			taken := "of " + r.Taken.Format(time.RFC3339)
			if err := p.Print(r, args[1], r.Campaign, console.Count(len(r.Files), "file"), taken, console.Sentence(r.Sum)); err != nil {
				return err
			}
			if r.Behind != nil {
				p.Say("%v", r.Behind)
				return usage.LeftOver{Err: r.Behind}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&key.IdentityFile, "identity", "", "`file` with the secret key that opens it (AGE-SECRET-KEY-1…)")
	cmd.Flags().StringVar(&key.PassphraseFile, "passphrase-file", "", "`file` with the passphrase that opens it")
	return cmd
}
