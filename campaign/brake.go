package campaign

import (
	"context"
	"errors"
	"fmt"

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
