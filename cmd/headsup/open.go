package main

import (
	"context"
	"errors"
	"fmt"
	"net"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/cmd/headsup/access"
	"headsup/cmd/headsup/usage"
	"headsup/web/guard"
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
	return access.Operator(by)
}

// acting names who acts: the person of the token that is at hand, or as
// operator does where one person is enough.
func acting(ctx context.Context, c *campaign.Campaign, by string, a people.Act) (string, error) {
	who, err := access.Credential(by)
	if err != nil {
		return "", err
	}
	return campaign.Acting(ctx, c, who, a)
}

// listenAt listens at the address of a flag, which is one of this machine alone.
func listenAt(ctx context.Context, flag, addr string) (net.Listener, error) {
	l, err := guard.Listen(ctx, addr)
	if errors.Is(err, guard.ErrNotLoopback) {
		return nil, usage.Error{Err: fmt.Errorf("--%s %w", flag, err)}
	}
	return l, err
}
