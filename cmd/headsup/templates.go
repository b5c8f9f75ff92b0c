package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
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
	cmd.AddCommand(check, begin, preview, releaseWordsCommand(p))
	return cmd
}

// releaseWordsCommand says who lets the words of a language leave.
func releaseWordsCommand(p *program) *cobra.Command {
	var r ledger.WordsRelease
	var by string
	var withdraw bool
	cmd := &cobra.Command{
		Use:   "release [LANGUAGE --as FUNCTION --name NAME]",
		Short: "Say who lets the words of a language leave, or show who has yet to",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				if len(args) == 0 {
					all, err := campaign.WordsOf(cmd.Context(), c)
					return errors.Join(err, show.Words(p.Console, all))
				}
				who, err := acting(cmd.Context(), c, by, people.ToApprove)
				if err != nil {
					return err
				}
				r.Language, r.Recorded = args[0], who
				return releaseWords(cmd.Context(), p, c, r, withdraw)
			})
		},
	}
	cmd.Flags().StringVar(&r.Function, "as", "", "function of released_by in which they are released")
	cmd.Flags().StringVar(&r.By, "name", "", "who releases them")
	cmd.Flags().StringVar(&r.Version, "version", "", "version that was read; default as they are")
	cmd.Flags().BoolVar(&withdraw, "withdraw", false, "take it back: letters go back to the drafts")
	cmd.Flags().StringVar(&by, "by", "", "who writes it down; default the user of this machine")
	return cmd
}

func releaseWords(ctx context.Context, p *program, c *campaign.Campaign, r ledger.WordsRelease, withdraw bool) (err error) {
	if withdraw {
		_, err = campaign.WithdrawWords(ctx, c, r)
	} else if r, err = campaign.ReleaseWords(ctx, c, r); err == nil {
		err = p.Print(r, r.Language, r.Version, r.Function, r.By)
	}
	return err
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
