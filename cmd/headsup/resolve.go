package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"headsup/letter"
)

// verdicts is what a person can say of a letter that may have arrived.
var verdicts = map[string]letter.State{"sent": letter.Sent, "failed": letter.Failed, "again": letter.Approved}

func (p *program) resolveCommand() *cobra.Command {
	var why, by string
	cmd := &cobra.Command{
		Use:   "resolve sent|failed|again ID…",
		Short: "Say what became of letters that may have arrived",
		Long: `Say what became of letters that are "unknown": the connection was lost after the
final dot, so the mail server may have taken them. Look for their Message-ID in
its log first. "sent": it has them. "failed": it has not, and they are given up.
"again": it has not, and the same bytes are sent once more.`,
		Args:      cobra.MinimumNArgs(2),
		ValidArgs: []string{"sent", "failed", "again"},
		RunE: func(cmd *cobra.Command, args []string) error {
			to, ok := verdicts[args[0]]
			if !ok {
				return usageError{fmt.Errorf("%q is none of %q", args[0], slices.Sorted(maps.Keys(verdicts)))}
			}
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			return h.resolve(cmd.Context(), args[1:], to, operator(by), why)
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "what it rests on, for those who come after")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

func (h *house) resolve(ctx context.Context, ids []string, to letter.State, by, why string) error {
	return h.each(ctx, ids, func(id string) error { return h.ledger.Resolve(ctx, id, to, by, why) })
}

// each does something to letters and prints them; those that it cannot be done
// to are named, and left over.
func (h *house) each(ctx context.Context, ids []string, do func(id string) error) error {
	var trouble error
	for _, id := range ids {
		if err := do(id); err != nil {
			h.p.say("%v", err)
			trouble = leftOver{err}
			continue
		}
		if err := h.printLetter(ctx, id); err != nil {
			return err
		}
	}
	return trouble
}
