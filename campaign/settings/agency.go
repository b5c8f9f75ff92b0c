package settings

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"headsup/letter"
	"headsup/mailer"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/wire/mailtext"
)

// Agency is one agency that signs letters.
type Agency struct {
	ID          string              `toml:"id"`
	Name        string              `toml:"name"`
	Names       map[string]string   `toml:"names"`     // its name in other languages, by BCP 47
	Countries   []string            `toml:"countries"` // where it signs; the first agency signs everywhere else
	Languages   []string            `toml:"languages"` // preferred there, in order
	Address     []string            `toml:"address"`   // postal lines, the country last
	Phone       string              `toml:"phone"`
	Site        string              `toml:"site"`
	From        string              `toml:"from"`
	ReplyTo     string              `toml:"reply_to"`        // default: from; the letter's tag comes behind a plus, or for a star
	Bounce      string              `toml:"bounce_address"`  // where returned mail goes, in the same way; default: the campaign's, then from
	Plus        *bool               `toml:"plus_addressing"` // its mail server takes user+tag for user; default: the campaign's
	Signatory   string              `toml:"signatory"`
	Signatories map[string]string   `toml:"signatories"` // the same in other languages, by BCP 47
	Addresses   map[string][]string `toml:"addresses"`   // its postal lines in other languages
	Mandate     map[string]string   `toml:"mandate"`     // by what law or order it writes: whole sentences, by BCP 47
	Method      map[string]string   `toml:"method"`      // how it looked, and what it did not do: whole sentences, by BCP 47
	Answers     []string            `toml:"answers"`     // languages in which it can answer
	Prevails    string              `toml:"prevails"`    // language of the version that applies where two differ
	Privacy     Privacy             `toml:"privacy"`     // for letters to persons
	Enclosures  map[string][]string `toml:"enclosures"`  // what it puts into the envelope with a letter, by BCP 47
	Logo        string              `toml:"logo"`        // PNG or SVG file
	Key         string              `toml:"key"`         // fingerprint of its PGP key
	SMIME       *mailer.KeyFile     `toml:"smime"`       // PKCS #12 file that signs its letters
	PGP         *mailer.KeyFile     `toml:"pgp"`         // OpenPGP private key that signs its letters
	MailServer  string              `toml:"mail_server"` // name of a [[mail_server]]; default: [smtp]
	Form        string              `toml:"form"`        // envelope form of printed letters; default "din-5008-b"

	logo []byte
}

// Privacy is what letters to persons say about the use of their data (GDPR, article 14).
type Privacy struct {
	Basis      map[string]string `toml:"basis"`      // the legal basis, by BCP 47; a language without it says nothing
	Kept       map[string]string `toml:"kept"`       // for how long
	Supervisor map[string]string `toml:"supervisor"` // the authority that takes complaints
	Officer    string            `toml:"officer"`    // mail address of the data protection officer
	Policy     string            `toml:"policy"`     // https URL of more
}

// checkAgencies finds what is wrong with an agency while nothing is written
// yet, and reads the logos.
func (s *Settings) checkAgencies() error {
	signs := map[string]string{} // by country: the agency
	for i := range s.Agencies {
		a := &s.Agencies[i]
		if err := s.checkAgency(a); err != nil {
			return err
		}
		if slices.ContainsFunc(s.Agencies[:i], func(b Agency) bool { return b.ID == a.ID }) {
			return s.Fault("id", a.ID, "two agencies are called %q", a.ID)
		}
		if i > 0 && len(a.Countries) == 0 {
			return s.Fault("id", a.ID, "agency %q: no countries: the first agency signs where no other does, this one would sign nowhere", a.ID)
		}
		for _, country := range a.Countries {
			if other, taken := signs[country]; taken {
				return s.Fault("id", a.ID, "agencies %q and %q both sign in %s", other, a.ID, country)
			}
			signs[country] = a.ID
		}
		if err := s.readLogo(a); err != nil {
			return s.Fault("logo", a.Logo, "agency %q: logo: %w", a.ID, err)
		}
	}
	return nil
}

// checkAgency finds what is wrong with an agency by itself.
func (s *Settings) checkAgency(a *Agency) error {
	if a.ID == "" || a.Name == "" || a.From == "" {
		return s.Fault("id", a.ID, "agency %q: id, name and from are needed", a.ID)
	}
	if a.Site != "" && !isLink(a.Site, "https", "http") {
		return s.Fault("site", a.Site, "agency %q: site: %q is not the URL of a site", a.ID, a.Site)
	}
	if err := s.checkAddresses(a); err != nil {
		return err
	}
	if _, ok := pdf.Forms[a.form()]; !ok {
		return s.Fault("form", a.Form, "agency %q: form: no envelope form is called %q", a.ID, a.Form)
	}
	if err := s.checkLanguages(a); err != nil {
		return err
	}
	for _, country := range a.Countries {
		if !isCountry(country) {
			return s.Fault("countries", country, "agency %q: countries: %q is not a country's code, such as GB (ISO 3166-1 alpha-2)", a.ID, country)
		}
	}
	return nil
}

// checkLanguages sees that what an agency has in several languages has tags of
// languages, and that what is said of data says whom to ask.
func (s *Settings) checkLanguages(a *Agency) error {
	texts := map[string][]string{"answers": a.Answers, "addresses": slices.Collect(maps.Keys(a.Addresses)), "enclosures": slices.Collect(maps.Keys(a.Enclosures))}
	if a.Prevails != "" {
		texts["prevails"] = []string{a.Prevails}
	}
	for key, m := range map[string]map[string]string{"names": a.Names, "signatories": a.Signatories, "mandate": a.Mandate, "method": a.Method,
		"basis": a.Privacy.Basis, "kept": a.Privacy.Kept, "supervisor": a.Privacy.Supervisor} {
		texts[key] = slices.Collect(maps.Keys(m))
	}
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		for _, lang := range texts[key] {
			if tag, err := language.Parse(lang); err != nil || tag.String() != lang {
				return s.Fault(key, lang, "agency %q: %s: %q is not the tag of a language, such as de or pt-BR (BCP 47)", a.ID, key, lang)
			}
		}
	}
	switch p := a.Privacy; {
	case len(p.Basis) > 0 && !isAddrSpec(p.Officer):
		return s.Fault("officer", p.Officer, "agency %q: privacy.officer: %q is not a mail address", a.ID, p.Officer)
	case p.Policy != "" && !isLink(p.Policy, "https"):
		return s.Fault("policy", p.Policy, "agency %q: privacy.policy: %q is not an https URL", a.ID, p.Policy)
	}
	return nil
}

// ErrNoRoom means that an address with a letter's tag in it would be longer
// than mail servers take.
var ErrNoRoom = errors.New("no room for what proves a letter")

// checkAddresses sees that each address of an agency is one, and has room for
// the longest tag of a letter.
func (s *Settings) checkAddresses(a *Agency) error {
	tag := strings.Repeat("x", letter.LongestTag(s.Campaign.ID))
	signer := s.signer(*a)
	for _, f := range []struct {
		key, address string
		tagged       bool
	}{
		{"from", a.From, signer.Bounce == "" || signer.ReplyTo == ""}, {"reply_to", a.ReplyTo, true}, {"bounce_address", signer.Bounce, true},
	} {
		star := strings.Count(f.address, "*")
		switch {
		case f.address == "":
			continue
		case star > 1 || star == 1 && f.key == "from" || !isAddrSpec(strings.Replace(f.address, "*", "x", 1)):
			return s.Fault(f.key, f.address, "agency %q: %s: %q is not a mail address", a.ID, f.key, f.address)
		}
		if _, err := render.Tagged(f.address, tag, signer.Plain); f.tagged && err != nil {
			return s.Fault(f.key, f.address, "agency %q: %s: %w: with up to %d characters of campaign.id %q, reference and key in it, %q is longer than mail servers take (64 before the @, 254 in all)",
				a.ID, f.key, ErrNoRoom, len(tag), s.Campaign.ID, f.address)
		}
	}
	return nil
}

func (s *Settings) readLogo(a *Agency) (err error) {
	if a.Logo == "" {
		return nil
	}
	if a.logo, err = os.ReadFile(s.Path(a.Logo)); err != nil {
		return err
	}
	return pdf.CheckLogo(a.logo)
}

// isCountry reports whether code is of ISO 3166-1 alpha-2.
func isCountry(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && r.Canonicalize().String() == code && r.IsCountry()
}

func isAddrSpec(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return strings.Contains(domain, ".") && mailtext.CheckAddress(address) == nil
}

func (a Agency) form() string { return cmp.Or(a.Form, "din-5008-b") }

var plus = true

// signer returns what package letter knows of the agency.
func (s *Settings) signer(a Agency) letter.Agency {
	return letter.Agency{
		ID:          a.ID,
		Name:        a.Name,
		Names:       a.Names,
		Countries:   a.Countries,
		Languages:   a.Languages,
		Address:     a.Address,
		Phone:       a.Phone,
		Site:        a.Site,
		From:        a.From,
		ReplyTo:     a.ReplyTo,
		Bounce:      cmp.Or(a.Bounce, s.Campaign.Bounce),
		Plain:       !*cmp.Or(a.Plus, s.Campaign.Plus, &plus),
		Logo:        a.logo,
		Signatory:   a.Signatory,
		Signatories: a.Signatories,
		Addresses:   a.Addresses,
		Mandates:    a.Mandate,
		Methods:     a.Method,
		Answers:     a.Answers,
		Prevails:    a.Prevails,
		Privacy:     letter.Privacy(a.Privacy),
		Enclosures:  a.Enclosures,
		Key:         a.Key,
		Form:        a.form(),
		MailServer:  a.MailServer,
	}
}
