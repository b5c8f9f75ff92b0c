package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign/settings"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

func (p *program) inboxCommand() *cobra.Command {
	var o inboxOptions
	var log string
	cmd := &cobra.Command{
		Use:   "inbox [MAILBOX…]",
		Short: "What came back: delivery reports, complaints, answers",
		Long: `Read a Maildir, an mbox or a single message ("-": standard input), or without
arguments the folder of [imap] in the settings, and record for each message
what became of the letter that it is about:

  delivery     failed: the letter is "bounced"; delayed and delivered are noted
  complaint    the address is suppressed
  opt-out      the address is suppressed
  auto-reply   noted
  answer       noted; headsup status ID shows it

Any of them shows that an "unknown" letter was sent. A message is marked as
seen only after all that is in the ledger; reading it twice changes nothing.
Messages about no letter are listed and left as they were (exit code 3).
Nothing is ever answered.

With --listen, opt-outs by one click (RFC 8058) are honoured until you stop it:
let your web server pass on to it what comes to campaign.opt_out. A GET shows a
button, in the browser's language, and changes nothing; a POST suppresses the
address of the letter.

With --dry-run nothing changes; it also reads messages where there is no
campaign, and says what they are.

With --watch the folder is read again whenever something comes in (IDLE),
until you stop it; each message is then looked at once.`,
		RunE: func(cmd *cobra.Command, sources []string) error {
			h, err := p.openHouse(cmd.Context())
			if o.dry && len(sources) > 0 && errors.Is(err, settings.ErrNone) {
				h, err = &house{p: p}, nil // the messages can be read all the same
			}
			if err != nil {
				return err
			}
			defer h.close()
			j, closeLog, err := p.journal(log)
			if err != nil {
				return err
			}
			return errors.Join(h.comesBack(cmd.Context(), sources, o, j), closeLog())
		},
	}
	cmd.Flags().BoolVar(&o.watch, "watch", false, "go on reading what comes in to the folder of [imap]")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "say what the messages are, and change nothing")
	cmd.Flags().StringVar(&o.listen, "listen", "", "honour opt-outs by one click on a loopback `address` such as 127.0.0.1:8058")
	cmd.Flags().StringVar(&log, "log", "", "append each event of a letter to a `file`, a JSON object a line (- is stderr)")
	return cmd
}

var (
	errNotOurs = errors.New("messages are about no letter")
	errNoIMAP  = errors.New("no mailbox is named, and the settings have no [imap]")
	errWatch   = errors.New("only the folder of [imap] can be watched")

	errDryListen = errors.New("--listen honours opt-outs: it cannot be a dry run")
)

// inboxOptions are the flags of inbox.
type inboxOptions struct {
	dry, watch bool
	listen     string
}

// comesBack reads mailboxes, and honours opt-outs by one click meanwhile and,
// where there is a listener, until it is stopped.
func (h *house) comesBack(ctx context.Context, sources []string, o inboxOptions, log journal) error {
	if o.listen == "" {
		return h.inbox(ctx, sources, o, log)
	}
	if o.dry {
		return usageError{errDryListen}
	}
	stop, err := h.serveOptOuts(ctx, o.listen, log)
	if err != nil {
		return err
	}
	defer stop()
	if len(sources) > 0 || h.settings.IMAP != nil || o.watch {
		if err := h.inbox(ctx, sources, o, log); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

// inbox reads mailboxes to their ends. What cannot be read does not keep the
// others from being read.
func (h *house) inbox(ctx context.Context, sources []string, o inboxOptions, log journal) error {
	mailboxes, err := h.mailboxes(ctx, sources, o.watch)
	if err != nil {
		return err
	}
	bar := h.p.progress("reading", 0)
	defer bar.done()
	var trouble error
	read, left := 0, 0
	for _, mailbox := range mailboxes {
		for m, err := range mailbox {
			if ctx.Err() != nil && o.watch { // the usual end
				h.said(read, left)
				return trouble
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", cmp.Or(m.Name, "mailbox"), err)
				h.p.say("%v", err)
				trouble = worse(trouble, brokenFile{err})
				continue
			}
			b, err := h.take(ctx, m, o.dry, log)
			if err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
			if err := h.p.printReturned(b); err != nil {
				return err
			}
			bar.add(1)
			read++
			if b.Result == leftAlone {
				left++
				trouble = worse(trouble, leftOver{errNotOurs})
			}
		}
	}
	h.said(read, left)
	return trouble
}

func (h *house) said(read, left int) {
	h.p.say("%s read, %d left as they were", some(read, "message"), left)
}

// mailboxes opens what is named, or the folder on the mail server.
func (h *house) mailboxes(ctx context.Context, sources []string, watch bool) (out []iter.Seq2[inbox.Message, error], err error) {
	for _, source := range sources {
		if source == "-" {
			out = append(out, inbox.Messages("stdin", h.p.stdin))
		} else {
			out = append(out, inbox.Mailbox(source))
		}
	}
	switch {
	case watch && len(sources) > 0:
		return nil, usageError{errWatch}
	case len(sources) > 0:
		return out, nil
	}
	if h.settings.IMAP == nil {
		return nil, usageError{errNoIMAP}
	}
	box := *h.settings.IMAP
	box.PasswordFile, box.CAFile = h.settings.Path(box.PasswordFile), h.settings.Path(box.CAFile)
	if watch {
		return append(out, box.Watch(ctx)), nil
	}
	return append(out, box.Mailbox(ctx)), nil
}

// A result says what reading a message came to.
const (
	noted     = "recorded"
	knownNow  = "known"   // from an earlier reading
	leftAlone = "left"    // about no letter, or about one that is on its way just now
	onlyRead  = "dry-run" // would be recorded
)

// A returned is a message that came back, as --json prints it.
type returned struct {
	Letter     string             `json:"letter,omitempty"`
	To         string             `json:"to,omitempty"` // of the letter
	Kind       letter.ReturnKind  `json:"kind,omitempty"`
	Recipient  string             `json:"recipient,omitempty"` // whom a report or a complaint is about
	Action     letter.Action      `json:"action,omitempty"`    // of a delivery report
	Status     string             `json:"status,omitempty"`
	Recipients []letter.Recipient `json:"recipients,omitempty"` // all that it names
	State      letter.State       `json:"state,omitempty"`      // of the letter, from now on
	Result     string             `json:"result"`
	From       string             `json:"from,omitempty"`
	Subject    string             `json:"subject,omitempty"`
	Text       string             `json:"text,omitempty"`
	MessageID  string             `json:"message_id,omitempty"`
	Date       time.Time          `json:"date,omitzero"`
	Source     string             `json:"source"`
}

func (p *program) printReturned(b returned) error {
	action := strings.TrimSpace(string(b.Action) + " " + b.Status)
	return p.print(b, cmp.Or(b.Letter, "-"), cmp.Or(b.To, b.Recipient, b.From), string(b.Kind), action, string(b.State), b.Result, b.Source)
}

// take records one message and then marks it as seen.
func (h *house) take(ctx context.Context, m inbox.Message, dry bool, log journal) (returned, error) {
	ret, err := inbox.Read(bytes.NewReader(m.Text))
	if err != nil {
		return returned{Result: leftAlone, Source: m.Name, Text: err.Error()}, nil
	}
	b := returned{Kind: ret.Kind, Recipients: ret.Recipients, Result: leftAlone, From: ret.From, Subject: ret.Subject,
		Text: ret.Text, MessageID: ret.MessageID, Date: ret.Date, Source: m.Name}
	e, ok, err := h.letterOf(ctx, ret.Keys)
	means, known := ret.Means(e.State, e.To)
	b.Recipient, b.Action, b.Status = means.About.Address, means.About.Action, means.About.Status
	if err != nil || !ok {
		return b, err
	}
	b.Letter, b.To, b.State = e.ID, e.To, e.State
	if !known {
		return b, nil
	}
	event := ledger.Event{Letter: e.ID, Kind: means.History, State: means.State, By: ret.From, Text: means.Text, Ref: ret.Ref}
	b.State = cmp.Or(means.State, e.State)
	if dry {
		b.Result = onlyRead
		return b, nil
	}
	added, err := h.ledger.Note(ctx, event, means.Suppress...)
	if errors.Is(err, ledger.ErrState) { // it moved meanwhile: for the next reading
		b.State = e.State
		return b, nil
	}
	if err != nil {
		return b, err
	}
	b.Result = noted
	if !added {
		b.State, b.Result = e.State, knownNow
	}
	if added {
		log.returned(e.Campaign, event.Kind, b)
	}
	return b, m.Seen()
}

// letterOf finds the letter that the surest of the keys names.
func (h *house) letterOf(ctx context.Context, keys []string) (e ledger.Entry, ok bool, err error) {
	if h.ledger == nil {
		return e, false, nil
	}
	for _, key := range keys {
		id, err := h.ledger.Find(ctx, key)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return e, false, err
		}
		for e, err := range h.ledger.Letters(ctx, ledger.Filter{IDs: []string{id}}) {
			return e, err == nil, err
		}
	}
	return e, false, nil
}
