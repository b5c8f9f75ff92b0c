package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"time"

	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// A house is an open campaign folder: what the verbs that write letters work with.
type house struct {
	p        *program
	settings *Settings
	campaign letter.Campaign
	ledger   *ledger.Ledger
	resolver *lookup.Resolver
	renderer *render.Renderer

	exchanges *exchanges
}

// openHouse opens the campaign folder, with its ledger.
func (p *program) openHouse(ctx context.Context) (*house, error) {
	s, err := loadSettings(p.dir)
	if err != nil {
		return nil, err
	}
	return p.newHouse(ctx, s)
}

func (p *program) newHouse(ctx context.Context, s *Settings) (*house, error) {
	h := &house{p: p, settings: s, exchanges: newExchanges(s.Campaign.DNS)}
	var err error
	if h.renderer, err = s.renderer(); err != nil {
		return nil, err
	}
	if h.campaign, err = s.campaign(h.renderer.Languages()); err != nil {
		return nil, err
	}
	if h.ledger, err = ledger.Open(ctx, s.ledger()); err != nil {
		return nil, fmt.Errorf("ledger %s: %w", s.ledger(), err)
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
	cache, err := h.ledger.Cache(ctx, s.since(time.Now()))
	if err != nil {
		return nil, err
	}
	rate, err := s.Registries.Rate()
	if err != nil {
		return nil, fmt.Errorf("lookup: %w", err)
	}
	return s.resolver(h.settings.path, cache, h.ledger.Pacer(rate))
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
	return orDefault(os.Getenv("USER"), "unknown")
}
