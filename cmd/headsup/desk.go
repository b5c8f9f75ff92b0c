package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/cmd/headsup/usage"
	"headsup/web/desk"
	"headsup/web/guard"
	"headsup/web/serve"
)

func reviewCommand(p *program) *cobra.Command {
	var by, listen string
	cmd := &cobra.Command{Use: "review", Short: "Read letters in a browser, and approve or hold them", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
			who, err := acting(cmd.Context(), c, by, people.ToRead)
			if err != nil {
				return err
			}
			return p.atDesk(cmd.Context(), c, serve.Options{Listen: listen, Open: func(d *desk.Desk, at string) error {
				url := at + d.Link(who)
				p.Say("open this link, which lets one browser in once; ctrl-C ends the desk")
				return p.Print(map[string]string{"url": url}, url)
			}})
		})
	}
	cmd.Flags().StringVar(&by, "by", "", "who reads; default the user of this machine")
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback `address` of the desk; port 0: any that is free")
	return cmd
}

func serveCommand(p *program) *cobra.Command {
	var o serve.Options
	cmd := &cobra.Command{Use: "serve", Short: "The desk for several people, and sending, until it is stopped", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.Open = func(_ *desk.Desk, at string) error {
			p.Say("the desk is on %s", at)
			return nil
		}
		return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error { return p.atDesk(cmd.Context(), c, o) })
	}
	cmd.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:8060", "loopback `address`; a reverse proxy stands before it")
	cmd.Flags().StringVar(&o.Public, "url", "", "where browsers reach the desk, such as `https://desk.example.org`")
	cmd.Flags().StringVar(&o.Recipients, "recipients", "", "a second loopback `address` such as 127.0.0.1:8061, for the pages of those who got a letter: a reverse proxy stands before it, at campaign.site")
	cmd.Flags().BoolVar(&o.Send, "send", false, "send what is approved, for as long as the desk is open")
	return cmd
}

// atDesk opens the desk until ctx ends.
func (p *program) atDesk(ctx context.Context, c *campaign.Campaign, o serve.Options) error {
	o.Say, o.Log = p.Say, slog.New(slog.NewTextHandler(p.Stderr, nil))
	err := serve.Run(ctx, c, o)
	if errors.Is(err, guard.ErrNotLoopback) || errors.Is(err, serve.ErrURL) {
		return usage.Error{Err: err}
	}
	return err
}
