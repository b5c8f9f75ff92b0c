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
)

func demoCommand(p *program) *cobra.Command {
	return &cobra.Command{
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
			return p.demo(cmd.Context())
		},
	}
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
	return demoSteps(ctx, p, c, scans)
}

// demoSteps takes the campaign from scan files to an account of every row.
func demoSteps(ctx context.Context, p *program, c *campaign.Campaign, scans []string) error {
	steps := []struct {
		say string
		do  func() error
	}{
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
	}
	for _, step := range steps {
		p.Say("%s", step.say)
		var rest usage.LeftOver
		if err := step.do(); err != nil && !errors.As(err, &rest) {
			return err
		}
	}
	p.Say("done: look at Maildir, letters and headsup.db in %s", c.Folder())
	return errors.Join(show.Status(ctx, p.Console, c), p.Unprinted())
}
