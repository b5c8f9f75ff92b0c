package ledger

import (
	"context"
	"fmt"
)

// answersOf begins the contact of letters that answer reports.
const answersOf = "answer "

// ReceiptDue stands for the receipt of a case that the law wants and that was not
// written yet.
const ReceiptDue = "due"

// settled is the condition on a case c that what was done about it is a decision:
// a person decided, or a customer said something after the last letter left.
const settled = `(EXISTS (SELECT 1 FROM case_log s WHERE s.case_id = c.id AND s.what = 'decided')
   OR EXISTS (SELECT 1 FROM case_log s WHERE s.case_id = c.id AND s.what = 'customer says' AND ` + forwardedAt + ` BETWEEN 1 AND s.at))`

// receiptsDue is the condition on a case c that its receipt may be confirmed.
const receiptsDue = `c.campaign = $1 AND c.receipt = '` + ReceiptDue + `' AND c.answered = '' AND c.proven <> '' AND c.automatic = 0 AND c.queue = ''`

// answersDue is the condition on a case c that its reporter may be answered:
// somebody proven, no machine, and what the answer says does not change any
// more. Of a report that was forwarded that is so when the last letter left; where
// the law wants a decision, once there is one.
const answersDue = `c.campaign = $1 AND c.answered = '' AND c.proven <> '' AND c.automatic = 0 AND c.queue = ''
   AND (c.place IN ('not-ours', 'too-old', 'unclear') OR c.place IN ('customer', 'duplicate')
   AND EXISTS (SELECT 1 FROM tellings t JOIN notices n ON n.incident_id = t.incident_id WHERE t.case_id = c.id)
   AND NOT EXISTS (SELECT 1 FROM tellings t JOIN notices n ON n.incident_id = t.incident_id
        LEFT JOIN placements p ON p.finding_id = n.finding_id LEFT JOIN letters l ON l.id = p.letter_id
        WHERE t.case_id = c.id AND (l.state IS NULL OR l.state <> 'sent' OR p.fate <> 'lettered' OR l.mailbox = $3 AND l.paper = ''))
   AND (c.receipt = '' OR ` + settled + `))`

// resolvedDue is the condition on a case c that its reporter may be told that the
// cause was removed: it was answered in the same thread that one customer, and no
// other, was told, and that customer said last, after the last letter, that it is
// fixed.
const resolvedDue = `c.campaign = $1 AND c.resolved = '' AND c.proven <> '' AND c.automatic = 0 AND c.queue = '' AND c.place IN ('customer', 'duplicate')
   AND EXISTS (SELECT 1 FROM letters a WHERE a.id = c.answered AND a.state = 'sent')
   AND 1 = (SELECT count(DISTINCT n.customer) FROM tellings t JOIN notices n ON n.incident_id = t.incident_id WHERE t.case_id = c.id)
   AND EXISTS (SELECT 1 FROM case_log s WHERE s.case_id = c.id AND s.what = 'customer says' AND s.text = 'fixed' AND ` + forwardedAt + ` BETWEEN 1 AND s.at
        AND NOT EXISTS (SELECT 1 FROM case_log n WHERE n.case_id = c.id AND n.what = 'customer says' AND n.id > s.id)
        AND (CAST($3 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM case_log p WHERE p.case_id = c.id AND p.what = 'resolved' AND p.id > s.id)))`

// ResolvedDue returns cases whose reporters may be told now that the cause was
// removed, at most n, the earliest first; with confirmed, only where a person
// said so after the customer.
func (cs Cases) ResolvedDue(ctx context.Context, confirmed bool, n int) ([]Case, error) {
	return cs.due(ctx, resolvedDue, n, number(confirmed))
}

// AnswersDue returns cases whose reporters may be answered now, at most n, the
// earliest first. A letter to the mail room has left when it was posted.
func (cs Cases) AnswersDue(ctx context.Context, mailRoom string, n int) ([]Case, error) {
	return cs.due(ctx, answersDue, n, mailRoom)
}

// ReceiptsDue returns cases whose reporters may be told that they came, at most n,
// the earliest first.
func ReceiptsDue(ctx context.Context, cs Cases, n int) ([]Case, error) {
	return cs.due(ctx, receiptsDue, n)
}

func (cs Cases) due(ctx context.Context, condition string, n int, more ...any) ([]Case, error) {
	all, err := collectCases(cs.l.r.QueryContext(ctx, "SELECT "+caseColumns+" FROM cases c WHERE "+condition+" ORDER BY c.read_at, c.id LIMIT $2",
		append([]any{cs.campaign, n}, more...)...))
	for i := range all {
		if err != nil {
			break
		}
		all[i].Incidents, err = cs.incidents(ctx, all[i].ID)
	}
	return all, err
}

// AnsweredToday counts the answers of the last day, to one mailbox or, for "",
// to all.
func (cs Cases) AnsweredToday(ctx context.Context, mailbox string) (n int, err error) {
	err = cs.l.r.QueryRowContext(ctx, `
SELECT count(*) FROM letters l WHERE l.campaign = $1 AND l.contact >= '`+answersOf+`' AND l.contact < 'answer!'
   AND ($2 = '' OR l.mailbox = $2) AND l.changed_at > `+cs.l.d.now+" - 86400000", cs.campaign, mailbox).Scan(&n)
	return n, err
}

// Answered records the letter that answers a case, or why there is none. It
// returns [ErrTwice] for another one.
func (cs Cases) Answered(ctx context.Context, id, what string) error {
	return cs.record(ctx, id, "answered", "", what)
}

// Resolved records the letter that says that the cause was removed, or why there
// is none. It returns [ErrTwice] for another one.
func (cs Cases) Resolved(ctx context.Context, id, what string) error {
	return cs.record(ctx, id, "resolved", "", what)
}

// Received records the letter that confirms the receipt of a case, or why there is
// none. It returns [ErrTwice] for another one.
func Received(ctx context.Context, cs Cases, id, what string) error {
	return cs.record(ctx, id, "receipt", ReceiptDue, what)
}

// record sets a column of a case that holds what stands before, once, and writes it
// into the case's log.
func (cs Cases) record(ctx context.Context, id, column, before, what string) error {
	return inTx(ctx, cs.l, func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE cases SET "+column+" = $3 WHERE id = $1 AND campaign = $2 AND ("+column+" = $4 OR "+column+" = $3)", id, cs.campaign, text(what), before)
		if err == nil && n != 1 {
			err = fmt.Errorf("%w: report %q has its answer", ErrTwice, id)
		}
		if err != nil {
			return err
		}
		event := "answered"
		if column == "receipt" {
			event = "receipt confirmed"
		}
		return logCase(ctx, t, CaseEvent{Case: id, What: event, Text: what})
	})
}
