package ledger

import (
	"context"
	"time"

	"headsup/letter"
)

// fullIn is in how many campaigns a mailbox has to be full to count as dead.
const fullIn = 3

// Dead returns the contacts, in lower case, that mail of a campaign does not
// reach, each with what the mail server said: their letter of the campaign, or
// since then of another one, did not arrive because of the mailbox or its
// domain; they were full in three campaigns since then; or a person said that
// the campaign's letter failed; or their letter of the campaign came back by post. What a server has against us says nothing of
// the mailbox.
func (l *Ledger) Dead(ctx context.Context, campaign string, since time.Time) (map[string]string, error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT l.mailbox, l.reason, 0 FROM letters l
 WHERE l.campaign = $1 AND l.state IN ('bounced', 'failed') AND `+deadEnd+`
 UNION ALL
SELECT mailbox, 'returned by the post', 0 FROM letters WHERE campaign = $1 AND paper = 'returned'
 UNION ALL
SELECT mailbox, reason, 1 FROM letters
 WHERE campaign <> $1 AND state IN ('bounced', 'failed') AND class IN ('mailbox', 'domain') AND changed_at >= $2
 UNION ALL
SELECT mailbox, max(reason), 0 FROM letters
 WHERE state IN ('bounced', 'failed') AND class = 'full' AND changed_at >= $2
 GROUP BY mailbox HAVING count(DISTINCT campaign) >= $3`, campaign, msOf(since), fullIn)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	dead := map[string]string{}
	for rows.Next() {
		var mailbox, reason string
		var elsewhere bool
		if err := rows.Scan(&mailbox, &reason, &elsewhere); err != nil {
			return nil, err
		}
		// Before there was a class for it, a refusal of us counted as a dead mailbox.
		if elsewhere && letter.ReasonOf("", reason).Class == letter.ClassOurs {
			continue
		}
		if dead[mailbox] == "" {
			dead[mailbox] = reason
		}
	}
	return dead, rows.Err()
}
