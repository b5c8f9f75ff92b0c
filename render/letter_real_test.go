package render_test

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/prose"
	"headsup/wire/pagetest"
)

// hosts is a letter about every kind of finding at a number of hosts.
func hosts(n int, languages ...string) letter.Letter {
	l := full(languages...)
	kinds := l.Findings
	l.Findings = nil
	for i := range n {
		f := kinds[i%len(kinds)]
		if i%len(kinds) != 3 {
			f.Addr = netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
		}
		l.Findings = append(l.Findings, f)
	}
	return l
}

// On screens from a phone to a desk, light and dark, from left and from right,
// nothing of a letter is cut, nothing but a command scrolls to the side, and axe
// has nothing to say.
func TestChromiumAndAxeLikeTheLetters(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium")
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	files := map[string]string{}
	for _, lang := range []string{"en", "de", "ar", "ur"} {
		for _, n := range []int{1, 10, 150} {
			l := hosts(n, lang, "en")
			if lang == "en" {
				l = hosts(n, "en")
			}
			_, ps := parts(t, must(t, r, l).Mail)
			files[fmt.Sprintf("%s-%d.html", lang, n)] = ps[1].text
			if n > 1 {
				continue
			}
			l.To.Role = lookup.Customer
			_, ps = parts(t, must(t, r, l).Mail)
			files[lang+"-customer.html"] = ps[1].text
		}
	}
	pages := slices.Sorted(maps.Keys(files))
	if dir := os.Getenv("HEADSUP_LETTERS"); dir != "" { // to look at them
		for name, text := range files {
			if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for scheme, dark := range map[string]bool{"light": false, "dark": true} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			looks := pagetest.LookAt(t, chromium, dark, pagetest.Files(files), pages, 360, 414, 1280)
			if len(looks) != 3*len(pages) {
				t.Fatalf("looked at %d pages, want %d", len(looks), 3*len(pages))
			}
			for _, l := range looks {
				if len(l.Violations) > 0 {
					t.Errorf("%s at %d: %s", l.Name, l.Width, strings.Join(l.Violations, "\n"))
				}
				if l.Wide > 0 || len(l.Out) > 0 {
					t.Errorf("%s at %d: %d pixels wider than the window: %s", l.Name, l.Width, l.Wide, strings.Join(l.Out, "\n"))
				}
				if l.Dark != dark || l.All && l.Passes < 10 || l.All != (l.Width == 360 && !dark) {
					t.Errorf("%s: dark %v, %d rules passed", l.Name, l.Dark, l.Passes)
				}
			}
		})
	}
}

// A mail program shows the first hundred kilobytes of a letter.
func TestLettersAreSmall(t *testing.T) {
	alone(t)
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	for _, lang := range r.Languages() {
		for n, most := range map[int]int{50: 60 << 10, 150: 100 << 10} {
			_, ps := parts(t, must(t, r, hosts(n, lang, "en")).Mail)
			if size := len(ps[1].text); size > most {
				t.Errorf("%s: %d hosts in %d bytes", lang, n, size)
			}
		}
	}
}

// Tables of a text stay tables, in fewer columns than a terminal has.
func TestTablesFitATerminal(t *testing.T) {
	alone(t)
	r := renderer(t, render.Options{})
	for _, lang := range r.Languages() {
		_, ps := parts(t, must(t, r, hosts(150, lang)).Mail)
		rows := 0
		for line := range strings.Lines(ps[0].text) {
			line = strings.NewReplacer("\u2068", "", "\u2069", "", "\n", "").Replace(line)
			if !strings.Contains(line, "198.51.100.") {
				continue
			}
			if rows++; prose.Cells(line) >= 80 {
				t.Errorf("%s: %d columns: %s", lang, prose.Cells(line), line)
			}
		}
		if lines := strings.Count(ps[0].text, "\n"); rows < 112 || lines > 520 {
			t.Errorf("%s: %d rows of a table in %d lines", lang, rows, lines)
		}
	}
}
