package campaign

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
	"headsup/templates"
)

// builtinWords are the letters of headsup, which all campaigns of a process share.
var builtinWords = sync.OnceValues(func() (*templates.Set, error) { return templates.Load(templates.Builtin) })

// loadWords returns the letters of headsup, overlaid by the house's own.
func loadWords(s *settings.Settings) (*templates.Set, error) {
	if s.Letters.Templates == "" {
		return builtinWords()
	}
	return templates.Load(templates.Builtin, os.DirFS(s.Path(s.Letters.Templates)))
}

// newRenderer returns what writes the letters.
func newRenderer(s *settings.Settings) (*render.Renderer, error) {
	words, err := loadWords(s)
	if err != nil {
		return nil, err
	}
	return rendererOf(s, words)
}

// rendererOf returns what writes letters in these words.
func rendererOf(s *settings.Settings, words *templates.Set) (*render.Renderer, error) {
	o := render.Options{Templates: words, Site: s.Site(), OptOut: s.Campaign.OptOut, MailWithoutPDF: s.Letters.MailWithoutPDF}
	if s.Letters.Printed() {
		fonts, err := typeset.Load(s.FontFolders()...)
		if err != nil {
			return nil, err
		}
		o.Printer = pdf.New(fonts)
	}
	return render.New(o)
}

// sharedResolver returns a resolver that remembers look-ups in the ledger, and
// keeps the pace of each registry together with all other processes that use it.
func sharedResolver(ctx context.Context, s *settings.Settings, l *ledger.Ledger) (*lookup.Resolver, error) {
	cache, err := l.Cache(ctx, s.Lookup.Since(time.Now()))
	if err != nil {
		return nil, err
	}
	rate, err := s.Lookup.Registries.Rate()
	if err != nil {
		return nil, fmt.Errorf("lookup: %w", err)
	}
	return newResolver(s, cache, l.Pacer(rate))
}

// newResolver returns what finds contacts. cache and pacer may be nil.
func newResolver(s *settings.Settings, cache lookup.Cache, pacer lookup.Pacer) (*lookup.Resolver, error) {
	tables, err := keptTables(s)
	if err != nil {
		return nil, err
	}
	l := s.Lookup
	client, err := lookup.NewClient(l.Registries, lookup.Options{Pacer: pacer, Tables: tables})
	if err != nil {
		return nil, fmt.Errorf("lookup: %w", err)
	}
	r := &lookup.Resolver{
		Sources:      []lookup.Source{client},
		Cache:        cache,
		AllowSpecial: s.Allowed(),
		CSIRT:        l.CSIRT,
		Hints:        &lookup.Hints{Abusix: l.Abusix, AbuseNet: l.AbuseNet, SecurityTxt: l.SecurityTxt},
	}
	if l.Cymru {
		r.Origin = r.Hints.CymruOrigin
	}
	if l.Snapshot != "" {
		snapshot, err := readSnapshot(s.Path(l.Snapshot))
		if err != nil {
			return nil, err
		}
		r.Sources = []lookup.Source{snapshot, client}
	}
	if l.Overrides != "" {
		own, err := readOverrides(s.Path(l.Overrides))
		if err != nil {
			return nil, err
		}
		r.Overrides = own
	}
	return r, nil
}

func readOverrides(name string) (*lookup.Overrides, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("lookup.overrides: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return lookup.ReadOverrides(f, name, info.ModTime().UTC())
}

// readSnapshot reads the index of the settings.
func readSnapshot(name string) (*lookup.Snapshot, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("lookup.snapshot: %w", err)
	}
	defer f.Close()
	s, err := lookup.ReadSnapshot(f)
	if err != nil {
		return nil, fmt.Errorf("lookup.snapshot: %s: %w", name, err)
	}
	return s, nil
}
