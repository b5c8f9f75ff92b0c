package render_test

import (
	"fmt"
	"html"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
	"headsup/templates"
)

// Whoever reads the text reads what the HTML says, word for word.
func TestTextAndHTMLSayTheSame(t *testing.T) {
	alone(t)
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	head := regexp.MustCompile(`(?s)<head>.*</head>`)
	marks := regexp.MustCompile("<[^>]*>|`|[\u2068\u2069]")
	space := regexp.MustCompile(`\s+|(?m)^-+( +-+)*$|^\d\. `)
	for _, lang := range r.Languages() {
		_, ps := parts(t, must(t, r, example(lang)).Mail)
		page := html.UnescapeString(marks.ReplaceAllString(head.ReplaceAllString(ps[1].text, ""), ""))
		text := regexp.MustCompile(`(?m)^(=+$|-+( +-+)*$|\d\. |- )`).ReplaceAllString(marks.ReplaceAllString(ps[0].text, ""), "")
		a, b := space.ReplaceAllString(text, ""), space.ReplaceAllString(page, "")
		if a != b {
			i := 0
			for i < min(len(a), len(b)) && a[i] == b[i] {
				i++
			}
			t.Errorf("%s: the text goes on %.60q, the HTML %.60q", lang, a[i:], b[i:])
		}
	}
}

// as makes a set in which the English words stand for another language.
func as(t *testing.T, lang string) *templates.Set {
	set, err := templates.Load(templates.Builtin, english(t, lang))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// english returns the layer of a house that has the English letters for a language.
func english(t *testing.T, lang string) fstest.MapFS {
	layer := fstest.MapFS{}
	for _, part := range []string{"letter", "open-relay", "open-proxy", "exposed-service"} {
		text, err := fs.ReadFile(templates.Builtin, part+"/en.md")
		if err != nil {
			t.Fatal(err)
		}
		layer[part+"/"+lang+".md"] = &fstest.MapFile{Data: text}
	}
	return layer
}

func TestRightToLeft(t *testing.T) {
	p := &paper{}
	for _, lang := range []string{"ar", "fa", "he", "ur"} {
		_, ps := parts(t, must(t, renderer(t, render.Options{Templates: as(t, lang), Printer: p}), example(lang, "en")).Mail)
		native, english, _ := strings.Cut(ps[0].text, strings.Repeat("-", 72))
		if !strings.Contains(native, "\u2068192.0.2.7\u2069") || strings.Contains(english, "\u2068") {
			t.Errorf("%s: isolates belong around the values of the right-to-left part alone:\n%s", lang, ps[0].text)
		}
		if !strings.Contains(ps[1].text, `<div lang="`+lang+`" dir="rtl"`) || !strings.Contains(ps[1].text, `<div lang="en" dir="ltr"`) {
			t.Errorf("%s: directions:\n%s", lang, ps[1].text)
		}
		if !p.last.RTL || !p.last.Parts[0].RTL || p.last.Parts[1].RTL {
			t.Errorf("%s: directions on paper", lang)
		}
	}
}

// Every language in which a campaign may write has dates, in every month.
func TestDatesInEveryLanguage(t *testing.T) {
	alone(t)
	langs := map[string]bool{"zh-Hans": true, "zh-Hant": true, "ko": true, "fil": true}
	for _, spoken := range letter.Spoken {
		for _, lang := range spoken {
			langs[lang] = true
		}
	}
	for lang := range langs {
		p := &paper{}
		r, err := render.New(render.Options{Templates: as(t, lang), Printer: p})
		if err != nil {
			t.Errorf("%s: %v", lang, err)
			continue
		}
		for month := time.January; month <= time.December; month++ {
			l := example(lang)
			l.Date = time.Date(2026, month, 27, 0, 0, 0, 0, time.UTC)
			must(t, r, l)
			if date := p.last.Info[1].Value; !strings.Contains(date, "27") || !strings.Contains(date, "2026") && lang != "th" {
				t.Errorf("%s: %s is %q", lang, l.Date.Format(time.DateOnly), date)
			}
		}
	}
}

func TestReminder(t *testing.T) {
	l := example("en")
	l.Round = 2
	out := must(t, renderer(t, render.Options{}), l)
	_, ps := parts(t, out.Mail)
	if !strings.Contains(out.Subject, "reminder") || !strings.Contains(ps[0].text, "We wrote to you before about systems in 192.0.2.0/24") {
		t.Errorf("%s\n%s", out.Subject, ps[0].text)
	}
	l.Earlier = []letter.Earlier{
		{ID: "relay26-k3v9xq2m7d", Left: time.Date(2026, 2, 1, 23, 0, 0, 0, time.UTC)},
		{ID: "relay26-k3v9xq2m7d-2", Left: time.Date(2026, 2, 20, 1, 0, 0, 0, time.UTC)},
	}
	_, ps = parts(t, must(t, renderer(t, render.Options{}), l).Mail)
	const names = "Our reference: relay26-k3v9xq2m7d (1 February 2026) · relay26-k3v9xq2m7d-2 (20 February 2026)"
	text := strings.Join(strings.Fields(ps[0].text), " ")
	if at := strings.Index(text, names); at < strings.Index(text, "We wrote to you before") || at > strings.Index(text, "What we ask of you") {
		t.Errorf("the letters before are named at %d:\n%s", at, ps[0].text)
	}
}

func TestWordsFollowTheEvidence(t *testing.T) {
	r := renderer(t, render.Options{})
	l := example("en")
	said := func() string {
		_, ps := parts(t, must(t, r, l).Mail)
		return strings.Join(strings.Fields(ps[0].text), " ")
	}
	if got := said(); !strings.Contains(got, "each server listed agreed to pass on mail") {
		t.Error("observed: ", got)
	}
	l.Findings[0].Strength = "verified"
	if got := said(); !strings.Contains(got, "each server listed agreed to pass on mail") {
		t.Error("one of two is verified: ", got)
	}
	l.Findings[1].Strength = "verified"
	if got := said(); !strings.Contains(got, "each server listed delivered a message") {
		t.Error("all are verified: ", got)
	}
}

func TestKindWithoutWordsIsAnExposedService(t *testing.T) {
	l := example("en")
	l.Findings[1].Kind = "open-printer"
	out := must(t, renderer(t, render.Options{}), l)
	_, ps := parts(t, out.Mail)
	if !strings.HasPrefix(out.Subject, "Open mail relay: ") || !strings.Contains(strings.ToLower(ps[0].text), "exposed service") {
		t.Errorf("subject %s\n%s", out.Subject, ps[0].text)
	}
}

// A contact must not learn what was found elsewhere, nor where we keep it.
func TestNothingOfTheHouseLeaks(t *testing.T) {
	l := full("de", "en")
	for i := range l.Findings {
		l.Findings[i].Source, l.Findings[i].Reporter = "/var/scans/secret.xml:7", "secret-reporter"
	}
	l.To.Flags, l.To.Rule, l.To.Handle = []string{"secret-flag"}, "secret-rule", "secret-handle"
	out := must(t, renderer(t, render.Options{}), l)
	_, ps := parts(t, out.Mail)
	if all := fmt.Sprint(ps) + string(out.Mail); strings.Contains(all, "secret") {
		t.Error("something of the house stands in the letter")
	}
}

// An authority says that the registries name somebody only where they do.
func TestRegistered(t *testing.T) {
	network := func(last byte, rules ...string) lookup.Network {
		a := netip.AddrFrom4([4]byte{192, 0, 2, last})
		n := lookup.Network{First: a, Last: a}
		for _, rule := range rules {
			n.Contacts = append(n.Contacts, lookup.Contact{Email: "abuse@provider.example", Rule: rule})
		}
		return n
	}
	r := renderer(t, render.Options{})
	for _, tt := range []struct {
		sentence   string
		networks   []lookup.Network
		registered bool
	}{
		{"a registry's contact", []lookup.Network{network(7, "network-abuse"), network(9, "technical")}, true},
		{"the first contact is written to, whoever comes after", []lookup.Network{network(7, "org-abuse", "security-txt")}, true},
		{"the house's own", []lookup.Network{network(7, "override", "network-abuse")}, false},
		{"a national CSIRT", []lookup.Network{network(7, "national-csirt")}, false},
		{"a hint", []lookup.Network{network(7, "abusix")}, false},
		{"one network of two from the house", []lookup.Network{network(7, "network-abuse"), network(9, "override")}, false},
		{"nobody says how the contact was found", []lookup.Network{network(7)}, false},
		{"no network", nil, false},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			l := example("en")
			l.Networks = tt.networks
			_, ps := parts(t, must(t, r, l).Mail)
			text := strings.Join(strings.Fields(ps[0].text), " ")
			if strings.Contains(text, "because the public registries list you as the contact") != tt.registered || strings.Contains(text, "because our records list you as the contact") == tt.registered {
				t.Errorf("%.300s", text)
			}
		})
	}
}

// Letters are read when they are short.
func TestLettersAreShort(t *testing.T) {
	set := builtin(t)
	short := func(what, text string, most int) {
		if n := len(strings.Fields(text)); n > most {
			t.Errorf("%s has %d words, more than %d", what, n, most)
		}
	}
	for _, part := range set.Sections() {
		short(part, set.File(part, "en").Outline("x"), 175) // both of observed and verified
	}
	short(templates.Frame, set.File(templates.Frame, "en").Outline("x"), 640) // of which some stand only in reminders, and some in letters to persons
	for paragraph := range strings.SplitSeq(set.File(templates.Services, "en").Outline("x"), "\n\n") {
		short(paragraph, paragraph, 60)
	}
	for paragraph := range strings.SplitSeq(set.File(templates.Customer, "en").Outline("x"), "\n\n") {
		short(paragraph, paragraph, 130)
	}
}

// BenchmarkWhole writes letters with all parts: text, HTML, page, CSV and XARF.
// It measures processor time, not that on the clock.
func BenchmarkWhole(b *testing.B) {
	fonts, err := typeset.Load("/usr/share/fonts")
	if err != nil {
		b.Fatal(err)
	}
	r := renderer(b, render.Options{Site: "https://advice.example.org", Printer: pdf.New(fonts)})
	hundred := full("en")
	for len(hundred.Findings) < 100 {
		f := hundred.Findings[0]
		f.Port = uint16(len(hundred.Findings))
		hundred.Findings = append(hundred.Findings, f)
	}
	for _, c := range []struct {
		name string
		l    letter.Letter
	}{{"latin", example("en")}, {"japanese", example("ja")}, {"three-kinds", full("en")}, {"100-hosts", hundred}} {
		b.Run(c.name, func(b *testing.B) {
			if _, err := r.Render(c.l); err != nil {
				b.Skip(err)
			}
			n, start := 0, cpu(b)
			for b.Loop() {
				n++
				l := c.l
				l.ID = fmt.Sprintf("relay26-%010d", n)
				if _, err := r.Render(l); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/float64(n), "cpu-ms/letter")
		})
	}
}

// recorder keeps what it is asked to print.
type recorder struct{ pages []pdf.Letter }

func (r *recorder) Print(l pdf.Letter) ([]byte, error) {
	r.pages = append(r.pages, l)
	return nil, nil
}

func (r *recorder) Window(pdf.Letter) ([]string, error) { return nil, nil }

// BenchmarkPage prints the pages of letters that differ as those of a campaign
// do, in one language and in many, once their words are known.
func BenchmarkPage(b *testing.B) {
	fonts, err := typeset.Load(typeset.SystemDirs...)
	if err != nil {
		b.Fatal(err)
	}
	var many []string
	for _, lang := range builtin(b).Languages() {
		if !slices.Contains([]string{"ja", "ko", "zh-Hans", "zh-Hant", "hi", "ta", "th", "bn"}, lang) { // whose fonts are not everywhere
			many = append(many, lang)
		}
	}
	for _, c := range []struct {
		name      string
		languages []string
	}{{"one-language", []string{"en"}}, {"mixed", many[:27]}} {
		b.Run(c.name, func(b *testing.B) {
			var pages recorder
			r := renderer(b, render.Options{Site: "https://advice.example.org", Printer: &pages})
			for i := range 2000 { // more than are remembered
				must(b, r, differing(i, c.languages[i%len(c.languages)]))
			}
			wr := pdf.New(fonts)
			print := func(i int) {
				if _, err := wr.Print(pages.pages[i%len(pages.pages)]); err != nil {
					b.Fatal(err)
				}
			}
			for i := range 4 * len(c.languages) { // which have words of each kind
				print(i)
			}
			n, start := 0, cpu(b)
			for b.Loop() {
				n++
				print(n)
			}
			b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/float64(n), "cpu-ms/page")
			b.ReportAllocs()
		})
	}
}

// differing is letter i of a campaign.
func differing(i int, languages ...string) letter.Letter {
	l := example(languages...)
	l.ID, l.Code = fmt.Sprintf("relay26-%010d", i), fmt.Sprintf("%04d-9xmd", i)
	l.To.Org, l.To.Address = fmt.Sprintf("Holder %d of Networks", i), nil
	first := netip.AddrFrom4([4]byte{198, 18 + byte(i>>8), byte(i), 0})
	l.Networks[0].First, l.Networks[0].Last = first, netip.AddrFrom4([4]byte{198, 18 + byte(i>>8), byte(i), 255})
	all, hosts := full("en").Findings, []int{1, 1, 2, 6}[i%4]
	l.Findings = nil
	for k := range hosts {
		f := all[(i+k)%2*2] // a relay or a proxy
		f.Addr = netip.AddrFrom4([4]byte{198, 18 + byte(i>>8), byte(i), byte(7 * k)})
		f.Seen = f.Seen.Add(time.Duration(7*i+k) * time.Minute)
		l.Findings = append(l.Findings, f)
	}
	return l
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Skip(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkRender(b *testing.B) {
	r := renderer(b, render.Options{Site: "https://advice.example.org"})
	l := full("de", "en")
	b.ReportAllocs()
	for b.Loop() {
		must(b, r, l)
	}
}

func TestVeryLongLettersLeaveOutWhatTheyCan(t *testing.T) {
	alone(t)
	set, random := builtin(t), rand.New(rand.NewPCG(1, 2))
	l := example("en")
	l.Findings = nil
	for i := range 1000 {
		f := relay(netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}).String())
		f.Evidence = strings.Repeat(fmt.Sprintf("%016x", random.Uint64()), 40)
		l.Findings = append(l.Findings, f)
	}
	for _, c := range []struct {
		max      int
		files    string
		warnings int
	}{
		{10 << 20, "findings.zip xarf.zip", 0},
		{200 << 10, "findings.zip", 1},
		{60 << 10, "findings.zip", 2},
	} {
		out := must(t, renderer(t, render.Options{Templates: set, MaxMail: c.max}), l)
		_, ps := parts(t, out.Mail)
		var names []string
		for _, p := range ps[2:] {
			names = append(names, p.name)
		}
		if !strings.Contains(ps[0].text, "800 more are listed in findings.zip") {
			t.Error("the letter names another file")
		}
		if got := strings.Join(names, " "); got != c.files || len(out.Warnings) != c.warnings {
			t.Errorf("at most %d bytes: %s, %q, %d bytes", c.max, got, out.Warnings, len(out.Mail))
		}
	}
	if _, err := renderer(t, render.Options{Templates: set, MaxMail: 1000}).Render(l); err == nil {
		t.Error("a letter larger than it may be")
	}
}
