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

// A provider is the desk for reports of a provider, which one page uses at a time.
type provider struct {
	mu     sync.Mutex
	desk   *cases.Desk
	opened time.Time
}

// withCases does something with the desk for reports open. It returns
// [campaign.ErrNoProvider], and [customers.ErrChanged] while nothing may be decided.
func withCases(d *Desk, do func(*cases.Desk) error) error {
	p := &d.provider
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.desk != nil && time.Since(p.opened) > reopened {
		if err := p.close(); err != nil {
			return err
		}
	}
	if p.desk == nil {
		desk, err := campaign.OpenCases(d.c)
		if err != nil {
			return err
		}
		p.desk, p.opened = desk, time.Now()
	}
	return do(p.desk)
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
