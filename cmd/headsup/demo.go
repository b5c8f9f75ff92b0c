package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	registries "headsup/lookup/loopback"
	"headsup/mailer"
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
	world, err := registries.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	post, err := loopback.Start(filepath.Join(p.dir, "Maildir"), loopback.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, post.Close()) }()

	s, err := loadSettings(p.dir)
	if err != nil {
		return err
	}
	s.Lookup.Registries = world.Registries()
	s.SMTP = &SMTPSettings{Server: mailer.Server{Host: post.Host(), Port: post.Port(), TLS: "none", Helo: "localhost"}, Connections: 4}
	h, err := p.newHouse(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return h.demo(ctx, scans)
}

func (h *house) demo(ctx context.Context, scans []string) error {
	var over leftOver
	h.p.say("reading %s, asking five registries, writing letters", some(len(scans), "scan file"))
	in := scanReader{p: h.p}
	if err := h.draftQuietly(ctx, &in, scans); err != nil && !errors.As(err, &over) {
		return err
	}
	h.p.say("approving every letter: in earnest, somebody reads them first")
	if err := h.approveAll(ctx); err != nil {
		return err
	}
	h.p.say("sending to a mail server on this machine")
	if err := h.send(ctx, time.Minute); err != nil && !errors.As(err, &over) {
		return err
	}
	if err := h.exportAll(ctx); err != nil {
		return err
	}
	h.p.say("look at %s: Maildir (the mail), letters (mail and PDF), headsup.db (the ledger)", h.settings.folder)
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
		return writeNew(to, text)
	})
	return scans, err
}

var _ = fmt.Sprint
