package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/demo"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup/lease"
)

func demoCommand(p *program) *cobra.Command {
	var isp bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The whole job on this machine alone, in seconds",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("dir") {
				dir, err := os.MkdirTemp("", "headsup-demo-*")
				if err != nil {
					return err
				}
				p.dir = dir
			}
			if isp {
				return p.demoISP(cmd)
			}
			return p.demo(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&isp, "isp", false, "a provider's: reports to customers' letters and reporters' answers")
	return cmd
}

// demo runs the verbs one after the other, as a person would.
func (p *program) demo(ctx context.Context) (err error) {
	scans, err := demo.Unpack(p.dir)
	if err != nil {
		return err
	}
	world, err := demo.Start(ctx, p.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	s, err := world.Load(p.dir)
	if err != nil {
		return err
	}
	c, err := campaign.New(ctx, s, p.Tell)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := p.demoSteps([]demoStep{
		{"somebody asked by telephone not to be written to", func() error {
			like := letter.Suppression{Reason: "asked by telephone"}
			return suppress(ctx, c, []string{"abuse@sample-cloud.example"}, like, "demo")
		}},
		{"reading scans, asking five registries, writing letters", func() error {
			return p.draft(ctx, c, usage.ScanFlags{}, scans, campaign.AskOptions{}, time.Now())
		}},
		{"approving every letter; in earnest, somebody reads them first", func() error { return p.approve(ctx, c, nil, "demo") }},
		{"sending to a mail server on this machine", func() error { return p.send(ctx, c, sendOptions{wait: time.Minute}) }},
		{"writing mail and pages to files", func() error { return c.Export(ctx, filepath.Join(p.dir, "letters"), ledger.Filter{}) }},
	}); err != nil {
		return err
	}
	p.Say("done: look at Maildir, letters and headsup.db in %s", c.Folder())
	return errors.Join(show.Status(ctx, p.Console, c), p.Unprinted())
}

// A demoStep is what a person would do next.
type demoStep struct {
	say string
	do  func() error
}

func (p *program) demoSteps(steps []demoStep) error {
	for _, step := range steps {
		p.Say("%s", step.say)
		var rest usage.LeftOver // such as reports that wait for a person
		if err := step.do(); err != nil && !errors.As(err, &rest) {
			return err
		}
	}
	return p.Unprinted()
}

// demoISP runs the first hour of a provider: from logs and a Maildir of reports
// to letters, answers, and an account of every report.
func (p *program) demoISP(cmd *cobra.Command) (err error) {
	ctx := cmd.Context()
	logs, reports, err := demo.UnpackISP(p.dir)
	if err != nil {
		return err
	}
	world, err := demo.StartPost(p.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	s, err := world.Load(p.dir)
	if err != nil {
		return err
	}
	keep := lease.Options{Now: time.Now(), Keep: s.ISP.Age()}
	if err := p.leases(cmd, logs, s.IndexFolder(), lease.Source{Slack: -1}, keep); err != nil {
		return err
	}
	c, err := campaign.New(ctx, s, p.Tell)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	boxes, err := mailboxes(p, []string{reports}, false)
	if err != nil {
		return err
	}
	send := func() error { return p.send(ctx, c, sendOptions{wait: time.Minute}) }
	if err := p.demoSteps([]demoStep{
		{"reading reports, writing letters to the customers of those minutes", func() error { return forward(ctx, p, c, boxes, campaign.ForwardOptions{Day: time.Now()}) }},
		{"approving every letter; in earnest, somebody reads them first", func() error { return p.approve(ctx, c, nil, "demo") }},
		{"sending to a mail server on this machine", send},
		{"answering the reporters whose reports were passed on", func() error { return forward(ctx, p, c, nil, campaign.ForwardOptions{Day: time.Now()}) }},
		{"sending the answers", send},
	}); err != nil {
		return err
	}
	p.Say("done: look at Maildir and headsup.db in %s; headsup cases says where each report ended", c.Folder())
	return errors.Join(show.Status(ctx, p.Console, c), p.Unprinted())
}
