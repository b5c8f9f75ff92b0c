package main

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	registries "headsup/lookup/loopback"
	"headsup/mailer/loopback"
)

//go:embed demo
var demoFiles embed.FS

func (p *program) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "The whole job on this machine alone, in seconds",
		Long: `Do the whole job on this machine alone: start little registries and a mail
server, take sample scans to letters, approve and send them, and account for
every row. Addresses and names are of documentation; nothing leaves the machine.

The folder (-C or --dir; default a new temporary one) is a campaign folder
afterwards. Run again in the same folder, it sends nothing a second time.`,
		Args: cobra.NoArgs,
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
	scans, err := p.unpackDemo()
	if err != nil {
		return err
	}
	world, err := registries.Start(ctx, registries.Default())
	if err != nil {
		return err
	}
	defer world.Close()
	post, err := loopback.Start(filepath.Join(p.dir, "Maildir"), loopback.Options{TLS: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, post.Close()) }()

	s, err := settings.Load(p.dir)
	if err != nil {
		return err
	}
	s.Lookup.Registries, s.Lookup.AllowSpecial = world.Registries(), registries.Special()
	s.SMTP = &settings.SMTP{Server: post.Settings(), Connections: 4}
	h, err := p.newHouse(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return h.demo(ctx, scans)
}

// demo takes the campaign from scan files to an account of every row.
func (h *house) demo(ctx context.Context, scans []string) error {
	steps := []struct {
		say string
		do  func() error
	}{
		{"somebody asked by telephone not to be written to", func() error {
			return h.suppress(ctx, []string{"abuse@sample-cloud.example"}, letter.Suppression{Reason: "asked by telephone"}, "demo", false)
		}},
		{"reading scans, asking five registries, writing letters", func() error {
			return h.draft(ctx, &scanReader{p: h.p}, scans, time.Now())
		}},
		{"approving every letter; in earnest, somebody reads them first", func() error { return h.approve(ctx, nil, "demo") }},
		{"sending to a mail server on this machine", func() error { return h.send(ctx, sendOptions{wait: time.Minute}) }},
		{"writing mail and pages to files", func() error {
			return h.export(ctx, h.settings.Path("letters"), ledger.Filter{Campaign: h.campaign.ID})
		}},
	}
	for _, step := range steps {
		h.p.say("%s", step.say)
		var rest leftOver
		if err := step.do(); err != nil && !errors.As(err, &rest) {
			return err
		}
	}
	h.p.say("done: look at Maildir, letters and headsup.db in %s", h.settings.Folder())
	return h.status(ctx)
}

// unpackDemo writes the settings and scans of the demo into the folder, unless
// they are there already.
func (p *program) unpackDemo() (scans []string, err error) {
	err = fs.WalkDir(demoFiles, "demo", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel("demo", filepath.FromSlash(name))
		if err != nil {
			return err
		}
		to := filepath.Join(p.dir, rel)
		if filepath.Dir(rel) == "scans" {
			scans = append(scans, to)
		}
		if _, err := os.Stat(to); err == nil {
			return nil
		}
		text, err := demoFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return writeNew(to, text, 0o644)
	})
	return scans, err
}
