package inbox_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"headsup/inbox"
	"headsup/wire/wiretest"
)

// imapServer serves a mailbox with the messages, the second of them seen.
func imapServer(t *testing.T, implicit bool, messages ...string) inbox.IMAP {
	t.Helper()
	b, _ := imapUser(t, implicit, messages...)
	return b
}

// imapUser is imapServer, and whose mailbox it is.
func imapUser(t *testing.T, implicit bool, messages ...string) (inbox.IMAP, *imapmemserver.User) {
	t.Helper()
	user := imapmemserver.NewUser("headsup", "geheim")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	for i, m := range messages {
		o := &imap.AppendOptions{}
		if i == 1 {
			o.Flags = []imap.Flag{imap.FlagSeen}
		}
		if _, err := user.Append("INBOX", literal{strings.NewReader(m)}, o); err != nil {
			t.Fatal(err)
		}
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	return serveIMAP(t, implicit, func() imapserver.Session { return idler{memory.NewSession()} }), user
}

// serveIMAP serves sessions to a user with a password.
func serveIMAP(t *testing.T, implicit bool, session func() imapserver.Session) inbox.IMAP {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{wiretest.Certificate()}}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return session(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, TLSConfig: config, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, config)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	ca, password := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "password")
	if err := errors.Join(os.WriteFile(ca, wiretest.CA(), 0o600), os.WriteFile(password, []byte("geheim\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	b := inbox.IMAP{Host: "127.0.0.1", Port: port, CAFile: ca, User: "headsup", PasswordFile: password}
	if !implicit {
		b.TLS = "starttls"
	}
	return b
}

// An idler tells in IDLE also what came right before it.
type idler struct{ imapserver.Session }

func (s idler) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := s.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-stop:
			return nil
		}
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

func TestIMAPYieldsWhatIsNotSeen(t *testing.T) {
	for _, implicit := range []bool{true, false} {
		b := imapServer(t, implicit, "Subject: one\r\n\r\n1\r\n", "Subject: old\r\n\r\n", "Subject: two\r\n\r\n2\r\n")
		read := func(mark int) (got []string) {
			t.Helper()
			for m, err := range b.Mailbox(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(m.Text))
				if len(got) == mark {
					if err := m.Seen(); err != nil {
						t.Fatal(err)
					}
				}
			}
			return got
		}
		both := []string{"Subject: one\r\n\r\n1\r\n", "Subject: two\r\n\r\n2\r\n"}
		if got := read(0); !slices.Equal(got, both) {
			t.Errorf("implicit TLS %v: got %q", implicit, got)
		}
		if got := read(1); !slices.Equal(got, both) {
			t.Errorf("implicit TLS %v: reading alone marked something: %q", implicit, got)
		}
		if got := read(0); !slices.Equal(got, both[1:]) {
			t.Errorf("implicit TLS %v: what was seen is there again: %q", implicit, got)
		}
	}
}

// A parrot repeats what it was told.
type parrot struct{ imapserver.Session }

func (parrot) Login(user, password string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "not understood: LOGIN " + user + " " + password}
}

func TestAServerThatRepeatsThePassword(t *testing.T) {
	b := serveIMAP(t, true, func() imapserver.Session { return parrot{imapmemserver.New().NewSession()} })
	for _, err := range b.Mailbox(t.Context()) {
		if err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "LOGIN headsup [secret]") {
			t.Errorf("%v", err)
		}
	}
}

func TestIMAPSaysWhyNot(t *testing.T) {
	good := imapServer(t, true)
	with := func(change func(*inbox.IMAP)) inbox.IMAP {
		b := good
		change(&b)
		return b
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		b    inbox.IMAP
		want string
	}{
		{"a wrong user", t.Context(), with(func(b *inbox.IMAP) { b.User = "stranger" }), "Authentication failed"},
		{"no such folder", t.Context(), with(func(b *inbox.IMAP) { b.Folder = "none" }), "No such mailbox"},
		{"a certificate of nobody", t.Context(), with(func(b *inbox.IMAP) { b.CAFile = "" }), "certificate"},
		{"no password", t.Context(), with(func(b *inbox.IMAP) { b.PasswordFile = "" }), "neither password_env"},
		{"plain text", t.Context(), with(func(b *inbox.IMAP) { b.TLS = "none" }), `tls is "none"`},
		{"no host", t.Context(), inbox.IMAP{User: "u"}, "host and user"},
		{"stopped", stopped, good, context.Canceled.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var errs []error
			for _, err := range tt.b.Mailbox(tt.ctx) {
				errs = append(errs, err)
			}
			if err := errors.Join(errs...); len(errs) != 1 || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want one error with %q", err, tt.want)
			}
		})
	}
}
