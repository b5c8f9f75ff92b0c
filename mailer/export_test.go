package mailer

import (
	"context"
	"net"
)

// SetDial makes p reach its server by f.
func (p *SMTP) SetDial(f func(ctx context.Context, network, address string) (net.Conn, error)) {
	p.dial = f
}
