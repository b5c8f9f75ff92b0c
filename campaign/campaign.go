// Package campaign opens a campaign folder (its settings, its keys, its ledger)
// and does its work: reads scans, asks who answers, writes letters, has them
// approved, sends them, takes what comes back, and accounts for every row.
//
// It never prints, and gives no advice. Calls return values; what happens
// while one is at work is told as an [Event]. The same calls serve a command
// line, pages in a browser and a process that runs for months.
package campaign

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/templates"
)

// A Campaign is an open campaign folder. Several goroutines may call its
// methods at the same time. A call tells its events one after the other, but
// two calls may tell at the same time.
//
// Drafts wait for each other. Of two calls of Send, the second one fails on an
// SQLite ledger; on PostgreSQL both send, and no letter twice.
type Campaign struct {
	settings *settings.Settings
	rules    letter.Campaign
	ledger   *ledger.Ledger
	resolver *lookup.Resolver
	words    *templates.Set
	renderer func() (*render.Renderer, error) // made for the first call that writes: it runs every template
	wishes   func() (*letter.Wishes, error)
	composes *sync.Mutex
	tell     func(Event)
}

// Open opens a campaign folder, or returns [settings.ErrNone]. tell may be nil;
// it is called as [Campaign.Telling] says.
func Open(ctx context.Context, folder string, tell func(Event)) (*Campaign, error) {
	s, err := settings.Load(folder)
	if err != nil {
		return nil, err
	}
	return New(ctx, s, tell)
}

// New opens a campaign with settings that have been read. It must be closed.
func New(ctx context.Context, s *settings.Settings, tell func(Event)) (*Campaign, error) {
	c := &Campaign{settings: s, wishes: newWishes(s), composes: new(sync.Mutex), tell: tell}
	words, err := loadWords(s)
	if err != nil {
		return nil, err
	}
	c.words = words
	c.renderer = sync.OnceValues(func() (*render.Renderer, error) { return rendererOf(s, words) })
	if c.rules, err = s.Decisions(words.Languages()); err != nil {
		return nil, err
	}
	if c.ledger, err = ledger.Open(ctx, s.LedgerName()); err != nil {
		return nil, fmt.Errorf("ledger %s: %w", WithoutPassword(s.LedgerName()), err)
	}
	if c.resolver, err = sharedResolver(ctx, s, c.ledger); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Close closes the ledger. No call may be at work.
func (c *Campaign) Close() error { return c.ledger.Close() }

// Telling returns the same open campaign, whose calls tell their events to
// another function: a page follows its own work alone. tell may be nil.
//
// A call does not wait for tell while a letter is on its way; any other work
// goes on when tell has returned. tell must not close the campaign.
func (c *Campaign) Telling(tell func(Event)) *Campaign {
	other := *c
	other.tell = tell
	return &other
}

// ID returns the campaign's ID, which begins every reference.
func (c *Campaign) ID() string { return c.rules.ID }

// Folder returns the campaign folder.
func (c *Campaign) Folder() string { return c.settings.Folder() }

// event tells what happened.
func (c *Campaign) event(e Event) {
	if c.tell != nil {
		c.tell(e)
	}
}

// Inside is what a room above this one works with: the parts of an open
// campaign. It is to be read; a room changes the ledger by calls
// of its own alone.
type Inside struct {
	Settings *settings.Settings
	Rules    letter.Campaign
	Ledger   *ledger.Ledger
	Renderer func() (*render.Renderer, error) // made at the first call: it runs every template
	Tell     func(Event)                      // never nil
}

// Within opens a campaign to a room above it.
func Within(c *Campaign) Inside { return Inside{c.settings, c.rules, c.ledger, c.renderer, c.event} }

// Full returns the IDs of letters for what was said of them.
func (in Inside) Full(said []string) (ids []string) {
	for _, s := range said {
		ids = append(ids, letter.FullReference(in.Rules.ID, s))
	}
	return ids
}

// Alone does something while nothing else composes letters of the campaign.
func Alone(c *Campaign, do func() error) error {
	c.composes.Lock()
	defer c.composes.Unlock()
	return do()
}
