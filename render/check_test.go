package render_test

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"headsup/render"
	"headsup/templates"
)

// The letters that come with headsup have no faults at all.
func TestBuiltinLettersAreComplete(t *testing.T) {
	alone(t)
	for _, fault := range renderer(t, render.Options{}).Check() {
		t.Error(fault)
	}
}

// files copies the built-in letters, to be changed.
func files(t *testing.T) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	names, err := fs.Glob(templates.Builtin, "*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(templates.Builtin, name)
		if err != nil {
			t.Fatal(err)
		}
		m[name] = &fstest.MapFile{Data: data}
	}
	return m
}

// few are the built-in files of five languages.
func few(t *testing.T) fstest.MapFS {
	t.Helper()
	m := files(t)
	for name := range m {
		if lang := strings.TrimSuffix(path.Base(name), ".md"); !slices.Contains([]string{"en", "de", "fr", "es", "ja"}, lang) {
			delete(m, name)
		}
	}
	return m
}

// edit returns the layer of a house that changed one file.
func edit(name, old, with string) fstest.MapFS {
	text, err := fs.ReadFile(templates.Builtin, name)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		panic(name + " does not have " + old)
	}
	return fstest.MapFS{name: {Data: bytes.Replace(text, []byte(old), []byte(with), 1)}}
}

func TestCheckFindsWhatATranslatorShouldSee(t *testing.T) {
	alone(t)
	for _, c := range []struct {
		name  string
		layer fstest.MapFS
		want  string
	}{
		{"English has changed since", edit("open-relay/en.md", "own domains", "own domain names"), "open-relay/de.md:1: translates an older open-relay/en.md"},
		{"a source that nobody named", edit("letter/fr.md", "source = ", "#"), "letter/fr.md:1: source is missing"},
		{"a field that was forgotten", edit("letter/de.md", "{{.Code}}", "…"), "letter/de.md: does not say {{.Code}}"},
		{"a field that English does not have", edit("letter/es.md", "{{.Reference}}", "{{.Reference}} {{.Date}}"), "letter/es.md: should not say {{.Date}}"},
		{"a question that was left out", edit("letter/de.md", "2. Wird die eingesetzte Version noch gepflegt?\n", ""), "is a list of 5, in letter/en.md a list of 6"},
		{"a heading that became a paragraph", edit("open-relay/fr.md", "## Relais", "Relais"), "block 1 is a paragraph, in open-relay/en.md a heading of level 2"},
		{"a command that was translated", edit("open-relay/es.md", "swaks --server ADDRESS", "swaks --server DIRECCIÓN"), "open-relay/es.md: does not show `swaks --server ADDRESS"},
		{"a word of paper that is not there yet", edit("letter/ja.md", "version = ", "#"), `letter/ja.md:1: label "version" is missing`},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := templates.Load(few(t), c.layer)
			if err != nil {
				t.Fatal(err)
			}
			faults := renderer(t, render.Options{Templates: set}).Check()
			for _, f := range faults {
				if strings.Contains(f.String(), c.want) {
					return
				}
			}
			t.Errorf("no fault says %q: %v", c.want, faults)
		})
	}
	t.Run("a part that is missing", func(t *testing.T) {
		all := few(t)
		delete(all, "open-proxy/ja.md")
		set, err := templates.Load(all)
		if err != nil {
			t.Fatal(err)
		}
		const want = "open-proxy/ja.md: missing"
		faults := renderer(t, render.Options{Templates: set}).Check()
		if !slices.ContainsFunc(faults, func(f templates.Fault) bool { return strings.Contains(f.String(), want) }) {
			t.Errorf("no fault says %q: %v", want, faults)
		}
	})
}

// Nothing tries the files that come with headsup when it starts: this does.
func TestWhatComesWithHeadsupIsRightAsAHousesOwn(t *testing.T) {
	alone(t)
	set, err := templates.Load(files(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := render.New(render.Options{Templates: set}); err != nil {
		t.Error(err)
	}
}

func TestNewNamesFileAndLine(t *testing.T) {
	for _, c := range []struct {
		name  string
		layer fstest.MapFS
		want  string
	}{
		{"a field that does not exist", edit("letter/de.md", "{{.Networks}}", "{{.Netzwerke}}"), `letter/de.md:31:216: executing "first" at <.Netzwerke>: can't evaluate field Netzwerke`},
		{"HTML", edit("open-proxy/fr.md", "## Proxy ouvert", "## Proxy ouvert\n\n<b>Attention</b>"), "open-proxy/fr.md:8: HTML cannot stand in a letter"},
		{"an image", edit("open-proxy/fr.md", "## Proxy ouvert", "## Proxy ouvert\n\n![x](https://www.example.org/x.png)"), "open-proxy/fr.md:8: an image cannot stand"},
		{"a link that is not https", edit("open-proxy/en.md", "An open proxy", "An [open proxy](http://www.example.org/)"), `open-proxy/en.md:6: a link to "http://www.example.org/"`},
		{"hosts in the middle of a sentence", edit("letter/ja.md", "{{hosts}}", "表 {{hosts}}"), "letter/ja.md:43: {{hosts}} and {{sections}} are paragraphs of their own"},
		{"a field of a letter on the page of opt-outs", edit("optout/de.md", "## ", "## {{.Email}} "), `optout/de.md:6:5: executing "ask" at <.Email>: nil data`},
		{"an answer without its title", edit("optout/ja.md", "## ", ""), `optout/ja.md: template "ask" is not built as in optout/en.md`},
		{"a button that says nothing", edit("optout/en.md", "Do not write to this mailbox again", ""), `optout/en.md: template "button" is not built`},
		{"a language without dates", english(t, "tlh"), "letter/tlh.md: no dates in this language"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := templates.Load(templates.Builtin, c.layer)
			if err != nil {
				t.Fatal(err)
			}
			_, err = render.New(render.Options{Templates: set})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// Whoever takes a sentence out of a letter is told so, in whatever file it was.
func TestEverySentenceIsMissed(t *testing.T) {
	alone(t)
	for _, english := range []bool{false, true} {
		cut := fstest.MapFS{}
		for name, f := range files(t) {
			lines := strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			for i := len(lines) - 1; strings.HasSuffix(name, "/en.md") == english; i-- {
				if text := lines[i]; text != "" && !strings.Contains(text, "{{") {
					lines[i] = ""
					break
				}
			}
			cut[name] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n") + "\n")}
		}
		set, err := templates.Load(cut)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]bool{}
		for _, f := range set.Check() {
			named[f.File] = true
		}
		for name := range cut {
			if !strings.HasSuffix(name, "/en.md") && !named[name] {
				t.Errorf("English changed: %v, and nobody misses anything in %s", english, name)
			}
		}
	}
}

// alone skips a long test in which nothing runs side by side: -short, which the
// race detector goes with, leaves it out.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
}
