package templates_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"headsup/templates"
)

// wishes is a set with letters in English, and one file of wishes.
func wishes(t testing.TB, lang, text string) ([]*templates.WishFile, error) {
	t.Helper()
	s, err := templates.Load(house("wishes/"+lang+".txt", text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Wishes()
}

func TestWishesNameFileAndLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a phrase above the first section", "unsubscribe\n", "wishes/de.txt:1: stands above the first section"},
		{"an unknown section", "[wish]\nstop\n[whish]\n", "wishes/de.txt:3: unknown section [whish]"},
		{"an unknown name", "[wish]\n# comment\nremove {us}\n", "wishes/de.txt:3: unknown {us}"},
		{"a name that is defined below", "[words]\na = {b}\nb = c\n", "wishes/de.txt:2: unknown {b}"},
		{"a name that is defined twice", "[words]\na = b\na = c\n", "wishes/de.txt:3: {a} is defined already"},
		{"a name that always means the same", "[words]\nmailbox = b\n", "wishes/de.txt:2: {mailbox} is defined already"},
		{"a definition that is none", "[words]\na b\n", "wishes/de.txt:2: expected name = one | another"},
		{"a parenthesis that does not close", "[wish]\nremove (us\n", "wishes/de.txt:2: a parenthesis does not close"},
		{"a parenthesis that closes nothing", "[wish]\nremove us)\n", `wishes/de.txt:2: ")" closes nothing`},
		{"an empty alternative", "[wish]\nremove (us|)\n", "wishes/de.txt:2: nothing stands beside |"},
		{"a question mark behind a word", "[wish]\nplease? stop\n", "wishes/de.txt:2: '?' stands alone"},
		{"a phrase that may be nothing", "[wish]\n(please)? (stop)?\n", "wishes/de.txt:2: all of it may be missing"},
		{"a name that may be nothing", "[words]\na = (b)?\n", "wishes/de.txt:2: all of it may be missing"},
		{"a word that may be nothing", "[wish]\nstop (a)?(b)?\n", "wishes/de.txt:2: all of a word may be missing"},
		{"a space inside a word", "[wish]\nun(sub scribe)\n", "wishes/de.txt:2: a space inside a word"},
		{"a field inside a word", "[wish]\nun{mailbox}\n", "wishes/de.txt:2: {mailbox} is no part of a word"},
		{"a word with too many spellings", "[wish]\n" + strings.Repeat("(a|b|c|d|e|f|g|h)", 5) + "\n", "wishes/de.txt:2: a word with more than"},
		{"parentheses without end", "[wish]\n" + strings.Repeat("(", 50) + "a" + strings.Repeat(")", 50) + "\n", "wishes/de.txt:2: too many parentheses"},
		{"bytes that are not UTF-8", "[wish]\ncaf\xe9\n", "wishes/de.txt:2: not UTF-8"},
		{"a line that goes on", "[wish]\nremove us\n\tfrom your list\n", ""},
		{"line ends of Windows", "[wish]\r\nremove us\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := wishes(t, "de", c.text)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	if _, err := wishes(t, "german", "[wish]\nstop\n"); err == nil || !strings.Contains(err.Error(), "is not a BCP 47") {
		t.Errorf("a name that is no language: %v", err)
	}
}

// said writes out what a phrase can say.
func said(f *templates.WishFile, parts []templates.Part) []string {
	all := []string{""}
	for _, p := range parts {
		var here []string
		switch part, named := f.Words[p.Name]; {
		case named:
			here = said(f, []templates.Part{part})
		case p.Name != "":
			here = []string{"{" + p.Name + "}"}
		default:
			here = slices.Clone(p.Words)
		}
		for _, s := range p.Choice {
			here = append(here, said(f, s)...)
		}
		if p.Optional {
			here = append(here, "")
		}
		var next []string
		for _, a := range all {
			for _, h := range here {
				next = append(next, strings.TrimSpace(a+" "+h))
			}
		}
		all = next
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestPhrasesSayWhatTheyLookLike(t *testing.T) {
	for _, c := range []struct{ phrase, want string }{
		{"stop", "stop"},
		{"stop | end", "end, stop"},
		{"(please)? remove (us|me)", "please remove me, please remove us, remove me, remove us"},
		{"take {us} off", "take me too off, take us off"},
		{"un(sub)?scrib(e|ing)", "unscribe, unscribing, unsubscribe, unsubscribing"},
		{"{verb}s", "asks, begs"},
		{"配信(を)?停止", "配信 を 停止, 配信 停止"},
		{"stop {question}", "stop, stop {question}"},
		{"remove {mailbox}", "remove {mailbox}"},
	} {
		files, err := wishes(t, "en", "[words]\nus = us | me too\nverb = ask | beg\n[wish]\n"+c.phrase+"\n")
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, p := range files[0].Phrases {
			all = append(all, said(files[0], p.Parts)...)
		}
		slices.Sort(all)
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("%s says %q, want %q", c.phrase, got, c.want)
		}
	}
}

func TestEveryLanguageHasWishes(t *testing.T) {
	all, err := templates.Load(templates.Builtin)
	if err != nil {
		t.Fatal(err)
	}
	files, err := all.Wishes()
	if err != nil {
		t.Fatal(err)
	}
	var langs []string
	for _, f := range files {
		langs = append(langs, f.Lang)
	}
	if want := all.Languages(); !slices.Equal(langs, want) {
		t.Errorf("wishes in %v, letters in %v", langs, want)
	}
}

func TestCheckNamesMissingWishes(t *testing.T) {
	faults := func(m fstest.MapFS) string {
		s, err := templates.Load(m)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, f := range s.Check() {
			all = append(all, f.String())
		}
		return strings.Join(all, "\n")
	}
	m := house("wishes/en.txt", "[greeting]\nhi\n[closing]\nbye\n[courtesy]\nsorry\n[wish]\nstop\n[perhaps]\nspam\n")
	if got := faults(m); got != "" {
		t.Errorf("a whole file: %s", got)
	}
	de := maps.Clone(m)
	de["letter/de.md"], de["open-relay/de.md"] = m["letter/en.md"], m["open-relay/en.md"]
	if got := faults(de); !strings.Contains(got, "wishes/de.txt: missing") {
		t.Errorf("a language without wishes: %s", got)
	}
	m["wishes/en.txt"] = &fstest.MapFile{Data: []byte("[wish]\nstop\n")}
	if got := faults(m); !strings.Contains(got, "wishes/en.txt: section [closing] is missing") {
		t.Errorf("a file of wishes alone: %s", got)
	}
	m["wishes/en.txt"] = &fstest.MapFile{Data: []byte("[wish]\nstop (\n")}
	if got := faults(m); !strings.Contains(got, "wishes/en.txt:2: ") {
		t.Errorf("a file with a fault: %s", got)
	}
}

func TestAHouseReplacesWishes(t *testing.T) {
	s, err := templates.Load(templates.Builtin, house("wishes/de.txt", "[wish]\nlasst es\n"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Wishes()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f *templates.WishFile) bool { return f.Lang == "de" })
	if i < 0 || len(files[i].Phrases) != 1 {
		t.Error("the house's own wishes are not used")
	}
	if len(files) != len(s.Languages()) {
		t.Errorf("wishes in %d languages: the others are gone", len(files))
	}
}

// FuzzWishes: whatever a house writes is an error with its line, or phrases none of which is nothing.
func FuzzWishes(f *testing.F) {
	f.Add("[words]\nus = us | me\n[wish]\n(please)? remove {us} un(a|b)c\n")
	f.Add("[filler]\n請(再)?{question}\n[else]\na | b\n")
	f.Fuzz(func(t *testing.T, text string) {
		files, err := wishes(t, "de", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "wishes/de.txt:") {
				t.Errorf("an error without its file and line: %v", err)
			}
			return
		}
		for _, p := range files[0].Phrases {
			if !slices.ContainsFunc(p.Parts, func(part templates.Part) bool { return !part.Optional }) {
				t.Errorf("line %d may be nothing", p.Line)
			}
		}
	})
}
