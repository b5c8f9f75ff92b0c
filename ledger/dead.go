package ledger

import (
	"context"
	"time"

	"headsup/letter"
)

// Dead returns the contacts, in lower case, that mail of a campaign does not
// reach, each with what the mail server said: their letter of the campaign
// bounced or was refused for good, or since then a letter of another campaign
// bounced because of the mailbox.
func (l *Ledger) Dead(ctx context.Context, campaign string, since time.Time) (map[string]string, error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT mailbox, reason FROM letters WHERE campaign = $1 AND state IN ('bounced', 'failed')
 UNION ALL
SELECT l.mailbox, l.reason FROM letters l
 WHERE l.campaign <> $1 AND l.state = 'bounced'
   AND EXISTS (SELECT 1 FROM events e WHERE e.letter_id = l.id AND e.kind = '`+letter.Bounce+`' AND e.at >= $2)`, campaign, msOf(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	dead := map[string]string{}
	for rows.Next() {
		var mailbox, reason string
		if err := rows.Scan(&mailbox, &reason); err != nil {
			return nil, err
		}
		if dead[mailbox] == "" {
			dead[mailbox] = reason
		}
	}
	return dead, rows.Err()
}
