package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
)

// doubtCommands list and decide what waits for a person.
func doubtCommands(p *program) []*cobra.Command {
	var by, as string
	waiting := &cobra.Command{
		Use:   "waiting [ID]",
		Short: "Messages that prove nothing, or may be a wish, and wait for a person",
		Args:  cobra.MaximumNArgs(1),
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, args []string) error {
			list, err := campaign.Doubts(cmd.Context(), c, append(args, "")[0])
			for _, d := range list {
				p.Result(d, d.Letter, d.Entry.At.Format(time.RFC3339), string(d.Kind), d.From, d.Message, d.Entry.Text)
			}
			return err
		}),
	}
	accept := &cobra.Command{
		Use:   "accept ID MESSAGE",
		Short: "Take such a message for what it says: a bounce, an opt-out, an answer",
		Args:  cobra.ExactArgs(2),
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, args []string) error {
			switch kind := letter.ReturnKind(as); kind {
			case "", letter.OptOut, letter.Reply:
				return campaign.Accept(cmd.Context(), c, args[0], args[1], kind, operator(by))
			}
			return usage.Error{Err: fmt.Errorf("--as %q is neither %s nor %s", as, letter.OptOut, letter.Reply)}
		}),
	}
	dismiss := &cobra.Command{
		Use:   "dismiss ID [MESSAGE…]",
		Short: "Leave the letter as it is: of these messages, or of all that wait there",
		Args:  cobra.MinimumNArgs(1),
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, args []string) error {
			n, err := campaign.Dismiss(cmd.Context(), c, args[0], args[1:], operator(by))
			p.Say("%s dismissed", console.Count(n, "message"))
			return err
		}),
	}
	for _, c := range []*cobra.Command{accept, dismiss} {
		c.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	}
	accept.Flags().StringVar(&as, "as", "", "take it for an `opt-out` or an answer instead")
	return []*cobra.Command{waiting, accept, dismiss}
}

// campaignRun is what a command does with the campaign folder open.
func (p *program) campaignRun(do func(*cobra.Command, *campaign.Campaign, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return do(cmd, c, args) })
	}
}
