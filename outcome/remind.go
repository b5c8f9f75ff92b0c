package outcome

import (
	"fmt"
	"time"

	"headsup/letter"
)

// Reminders say when a contact is written to again.
type Reminders struct {
	After  time.Duration // after the last letter left, not sooner
	Rounds int           // letters to one contact at most, the first counted
}

// Due reports whether a letter may be followed by another one at the time now,
// or says why it may not.
func (r Reminders) Due(last letter.Told, now time.Time) (ok bool, why string) {
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch {
	case last.Paper == letter.Returned:
		return false, fmt.Sprintf("%s came back by post", last.ID)
	case last.State != letter.Sent && !last.Paper.Arrived():
		return false, fmt.Sprintf("%s is %s, not sent", last.ID, last.State)
	case last.Wrong:
		return false, fmt.Sprintf("%s was answered: what it says was wrong", last.ID)
	case last.Turned:
		return false, fmt.Sprintf("%s was answered: another is responsible", last.ID)
	case last.Open > 0:
		return false, fmt.Sprintf("%s was answered, and the answer is open", last.ID)
	case last.Round >= r.Rounds:
		return false, fmt.Sprintf("%s was the last of %d rounds", last.ID, r.Rounds)
	case now.Before(last.Left.Add(r.After)):
		return false, fmt.Sprintf("%s left on %s: not before %s", last.ID, day(last.Left), day(last.Left.Add(r.After)))
	case now.Before(last.Working.Add(r.After)):
		return false, fmt.Sprintf("%s was answered on %s, they are at it: not before %s", last.ID, day(last.Working), day(last.Working.Add(r.After)))
	}
	return true, ""
}

// Again reports whether a finding has to be told again: it was seen open after
// the letter that told it left, later than what that letter says. seen is when
// the finding in the letter was. A letter that came back told nobody, so that
// any later look says more; so did one whose contact is not responsible. Where
// they say that it is fixed, a look has to be later than that.
func (o Outcome) Again(last letter.Told, seen time.Time) bool {
	open := o.Result == StillOpen || o.Result == Reopened
	return open && (!last.Reached() || o.Open.Seen.After(last.Left)) && o.Open.Seen.After(seen) && o.Open.Seen.After(last.Fixed)
}
