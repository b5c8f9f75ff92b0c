package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
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
}

// CampaignSettings says what is sent, and how fast.
type CampaignSettings struct {
	ID         string   `toml:"id"`          // lower-case letters and digits; begins every reference
	Title      string   `toml:"title"`       // for people of the house, not printed
	Language   string   `toml:"language"`    // where neither contact nor country tells; default "en"
	English    *bool    `toml:"english"`     // English below the native language; default true
	Site       string   `toml:"site"`        // https URL of the advice and verification pages
	CoSponsors []string `toml:"co_sponsors"` // names of those who stand behind the letters, below every signature
	CodeKey    string   `toml:"code_key"`    // file of random bytes that the codes of letters are made with
	OptOut     string   `toml:"opt_out"`     // https URL of a server that honours one-click opt-outs (RFC 8058)
	Pace       duration `toml:"pace"`        // between any two letters; default "1s"
	DomainPace duration `toml:"domain_pace"` // between two letters to one mail domain; default "10s"
	MaxBounces float64  `toml:"max_bounces"` // share of the letters that may fail or bounce; default 0.1, 1 for all
	PaceSettings
}

// AgencySettings is one agency that signs letters.
type AgencySettings struct {
	ID         string            `toml:"id"`
	Name       string            `toml:"name"`
	Names      map[string]string `toml:"names"`     // its name in other languages, by BCP 47
	Countries  []string          `toml:"countries"` // where it signs; the first agency signs everywhere else
	Languages  []string          `toml:"languages"` // preferred there, in order
	Address    []string          `toml:"address"`   // postal lines, the country last
	Phone      string            `toml:"phone"`
	Site       string            `toml:"site"`
	From       string            `toml:"from"`
	ReplyTo    string            `toml:"reply_to"`
	Signatory  string            `toml:"signatory"`
	Logo       string            `toml:"logo"`        // PNG or SVG file
	Key        string            `toml:"key"`         // fingerprint of its PGP key
	SMIME      *mailer.KeyFile   `toml:"smime"`       // PKCS #12 file that signs its letters
	PGP        *mailer.KeyFile   `toml:"pgp"`         // OpenPGP private key that signs its letters
	MailServer string            `toml:"mail_server"` // name of a [[mail_server]]; default: [smtp]
	Form       string            `toml:"form"`        // envelope form of printed letters; default "din-5008-b"
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
	s := &Settings{folder: folder}
	dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := dec.Decode(s); err != nil {
		return nil, settingsError(name, err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := s.checkServers(text); err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return s, nil
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
		return fmt.Errorf("campaign.id: %q is not 2 to 16 lower-case letters and digits that begin with a letter", s.Campaign.ID)
	}
	if len(s.Agencies) == 0 {
		return errors.New("no [[agency]]: somebody has to sign the letters")
	}
	for key, url := range map[string]string{"site": s.Campaign.Site, "opt_out": s.Campaign.OptOut} {
		if url != "" && !strings.HasPrefix(url, "https://") {
			return fmt.Errorf("campaign.%s: %q is not an https URL", key, url)
		}
	}
	if m := s.Campaign.MaxBounces; m < 0 || m > 1 {
		return fmt.Errorf("campaign.max_bounces: %g is not a share, such as 0.1", m)
	}
	seen := map[string]string{}
	for _, a := range s.Agencies {
		if a.ID == "" || a.Name == "" || a.From == "" {
			return fmt.Errorf("agency %q: id, name and from are needed", a.ID)
		}
		if err := checkAddrSpec(a.From, a.ReplyTo); err != nil {
			return fmt.Errorf("agency %q: %w", a.ID, err)
		}
		if _, ok := pdf.Forms[a.form()]; !ok {
			return fmt.Errorf("agency %q: form: no envelope form is called %q", a.ID, a.Form)
		}
		for _, country := range a.Countries {
			if other, taken := seen[country]; taken {
				return fmt.Errorf("agencies %q and %q both sign in %s", other, a.ID, country)
			}
			seen[country] = a.ID
		}
	}
	return nil
}

func checkAddrSpec(addresses ...string) error {
	for _, a := range addresses {
		if a == "" {
			continue
		}
		local, domain, ok := strings.Cut(a, "@")
		if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(a, " <>\r\n\",;") {
			return fmt.Errorf("%q is not a mail address", a)
		}
	}
	return nil
}

func (a AgencySettings) form() string {
	if a.Form == "" {
		return "din-5008-b"
	}
	return a.Form
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
	var err error
	if c.CodeKey, err = s.codeKey(); err != nil {
		return c, err
	}
	for _, a := range s.Agencies {
		agency := letter.Agency{
			ID: a.ID, Name: a.Name, Names: a.Names, Countries: a.Countries, Languages: a.Languages,
			Address: a.Address, Phone: a.Phone, Site: a.Site, From: a.From, ReplyTo: a.ReplyTo,
			Signatory: a.Signatory, Key: a.Key, Form: a.form(), MailServer: a.MailServer,
		}
		if a.Logo != "" {
			logo, err := os.ReadFile(s.path(a.Logo))
			if err != nil {
				return c, fmt.Errorf("logo of agency %q: %w", a.ID, err)
			}
			agency.Logo = logo
		}
		c.Agencies = append(c.Agencies, agency)
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
