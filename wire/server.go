package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"golang.org/x/net/proxy"
)

// A Server says where a server is, and how it is reached. Its fields are settings.
type Server struct {
	Host          string `toml:"host"`          // name or address; the certificate must be for it
	Port          int    `toml:"port"`          // the default is the protocol's
	TLS           string `toml:"tls"`           // how the connection is protected: the words are the protocol's
	CAFile        string `toml:"ca_file"`       // PEM file with the certificates to trust instead of the system's
	User          string `toml:"user"`          // empty: no authentication
	PasswordEnv   string `toml:"password_env"`  // the environment variable that holds the password
	PasswordFile  string `toml:"password_file"` // or the file
	CertFile      string `toml:"cert_file"`     // PEM file with the certificate that we show the server, and those above it
	KeyFile       string `toml:"key_file"`      // PEM file with its private key
	Proxy         string `toml:"proxy"`         // "socks5://host:port": the way to the server, which the proxy looks up
	ProxyUser     string `toml:"proxy_user"`    // empty: the proxy asks for nobody
	ProxyPassEnv  string `toml:"proxy_password_env"`
	ProxyPassFile string `toml:"proxy_password_file"`
}

// Here reports whether the server is on this machine.
func (s Server) Here() bool { return loopbackHost(s.Host) && s.Proxy == "" }

// Address is where to dial.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

// Password reads the secret from where the settings say it is.
func (s Server) Password() (string, error) {
	if s.User == "" {
		return "", nil
	}
	password, err := Secret("password", s.PasswordEnv, s.PasswordFile)
	if err == nil && password == "" {
		err = fmt.Errorf("user %q has neither password_env nor password_file", s.User)
	}
	return password, err
}

// TLSConfig returns what the server's certificate is checked with, and ours.
func (s Server) TLSConfig() (*tls.Config, error) {
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

// A Dial opens a connection.
type Dial = func(ctx context.Context, network, address string) (net.Conn, error)

// Dialer returns what reaches the server: straight, or through the proxy.
func (s Server) Dialer() (Dial, error) {
	if s.Proxy == "" {
		return new(net.Dialer).DialContext, nil
	}
	u, err := url.Parse(s.Proxy)
	if err != nil || u.Scheme != "socks5" || u.Hostname() == "" || u.Port() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("proxy is not \"socks5://host:port\"") // it may hold a password
	}
	var auth *proxy.Auth
	if s.ProxyUser != "" {
		password, err := Secret("proxy_password", s.ProxyPassEnv, s.ProxyPassFile)
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

// Secret reads what must not be in the settings from where they say it is: an
// environment variable or a file, whose last line ends are cut off. It is empty
// if neither is named, and an error if both are, or if what is named is empty;
// what names it in the error.
func Secret(what, env, file string) (string, error) {
	switch {
	case env != "" && file != "":
		return "", fmt.Errorf("both %s_env and %s_file are set", what, what)
	case env != "":
		s := os.Getenv(env)
		if s == "" {
			return "", fmt.Errorf("the environment variable %q is empty", env)
		}
		return s, nil
	case file != "":
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		s := strings.TrimRight(string(text), "\r\n")
		if s == "" {
			return "", fmt.Errorf("%q is empty", file)
		}
		return s, nil
	}
	return "", nil
}
