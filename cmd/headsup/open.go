package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/user"

	"headsup/campaign"
)

// inCampaign does something with the campaign folder open. What happens
// meanwhile is told; a result that could not be printed is an error.
func (p *program) inCampaign(ctx context.Context, do func(*campaign.Campaign) error) (err error) {
	c, err := campaign.Open(ctx, p.dir, p.Tell)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	err = do(c)
	if p.Unprinted() != nil {
		return p.Unprinted()
	}
	return err
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
