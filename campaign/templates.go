package campaign

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"headsup/campaign/settings"
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

// ErrNoLanguage means that there are no letters in a language.
var ErrNoLanguage = errors.New("there are no letters")

// A Sample is a letter that shows what the templates can say.
type Sample struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Mail     string `json:"mail"` // file
}

// Preview writes sample letters into dir, in the languages or in all, and calls
// show for each.
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
			out, err := renderer.Render(l)
			if err != nil {
				return fmt.Errorf("%s: %w", lang, err)
			}
			name := filepath.Join(dir, fmt.Sprintf("%s-%d", lang, i+1))
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
