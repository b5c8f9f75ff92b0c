package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
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
has taken are "sent", also those that it could not deliver, or not yet; if one
comes back, headsup inbox makes it "bounced". Give it the logs from the time of
sending on, rotated ones too. Letters that are in none of them stay unknown
(exit code 3), until a person says

  sent     the mail server has them
  failed   it has not, and headsup draft turns to the next contact
  again    it has not, and the same bytes are sent once more

With assume_sent in the settings, headsup send takes them as sent after that
time. headsup status --state unknown lists them, headsup status ID says when
the final dot was sent; the ID is in their Message-ID and in their sender.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return usageArgs(cobra.NoArgs)(cmd, args)
			}
			return usageArgs(cobra.MinimumNArgs(2))(cmd, args)
		},
		ValidArgs: []string{"sent", "failed", "again"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(logs) > 0 {
				return p.inDoubt(cmd.Context(), func(h *house) error { return h.resolveByLog(cmd.Context(), logs, operator(by)) })
			}
			to, ok := verdicts[args[0]]
			if !ok {
				return usageError{fmt.Errorf("%q is none of %q", args[0], slices.Sorted(maps.Keys(verdicts)))}
			}
			return p.inDoubt(cmd.Context(), func(h *house) error { return h.resolve(cmd.Context(), args[1:], to, operator(by), why) })
		},
	}
	cmd.Flags().StringArrayVar(&logs, "log", nil, "a mail server's log `file`, also gzipped (- is stdin, as in journalctl | headsup resolve --log -); may be repeated")
	cmd.Flags().StringVar(&why, "why", "", "what it rests on, for those who come after")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

// inDoubt opens the house and takes back what a dead sender left: it is unknown too.
func (p *program) inDoubt(ctx context.Context, do func(*house) error) error {
	return p.inHouse(ctx, func(h *house) error {
		if _, _, err := h.ledger.Recover(ctx); err != nil {
			return err
		}
		return do(h)
	})
}

func (h *house) resolve(ctx context.Context, ids []string, to letter.State, by, why string) error {
	return h.each(ctx, ids, func(id string) error { return h.ledger.Resolve(ctx, id, to, by, why) })
}

// resolveByLog looks for unknown letters in the logs of mail servers. A log
// that cannot be read does not keep the others from being read.
func (h *house) resolveByLog(ctx context.Context, logs []string, by string) error {
	senders, ids := map[string]string{}, map[string]string{}
	for e, err := range h.unknown(ctx) {
		if err != nil {
			return err
		}
		senders[e.MessageID], ids[e.MessageID] = e.From, e.ID
	}
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	if n := sum.States[letter.Sending]; n > 0 {
		h.p.say("%s on the way; if headsup send was killed, say this again in a minute", some(n, "letter"))
	}
	var trouble error
	why := map[string]string{} // by letter
	for _, name := range logs {
		proof, err := h.taken(ctx, name, senders)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			h.p.say("%v", err)
			trouble = worse(trouble, brokenFile{err})
		}
		for message, line := range proof {
			why[ids[message]] = name + ": " + line
			delete(senders, message)
		}
	}
	err = h.each(ctx, slices.Sorted(maps.Keys(why)), func(id string) error { return h.takeAsSent(ctx, id, by, why[id]) })
	if err != nil {
		return err
	}
	if len(senders) > 0 {
		h.p.say("%s in none of these logs", some(len(senders), "unknown letter"))
		trouble = worse(trouble, leftOver{errNoTrace})
	}
	return trouble
}

var errNoTrace = errors.New("no log shows that the letters were taken")

func (h *house) unknown(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return h.ledger.Letters(ctx, ledger.Filter{Campaign: h.campaign.ID, States: []letter.State{letter.Unknown}})
}

// takeAsSent settles an unknown letter, unless something came back about it meanwhile.
func (h *house) takeAsSent(ctx context.Context, id, by, why string) error {
	err := h.ledger.Resolve(ctx, id, letter.Sent, by, why)
	if errors.Is(err, ledger.ErrState) {
		return nil
	}
	return err
}

// taken reads one log, which may be packed.
func (h *house) taken(ctx context.Context, name string, senders map[string]string) (proof map[string]string, err error) {
	log := h.p.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		log = f
	}
	in := bufio.NewReader(stoppable{ctx, log})
	log = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		log, err = gzip.NewReader(in)
	}
	if err == nil {
		proof, err = mailer.Taken(log, senders)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return proof, err
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
		if err := h.takeAsSent(ctx, id, "assume_sent", fmt.Sprintf("nothing came back in %v", after)); err != nil {
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
