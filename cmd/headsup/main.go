// Command headsup turns scan results into letters to those who can fix what
// was found, has people approve them, sends them once, and accounts for every
// row that it read.
//
// The verbs are here; what they do is in the packages. This is the only
// package that knows all others and the only one that gives advice.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
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
		return exitDone
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "headsup: interrupted; the same command continues where this one stopped")
		return exitInterrupted
	}
	hint, code, said := explain(err)
	if !said {
		fmt.Fprintf(stderr, "headsup: %s\n", printable(err.Error()))
	}
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
	return code
}
