package settings

import (
	"cmp"
	"net/netip"

	"headsup/mailer"
)

// SMTP is a mail server.
type SMTP struct {
	mailer.Server
	Connections int    `toml:"connections"` // default 2
	DKIM        []DKIM `toml:"dkim"`

	// SendsFrom are the addresses from which the server sends to others, for
	// headsup doctor; default: those of host.
	SendsFrom []netip.Addr `toml:"sends_from"`
}

// AtOnce returns how many letters may be on the wire to the server.
func (s *SMTP) AtOnce() int { return max(cmp.Or(s.Connections, 2), 1) }

// DKIM is a key to sign with.
type DKIM struct {
	Domain   string `toml:"domain"`
	Selector string `toml:"selector"`
	Key      string `toml:"key"` // PEM file
}

// Servers returns [smtp] and each [[mail_server]]. There may be none.
func (s *Settings) Servers() (all []*SMTP) {
	if s.SMTP != nil {
		all = append(all, s.SMTP)
	}
	for i := range s.MailServers {
		all = append(all, &s.MailServers[i])
	}
	return all
}

// ServerOf returns the mail server of an agency, or nil if there is none.
func (s *Settings) ServerOf(a Agency) *SMTP {
	if a.MailServer == "" {
		return s.SMTP
	}
	for _, server := range s.Servers() {
		if server.Name == a.MailServer {
			return server
		}
	}
	return nil
}

// Connections returns how many letters may be on the wire at once, to all servers.
func (s *Settings) Connections() (n int) {
	for _, server := range s.Servers() {
		n += server.AtOnce()
	}
	return max(n, 1)
}

// checkServers sees that every agency has a mail server, or none has.
func (s *Settings) checkServers() error {
	named := map[string]bool{}
	for _, server := range s.Servers() {
		switch {
		case server.Name == "" && server != s.SMTP:
			return s.Fault("", "", "[[mail_server]]: name is missing")
		case server.Name != "" && named[server.Name]:
			return s.Fault("name", server.Name, "two mail servers are called %q", server.Name)
		}
		if err := server.Check(); err != nil {
			return s.Fault("host", server.Host, "mail server %s: %w", cmp.Or(server.Name, "[smtp]"), err)
		}
		named[server.Name] = true
	}
	for _, a := range s.Agencies {
		switch {
		case a.MailServer != "" && !named[a.MailServer]:
			return s.Fault("mail_server", a.MailServer, "agency %q: mail_server: no [[mail_server]] is called %q", a.ID, a.MailServer)
		case a.MailServer == "" && s.SMTP == nil && len(s.MailServers) > 0:
			return s.Fault("id", a.ID, "agency %q: mail_server is missing, and there is no [smtp]", a.ID)
		case a.SMIME != nil && a.PGP != nil:
			return s.Fault("id", a.ID, "agency %q: both smime and pgp", a.ID)
		}
	}
	return nil
}
