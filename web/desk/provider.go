package desk

import (
	"context"
	"errors"
	"sync"
	"time"

	"headsup/campaign"
	"headsup/campaign/cases"
)

// reopened is for how long a desk for reports is used: the file of customers and
// the index of leases may have changed since.
const reopened = time.Minute

// A provider is the desk for reports of a provider. Any number of pages read from
// it at once; one decides.
type provider struct {
	mu     sync.RWMutex
	desk   *cases.Desk
	opened time.Time
}

// withCases decides something with the desk for reports. It returns
// [campaign.ErrNoProvider], and [customers.ErrChanged] while nothing may be decided.
func withCases(d *Desk, do func(*cases.Desk) error) error {
	p := &d.provider
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.open(d.c); err != nil {
		return err
	}
	return do(p.desk)
}

// readCases reads something from the desk for reports. It returns what [withCases]
// does.
func readCases(d *Desk, do func(*cases.Desk) error) error {
	p := &d.provider
	for range 3 {
		p.mu.RLock()
		if p.fresh() {
			defer p.mu.RUnlock()
			return do(p.desk)
		}
		p.mu.RUnlock()
		if err := withCases(d, func(*cases.Desk) error { return nil }); err != nil {
			return err
		}
	}
	return withCases(d, do)
}

// fresh reports whether the desk is open, and was so not long ago. mu is held.
func (p *provider) fresh() bool { return p.desk != nil && time.Since(p.opened) <= reopened }

// open opens the desk unless it was just opened. mu is held.
func (p *provider) open(c *campaign.Campaign) error {
	if p.fresh() {
		return nil
	}
	if err := p.close(); err != nil {
		return err
	}
	desk, err := campaign.OpenCases(c)
	if err == nil {
		p.desk, p.opened = desk, time.Now()
	}
	return err
}

// close closes what is open. mu is held.
func (p *provider) close() (err error) {
	if p.desk != nil {
		err = p.desk.Close()
	}
	p.desk = nil
	return err
}

// writing is the errand that writes what decisions ask for.
const writing = "cases"

// write has the letters and answers written that decisions ask for. Asked while it
// goes on, it goes on once more.
func write(d *Desk, by string) {
	d.mu.Lock()
	d.decided = true
	d.mu.Unlock()
	await(run(d, writing, by, func(ctx context.Context, tell func(campaign.Event)) error {
		for {
			d.mu.Lock()
			more := d.decided
			d.decided = false
			d.mu.Unlock()
			if !more {
				return nil
			}
			desk, err := campaign.OpenCases(d.c.Telling(tell))
			if err != nil {
				return err
			}
			if err := errors.Join(desk.Compose(ctx, time.Now()), desk.Close()); err != nil {
				return err
			}
		}
	}))
}
