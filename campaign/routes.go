package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"headsup/campaign/settings"
	"headsup/letter"
	"headsup/mailer"
)

// A transport is a mailer.Transport that holds something open.
type transport interface {
	mailer.Transport
	io.Closer
}

type files struct{ mailer.Files }

func (files) Close() error { return nil }

// newTransport returns the way of each agency's letters to its mail server, or
// else files. It reads every key and password, and connects to nothing.
func newTransport(s *settings.Settings, now time.Time) (transport, error) {
	if len(s.Servers()) == 0 {
		return files{mailer.Files{Dir: s.Outbox()}}, nil
	}
	open := map[*settings.SMTP]*line{}
	routes := routes{}
	for _, a := range s.Agencies {
		server := s.ServerOf(a)
		if !s.Rehearsal && !server.Here() && forExamples(a.From) {
			return nil, s.Fault("from", a.From, "agency %q: %w: %s", a.ID, ErrExample, a.From)
		}
		if open[server] == nil {
			post, err := openServer(s, server)
			if err != nil {
				return nil, err
			}
			open[server] = &line{post, make(chan struct{}, server.AtOnce())}
		}
		seal, err := newSeal(s, a, now)
		if err != nil {
			return nil, fmt.Errorf("agency %q: %w", a.ID, err)
		}
		r := route{line: open[server], post: open[server].smtp}
		if seal != nil {
			r.post = mailer.Sealed(r.post, seal)
		}
		routes[a.ID] = r
	}
	return routes, nil
}

// ErrNoAgency means that an approved letter is of an agency that was taken out.
var ErrNoAgency = errors.New("is not in the settings any more")

// ErrExample means that the agency is still the one that headsup init made up.
var ErrExample = errors.New("from is an address for examples")

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

// ErrRehearsal means that a rehearsal names a mail server of another machine.
var ErrRehearsal = errors.New("a rehearsal sends to files, or to this machine, only")

// openServer returns the transport to a mail server. Every letter that leaves
// goes through one: that of a rehearsal is on this machine.
func openServer(s *settings.Settings, server *settings.SMTP) (*mailer.SMTP, error) {
	if s.Rehearsal && !server.Here() {
		return nil, s.Fault("host", server.Host, "%w: %s", ErrRehearsal, server.Host)
	}
	var keys []mailer.Key
	for _, k := range server.DKIM {
		key, err := mailer.ReadKey(k.Domain, k.Selector, s.Path(k.Key))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	m := server.Server
	for _, file := range []*string{&m.PasswordFile, &m.CAFile, &m.CertFile, &m.KeyFile, &m.ProxyPassFile} {
		*file = s.Path(*file)
	}
	post, err := mailer.NewSMTP(m, keys...)
	if err != nil && server.Name != "" {
		err = fmt.Errorf("%q: %w", server.Name, err)
	}
	return post, err
}

// newSeal returns what signs an agency's letters, or nil.
func newSeal(s *settings.Settings, a settings.Agency, now time.Time) (mailer.Seal, error) {
	file := func(k mailer.KeyFile) mailer.KeyFile {
		k.File, k.PassphraseFile = s.Path(k.File), s.Path(k.PassphraseFile)
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

// A line is an open mail server, and the places of its connections.
type line struct {
	smtp  *mailer.SMTP
	slots chan struct{}
}

// A route is the way of one agency's letters.
type route struct {
	*line
	post mailer.Transport // smtp, or what signs before it
}

// routes are the ways of all agencies' letters, by the agency.
type routes map[string]route

// Send implements mailer.Transport. A letter waits for a connection of its
// agency's mail server; it never goes to another one.
func (r routes) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	way, ok := r[e.Agency]
	if !ok {
		return notSent(fmt.Errorf("agency %q %w", e.Agency, ErrNoAgency))
	}
	select {
	case way.slots <- struct{}{}:
		defer func() { <-way.slots }()
	case <-ctx.Done():
		return notSent(context.Cause(ctx))
	}
	return way.post.Send(ctx, e, mark)
}

// Copy implements mailer.Copier, as Send does.
func (r routes) Copy(ctx context.Context, e letter.Envelope) error {
	way, ok := r[e.Agency]
	c, can := way.post.(mailer.Copier)
	if !ok || !can {
		return nil
	}
	select {
	case way.slots <- struct{}{}:
		defer func() { <-way.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return c.Copy(ctx, e)
}

func notSent(why error) letter.Outcome {
	return letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Text: why.Error(), At: time.Now().UTC(), Err: why}
}

// Close ends all connections.
func (r routes) Close() (err error) {
	for _, way := range r {
		err = errors.Join(err, way.smtp.Close())
	}
	return err
}
