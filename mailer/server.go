package mailer

import (
	"errors"
	"fmt"
	"os"
	"strings"

	mail "github.com/wneessen/go-mail"

	"headsup/wire"
)

// Server says how to reach a mail server that takes letters for anybody: a
// submission server or a smart host. Its fields are settings.
type Server struct {
	Name string `toml:"name"` // what agencies call it; empty: the default one

	// Port is 587 by default, with tls = "tls" 465, with "none" 25. TLS is
	// "starttls" (default), "tls" from the first byte, or "none".
	wire.Server

	Auth           string `toml:"auth"`            // default: the best offered; or "plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2"
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
