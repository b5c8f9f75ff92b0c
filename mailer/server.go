package mailer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	mail "github.com/wneessen/go-mail"
	"golang.org/x/net/proxy"
)

// Server says how to reach a mail server that takes letters for anybody: a
// submission server or a smart host. Its fields are settings.
type Server struct {
	Name           string `toml:"name"`          // what agencies call it; empty: the default one
	Host           string `toml:"host"`          // name or address; the certificate must be for it
	Port           int    `toml:"port"`          // default 587, with tls = "tls" 465, with "none" 25
	TLS            string `toml:"tls"`           // "starttls" (default), "tls" from the first byte, or "none"
	CAFile         string `toml:"ca_file"`       // PEM file with the certificates to trust instead of the system's
	Auth           string `toml:"auth"`          // default: the best offered; or "plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2"
	User           string `toml:"user"`          // empty: no authentication
	PasswordEnv    string `toml:"password_env"`  // the environment variable that holds the password
	PasswordFile   string `toml:"password_file"` // or the file
	CertFile       string `toml:"cert_file"`     // PEM file with the certificate that we show the server, and those above it
	KeyFile        string `toml:"key_file"`      // PEM file with its private key
	Proxy          string `toml:"proxy"`         // "socks5://host:port": the way to the server, which the proxy looks up
	ProxyUser      string `toml:"proxy_user"`    // empty: the proxy asks for nobody
	ProxyPassEnv   string `toml:"proxy_password_env"`
	ProxyPassFile  string `toml:"proxy_password_file"`
	Helo           string `toml:"helo"`            // how to introduce ourselves; default: the host's name
	AllowPlaintext bool   `toml:"allow_plaintext"` // tls = "none" to another machine
	PerConnection  int    `toml:"per_connection"`  // letters for each connection; default 20
}

var mechanisms = map[string]mail.SMTPAuthType{
	"":              mail.SMTPAuthAutoDiscover,
	"plain":         mail.SMTPAuthPlain,
	"login":         mail.SMTPAuthLogin,
	"cram-md5":      mail.SMTPAuthCramMD5,
	"scram-sha-1":   mail.SMTPAuthSCRAMSHA1,
	"scram-sha-256": mail.SMTPAuthSCRAMSHA256,
	"xoauth2":       mail.SMTPAuthXOAUTH2,
}

// Check says what in the settings can be no mail server. It reads no file and
// no secret.
func (s Server) Check() error {
	_, err := s.withDefaults()
	return err
}

// Here reports whether the server is on this machine.
func (s Server) Here() bool { return loopbackHost(s.Host) && s.Proxy == "" }

// withDefaults checks s and fills in what was left out.
func (s Server) withDefaults() (Server, error) {
	if s.Host == "" {
		return s, errors.New("host is missing")
	}
	if s.TLS == "" {
		s.TLS = "starttls"
	}
	port, ok := map[string]int{"starttls": 587, "tls": 465, "none": 25}[s.TLS]
	if !ok {
		return s, fmt.Errorf("tls is %q, not \"starttls\", \"tls\" or \"none\"", s.TLS)
	}
	if s.Port == 0 {
		s.Port = port
	}
	if s.Port < 1 || s.Port > 65535 {
		return s, fmt.Errorf("port %d does not exist", s.Port)
	}
	if _, ok := mechanisms[s.Auth]; !ok {
		return s, fmt.Errorf("auth is %q, which is not known", s.Auth)
	}
	if s.TLS == "none" && s.User != "" {
		return s, errors.New("a password is not sent without TLS")
	}
	if s.TLS == "none" && s.CertFile != "" {
		return s, errors.New("a certificate is not shown without TLS")
	}
	if s.TLS == "none" && !s.AllowPlaintext && !s.Here() {
		return s, fmt.Errorf("tls = \"none\" to another machine (%s)", s.Host)
	}
	if s.Helo == "" {
		s.Helo, _ = os.Hostname()
	}
	if s.Helo == "" || strings.ContainsAny(s.Helo, " \t\r\n\x00") {
		return s, fmt.Errorf("helo is %q, not a host name", s.Helo)
	}
	if s.PerConnection <= 0 {
		s.PerConnection = 20
	}
	return s, nil
}

func (s Server) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

// password reads the secret from where the settings say it is.
func (s Server) password() (string, error) {
	if s.User == "" {
		return "", nil
	}
	password, err := secret("password", s.PasswordEnv, s.PasswordFile)
	if err == nil && password == "" {
		err = fmt.Errorf("user %q has neither password_env nor password_file", s.User)
	}
	return password, err
}

// tlsConfig returns what the server's certificate is checked with, and ours.
func (s Server) tlsConfig() (*tls.Config, error) {
	c := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CertFile != "" || s.KeyFile != "" {
		if s.CertFile == "" || s.KeyFile == "" {
			return nil, errors.New("cert_file and key_file go together")
		}
		pair, err := tls.LoadX509KeyPair(s.CertFile, s.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("cert_file %s: %w", s.CertFile, err)
		}
		// Not Certificates: that is silent where the server lists other issuers.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	if s.CAFile == "" {
		return c, nil
	}
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, err
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: no certificate", s.CAFile)
	}
	return c, nil
}

// dialer returns what reaches the server: straight, or through the proxy.
func (s Server) dialer() (dialFunc, error) {
	if s.Proxy == "" {
		return new(net.Dialer).DialContext, nil
	}
	u, err := url.Parse(s.Proxy)
	if err != nil || u.Scheme != "socks5" || u.Hostname() == "" || u.Port() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("proxy is not \"socks5://host:port\"") // it may hold a password
	}
	var auth *proxy.Auth
	if s.ProxyUser != "" {
		password, err := secret("proxy_password", s.ProxyPassEnv, s.ProxyPassFile)
		if err == nil && password == "" {
			err = fmt.Errorf("proxy_user %q has neither proxy_password_env nor proxy_password_file", s.ProxyUser)
		}
		if err != nil {
			return nil, err
		}
		auth = &proxy.Auth{User: s.ProxyUser, Password: password}
	}
	d, err := proxy.SOCKS5("tcp", u.Host, auth, new(net.Dialer))
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return d.(proxy.ContextDialer).DialContext, nil
}
