package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/usage"
	"headsup/inbox"
	"headsup/web"
)

func inboxCommand(p *program) *cobra.Command {
	var o inboxOptions
	var log string
	cmd := &cobra.Command{
		Use:   "inbox [MAILBOX…]",
		Short: "What came back: delivery reports, complaints, answers",
		RunE: func(cmd *cobra.Command, sources []string) error {
			boxes, err := mailboxes(p, sources, o.watch)
			if err != nil {
				return err
			}
			if o.listen != "" && o.dry {
				return usage.Error{Err: errDryListen}
			}
			j, closeLog, err := p.journal(log)
			if err != nil {
				return err
			}
			return errors.Join(p.inbox(cmd.Context(), boxes, o, j), closeLog())
		},
	}
	cmd.AddCommand(doubtCommands(p)...)
	cmd.Flags().BoolVar(&o.watch, "watch", false, "go on reading what comes in to the folders of [imap]")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "say what the messages are, and change nothing")
	cmd.Flags().StringVar(&o.listen, "listen", "", "honour opt-outs by one click on a loopback `address` such as 127.0.0.1:8058")
	cmd.Flags().StringVar(&log, "log", "", "append each event of a letter to a `file`, a JSON object a line (- is stderr)")
	return cmd
}

var (
	errWatch = errors.New("only the folders of [imap] can be watched")

	errDryListen = errors.New("--listen honours opt-outs: it cannot be a dry run")
)

// inboxOptions are the flags of inbox.
type inboxOptions struct {
	dry, watch bool
	listen     string
}

// mailboxes opens what is named; "-" is standard input.
func mailboxes(p *program, sources []string, watch bool) (boxes []campaign.Mailbox, err error) {
	if watch && len(sources) > 0 {
		return nil, usage.Error{Err: errWatch}
	}
	for _, source := range sources {
		if source == "-" {
			boxes = append(boxes, inbox.Messages("stdin", p.stdin))
		} else {
			boxes = append(boxes, inbox.Mailbox(source))
		}
	}
	return boxes, nil
}

// inbox reads mailboxes, and honours opt-outs by one click meanwhile and,
// where there is a listener, until it is stopped.
func (p *program) inbox(ctx context.Context, boxes []campaign.Mailbox, o inboxOptions, log func(campaign.Event)) error {
	tell := func(e campaign.Event) {
		log(e)
		p.Tell(e)
	}
	c, err := campaign.Open(ctx, p.dir, tell)
	if o.dry && len(boxes) > 0 && errors.Is(err, settings.ErrNone) { // the messages can be read all the same
		t, err := campaign.Inspect(ctx, boxes, p.Tell)
		return ends.Taken(p.Console, t, err)
	}
	if err != nil {
		return err
	}
	defer c.Close()
	if o.listen == "" {
		return errors.Join(takeAll(ctx, p, c, boxes, o), p.Unprinted())
	}
	stop, err := serveOptOuts(ctx, p, c, o.listen, tell)
	if err != nil {
		return err
	}
	defer stop()
	if err := takeAll(ctx, p, c, boxes, o); err != nil && !(errors.Is(err, campaign.ErrNoIMAP) && !o.watch) {
		return err
	}
	<-ctx.Done()
	return p.Unprinted()
}

// takeAll reads the mailboxes, or those of [imap] where there are none.
func takeAll(ctx context.Context, p *program, c *campaign.Campaign, boxes []campaign.Mailbox, o inboxOptions) error {
	if len(boxes) == 0 {
		var err error
		if boxes, err = c.IMAP(ctx, o.watch); err != nil {
			return usage.Error{Err: err}
		}
	}
	t, err := c.TakeAll(ctx, boxes, o.dry)
	if o.watch && ctx.Err() != nil { // the usual end
		err = nil
	}
	return ends.Taken(p.Console, t, err)
}

// serveOptOuts answers what comes to the campaign's opt_out address, until stop.
func serveOptOuts(ctx context.Context, p *program, c *campaign.Campaign, addr string, tell func(campaign.Event)) (stop func(), err error) {
	if err := c.CheckOptOuts(); err != nil {
		return nil, err
	}
	listener, err := listenAt(ctx, "listen", addr)
	if err != nil {
		return nil, err
	}
	heard := func(in campaign.Incoming, err error) {
		switch {
		case err != nil:
			p.Say("opt-out by one click: %v", err)
		case in.Result == campaign.Recorded:
			tell(in)
		}
	}
	server := web.ServeOptOuts(listener, c, heard)
	p.Say("opt-outs are honoured on http://%s", listener.Addr())
	return func() { server.Shutdown(context.WithoutCancel(ctx)) }, nil
}
