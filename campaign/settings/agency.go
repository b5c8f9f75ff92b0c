package settings

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"headsup/letter"
	"headsup/mailer"
	"headsup/render/pdf"
	"headsup/wire/mailtext"
)

// Agency is one agency that signs letters.
type Agency struct {
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
	for key, address := range map[string]string{"from": a.From, "reply_to": a.ReplyTo} {
		if address != "" && !isAddrSpec(address) {
			return s.Fault(key, address, "agency %q: %s: %q is not a mail address", a.ID, key, address)
		}
	}
	if _, ok := pdf.Forms[a.form()]; !ok {
		return s.Fault("form", a.Form, "agency %q: form: no envelope form is called %q", a.ID, a.Form)
	}
	for _, country := range a.Countries {
		if !isCountry(country) {
			return s.Fault("countries", country, "agency %q: countries: %q is not a country's code, such as GB (ISO 3166-1 alpha-2)", a.ID, country)
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

// signer returns what package letter knows of the agency.
func (a Agency) signer() letter.Agency {
	return letter.Agency{
		ID:         a.ID,
		Name:       a.Name,
		Names:      a.Names,
		Countries:  a.Countries,
		Languages:  a.Languages,
		Address:    a.Address,
		Phone:      a.Phone,
		Site:       a.Site,
		From:       a.From,
		ReplyTo:    a.ReplyTo,
		Logo:       a.logo,
		Signatory:  a.Signatory,
		Key:        a.Key,
		Form:       a.form(),
		MailServer: a.MailServer,
	}
}
