package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"sync"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/usage"
	"headsup/web/desk"
	"headsup/web/guard"
	"headsup/web/recipient"
)

func reviewCommand(p *program) *cobra.Command {
	var by, listen string
	cmd := &cobra.Command{Use: "review", Short: "Read letters in a browser, and approve or hold them", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.atDesk(cmd.Context(), listen, "", false, "", func(d *desk.Desk, l net.Listener) error {
			url := "http://" + l.Addr().String() + d.Link(operator(by))
			p.Say("open this link, which lets one browser in once; ctrl-C ends the desk")
			return p.Print(map[string]string{"url": url}, url)
		})
	}
	cmd.Flags().StringVar(&by, "by", "", "who reads; default the user of this machine")
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback `address` of the desk; port 0: any that is free")
	return cmd
}

func serveCommand(p *program) *cobra.Command {
	var listen, public, recipients string
	var send bool
	cmd := &cobra.Command{Use: "serve", Short: "The desk for several people, and sending, until it is stopped", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.atDesk(cmd.Context(), listen, public, send, recipients, func(_ *desk.Desk, l net.Listener) error {
			p.Say("the desk is on http://%s", l.Addr())
			return nil
		})
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8060", "loopback `address`; a reverse proxy stands before it")
	cmd.Flags().StringVar(&public, "url", "", "where browsers reach the desk, such as `https://desk.example.org`")
	cmd.Flags().StringVar(&recipients, "recipients", "", "a second loopback `address` such as 127.0.0.1:8061, for the pages of those who got a letter: a reverse proxy stands before it, at campaign.site")
	cmd.Flags().BoolVar(&send, "send", false, "send what is approved, for as long as the desk is open")
	return cmd
}

// atDesk says where the desk is, and opens it until ctx ends; meanwhile it sends
// and serves recipients if asked to.
func (p *program) atDesk(ctx context.Context, listen, public string, send bool, recipients string, say func(*desk.Desk, net.Listener) error) error {
	return p.inCampaign(ctx, func(c *campaign.Campaign) error {
		l, err := listenAt(ctx, "listen", listen)
		if err != nil {
			return err
		}
		o := desk.Options{Hosts: guard.LoopbackNames(l), Log: slog.New(slog.NewTextHandler(p.Stderr, nil))}
		if public != "" {
			u, err := url.Parse(public)
			if err != nil || u.Scheme != "https" || u.Host == "" {
				return usage.Error{Err: fmt.Errorf("--url %q is not an address such as https://desk.example.org", public)}
			}
			o.Hosts, o.TLS = []string{u.Host}, true
		}
		d, err := desk.New(c, o)
		if err != nil {
			return err
		}
		defer d.Close()
		if err := say(d, l); err != nil {
			return err
		}
		var beside sync.WaitGroup
		defer beside.Wait() // what is on its way is settled before the ledger closes
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		if send {
			beside.Go(func() { campaign.KeepSending(ctx, c, func(err error) { p.Say("sending: %v", err) }) })
		}
		if recipients != "" {
			if err := p.serveRecipients(ctx, c, recipients, o.Log, &beside); err != nil {
				return err
			}
		}
		return guard.Serve(ctx, l, d.Handler())
	})
}

// serveRecipients opens the pages of those who got a letter, until ctx ends.
func (p *program) serveRecipients(ctx context.Context, c *campaign.Campaign, addr string, log *slog.Logger, beside *sync.WaitGroup) error {
	site, err := recipient.New(c, log)
	if err != nil {
		return err
	}
	l, err := listenAt(ctx, "recipients", addr)
	if err != nil {
		return err
	}
	p.Say("the pages of recipients are on http://%s, and belong at %s", l.Addr(), site.URL)
	beside.Go(func() {
		if err := guard.Serve(ctx, l, site.Handler(guard.LoopbackNames(l))); err != nil {
			p.Say("the pages of recipients: %v", err)
		}
	})
	return nil
}
