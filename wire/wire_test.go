package wire_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headsup/wire"
	"headsup/wire/wiretest"
)

// file writes text into a file of its own.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// fails reports an error that is not the wanted one, "" being none.
func fails(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestSecret(t *testing.T) {
	t.Setenv("HEADSUP_TEST_SECRET", "geheim")
	for _, tt := range []struct {
		name, env, file string
		want, err       string
	}{
		{"in the environment", "HEADSUP_TEST_SECRET", "", "geheim", ""},
		{"in a file", "", file(t, "geheim\n"), "geheim", ""},
		{"in a file of Windows", "", file(t, "geheim\r\n"), "geheim", ""},
		{"with spaces around it", "", file(t, " geheim \n"), " geheim ", ""},
		{"nowhere", "", "", "", ""},
		{"in two places", "HEADSUP_TEST_SECRET", file(t, "geheim"), "", "both word_env and word_file are set"},
		{"in a variable that is empty", "HEADSUP_TEST_NOTHING", "", "", `the environment variable "HEADSUP_TEST_NOTHING" is empty`},
		{"in a file that is empty", "", file(t, "\n"), "", "is empty"},
		{"in a file that is not there", "", "/nonexistent/word", "", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wire.Secret("word", tt.env, tt.file)
			fails(t, err, tt.err)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPassword(t *testing.T) {
	for _, tt := range []struct {
		name      string
		s         wire.Server
		want, err string
	}{
		{"of nobody", wire.Server{PasswordFile: "/nonexistent/password"}, "", ""},
		{"of somebody", wire.Server{User: "u", PasswordFile: file(t, "geheim\n")}, "geheim", ""},
		{"that is named nowhere", wire.Server{User: "u"}, "", `user "u" has neither password_env nor password_file`},
		{"that cannot be read", wire.Server{User: "u", PasswordFile: "/nonexistent/password"}, "", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.s.Password()
			fails(t, err, tt.err)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHere(t *testing.T) {
	for _, tt := range []struct {
		s    wire.Server
		want bool
	}{
		{wire.Server{Host: "127.0.0.1"}, true},
		{wire.Server{Host: "127.9.9.9"}, true},
		{wire.Server{Host: "::1"}, true},
		{wire.Server{Host: "LocalHost"}, true},
		{wire.Server{Host: "localhost.example.org"}, false},
		{wire.Server{Host: "127.0.0.1.example.org"}, false},
		{wire.Server{Host: "192.0.2.1"}, false},
		{wire.Server{Host: "mail.example.org"}, false},
		{wire.Server{}, false},
		{wire.Server{Host: "127.0.0.1", Proxy: "socks5://192.0.2.1:1080"}, false}, // of whom it is the proxy that says 127.0.0.1
	} {
		if got := tt.s.Here(); got != tt.want {
			t.Errorf("%+v: got %v", tt.s, got)
		}
	}
}

func TestAddress(t *testing.T) {
	for host, want := range map[string]string{"mail.example.org": "mail.example.org:25", "2001:db8::1": "[2001:db8::1]:25"} {
		if got := (wire.Server{Host: host, Port: 25}).Address(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTLSConfig(t *testing.T) {
	cert, key := wiretest.Files(t)
	for _, tt := range []struct {
		name string
		s    wire.Server
		err  string
	}{
		{"with nothing of ours", wire.Server{}, ""},
		{"with authorities of ours", wire.Server{CAFile: cert}, ""},
		{"with a certificate of ours", wire.Server{CertFile: cert, KeyFile: key}, ""},
		{"a certificate without its key", wire.Server{CertFile: cert}, "go together"},
		{"a key without its certificate", wire.Server{KeyFile: key}, "go together"},
		{"a key that is none", wire.Server{CertFile: cert, KeyFile: file(t, "hello")}, "cert_file " + cert},
		{"authorities that are none", wire.Server{CAFile: file(t, "hello")}, "no certificate"},
		{"authorities that are not there", wire.Server{CAFile: "/nonexistent/ca.pem"}, "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.s.Host = "mail.example.org"
			c, err := tt.s.TLSConfig()
			fails(t, err, tt.err)
			if err != nil {
				return
			}
			if c.ServerName != tt.s.Host || c.MinVersion != tls.VersionTLS12 || c.InsecureSkipVerify {
				t.Errorf("it checks too little: %+v", c)
			}
			if ours := c.RootCAs != nil; ours != (tt.s.CAFile != "") {
				t.Errorf("authorities of ours: %v", ours)
			}
			if shows := c.GetClientCertificate != nil; shows != (tt.s.CertFile != "") {
				t.Errorf("a certificate of ours: %v", shows)
			}
		})
	}
}

func TestDialerRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    wire.Server
		err  string
	}{
		{"a proxy of another kind", wire.Server{Proxy: "http://127.0.0.1:1080"}, "socks5://host:port"},
		{"a proxy without a port", wire.Server{Proxy: "socks5://127.0.0.1"}, "socks5://host:port"},
		{"a proxy without a host", wire.Server{Proxy: "socks5://:1080"}, "socks5://host:port"},
		{"a proxy with a path", wire.Server{Proxy: "socks5://127.0.0.1:1080/x"}, "socks5://host:port"},
		{"a proxy that is no URL", wire.Server{Proxy: "socks5://%zz:geheim"}, "socks5://host:port"},
		{"a proxy's password among the settings", wire.Server{Proxy: "socks5://u:geheim@127.0.0.1:1080"}, "socks5://host:port"},
		{"a proxy's user without a password", wire.Server{Proxy: "socks5://127.0.0.1:1080", ProxyUser: "u"}, `proxy_user "u" has neither`},
		{"a proxy's password that is not there", wire.Server{Proxy: "socks5://127.0.0.1:1080", ProxyUser: "u", ProxyPassFile: "/nonexistent/p"}, "no such file"},
		{"two of them", wire.Server{Proxy: "socks5://127.0.0.1:1080", ProxyUser: "u", ProxyPassFile: "/nonexistent/p", ProxyPassEnv: "X"}, "both proxy_password_env and"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := tt.s.Dialer()
			fails(t, err, tt.err)
			if d != nil || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%v tells the password, or there is a way", err)
			}
		})
	}
	if _, err := (wire.Server{Proxy: "socks5://127.0.0.1:1080/"}).Dialer(); err != nil { // as browsers write it
		t.Error(err)
	}
}

func TestDialerGoesThroughTheProxy(t *testing.T) {
	host, port := wiretest.Listen(t, func(c net.Conn) { io.WriteString(c, "hello") })
	for _, tt := range []struct {
		name, user string
		proxy      wiretest.Proxy
		err        string
	}{
		{"that asks nobody", "", wiretest.Proxy{}, ""},
		{"that knows us", "me", wiretest.Proxy{User: "me", Password: "geheim"}, ""},
		{"that does not know us", "you", wiretest.Proxy{User: "me", Password: "geheim"}, "authentication failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.proxy
			p.To, p.Asked = net.JoinHostPort(host, strconv.Itoa(port)), make(chan string, 9)
			at, door := wiretest.Listen(t, p.Serve)
			s := wire.Server{Proxy: "socks5://" + net.JoinHostPort(at, strconv.Itoa(door)), ProxyUser: tt.user, ProxyPassFile: file(t, "geheim")}
			dial, err := s.Dialer()
			if err != nil {
				t.Fatal(err)
			}
			c, err := wire.Open(t.Context(), dial, "mail.example.org:25")
			fails(t, err, tt.err)
			if err != nil {
				return
			}
			defer c.Close()
			if text, err := io.ReadAll(c); string(text) != "hello" || err != nil {
				t.Errorf("heard %q, %v", text, err)
			}
			if to := <-p.Asked; to != "mail.example.org:25" {
				t.Errorf("the proxy was asked for %q", to)
			}
		})
	}
}

// pipe opens a connection to the other end of a pipe.
func pipe(t *testing.T) (ours *wire.Conn, theirs net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	ours, err := wire.Open(t.Context(), func(context.Context, string, string) (net.Conn, error) { return near, nil }, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); far.Close() })
	return ours, far
}

func TestAServerMayNotSayTooMuch(t *testing.T) {
	for _, tt := range []struct {
		name   string
		allow  func(*wire.Conn)
		budget int
	}{
		{"while it is dialled", func(*wire.Conn) {}, wire.DialBudget},
		{"in a reply", func(c *wire.Conn) { c.Allow(1000, time.Minute) }, 1000},
		{"in a message", func(c *wire.Conn) { c.Budget(5000) }, 5000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, far := pipe(t)
			tt.allow(c)
			go far.Write(bytes.Repeat([]byte("x"), tt.budget))
			if _, err := io.ReadFull(c, make([]byte, tt.budget)); err != nil {
				t.Errorf("%d bytes are too many: %v", tt.budget, err)
			}
			go far.Write([]byte("x"))
			if n, err := c.Read(make([]byte, 10)); n != 0 || !errors.Is(err, wire.ErrTalkative) {
				t.Errorf("one more: %d bytes, %v", n, err)
			}
		})
	}
}

func TestAServerMayNotTakeTooLong(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*wire.Conn)
		want time.Duration
	}{
		{"while it is dialled", func(*wire.Conn) {}, wire.DialTime},
		{"for a reply", func(c *wire.Conn) { c.Allow(1000, time.Minute) }, time.Minute},
		{"for the answer to what was said last", func(c *wire.Conn) {
			c.Patience = 4 * time.Minute
			time.Sleep(2 * time.Minute)
			c.Write([]byte("x"))
		}, 6 * time.Minute},
		{"also where it does not listen", func(c *wire.Conn) {
			c.Allow(1000, time.Minute)
			c.Write([]byte("x"))
			time.Sleep(30 * time.Second)
			c.Write([]byte("x")) // without patience nothing gets longer
		}, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, far := pipe(t)
				go io.Copy(io.Discard, far)
				begun := time.Now()
				tt.do(c)
				_, err := c.Read(make([]byte, 1))
				if took := time.Since(begun); !errors.Is(err, os.ErrDeadlineExceeded) || took != tt.want {
					t.Errorf("%v after %v, want %v", err, took, tt.want)
				}
			})
		})
	}
}

func TestDiallingEnds(t *testing.T) {
	silent := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if _, err := wire.Open(t.Context(), silent, ""); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != wire.DialTime {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := wire.Open(ctx, silent, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
	})
}

func TestSecureChecksTheServer(t *testing.T) {
	ours := x509.NewCertPool()
	ours.AppendCertsFromPEM(wiretest.CA())
	for _, tt := range []struct {
		name   string
		config *tls.Config
		err    string
	}{
		{"that it knows", &tls.Config{RootCAs: ours, ServerName: wiretest.Host}, ""},
		{"of another name", &tls.Config{RootCAs: ours, ServerName: "other.example"}, "certificate is valid for"},
		{"of nobody", &tls.Config{RootCAs: x509.NewCertPool(), ServerName: wiretest.Host}, "unknown authority"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, far := pipe(t)
			go func() {
				s := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{wiretest.Certificate()}})
				io.WriteString(s, "hello")
				s.Close()
			}()
			secure, err := c.Secure(t.Context(), tt.config)
			fails(t, err, tt.err)
			if err != nil {
				return
			}
			if text, err := io.ReadAll(secure); string(text) != "hello" || err != nil {
				t.Errorf("heard %q, %v", text, err)
			}
		})
	}
}

func TestPause(t *testing.T) {
	for n, want := range map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 9: 256 * time.Second, 10: 5 * time.Minute, 1000: 5 * time.Minute,
	} {
		if got := wire.Pause(n); got != want {
			t.Errorf("after %d times: %v, want %v", n, got, want)
		}
	}
}
