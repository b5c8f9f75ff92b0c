package inbox_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"headsup/inbox"
)

// A got is what a watch yielded.
type got struct {
	text string
	err  error
}

// watching starts a watch that ends with the test.
func watching(t *testing.T, boxes ...inbox.IMAP) (next func() got, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan got)
	var done sync.WaitGroup
	done.Go(func() {
		defer close(out)
		for m, err := range inbox.Watch(ctx, boxes...) {
			if err == nil && strings.Contains(string(m.Text), "see") {
				err = m.Seen()
			}
			out <- got{string(m.Text), err}
		}
	})
	t.Cleanup(func() {
		cancel()
		for range out {
		}
		done.Wait()
	})
	return func() got {
		t.Helper()
		select {
		case g := <-out:
			return g
		case <-time.After(20 * time.Second):
			t.Fatal("nothing comes")
			return got{}
		}
	}, cancel
}

func deliver(t *testing.T, user *imapmemserver.User, text string) {
	t.Helper()
	if _, err := user.Append("INBOX", literal{strings.NewReader(text)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestWatchYieldsWhatComesIn(t *testing.T) {
	for _, implicit := range []bool{true, false} {
		b, user := imapUser(t, implicit, "Subject: one\r\n\r\n", "Subject: old\r\n\r\n")
		next, stop := watching(t, b)
		if g := next(); g.text != "Subject: one\r\n\r\n" {
			t.Errorf("first %+v", g)
		}
		for n := range 5 {
			text := "Subject: see " + strconv.Itoa(n) + "\r\n\r\n"
			deliver(t, user, text)
			if g := next(); g.text != text || g.err != nil { // and not again what was not seen
				t.Errorf("%d: %+v", n, g)
			}
		}
		stop()
		if g := next(); !errors.Is(g.err, context.Canceled) {
			t.Errorf("when stopped: %+v", g)
		}
		if g := next(); g != (got{}) {
			t.Errorf("after the end: %+v", g)
		}
		var left []string
		for m, err := range b.Mailbox(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, string(m.Text))
		}
		if len(left) != 1 {
			t.Errorf("left unseen: %q", left)
		}
	}
}

func TestWatchThatCannotBegin(t *testing.T) {
	b := imapServer(t, true)
	b.User = "stranger"
	next, _ := watching(t, b)
	if g := next(); g.err == nil || !strings.Contains(g.err.Error(), "Authentication failed") {
		t.Errorf("%+v", g)
	}
	if g := next(); g != (got{}) {
		t.Errorf("after the end: %+v", g)
	}
}

// What the settings lack is said, whether the folder is read or watched.
func TestAFolderThatIsNotNamed(t *testing.T) {
	for want, b := range map[string]inbox.IMAP{
		"host and user are needed": {Host: "127.0.0.1"},
		`tls is "ssl"`:             {Host: "127.0.0.1", User: "u", TLS: "ssl"},
	} {
		for way, box := range map[string]func(context.Context) func(func(inbox.Message, error) bool){
			"read":    func(ctx context.Context) func(func(inbox.Message, error) bool) { return b.Mailbox(ctx) },
			"watched": func(ctx context.Context) func(func(inbox.Message, error) bool) { return b.Watch(ctx) },
		} {
			n := 0
			for m, err := range box(t.Context()) {
				if n++; err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %+v, %v, want %s", way, m, err, want)
				}
			}
			if n != 1 {
				t.Errorf("%s: %d times", way, n)
			}
		}
	}
}

// One person's mailbox that is gone does not make the others deaf.
func TestSeveralMailboxesAreWatchedAtOnce(t *testing.T) {
	one, first := imapUser(t, true)
	two, second := imapUser(t, false)
	gone := inbox.IMAP{Host: "127.0.0.1", Port: 1, User: "nobody", PasswordFile: "nothing"}
	next, stop := watching(t, one, gone, two)
	if g := next(); g.err == nil {
		t.Errorf("a mailbox that is not there: %+v", g)
	}
	for n := range 3 {
		for _, user := range []*imapmemserver.User{first, second} {
			text := "Subject: see " + strconv.Itoa(n) + "\r\n\r\n"
			deliver(t, user, text)
			if g := next(); g.text != text || g.err != nil {
				t.Errorf("%d: %+v", n, g)
			}
		}
	}
	stop()
	for range 2 {
		if g := next(); !errors.Is(g.err, context.Canceled) {
			t.Errorf("when stopped: %+v", g)
		}
	}
}

// Who has read enough is given no more, of any mailbox.
func TestAWatchOfSeveralEnds(t *testing.T) {
	one, _ := imapUser(t, true, "Subject: one\r\n\r\n", "Subject: two\r\n\r\n")
	two, _ := imapUser(t, true, "Subject: three\r\n\r\n")
	n := 0
	for range inbox.Watch(t.Context(), one, two) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d messages", n)
	}
}
