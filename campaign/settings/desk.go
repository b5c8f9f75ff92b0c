package settings

import (
	"cmp"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// Desk says what the desk in a browser asks of its people.
type Desk struct {
	Codes   *bool    `toml:"codes"`    // to approve, to let sending go on and to end sessions takes a one-time code; default true where approvals = 2
	CodeFor Duration `toml:"code_for"` // how long one counts; default "15m"

	// Header is the field in which a reverse proxy names who has signed in at it. It
	// is believed of what comes by a unix socket (serve --listen unix:PATH) alone.
	Header string `toml:"header"`
	OIDC   *OIDC  `toml:"oidc"` // the house's own sign-in
}

// OIDC is an issuer of OpenID Connect at which people sign in. It makes nobody
// known: headsup users bind does.
type OIDC struct {
	Issuer     string `toml:"issuer"` // https URL
	ClientID   string `toml:"client_id"`
	SecretFile string `toml:"secret_file"` // with the client's secret; left out: it has none (PKCE alone)
}

// Asks reports whether everybody is asked for one-time codes where it takes so
// many people to approve. Whoever has set them up is asked in any case.
func (d Desk) Asks(approvers int) bool {
	if d.Codes == nil {
		return approvers > 1
	}
	return *d.Codes
}

// CodeLife returns how long a one-time code counts.
func (d Desk) CodeLife() time.Duration { return cmp.Or(d.CodeFor.Duration, 15*time.Minute) }

// checkDesk finds what cannot be meant.
func checkDesk(s *Settings) error {
	if d := s.Desk.CodeFor.Duration; d < 0 || d > 12*time.Hour {
		return s.Fault("code_for", "", "desk.code_for: %s is not between nothing and 12h, as long as a session", d)
	}
	if h := s.Desk.Header; h != "" && !httpguts.ValidHeaderFieldName(h) {
		return s.Fault("header", h, "desk.header: %q is no name of a field", h)
	}
	if o := s.Desk.OIDC; o != nil {
		u, err := url.Parse(o.Issuer)
		if err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u.Hostname()) || u.User != nil {
			return s.Fault("issuer", o.Issuer, "desk.oidc.issuer: %q is no https URL", o.Issuer)
		}
		if o.ClientID == "" {
			return s.Fault("issuer", "", "desk.oidc: it has no client_id")
		}
	}
	return nil
}

// ClientSecret reads the secret of the client at the house's sign-in, if it has one.
func (o OIDC) ClientSecret(s *Settings) (string, error) {
	if o.SecretFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(s.Path(o.SecretFile))
	return strings.TrimSpace(string(text)), err
}
