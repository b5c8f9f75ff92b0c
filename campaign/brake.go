package campaign

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"headsup/campaign/people"
	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
)

var (
	// ErrBounces means that too many letters reach nobody.
	ErrBounces = errors.New("too many letters failed or bounced")
	// ErrOurs means that too many of those that came back were refused because of us.
	ErrOurs = errors.New("too many letters are refused because of us")
	// ErrComplaints means that too many letters are taken for spam.
	ErrComplaints = errors.New("too many complaints")
)

// How many letters, refusals of ours and complaints tell nothing about the others.
const (
	fewAnswers    = 50
	fewOurs       = 10
	fewComplaints = 3
)

// brake returns ErrBounces when more of the campaign's letters came to
// nothing than the settings allow, ErrOurs when more of those were refused for
// what we are, and ErrComplaints when more of them were
// complained about. Mail servers take who writes to many mailboxes that do not
// exist, or that do not want it, for a sender of spam.
func brake(ctx context.Context, c *Campaign) error {
	if err := agreedTo(ctx, c); err != nil {
		return err
	}
	sum, err := c.ledger.Sum(ctx, c.rules.ID)
	if err != nil {
		return err
	}
	most := c.settings.Campaign.MostBounces()
	bad := sum.States[letter.Failed] + sum.States[letter.Bounced]
	all := bad + sum.States[letter.Sent]
	if all >= fewAnswers && float64(bad) > most*float64(all) {
		return fmt.Errorf("%w: %d of %d, more than %g%%", ErrBounces, bad, all, 100*most)
	}
	most = c.settings.Campaign.MostOurs()
	if ours := sum.Classes[letter.ClassOurs]; ours >= fewOurs && float64(ours) > most*float64(bad) {
		return fmt.Errorf("%w: %d of %d that came back, more than %g%%", ErrOurs, ours, bad, 100*most)
	}
	complaints, err := c.ledger.Reported(ctx, c.rules.ID, string(letter.Complaint))
	most = c.settings.Campaign.MostComplaints()
	if err == nil && complaints >= fewComplaints && float64(complaints) > most*float64(all) {
		err = fmt.Errorf("%w: %d of %d letters, more than %g%%", ErrComplaints, complaints, all, 100*most)
	}
	return err
}

// ErrOneChanged means that settings were changed that take two people.
var ErrOneChanged = errors.New("settings were changed that two people change")

// agreedTo returns [ErrOneChanged] if brakes, paces or mail servers are others than
// two people agreed to. What a campaign begins with is agreed to, and so is that
// two people approve from now on.
func agreedTo(ctx context.Context, c *Campaign) error {
	changed, err := changedSettings(ctx, c)
	if err == nil && len(changed) > 0 {
		err = fmt.Errorf("%w: %s", ErrOneChanged, strings.Join(changed, ", "))
	}
	return err
}

func changedSettings(ctx context.Context, c *Campaign) (changed []string, err error) {
	text, err := settings.Guarded(c.settings)
	if err != nil {
		return nil, err
	}
	what := "settings of " + c.rules.ID
	before, err := ledger.LastSettled(ctx, c.ledger, what)
	if err != nil {
		return nil, err
	}
	two := 1
	if before != "" {
		if two, err = settings.GuardedBy(before); err != nil {
			return nil, err
		}
	}
	switch {
	case before == text, two < 2 && Approvers(c) < 2:
		return nil, nil
	case two < 2:
		return nil, ledger.NoteChange(ctx, c.ledger, what, text, "as they were when two people began to approve")
	}
	return settings.Changed(before, text)
}

// ApproversOfPeople is how many people it takes to change who may do what: as
// many as approve by the settings, or by those that were agreed to last.
func ApproversOfPeople(ctx context.Context, c *Campaign) (int, error) {
	before, err := ledger.LastSettled(ctx, c.ledger, "settings of "+c.rules.ID)
	if err != nil || before == "" {
		return Approvers(c), err
	}
	n, err := settings.GuardedBy(before)
	return max(n, Approvers(c)), err
}

// AgreeToSettings says that the brakes, paces and mail servers of the settings
// are meant, and reports whether a second person had said the same.
func AgreeToSettings(ctx context.Context, c *Campaign, who people.Credential) (changed []string, settled bool, err error) {
	if changed, err = changedSettings(ctx, c); err != nil || len(changed) == 0 {
		return nil, true, err
	}
	by, err := Door(c).Acting(ctx, who, people.ToResume, true)
	if err != nil {
		return nil, false, err
	}
	text, err := settings.Guarded(c.settings)
	if err != nil {
		return nil, false, err
	}
	settled, err = ledger.Second(ctx, c.ledger, "settings of "+c.rules.ID, text, by)
	return changed, settled, err
}
