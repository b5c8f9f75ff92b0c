package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
)

// verdicts is what a person can say of a letter that may have arrived.
var verdicts = map[string]letter.State{"sent": letter.Sent, "failed": letter.Failed, "again": letter.Approved}

func (p *program) resolveCommand() *cobra.Command {
	var why, by string
	var logs []string
	cmd := &cobra.Command{
		Use:   "resolve sent|failed|again ID… | --log FILE",
		Short: "Say what became of letters that may have arrived",
		Long: `Say what became of letters that are "unknown": the connection was lost after the
final dot, so the mail server may have taken them.

--log reads the log of the mail server, of Postfix or Exim: the letters that it
has taken are sent. Those that are in no log stay unknown, until a person says
"sent": it has them; "failed": it has not, and they are given up; or "again": it
has not, and the same bytes are sent once more. With assume_sent in the
settings, headsup send takes them as sent after that time.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return usageArgs(cobra.NoArgs)(cmd, args)
			}
			return usageArgs(cobra.MinimumNArgs(2))(cmd, args)
		},
		ValidArgs: []string{"sent", "failed", "again"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return p.inHouse(cmd.Context(), func(h *house) error { return h.resolveByLog(cmd.Context(), logs, operator(by)) })
			}
			to, ok := verdicts[args[0]]
			if !ok {
				return usageError{fmt.Errorf("%q is none of %q", args[0], slices.Sorted(maps.Keys(verdicts)))}
			}
			return p.inHouse(cmd.Context(), func(h *house) error { return h.resolve(cmd.Context(), args[1:], to, operator(by), why) })
		},
	}
	cmd.Flags().StringSliceVar(&logs, "log", nil, "a mail server's log `file` (- is stdin, or gzip: .gz); may be repeated")
	cmd.Flags().StringVar(&why, "why", "", "what it rests on, for those who come after")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

func (h *house) resolve(ctx context.Context, ids []string, to letter.State, by, why string) error {
	return h.each(ctx, ids, func(id string) error { return h.ledger.Resolve(ctx, id, to, by, why) })
}

// resolveByLog looks for unknown letters in the logs of mail servers.
func (h *house) resolveByLog(ctx context.Context, logs []string, by string) error {
	senders, ids := map[string]string{}, map[string]string{}
	for e, err := range h.unknown(ctx) {
		if err != nil {
			return err
		}
		senders[e.MessageID], ids[e.MessageID] = e.From, e.ID
	}
	for _, name := range logs {
		proof, err := h.taken(name, senders)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, message := range slices.Sorted(maps.Keys(proof)) {
			if err := h.resolve(ctx, []string{ids[message]}, letter.Sent, by, name+": "+proof[message]); err != nil {
				return err
			}
			delete(senders, message)
		}
	}
	if len(senders) > 0 {
		h.p.say("%s in none of these logs", some(len(senders), "unknown letter"))
		return leftOver{errUnknown}
	}
	return nil
}

func (h *house) unknown(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return h.ledger.Letters(ctx, ledger.Filter{Campaign: h.campaign.ID, States: []letter.State{letter.Unknown}})
}

// taken reads one log.
func (h *house) taken(name string, senders map[string]string) (map[string]string, error) {
	log := io.Reader(h.p.stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		log = f
	}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(log)
		if err != nil {
			return nil, err
		}
		log = z
	}
	return mailer.Taken(log, senders)
}

// assume takes letters as sent that have been unknown for as long as the
// settings say. Nothing came back about them in that time.
func (h *house) assume(ctx context.Context) error {
	after := h.settings.Campaign.AssumeSent.Duration
	if after <= 0 {
		return nil
	}
	var ids []string
	for e, err := range h.unknown(ctx) {
		if err != nil {
			return err
		}
		if time.Since(e.Changed) >= after {
			ids = append(ids, e.ID)
		}
	}
	for _, id := range ids {
		err := h.ledger.Resolve(ctx, id, letter.Sent, "assume_sent", fmt.Sprintf("nothing came back in %v", after))
		if err != nil && !errors.Is(err, ledger.ErrState) { // else something came back this moment
			return err
		}
	}
	return nil
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
