package access

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/usage"
)

// agree is the verb by which a person says that changed settings are meant.
func (p Shell) agree() *cobra.Command {
	var by string
	cmd := &cobra.Command{Use: "agree", Short: "Say that changed brakes, paces and mail servers are meant", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.Open(cmd.Context(), func(c *campaign.Campaign) error {
			who, err := Credential(by)
			if err != nil {
				return err
			}
			changed, settled, err := campaign.AgreeToSettings(cmd.Context(), c, who)
			if err != nil {
				return err
			}
			p.Say("changed: %s", strings.Join(changed, ", "))
			if !settled && len(changed) > 0 {
				p.Say("another person with the role send has to say the same within a week")
				return usage.LeftOver{Err: errors.New("one person has agreed")}
			}
			return nil
		})
	}
	cmd.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	return cmd
}
