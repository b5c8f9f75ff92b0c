package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
)

var fonts = func() *typeset.Fonts {
	f, err := typeset.Load(typeset.SystemDirs...)
	if err != nil {
		panic(err)
	}
	return f
}()

func text(s string) prose.Block {
	return prose.Block{Spans: []prose.Span{{Text: s}}}
}

func hosts(n int, head ...string) prose.Block {
	b := prose.Block{Kind: prose.Table, Head: head, LTR: []bool{true, true, false, true}}
	for i := range n {
		b.Rows = append(b.Rows, []string{fmt.Sprintf("192.0.2.%d", i), "6379/tcp", "open-redis", "2026-03-01 10:00 UTC"})
	}
	return b
}

func sample() pdf.Letter {
	return pdf.Letter{
		ID: "C7-4f2a9c01d2e3", Title: "Exposed services in your network", Author: "Example Agency",
		Date: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Form: "din-5008-b", Lang: "en",
		Head:   pdf.Letterhead{Name: "Example Agency", Lines: []string{"1 Example Street, Exampletown", "notify@agency.example"}},
		Return: []string{"Example Agency", "1 Example Street", "Exampletown"},
		To:     [][]string{{"Example GmbH", "Abuse Desk"}, {"Musterstraße 1"}, {"12345 Musterstadt"}, {"GERMANY"}},
		Info:   []pdf.Field{{Label: "Our reference", Value: "C7-4f2a9c01d2e3"}, {Label: "Date", Value: "1 March 2026"}},
		Parts: []prose.Doc{{Lang: "en", Blocks: []prose.Block{
			text("Dear Sir or Madam,"),
			{Spans: []prose.Span{{Text: "we found services of "}, {Text: "Example <GmbH> **x**", Value: true, Strong: true},
				{Text: " that "}, {Text: "anyone", Emph: true}, {Text: " on the Internet can reach. See "},
				{Text: "our page", Link: "https://agency.example/redis"}, {Text: "."}}},
			{Kind: prose.Heading, Level: 2, Spans: []prose.Span{{Text: "What to do"}}},
			{Kind: prose.List, Ordered: true, Items: [][]prose.Block{{text("Close the port.")}, {text("Set a password."), text("A good one.")}}},
			hosts(3, "Address", "Port", "Finding", "Seen"),
		}}},
		PageOf:   func(p, of int) string { return fmt.Sprintf("Page %d of %d", p, of) },
		Verify:   "https://agency.example/verify/C7-4f2a9c01d2e3",
		Continue: "Example Agency, C7-4f2a9c01d2e3",
	}
}

func write(t testing.TB, l pdf.Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.New(fonts).Write(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameLetterGivesTheSameBytes(t *testing.T) {
	l := sample()
	l.Parts = append(l.Parts, prose.Doc{Lang: "he", RTL: true, Blocks: []prose.Block{text("שלום עולם")}})
	want := write(t, l)
	for range 5 {
		if !bytes.Equal(write(t, l), want) {
			t.Fatal("the bytes differ")
		}
	}
}

func TestNoFormAndMissingGlyph(t *testing.T) {
	l := sample()
	l.Form = "napkin"
	if err := pdf.New(fonts).Write(io.Discard, l); err == nil {
		t.Error("unknown form taken")
	}
	l = sample()
	l.Parts[0].Blocks = []prose.Block{text("\U000F0000")}
	var b bytes.Buffer
	var m *typeset.MissingGlyph
	if err := pdf.New(fonts).Write(&b, l); !errors.As(err, &m) || b.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}

// hostile is a letter whose values are all s.
func hostile(s string) pdf.Letter {
	l := sample()
	l.Title, l.Author, l.Lang = s, s, s
	l.To, l.Instead = nil, []string{s, s, s, s, s, s, s, s}
	l.Info = []pdf.Field{{Label: "L", Value: s}}
	l.Continue, l.Verify, l.Return = s, s, []string{s, s, s}
	b := hosts(2, "Address", "Port", "Finding", "Seen")
	b.Rows = append(b.Rows, []string{s, s, s, s, s}, nil, []string{s})
	l.Parts = []prose.Doc{{RTL: true, Blocks: []prose.Block{{}, b, {Kind: prose.List}, {Kind: prose.Table},
		{Spans: []prose.Span{{Text: s, Value: true, Link: s}}}, {Spans: []prose.Span{{Text: s, Value: true, Code: true}}}}}}
	return l
}

func TestHostileTextIsNoPanic(t *testing.T) {
	for _, s := range []string{
		"", " ", "\xff\xc3", "\x00\n\r\t", "\u202Eabc\u2066", "😀😀", strings.Repeat("A", 20000),
		strings.Repeat("e\u0301\u0302\u0303", 300), "(\\) Tj ET", strings.Repeat("a ", 5000), "\uFFFE\uFFFF", "\uE000",
	} {
		l := hostile(s)
		l.ID = s
		write(t, l)
	}
}

func TestValuesAreCut(t *testing.T) {
	for _, s := range []string{"A", "e\u0301", "\xff", "設"} {
		if !bytes.Equal(write(t, hostile(strings.Repeat(s, 400))), write(t, hostile(strings.Repeat(s, 20000)))) {
			t.Errorf("20,000 %q take more room than 400", s)
		}
	}
}

func TestEveryFormHoldsALetter(t *testing.T) {
	for name, f := range pdf.Forms {
		l := sample()
		l.Form = name
		write(t, l)
		if w := f.Window; w.X+w.W > f.Paper[0] || f.Body < w.Y+w.H-1 {
			t.Errorf("%s: window %v does not lie above the text at %v", name, w, f.Body)
		}
	}
}

func TestLogo(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray16(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	for name, logo := range map[string][]byte{
		"png": b.Bytes(),
		"svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path d="M0 0L10 0L10 10Z"/></svg>`),
	} {
		l := sample()
		l.Head.Logo = logo
		t.Run(name, func(t *testing.T) { write(t, l) })
	}
	l := sample()
	l.Head.Logo = []byte("GIF89a")
	if err := pdf.New(fonts).Write(io.Discard, l); err == nil {
		t.Error("a logo of neither kind was taken")
	}
}

// tool runs a program on the letter, and skips the test unless HEADSUP_REAL
// says that the programs of the system have to be there.
func tool(t *testing.T, l pdf.Letter, name string, args ...string) string {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes " + name + ": HEADSUP_REAL=1")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(file, write(t, l), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if args[i] == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestLongTableRepeatsItsHead(t *testing.T) {
	l := sample()
	l.Parts[0].Blocks = append(l.Parts[0].Blocks[:4:4], hosts(120, "Address", "Port", "Finding", "Seen"))
	pages := strings.Split(strings.TrimRight(tool(t, l, "pdftotext", "-layout", "FILE", "-"), "\f"), "\f")
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	rows := 0
	for i, p := range pages {
		if strings.Count(p, "Address") != 1 {
			t.Errorf("page %d has no single table head:\n%s", i+1, p)
		}
		if want := fmt.Sprintf("Page %d of %d", i+1, len(pages)); !strings.Contains(p, want) {
			t.Errorf("page %d lacks %q", i+1, want)
		}
		if i > 0 && !strings.Contains(p, l.Continue) {
			t.Errorf("page %d lacks the line of continuation", i+1)
		}
		rows += len(regexp.MustCompile(`192\.0\.2\.\d+`).FindAllString(p, -1))
	}
	if rows != 120 {
		t.Errorf("%d rows", rows)
	}
}

func TestTextComesBack(t *testing.T) {
	for _, c := range []struct{ lang, form, text string }{
		{"en", "us-10", "An office affine fjord: AVATAR To."},
		{"vi", "din-5008-b", "Các dịch vụ có thể truy cập được từ Internet."},
		{"ja", "jp-nagagata-3", "貴組織のネットワークにおいて設定になっています。"},
		{"zh-Hans", "din-5008-a", "贵单位网络中的服务可以从互联网访问。"},
		{"zh-Hant", "din-5008-a", "貴單位網路中的服務可以從網際網路存取。"},
		{"ko", "din-5008-b", "귀사의 네트워크에서 서비스가 노출되어 있습니다."},
		{"th", "din-5008-b", "คำแนะนำ น้ำ ทำให้ บริการที่เปิดเผย"},
		{"hi", "din-5008-b", "आपके नेटवर्क में सेवाएँ"},
		{"ta", "din-5008-b", "உங்கள் பிணையத்தில்"},
		{"bn", "din-5008-b", "আপনার নেটওয়ার্কের সেবা। ইন্টারনেট থেকে।"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			l := sample()
			l.Lang, l.Form = c.lang, c.form
			l.Parts = []prose.Doc{{Lang: c.lang, Blocks: []prose.Block{text(c.text)}}}
			var m *typeset.MissingGlyph
			if err := pdf.New(fonts).Write(io.Discard, l); errors.As(err, &m) && os.Getenv("HEADSUP_REAL") != "1" {
				t.Skip(err)
			}
			got := tool(t, l, "pdftotext", "FILE", "-")
			if !strings.Contains(got, c.text) {
				t.Errorf("%q is not in\n%s", c.text, got)
			}
			for _, to := range slices.Concat(l.To...) {
				if !strings.Contains(got, to) {
					t.Errorf("%q is not in\n%s", to, got)
				}
			}
		})
	}
}

// A parted word is one word to who reads the structure, as programs that read
// aloud do; in the text of the page its hyphen is a soft one (hyphen-de).
func TestAPartedWordComesBackWhole(t *testing.T) {
	const long = "Verwaltungsoberflächenkonfigurationsdateien"
	l := sample()
	l.Lang = "de"
	l.Parts = []prose.Doc{{Lang: "de", Blocks: []prose.Block{text("Sehen Sie nach " + strings.Repeat("allen ", 10) + long + " und so weiter.")}}}
	page := tool(t, l, "pdftotext", "FILE", "-")
	if strings.Contains(page, long) || !strings.Contains(strings.ReplaceAll(page, "\u00AD\n", ""), long) {
		t.Errorf("%q is not parted, or not by a soft hyphen:\n%s", long, page)
	}
	if read := tool(t, l, "pdfinfo", "-struct-text", "FILE"); !strings.Contains(read, long) {
		t.Errorf("%q is not in the structure:\n%s", long, read)
	}
}

// compact takes out what a reader of the page cannot see, and the hyphens, of
// which pdftotext drops those at the end of a line.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

func TestRightToLeftTextComesBack(t *testing.T) {
	for _, c := range []struct{ lang, before, after string }{
		{"he", "השרת שלכם", "פתוח לכל העולם, ואין לו סיסמה."},
		{"ar", "الخادم", "مكشوف للجميع على الإنترنت، ولا توجد له كلمة مرور."},
		{"fa", "سرور شما", "برای همه در اینترنت باز است و گذرواژه ندارد."},
		{"ur", "آپ کا سرور", "انٹرنیٹ پر سب کے لیے کھلا ہے، اور اس کا کوئی پاس ورڈ نہیں ہے۔"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			l := sample()
			l.Parts = []prose.Doc{{Lang: c.lang, RTL: true, Blocks: []prose.Block{
				{Spans: []prose.Span{{Text: c.before + " "}, {Text: "192.0.2.17", Value: true}, {Text: " "},
					{Text: "2001:db8::7", Value: true}, {Text: " " + c.after}}},
				{Spans: []prose.Span{{Text: "nmap -Pn -p 25 192.0.2.18", Code: true}}},
				hosts(2, "A", "B", "C", "D"),
			}}}
			got := tool(t, l, "pdftotext", "FILE", "-")
			bare := compact(got)
			for _, want := range append(strings.Fields(c.before+" "+c.after), "192.0.2.17", "2001:db8::7", "192.0.2.1",
				"nmap -Pn -p 25 192.0.2.18", "open-redis", "2026-03-01 10:00 UTC") {
				if !strings.Contains(bare, compact(strings.Trim(want, ".,،"))) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
		})
	}
}

// All that translators wrote comes back from paper.
func TestTemplatesComeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
	files, err := filepath.Glob("../../templates/*/*.md")
	files = slices.DeleteFunc(files, func(f string) bool { return strings.Contains(f, "/site/") }) // never printed
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	markup := regexp.MustCompile(`\{\{[^}]*\}\}|[#*\\]|(?m)^\d+\. `)
	for _, file := range files {
		lang := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(filepath.Base(filepath.Dir(file))+"/"+lang, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.SplitN(string(b), "+++", 3)
			body := markup.ReplaceAllString(parts[len(parts)-1], "")
			l := sample()
			l.RTL = prose.RTL(lang)
			l.Verify, l.PageOf, l.Continue = "", nil, "" // nothing stands in a word that goes on on the next page
			l.Lang, l.Parts = lang, []prose.Doc{{Lang: lang, RTL: l.RTL}}
			for _, p := range strings.Split(body, "\n") {
				if p = strings.TrimSpace(p); p != "" {
					l.Parts[0].Blocks = append(l.Parts[0].Blocks, text(p))
				}
			}
			var m *typeset.MissingGlyph
			if err := pdf.New(fonts).Write(io.Discard, l); errors.As(err, &m) && m.Package != "" && os.Getenv("HEADSUP_REAL") != "1" {
				t.Skip(err)
			}
			order := "-nodiag"
			if lang == "th" { // by their places, pdftotext takes marks above marks for a line of their own
				order = "-raw"
			}
			got := tool(t, l, "pdftotext", order, "FILE", "-")
			bare := compact(got)
			words := regexp.MustCompile(`[^\s。、]+`)
			if l.RTL { // pdftotext has its own mind about marks between the directions
				words = regexp.MustCompile(`[\p{Arabic}\p{Hebrew}\p{M}]+|[\p{Latin}]+`)
			}
			for _, sentence := range words.FindAllString(body, -1) {
				if !strings.Contains(bare, compact(sentence)) {
					t.Errorf("%q is not in\n%s", sentence, got)
				}
			}
		})
	}
}

func TestWritersDoNotDisturbEachOther(t *testing.T) {
	wr := pdf.New(fonts)
	letters := []pdf.Letter{sample(), hostile("שלום e\u0301"), hostile("Ελλ")}
	want := make([][]byte, len(letters))
	for i, l := range letters {
		want[i] = write(t, l)
	}
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			i := n % len(letters)
			if got, err := wr.Print(letters[i]); err != nil || !bytes.Equal(got, want[i]) {
				t.Errorf("letter %d differs: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestFileIsSound(t *testing.T) {
	if out := tool(t, sample(), "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
		t.Error(out)
	}
	lines := strings.Split(strings.TrimSpace(tool(t, sample(), "pdffonts", "FILE")), "\n")
	for _, l := range lines[2:] {
		if !regexp.MustCompile(`^[A-Z]{6}\+\S+ .* yes yes yes +\d+ +0$`).MatchString(l) {
			t.Errorf("not embedded, cut and named so: %q", l)
		}
	}
	info := tool(t, sample(), "pdfinfo", "FILE")
	for _, want := range []string{"Exposed services in your network", "Example Agency"} {
		if !strings.Contains(info, want) {
			t.Errorf("%q is not in\n%s", want, info)
		}
	}
}
