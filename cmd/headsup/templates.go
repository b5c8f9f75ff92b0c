package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/render"
	"headsup/templates"
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
now, does it say the same things, can it be written and printed.` + exitCodes,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return p.checkTemplates() },
	}
	cmd.AddCommand(check)
	return cmd
}

// errTemplates means that letters are not as they should be.
var errTemplates = errors.New("letters need work")

func (p *program) checkTemplates() error {
	s, err := loadSettings(p.dir)
	if errors.Is(err, errNoSettings) {
		s, err = &Settings{}, nil
	}
	if err != nil {
		return err
	}
	words, err := s.words()
	if err != nil {
		return err
	}
	bad := 0
	for _, f := range words.Check() {
		bad++
		if err := p.print(f, f.String()); err != nil {
			return err
		}
	}
	renderer, err := s.renderer()
	if err != nil {
		return err
	}
	bad += p.renderSamples(renderer, words)
	if bad > 0 {
		return leftOver{errTemplates}
	}
	return p.print(map[string]int{"languages": len(words.Languages()), "faults": 0},
		fmt.Sprintf("%d languages: complete, current, and printed", len(words.Languages())))
}

// renderSamples writes and prints every sample letter in every language, and
// counts those that it could not.
func (p *program) renderSamples(r *render.Renderer, words *templates.Set) (bad int) {
	bar := p.progress("writing samples", len(words.Languages()))
	defer bar.done()
	for _, lang := range words.Languages() {
		for _, l := range render.Samples(words, lang) {
			if _, err := r.Render(l); err != nil {
				p.say("%s: %v", lang, err)
				bad++
				break
			}
		}
		bar.add(1)
	}
	return bad
}
