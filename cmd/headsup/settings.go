package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/letter"
	"headsup/lookup"
	"headsup/mailer"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
	"headsup/templates"
)

//go:embed headsup.toml
var exampleSettings []byte

const settingsFile = "headsup.toml"

// Settings is headsup.toml. An unknown key is an error; a key that is left out
// has the careful value. Paths are relative to the folder of the file.
type Settings struct {
	Campaign CampaignSettings `toml:"campaign"`
	Agencies []AgencySettings `toml:"agency"`
	Letters  LetterSettings   `toml:"letters"`
	Lookup   LookupSettings   `toml:"lookup"`
	Ledger   string           `toml:"ledger"` // file, or a postgres:// URL (password from PGPASSWORD or ~/.pgpass)
	Files    string           `toml:"files"`  // folder for .eml files where there is no [smtp]
	SMTP     *SMTPSettings    `toml:"smtp"`   // without it nothing leaves this machine
	IMAP     *mailer.IMAP     `toml:"imap"`   // where what comes back is read

	MailServers []SMTPSettings `toml:"mail_server"` // those that agencies name; [smtp] is for the others

	folder string
	text   []byte // the file, to find lines in
}

// CampaignSettings says what is sent, and how fast.
type CampaignSettings struct {
	ID            string   `toml:"id"`             // lower-case letters and digits; begins every reference
	Title         string   `toml:"title"`          // for people of the house, not printed
	Language      string   `toml:"language"`       // where neither contact nor country tells; default "en"
	English       *bool    `toml:"english"`        // English below the native language; default true
	Site          string   `toml:"site"`           // https URL of the advice and verification pages
	CoSponsors    []string `toml:"co_sponsors"`    // names of those who stand behind the letters, below every signature
	CodeKey       string   `toml:"code_key"`       // file of random bytes that the codes of letters are made with
	OptOut        string   `toml:"opt_out"`        // https URL of a server that honours one-click opt-outs (RFC 8058)
	Pace          duration `toml:"pace"`           // between any two letters; default "1s"
	DomainPace    duration `toml:"domain_pace"`    // between two letters to one mail domain; default "10s"
	MaxBounces    float64  `toml:"max_bounces"`    // share of the letters that may fail or bounce; default 0.1, 1 for all
	MaxComplaints float64  `toml:"max_complaints"` // share of the letters that may be complained about; default 0.003, 1 for all
	AssumeSent    duration `toml:"assume_sent"`    // letters that may have arrived count as sent after; default never
	PaceSettings
}

// LetterSettings says how letters are written.
type LetterSettings struct {
	PDF            *bool    `toml:"pdf"`              // attach and print; default true
	MailWithoutPDF bool     `toml:"mail_without_pdf"` // where a font is missing: send the mail alone
	Templates      string   `toml:"templates"`        // folder whose files replace the built-in ones
	Fonts          []string `toml:"fonts"`            // folders to look for fonts in, before the system's
}

// LookupSettings says who is asked for contacts.
type LookupSettings struct {
	Overrides    string            `toml:"overrides"`     // CSV of contacts that overrule the registries
	Snapshot     string            `toml:"snapshot"`      // index of registry dumps (headsup snapshot), asked before the registries
	Bootstrap    string            `toml:"bootstrap"`     // folder of IANA's newer tables (headsup bootstrap); default "iana"
	AllowSpecial []netip.Prefix    `toml:"allow_special"` // special-use space that is treated as public (demo, tests)
	CSIRT        bool              `toml:"csirt"`         // last resort: the country's national CSIRT
	Cymru        bool              `toml:"cymru"`         // AS numbers from Team Cymru's DNS, and their contact where the network has none
	Abusix       bool              `toml:"abusix"`        // where no registry names anybody: Abusix's DNS
	AbuseNet     bool              `toml:"abuse_net"`     // for domains: abuse.net's DNS
	SecurityTxt  bool              `toml:"security_txt"`  // for domains: RFC 9116
	MaxAge       duration          `toml:"max_age"`       // ask again after; default "168h"
	Workers      int               `toml:"workers"`       // look-ups under way at each registry; default 4
	Registries   lookup.Registries `toml:"registries"`    // other servers and paces
}

// duration is a time.Duration that is written "10s".
type duration struct{ time.Duration }

func (d *duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// errNoSettings means that the folder is not a campaign folder.
var errNoSettings = errors.New("no " + settingsFile)

// loadSettings reads the settings of a campaign folder.
func loadSettings(folder string) (*Settings, error) {
	name := filepath.Join(folder, settingsFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w in %q", errNoSettings, folder)
	}
	if err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors begin with it
	s := &Settings{folder: folder, text: text}
	dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := dec.Decode(s); err != nil {
		return nil, settingsError(name, err)
	}
	if err := errors.Join(s.check(), s.checkServers()); err != nil {
		return nil, err
	}
	return s, nil
}

// fault is an error with the file, and the line that gives key that value.
func (s *Settings) fault(key, value, format string, args ...any) error {
	where := filepath.Join(s.folder, settingsFile)
	if n := lineOf(s.text, key, value); n > 0 {
		where = fmt.Sprintf("%s:%d", where, n)
	}
	return fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...))
}

// lineOf returns the number of the line that gives key that value, alone or in
// a list, or 0 if it is written in another way.
func lineOf(text []byte, key, value string) int {
	line := regexp.MustCompile(`(?m)^[ \t]*` + key + `[ \t]*=[ \t]*(\[[^\]]*)?["']` + regexp.QuoteMeta(value) + `["']`)
	at := line.FindIndex(text)
	if at == nil {
		return 0
	}
	return 1 + bytes.Count(text[:at[0]], []byte("\n"))
}

// settingsError names the line and the key of what TOML did not like.
func settingsError(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return fmt.Errorf("%s:%d: unknown key %q", name, row, strings.Join(strict.Errors[0].Key(), "."))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, _ := bad.Position()
		return fmt.Errorf("%s:%d: %s: %s", name, row, strings.Join(bad.Key(), "."), strings.TrimPrefix(bad.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (s *Settings) check() error {
	if !letter.ValidCampaignID.MatchString(s.Campaign.ID) {
		return s.fault("id", s.Campaign.ID, "campaign.id: %q is not 2 to 16 lower-case letters and digits that begin with a letter", s.Campaign.ID)
	}
	if len(s.Agencies) == 0 {
		return s.fault("", "", "no [[agency]]: somebody has to sign the letters")
	}
	for key, link := range map[string]string{"site": s.Campaign.Site, "opt_out": s.Campaign.OptOut} {
		if link != "" && !isLink(link, "https") {
			return s.fault(key, link, "campaign.%s: %q is not an https URL", key, link)
		}
	}
	if err := s.checkPaces(); err != nil {
		return err
	}
	for key, m := range map[string]float64{"max_bounces": s.Campaign.MaxBounces, "max_complaints": s.Campaign.MaxComplaints} {
		if m < 0 || m > 1 {
			return s.fault("", "", "campaign.%s: %g is not a share, such as 0.1", key, m)
		}
	}
	return s.checkAgencies()
}

// isLink reports whether text is a URL of a host, with one of the schemes.
func isLink(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

// checkPaces finds what cannot be a pace, or hours.
func (s *Settings) checkPaces() error {
	c := s.Campaign
	if _, err := letter.ParseHours(c.Hours); err != nil {
		return s.fault("hours", c.Hours, "campaign.hours: %w", err)
	}
	for key, pace := range map[string]duration{"pace": c.Pace, "domain_pace": c.DomainPace, "group_pace": c.GroupPace,
		"address_pace": c.AddressPace, "assume_sent": c.AssumeSent} {
		if pace.Duration < 0 {
			return s.fault("", "", "campaign.%s: %s is less than nothing", key, pace)
		}
	}
	if _, _, err := net.SplitHostPort(c.DNS); c.DNS != "" && err != nil {
		return s.fault("dns", c.DNS, "campaign.dns: %q is not a server such as \"127.0.0.1:53\"", c.DNS)
	}
	for _, n := range c.WarmUp {
		if n < 1 {
			return s.fault("", "", "campaign.warm_up: %d letters a day are none", n)
		}
	}
	return nil
}

// path makes a path of the settings absolute to the campaign folder.
func (s *Settings) path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.folder, name)
}

// ledger returns where the ledger is.
func (s *Settings) ledger() string {
	switch {
	case s.Ledger == "":
		return s.path("headsup.db")
	case strings.Contains(s.Ledger, "://"):
		return s.Ledger
	}
	return s.path(s.Ledger)
}

// campaign turns the settings into what package letter decides with.
func (s *Settings) campaign(translations []string) (letter.Campaign, error) {
	c := letter.Campaign{
		ID: s.Campaign.ID, Title: s.Campaign.Title, Site: strings.TrimSuffix(s.Campaign.Site, "/"),
		Language: orDefault(s.Campaign.Language, "en"), English: s.Campaign.English == nil || *s.Campaign.English,
		Translations: translations, CoSponsors: s.Campaign.CoSponsors,
	}
	if _, ok := c.Translation(c.Language); !ok {
		return c, s.fault("language", c.Language, "campaign.language: there are no letters in %q", c.Language)
	}
	var err error
	if c.CodeKey, err = s.codeKey(); err != nil {
		return c, err
	}
	if s.Campaign.OptOut != "" && len(c.CodeKey) == 0 {
		return c, s.fault("opt_out", s.Campaign.OptOut, "campaign.opt_out: %w", errNoCodeKey)
	}
	for _, a := range s.Agencies {
		for _, lang := range a.Languages {
			if _, ok := c.Translation(lang); !ok {
				return c, s.fault("languages", lang, "agency %q: there are no letters in %q", a.ID, lang)
			}
		}
		c.Agencies = append(c.Agencies, a.agency())
	}
	return c, nil
}

// words returns the letters of headsup, overlaid by the house's own.
func (s *Settings) words() (*templates.Set, error) {
	if s.Letters.Templates == "" {
		return templates.Load(templates.Builtin)
	}
	return templates.Load(templates.Builtin, os.DirFS(s.path(s.Letters.Templates)))
}

// renderer returns what writes the letters.
func (s *Settings) renderer() (*render.Renderer, error) {
	words, err := s.words()
	if err != nil {
		return nil, err
	}
	o := render.Options{Templates: words, Site: strings.TrimSuffix(s.Campaign.Site, "/"), OptOut: s.Campaign.OptOut, MailWithoutPDF: s.Letters.MailWithoutPDF}
	if s.Letters.PDF == nil || *s.Letters.PDF {
		fonts, err := typeset.Load(s.fontFolders()...)
		if err != nil {
			return nil, err
		}
		o.Printer = pdf.New(fonts)
	}
	return render.New(o)
}

// fontFolders lists where fonts are looked for: the house's, then the system's.
func (s *Settings) fontFolders() []string {
	var dirs []string
	for _, dir := range s.Letters.Fonts {
		dirs = append(dirs, s.path(dir))
	}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".fonts"), filepath.Join(home, ".local", "share", "fonts"))
	}
	return append(dirs, "/usr/share/fonts", "/usr/local/share/fonts")
}

// resolver returns what finds contacts; files are relative to folder. cache
// and pacer may be nil.
func (s *LookupSettings) resolver(path func(string) string, cache lookup.Cache, pacer lookup.Pacer) (*lookup.Resolver, error) {
	tables, err := s.tables(path)
	if err != nil {
		return nil, err
	}
	client, err := lookup.NewClient(s.Registries, lookup.Options{Pacer: pacer, Tables: tables})
	if err != nil {
		return nil, fmt.Errorf("lookup: %w", err)
	}
	r := &lookup.Resolver{
		Sources: []lookup.Source{client}, Cache: cache, AllowSpecial: s.AllowSpecial, CSIRT: s.CSIRT,
		Hints: &lookup.Hints{Abusix: s.Abusix, AbuseNet: s.AbuseNet, SecurityTxt: s.SecurityTxt},
	}
	if s.Cymru {
		r.Origin = r.Hints.CymruOrigin
	}
	if s.Snapshot != "" {
		snapshot, err := readSnapshot(path(s.Snapshot))
		if err != nil {
			return nil, err
		}
		r.Sources = []lookup.Source{snapshot, client}
	}
	if s.Overrides != "" {
		own, err := readOverrides(path(s.Overrides))
		if err != nil {
			return nil, err
		}
		r.Overrides = own
	}
	return r, nil
}

func readOverrides(name string) (*lookup.Overrides, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("lookup.overrides: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return lookup.ReadOverrides(f, name, info.ModTime().UTC())
}

// since is how old an answer of a registry may be at now.
func (s *LookupSettings) since(now time.Time) time.Time {
	return now.Add(-orDefault(s.MaxAge.Duration, 7*24*time.Hour))
}

func (s *LookupSettings) workers() int { return orDefault(s.Workers, 4) }

func orDefault[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}
