package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"headsup/pattern"
)

// A Kind says what the phrases of a section of a file of wishes are for.
type Kind string

const (
	Greeting  Kind = "greeting"  // opens a message; a name may follow
	Closing   Kind = "closing"   // ends it; names, offices and companies may follow
	Courtesy  Kind = "courtesy"  // stands before, between or behind others, and changes nothing
	Filler    Kind = "filler"    // the same, and may stand between the words of any phrase
	Wish      Kind = "wish"      // asks for no more letters, and for nothing else
	Perhaps   Kind = "perhaps"   // makes a person read the message, and is no wish by itself
	Else      Kind = "else"      // holds the words of a wish, and means something else
	Signature Kind = "signature" // an office or company: stands in the lines below a message
	Fact      Kind = "fact"      // tells of something: a line that holds it is no name
)

var kinds = []Kind{Greeting, Closing, Courtesy, Filler, Wish, Perhaps, Else, Signature, Fact}

// Names that mean the same in every file; all others are defined in it.
const (
	MailboxField   = "mailbox"   // the mail address that the letter went to
	ReferenceField = "reference" // of the letter, or of another one
	NameField      = "name"      // of the sender: words of the From field
	QuestionField  = "question"  // a question mark, which may always be missing
)

var fieldNames = []string{MailboxField, ReferenceField, NameField, QuestionField}

// A WishFile is how people who speak one language ask for no more letters.
type WishFile struct {
	Path    string          // "wishes/de.txt"
	Lang    string          // BCP 47
	Words   map[string]Part // what a name stands for; it is defined above those that use it
	Phrases []Phrase
}

// A Phrase is one line of a file of wishes.
type Phrase struct {
	Kind  Kind
	Line  int
	Parts []Part // never all of them optional
}

// A Part is what stands in one place of a phrase: one of Words, or what Name
// stands for, or one of the sequences of Choice. Words are as they were
// written; one with a hyphen or an apostrophe may be several words to the
// reader.
type Part struct {
	Words    []string
	Name     string
	Choice   [][]Part
	Optional bool
}

// Unspaced reports whether r belongs to a script that is written without
// spaces between words, or with spaces that everybody sets otherwise (Hangul).
func Unspaced(r rune) bool {
	return r >= 0x0E00 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー')
}

// Wishes reads the files of wishes, sorted by language. One of a later layer
// replaces that of an earlier one. Errors name file and line, and all of them
// are reported.
func (s *Set) Wishes() ([]*WishFile, error) {
	found := map[string]fs.FS{}
	for _, layer := range s.layers {
		names, err := fs.Glob(layer, "wishes/*.txt")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			found[name] = layer
		}
	}
	var files []*WishFile
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(found)) {
		source, err := fs.ReadFile(found[name], name)
		if err != nil {
			return nil, err
		}
		f, err := readWishes(name, string(source))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, f)
	}
	return files, errors.Join(errs...)
}

// checkWishes names the languages in which there are letters, and nobody who
// understands how their readers ask for no more.
func (s *Set) checkWishes() (faults []Fault) {
	files, err := s.Wishes()
	if err != nil {
		return []Fault{{File: "wishes", What: err.Error()}}
	}
	if len(files) == 0 {
		return nil // as of any part that no language has
	}
	for _, lang := range s.Languages() {
		i := slices.IndexFunc(files, func(f *WishFile) bool { return f.Lang == lang })
		if i < 0 {
			faults = append(faults, Fault{File: "wishes/" + lang + ".txt", What: "missing: nobody is understood who asks in " + lang + " for no more letters"})
			continue
		}
		f := files[i]
		for _, kind := range []Kind{Greeting, Closing, Courtesy, Wish, Perhaps} {
			if !slices.ContainsFunc(f.Phrases, func(p Phrase) bool { return p.Kind == kind }) {
				faults = append(faults, Fault{File: f.Path, What: fmt.Sprintf("section [%s] is missing", kind)})
			}
		}
	}
	return faults
}

var (
	sectionLine = pattern.New(`^\[([a-z]+)\]$`)
	defineLine  = pattern.New(`^([a-z][a-z0-9]*)\s*=\s*(.*)$`)
)

// readWishes reads one file.
func readWishes(name, source string) (*WishFile, error) {
	lang := strings.TrimSuffix(path.Base(name), ".txt")
	if tag, err := language.Parse(lang); err != nil || tag.String() != lang {
		return nil, fmt.Errorf("%s: %q is not a BCP 47 language tag in its canonical form", name, lang)
	}
	f := &WishFile{Path: name, Lang: lang, Words: map[string]Part{}}
	p := phraseParser{words: map[string][]sequence{}}
	section := ""
	for _, l := range logicalLines(source) {
		if m := sectionLine.FindStringSubmatch(l.text); m != nil {
			section = m[1]
			if section != "words" && !slices.Contains(kinds, Kind(section)) {
				return nil, fmt.Errorf("%s:%d: unknown section [%s]", name, l.number, section)
			}
			continue
		}
		var err error
		switch section {
		case "":
			err = errors.New("stands above the first section")
		case "words":
			var name string
			var part Part
			if name, part, err = p.define(l.text); err == nil {
				f.Words[name] = part
			}
		default:
			var phrases [][]Part
			phrases, err = p.phrases(l.text)
			for _, parts := range phrases {
				f.Phrases = append(f.Phrases, Phrase{Kind: Kind(section), Line: l.number, Parts: parts})
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, l.number, err)
		}
	}
	return f, nil
}

type numberedLine struct {
	number int
	text   string
}

// logicalLines leaves out comments and empty lines, and adds to each line
// those below it that begin with white space.
func logicalLines(source string) []numberedLine {
	var out []numberedLine
	n := 0
	for line := range strings.SplitSeq(source, "\n") {
		n++
		text := strings.TrimSpace(strings.TrimPrefix(line, "\uFEFF"))
		switch {
		case text == "" || text[0] == '#':
		case len(out) > 0 && (line[0] == ' ' || line[0] == '\t'):
			out[len(out)-1].text += " " + text
		default:
			out = append(out, numberedLine{n, text})
		}
	}
	return out
}
