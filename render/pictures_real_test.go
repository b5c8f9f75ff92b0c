package render_test

import (
	"fmt"
	"image"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"headsup/finding"
	"headsup/letter"
	"headsup/render"
	"headsup/wire/pagetest"
)

// shown is a letter as a house with a law, a logo and leaflets of its own writes it.
func shown(t *testing.T, n int, languages ...string) letter.Letter {
	t.Helper()
	logo, err := os.ReadFile("svg/testdata/figma-leaf.svg")
	if err != nil {
		t.Fatal(err)
	}
	l := hosts(n, languages...)
	for i, f := range l.Findings {
		l.Findings[i].Addr = netip.AddrFrom4([4]byte{192, 0, 2, byte(16 + i)})
		if f.Kind == finding.ExposedService {
			l.Findings[i].Evidence = "redis_version:7.2.4"
		}
	}
	l.Agency = letter.Agency{
		ID: "bnetz", Name: "Federal Office for Network Safety", Form: "din-5008-b", Logo: logo, Phone: "+49 30 5550100", Site: "https://bnetz.example",
		Address: []string{"Bundesstelle für Netzsicherheit", "Musterstraße 1", "12345 Musterstadt", "Deutschland"},
		From:    "hinweise@bnetz.example", Signatory: "Jana Muster, Head of Notifications",
		Names: map[string]string{"de": "Bundesstelle für Netzsicherheit", "ar": "الهيئة الاتحادية لسلامة الشبكات", "ja": "連邦ネットワーク安全局", "ur": "وفاقی ادارہ برائے نیٹ ورک سلامتی"},
		Addresses: map[string][]string{
			"en": {"Federal Office for Network Safety", "Musterstraße 1", "12345 Musterstadt", "Germany"},
			"ja": {"連邦ネットワーク安全局", "Musterstraße 1", "12345 Musterstadt", "ドイツ"},
			"ar": {"الهيئة الاتحادية لسلامة الشبكات", "Musterstraße 1", "12345 Musterstadt", "ألمانيا"},
			"ur": {"وفاقی ادارہ برائے نیٹ ورک سلامتی", "Musterstraße 1", "12345 Musterstadt", "جرمنی"},
		},
		Signatories: map[string]string{"de": "Jana Muster, Leiterin des Meldewesens"},
		Mandates: map[string]string{
			"de": "Wir warnen Betreiber vor Gefahren für ihre Systeme (§ 7 des Mustergesetzes).",
			"en": "We warn operators of dangers to their systems (section 7 of the Example Act).",
		},
		Enclosures: map[string][]string{"de": {"Merkblatt „Mailserver sicher einrichten“"}, "en": {"Leaflet “A safe mail server”"}},
		Answers:    []string{"de", "en", "fr"}, Prevails: "de",
	}
	return l
}

// The pictures of letters in the documentation show today's letters.
// HEADSUP_PICTURES=1 takes them again.
func TestPicturesOfLetters(t *testing.T) {
	t.Parallel()
	chromium, toText, toPicture := program(t, "chromium"), program(t, "pdftotext"), program(t, "pdftoppm")
	r := renderer(t, render.Options{Printer: systemPrinter(t), Site: "https://hinweise.bnetz.example"})
	for _, c := range []struct {
		name          string
		hosts         int
		languages     []string
		dark          bool
		width, height int
	}{
		{"letter-phone", 3, []string{"en"}, false, 360, 780},
		{"letter-dark-rtl", 3, []string{"ar", "en"}, true, 360, 780},
		{"letter-desk", 10, []string{"de", "en"}, false, 1000, 1100},
	} {
		_, ps := parts(t, must(t, r, shown(t, c.hosts, c.languages...)).Mail)
		pagetest.Keep(t, "../docs/"+c.name+".png", ps[1].text, func() image.Image {
			return pagetest.Picture(t, chromium, c.dark, pagetest.Files(map[string]string{"letter.html": ps[1].text}), "letter.html", c.width, c.height)
		})
	}
	for _, c := range []struct {
		name      string
		hosts     int
		languages []string
		holds     string // what the page has that is shown; empty: it is the first
	}{
		{"letter", 3, []string{"de", "en"}, ""},
		{"letter-signed", 30, []string{"de", "en"}, "Merkblatt"},
		{"letter-urdu", 3, []string{"ur", "en"}, ""},
		{"letter-japanese", 3, []string{"ja", "en"}, ""},
	} {
		file := filepath.Join(t.TempDir(), "letter.pdf")
		if err := os.WriteFile(file, must(t, r, shown(t, c.hosts, c.languages...)).PDF, 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command(toText, "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		pages, page := strings.Split(string(text), "\f"), 0
		for !strings.Contains(pages[page], c.holds) {
			page++
		}
		pagetest.Keep(t, "../docs/"+c.name+".png", pages[page], func() image.Image {
			out := filepath.Join(t.TempDir(), "page")
			n := fmt.Sprint(page + 1)
			if said, err := exec.Command(toPicture, "-png", "-r", "90", "-f", n, "-l", n, "-singlefile", file, out).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			return pagetest.Cut(t, out+".png", image.Rect(0, 0, 744, 1052))
		})
	}
}
