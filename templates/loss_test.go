package templates_test

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"headsup/templates"
)

// A loss is a template without one sentence, field or word of its front matter.
type loss struct {
	file string // "letter/de.md"
	what string // that is gone
	text string // of the file without it
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?:।؟]["”»)]*(\s|$)|[。！？]|\\\n|\n`)
	key         = regexp.MustCompile(`(?m)^[a-z]+ = ".*"\n`)
	field       = regexp.MustCompile(`\{\{-?\s*(\.[A-Z][A-Za-z]*|hosts|sections)\s*-?\}\}`)
	braces      = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

// losses lists everything that can get lost from a file, each alone.
func losses(file, text string) (all []loss) {
	without := func(from, to int) {
		all = append(all, loss{file, text[from:to], text[:from] + text[to:]})
	}
	end := strings.LastIndex(text, "+++\n") + len("+++\n")
	for _, at := range key.FindAllStringIndex(text[:end], -1) {
		without(at[0], at[1])
	}
	for _, at := range field.FindAllStringIndex(text[end:], -1) {
		without(end+at[0], end+at[1])
	}
	for start := end; start < len(text); {
		length := len(text) - start
		if at := sentenceEnd.FindStringIndex(text[start:]); at != nil {
			length = at[1]
		}
		if sentence := braces.ReplaceAllString(text[start:start+length], ""); strings.TrimSpace(sentence) != "" {
			without(start, start+length)
		}
		start += length
	}
	return all
}

// Whatever gets lost anywhere, from any file in any language, is missed, and
// the file that lost it is named; of a field also the field. All losses are
// thousands: without HEADSUP_LONG=1, some of each file stand for them.
func TestEveryLossIsNamed(t *testing.T) {
	names, err := fs.Glob(templates.Builtin, "*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(templates.Builtin, name)
		if err != nil {
			t.Fatal(err)
		}
		sources[name] = string(data)
	}
	tried := 0
	for n, name := range names {
		for i, l := range losses(name, sources[name]) {
			if os.Getenv("HEADSUP_LONG") == "1" || i%20 == n%20 {
				missed(t, sources, l)
				tried++
			}
		}
	}
	t.Logf("%d losses in %d files", tried, len(names))
}

// missed checks that somebody says what was lost.
func missed(t *testing.T, sources map[string]string, l loss) {
	t.Helper()
	part := path.Dir(l.file)
	m := fstest.MapFS{}
	for _, name := range []string{"letter/en.md", part + "/en.md", part + "/de.md", l.file} {
		m[name] = &fstest.MapFile{Data: []byte(sources[name])}
	}
	m[l.file] = &fstest.MapFile{Data: []byte(l.text)}
	var said []string
	set, err := templates.Load(m)
	if err != nil {
		said = strings.Split(err.Error(), "\n")
	} else {
		for _, f := range set.Check() {
			said = append(said, f.String())
		}
	}
	name := ""
	if f := field.FindStringSubmatch(l.what); f != nil && strings.HasPrefix(l.what, "{{") && len(f[0]) == len(l.what) {
		name = f[1]
	}
	english := path.Base(l.file) == "en.md"
	for _, s := range said {
		// What English lost, its translations have too much.
		of := strings.HasPrefix(s, l.file+":") || english && strings.HasPrefix(s, part+"/de.md:") && strings.Contains(s, l.file)
		if of && strings.Contains(s, cmp.Or(name, l.file)) {
			return
		}
	}
	t.Errorf("%s lost %q, and nobody says so: %q", l.file, l.what, said)
}
