package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/web/desk"
	"headsup/web/guard"
)

func serveCommand(p *program) *cobra.Command {
	var listen, public string
	var send bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "The desk for several people, and sending, until it is stopped",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				listener, err := listenHere(ctx, "listen", listen)
				if err != nil {
					return err
				}
				o := desk.Options{Hosts: loopbackNames(listener), Log: p.deskLog()}
				if public != "" {
					u, err := url.Parse(public)
					if err != nil || u.Scheme != "https" || u.Host == "" {
						return usageError{fmt.Errorf("--url %q is not an address such as https://desk.example.org", public)}
					}
					o.Hosts, o.TLS = []string{u.Host}, true
				}
				d, err := desk.New(c, o)
				if err != nil {
					return err
				}
				defer d.Close()
				p.Say("the desk is on http://%s", listener.Addr())
				if send {
					go p.keepSending(ctx, c)
				}
				ready()
				return serveUntil(ctx, listener, guard.Server(d.Handler()))
			})
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8060", "loopback `address`; a reverse proxy stands before it")
	cmd.Flags().StringVar(&public, "url", "", "where browsers reach the desk, such as `https://desk.example.org`")
	cmd.Flags().BoolVar(&send, "send", false, "send what is approved, for as long as the desk is open")
	return cmd
}

// again is how long nothing is looked for after there was nothing to send.
const again = 10 * time.Second

// keepSending sends what is approved until ctx ends. What keeps it from that is
// said when it changes.
func (p *program) keepSending(ctx context.Context, c *campaign.Campaign) {
	said := ""
	for ctx.Err() == nil {
		_, err := c.Send(ctx, campaign.SendOptions{Patience: time.Minute})
		if err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			p.Say("sending: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

// ready tells systemd that the service answers (sd_notify), if it is one.
func ready() error {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte("READY=1"))
	return errors.Join(err, conn.Close())
}
