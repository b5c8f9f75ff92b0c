package inbox_test

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headsup/inbox"
	"headsup/wire/wiretest"
)

// A script is an IMAP server that says what it is told to.
type script struct {
	caps string // default "IMAP4rev1 IDLE"

	// answers has what is said to the nth command of a name, from 1, such as
	// "SEARCH 2"; %s is its tag. "silence" says nothing more, "drop" hangs up.
	// What is not in it gets the usual answer.
	answers map[string]string

	mu       sync.Mutex
	seen     map[string]int
	dialled  []time.Time
	serving  sync.WaitGroup
	messages []string // by UID, from 1
}

// box is the mailbox of the script. It is for one bubble of synctest.
func (s *script) box(t *testing.T) inbox.IMAP {
	t.Helper()
	dir := t.TempDir()
	ca, password := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "password")
	if err := errors.Join(os.WriteFile(ca, wiretest.CA(), 0o600), os.WriteFile(password, []byte("geheim\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s.seen = map[string]int{}
	return inbox.IMAP{Host: wiretest.Host, CAFile: ca, User: "headsup", PasswordFile: password}.By(s.dial)
}

func (s *script) dial(_ context.Context, _, address string) (net.Conn, error) {
	s.mu.Lock()
	s.dialled = append(s.dialled, time.Now())
	s.mu.Unlock()
	if address != wiretest.Host+":993" {
		return nil, fmt.Errorf("dialled %s", address)
	}
	near, far := net.Pipe()
	s.serving.Go(func() {
		defer far.Close()
		s.serve(tls.Server(far, &tls.Config{Certificates: []tls.Certificate{wiretest.Certificate()}}))
	})
	return near, nil
}

func (s *script) serve(c net.Conn) {
	// Where it is not told, the client asks in a goroutine that waits for a
	// lock, as synctest cannot see.
	caps := cmp.Or(s.caps, "IMAP4rev1 IDLE")
	io.WriteString(c, "* OK [CAPABILITY "+caps+"] here\r\n")
	for r := bufio.NewReader(c); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		tag, command, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		name, rest, _ := strings.Cut(strings.TrimPrefix(command, "UID "), " ")
		switch answer := s.answer(name, rest); answer {
		case "drop":
			return
		case "silence":
			io.Copy(io.Discard, c)
			return
		default:
			io.WriteString(c, strings.ReplaceAll(strings.ReplaceAll(answer, "%s", tag), "\n", "\r\n"))
		}
		if name == "IDLE" {
			if _, err := r.ReadString('\n'); err != nil { // DONE
				return
			}
			io.WriteString(c, strings.ReplaceAll(s.answer("DONE", ""), "%s", tag)+"\r\n")
		}
	}
}

func (s *script) answer(name, rest string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[name]++
	if a, ok := s.answers[fmt.Sprintf("%s %d", name, s.seen[name])]; ok {
		return a
	}
	switch name {
	case "LOGIN":
		return "%s OK [CAPABILITY " + cmp.Or(s.caps, "IMAP4rev1 IDLE") + "] welcome\n"
	case "SELECT":
		return fmt.Sprintf("* %d EXISTS\n* OK [UIDVALIDITY 7] x\n%%s OK\n", len(s.messages))
	case "SEARCH":
		var from int
		fmt.Sscanf(rest, "UID %d:*", &from)
		all := ""
		for i := range s.messages {
			if i+1 >= from || i+1 == len(s.messages) { // n:* names the last one whatever n is
				all += fmt.Sprintf(" %d", i+1)
			}
		}
		return "* SEARCH" + all + "\n%s OK\n"
	case "FETCH":
		var uid int
		fmt.Sscan(rest, &uid)
		text := s.messages[uid-1]
		return fmt.Sprintf("* %d FETCH (UID %d BODY[]<0> {%d}\n%s)\n%%s OK\n", uid, uid, len(text), text)
	case "IDLE":
		return "+ idling\n"
	case "DONE":
		return "%s OK"
	}
	return "%s OK\n"
}

// came adds a message.
func (s *script) came(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, text)
}

const one, two = "Subject: one", "Subject: two"

// TestAServerOfMailboxesThatMisbehaves looks at what a mailbox yields before
// the one error with which it ends.
func TestAServerOfMailboxesThatMisbehaves(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers map[string]string
		yields  int
		err     string // "" is none
		took    time.Duration
	}{
		{"one that behaves", nil, 2, "", 0},
		{"one that is silent from the start", map[string]string{"LOGIN 1": "silence"}, 0, "the server does not answer", 5 * time.Minute},
		{"one that is silent about the folder", map[string]string{"SELECT 1": "silence"}, 0, "the server does not answer", 5 * time.Minute},
		{"one that is silent about what there is", map[string]string{"SEARCH 1": "silence"}, 0, "the server does not answer", 5 * time.Minute},
		{"one that is silent about a message", map[string]string{"FETCH 2": "silence"}, 1, "the server does not answer", 5 * time.Minute},
		{"one that is silent when left", map[string]string{"LOGOUT 1": "silence"}, 2, "the server does not answer", 5 * time.Minute},
		{"one that hangs up", map[string]string{"SELECT 1": "drop"}, 0, "mailbox on mail.example: ", 0},
		{"one that hangs up later", map[string]string{"FETCH 2": "drop"}, 1, "mailbox on mail.example: ", 0},
		{"one that refuses to search", map[string]string{"SEARCH 1": "%s NO not today\n"}, 0, "mailbox on mail.example: imap: NO not today", 0},
		{"one that refuses a message", map[string]string{"FETCH 1": "%s NO locked\n"}, 0, "imap: NO locked", 0},
		{"one that plays with the terminal", map[string]string{"SELECT 1": "%s NO \u202e\u200b\U000e0041see\n"}, 0, "imap: NO see", 0},
		{"one whose message is gone", map[string]string{"FETCH 1": "%s OK\n"}, 1, "", 0},
		{"one that says more than a message may have", map[string]string{"SEARCH 1": "* SEARCH" + strings.Repeat(" 1", 1<<20) + "\n%s OK\n"}, 0, "the server says too much", 5 * time.Second}, // which TLS gives its own last words
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: tt.answers, messages: []string{one, two}}
				b, begun := s.box(t), time.Now()
				yields, errs := 0, []error{}
				for m, err := range b.Mailbox(t.Context()) {
					if err != nil {
						errs = append(errs, err)
						continue
					}
					if yields++; !strings.HasPrefix(m.Name, "mail.example/INBOX#") {
						t.Errorf("the message is called %q", m.Name)
					}
				}
				err := errors.Join(errs...)
				if yields != tt.yields || tt.err == "" && err != nil || tt.err != "" && (len(errs) != 1 || !strings.Contains(err.Error(), tt.err)) {
					t.Errorf("%d messages and %v, want %d and %q", yields, err, tt.yields, tt.err)
				}
				if took := time.Since(begun); took != tt.took {
					t.Errorf("it took %v, want %v", took, tt.took)
				}
				s.serving.Wait()
			})
		})
	}
}

func TestWhatIsSeenIsToldToTheServer(t *testing.T) {
	for _, tt := range []struct {
		name, answer, err string
	}{
		{"and it notes it", "%s OK\n", ""},
		{"and it refuses", "%s NO read-only\n", "read-only"},
		{"and it is silent", "silence", "the server does not answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: map[string]string{"STORE 1": tt.answer}, messages: []string{one}}
				for m, err := range s.box(t).Mailbox(t.Context()) {
					if err != nil {
						t.Fatal(err)
					}
					if err := m.Seen(); tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
						t.Errorf("got %v, want %q", err, tt.err)
					}
					break
				}
				s.serving.Wait()
				if s.seen["STORE"] != 1 {
					t.Errorf("it was told %d times", s.seen["STORE"])
				}
			})
		})
	}
}

// TestWatchGoesOn has messages come in, and connections end.
func TestWatchGoesOn(t *testing.T) {
	const again = "* OK [UIDVALIDITY 8] x\n%s OK\n"
	for _, tt := range []struct {
		name    string
		caps    string
		answers map[string]string
		first   []string      // what is there
		yields  []string      // and what is yielded when, after an hour, there is one more
		within  time.Duration // of that
		errs    int
		dialled []time.Duration // since the start
	}{
		{"where the server tells of nothing, it is asked", "", nil,
			[]string{one}, []string{one, two}, 10 * time.Minute, 0, []time.Duration{0}},
		{"where it cannot tell, it is asked more often", "IMAP4rev1", nil,
			[]string{one}, []string{one, two}, time.Minute, 0, []time.Duration{0}},
		{"where connections end, there are others, ever more slowly", "", map[string]string{"LOGIN 2": "drop", "LOGIN 3": "%s NO\n", "IDLE 1": "drop"},
			[]string{one}, []string{one, two}, 10 * time.Minute, 3, []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}},
		{"where a connection was good, the next pause is short again", "", map[string]string{"LOGIN 2": "drop", "IDLE 1": "drop", "IDLE 2": "drop"},
			[]string{one}, []string{one, two}, 10 * time.Minute, 3, []time.Duration{0, time.Second, 3 * time.Second, 4 * time.Second}},
		{"where the folder was made anew, it is read anew", "", map[string]string{"SELECT 2": again, "IDLE 1": "drop"},
			[]string{one}, []string{one, one, two}, 10 * time.Minute, 1, []time.Duration{0, time.Second}},
		{"where IDLE is refused, there is another connection", "", map[string]string{"IDLE 1": "%s NO\n"},
			[]string{one}, []string{one, two}, 10 * time.Minute, 1, []time.Duration{0, time.Second}},
		{"where the server is silent, there is another connection", "", map[string]string{"IDLE 1": "silence"},
			[]string{one}, []string{one, two}, 10 * time.Minute, 1, []time.Duration{0, 5*time.Minute + time.Second}},
		{"where the server does not end IDLE, there is another connection", "", map[string]string{"DONE 1": "* OK still"},
			[]string{one}, []string{one, two}, 10 * time.Minute, 1, []time.Duration{0, 15*time.Minute + time.Second}},
		{"where the first message cannot be read, there is another connection", "", map[string]string{"FETCH 1": "drop"},
			[]string{one}, []string{one, two}, 10 * time.Minute, 1, []time.Duration{0, time.Second}},
		{"where there was nothing", "", nil,
			nil, []string{two}, 10 * time.Minute, 0, []time.Duration{0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{caps: tt.caps, answers: tt.answers, messages: tt.first}
				b, begun := s.box(t), time.Now()
				ctx, stop := context.WithCancel(t.Context())
				came := begun.Add(time.Hour)
				time.AfterFunc(time.Hour, func() { s.came(two) })
				time.AfterFunc(90*time.Minute, stop)
				var yields []string
				errs := 0
				for m, err := range b.Watch(ctx) {
					switch {
					case ctx.Err() != nil:
						if !errors.Is(err, context.Canceled) {
							t.Errorf("stopped with %v", err)
						}
					case err != nil:
						if errs++; !strings.HasPrefix(err.Error(), "mailbox on mail.example: ") {
							t.Errorf("the error is %v", err)
						}
					default:
						yields = append(yields, string(m.Text))
						if string(m.Text) == two && time.Since(came) > tt.within {
							t.Errorf("it was seen after %v, want %v", time.Since(came), tt.within)
						}
					}
				}
				if strings.Join(yields, "\n") != strings.Join(tt.yields, "\n") || errs != tt.errs {
					t.Errorf("yielded %q and %d errors, want %q and %d", yields, errs, tt.yields, tt.errs)
				}
				var dialled []time.Duration
				for _, at := range s.dialled {
					dialled = append(dialled, at.Sub(begun))
				}
				if fmt.Sprint(dialled) != fmt.Sprint(tt.dialled) {
					t.Errorf("connected after %v, want %v", dialled, tt.dialled)
				}
				s.serving.Wait()
			})
		})
	}
}

// TestWhoTakesOneMessageOnly stops reading, and the connection ends.
func TestWhoTakesOneMessageOnly(t *testing.T) {
	for _, watch := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{messages: []string{one, two}}
			b := s.box(t)
			all := b.Mailbox(t.Context())
			if watch {
				all = b.Watch(t.Context())
			}
			for m, err := range all {
				if err != nil || string(m.Text) != one {
					t.Errorf("got %q, %v", m.Text, err)
				}
				break
			}
			s.serving.Wait()
			if s.seen["FETCH"] != 1 {
				t.Errorf("watch %v: %d messages were fetched", watch, s.seen["FETCH"])
			}
		})
	}
}

func TestWatchEndsWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: map[string]string{"IDLE 1": "drop"}, messages: []string{one}}
		b := s.box(t)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var last error
		for _, err := range b.Watch(ctx) {
			if err != nil && ctx.Err() == nil {
				stop() // before the next connection
			}
			last = err
		}
		if !errors.Is(last, context.Canceled) || len(s.dialled) != 1 {
			t.Errorf("the last error is %v, after %d connections", last, len(s.dialled))
		}
		s.serving.Wait()
	})
}
