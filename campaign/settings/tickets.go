package settings

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/wire"
)

// Tickets is the house's own system for what needs a person: headsup serve and
// headsup tickets make a ticket there for each letter that does.
type Tickets struct {
	System     string   `toml:"system"`      // "rt" (REST 2) or "zammad"
	URL        string   `toml:"url"`         // https, as browsers reach it
	Queue      string   `toml:"queue"`       // RT's queue, or Zammad's group
	Customer   string   `toml:"customer"`    // of Zammad's tickets: the mailbox or login of a user there
	SecretFile string   `toml:"secret_file"` // the token by which we sign in there
	CAFile     string   `toml:"ca_file"`     // PEM file with the certificates to trust instead of the system's
	Desk       string   `toml:"desk"`        // where browsers reach our desk, such as "https://desk.example.org"
	Closed     []string `toml:"closed"`      // states there that are the end of a ticket
	Pace       Duration `toml:"pace"`        // between two calls; default 1s
	Every      Duration `toml:"every"`       // how often each open ticket is asked about; default 15m
}

// The systems that have tickets.
const (
	RT     = "rt"
	Zammad = "zammad"
)

// Ends reports whether a ticket in a state is over.
func (t Tickets) Ends(state string) bool {
	over := t.Closed
	switch {
	case len(over) > 0:
	case t.System == RT:
		over = []string{"resolved", "rejected", "deleted"}
	default:
		over = []string{"closed", "merged"}
	}
	return slices.ContainsFunc(over, func(s string) bool { return strings.EqualFold(s, state) })
}

// Gap is the time between two calls.
func (t Tickets) Gap() time.Duration { return cmp.Or(t.Pace.Duration, time.Second) }

// Look is the time between two questions about one ticket.
func (t Tickets) Look() time.Duration { return cmp.Or(t.Every.Duration, 15*time.Minute) }

// Server says where the system is.
func (t Tickets) Server(s *Settings) wire.Server {
	u, _ := url.Parse(t.URL) // checked
	server := wire.Server{Host: u.Hostname(), Port: 443}
	if u.Scheme == "http" {
		server.Port = 80
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		server.Port = port
	}
	if t.CAFile != "" {
		server.CAFile = s.Path(t.CAFile)
	}
	return server
}

// Token reads what we sign in with.
func (t Tickets) Token(s *Settings) (string, error) {
	return wire.Secret("tickets.secret", "", s.Path(t.SecretFile))
}

// checkTickets finds what cannot be meant.
func checkTickets(s *Settings) error {
	t := s.Tickets
	if t == nil {
		return nil
	}
	u, err := url.Parse(t.URL)
	switch {
	case t.System != RT && t.System != Zammad:
		return s.Fault("system", t.System, "tickets.system: %q is neither %q nor %q", t.System, RT, Zammad)
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "",
		u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return s.Fault("url", t.URL, "tickets.url: %q is no https URL", t.URL)
	case t.Desk != "" && !isLink(t.Desk, "https"):
		return s.Fault("desk", t.Desk, "tickets.desk: %q is no https URL", t.Desk)
	case t.Queue == "":
		return s.Fault("url", t.URL, "tickets: they have no queue")
	case t.System == Zammad && t.Customer == "":
		return s.Fault("url", t.URL, "tickets: those of Zammad need a customer")
	case t.SecretFile == "":
		return s.Fault("url", t.URL, "tickets: there is no secret_file with a token")
	case t.Pace.Duration < 0 || t.Every.Duration < 0:
		return s.Fault("", "", "tickets: pace and every are not less than nothing")
	}
	return nil
}
