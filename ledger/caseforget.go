package ledger

import (
	"context"
	"fmt"
)

// Purge erases what is kept of reports whose time is over: the message, what
// was read of it, and the reporter; of what is kept apart as secret the addresses
// and times, too, and what people of the house were told of it. The case stays,
// and is counted. It returns how many were erased.
func (cs Cases) Purge(ctx context.Context) (n int64, err error) {
	err = inTx(ctx, cs.l, func(t *tx) error {
		over := "SELECT id FROM cases WHERE campaign = $1 AND keep_until > 0 AND keep_until < " + t.d.now
		for _, q := range []string{
			"DELETE FROM case_mails WHERE case_id IN (" + over + ")",
			"UPDATE findings SET evidence = '', service = '' WHERE id IN (SELECT n.finding_id FROM notices n JOIN tellings t ON t.incident_id = n.incident_id WHERE t.case_id IN (" + over + "))",
			"UPDATE incidents SET rests_on = '', url = '', account = CASE WHEN account = '' THEN '' ELSE '*' END WHERE id IN (SELECT incident_id FROM tellings WHERE case_id IN (" + over + "))",
			"UPDATE tellings SET evidence = '', span = '' WHERE case_id IN (" + over + ")",
		} {
			if _, err := t.exec(ctx, q, cs.campaign); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "UPDATE incidents SET addr = $2, seen = '', seen_at = 0 WHERE id IN (SELECT incident_id FROM tellings WHERE case_id IN ("+over+" AND queue = 'secret'))",
			cs.campaign, []byte{}); err != nil {
			return err
		}
		if err := eraseAlerts(ctx, cs, t); err != nil {
			return err
		}
		n, err = t.exec(ctx, "UPDATE cases SET reporter = '', message_id = '', source = '', why = '', keep_until = 0 WHERE id IN ("+over+")", cs.campaign)
		return err
	})
	return n, err
}

// Forget erases what is known of a customer: what was reported, the letters'
// words and their recipient, and the messages that told of it. What is counted
// stays counted. It returns [ErrState] while a letter of the customer waits or
// is on its way, and [ErrHeld] while the law has a report kept.
func (cs Cases) Forget(ctx context.Context, customer, by string) (incidents int64, err error) {
	pile := "customer " + customer
	err = inTx(ctx, cs.l, func(t *tx) error {
		if err := held(ctx, cs, t, customer); err != nil {
			return err
		}
		var waits string
		rows, err := t.QueryContext(ctx, "SELECT id FROM letters WHERE campaign = $1 AND contact = $2 AND state IN ('drafted', 'held', 'approved', 'sending', 'deferred', 'unknown')"+t.d.lock, cs.campaign, pile)
		if err != nil {
			return err
		}
		ids, err := collect[string](rows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			waits = id
		}
		if waits != "" {
			return fmt.Errorf("%w: letter %q to the customer has not been settled", ErrState, waits)
		}
		of := "SELECT id FROM incidents WHERE campaign = $1 AND (customer = $2 OR id IN (SELECT incident_id FROM notices WHERE customer = $2))"
		letters := "SELECT id FROM letters WHERE campaign = $1 AND contact = $2"
		for _, q := range []struct {
			text string
			key  string
		}{
			{"DELETE FROM case_mails WHERE case_id IN (SELECT case_id FROM tellings WHERE incident_id IN (" + of + "))", customer},
			{"UPDATE tellings SET evidence = '', span = '' WHERE incident_id IN (" + of + ")", customer},
			{"UPDATE findings SET evidence = '', service = '', addr = $3, source = 'forgotten/' || id WHERE id IN (SELECT finding_id FROM notices WHERE incident_id IN (" + of + "))", customer},
			{"UPDATE bodies SET data = '{}', mail = $3, pdf = $3 WHERE letter_id IN (" + letters + ")", pile},
			{"UPDATE words SET text = '' WHERE letter_id IN (" + letters + ")", pile},
			{"UPDATE events SET by_whom = '', text = '', data = '' WHERE letter_id IN (" + letters + ")", pile},
		} {
			args := []any{cs.campaign, q.key}
			switch {
			case q.text[:9] == "UPDATE fi":
				args = append(args, []byte{4, 0, 0, 0, 0})
			case q.text[:9] == "UPDATE bo":
				args = append(args, []byte{})
			}
			if _, err := t.exec(ctx, q.text, args...); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "UPDATE letters SET contact = 'forgotten ' || id, mailbox = '', recipient = '', org = '', subject = '', reason = '' WHERE id IN ("+letters+")", cs.campaign, pile); err != nil {
			return err
		}
		if incidents, err = t.exec(ctx, "UPDATE incidents SET customer = 'forgotten', addr = $3, told_as = 'forgotten ' || id, url = '', why = '', rests_on = '', account = '' WHERE id IN ("+of+")",
			cs.campaign, customer, []byte{}); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE notices SET customer = 'forgotten ' || finding_id WHERE customer = $2 AND incident_id IN (SELECT id FROM incidents WHERE campaign = $1)",
			cs.campaign, customer); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE measures SET customer = 'forgotten', why = '', answer = '' WHERE campaign = $1 AND customer = $2", cs.campaign, customer); err != nil {
			return err
		}
		return logCase(ctx, t, CaseEvent{Case: "", By: by, What: "forgot", Text: "a customer"})
	})
	return incidents, err
}
