package campaign

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"headsup/campaign/settings"
	"headsup/letter"
	"headsup/render"
	"headsup/templates"
)

// CheckTemplates says what is wrong with the letters, those that are built in
// and those of a campaign folder, if it is one, and in how many languages they are.
func CheckTemplates(folder string) (faults []templates.Fault, languages int, err error) {
	s, err := settings.LoadOrBuiltIn(folder)
	if err != nil {
		return nil, 0, err
	}
	renderer, err := newRenderer(s)
	if err != nil {
		return nil, 0, err
	}
	return renderer.Check(), len(renderer.Languages()), nil
}

// TemplatesFolder is where a campaign folder has words of its own, unless the
// settings name another place.
const TemplatesFolder = "templates"

// InitTemplates writes the built-in texts of languages, or of all, into a
// campaign folder to be changed there, and calls show for each file. Files that
// are there stay as they are. It returns whether the settings name the folder.
func InitTemplates(folder string, languages []string, show func(file string) error) (named bool, err error) {
	s, err := settings.Load(folder)
	if err != nil {
		return false, err
	}
	var names []string
	for _, lang := range languages {
		of := templates.BuiltinFiles(lang)
		if len(of) == 0 {
			return false, fmt.Errorf("%w in %q", ErrNoLanguage, lang)
		}
		names = append(names, of...)
	}
	if len(languages) == 0 {
		names = templates.BuiltinFiles("")
	}
	dir := s.Path(cmp.Or(s.Letters.Templates, TemplatesFolder))
	for _, name := range names {
		data, err := templates.Copy(name)
		if err != nil {
			return false, err
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(file); err == nil {
			continue
		}
		if err := writeNew(file, data, 0o644); err != nil {
			return false, err
		}
		if err := show(file); err != nil {
			return false, err
		}
	}
	return s.Letters.Templates != "", nil
}

// sampleName is the name of a sample's files without their endings.
func sampleName(lang string, i int) string { return fmt.Sprintf("%s-%d", lang, i+1) }

// signed has a sample signed as a campaign's letters in its language are.
func signed(l letter.Letter, c letter.Campaign) letter.Letter {
	if len(c.Agencies) == 0 {
		return l
	}
	l.Agency, l.CoSponsors, l.CoSponsorsIn = c.Agencies[0], c.CoSponsors, c.CoSponsorsIn
	for _, a := range c.Agencies {
		if slices.Contains(a.Languages, l.Languages[0]) {
			l.Agency = a
			break
		}
	}
	return l
}

// ErrNoLanguage means that there are no letters in a language.
var ErrNoLanguage = errors.New("there are no letters")

// A Sample is a letter that shows what the templates can say.
type Sample struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Mail     string `json:"mail"` // file
}

// Preview writes sample letters into dir, in the languages or in all, under the
// house's own letterhead where there is a campaign folder, and calls show for each.
func Preview(folder, dir string, languages []string, show func(Sample) error) error {
	s, err := settings.LoadOrBuiltIn(folder)
	if err != nil {
		return err
	}
	words, err := loadWords(s)
	if err != nil {
		return err
	}
	renderer, err := newRenderer(s)
	if err != nil {
		return err
	}
	var house letter.Campaign
	if !s.BuiltIn() {
		if house, err = s.Decisions(words.Languages()); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if len(languages) == 0 {
		languages = words.Languages()
	}
	for _, lang := range languages {
		if !slices.Contains(words.Languages(), lang) {
			return fmt.Errorf("%w in %q", ErrNoLanguage, lang)
		}
		for i, l := range render.Samples(words, lang) {
			out, err := renderer.Render(signed(l, house))
			if err != nil {
				return fmt.Errorf("%s: %w", lang, err)
			}
			name := filepath.Join(dir, sampleName(lang, i))
			if err := WriteLetter(name, out); err != nil {
				return err
			}
			if err := show(Sample{Language: lang, Subject: out.Subject, Mail: name + ".eml"}); err != nil {
				return err
			}
		}
	}
	return nil
}
