// Package demo is a little world for a campaign on this machine alone: invented
// agencies and their scans, five registries, and a mail server. "headsup demo"
// runs in it, and so do tests.
//
// It decides nothing, and nothing in it leaves the machine.
package demo

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"headsup/campaign/settings"
	registries "headsup/lookup/loopback"
	"headsup/mailer/loopback"
)

//go:embed headsup.toml scans isp
var files embed.FS

// Settings is the settings file of the demo, without registries and mail server.
//
//go:embed headsup.toml
var Settings []byte

// Unpack writes the settings and scans of the demo into a folder, with a key of
// its own, unless they are there already, and returns the scans.
func Unpack(dir string) (scans []string, err error) {
	campaign := []string{settings.File, "scans"}
	if err := unpack(dir, ".", func(name string) bool { return slices.Contains(campaign, first(name)) }); err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(dir, "scans", "*"))
}

// UnpackISP writes the folder of a provider: its settings, customers and logs,
// and the Maildir "reports". In a folder that has settings it writes nothing:
// reports that were read have moved within their Maildir.
func UnpackISP(dir string) (logs []string, reports string, err error) {
	reports = filepath.Join(dir, "reports")
	if _, err := os.Stat(filepath.Join(dir, settings.File)); err != nil {
		err := errors.Join(os.MkdirAll(filepath.Join(reports, "cur"), 0o755), os.MkdirAll(filepath.Join(reports, "tmp"), 0o755),
			unpack(dir, "isp", func(name string) bool { return name != settings.File }),
			unpack(dir, "isp", func(name string) bool { return name == settings.File }))
		if err != nil {
			return nil, "", err
		}
	}
	logs, err = filepath.Glob(filepath.Join(dir, "logs", "*"))
	return logs, reports, err
}

// first is the first part of a path.
func first(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

// unpack writes the files below a root of the demo that are not there, and a
// key where there are no settings.
func unpack(dir, root string, wanted func(name string) bool) error {
	sub, err := fs.Sub(files, root)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, settings.File)); err != nil {
		key := filepath.Join(dir, settings.CodeKeyFile)
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(key, []byte(rand.Text()+"\n"), 0o600)); err != nil {
			return err
		}
	}
	return fs.WalkDir(sub, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !wanted(name) {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(to); err == nil {
			return nil
		}
		text, err := fs.ReadFile(sub, name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}

// A World is what runs while a campaign works in it.
type World struct {
	registries *registries.World
	post       *loopback.Server
}

// Start starts registries, and a mail server whose Maildir is in the folder.
// It must be closed.
func Start(ctx context.Context, dir string) (w *World, err error) {
	if w, err = StartPost(dir); err != nil {
		return nil, err
	}
	if w.registries, err = registries.Start(ctx, registries.Default()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// StartPost starts the mail server alone: a provider asks no registry.
func StartPost(dir string) (w *World, err error) {
	w = &World{}
	w.post, err = loopback.Start(filepath.Join(dir, "Maildir"), loopback.Options{TLS: true})
	return w, err
}

// Close stops them.
func (w *World) Close() error {
	if w.registries != nil {
		w.registries.Close()
	}
	return w.post.Close()
}

// Load reads the settings of a folder, for work in this world.
func (w *World) Load(dir string) (*settings.Settings, error) {
	s, err := settings.Load(dir)
	if err != nil {
		return nil, err
	}
	if w.registries != nil {
		s.Lookup.Registries, s.Lookup.AllowSpecial = w.registries.Registries(), registries.Special()
	}
	s.State = "state" // a demo leaves nothing outside its folder
	s.SMTP = &settings.SMTP{Server: w.post.Settings(), Connections: 4}
	return s, nil
}
