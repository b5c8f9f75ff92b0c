package mailer_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"headsup/letter"
	"headsup/mailer"
)

// listen has serve talk to whoever connects, on this machine, until the test ends.
func listen(t *testing.T, serve func(net.Conn)) (host string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { defer c.Close(); serve(c) })
		}
	})
	t.Cleanup(func() { l.Close(); serving.Wait() })
	return "127.0.0.1", l.Addr().(*net.TCPAddr).Port
}

// A socks is a SOCKS5 proxy (RFC 1928) that takes everything to one address.
type socks struct {
	user, password string // empty: asks nobody
	code           byte   // of the reply; 0 is success
	to             string
	asked          chan string // where to
}

func (s *socks) serve(c net.Conn) {
	r := bufio.NewReader(c)
	field := func() []byte { // with its length before it
		n, _ := r.ReadByte()
		b := make([]byte, n)
		io.ReadFull(r, b)
		return b
	}
	r.ReadByte() // version
	offered := field()
	method := byte(0)
	if s.user != "" {
		method = 2 // RFC 1929
	}
	if !bytes.Contains(offered, []byte{method}) {
		c.Write([]byte{5, 0xff})
		return
	}
	c.Write([]byte{5, method})
	if method == 2 {
		r.ReadByte()
		if string(field()) != s.user || string(field()) != s.password {
			c.Write([]byte{1, 1})
			return
		}
		c.Write([]byte{1, 0})
	}
	head := make([]byte, 4)
	io.ReadFull(r, head)
	if head[3] != 3 { // a name
		return
	}
	name := field()
	port := make([]byte, 2)
	io.ReadFull(r, port)
	s.asked <- fmt.Sprintf("%s:%d", name, int(port[0])<<8|int(port[1]))
	c.Write([]byte{5, s.code, 0, 1, 0, 0, 0, 0, 0, 0})
	if s.code != 0 {
		return
	}
	to, err := net.Dial("tcp", s.to)
	if err != nil {
		return
	}
	defer to.Close()
	go func() { io.Copy(to, r); to.Close() }()
	io.Copy(c, to)
}

func TestThroughAProxy(t *testing.T) {
	for _, tt := range []struct {
		name  string
		proxy socks
		user  string
		want  string // part of the outcome, or "" if the letter is sent
	}{
		{"that asks nobody", socks{}, "", ""},
		{"that knows us", socks{user: "me", password: "geheim"}, "me", ""},
		{"that does not know us", socks{user: "me", password: "geheim"}, "you", "username/password authentication failed"},
		{"that wants to know who", socks{user: "me", password: "geheim"}, "", "no acceptable authentication methods"},
		{"that does not go there", socks{code: 2}, "", "connection not allowed by ruleset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScript("", 0, "")
			host, port := listen(t, func(c net.Conn) { s.serve(&peer{Conn: c, r: bufio.NewReader(c)}) })
			tt.proxy.to, tt.proxy.asked = net.JoinHostPort(host, strconv.Itoa(port)), make(chan string, 9)
			host, port = listen(t, tt.proxy.serve)
			server := settings(t)
			server.Proxy, server.ProxyUser, server.ProxyPassFile = fmt.Sprintf("socks5://%s:%d", host, port), tt.user, server.PasswordFile
			p, err := mailer.NewSMTP(server)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			o := p.Send(t.Context(), envelope(1), func() error { return nil })
			if tt.want == "" && o.State != letter.Sent ||
				tt.want != "" && (o.State != letter.Deferred || o.Phase != letter.Claimed || !strings.Contains(o.Text, tt.want)) {
				t.Errorf("outcome %+v, want %q", o, tt.want)
			}
			if tt.want == "" {
				if to := <-tt.proxy.asked; to != "mail.example:587" {
					t.Errorf("the proxy was asked for %q", to)
				}
			}
		})
	}
}

// pairFiles writes the certificate of keys as a client has it.
func pairFiles(t *testing.T) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	der, err := x509.MarshalECPrivateKey(keys().pair.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{cert: keys().pem, key: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestTheServerSeesOurCertificate(t *testing.T) {
	ours := x509.NewCertPool()
	ours.AppendCertsFromPEM(keys().pem)
	for _, tt := range []struct {
		name    string
		shown   bool
		clients *x509.CertPool
		want    string
	}{
		{"with it", true, ours, ""},
		{"without it", false, ours, "certificate required"},
		{"with one that the server does not know", true, x509.NewCertPool(), "unknown certificate"},
	} {
		for _, policy := range []string{"starttls", "tls"} {
			t.Run(tt.name+", "+policy, func(t *testing.T) {
				s := newScript("", 0, "")
				s.demand, s.clients, s.implicit = tls.RequireAndVerifyClientCert, tt.clients, policy == "tls"
				server := settings(t)
				server.TLS = policy
				server.Host, server.Port = listen(t, func(c net.Conn) { s.serve(&peer{Conn: c, r: bufio.NewReader(c)}) })
				if tt.shown {
					server.CertFile, server.KeyFile = pairFiles(t)
				}
				p, err := mailer.NewSMTP(server)
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				o := p.Send(t.Context(), envelope(1), func() error { return nil })
				if tt.want == "" && o.State != letter.Sent ||
					tt.want != "" && (o.State != letter.Deferred || o.Phase != letter.Claimed || !strings.Contains(o.Text, tt.want)) {
					t.Errorf("outcome %+v, want %q", o, tt.want)
				}
			})
		}
	}
}
