package main

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"headsup/letter"
	"headsup/mailer"
	"headsup/render/pdf"
)

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

	logo []byte
}

// checkAgencies finds what is wrong with an agency while nothing is written
// yet, and reads the logos.
func (s *Settings) checkAgencies() error {
	signs := map[string]string{}
	for i := range s.Agencies {
		a := &s.Agencies[i]
		if a.ID == "" || a.Name == "" || a.From == "" {
			return s.fault("id", a.ID, "agency %q: id, name and from are needed", a.ID)
		}
		if slices.ContainsFunc(s.Agencies[:i], func(b AgencySettings) bool { return b.ID == a.ID }) {
			return s.fault("id", a.ID, "two agencies are called %q", a.ID)
		}
		if a.Site != "" && !isLink(a.Site, "https", "http") {
			return s.fault("site", a.Site, "agency %q: site: %q is not the URL of a site", a.ID, a.Site)
		}
		for key, address := range map[string]string{"from": a.From, "reply_to": a.ReplyTo} {
			if address != "" && !isAddrSpec(address) {
				return s.fault(key, address, "agency %q: %s: %q is not a mail address", a.ID, key, address)
			}
		}
		if _, ok := pdf.Forms[a.form()]; !ok {
			return s.fault("form", a.Form, "agency %q: form: no envelope form is called %q", a.ID, a.Form)
		}
		if i > 0 && len(a.Countries) == 0 {
			return s.fault("id", a.ID, "agency %q: no countries: the first agency signs where no other does, this one would sign nowhere", a.ID)
		}
		for _, country := range a.Countries {
			if r, err := language.ParseRegion(country); err != nil || r.Canonicalize().String() != country || !r.IsCountry() {
				return s.fault("countries", country, "agency %q: countries: %q is not a country's code, such as GB (ISO 3166-1 alpha-2)", a.ID, country)
			}
			if other, taken := signs[country]; taken {
				return s.fault("id", a.ID, "agencies %q and %q both sign in %s", other, a.ID, country)
			}
			signs[country] = a.ID
		}
		if a.Logo == "" {
			continue
		}
		var err error
		if a.logo, err = os.ReadFile(s.path(a.Logo)); err == nil {
			err = pdf.CheckLogo(a.logo)
		}
		if err != nil {
			return s.fault("logo", a.Logo, "agency %q: logo: %w", a.ID, err)
		}
	}
	return nil
}

func isAddrSpec(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(address, " <>\r\n\",;")
}

func (a AgencySettings) form() string {
	if a.Form == "" {
		return "din-5008-b"
	}
	return a.Form
}

// agency is what package letter knows of it.
func (a AgencySettings) agency() letter.Agency {
	return letter.Agency{
		ID: a.ID, Name: a.Name, Names: a.Names, Countries: a.Countries, Languages: a.Languages,
		Address: a.Address, Phone: a.Phone, Site: a.Site, From: a.From, ReplyTo: a.ReplyTo, Logo: a.logo,
		Signatory: a.Signatory, Key: a.Key, Form: a.form(), MailServer: a.MailServer,
	}
}
