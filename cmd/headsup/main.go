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
	"headsup/cmd/headsup/usage"
)

func main() {
	// A terminal that was closed (SIGHUP) stops work as SIGTERM does.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	ctx, cancel := context.WithCancel(ctx)
	out := console.Unread(os.Stdout, cancel)
	code := run(ctx, os.Args[1:], os.Stdin, out, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it prints what went wrong, with a hint where there
// is one, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newRoot(stdin, stdout, stderr)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	switch {
	case err == nil:
		return usage.Done
	case errors.Is(err, syscall.EPIPE):
		return usage.Interrupted
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "headsup: interrupted; the same command continues where this one stopped")
		return usage.Interrupted
	}
	hint, code, said := usage.Explain(err)
	if !said {
		fmt.Fprintf(stderr, "headsup: %s\n", console.Printable(err.Error()))
	}
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
	return code
}
