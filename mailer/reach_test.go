package mailer_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/mailer"
	"headsup/wire/wiretest"
)

func TestThroughAProxy(t *testing.T) {
	for _, tt := range []struct {
		name  string
		proxy wiretest.Proxy
		user  string
		want  string // part of the outcome, or "" if the letter is sent
	}{
		{"that asks nobody", wiretest.Proxy{}, "", ""},
		{"that knows us", wiretest.Proxy{User: "me", Password: "geheim"}, "me", ""},
		{"that does not know us", wiretest.Proxy{User: "me", Password: "geheim"}, "you", "username/password authentication failed"},
		{"that wants to know who", wiretest.Proxy{User: "me", Password: "geheim"}, "", "no acceptable authentication methods"},
		{"that does not go there", wiretest.Proxy{Code: 2}, "", "connection not allowed by ruleset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScript("", 0, "")
			host, port := wiretest.Listen(t, func(c net.Conn) { s.serve(&peer{Conn: c, r: bufio.NewReader(c)}) })
			tt.proxy.To, tt.proxy.Asked = net.JoinHostPort(host, strconv.Itoa(port)), make(chan string, 9)
			host, port = wiretest.Listen(t, tt.proxy.Serve)
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
				if to := <-tt.proxy.Asked; to != "mail.example:587" {
					t.Errorf("the proxy was asked for %q", to)
				}
			}
		})
	}
}

func TestTheServerSeesOurCertificate(t *testing.T) {
	ours := x509.NewCertPool()
	ours.AppendCertsFromPEM(wiretest.CA())
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
				server.Host, server.Port = wiretest.Listen(t, func(c net.Conn) { s.serve(&peer{Conn: c, r: bufio.NewReader(c)}) })
				if tt.shown {
					server.CertFile, server.KeyFile = wiretest.Files(t)
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
