// Package recipients serves those who hold a letter: it says whether the letter
// is ours, and notes what they answer on its page. What they answer is a claim:
// a person rules on it, as on an answer that came by mail.
package recipients

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"

	"headsup/campaign"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
)

var (
	// ErrUnclear means that an answer lacks what it needs.
	ErrUnclear = errors.New("the answer is none that can be given")
	// ErrMany means that a letter has as many open answers as a page may give it.
	ErrMany = errors.New("the letter has many open answers")
)

const (
	// maxOpen is how many answers to a letter may wait for a person before its
	// page takes no more.
	maxOpen = 5
	// maxNote is how many bytes of a note are kept.
	maxNote = 2000
	// by is who wrote an answer: whoever had the code.
	by = "page of the letter"
)

// Letter returns the letter that a reference and a code stand for, and whether
// something of it was taken back. It returns [ledger.ErrNotFound] where they
// stand for none that somebody may hold in hands.
func Letter(ctx context.Context, c *campaign.Campaign, ref, code string) (l letter.Letter, takenBack bool, err error) {
	in := campaign.Within(c)
	r, err := in.Ledger.Letter(ctx, ref)
	if err != nil {
		return l, false, err
	}
	if subtle.ConstantTimeCompare([]byte(r.Letter.Code), []byte(code)) == 0 || r.Letter.Campaign != in.Rules.ID || !slices.Contains(campaign.Confirmed, r.State) {
		return l, false, ledger.ErrNotFound
	}
	takenBack, err = ledger.WasTakenBack(ctx, in.Ledger, ref)
	return r.Letter, takenBack, err
}

// A Claim is what somebody answers.
type Claim struct {
	Said    letter.Ruling // one of [letter.Claims]
	Contact string        // mailbox, with [letter.RuledOther] alone
	Note    string
}

// words puts a claim as a person will read it.
func (q Claim) words() (string, error) {
	q.Contact, q.Note = strings.TrimSpace(q.Contact), finding.Clean(q.Note, maxNote)
	if !slices.Contains(letter.Claims, q.Said) || (q.Contact != "") != (q.Said == letter.RuledOther) {
		return "", ErrUnclear
	}
	text := string(q.Said)
	if q.Contact != "" {
		mailbox, err := lookup.Mailbox(q.Contact)
		if err != nil {
			return "", ErrUnclear
		}
		text += " " + mailbox
	}
	if q.Note != "" {
		text += ": " + q.Note
	}
	return text, nil
}

// Answer notes a claim as an open answer to a letter that [Letter] returned, and
// tells that as [campaign.Noted]. It returns [ErrUnclear], and [ErrMany] where
// persons have not kept up.
func Answer(ctx context.Context, c *campaign.Campaign, l letter.Letter, q Claim) error {
	words, err := q.words()
	if err != nil {
		return err
	}
	in := campaign.Within(c)
	all, _, err := ledger.Answers(ctx, in.Ledger, ledger.AnswerQuery{Campaign: in.Rules.ID, Letter: l.ID, Limit: 100})
	if err != nil {
		return err
	}
	open := 0
	for _, a := range all {
		if a.Open {
			open++
		}
	}
	if open >= maxOpen || len(all) >= 100 {
		return ErrMany
	}
	if _, err := ledger.TellAnswer(ctx, in.Ledger, l.ID, by, words); err != nil {
		return err
	}
	in.Tell(campaign.Noted{Text: l.ID + " was answered on its page: " + string(q.Said)})
	return nil
}
