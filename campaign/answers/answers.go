// Package answers lists what people answered to letters, and records what a
// person makes of each: a claim until a look confirms it, findings that are
// taken back, or somebody else who is responsible.
//
// It reads no mail, and decides nothing by itself.
package answers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
)

var (
	// ErrRule means that a ruling lacks what it needs, or has what it does not take.
	ErrRule = errors.New("the ruling does not fit")
	// ErrSeveral means that a letter has more than one open answer.
	ErrSeveral = errors.New("several answers are open")
)

// page is how many answers are read at once.
const page = 5000

// List tells, as [campaign.Answered], what people answered: the open ones first,
// within both the earliest first. It returns how many of those told are open.
func List(ctx context.Context, c *campaign.Campaign, q ledger.AnswerQuery) (open int, err error) {
	room := campaign.Within(c)
	q.Campaign, q.Limit = room.Rules.ID, page
	if q.Letter != "" {
		q.Letter = letter.FullReference(room.Rules.ID, q.Letter)
	}
	for next := new(ledger.AnswerCursor); next != nil; {
		q.After = *next
		var some []ledger.Answer
		if some, next, err = ledger.Answers(ctx, room.Ledger, q); err != nil {
			return open, err
		}
		for _, a := range some {
			if a.Open {
				open++
			}
			room.Tell(campaign.Answered{Answer: a})
		}
	}
	return open, ctx.Err()
}

// Rule settles an answer, by its number, or by the reference of its letter
// where one of its answers is open, and tells it as [campaign.Answered]. What somebody
// said on the telephone is recorded so: as the one answer of a letter that has
// none. Findings that another is responsible for are drafted anew, with day
// printed on the letter, unless a reminder told them: then the next round does.
func Rule(ctx context.Context, c *campaign.Campaign, said string, r ledger.Rule, day time.Time) (err error) {
	room := campaign.Within(c)
	switch {
	case (r.Other != "") != (r.Ruling == letter.RuledOther):
		return fmt.Errorf("%w: %q takes an address, and nothing else does", ErrRule, letter.RuledOther)
	case len(r.Only) > 0 && r.Ruling != letter.RuledWrong:
		return fmt.Errorf("%w: only what was wrong can be some of a letter", ErrRule)
	case r.Other != "":
		if r.Other, err = lookup.Mailbox(r.Other); err != nil {
			return fmt.Errorf("%w: %w", ErrRule, err)
		}
	}
	id, err := answerOf(ctx, c, said, r)
	if err != nil {
		return err
	}
	a, err := ledger.Settle(ctx, room.Ledger, room.Rules.ID, id, r)
	if err != nil {
		return err
	}
	room.Tell(campaign.Answered{Answer: a})
	switch {
	case !r.Ruling.Turns():
		return nil
	case a.Round > 1:
		room.Tell(campaign.Noted{Text: a.Letter + " is a reminder: the next round writes to who is responsible"})
		return nil
	}
	return c.Compose(ctx, day)
}

// answerOf finds the answer that is meant, or records one that came by other
// ways than mail.
func answerOf(ctx context.Context, c *campaign.Campaign, said string, r ledger.Rule) (int64, error) {
	room := campaign.Within(c)
	if id, err := strconv.ParseInt(said, 10, 64); err == nil {
		return id, nil
	}
	e, err := c.Entry(ctx, said)
	if err != nil {
		return 0, err
	}
	full := e.ID
	all, _, err := ledger.Answers(ctx, room.Ledger, ledger.AnswerQuery{Campaign: room.Rules.ID, Letter: full, Limit: page})
	if err != nil {
		return 0, err
	}
	var open []int64
	for _, a := range all {
		if a.Open {
			open = append(open, a.ID)
		}
	}
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(open) > 1:
		return 0, fmt.Errorf("%w: letter %q has %d", ErrSeveral, full, len(open))
	case len(all) > 0:
		return 0, fmt.Errorf("%w: letter %q has no open one", ledger.ErrRuled, full)
	}
	return ledger.TellAnswer(ctx, room.Ledger, full, r.By, "by other ways than mail")
}

// Reopen takes back what was ruled on an answer, by its number, and tells it as
// [campaign.Answered].
func Reopen(ctx context.Context, c *campaign.Campaign, id int64, by string) error {
	room := campaign.Within(c)
	a, err := ledger.Reopen(ctx, room.Ledger, room.Rules.ID, id, by)
	if err == nil {
		room.Tell(campaign.Answered{Answer: a})
	}
	return err
}
