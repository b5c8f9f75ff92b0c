package typeset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Patterns that part before each "ba", in German and in French.
func withPatterns(t *testing.T) *Fonts {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"hyph_de_DE.dic", "hyph_fr.dic"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("UTF-8\n1ba\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWordsArePartedWhereALineWouldBeShort(t *testing.T) {
	f := withPatterns(t)
	const long = "babababababababa"
	one := func(text string) []Run { return []Run{{Text: text}} }
	for _, c := range []struct {
		sentence string
		lang     string
		runs     []Run
		width    float64
		want     string // lines between bars; ~ is the hyphen of a parted word
	}{
		{"as late as there is room", "de", one("aaaa " + long + " end"), 100, "aaaa babababababa~|baba end"},
		{"capitals begin nouns in German", "de", one("aaaa B" + long[1:] + " end"), 100, "aaaa Babababababa~|baba end"},
		{"and names elsewhere", "fr", one("aaaa B" + long[1:] + " end"), 100, "aaaa |Babababababababa |end"},
		{"a language without patterns", "es", one("aaaa " + long + " end"), 100, "aaaa |babababababababa |end"},
		{"a line that is long enough stays", "de", one("aaaa aaaa aaaa aa " + long + " end"), 100, "aaaa aaaa aaaa aa |babababababababa |end"},
		{"the last word stays whole", "de", one("aaaa " + long + "."), 100, "aaaa |babababababababa."},
		{"a short word does", "de", one("aaaaaaaaaa bababa end"), 70, "aaaaaaaaaa |bababa end"},
		{"three letters on either side", "de", one("aaaaaaaaaaaaa aabababa end"), 90, "aaaaaaaaaaaaa |aabababa end"},
		{"a word in brackets", "de", one("aaaa (" + long + ") end"), 100, "aaaa (babababababa~|baba) end"},
		{"capitals within a word", "de", one("aaaa babaBababababab end"), 100, "aaaa |babaBababababab |end"},
		{"a name of a host", "de", one("aaaa bababababa.example end"), 100, "aaaa |bababababa.example |end"},
		{"a word that has its own hyphen", "de", one("aaaaaaa babababab-abab end"), 90, "aaaaaaa |babababab-abab |end"},
		{"values", "de", []Run{{Text: "aaaa "}, {Text: long, Value: true}, {Text: " end"}}, 100, "aaaa |babababababababa |end"},
		{"what is typed", "de", []Run{{Text: "aaaa "}, {Text: "bababababa", Mono: true, LTR: true}, {Text: " end"}}, 80, "aaaa |bababababa end"},
		{"two lines running, and not three", "de", one("aaaa " + strings.Repeat(long+" ", 4) + "end"), 100,
			"aaaa babababababa~|baba babababababa~|baba |babababababababa |babababababababa |end"},
	} {
		ls, err := f.Set(Para{Lang: c.lang, Size: 10, Parted: true, Runs: c.runs}, c.width)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, l := range ls {
			var b strings.Builder
			for _, p := range l.Pieces {
				b.WriteString(p.String())
			}
			line := strings.ReplaceAll(b.String(), "\u00AD", "~")
			if strings.HasSuffix(line, "~") != l.Parted || l.Width > c.width {
				t.Errorf("%s: line %q is parted: %v, %.1f wide", c.sentence, line, l.Parted, l.Width)
			}
			lines = append(lines, line)
		}
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
}

// Without its leave, a paragraph keeps its words; a file that is none is an error.
func TestWordsArePartedByLeaveOnly(t *testing.T) {
	f := withPatterns(t)
	p := Para{Lang: "de", Size: 10, Parted: true, Runs: []Run{{Text: "aaaa babababababababa end"}}}
	parted, err := f.Set(p, 100)
	if err != nil {
		t.Fatal(err)
	}
	p.Parted = false
	whole, err := f.Set(p, 100)
	if err != nil || len(whole) != len(parted)+1 {
		t.Errorf("%d lines, %d with words parted: %v", len(whole), len(parted), err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hyph_de_DE.dic"), []byte("<html>\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err = Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.Parted = true
	if _, err := f.Set(p, 100); err == nil || !strings.Contains(err.Error(), `hyph_de_DE.dic": patterns in an unknown character set`) {
		t.Errorf("error: %v", err)
	}
}
