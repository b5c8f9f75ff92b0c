// Package serve runs what a house has open: its desk, the pages of its recipients,
// and sending meanwhile, in one process until it is stopped.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"

	"headsup/campaign"
	"headsup/campaign/hooks"
	"headsup/campaign/tickets"
	"headsup/web/desk"
	"headsup/web/guard"
	"headsup/web/recipient"
)

// Options say what is open, and where.
type Options struct {
	Listen     string // loopback address of the desk, as --listen
	Public     string // https URL by which browsers reach the desk, as --url; "" on this machine alone
	Recipients string // loopback address of the recipients' pages, as --recipients; "": they are not served
	Send       bool   // what is approved is sent meanwhile

	Open func(d *desk.Desk, at string) error // is told once where the desk is
	Say  func(format string, args ...any)    // hears of what goes on beside the desk
	Log  *slog.Logger                        // of what went wrong inside a page
}

// ErrURL means that browsers cannot reach a desk by its public URL.
var ErrURL = errors.New("is not an address such as https://desk.example.org")

// Run serves a campaign until ctx ends, which is the usual end. It returns
// [guard.ErrNotLoopback], with the flag, for an address that others could come to,
// [ErrURL], and [recipient.ErrNoSite].
func Run(ctx context.Context, c *campaign.Campaign, o Options) error {
	l, err := guard.Listen(ctx, o.Listen)
	if err != nil {
		return fmt.Errorf("--listen %w", err)
	}
	d := desk.Options{Hosts: guard.LoopbackNames(l), Log: o.Log}
	if o.Public != "" {
		u, err := url.Parse(o.Public)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("--url %q %w", o.Public, ErrURL)
		}
		d.Hosts, d.TLS = []string{u.Host}, true
	}
	pages, err := desk.New(c, d)
	if err != nil {
		return err
	}
	defer pages.Close()
	if err := o.Open(pages, "http://"+l.Addr().String()); err != nil {
		return err
	}
	var beside sync.WaitGroup
	defer beside.Wait() // what is on its way is settled before the ledger closes
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if o.Recipients != "" {
		if err := o.recipients(ctx, c, &beside); err != nil {
			return err
		}
	}
	if o.Send {
		beside.Go(func() { campaign.KeepSending(ctx, c, func(err error) { o.Say("sending: %v", err) }) })
	}
	beside.Go(func() { hooks.Usual.Run(ctx, c, func(err error) { o.Say("webhook: %v", err) }) })
	beside.Go(func() { tickets.Usual.Run(ctx, c, func(err error) { o.Say("tickets: %v", err) }) })
	return guard.Serve(ctx, l, pages.Handler())
}

// recipients opens the pages of those who got a letter, until ctx ends.
func (o Options) recipients(ctx context.Context, c *campaign.Campaign, beside *sync.WaitGroup) error {
	site, err := recipient.New(c, o.Log)
	if err != nil {
		return err
	}
	l, err := guard.Listen(ctx, o.Recipients)
	if err != nil {
		return fmt.Errorf("--recipients %w", err)
	}
	o.Say("the pages of recipients are on http://%s, and belong at %s", l.Addr(), site.URL)
	beside.Go(func() {
		if err := guard.Serve(ctx, l, site.Handler(guard.LoopbackNames(l))); err != nil {
			o.Say("the pages of recipients: %v", err)
		}
	})
	return nil
}
