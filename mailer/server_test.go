package mailer_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headsup/letter"
	"headsup/mailer"
	"headsup/wire"
	"headsup/wire/wiretest"
)

func TestServerSettings(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	password := file("password", "geheim\n")
	cert, key := wiretest.Files(t)
	for _, tt := range []struct {
		name string
		s    mailer.Server
		want string // part of the error, or "" if it is fine
	}{
		{"a host is enough", mailer.Server{Server: wire.Server{Host: "mail.example.org"}}, ""},
		{"a password in a file", mailer.Server{Server: wire.Server{Host: "mail.example.org", User: "u", PasswordFile: password}}, ""},
		{"plain text to this machine", mailer.Server{Server: wire.Server{Host: "127.0.0.1", TLS: "none"}}, ""},
		{"plain text to another machine, if asked for", mailer.Server{Server: wire.Server{Host: "192.0.2.1", TLS: "none"}, AllowPlaintext: true}, ""},
		{"plain text to another machine", mailer.Server{Server: wire.Server{Host: "192.0.2.1", TLS: "none"}}, "to another machine"},
		{"a password in plain text", mailer.Server{Server: wire.Server{Host: "127.0.0.1", TLS: "none", User: "u", PasswordFile: password}, AllowPlaintext: true}, "not sent without TLS"},
		{"no host", mailer.Server{}, "host is missing"},
		{"another word for TLS", mailer.Server{Server: wire.Server{Host: "mail.example.org", TLS: "yes"}}, `tls is "yes"`},
		{"an unknown mechanism", mailer.Server{Server: wire.Server{Host: "mail.example.org"}, Auth: "plain-noenc"}, "not known"},
		{"a port below all that exist", mailer.Server{Server: wire.Server{Host: "mail.example.org", Port: -1}}, "port -1"},
		{"the last port", mailer.Server{Server: wire.Server{Host: "mail.example.org", Port: 65535}}, ""},
		{"a name of two words", mailer.Server{Server: wire.Server{Host: "mail.example.org"}, Helo: "my host"}, "not a host name"},
		{"a port that does not exist", mailer.Server{Server: wire.Server{Host: "mail.example.org", Port: 65536}}, "port 65536"},
		{"a user without a password", mailer.Server{Server: wire.Server{Host: "mail.example.org", User: "u"}}, "neither password_env nor password_file"},
		{"certificates that are none", mailer.Server{Server: wire.Server{Host: "mail.example.org", CAFile: password}}, "no certificate"},
		{"plain text through a proxy", mailer.Server{Server: wire.Server{Host: "127.0.0.1", TLS: "none", Proxy: "socks5://127.0.0.1:1080"}}, "to another machine"},
		{"a proxy of another kind", mailer.Server{Server: wire.Server{Host: "mail.example.org", Proxy: "http://127.0.0.1:1080"}}, "socks5://host:port"},
		{"a proxy's password among the settings", mailer.Server{Server: wire.Server{Host: "mail.example.org", Proxy: "socks5://u:geheim@127.0.0.1:1080"}}, "socks5://host:port"},
		{"a proxy's user", mailer.Server{Server: wire.Server{Host: "mail.example.org", Proxy: "socks5://127.0.0.1:1080", ProxyUser: "u", ProxyPassFile: password}}, ""},
		{"a certificate of ours", mailer.Server{Server: wire.Server{Host: "mail.example.org", CertFile: cert, KeyFile: key}}, ""},
		{"a certificate in plain text", mailer.Server{Server: wire.Server{Host: "127.0.0.1", TLS: "none", CertFile: cert, KeyFile: key}}, "not shown without TLS"},
		{"a command as a name", mailer.Server{Server: wire.Server{Host: "mail.example.org"}, Helo: "x\r\nMAIL"}, "not a host name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mailer.NewSMTP(tt.s)
			if checked := tt.s.Check(); checked != nil && err == nil {
				t.Errorf("Check = %v", checked)
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("NewSMTP = %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "geheim") {
				t.Errorf("%v tells the password", err)
			}
		})
	}
}

func TestEnvelopeAsksForDeliveryReports(t *testing.T) {
	server := settings(t)
	synctest.Test(t, func(t *testing.T) {
		s := newScript("", 0, "")
		p := post(t, s, server)
		e := envelope(1)
		e.To = "abuse+spam@example.net"
		e.Mail = []byte(strings.Replace(string(e.Mail), "abuse1@", "abuse+spam@", 1))
		if o := p.Send(t.Context(), e, func() error { return nil }); o.State != letter.Sent || o.Text != "2.0.0 Ok: queued as ABC123" {
			t.Errorf("outcome %+v", o)
		}
		p.Close()
		s.serving.Wait()
		size := len(e.Mail) + len("Date: Sat, 01 Jan 2000 00:00:00 +0000\r\n")
		want := []string{
			"MAIL FROM:<notices+relay26-0001@example.org> SIZE=" + strconv.Itoa(size) + " RET=HDRS ENVID=relay26-0001",
			"RCPT TO:<abuse+spam@example.net> NOTIFY=FAILURE,DELAY ORCPT=rfc822;abuse+2Bspam@example.net",
		}
		if !slices.Equal(s.commands, want) {
			t.Errorf("commands are %q, want %q", s.commands, want)
		}
	})
}

// TestEnvelopeAsksOnlyForWhatIsOffered: a parameter that a server does not
// know is a syntax error.
func TestEnvelopeAsksOnlyForWhatIsOffered(t *testing.T) {
	server := settings(t)
	for _, tt := range []struct {
		name, offers, body string
		want               string // of MAIL, without SIZE
	}{
		{"nothing", "", "Grüße", "MAIL FROM:<notices+relay26-0001@example.org>"},
		{"8BITMIME for what needs it", "8BITMIME", "Grüße", "MAIL FROM:<notices+relay26-0001@example.org> BODY=8BITMIME"},
		{"8BITMIME for what does not", "8BITMIME", "Hello", "MAIL FROM:<notices+relay26-0001@example.org>"},
		{"DSN", "DSN", "Hello", "MAIL FROM:<notices+relay26-0001@example.org> RET=HDRS ENVID=relay26-0001"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript("", 0, "")
				s.offers = &tt.offers
				p := post(t, s, server)
				e := envelope(1)
				e.Mail = []byte(strings.Replace(string(e.Mail), "Dear team", tt.body, 1))
				p.Send(t.Context(), e, func() error { return nil })
				p.Close()
				s.serving.Wait()
				if len(s.commands) == 0 || s.commands[0] != tt.want {
					t.Errorf("commands are %q, want %q", s.commands, tt.want)
				}
				if rcpt := strings.Join(s.commands[1:], ""); strings.Contains(rcpt, "NOTIFY") != (tt.offers == "DSN") {
					t.Errorf("commands are %q", s.commands)
				}
			})
		})
	}
}

func TestConnectionsAreReusedForAWhile(t *testing.T) {
	server := settings(t)
	server.PerConnection = 5
	synctest.Test(t, func(t *testing.T) {
		s := newScript("", 0, "")
		p := post(t, s, server)
		send := func(n int) {
			if o := p.Send(t.Context(), envelope(n), func() error { return nil }); o.State != letter.Sent {
				t.Fatalf("outcome %+v", o)
			}
		}
		for n := range 12 {
			send(n)
		}
		synctest.Wait()
		if s.times("RSET") != 0 {
			t.Errorf("%d RSET, want none after letters that were sent", s.times("RSET"))
		}
		if s.times("banner") != 3 || s.times("QUIT") != 2 || s.connections() != 1 {
			t.Errorf("12 letters, 5 on each: %d connections, %d QUIT, %d open", s.times("banner"), s.times("QUIT"), s.connections())
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if s.times("QUIT") != 3 || s.connections() != 0 {
			t.Errorf("after two idle minutes: %d QUIT, %d open", s.times("QUIT"), s.connections())
		}
		send(13)
		p.Close()
		s.serving.Wait()
		if s.times("banner") != 4 {
			t.Errorf("%d connections, want 4", s.times("banner"))
		}
	})
}

func TestARefusalDoesNotCostTheConnection(t *testing.T) {
	server := settings(t)
	for _, pipelined := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newScript("RCPT", 1, "550 5.1.1 no such user")
			s.pipelined = pipelined
			p := post(t, s, server)
			for n, want := range []letter.State{letter.Failed, letter.Sent, letter.Sent} {
				if o := p.Send(t.Context(), envelope(n+1), func() error { return nil }); o.State != want {
					t.Errorf("outcome %+v, want %s", o, want)
				}
			}
			p.Close()
			s.serving.Wait()
			if n := s.times("banner"); n != 1 {
				t.Errorf("pipelined %v: %d connections, want 1", pipelined, n)
			}
		})
	}
}

func TestWhatMustNotBeSentTouchesNoWire(t *testing.T) {
	server := settings(t)
	synctest.Test(t, func(t *testing.T) {
		s := newScript("", 0, "")
		p := post(t, s, server)
		e := envelope(1)
		e.Mail = append([]byte("Date: yesterday\r\n"), e.Mail...)
		o := p.Send(t.Context(), e, func() error { t.Error("marked"); return nil })
		if o.State != letter.Failed || o.Phase != letter.Claimed || !strings.HasPrefix(o.Text, "not sent: ") {
			t.Errorf("outcome %+v", o)
		}
		if s.times("connect") != 0 {
			t.Error("connected")
		}
	})
}

func TestWithoutTheMarkThereIsNoDot(t *testing.T) {
	server := settings(t)
	synctest.Test(t, func(t *testing.T) {
		s := newScript("", 0, "")
		p := post(t, s, server)
		o := p.Send(t.Context(), envelope(1), func() error { return errLost })
		if o.State != letter.Deferred || o.Phase != letter.Connected || !strings.Contains(o.Text, errLost.Error()) {
			t.Errorf("outcome %+v", o)
		}
		s.serving.Wait()
		if s.times("dot") != 0 || s.times("QUIT") != 0 || len(s.accepted) != 0 {
			t.Errorf("%d dots, %d QUIT, accepted %v", s.times("dot"), s.times("QUIT"), s.accepted)
		}
	})
}

func TestAServerThatSpeaksBeforeTheDotGetsNone(t *testing.T) {
	server := settings(t)
	for _, tt := range []struct {
		at, do string
		marks  int
	}{
		{"body", "says 450 4.2.0 not now", 0},
		{"end", "450 4.2.0 not now", 1}, // while it is marked
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScript(tt.at, 1, tt.do)
			p := post(t, s, server)
			marks := 0
			o := p.Send(t.Context(), envelope(1), func() error { marks++; time.Sleep(time.Minute); return nil })
			if o.State != letter.Deferred || o.Phase != letter.Connected || o.Code != 450 || marks != tt.marks {
				t.Errorf("%s: marked %d times, outcome %+v", tt.at, marks, o)
			}
			s.serving.Wait()
			if len(s.accepted) != 0 {
				t.Errorf("%s: accepted", tt.at)
			}
		})
	}
}

func TestCertificateOfAnotherHostIsRefused(t *testing.T) {
	server := settings(t)
	server.Host = "other.example"
	synctest.Test(t, func(t *testing.T) {
		s := newScript("", 0, "")
		p := post(t, s, server)
		o := p.Send(t.Context(), envelope(1), func() error { return nil })
		if o.State != letter.Deferred || o.Phase != letter.Claimed || !strings.Contains(o.Text, "certificate") || s.times("AUTH") != 0 {
			t.Errorf("outcome %+v, AUTH %d times", o, s.times("AUTH"))
		}
		s.serving.Wait()
	})
}

func TestTLSFromTheFirstByte(t *testing.T) {
	server := settings(t)
	server.TLS = "tls"
	synctest.Test(t, func(t *testing.T) {
		s := newScript("", 0, "")
		s.implicit = true
		p := post(t, s, server)
		if o := p.Send(t.Context(), envelope(1), func() error { return nil }); o.State != letter.Sent || s.times("AUTH") != 1 {
			t.Errorf("outcome %+v, AUTH %d times", o, s.times("AUTH"))
		}
		p.Close()
		s.serving.Wait()
	})
}
