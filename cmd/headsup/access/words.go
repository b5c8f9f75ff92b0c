package access

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/cmd/headsup/show"
	"headsup/ledger"
)

// ReleaseWords is the verb about who lets the words of a language leave.
func ReleaseWords(p Shell) *cobra.Command {
	var r ledger.WordsRelease
	var by string
	var withdraw bool
	cmd := &cobra.Command{
		Use:   "release [LANGUAGE --as FUNCTION --name NAME]",
		Short: "Say who lets the words of a language leave, or show who has yet to",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.Open(cmd.Context(), func(c *campaign.Campaign) error {
				if len(args) == 0 {
					all, err := campaign.WordsOf(cmd.Context(), c)
					return errors.Join(err, show.Words(p.Console, all))
				}
				who, err := Credential(by)
				if err == nil {
					r.Recorded, err = campaign.Acting(cmd.Context(), c, who, people.ToApprove)
				}
				if err != nil {
					return err
				}
				r.Language = args[0]
				return releaseWords(cmd.Context(), p, c, r, withdraw)
			})
		},
	}
	cmd.Flags().StringVar(&r.Function, "as", "", "function of released_by in which they are released")
	cmd.Flags().StringVar(&r.By, "name", "", "who releases them")
	cmd.Flags().StringVar(&r.Version, "version", "", "version that was read; default as they are")
	cmd.Flags().BoolVar(&withdraw, "withdraw", false, "take it back: letters go back to the drafts")
	cmd.Flags().StringVar(&by, "by", "", "who writes it down; default the user of this machine")
	return cmd
}

func releaseWords(ctx context.Context, p Shell, c *campaign.Campaign, r ledger.WordsRelease, withdraw bool) (err error) {
	if withdraw {
		_, err = campaign.WithdrawWords(ctx, c, r)
	} else if r, err = campaign.ReleaseWords(ctx, c, r); err == nil {
		err = p.Print(r, r.Language, r.Version, r.Function, r.By)
	}
	return err
}
