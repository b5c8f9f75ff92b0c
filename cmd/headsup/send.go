package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/show"
	"headsup/ledger"
	"headsup/letter"
	"headsup/web"
)

func sendCommand(p *program) *cobra.Command {
	var dry, plan, confirm bool
	var by string
	var o sendOptions
	cmd := &cobra.Command{
		Use:   "send",
		Short: "Approved letters to the mail server, or to files",
		Args:  cobra.NoArgs,
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, _ []string) error {
			ctx := cmd.Context()
			if dry || plan {
				if err := campaign.Ready(ctx, c); err != nil {
					return err
				}
			}
			switch {
			case dry:
				return show.Letters(ctx, p.Console, c, ledger.Filter{States: []letter.State{letter.Approved, letter.Deferred}})
			case plan:
				return p.plan(ctx, c)
			case confirm:
				who, err := acting(ctx, c, by, people.ToResume)
				if err != nil {
					return err
				}
				stage, err := campaign.Confirm(ctx, c, who)
				if err != nil {
					return err
				}
				show.Stage(p.Console, stage)
			}
			return p.send(ctx, c, o)
		}),
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "list what would be sent, and send nothing")
	cmd.Flags().BoolVar(&plan, "plan", false, "say when the last letter will leave and what it waits for, and send nothing")
	cmd.Flags().BoolVar(&confirm, "confirm-stage", false, "what came back after this stage is good: send on")
	cmd.Flags().StringVar(&by, "by", "", "who confirms; default the user of this machine")
	cmd.Flags().DurationVar(&o.wait, "wait", time.Minute, "end when the next letter is due later than this; 0s: when none is due now")
	cmd.Flags().StringVar(&o.metrics, "metrics", "", "serve Prometheus metrics on a loopback `address` such as 127.0.0.1:9090")
	cmd.Flags().StringVar(&o.log, "log", "", "append each event of a letter to a `file`, a JSON object a line (- is stderr)")
	return cmd
}

// sendOptions are the flags of send.
type sendOptions struct {
	wait         time.Duration
	metrics, log string
}

// send takes every letter that is due to the transport of the settings, and
// says what is left, for the exit code.
func (p *program) send(ctx context.Context, c *campaign.Campaign, o sendOptions) (err error) {
	log, closeLog, err := p.journal(o.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	tell := func(e campaign.Event) {
		log(e)
		p.Tell(e)
	}
	if o.metrics != "" {
		listener, err := listenAt(ctx, "metrics", o.metrics)
		if err != nil {
			return err
		}
		m := web.ServeMetrics(listener, c)
		defer m.Close()
		counted := tell
		tell = func(e campaign.Event) {
			m.Tell(e)
			counted(e)
		}
	}
	sent, err := c.Telling(tell).Send(ctx, campaign.SendOptions{Patience: o.wait})
	if err != nil {
		return err
	}
	return ends.Sent(p.Console, sent)
}

// plan says when the last letter that is approved will leave, by the paces.
func (p *program) plan(ctx context.Context, c *campaign.Campaign) error {
	plan, err := c.Plan(ctx)
	if err != nil {
		return err
	}
	stage, err := campaign.StageOf(ctx, c)
	if err != nil {
		return err
	}
	return ends.Planned(p.Console, stage, plan)
}
