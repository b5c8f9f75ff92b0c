package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
)

// verdicts is what a person can say of a letter that may have arrived.
var verdicts = map[string]letter.State{"sent": letter.Sent, "failed": letter.Failed, "again": letter.Approved}

const (
	// covered is what a person says of all that a ledger does not know of.
	covered = "covered"
)

func resolveCommand(p *program) *cobra.Command {
	var why, by, reason string
	var logs []string
	cmd := &cobra.Command{
		Use:   "resolve sent|failed|again ID… | again --reason ours | --log FILE | covered --why TEXT",
		Short: "Say what became of letters that may have arrived",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return cobra.NoArgs(cmd, args)
			}
			if len(args) == 1 && args[0] == covered {
				return nil
			}
			if reason != "" {
				return usage.Args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs))(cmd, args)
			}
			return cobra.MinimumNArgs(2)(cmd, args)
		},
		ValidArgs: []string{"sent", "failed", "again", covered},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return p.resolveByLog(cmd.Context(), c, logs, operator(by)) })
			}
			if len(args) == 1 && args[0] == covered {
				return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return p.cover(cmd.Context(), c, operator(by), why) })
			}
			to, ok := verdicts[args[0]]
			if reason != "" && (reason != string(letter.ClassOurs) || to != letter.Approved) {
				return usage.Error{Err: errAgain}
			}
			if !ok {
				return usage.Error{Err: fmt.Errorf("%q is none of %q", args[0], slices.Sorted(maps.Keys(verdicts)))}
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				if reason != "" {
					return decided(c.SendAgain(cmd.Context(), operator(by), why))
				}
				return decided(c.Resolve(cmd.Context(), args[1:], to, operator(by), why))
			})
		},
	}
	cmd.Flags().StringArrayVar(&logs, "log", nil, "a mail server's log `file`, also gzipped (- is stdin, as in journalctl | headsup resolve --log -); may be repeated")
	cmd.Flags().StringVar(&reason, "reason", "", "with again: letters that came back for this `class` of reasons, which can be ours")
	cmd.Flags().StringVar(&why, "why", "", "what it rests on, for those who come after")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

var errAgain = errors.New("--reason goes with again, and can be ours: what else came back would come back again")

// cover lets a ledger send again that was put back.
func (p *program) cover(ctx context.Context, c *campaign.Campaign, by, why string) error {
	if why == "" {
		return usage.Error{Err: errors.New("--why is missing: those who come after must know what it rests on")}
	}
	out, err := campaign.CoverGap(ctx, c, by, why)
	if err == nil {
		p.Say("the ledger may send again; of %s that left without it, %d are unknown now; "+ends.Meanwhile, console.Count(out.Left, "letter"), out.Unknown)
	}
	return err
}

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
	return ends.Resolved(p.Console, r)
}
