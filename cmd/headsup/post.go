package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"headsup/letter"
	"headsup/mailer"
)

// SMTPSettings is a mail server.
type SMTPSettings struct {
	mailer.Server
	Connections int    `toml:"connections"` // default 2
	DKIM        []DKIM `toml:"dkim"`
}

// DKIM is a key to sign with.
type DKIM struct {
	Domain   string `toml:"domain"`
	Selector string `toml:"selector"`
	Key      string `toml:"key"` // PEM file
}

// servers returns [smtp] and each [[mail_server]].
func (s *Settings) servers() (all []*SMTPSettings) {
	if s.SMTP != nil {
		all = append(all, s.SMTP)
	}
	for i := range s.MailServers {
		all = append(all, &s.MailServers[i])
	}
	return all
}

// server returns the mail server of an agency, or nil if there is none.
func (s *Settings) server(a AgencySettings) *SMTPSettings {
	if a.MailServer == "" {
		return s.SMTP
	}
	for _, server := range s.servers() {
		if server.Name == a.MailServer {
			return server
		}
	}
	return nil
}

// checkServers sees that every agency has a mail server, or none has.
func (s *Settings) checkServers() error {
	named := map[string]bool{}
	for _, server := range s.servers() {
		switch {
		case server.Name == "" && server != s.SMTP:
			return s.fault("", "", "[[mail_server]]: name is missing")
		case server.Name != "" && named[server.Name]:
			return s.fault("name", server.Name, "two mail servers are called %q", server.Name)
		}
		if err := server.Check(); err != nil {
			return s.fault("host", server.Host, "mail server %s: %w", orDefault(server.Name, "[smtp]"), err)
		}
		named[server.Name] = true
	}
	for _, a := range s.Agencies {
		switch {
		case a.MailServer != "" && !named[a.MailServer]:
			return s.fault("mail_server", a.MailServer, "agency %q: mail_server: no [[mail_server]] is called %q", a.ID, a.MailServer)
		case a.MailServer == "" && s.SMTP == nil && len(s.MailServers) > 0:
			return s.fault("id", a.ID, "agency %q: mail_server is missing, and there is no [smtp]", a.ID)
		case a.SMIME != nil && a.PGP != nil:
			return s.fault("id", a.ID, "agency %q: both smime and pgp", a.ID)
		}
	}
	return nil
}

// A transport is a mailer.Transport that holds something open.
type transport interface {
	mailer.Transport
	io.Closer
}

type files struct{ mailer.Files }

func (files) Close() error { return nil }

// transport returns the way of each agency's letters to its mail server, or
// else files. It reads every key and password, and connects to nothing.
func (s *Settings) transport(now time.Time) (transport, error) {
	if len(s.servers()) == 0 {
		return files{mailer.Files{Dir: s.path(orDefault(s.Files, "outbox"))}}, nil
	}
	open := map[*SMTPSettings]*office{}
	routes := routes{}
	for _, a := range s.Agencies {
		server := s.server(a)
		if !server.Here() && forExamples(a.From) {
			return nil, s.fault("from", a.From, "agency %q: %w: %s", a.ID, errExample, a.From)
		}
		if open[server] == nil {
			post, err := s.open(server)
			if err != nil {
				return nil, err
			}
			open[server] = &office{post, make(chan struct{}, server.connections())}
		}
		seal, err := s.seal(a, now)
		if err != nil {
			return nil, fmt.Errorf("agency %q: %w", a.ID, err)
		}
		r := route{office: open[server], post: open[server].smtp}
		if seal != nil {
			r.post = mailer.Sealed(r.post, seal)
		}
		routes[a.ID] = r
	}
	return routes, nil
}

// errExample means that the agency is still the one that headsup init made up.
var errExample = errors.New("from is an address for examples")

// forExamples reports whether nobody has a mail address there (RFC 2606, RFC 6761).
func forExamples(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	for _, d := range []string{"example.org", "example.com", "example.net", "example", "test", "invalid"} {
		if domain == d || strings.HasSuffix(domain, "."+d) {
			return true
		}
	}
	return false
}

// open returns the transport to a mail server.
func (s *Settings) open(server *SMTPSettings) (*mailer.SMTP, error) {
	var keys []mailer.Key
	for _, k := range server.DKIM {
		key, err := mailer.ReadKey(k.Domain, k.Selector, s.path(k.Key))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	m := server.Server
	for _, file := range []*string{&m.PasswordFile, &m.CAFile, &m.CertFile, &m.KeyFile, &m.ProxyPassFile} {
		*file = s.path(*file)
	}
	post, err := mailer.NewSMTP(m, keys...)
	if err != nil && server.Name != "" {
		err = fmt.Errorf("%q: %w", server.Name, err)
	}
	return post, err
}

// seal returns what signs an agency's letters, or nil.
func (s *Settings) seal(a AgencySettings, now time.Time) (mailer.Seal, error) {
	file := func(k mailer.KeyFile) mailer.KeyFile {
		k.File, k.PassphraseFile = s.path(k.File), s.path(k.PassphraseFile)
		return k
	}
	switch {
	case a.SMIME != nil:
		return mailer.ReadSMIME(file(*a.SMIME), a.From, now)
	case a.PGP == nil:
		return nil, nil
	}
	key, err := mailer.ReadPGP(file(*a.PGP), a.From, now)
	if err != nil {
		return nil, err
	}
	printed := strings.ToUpper(strings.Join(strings.Fields(a.Key), ""))
	if printed != "" && printed != key.Fingerprint() {
		return nil, fmt.Errorf("key, which letters print, is %s, and that of pgp is %s", printed, key.Fingerprint())
	}
	return key, nil
}

// An office is an open mail server, and the places of its connections.
type office struct {
	smtp  *mailer.SMTP
	slots chan struct{}
}

// A route is the way of one agency's letters.
type route struct {
	*office
	post mailer.Transport // smtp, or what signs before it
}

// routes are the ways of all agencies' letters, by the agency.
type routes map[string]route

// Send implements mailer.Transport. A letter waits for a connection of its
// agency's mail server; it never goes to another one.
func (r routes) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	way, ok := r[e.Agency]
	if !ok {
		return notSent(fmt.Sprintf("agency %q is not in the settings any more", e.Agency))
	}
	select {
	case way.slots <- struct{}{}:
		defer func() { <-way.slots }()
	case <-ctx.Done():
		return notSent(context.Cause(ctx).Error())
	}
	return way.post.Send(ctx, e, mark)
}

func notSent(why string) letter.Outcome {
	return letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Text: why, At: time.Now().UTC()}
}

// Close ends all connections.
func (r routes) Close() (err error) {
	for _, way := range r {
		err = errors.Join(err, way.smtp.Close())
	}
	return err
}

func (s *SMTPSettings) connections() int { return max(orDefault(s.Connections, 2), 1) }

// connections is how many letters may be on the wire at once, to all servers.
func (s *Settings) connections() (n int) {
	for _, server := range s.servers() {
		n += server.connections()
	}
	return max(n, 1)
}
