package letter

import (
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/language"
)

// A slip in a table of data would send letters in another language or at
// another pace, and no error would tell.

func isCountryCode(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && r.IsCountry() && r.String() == code
}

func isLanguageTag(tag string) bool {
	t, err := language.Parse(tag)
	if err != nil || t.String() != tag {
		return false
	}
	base, confidence := t.Base()
	return confidence == language.Exact && base.String() == strings.Split(tag, "-")[0]
}

func TestSpokenNamesCountriesAndLanguages(t *testing.T) {
	for country, tags := range Spoken {
		if !isCountryCode(country) {
			t.Errorf("%q is no country", country)
		}
		for _, tag := range tags {
			if !isLanguageTag(tag) {
				t.Errorf("%s: %q is no language", country, tag)
			}
		}
	}
}

func TestScriptsNameLanguages(t *testing.T) {
	for from, to := range scripts {
		if _, err := language.Raw.Parse(from); err != nil || !isLanguageTag(to) {
			t.Errorf("%q to %q: %v", from, to, err)
		}
	}
	for want, to := range map[string]string{
		"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant",
		"sr": "sr-Cyrl", "sr-ME": "sr-Latn", "pt": "pt-BR", "pt-PT": "pt-BR", "no": "nb", "nn": "nb", "iw": "he", "in": "id", "tl": "fil",
	} {
		all := Campaign{Translations: []string{"zh-Hans", "zh-Hant", "sr-Cyrl", "sr-Latn", "pt-BR", "nb", "he", "id", "fil"}}
		if got, ok := all.Translation(want); !ok || got != to {
			t.Errorf("%s is written in %q, want %q", want, got, to)
		}
	}
}

func TestZonesAreOfCountries(t *testing.T) {
	// ISO 3166-1 has 249; nobody lives in AQ, BV, HM and UM.
	if len(zones) != 245 {
		t.Errorf("the zones of %d countries are known, want 245", len(zones))
	}
	for country := range zones {
		if !isCountryCode(country) {
			t.Errorf("%q is no country", country)
		}
	}
}

func TestProvidersHaveDomains(t *testing.T) {
	for _, table := range []map[string]string{exchanges, giants} {
		for domain, provider := range table {
			suffix, icann := publicsuffix.PublicSuffix(domain)
			if !icann || suffix == domain {
				t.Errorf("%q is no registered domain", domain)
			}
			if !providers[provider] {
				t.Errorf("%s: %q is no provider", domain, provider)
			}
		}
	}
	for label, provider := range brands {
		if len(label) < 3 || !providers[provider] {
			t.Errorf("%s: %q is no provider", label, provider)
		}
	}
}

// providers are the ends of the lanes that a ledger may hold: a new spelling
// would begin a lane of its own beside the old one.
var providers = map[string]bool{
	"alibaba": true, "apple": true, "barracuda": true, "broadcom": true, "cisco": true, "fastmail": true, "gandi": true,
	"godaddy": true, "google": true, "hornetsecurity": true, "hostinger": true, "microsoft": true, "mimecast": true, "netease": true,
	"orange": true, "ovh": true, "proofpoint": true, "proton": true, "rackspace": true, "telekom": true, "tencent": true,
	"united-internet": true, "vk": true, "yahoo": true, "yandex": true, "zoho": true,
}

func TestMailGroup(t *testing.T) {
	for domain, want := range map[string]string{
		"gmail.com": "google", "Mail.Google.COM": "google", "notgmail.com": "", "gmail.com.example": "",
		"yahoo.co.jp": "yahoo", "yahoo.fr": "yahoo", "live.ru": "microsoft", "outlook.com.br": "microsoft", "gmx.at": "united-internet", "yandex.by": "yandex",
		"hotmail.se": "microsoft", "live.a.b.example": "", "mail.yahoo.example": "", "me.com": "apple", "home.com": "", "yahoo": "yahoo", "": "",
	} {
		if got := MailGroup(domain); got != want {
			t.Errorf("%q: got %q, want %q", domain, got, want)
		}
	}
}

func TestExchangeLane(t *testing.T) {
	for _, c := range []struct {
		name, domain string
		mx           []string
		want         string
	}{
		{"nobody knows", "isp.example", nil, ""},
		{"a provider's domain without servers", "gmail.com", nil, "group:google"},
		{"a provider's server", "isp.example", []string{"ASPMX.L.google.com."}, "group:google"},
		{"a server right at a provider's name", "isp.example", []string{"mx.microsoft."}, "group:microsoft"},
		{"a provider's second server", "isp.example", []string{"mx.isp.example.", "isp-example.mail.protection.outlook.com."}, "group:microsoft"},
		{"a server of somebody else", "isp.example", []string{"mx1.eu.hoster.example."}, "mx:hoster.example"},
		{"the first of two others", "isp.example", []string{"mx.a.example.", "mx.b.example."}, "mx:a.example"},
		{"the domain's own server", "isp.example", []string{"mx.isp.example."}, ""},
		{"the same holder's, in capitals", "Mail.ISP.example", []string{"MX.isp.EXAMPLE."}, ""},
		{"no name", "isp.example", []string{"."}, ""},
		{"a name that cannot be registered", "isp.example", []string{"example."}, ""},
		{"a domain that only ends alike", "isp.example", []string{"mx.notgoogle.com."}, "mx:notgoogle.com"},
	} {
		if got := ExchangeLane(c.domain, c.mx); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
