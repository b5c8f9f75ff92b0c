package render_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"headsup/render"
	"headsup/templates"
)

// The letters that come with headsup have no faults at all.
func TestBuiltinLettersAreComplete(t *testing.T) {
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

func edit(m fstest.MapFS, name, old, with string) fstest.MapFS {
	m = maps.Clone(m)
	text := string(m[name].Data)
	if !strings.Contains(text, old) {
		panic(name + " does not have " + old)
	}
	m[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, with, 1))}
	return m
}

func TestCheckFindsWhatATranslatorShouldSee(t *testing.T) {
	all := files(t)
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"English has changed since", edit(all, "open-relay/en.md", "own domains", "own domain names"), "open-relay/de.md:1: translates an older open-relay/en.md"},
		{"a source that nobody named", edit(all, "letter/fr.md", "source = ", "#"), "letter/fr.md:1: source is missing"},
		{"a part that is missing", func() fstest.MapFS { m := maps.Clone(all); delete(m, "open-proxy/ja.md"); return m }(), "open-proxy/ja.md: missing"},
		{"a field that was forgotten", edit(all, "letter/de.md", "{{.Code}}", "…"), "letter/de.md: does not say {{.Code}}"},
		{"a field that English does not have", edit(all, "letter/es.md", "{{.Reference}}", "{{.Reference}} {{.Date}}"), "letter/es.md: should not say {{.Date}}"},
		{"a question that was left out", edit(all, "letter/de.md", "2. Läuft eine aktuelle Version?\n", ""), "is a list of 5, in letter/en.md a list of 6"},
		{"a heading that became a paragraph", edit(all, "open-relay/fr.md", "## Relais", "Relais"), "block 1 is a paragraph, in open-relay/en.md a heading of level 2"},
		{"a command that was translated", edit(all, "open-relay/es.md", "swaks --server ADDRESS", "swaks --server DIRECCIÓN"), "open-relay/es.md: does not show `swaks --server ADDRESS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := templates.Load(c.files)
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
}

func TestNewNamesFileAndLine(t *testing.T) {
	all := files(t)
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"a field that does not exist", edit(all, "letter/de.md", "{{.Networks}}", "{{.Netzwerke}}"), `letter/de.md:22:84: executing "first" at <.Netzwerke>: can't evaluate field Netzwerke`},
		{"HTML", edit(all, "open-proxy/fr.md", "## Proxy ouvert", "## Proxy ouvert\n\n<b>Attention</b>"), "open-proxy/fr.md:8: HTML cannot stand in a letter"},
		{"an image", edit(all, "open-proxy/fr.md", "## Proxy ouvert", "## Proxy ouvert\n\n![x](https://www.example.org/x.png)"), "open-proxy/fr.md:8: an image cannot stand"},
		{"a link that is not https", edit(all, "open-proxy/en.md", "An open proxy", "An [open proxy](http://www.example.org/)"), `open-proxy/en.md:6: a link to "http://www.example.org/"`},
		{"hosts in the middle of a sentence", edit(all, "letter/ja.md", "{{hosts}}", "表 {{hosts}}"), "letter/ja.md:33: {{hosts}} and {{sections}} are paragraphs of their own"},
		{"a field of a letter on the page of opt-outs", edit(all, "optout/de.md", "## ", "## {{.Email}} "), `optout/de.md:6:5: executing "ask" at <.Email>: nil data`},
		{"an answer without its title", edit(all, "optout/ja.md", "## ", ""), `optout/ja.md: template "ask" is not built as in optout/en.md`},
		{"a button that says nothing", edit(all, "optout/en.md", "Do not write to this mailbox again", ""), `optout/en.md: template "button" is not built`},
		{"a language without dates", func() fstest.MapFS {
			m := maps.Clone(all)
			for _, part := range []string{"letter", "open-relay", "open-proxy", "exposed-service"} {
				m[part+"/tlh.md"] = m[part+"/en.md"]
			}
			return m
		}(), "letter/tlh.md: no dates in this language"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := templates.Load(c.files)
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
