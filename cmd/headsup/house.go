package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"time"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
	"headsup/templates"
)

// A house is an open campaign folder: what the verbs that write letters work with.
type house struct {
	p        *program
	settings *settings.Settings
	campaign letter.Campaign
	ledger   *ledger.Ledger
	resolver *lookup.Resolver
	renderer *render.Renderer

	exchanges *exchanges
}

// openHouse opens the campaign folder, with its ledger.
func (p *program) openHouse(ctx context.Context) (*house, error) {
	s, err := settings.Load(p.dir)
	if err != nil {
		return nil, err
	}
	return p.newHouse(ctx, s)
}

func (p *program) newHouse(ctx context.Context, s *settings.Settings) (*house, error) {
	h := &house{p: p, settings: s, exchanges: newExchanges(s.Campaign.DNS)}
	var err error
	if h.renderer, err = newRenderer(s); err != nil {
		return nil, err
	}
	if h.campaign, err = s.Decisions(h.renderer.Languages()); err != nil {
		return nil, err
	}
	if h.ledger, err = ledger.Open(ctx, s.LedgerName()); err != nil {
		return nil, fmt.Errorf("ledger %s: %w", s.LedgerName(), err)
	}
	if h.resolver, err = h.newResolver(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// newResolver makes a resolver that remembers answers in the ledger, and keeps
// the pace of each registry together with all other processes that use it.
func (h *house) newResolver(ctx context.Context) (*lookup.Resolver, error) {
	s := &h.settings.Lookup
	cache, err := h.ledger.Cache(ctx, s.Since(time.Now()))
	if err != nil {
		return nil, err
	}
	rate, err := s.Registries.Rate()
	if err != nil {
		return nil, fmt.Errorf("lookup: %w", err)
	}
	return newResolver(h.settings, cache, h.ledger.Pacer(rate))
}

// inHouse does something with the campaign folder open.
func (p *program) inHouse(ctx context.Context, do func(*house) error) error {
	h, err := p.openHouse(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	return do(h)
}

func (h *house) close() error {
	if h.ledger == nil {
		return nil
	}
	return h.ledger.Close()
}

// operator names the person at the keyboard, for approvals and suppressions.
func operator(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "unknown")
}

// loadWords returns the letters of headsup, overlaid by the house's own.
func loadWords(s *settings.Settings) (*templates.Set, error) {
	if s.Letters.Templates == "" {
		return templates.Load(templates.Builtin)
	}
	return templates.Load(templates.Builtin, os.DirFS(s.Path(s.Letters.Templates)))
}

// newRenderer returns what writes the letters.
func newRenderer(s *settings.Settings) (*render.Renderer, error) {
	words, err := loadWords(s)
	if err != nil {
		return nil, err
	}
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
		AllowSpecial: l.AllowSpecial,
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
