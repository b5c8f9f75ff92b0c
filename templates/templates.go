// Package templates holds the words of the letters: a folder for each part of
// a letter, in it a Markdown file for each language; and the words in which its
// readers ask for no more of them.
//
// It decides whether a file is well formed, in which languages letters can be
// written, and which translation is older than its English source. It never
// writes a letter: what a field holds and what becomes of the Markdown is the
// business of package render.
package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"

	"golang.org/x/text/language"
)

//go:embed */*.md wishes/*.txt
var builtin embed.FS

// Builtin holds the letters that come with headsup.
var Builtin fs.FS = builtin

// Parts that are no sections. Every other part is one: what there is to say
// about a kind of finding, in the folder of the kind's name.
const (
	Frame    = "letter"   // makes a letter of its sections
	Customer = "customer" // the same for a provider's customer, with sections of its own, by kind of finding
	Services = "services" // a paragraph for each service that a section may be followed by
	Site     = "site"     // what the pages of advice say besides
	OptOut   = "optout"   // what the page of one-click opt-outs says
	Reported = "reported" // the letter to a provider's customer about reports of others
	Reporter = "reporter" // the answer to who reported
	Alert    = "alert"    // what people of the house are told of a report that is kept apart

	Correction = "correction" // the letter that takes back what others said
)

// Marks stand where a template says {{hosts}} and {{sections}}. They are
// private-use characters, each a paragraph of its own, that whoever reads the
// Markdown replaces by the table of hosts and by the sections.
const (
	HostsMark    = '\uE000'
	SectionsMark = '\uE001'
)

// A Set is every part of the letters in every language. It may be used from
// many goroutines.
type Set struct {
	files  map[string]map[string]func() *File // by part and language
	own    []*File
	layers []fs.FS
}

// A File is one part of the letters in one language.
type File struct {
	Path   string // "letter/de.md"
	Part   string // "letter", or the kind of finding that a section is about
	Lang   string // BCP 47
	Source string // Hash of the English file that this one translates; in English, of the built-in one that it was copied from, or empty
	Read   string // Hash of this file when somebody last read it through; empty in English
	Topic  string // of a section: its kind in a few words, for the subject and the table
	Labels Labels // of the frame
	Site   Words  // of the site
	Text   string // the template, with empty lines in place of the front matter
	Own    bool   // a house's own: it does not come with headsup, whose tests try each of its files

	hash     func() string
	template func() (*template.Template, error)
}

// Hash is the [Hash] of the file: what a translation of it has as its Source.
func (f *File) Hash() string { return f.hash() }

// Template is Text, parsed; that of the frame defines "subject".
func (f *File) Template() *template.Template {
	t, err := f.template()
	if err != nil {
		panic(err) // Load tried a house's own, and the tests those that come with headsup
	}
	return t
}

// Load reads every letter of the given layers. A file of a later layer
// replaces the file of that name in an earlier one, so that a house can have
// words of its own. Errors name file and line, and all of them are reported.
func Load(layers ...fs.FS) (*Set, error) {
	sources, own := map[string][]byte{}, map[string]bool{}
	for _, layer := range layers {
		names, err := fs.Glob(layer, "*/*.md")
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, errors.New("no templates: expected files like letter/en.md")
		}
		for _, name := range names {
			if sources[name], err = fs.ReadFile(layer, name); err != nil {
				return nil, err
			}
			own[name] = layer != Builtin
		}
	}
	s := &Set{files: map[string]map[string]func() *File{}, layers: layers}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		part, lang := path.Dir(name), strings.TrimSuffix(path.Base(name), ".md")
		if s.files[part] == nil {
			s.files[part] = map[string]func() *File{}
		}
		if !own[name] {
			s.files[part][lang] = sync.OnceValue(func() *File { return readBuiltin(name, sources[name]) })
			continue
		}
		f, err := readFile(name, sources[name])
		if err == nil {
			f.Own = true
			_, err = f.template()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.files[part][lang], s.own = func() *File { return f }, append(s.own, f)
	}
	if !s.has(Frame, "en") && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s/en.md: missing", Frame))
	}
	return s, errors.Join(errs...)
}

// File returns one part in one language, or nil if there is none.
func (s *Set) File(part, lang string) *File {
	if !s.has(part, lang) {
		return nil
	}
	return s.files[part][lang]()
}

func (s *Set) has(part, lang string) bool { return s.files[part][lang] != nil }

// Files lists every file by part and language.
func (s *Set) Files() []*File {
	var files []*File
	for _, part := range s.Parts() {
		for _, lang := range slices.Sorted(maps.Keys(s.files[part])) {
			files = append(files, s.File(part, lang))
		}
	}
	return files
}

// Own lists a house's own files by part and language.
func (s *Set) Own() []*File { return s.own }

// Parts lists what there is, sorted.
func (s *Set) Parts() []string { return slices.Sorted(maps.Keys(s.files)) }

// Sections lists, sorted, the kinds of finding that there are words for.
func (s *Set) Sections() []string {
	return slices.DeleteFunc(s.Parts(), func(part string) bool { return !isSection(part) })
}

func isSection(part string) bool {
	return part != Frame && part != Customer && part != Services && part != Site && part != OptOut && part != Correction && !aboutReports(part)
}

// Version stands for the words that letters in a language are made of: it is
// another one as soon as a sentence changes. Pages, answers to reporters and
// what the house's own people are told are no letters.
func (s *Set) Version(lang string) string {
	h := sha256.New()
	for _, part := range s.Parts() {
		if f := s.File(part, lang); f != nil && part != Site && part != OptOut && part != Reporter && part != Alert {
			fmt.Fprintln(h, part, f.Hash())
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// aboutReports says of a part that a provider alone needs it: letters can be
// written in a language without.
func aboutReports(part string) bool { return part == Reported || part == Reporter || part == Alert }

// Languages lists, sorted, the languages in which letters can be written:
// those that have the frame and every section.
func (s *Set) Languages() []string {
	return s.complete(append(s.Sections(), Frame))
}

// SiteLanguages lists, sorted, the languages in which pages of advice can be written.
func (s *Set) SiteLanguages() []string {
	return s.complete(append(s.Sections(), Frame, Services, Site))
}

// ReportLanguages lists, sorted, the languages in which reports can be passed
// on and answered.
func (s *Set) ReportLanguages() []string {
	return s.complete([]string{Frame, Reported, Reporter, Alert})
}

func (s *Set) complete(parts []string) []string {
	return slices.DeleteFunc(s.known(), func(lang string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return !s.has(part, lang) })
	})
}

// known lists the languages in which there is any part.
func (s *Set) known() []string {
	langs := map[string]bool{}
	for _, files := range s.files {
		for lang := range files {
			langs[lang] = true
		}
	}
	return slices.Sorted(maps.Keys(langs))
}

// Hash identifies a text whatever its line ends, its trailing white space and
// its Read: the first 12 hexadecimal digits of its SHA-256.
func Hash(source []byte) string {
	h := sha256.New()
	for line := range strings.Lines(strings.TrimRight(string(source), " \t\r\n")) {
		if !readBack(line) {
			io.WriteString(h, strings.TrimRight(line, " \t\r\n")+"\n")
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// readBack reports whether a line is that of the front matter which holds a file's own hash.
func readBack(line string) bool {
	hash, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), `read = "`)
	hash, end := strings.CutSuffix(hash, `"`)
	return ok && end && strings.Trim(hash, "0123456789abcdef") == ""
}

// readBuiltin reads a file that comes with headsup when it is asked for: a
// letter needs a few of them.
func readBuiltin(name string, source []byte) *File {
	f, err := readFile(name, source)
	if err != nil {
		panic(err) // the tests read each
	}
	return f
}

func readFile(name string, source []byte) (*File, error) {
	lang := strings.TrimSuffix(path.Base(name), ".md")
	if tag, err := language.Parse(lang); err != nil || tag.String() != lang {
		return nil, fmt.Errorf("%s: %q is not a BCP 47 language tag in its canonical form", name, lang)
	}
	f := &File{Path: name, Part: path.Dir(name), Lang: lang}
	f.hash = sync.OnceValue(func() string {
		if lang == "en" { // a copy of it says what it was made from, and is the same text
			return Hash(withoutSource(source))
		}
		return Hash(source)
	})
	if err := f.parseFront(strings.ReplaceAll(string(source), "\r\n", "\n")); err != nil {
		return nil, err
	}
	f.template = sync.OnceValues(f.parseTemplate)
	return f, nil
}
