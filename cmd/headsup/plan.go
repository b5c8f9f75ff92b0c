package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"headsup/ledger"
)

// plan says when the last letter that is approved will leave, by the paces.
func (h *house) plan(ctx context.Context) error {
	tempo, err := h.tempo(ctx)
	if err != nil {
		return err
	}
	p, err := h.ledger.Plan(ctx, ledger.PlanOptions{Campaign: h.campaign.ID, Apart: h.outboxOptions(tempo).Apart, Opens: tempo.opens, Pace: tempo.pace})
	if err != nil {
		return err
	}
	if p.Letters == 0 {
		h.p.say("no letter is approved and waiting")
		return h.p.print(p, "0 letters")
	}
	return h.p.print(p, some(p.Letters, "letter"), "the last leaves "+p.Last.Format(time.RFC3339),
		"in "+p.Last.Sub(p.From).Round(time.Second).String(), because(p))
}

// because says what the last letter waits for.
func because(p ledger.Plan) string {
	kind, name, _ := strings.Cut(p.Why, ":")
	switch {
	case p.Why == "":
		return "nothing holds them up"
	case p.Why == ledger.Due:
		return "it was refused for now and is tried again then"
	case p.Why == ledger.Address:
		return "its address had another letter just before (address_pace)"
	case kind == "hours":
		return "letters leave there from " + p.Last.Format("15:04") + " UTC"
	case kind == "domain", kind == "group", kind == "mx":
		return fmt.Sprintf("one letter to %s every %v", name, p.Every)
	case kind == "campaign":
		return fmt.Sprintf("one letter of the campaign every %v", p.Every)
	}
	return fmt.Sprintf("%s: one letter every %v", p.Why, p.Every)
}
