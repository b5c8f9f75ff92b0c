package campaign

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"headsup/campaign/settings"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

// ErrNoIMAP means that the settings name no mailbox.
var ErrNoIMAP = errors.New("no mailbox is named, and the settings have no [imap]")

// A Mailbox yields messages, and errors of those that cannot be read.
type Mailbox = iter.Seq2[inbox.Message, error]

// A Result says what reading a message came to.
type Result string

const (
	Recorded Result = "recorded"
	Known    Result = "known"   // from an earlier reading
	Left     Result = "left"    // about no letter, or about one that is on its way just now
	OnlyRead Result = "dry-run" // would be recorded
	Cut      Result = "cut"     // only counted: too many of that day prove nothing
)

// An Action says who has to do something about a message.
type Action string

const (
	Done      Action = "done"   // it has taken effect
	ForPerson Action = "person" // a person has to read it: it proves nothing, or may be a wish
	NoAction  Action = "none"
)

// An Incoming is a message that came in. Its JSON names are settled.
type Incoming struct {
	Letter     string             `json:"letter,omitempty"`
	To         string             `json:"to,omitempty"` // of the letter
	Kind       letter.ReturnKind  `json:"kind,omitempty"`
	Proven     letter.Proof       `json:"proven"`
	Recipient  string             `json:"recipient,omitempty"` // whom a report or a complaint is about
	Delivery   letter.Action      `json:"delivery,omitempty"`  // a report's word for it
	Status     string             `json:"status,omitempty"`
	Class      letter.Class       `json:"class,omitempty"`      // why it was not delivered
	Recipients []letter.Recipient `json:"recipients,omitempty"` // all that it names
	State      letter.State       `json:"state,omitempty"`      // of the letter, from now on
	Result     Result             `json:"result"`
	Action     Action             `json:"action"`
	From       string             `json:"from,omitempty"`
	Subject    string             `json:"subject,omitempty"`
	Text       string             `json:"text,omitempty"`
	MessageID  string             `json:"message_id,omitempty"`
	Date       time.Time          `json:"date,omitzero"`
	Source     string             `json:"source"`

	// MayWish says of an answer that it may ask for no more letters: a person
	// should read it.
	MayWish bool `json:"may_wish,omitempty"`

	Campaign string `json:"-"` // of the letter
	History  string `json:"-"` // the word for it in the letter's history
}

// Says is what a report says of the letter, or what a person should know of the message.
func (in Incoming) Says() string {
	says := strings.TrimSpace(string(in.Delivery) + " " + in.Status)
	if in.MayWish {
		says = "may be a wish"
	}
	if in.Letter != "" && in.Proven == letter.Unproven {
		says = strings.TrimSpace("unproven " + says)
	}
	return says
}

// Taken says what reading mailboxes came to. Each message was told as
// [Incoming], and what cannot be read as [Unreadable].
type Taken struct {
	Read    int
	Left    int   // about no letter, or about one that is on its way just now
	Waiting int   // for a person to decide
	Unread  error // the first message or mailbox that could not be read
}

// IMAP returns the folders on mail servers that the settings name, or
// [ErrNoIMAP]. With watch it is one for all of them, which goes on, until ctx
// ends, with what comes in.
func (c *Campaign) IMAP(ctx context.Context, watch bool) (all []Mailbox, err error) {
	boxes := c.settings.Mailboxes()
	switch {
	case len(boxes) == 0:
		return nil, ErrNoIMAP
	case watch:
		return []Mailbox{inbox.Watch(ctx, boxes...)}, nil
	}
	for _, b := range boxes {
		all = append(all, b.Mailbox(ctx))
	}
	return all, nil
}

// TakeAll reads mailboxes to their ends and takes each message; with dry it
// changes nothing. What cannot be read does not keep the others from being read.
func (c *Campaign) TakeAll(ctx context.Context, boxes []Mailbox, dry bool) (Taken, error) {
	take := func(ctx context.Context, m inbox.Message) (Incoming, error) { return c.Take(ctx, m, dry) }
	return takeAll(ctx, boxes, take, c.event)
}

// Inspect reads mailboxes to their ends and tells what the messages are, where
// there is no campaign.
func Inspect(ctx context.Context, boxes []Mailbox, tell func(Event)) (Taken, error) {
	wishes := newWishes(new(settings.Settings))
	take := func(_ context.Context, m inbox.Message) (Incoming, error) {
		ret, err := inbox.Read(bytes.NewReader(m.Text))
		if err != nil {
			return Incoming{Result: Left, Source: m.Name, Text: err.Error()}, nil
		}
		w, err := wishes()
		if err != nil {
			return Incoming{}, err
		}
		ret = ret.Understood(w, "")
		means, _ := ret.Means("", "")
		return newIncoming(m, ret, means.About), nil
	}
	return takeAll(ctx, boxes, take, tell)
}

func takeAll(ctx context.Context, boxes []Mailbox, take func(context.Context, inbox.Message) (Incoming, error), tell func(Event)) (t Taken, err error) {
	bar := count(tell, Reading, 0)
	defer bar.over()
	for _, box := range boxes {
		for m, err := range box {
			if ctx.Err() != nil {
				return t, ctx.Err()
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", cmp.Or(m.Name, "mailbox"), err)
				tell(Unreadable{err})
				if t.Unread == nil {
					t.Unread = err
				}
				continue
			}
			in, err := take(ctx, m)
			if err != nil {
				return t, fmt.Errorf("%s: %w", m.Name, err)
			}
			tell(in)
			bar.add(1)
			t.Read++
			if in.Result == Left {
				t.Left++
			}
			if in.Action == ForPerson {
				t.Waiting++
			}
		}
	}
	return t, nil
}

// Take records what a message says of the letter that it is about, and then
// marks it as seen. A message that was taken before, or that is about no
// letter, changes nothing; nor does a dry run, which says what would be done.
// One that does not prove that it knows the letter is noted there for a person
// to decide (see [Waiting]), and changes nothing either.
// The result is valid with an error of marking the message.
func (c *Campaign) Take(ctx context.Context, m inbox.Message, dry bool) (Incoming, error) {
	in, n, err := weigh(ctx, c, m)
	if err != nil || n.Letter == "" {
		return in, err
	}
	was := in.State
	if dry {
		in.Result, in.State = OnlyRead, cmp.Or(n.State, was)
		return in, nil
	}
	in.Result, err = record(ctx, c.ledger, n)
	if errors.Is(err, ledger.ErrState) { // it moved meanwhile: for the next reading
		in.Result = Left
		return in, nil
	}
	if err != nil {
		in.Result = Left
		return in, err
	}
	if in.Result == Recorded {
		in.State = cmp.Or(n.State, was)
		if err := heard(ctx, c, in); err != nil {
			return in, err
		}
	}
	return in, m.Seen()
}

// doubtsADay is how many messages that prove nothing are kept of one letter and
// day. Anybody can write as many as they like.
const doubtsADay = 20

// record puts a note into the ledger.
func record(ctx context.Context, l *ledger.Ledger, n note) (Result, error) {
	var added bool
	kept := true
	var err error
	if n.Kind == letter.Unproved {
		added, kept, err = ledger.NewDoubts(l).Note(ctx, n.HistoryEntry, doubtsADay)
	} else {
		added, err = l.Note(ctx, n.HistoryEntry, n.stop...)
	}
	switch {
	case !kept:
		return Cut, err
	case !added:
		return Known, err
	}
	return Recorded, err
}

// A note is what a message asks to have recorded: nothing where it has no letter.
type note struct {
	ledger.HistoryEntry
	stop []letter.Suppression
}

// weigh finds the letter that a message is about, and says what is to be recorded.
func weigh(ctx context.Context, c *Campaign, m inbox.Message) (in Incoming, n note, err error) {
	ret, err := inbox.Read(bytes.NewReader(m.Text))
	if err != nil {
		return Incoming{Proven: letter.Unproven, Action: NoAction, Result: Left, Source: m.Name, Text: err.Error()}, n, nil
	}
	e, ok, err := letterOf(ctx, c, ret)
	if err == nil {
		ret, err = understood(c, ret, e.To)
	}
	means, known := ret.Means(e.State, e.To)
	in = newIncoming(m, ret, means.About)
	if err != nil {
		return in, n, err
	}
	if !ok {
		in.Kind = letter.NotOurs
		return in, n, nil
	}
	in.Letter, in.To, in.State, in.Campaign, in.History = e.ID, e.To, e.State, e.Campaign, means.History
	in.Proven = ret.Proven(c.rules, addressed(e), c.settings.Inbox.Trusted)
	switch {
	case in.Proven == letter.Unproven:
		in.Action, in.History = ForPerson, letter.Unproved
		n, err = doubt(e, ret, means)
	case known:
		in.Action = Done
		n, err = meant(e, ret, means)
		if ret.MayWish {
			in.Action = ForPerson
		}
	}
	return in, n, err
}

// meant is what a message that proves its letter asks to have recorded. What
// may be a wish waits for a person, as one.
func meant(e ledger.Entry, ret letter.Return, means letter.Meaning) (n note, err error) {
	n = note{stop: means.Suppress, HistoryEntry: ledger.HistoryEntry{
		Letter: e.ID,
		Kind:   means.History,
		State:  means.State,
		Class:  means.Class,
		By:     ret.From,
		Text:   means.Text,
		Ref:    ret.Ref,
	}}
	if ret.MayWish {
		ret.Kind = letter.OptOut
		n.Data, err = kept(ret, means)
	}
	return n, err
}

// doubt is what is recorded of a message that proves nothing.
func doubt(e ledger.Entry, ret letter.Return, means letter.Meaning) (n note, err error) {
	n = note{HistoryEntry: ledger.HistoryEntry{
		Letter: e.ID,
		Kind:   letter.Unproved,
		By:     ret.From,
		Text:   means.History + ": " + strings.ReplaceAll(means.Text, "\n", " "),
		Ref:    ret.Ref,
	}}
	n.Data, err = kept(ret, means)
	return n, err
}

// understood reads what a person wrote about a letter to mailbox.
func understood(c *Campaign, ret letter.Return, mailbox string) (letter.Return, error) {
	if ret.Kind != letter.Reply {
		return ret, nil
	}
	w, err := c.wishes()
	if err != nil {
		return ret, err
	}
	return ret.Understood(w, mailbox), nil
}

// newWishes returns what understands who asks for no more letters. Its phrases
// are made ready once, for the first message that a person wrote.
func newWishes(s *settings.Settings) func() (*letter.Wishes, error) {
	if s.Letters.Templates == "" {
		return builtinWishes
	}
	return sync.OnceValues(func() (*letter.Wishes, error) { return wishesOf(s) })
}

// builtinWishes are those of headsup, which all campaigns of a process share.
var builtinWishes = sync.OnceValues(func() (*letter.Wishes, error) { return wishesOf(new(settings.Settings)) })

func wishesOf(s *settings.Settings) (*letter.Wishes, error) {
	words, err := loadWords(s)
	if err != nil {
		return nil, err
	}
	files, err := words.Wishes()
	if err != nil {
		return nil, err
	}
	return letter.NewWishes(files)
}

// newIncoming says what a message is, and what it says of a recipient.
func newIncoming(m inbox.Message, ret letter.Return, about letter.Recipient) Incoming {
	return Incoming{
		Kind:       ret.Kind,
		Proven:     letter.Unproven,
		Action:     NoAction,
		Recipient:  about.Address,
		Delivery:   about.Action,
		Status:     about.Status,
		Class:      about.Class,
		Recipients: ret.Recipients,
		Result:     Left,
		From:       ret.From,
		Subject:    ret.Subject,
		Text:       ret.Text,
		MessageID:  ret.MessageID,
		Date:       ret.Date,
		Source:     m.Name,
		MayWish:    ret.MayWish,
	}
}

// letterOf finds the letter that a message proves to know, or else the one that
// the surest of its keys names.
func letterOf(ctx context.Context, c *Campaign, ret letter.Return) (e ledger.Entry, ok bool, err error) {
	for _, t := range ret.Tokens {
		e, err := c.ledger.Entry(ctx, t.ID)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil || ret.Proven(c.rules, addressed(e), nil) == letter.ByKey {
			return e, err == nil, err
		}
	}
	for _, key := range ret.Keys {
		id, err := c.ledger.Find(ctx, key)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return e, false, err
		}
		e, err = c.ledger.Entry(ctx, id)
		return e, err == nil, err
	}
	return e, false, nil
}

// addressed is what proofs are held against.
func addressed(e ledger.Entry) letter.Addressed {
	a := letter.Addressed{ID: e.ID, To: e.To}
	for _, t := range letter.Tokens(e.MessageID, 1) {
		a.Key = t.Key
	}
	return a
}
