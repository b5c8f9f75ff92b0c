package settings

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"headsup/letter"
	"headsup/lookup"
)

// Campaign says what is sent, and how fast.
type Campaign struct {
	ID            string              `toml:"id"`              // lower-case letters and digits; begins every reference
	Title         string              `toml:"title"`           // for people of the house, not printed
	Language      string              `toml:"language"`        // where neither contact nor country tells; default "en"
	English       *bool               `toml:"english"`         // English below the native language; default true
	Site          string              `toml:"site"`            // https URL of the advice and verification pages
	CoSponsors    []string            `toml:"co_sponsors"`     // names of those who stand behind the letters, below every signature
	CoSponsorsIn  map[string][]string `toml:"co_sponsors_in"`  // the same in other languages, by BCP 47
	CodeKey       string              `toml:"code_key"`        // file of random bytes that the codes of letters are made with, and what proves that a message knows its letter
	RetiredKeys   []string            `toml:"retired_keys"`    // files of the keys that it had before: letters with their codes are known on
	Bounce        string              `toml:"bounce_address"`  // where returned mail goes: "user@d", "*@d" or "prefix-*@d", the letter's tag for the star; default: each agency's from
	Plus          *bool               `toml:"plus_addressing"` // mail servers take user+tag for user; default true
	OptOut        string              `toml:"opt_out"`         // https URL of a server that honours one-click opt-outs (RFC 8058)
	Pace          Duration            `toml:"pace"`            // between any two letters; default "1s"
	DomainPace    Duration            `toml:"domain_pace"`     // between two letters to one mail domain; default "10s"
	MaxBounces    float64             `toml:"max_bounces"`     // share of the letters that may fail or bounce; default 0.1, 1 for all
	MaxOurs       float64             `toml:"max_ours"`        // share of those that came back that may be refused because of us; default 0.2, 1 for all
	MaxComplaints float64             `toml:"max_complaints"`  // share of the letters that may be complained about; default 0.003, 1 for all
	AssumeSent    Duration            `toml:"assume_sent"`     // letters that may have arrived count as sent after; default never
	Paces
	Stops
	Rounds
}

// Paces says how fast letters leave besides the paces of the campaign and of
// mail domains.
type Paces struct {
	GroupPace   Duration `toml:"group_pace"`   // between two letters to one provider of many domains (Google, Microsoft, …); default "1s"
	MX          *bool    `toml:"mx"`           // draft asks DNS who takes a domain's mail, so that domains of one provider share its pace; default true
	DNS         string   `toml:"dns"`          // the server that is asked, "host:port"; default the system's
	AddressPace Duration `toml:"address_pace"` // between two letters to one address, in all campaigns; default "24h"
	WarmUp      []int    `toml:"warm_up"`      // letters on the first day, on the second, …; default no limit
	Hours       string   `toml:"hours"`        // when letters leave, in the recipient's time: "08:00-18:00"; default always
	Weekends    bool     `toml:"weekends"`     // with hours: also on Saturdays and Sundays
}

// AsksMX reports whether DNS is asked who takes a domain's mail.
func (p Paces) AsksMX() bool { return p.MX == nil || *p.MX }

// Apart returns the time between two letters to one address.
func (p Paces) Apart() time.Duration { return cmp.Or(p.AddressPace.Duration, 24*time.Hour) }

// SendingHours reads Hours and Weekends.
func (p Paces) SendingHours() (letter.Hours, error) {
	h, err := letter.ParseHours(p.Hours)
	if err != nil {
		return h, fmt.Errorf("campaign.hours: %w", err)
	}
	h.Weekends = p.Weekends
	return h, nil
}

// LanePace returns how fast a lane may be used at a time, for a campaign whose
// first letter left at started. It returns false where the settings have no
// pace for such a lane.
func (c Campaign) LanePace(lane string, started, now time.Time) (letter.Pace, bool) {
	switch kind, _, _ := strings.Cut(lane, ":"); kind {
	case "campaign":
		return letter.Pace{Every: cmp.Or(c.Pace.Duration, time.Second)}.WarmUp(c.WarmUp, started, now), true
	case "group":
		return letter.Pace{Every: cmp.Or(c.GroupPace.Duration, time.Second)}, true
	case "domain", "mx":
		return letter.Pace{Every: cmp.Or(c.DomainPace.Duration, 10*time.Second)}, true
	}
	return letter.Pace{}, false
}

// MostBounces returns the share of the letters that may fail or bounce.
func (c Campaign) MostBounces() float64 { return cmp.Or(c.MaxBounces, 0.1) }

// MostOurs is the share of the letters that came back that may be refused
// because of us.
func (c Campaign) MostOurs() float64 { return cmp.Or(c.MaxOurs, 0.2) }

// MostComplaints returns the share of the letters that may be complained about.
func (c Campaign) MostComplaints() float64 { return cmp.Or(c.MaxComplaints, 0.003) }

// CodeKeyFile is where a new campaign folder has its key.
const CodeKeyFile = "code.key"

var (
	// ErrNoCodeKey means that codes of letters are made without a secret.
	ErrNoCodeKey = errors.New("no campaign.code_key: whoever knows a mail address could make the code of its letter, and so look it up on the site or opt out for others")
	// ErrKeyMissing means that a file with a secret is not there.
	ErrKeyMissing = errors.New("the key is missing")
	// ErrShortKey means that the secret can be guessed.
	ErrShortKey = errors.New("the key is shorter than 16 bytes")
)

// readKeys reads what the codes of letters are made with, if the campaign has
// it, and what they were made with before.
func (s *Settings) readKeys() (key []byte, retired [][]byte, err error) {
	if s.Campaign.CodeKey != "" {
		if key, err = s.readKey("code_key", s.Campaign.CodeKey); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range s.Campaign.RetiredKeys {
		k, err := s.readKey("retired_keys", name)
		if err != nil {
			return nil, nil, err
		}
		retired = append(retired, k)
	}
	return key, retired, nil
}

func (s *Settings) readKey(setting, name string) ([]byte, error) {
	key, err := os.ReadFile(s.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrKeyMissing, err)
	}
	if key = bytes.TrimSpace(key); err == nil && len(key) < 16 {
		err = fmt.Errorf("%s: %w", name, ErrShortKey)
	}
	if err != nil {
		return nil, s.Fault(setting, name, "campaign.%s: %w", setting, err)
	}
	return key, nil
}

// Site returns the URL of the advice and verification pages without a slash at
// its end, or "".
func (s *Settings) Site() string { return strings.TrimSuffix(s.Campaign.Site, "/") }

// Decisions turns the settings into what package letter decides with.
// translations are the languages that there are letters in.
func (s *Settings) Decisions(translations []string) (letter.Campaign, error) {
	c := letter.Campaign{
		ID:           s.Campaign.ID,
		Title:        s.Campaign.Title,
		Site:         s.Site(),
		Language:     cmp.Or(s.Campaign.Language, "en"),
		English:      s.Campaign.English == nil || *s.Campaign.English,
		Translations: translations,
		CoSponsors:   s.Campaign.CoSponsors,
		CoSponsorsIn: s.Campaign.CoSponsorsIn,
	}
	if _, ok := c.Translation(c.Language); !ok {
		return c, s.Fault("language", c.Language, "campaign.language: there are no letters in %q", c.Language)
	}
	var err error
	if s.IsProvider() {
		c.Attachments = lookup.CSV // a page says nothing that the mail does not, and doubles what its letter takes
	}
	if s.Letters.Attachments != nil {
		if c.Attachments, err = lookup.ParseAttachments(s.Letters.Attachments); err != nil {
			return c, s.Fault("attachments", "", "letters.%w", err)
		}
	}
	if c.CodeKey, c.RetiredKeys, err = s.readKeys(); err != nil {
		return c, err
	}
	if c.Whom, err = s.whom(); err != nil {
		return c, err
	}
	if s.Campaign.OptOut != "" && len(c.CodeKey) == 0 {
		return c, s.Fault("opt_out", s.Campaign.OptOut, "campaign.opt_out: %w", ErrNoCodeKey)
	}
	for _, a := range s.Agencies {
		for _, lang := range a.Languages {
			if _, ok := c.Translation(lang); !ok {
				return c, s.Fault("languages", lang, "agency %q: there are no letters in %q", a.ID, lang)
			}
		}
		c.Agencies = append(c.Agencies, s.signer(a))
	}
	return c, nil
}

func (s *Settings) check() error {
	if id := s.Campaign.ID; id == "all" { // which headsup stop takes for every campaign
		return s.Fault("id", id, "campaign.id: %q means every campaign", id)
	} else if !letter.ValidCampaignID.MatchString(id) {
		return s.Fault("id", id, "campaign.id: %q is not 2 to 16 lower-case letters and digits that begin with a letter", id)
	}
	if len(s.Agencies) == 0 {
		return s.Fault("", "", "no [[agency]]: somebody has to sign the letters")
	}
	for key, link := range map[string]string{"site": s.Campaign.Site, "opt_out": s.Campaign.OptOut} {
		if link != "" && !isLink(link, "https") {
			return s.Fault(key, link, "campaign.%s: %q is not an https URL", key, link)
		}
	}
	if slices.Contains(s.Inbox.Trusted, "") {
		return s.Fault("trusted", "", "inbox.trusted: a server without a name")
	}
	if err := s.checkPaces(); err != nil {
		return err
	}
	if err := errors.Join(s.checkStops(), checkDesk(s), checkWebhook(s), checkTickets(s)); err != nil {
		return err
	}
	if err := errors.Join(s.checkRounds(), s.checkPost(), checkKeep(s), s.checkISP()); err != nil {
		return err
	}
	for key, m := range map[string]float64{"max_bounces": s.Campaign.MaxBounces, "max_ours": s.Campaign.MaxOurs, "max_complaints": s.Campaign.MaxComplaints} {
		if m < 0 || m > 1 {
			return s.Fault("", "", "campaign.%s: %g is not a share, such as 0.1", key, m)
		}
	}
	if _, err := s.whom(); err != nil {
		return err
	}
	if err := s.checkAgencies(); err != nil {
		return err
	}
	return s.checkExperiment()
}

// isLink reports whether text is a URL of a host, with one of the schemes.
func isLink(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

// checkPaces finds what cannot be a pace, or hours.
func (s *Settings) checkPaces() error {
	c := s.Campaign
	if _, err := c.SendingHours(); err != nil {
		return s.Fault("hours", c.Hours, "%w", err)
	}
	for key, pace := range map[string]Duration{
		"pace":         c.Pace,
		"domain_pace":  c.DomainPace,
		"group_pace":   c.GroupPace,
		"address_pace": c.AddressPace,
		"assume_sent":  c.AssumeSent,
	} {
		if pace.Duration < 0 {
			return s.Fault("", "", "campaign.%s: %s is less than nothing", key, pace)
		}
	}
	if _, _, err := net.SplitHostPort(c.DNS); c.DNS != "" && err != nil {
		return s.Fault("dns", c.DNS, "campaign.dns: %q is not a server such as \"127.0.0.1:53\"", c.DNS)
	}
	for _, n := range c.WarmUp {
		if n < 1 {
			return s.Fault("", "", "campaign.warm_up: %d letters a day are none", n)
		}
	}
	return nil
}
