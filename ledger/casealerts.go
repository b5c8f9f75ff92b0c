package ledger

import "context"

// alertsOf begins the contact of letters that tell people of the house of a
// report that is kept apart.
const alertsOf = "alert "

// AlertsDue returns the reports of a queue of which nobody of the house was told
// and something is still kept, at most n, the earliest first.
func (cs Cases) AlertsDue(ctx context.Context, queue string, n int) ([]Case, error) {
	return collectCases(cs.l.r.QueryContext(ctx, "SELECT "+caseColumns+` FROM cases c
 WHERE c.campaign = $1 AND c.queue = $2 AND c.keep_until > 0
   AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.campaign = c.campaign AND l.contact = '`+alertsOf+`' || c.id)
 ORDER BY c.read_at, c.id LIMIT $3`, cs.campaign, queue, n))
}

// AlertsToday counts those that were written or sent within the last day.
func (cs Cases) AlertsToday(ctx context.Context) (n int, err error) {
	err = cs.l.r.QueryRowContext(ctx, "SELECT count(*) FROM letters l WHERE l.campaign = $1 AND l.contact >= '"+alertsOf+"' AND l.contact < 'alert!' AND l.changed_at > "+
		cs.l.d.now+" - 86400000", cs.campaign).Scan(&n)
	return n, err
}

// eraseAlerts erases what settled letters say of reports whose time is over.
func eraseAlerts(ctx context.Context, cs Cases, t *tx) error {
	letters := "SELECT id FROM letters WHERE campaign = $1 AND state NOT IN ('drafted', 'held', 'approved', 'sending', 'deferred') AND subject <> '' AND contact IN (SELECT '" +
		alertsOf + "' || id FROM cases WHERE campaign = $1 AND queue <> '' AND keep_until < " + t.d.now + ")"
	if _, err := t.exec(ctx, "UPDATE bodies SET data = '{}', mail = $2, pdf = $2 WHERE letter_id IN ("+letters+")", cs.campaign, []byte{}); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "UPDATE words SET text = '' WHERE letter_id IN ("+letters+")", cs.campaign); err != nil {
		return err
	}
	_, err := t.exec(ctx, "UPDATE letters SET subject = '' WHERE id IN ("+letters+")", cs.campaign)
	return err
}
