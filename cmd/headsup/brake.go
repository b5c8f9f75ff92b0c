package main

import (
	"context"
	"errors"
	"fmt"

	"headsup/letter"
)

// errBounces means that too many letters reach nobody.
var errBounces = errors.New("too many letters failed or bounced")

// fewAnswers is how many letters tell nothing about the others.
const fewAnswers = 50

// checkBounces returns errBounces when more of the campaign's letters came to
// nothing than the settings allow. Mail servers take who writes to many
// mailboxes that do not exist for a sender of spam.
func (h *house) checkBounces(ctx context.Context) error {
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	most := orDefault(h.settings.Campaign.MaxBounces, 0.1)
	bad := sum.States[letter.Failed] + sum.States[letter.Bounced]
	all := bad + sum.States[letter.Sent]
	if all >= fewAnswers && float64(bad) > most*float64(all) {
		return fmt.Errorf("%w: %d of %d, more than %g%%", errBounces, bad, all, 100*most)
	}
	return nil
}
