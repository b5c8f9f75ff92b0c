package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"headsup/ledger"
	"headsup/letter"
)

func (p *program) exportCommand() *cobra.Command {
	var states []string
	var site, paper bool
	cmd := &cobra.Command{
		Use:   "export DIR [ID…]",
		Short: "Letters as files: the mail (.eml) and the page (.pdf)",
		Long: `Write letters into a folder, each as the mail that is or was to be sent, byte
for byte but for its Date, and as the printed page. All letters, or those named.

With --site, write the pages of advice instead: a folder for any web server, in
every language, with a page that confirms each letter past review to whoever
has its reference and code. Write it again when letters were approved.

With --print, write letters.pdf instead: the pages of all letters past review
in one file for the mail room, by country and postcode, with a cover list, which
is in letters.csv too. Letters without a postal address, and those whose address
does not fit the window of the envelope, are named with the reason and left out:
then the exit code is 3.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			if site {
				return h.site(cmd.Context(), args[0], args[1:])
			}
			f := ledger.Filter{Campaign: h.campaign.ID, IDs: args[1:]}
			if f.States, err = statesOf(states); err != nil {
				return err
			}
			if paper {
				return h.printBatch(cmd.Context(), args[0], f)
			}
			return h.export(cmd.Context(), args[0], f)
		},
	}
	cmd.Flags().StringSliceVar(&states, "state", nil, "only letters in these `states`: "+stateNames())
	cmd.Flags().BoolVar(&site, "site", false, "write the pages of advice, and those that confirm letters")
	cmd.Flags().BoolVar(&paper, "print", false, "write one PDF for the mail room, with a cover list")
	cmd.MarkFlagsMutuallyExclusive("site", "print")
	cmd.ValidArgsFunction = p.completeLetters(1)
	completeFlag(cmd, "state", letter.States...)
	return cmd
}

// An exported letter and its files, as --json prints it.
type exported struct {
	ledger.Entry
	Mail string `json:"mail"`
	PDF  string `json:"pdf,omitempty"`
}

func (h *house) export(ctx context.Context, dir string, f ledger.Filter) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	found := 0
	for e, err := range h.ledger.Letters(ctx, f) {
		if err != nil {
			return err
		}
		found++
		r, err := h.ledger.Letter(ctx, e.ID)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, e.ID)
		if err := writeLetter(name, r.Rendered); err != nil {
			return err
		}
		x := exported{Entry: e, Mail: name + ".eml"}
		if len(r.Rendered.PDF) > 0 {
			x.PDF = name + ".pdf"
		}
		if err := h.p.print(x, e.ID, e.To, x.Mail, x.PDF); err != nil {
			return err
		}
	}
	if found < len(f.IDs) {
		return ledger.ErrNotFound
	}
	return nil
}

// writeLetter writes the mail to name.eml, and the page, if there is one, to name.pdf.
func writeLetter(name string, r letter.Rendered) error {
	if err := writeFile(name+".eml", r.Mail); err != nil || len(r.PDF) == 0 {
		return err
	}
	return writeFile(name+".pdf", r.PDF)
}

// writeFile writes a new file, in the place of one that is there: a link with
// that name is replaced, and not followed.
func writeFile(name string, content []byte) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
