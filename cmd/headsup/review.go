package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/web/desk"
	"headsup/web/guard"
)

func reviewCommand(p *program) *cobra.Command {
	var by, listen string
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Read letters in a browser, and approve or hold them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				listener, err := listenHere(ctx, "listen", listen)
				if err != nil {
					return err
				}
				d, err := desk.New(c, desk.Options{Hosts: loopbackNames(listener), Log: p.deskLog()})
				if err != nil {
					return err
				}
				defer d.Close()
				url := "http://" + listener.Addr().String() + d.Link(operator(by))
				p.Say("open this link, which lets one browser in once; ctrl-C ends the desk")
				if err := p.Print(map[string]string{"url": url}, url); err != nil {
					return err
				}
				return serveUntil(ctx, listener, guard.Server(d.Handler()))
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who reads; default the user of this machine")
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback `address` of the desk; port 0: any that is free")
	return cmd
}

// deskLog is where a desk says what went wrong inside.
func (p *program) deskLog() *slog.Logger { return slog.New(slog.NewTextHandler(p.Stderr, nil)) }

// loopbackNames are the hosts under which this machine alone reaches a listener.
func loopbackNames(l net.Listener) []string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return []string{l.Addr().String(), "localhost:" + port}
}

// serveUntil answers until ctx ends, which is the usual end, and then lets
// those who are being answered have the rest.
func serveUntil(ctx context.Context, l net.Listener, s *http.Server) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.Shutdown(last)
}
