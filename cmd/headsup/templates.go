package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"headsup/campaign/settings"
	"headsup/render"
)

func (p *program) templatesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "The words of the letters",
		Long:  "The words of the letters, in every language.",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	check := &cobra.Command{
		Use:   "check",
		Short: "Say whether every letter is complete and current in every language",
		Long: `Check every letter in every language, built in and in the folder that the
settings name: is it complete, is it a translation of the English text as it is
now, does it say the same things, can it be written and printed.` + "\n" + exitCodes,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return p.checkTemplates() },
	}
	preview := &cobra.Command{
		Use:   "preview DIR [LANGUAGE…]",
		Short: "Write sample letters to files, as mail and as pages",
		Long: `Write sample letters into a folder: for each language, or for those named, the
first letter, a reminder, and what else the templates can say.` + "\n" + exitCodes,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error { return p.previewTemplates(args[0], args[1:]) },
	}
	cmd.AddCommand(check, preview)
	return cmd
}

// previewTemplates writes every sample letter of the languages, or of all.
func (p *program) previewTemplates(dir string, languages []string) error {
	s, err := settings.LoadOrBuiltIn(p.dir)
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
			return usageError{fmt.Errorf("there are no letters in %q", lang)}
		}
		for i, l := range render.Samples(words, lang) {
			out, err := renderer.Render(l)
			if err != nil {
				return fmt.Errorf("%s: %w", lang, err)
			}
			name := filepath.Join(dir, fmt.Sprintf("%s-%d", lang, i+1))
			if err := writeLetter(name, out); err != nil {
				return err
			}
			if err := p.print(map[string]string{"language": lang, "subject": out.Subject, "mail": name + ".eml"}, lang, name+".eml", out.Subject); err != nil {
				return err
			}
		}
	}
	return nil
}

// errTemplates means that letters are not as they should be.
var errTemplates = errors.New("letters need work")

func (p *program) checkTemplates() error {
	s, err := settings.LoadOrBuiltIn(p.dir)
	if err != nil {
		return err
	}
	renderer, err := newRenderer(s)
	if err != nil {
		return err
	}
	faults := renderer.Check()
	for _, f := range faults {
		if err := p.print(f, f.String()); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return leftOver{errTemplates}
	}
	n := len(renderer.Languages())
	return p.print(map[string]int{"languages": n, "faults": 0}, fmt.Sprintf("%d languages: complete, current, and printed", n))
}
