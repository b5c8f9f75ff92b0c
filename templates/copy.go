package templates

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
)

// Copy returns a built-in file, such as "letter/de.md", as a house begins its
// own with. An English one says what it was copied from, so that [Set.Check]
// notices when the built-in text has changed.
func Copy(name string) ([]byte, error) {
	data, err := fs.ReadFile(Builtin, name)
	if err != nil || path.Base(name) != "en.md" {
		return data, err
	}
	line := "source = \"" + Hash(data) + "\"\n"
	return append([]byte(fence+line), bytes.TrimPrefix(data, []byte(fence))...), nil
}

// BuiltinFiles lists, sorted, the built-in files of a language, or of all for "".
func BuiltinFiles(lang string) []string {
	names, err := fs.Glob(Builtin, "*/*.md")
	if err != nil {
		panic(err) // the pattern is ours
	}
	var list []string
	for _, name := range names {
		if lang == "" || path.Base(name) == lang+".md" {
			list = append(list, name)
		}
	}
	return list
}

// copied compares an English file of a house's own with the built-in one.
func (f *File) copied() []Fault {
	data, err := fs.ReadFile(Builtin, f.Path)
	if err != nil || f.Source == "" || f.Source == Hash(data) {
		return nil
	}
	return []Fault{{f.Path, 1, "was copied from an older built-in text: compare, then set source = \"" + Hash(data) + "\""}}
}

// withoutSource is an English text without the line of its front matter that
// says what it was copied from.
func withoutSource(source []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(source) {
		if !strings.HasPrefix(string(line), `source = "`) {
			out.Write(line)
		}
	}
	return out.Bytes()
}
