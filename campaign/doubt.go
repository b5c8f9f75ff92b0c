package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

// A Doubt is a message that waits for a person. Its JSON names are settled.
type Doubt struct {
	letter.Return
	Letter  string              `json:"letter"`
	Message string              `json:"message"` // its Message-ID, or what stands for it where it has none
	Entry   ledger.HistoryEntry `json:"-"`       // of the letter's history
}

// kept is what is kept of a message until a person decides about it.
func kept(ret letter.Return, means letter.Meaning) (string, error) {
	ret.Keys, ret.Recipients = nil, nil
	if means.About != (letter.Recipient{}) {
		ret.Recipients = []letter.Recipient{means.About}
	}
	data, err := json.Marshal(ret)
	return string(data), err
}

// Doubts returns the messages that wait for a person, of all letters of the
// campaign or of one, the earliest first.
func Doubts(ctx context.Context, c *Campaign, id string) (out []Doubt, err error) {
	es, err := ledger.NewDoubts(c.ledger).Waiting(ctx, c.rules.ID, letter.FullReference(c.rules.ID, id))
	for _, e := range es {
		d := Doubt{Letter: e.Letter, Message: e.Ref, Entry: e}
		if err := json.Unmarshal([]byte(e.Data), &d.Return); err != nil {
			return nil, fmt.Errorf("letter %q: message %q: %w", e.Letter, e.Ref, err)
		}
		d.Ref = e.Ref
		out = append(out, d)
	}
	return out, err
}

// doubtOf returns a message that waits, or [ledger.ErrNotFound].
func doubtOf(ctx context.Context, c *Campaign, id, message string) (Doubt, error) {
	all, err := Doubts(ctx, c, id)
	if err != nil {
		return Doubt{}, err
	}
	for _, d := range all {
		if d.Message == strings.Trim(message, "<>") {
			return d, nil
		}
	}
	return Doubt{}, fmt.Errorf("%w: message %q does not wait at letter %q", ledger.ErrNotFound, message, id)
}

// Accept takes a message that waits for what it says, or for the kind that a
// person reads it as, as if it had proven that it knows its letter, and tells
// it as [Incoming]. It returns [ledger.ErrNotFound] for a message that does not
// wait, and [ledger.ErrState] while its letter is on its way.
func Accept(ctx context.Context, c *Campaign, id, message string, as letter.ReturnKind, by string) error {
	d, err := doubtOf(ctx, c, id, message)
	if err != nil {
		return err
	}
	e, err := c.ledger.Entry(ctx, d.Letter)
	if err != nil {
		return err
	}
	d.Kind, d.MayWish = cmp.Or(as, d.Kind), false // a person has read it
	means, known := d.Means(e.State, e.To)
	if !known {
		return fmt.Errorf("%w: letter %q is %s", ledger.ErrState, id, e.State)
	}
	n, err := meant(e, d.Return, means)
	if err != nil {
		return err
	}
	n.By = by
	if err := ledger.NewDoubts(c.ledger).Accept(ctx, n.HistoryEntry, n.stop...); err != nil {
		return err
	}
	in := newIncoming(inbox.Message{Name: "accepted"}, d.Return, means.About)
	in.Letter, in.To, in.State, in.Campaign, in.History = e.ID, e.To, cmp.Or(means.State, e.State), e.Campaign, means.History
	in.Action, in.Result = Done, Recorded
	c.event(in)
	return nil
}

// Dismiss decides that messages change nothing: those named, or all that wait
// at a letter. It returns [ledger.ErrNotFound] for one that does not wait.
func Dismiss(ctx context.Context, c *Campaign, id string, messages []string, by string) (n int, err error) {
	var all []Doubt
	for _, message := range messages {
		d, err := doubtOf(ctx, c, id, message)
		if err != nil {
			return 0, err
		}
		all = append(all, d)
	}
	if len(messages) == 0 {
		if all, err = Doubts(ctx, c, id); err != nil {
			return 0, err
		}
	}
	for _, d := range all {
		if err := ledger.NewDoubts(c.ledger).Dismiss(ctx, d.Letter, d.Message, by); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
