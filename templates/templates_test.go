package templates_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"headsup/templates"
)

const labels = `[labels]
reference = "R"
date = "D"
code = "C"
page = "Page %d of %d"
comma = ", "
address = "A"
port = "P"
service = "S"
finding = "F"
seen = "T"
rest = "%d more in %s"
above = "See above"
`

const frame = "+++\n" + labels + "+++\n{{define \"subject\"}}S{{end}}\nHello {{.Org}}\n"

func house(name, text string) fstest.MapFS {
	return fstest.MapFS{
		"letter/en.md":     {Data: []byte(frame)},
		"open-relay/en.md": {Data: []byte("+++\ntopic = \"relay\"\n+++\nText\n")},
		name:               {Data: []byte(text)},
	}
}

func TestLoadNamesFileAndLine(t *testing.T) {
	for _, c := range []struct {
		name, file, text, want string
	}{
		{"no front matter", "letter/de.md", "Hello", "letter/de.md:1: the file does not begin with front matter"},
		{"front matter that does not end", "letter/de.md", "+++\nsource = \"x\"\nHello", "letter/de.md:1: the file does not begin"},
		{"an unknown key", "letter/de.md", "+++\nsource = \"x\"\nsuject = \"y\"\n+++\n", `letter/de.md:3: unknown key "suject"`},
		{"TOML that is none", "letter/de.md", "+++\nsource = \"x\"\n[labels\n+++\n", "letter/de.md:3: "},
		{"a label that is missing", "letter/de.md", strings.Replace(frame, "port = \"P\"\n", "", 1), `letter/de.md:1: label "port" is missing`},
		{"a page number that has no total", "letter/de.md", strings.Replace(frame, "Page %d of %d", "Page %d", 1), `letter/de.md:1: label "page"`},
		{"page numbers in the other order", "letter/de.md", strings.Replace(frame, "Page %d of %d", "%[2]d, %[1]d", 1), ""},
		{"a rest that names no file", "letter/de.md", strings.Replace(frame, "%d more in %s", "%d more", 1), `letter/de.md:1: label "rest"`},
		{"a version that names no language", "letter/de.md", strings.Replace(frame, "port =", "version = \"Other language\"\nport =", 1), `letter/de.md:1: label "version"`},
		{"a section without a topic", "open-relay/de.md", "+++\nsource = \"x\"\n+++\n", "open-relay/de.md:1: topic is missing"},
		{"a section with labels", "open-relay/de.md", "+++\ntopic = \"x\"\n" + labels + "+++\n", "open-relay/de.md:1: only the files of"},
		{"a frame with a topic", "letter/de.md", strings.Replace(frame, "+++\n", "+++\ntopic = \"x\"\n", 1), "letter/de.md:1: the files of the folder \"letter\" have no topic"},
		{"no subject", "letter/de.md", strings.Replace(frame, "subject", "object", 1), `letter/de.md:1: no {{define "subject"}}`},
		{"a page of opt-outs that cannot say no", "optout/de.md", `+++
+++
{{define "ask"}}a{{end}}{{define "button"}}b{{end}}{{define "noted"}}c{{end}}{{define "unknown"}}d{{end}}{{define "unclear"}}e{{end}}
`, `optout/de.md:1: no {{define "failed"}}`},
		{"a brace that does not close", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\nHello\n{{.Org}\n", "open-relay/de.md:5: "},
		{"a function that computes", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\nHello\n{{printf \"%q\" .Org}}\n", "open-relay/de.md:5:2: {{printf \"%q\" .Org}}: only fields"},
		{"a pipe", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\n{{.Org | html}}\n", "open-relay/de.md:4:"},
		{"a function inside a choice", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\n{{if .Org}}{{len .Org}}{{end}}\n", "open-relay/de.md:4:"},
		{"a call inside a condition", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\n{{if and (len .Org) .Name}}a{{else}}b{{end}}\n", "open-relay/de.md:4:"},
		{"a condition", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\n{{if and .Org (not .Name)}}a{{else}}b{{end}}\n", ""},
		{"an unknown function", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\n{{today}}\n", `open-relay/de.md:4: function "today" not defined`},
		{"a private-use character", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\nHello\n\nA \ue010\n", "open-relay/de.md:6: a private-use character"},
		{"bytes that are not UTF-8", "open-relay/de.md", "+++\ntopic = \"x\"\n+++\ncaf\xe9\n", "open-relay/de.md:4: "},
		{"a name that is no language", "letter/german.md", frame, `letter/german.md: "german" is not a BCP 47`},
		{"a language in another spelling", "letter/pt-br.md", frame, `letter/pt-br.md: "pt-br" is not`},
		{"line ends of Windows", "letter/de.md", strings.ReplaceAll(frame, "\n", "\r\n"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := templates.Load(house(c.file, c.text))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestLanguagesAreThoseWithEveryPart(t *testing.T) {
	m := house("letter/de.md", frame)
	m["letter/fr.md"], m["open-relay/fr.md"] = m["letter/en.md"], m["open-relay/en.md"]
	s, err := templates.Load(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Languages(); !slices.Equal(got, []string{"en", "fr"}) {
		t.Errorf("languages %v: German has no section", got)
	}
}

func TestAHouseReplacesSomeWords(t *testing.T) {
	own := fstest.MapFS{"letter/de.md": {Data: []byte(strings.Replace(frame, "Hello", "Moin", 1))}}
	s, err := templates.Load(templates.Builtin, own)
	if err != nil {
		t.Fatal(err)
	}
	if f := s.File("letter", "de"); !strings.Contains(f.Text, "Moin") {
		t.Errorf("the house's own letter is not used: %s", f.Text)
	}
	if !slices.Contains(s.Languages(), "de") || s.File("open-relay", "de") == nil {
		t.Error("the other parts are gone")
	}
	if _, err := templates.Load(templates.Builtin, fstest.MapFS{"de.md": {}}); err == nil {
		t.Error("a folder without letters passes for one")
	}
}

func TestACopyKnowsWhatItWasMadeFrom(t *testing.T) {
	load := func(change func(string) string) *templates.Set {
		own := fstest.MapFS{}
		for _, name := range templates.BuiltinFiles("en") {
			data, err := templates.Copy(name)
			if err != nil {
				t.Fatal(err)
			}
			own[name] = &fstest.MapFile{Data: []byte(change(string(data)))}
		}
		s, err := templates.Load(templates.Builtin, own)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if faults := load(func(s string) string { return s }).Check(); len(faults) > 0 {
		t.Errorf("a fresh copy: %v", faults)
	}
	source := regexp.MustCompile(`source = "[0-9a-f]+"`)
	faults := load(func(s string) string { return source.ReplaceAllString(s, `source = "000000000000"`) }).Check()
	if len(faults) != len(templates.BuiltinFiles("en")) || !strings.Contains(faults[0].What, "was copied from an older built-in text") {
		t.Errorf("copies of an older text: %v", faults)
	}
	if faults := load(func(s string) string { return strings.Replace(s, "Kind regards", "Sincerely", 1) }).Check(); len(faults) == 0 {
		t.Error("the house's own English changed, and its translations are said to be current")
	}
}

func TestHashIgnoresWhatNobodySees(t *testing.T) {
	a := templates.Hash([]byte("one\ntwo\n"))
	for _, same := range []string{"one\r\ntwo\r\n", "one  \ntwo", "one\ntwo\n\n"} {
		if templates.Hash([]byte(same)) != a {
			t.Errorf("%q has another hash", same)
		}
	}
	for _, other := range []string{"one\ntwo!", "one\n\ntwo\n", "onetwo"} {
		if templates.Hash([]byte(other)) == a {
			t.Errorf("%q has the same hash", other)
		}
	}
	if len(a) != 12 {
		t.Errorf("hash %q", a)
	}
}

func TestOutlineKeepsItsLines(t *testing.T) {
	text := "+++\ntopic = \"x\"\n+++\nA {{.Org}}\n{{if .Name}}B{{else}}C{{end}}\n{{hosts}}\n"
	s, err := templates.Load(house("open-relay/de.md", text))
	if err != nil {
		t.Fatal(err)
	}
	f := s.File("open-relay", "de")
	if got, want := f.Outline("V"), "\n\n\nA V\nBC\n"+string(templates.HostsMark)+"\n"; got != want {
		t.Errorf("outline %q, want %q", got, want)
	}
	if got := f.Fields(); !slices.Equal(got, []string{".Name", ".Org", "hosts"}) {
		t.Errorf("fields %v", got)
	}
}

// FuzzLoad: whatever a house has in its folder is an error or a letter.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(frame))
	for _, lang := range []string{"en", "ja"} {
		data, err := fs.ReadFile(templates.Builtin, "letter/"+lang+".md")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := templates.Load(house("letter/de.md", string(data)))
		if err != nil {
			if !strings.Contains(err.Error(), "letter/de.md:") {
				t.Errorf("an error without its file: %v", err)
			}
			return
		}
		de := s.File("letter", "de")
		if strings.Count(de.Outline("V"), "\n") != strings.Count(de.Text, "\n") {
			t.Error("the outline has other lines")
		}
		s.Check()
	})
}
