package campaign

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
)

// Resolve says what became of letters whose state is [letter.Unknown]: sent or
// failed, or approved, which lets the same bytes be sent once more. What a dead
// sender left is unknown too.
func (c *Campaign) Resolve(ctx context.Context, ids []string, to letter.State, by, why string) (Decisions, error) {
	if _, _, err := c.ledger.Recover(ctx); err != nil {
		return Decisions{}, err
	}
	return each(ctx, c, ids, func(id string) error { return c.ledger.Resolve(ctx, id, to, by, why) })
}

// SendAgain lets all letters be sent once more, as the same bytes, that were
// refused because of us, once that is repaired.
func (c *Campaign) SendAgain(ctx context.Context, by, why string) (Decisions, error) {
	var ids []string
	for e, err := range refused(ctx, c) {
		if err != nil {
			return Decisions{}, err
		}
		ids = append(ids, e.ID)
	}
	return each(ctx, c, ids, func(id string) error { return ledger.Again(ctx, c.ledger, id, by, why) })
}

func refused(ctx context.Context, c *Campaign) iter.Seq2[ledger.Entry, error] {
	return c.Letters(ctx, ledger.Filter{States: []letter.State{letter.Failed, letter.Bounced}, Classes: []letter.Class{letter.ClassOurs}})
}

// A Refusal is something that servers have against us.
type Refusal struct {
	Mend    letter.Mend `json:"repair"`
	List    string      `json:"list,omitempty"` // the block list that names us, as a domain
	Letters int         `json:"letters"`        // that did not arrive because of it
	Said    string      `json:"said"`           // by a server, about one of them
}

// Refusals returns what servers have against us, what costs most letters first.
func (c *Campaign) Refusals(ctx context.Context) ([]Refusal, error) {
	by := map[letter.Reason]Refusal{}
	for e, err := range refused(ctx, c) {
		if err != nil {
			return nil, err
		}
		why := letter.ReasonOf("", e.Reason)
		r := Refusal{Mend: cmp.Or(why.Mend, letter.MendPolicy), List: why.List, Letters: by[why].Letters + 1, Said: e.Reason}
		by[why] = r
	}
	return slices.SortedFunc(maps.Values(by), func(a, b Refusal) int {
		return cmp.Or(b.Letters-a.Letters, strings.Compare(string(a.Mend), string(b.Mend)), strings.Compare(a.List, b.List))
	}), nil
}

// Resolved says what reading logs came to.
type Resolved struct {
	Decisions
	Unread   error // the first log that could not be read to its end
	Untraced int   // unknown letters that are in none of the logs

	// Of a ledger that was put back: how many letters left that it did not know
	// of, if it does now and may send again; or why it still may not.
	Covered int
	Behind  error
}

// ResolveByLog looks for letters in the logs of mail servers, of Postfix or
// Exim, which may be packed: what a server has taken is sent, whatever its
// state here, since the ledger may be older than what was sent from it. It
// tells first how many letters are still [OnTheWay], if any. A log that cannot
// be read does not keep the others from being read. A ledger that was put back may
// send again once logs have shown all that left.
func (c *Campaign) ResolveByLog(ctx context.Context, logs []Source, by string) (out Resolved, err error) {
	if _, _, err := c.ledger.Recover(ctx); err != nil {
		return out, err
	}
	senders, found := map[string]string{}, map[string]ledger.Entry{} // by Message-ID
	for e, err := range c.Letters(ctx, ledger.Filter{}) {
		if err != nil {
			return out, err
		}
		if e.State.Provable() {
			senders[e.MessageID], found[e.MessageID] = e.From, e
		}
	}
	sum, err := c.Sum(ctx)
	if err != nil {
		return out, err
	}
	if n := sum.States[letter.Sending]; n > 0 {
		c.event(OnTheWay{n})
	}
	why := map[string]string{} // by letter
	for _, log := range logs {
		proof, err := taken(ctx, log, senders)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			c.event(Unreadable{err})
			if out.Unread == nil {
				out.Unread = err
			}
		}
		for message, line := range proof {
			why[found[message].ID] = log.Name + ": " + line
			delete(senders, message)
		}
	}
	out.Decisions, err = each(ctx, c, slices.Sorted(maps.Keys(why)), func(id string) error {
		return unlessState(ledger.Prove(ctx, c.ledger, id, by, why[id]))
	})
	for message := range senders {
		if found[message].State == letter.Unknown {
			out.Untraced++
		}
	}
	if err != nil {
		return out, err
	}
	out.Covered, out.Behind, err = coverByLogs(ctx, c, by, namesOf(logs))
	return out, err
}

// namesOf says which logs were read.
func namesOf(logs []Source) string {
	var names []string
	for _, l := range logs {
		names = append(names, l.Name)
	}
	return "logs: " + strings.Join(names, ", ")
}

func unknown(ctx context.Context, c *Campaign) iter.Seq2[ledger.Entry, error] {
	return c.Letters(ctx, ledger.Filter{States: []letter.State{letter.Unknown}})
}

// unlessState passes over a letter about which something came back meanwhile.
func unlessState(err error) error {
	if errors.Is(err, ledger.ErrState) {
		return nil
	}
	return err
}

// taken reads one log, which may be packed, for what a server has taken.
func taken(ctx context.Context, log Source, senders map[string]string) (proof map[string]string, err error) {
	f, err := log.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(Stoppable(ctx, f))
	var text io.Reader = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		text, err = gzip.NewReader(in)
	}
	if err == nil {
		proof, err = mailer.Taken(text, senders)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", log.Name, err)
	}
	return proof, err
}

// assume takes letters as sent that have been unknown for as long as the
// settings say. Nothing came back about them in that time.
func assume(ctx context.Context, c *Campaign) error {
	after := c.settings.Campaign.AssumeSent.Duration
	if after <= 0 {
		return nil
	}
	var ids []string
	for e, err := range unknown(ctx, c) {
		if err != nil {
			return err
		}
		if time.Since(e.Changed) >= after {
			ids = append(ids, e.ID)
		}
	}
	for _, id := range ids {
		if err := unlessState(c.ledger.Resolve(ctx, id, letter.Sent, "assume_sent", fmt.Sprintf("nothing came back in %v", after))); err != nil {
			return err
		}
	}
	return nil
}
