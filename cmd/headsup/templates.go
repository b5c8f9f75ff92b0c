package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/access"
	"headsup/cmd/headsup/usage"
)

func templatesCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "The words of the letters",
	}
	check := &cobra.Command{
		Use:   "check",
		Short: "Say whether every letter is complete and current in every language",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return p.checkTemplates() },
	}
	preview := &cobra.Command{
		Use:   "preview DIR [LANGUAGE…]",
		Short: "Write sample letters to files, as mail and as pages",
		Args:  cobra.MinimumNArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return previewTemplates(p, args[0], args[1:]) },
	}
	begin := &cobra.Command{
		Use:   "init [LANGUAGE…]",
		Short: "Write the built-in texts into the campaign folder, to change them there",
		RunE:  func(_ *cobra.Command, args []string) error { return initTemplates(p, args) },
	}
	cmd.AddCommand(check, begin, preview, access.ReleaseWords(access.Shell{Lines: p.Lines, Open: p.inCampaign}))
	return cmd
}

// initTemplates writes the texts of the languages, or of all.
func initTemplates(p *program, languages []string) error {
	named, err := campaign.InitTemplates(p.dir, languages, func(file string) error { return p.Print(map[string]string{"file": file}, file) })
	if errors.Is(err, campaign.ErrNoLanguage) {
		return usage.Error{Err: err}
	}
	if err == nil && !named {
		p.Say("next: templates = %q below [letters] in %s; files that you do not change can go", campaign.TemplatesFolder, settings.File)
	}
	return err
}

// previewTemplates writes every sample letter of the languages, or of all.
func previewTemplates(p *program, dir string, languages []string) error {
	err := campaign.Preview(p.dir, dir, languages, func(s campaign.Sample) error { return p.Print(s, s.Language, s.Mail, s.Subject) })
	if errors.Is(err, campaign.ErrNoLanguage) {
		return usage.Error{Err: err}
	}
	return err
}

// errTemplates means that letters are not as they should be.
var errTemplates = errors.New("letters need work")

func (p *program) checkTemplates() error {
	faults, n, err := campaign.CheckTemplates(p.dir)
	if err != nil {
		return err
	}
	for _, f := range faults {
		if err := p.Print(f, f.String()); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return usage.LeftOver{Err: errTemplates}
	}
	return p.Print(map[string]int{"languages": n, "faults": 0}, fmt.Sprintf("%d languages: complete, current, and printed", n))
}
