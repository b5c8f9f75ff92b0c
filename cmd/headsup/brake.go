package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"headsup/letter"
)

var (
	// errBounces means that too many letters reach nobody.
	errBounces = errors.New("too many letters failed or bounced")
	// errComplaints means that too many letters are taken for spam.
	errComplaints = errors.New("too many complaints")
)

// How many letters, and complaints, tell nothing about the others.
const (
	fewAnswers    = 50
	fewComplaints = 3
)

// checkBounces returns errBounces when more of the campaign's letters came to
// nothing than the settings allow, and errComplaints when more of them were
// complained about. Mail servers take who writes to many mailboxes that do not
// exist, or that do not want it, for a sender of spam.
func (h *house) checkBounces(ctx context.Context) error {
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	most := cmp.Or(h.settings.Campaign.MaxBounces, 0.1)
	bad := sum.States[letter.Failed] + sum.States[letter.Bounced]
	all := bad + sum.States[letter.Sent]
	if all >= fewAnswers && float64(bad) > most*float64(all) {
		return fmt.Errorf("%w: %d of %d, more than %g%%", errBounces, bad, all, 100*most)
	}
	complaints, err := h.ledger.Reported(ctx, h.campaign.ID, string(letter.Complaint))
	most = cmp.Or(h.settings.Campaign.MaxComplaints, 0.003)
	if err == nil && complaints >= fewComplaints && float64(complaints) > most*float64(all) {
		err = fmt.Errorf("%w: %d of %d letters, more than %g%%", errComplaints, complaints, all, 100*most)
	}
	return err
}
