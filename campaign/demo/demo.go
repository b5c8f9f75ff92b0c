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

	"headsup/campaign/settings"
	registries "headsup/lookup/loopback"
	"headsup/mailer/loopback"
)

//go:embed headsup.toml scans
var files embed.FS

// Settings is the settings file of the demo, without registries and mail server.
//
//go:embed headsup.toml
var Settings []byte

// Unpack writes the settings and scans of the demo into a folder, with a key of
// its own, unless they are there already, and returns the scans.
func Unpack(dir string) (scans []string, err error) {
	if _, err := os.Stat(filepath.Join(dir, settings.File)); err != nil {
		key := filepath.Join(dir, settings.CodeKeyFile)
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(key, []byte(rand.Text()+"\n"), 0o600)); err != nil {
			return nil, err
		}
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if filepath.Dir(name) == "scans" {
			scans = append(scans, to)
		}
		if _, err := os.Stat(to); err == nil {
			return nil
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	return scans, err
}

// A World is what runs while a campaign works in it.
type World struct {
	registries *registries.World
	post       *loopback.Server
}

// Start starts registries, and a mail server whose Maildir is in the folder.
// It must be closed.
func Start(ctx context.Context, dir string) (w *World, err error) {
	w = &World{}
	if w.registries, err = registries.Start(ctx, registries.Default()); err != nil {
		return nil, err
	}
	if w.post, err = loopback.Start(filepath.Join(dir, "Maildir"), loopback.Options{TLS: true}); err != nil {
		w.registries.Close()
		return nil, err
	}
	return w, nil
}

// Close stops them.
func (w *World) Close() error {
	w.registries.Close()
	return w.post.Close()
}

// Load reads the settings of a folder, for work in this world.
func (w *World) Load(dir string) (*settings.Settings, error) {
	s, err := settings.Load(dir)
	if err != nil {
		return nil, err
	}
	s.Lookup.Registries, s.Lookup.AllowSpecial = w.registries.Registries(), registries.Special()
	s.State = "state" // a demo leaves nothing outside its folder
	s.SMTP = &settings.SMTP{Server: w.post.Settings(), Connections: 4}
	return s, nil
}
