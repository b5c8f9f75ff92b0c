package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/letter"
)

// verdicts is what a person can say of a letter that may have arrived.
var verdicts = map[string]letter.State{"sent": letter.Sent, "failed": letter.Failed, "again": letter.Approved}

func resolveCommand(p *program) *cobra.Command {
	var why, by string
	var logs []string
	cmd := &cobra.Command{
		Use:   "resolve sent|failed|again ID… | --log FILE",
		Short: "Say what became of letters that may have arrived",
		Long: `Say what became of letters that are "unknown": the connection was lost after the
final dot, so the mail server may have taken them.

--log reads the log of the mail server, of Postfix or Exim: the letters that it
has taken are "sent", whatever they are here, also those that it could not
deliver, or not yet; if one comes back, headsup inbox makes it "bounced". Give it the logs from the time of
sending on, rotated ones too. Letters that are in none of them stay unknown
(exit code 3), until a person says

  sent     the mail server has them
  failed   it has not, and headsup draft turns to the next contact
  again    it has not, and the same bytes are sent once more

With assume_sent in the settings, headsup send takes them as sent after that
time. headsup status --state unknown lists them, headsup status ID says when
the final dot was sent; the ID is in their Message-ID and in their sender.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return usageArgs(cobra.NoArgs)(cmd, args)
			}
			return usageArgs(cobra.MinimumNArgs(2))(cmd, args)
		},
		ValidArgs: []string{"sent", "failed", "again"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return p.resolveByLog(cmd.Context(), c, logs, operator(by)) })
			}
			to, ok := verdicts[args[0]]
			if !ok {
				return usageError{fmt.Errorf("%q is none of %q", args[0], slices.Sorted(maps.Keys(verdicts)))}
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				return decided(c.Resolve(cmd.Context(), args[1:], to, operator(by), why))
			})
		},
	}
	cmd.Flags().StringArrayVar(&logs, "log", nil, "a mail server's log `file`, also gzipped (- is stdin, as in journalctl | headsup resolve --log -); may be repeated")
	cmd.Flags().StringVar(&why, "why", "", "what it rests on, for those who come after")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

var errNoTrace = errors.New("no log shows that the letters were taken")

// resolveByLog looks for unknown letters in the logs of mail servers.
func (p *program) resolveByLog(ctx context.Context, c *campaign.Campaign, names []string, by string) error {
	var logs []campaign.Source
	for _, name := range names {
		logs = append(logs, p.source(name))
	}
	r, err := c.ResolveByLog(ctx, logs, by)
	if err != nil {
		return err
	}
	if r.Untraced > 0 {
		p.say("%s in none of these logs", some(r.Untraced, "unknown letter"))
	}
	switch {
	case r.Unread != nil:
		return brokenFile{r.Unread}
	case r.Refused != nil:
		return leftOver{r.Refused}
	case r.Untraced > 0:
		return leftOver{errNoTrace}
	}
	return nil
}
