package render_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/prose"
)

// In every language, the words of a subject have room in a list of mails, say
// where to look, and are never cut within a character.
func TestSubjectsFitAList(t *testing.T) {
	alone(t)
	r := renderer(t, render.Options{})
	counts := []int{21}
	if os.Getenv("HEADSUP_REAL") == "1" {
		counts = []int{1, 2, 5, 21, 1000}
	}
	for _, lang := range r.Languages() {
		for _, n := range counts {
			for _, l := range []letter.Letter{hosts(n, lang, "en"), reminded(hosts(n, lang, "en")), customer(hosts(n, lang, "en")), reminded(customer(hosts(n, lang, "en")))} {
				subject := must(t, r, l).Subject
				words, rest, found := strings.Cut(subject, " ["+l.ID+"]")
				if !found || !utf8.ValidString(subject) || prose.Cells(words) > 60 || !strings.Contains(words, l.Findings[0].Addr.String()) {
					t.Errorf("%s, %d findings: %d columns: %s", lang, n, prose.Cells(words), subject)
				}
				if lang != "en" && !strings.HasPrefix(rest, " / ") {
					t.Errorf("%s: no English: %s", lang, subject)
				}
			}
		}
	}
}

func reminded(l letter.Letter) letter.Letter {
	l.Round = 2
	return l
}

func customer(l letter.Letter) letter.Letter {
	l.To.Role = lookup.Customer
	return l
}

// With the longest address a subject still names its topic in whole words, and a
// customer's their connection and no topic.
func TestSubjectsWithLongAddressesSayWhatTheyAreAbout(t *testing.T) {
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	for _, lang := range r.Languages() {
		l := example(lang)
		l.Findings = l.Findings[:1]
		l.Findings[0].Addr = netip.MustParseAddr("2001:db8:1:1:1:1:1:25")
		operator := must(t, r, l).Subject
		words, _, _ := strings.Cut(operator, "2001")
		if prose.Cells(words) < 12 || strings.Contains(words, "-…") {
			t.Errorf("%s: %q", lang, operator)
		}
		l.To.Role = lookup.Customer
		customer := must(t, r, l).Subject
		topic := builtin(t).File("open-relay", lang).Topic
		if strings.Contains(strings.ToLower(customer), strings.ToLower(topic)) || strings.HasPrefix(customer, words) {
			t.Errorf("%s: a customer reads %q", lang, customer)
		}
	}
}

// The colons of an address in a title are the address's, also from right to left.
func TestTitlesKeepAddressesWhole(t *testing.T) {
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	for _, lang := range []string{"ar", "fa", "he", "ur"} {
		l := example(lang)
		l.Findings = l.Findings[:1]
		l.Findings[0].Addr = netip.MustParseAddr("2001:db8::1")
		out := must(t, r, l)
		_, ps := parts(t, out.Mail)
		if !strings.Contains(ps[1].text, "\u20662001:db8::1\u2069") || strings.ContainsAny(out.Subject, "\u2066\u2068\u2069") {
			t.Errorf("%s: %q", lang, out.Subject)
		}
	}
}
