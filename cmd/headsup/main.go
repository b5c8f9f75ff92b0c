// Command headsup turns scan results into letters to those who can fix what
// was found, has people approve them, sends them once, and accounts for every
// row that it read.
//
// The verbs are here; what they do is in the packages. This is the only
// package that knows all others and the only one that gives advice.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"headsup/cmd/headsup/console"
)

// Exit codes, as the help of every verb lists them.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitLeftOver    = 3
	exitInterrupted = 130
)

func main() {
	// A terminal that was closed (SIGHUP) stops work as SIGTERM does.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	ctx, cancel := context.WithCancel(ctx)
	out := unread(os.Stdout, cancel)
	code := run(ctx, os.Args[1:], os.Stdin, out, os.Stderr)
	stop()
	os.Exit(code)
}

// unread is an output that ends the work as a signal does once nobody reads
// it any more, as in "headsup status | head -1": letters on their way are
// settled, and nothing is said about it.
func unread(out io.Writer, cancel func()) io.Writer {
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

// run is the whole program: it prints what went wrong, with a hint where there
// is one, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newRoot(stdin, stdout, stderr)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, syscall.EPIPE):
		return exitInterrupted
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "headsup: interrupted; the same command continues where this one stopped")
		return exitInterrupted
	}
	hint, code, said := explain(err)
	if !said {
		fmt.Fprintf(stderr, "headsup: %s\n", console.Printable(err.Error()))
	}
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
	return code
}
