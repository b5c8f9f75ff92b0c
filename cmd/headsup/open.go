package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"

	"headsup/campaign"
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
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "unknown")
}

// listenAt listens at the address of a flag, which is one of this machine alone.
func listenAt(ctx context.Context, flag, addr string) (net.Listener, error) {
	l, err := guard.Listen(ctx, addr)
	if errors.Is(err, guard.ErrNotLoopback) {
		return nil, usage.Error{Err: fmt.Errorf("--%s %w", flag, err)}
	}
	return l, err
}
