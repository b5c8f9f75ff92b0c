package console

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Unread is an output that ends the work as a signal does once nobody reads
// it any more, as in "headsup status | head -1": letters on their way are
// settled, and nothing is said about it.
func Unread(out io.Writer, cancel func()) io.Writer {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // else the system ends us in the middle
	return &pipe{out, cancel}
}

type pipe struct {
	io.Writer
	cancel func()
}

func (p *pipe) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		p.cancel()
	}
	return n, err
}
