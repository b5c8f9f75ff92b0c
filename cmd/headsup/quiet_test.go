package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
)

// closed is an output that nobody reads any more.
type closed struct{}

func (closed) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

// A reader that has enough, such as head, ends a verb as a signal does, without
// a word; what the verb did is in the ledger.
func TestAClosedPipeEndsAVerbInSilence(t *testing.T) {
	dir := campaigntest.Approved(t)
	for _, verb := range [][]string{{"status"}, {"status", "--letters"}, {"send"}} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var stderr bytes.Buffer
		code := run(ctx, append([]string{"-C", dir}, verb...), strings.NewReader(""), console.Unread(closed{}, cancel), &stderr)
		if code != usage.Interrupted || verb[0] == "status" && stderr.Len() > 0 || ctx.Err() == nil {
			t.Errorf("headsup %v: exit code %d, %q on stderr, context: %v", verb, code, &stderr, ctx.Err())
		}
	}
	var stdout bytes.Buffer
	run(t.Context(), []string{"-C", dir, "status"}, strings.NewReader(""), &stdout, os.Stderr)
	if !strings.HasPrefix(stdout.String(), "sent\t1\n") {
		t.Errorf("after a send that nobody watched: %s", &stdout)
	}
}
