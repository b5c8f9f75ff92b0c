package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"headsup/letter"
	"headsup/lookup"
)

// A Forgotten counts what was erased of a person. Its JSON names are settled.
type Forgotten struct {
	Letters  int64 `json:"letters"`  // to the person
	Answers  int64 `json:"answers"`  // to them, or by the person to others
	Networks int64 `json:"networks"` // of which the person was a contact
	Wishes   int64 `json:"wishes"`   // not to be written to, which stay as hashes
	Mentions int64 `json:"mentions"` // of the mailbox elsewhere
}

// naming is a condition on a text that names a mailbox, which is $1 in lower case.
func naming(column string) string {
	return "lower(" + column + ") <> replace(lower(" + column + "), $1, '')"
}

// Persons returns the mailboxes that a name stands for, or the mailbox that it
// is, in lower case and in order: of contacts in look-ups, and of recipients.
func Persons(ctx context.Context, l *Ledger, who string) (mailboxes []string, err error) {
	if strings.Contains(who, "@") {
		return []string{strings.ToLower(strings.TrimSpace(who))}, nil
	}
	quoted, err := json.Marshal(who)
	if err != nil {
		return nil, err
	}
	key := strings.ToLower(string(quoted))
	found := map[string]bool{}
	meet := func(c lookup.Contact) {
		if strings.EqualFold(c.Name, who) {
			found[letter.ContactKey(c)] = true
		}
	}
	rows, err := l.r.QueryContext(ctx, "SELECT data FROM networks WHERE "+naming("data")+" UNION ALL SELECT data FROM bodies WHERE "+naming("data"), key)
	if err != nil {
		return nil, err
	}
	all, err := collect[string](rows)
	for _, data := range all {
		var n struct {
			lookup.Network
			To lookup.Contact
		}
		if err := json.Unmarshal([]byte(data), &n); err != nil {
			return nil, err
		}
		meet(n.To)
		for _, c := range slices.Concat(n.Contacts, n.Rejected) {
			meet(c)
		}
	}
	for m := range found {
		mailboxes = append(mailboxes, m)
	}
	slices.Sort(mailboxes)
	return mailboxes, err
}

// ForgetPerson erases in all campaigns of a ledger what is known of who reads a
// mailbox: the words, page and recipient of letters to it, what was answered and
// returned, and that it is a contact of networks. Letters, events, findings and
// their places stay, and are counted. Wishes not to be written to stay as hashes
// with a key of the ledger, and stop letters as before. It returns [ErrState]
// while a letter to it waits or is on its way.
func ForgetPerson(ctx context.Context, l *Ledger, mailbox, by string) (out Forgotten, err error) {
	mailbox = strings.ToLower(mailbox)
	err = inTx(ctx, l, func(t *tx) error {
		out = Forgotten{}
		f := &forgetting{t: t, mailbox: mailbox, by: by, out: &out}
		for _, step := range []func(context.Context) error{f.wishes, f.answers, f.letters, f.networks, f.mentions} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// A forgetting is a person who is being forgotten.
type forgetting struct {
	t       *tx
	mailbox string
	by      string
	out     *Forgotten
}

// wishes turns suppressions of the mailbox into hashes.
func (f *forgetting) wishes(ctx context.Context) error {
	rows, err := f.t.QueryContext(ctx, "DELETE FROM suppressions WHERE scope = 'address' AND value = $1 RETURNING "+suppressionColumns, f.mailbox)
	if err != nil {
		return err
	}
	all, err := scanSuppressions(rows)
	if err != nil || len(all) == 0 {
		return err
	}
	if _, err := f.t.exec(ctx, "INSERT INTO secrets (what, value) VALUES ('wishes', $1) ON CONFLICT (what) DO NOTHING", rand.Text()); err != nil {
		return err
	}
	var key string
	if err := f.t.QueryRowContext(ctx, "SELECT "+wishKey).Scan(&key); err != nil {
		return err
	}
	for _, s := range all {
		s = s.Forgotten(key)
		if _, err := f.t.exec(ctx, `
INSERT INTO suppressions (scope, value, campaign, reason, since, until_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (scope, value, campaign) DO UPDATE SET until_at = excluded.until_at`,
			string(s.Scope), s.Value, s.Campaign, s.Reason, msOf(s.Since), msOf(s.Until)); err != nil {
			return err
		}
		f.out.Wishes++
	}
	return countChange(ctx, f.t, "suppressions")
}

// answers erases what was answered to letters to the mailbox, and by it.
func (f *forgetting) answers(ctx context.Context) error {
	rows, err := f.t.QueryContext(ctx, `
SELECT a.id FROM answers a JOIN events e ON e.id = a.id JOIN letters l ON l.id = a.letter_id WHERE l.mailbox = $1 OR lower(e.by_whom) = $1 ORDER BY 1`, f.mailbox)
	if err != nil {
		return err
	}
	ids, err := collect[int64](rows)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := f.t.must(ctx, "UPDATE events SET by_whom = '', text = '', data = '' WHERE id = $1", id); err != nil {
			return err
		}
		if err := f.t.must(ctx, "UPDATE answers SET note = '', other = '' WHERE id = $1", id); err != nil {
			return err
		}
	}
	f.out.Answers = int64(len(ids))
	// What came back by mail and waits for a person is theirs too.
	_, err = f.t.exec(ctx, "UPDATE events SET by_whom = '', text = '', data = '' WHERE lower(by_whom) = $1", f.mailbox)
	return err
}

// letters erases the words and the recipient of letters to the mailbox.
func (f *forgetting) letters(ctx context.Context) error {
	rows, err := f.t.QueryContext(ctx, "SELECT id FROM letters WHERE mailbox = $1 ORDER BY id"+f.t.d.lock, f.mailbox)
	if err != nil {
		return err
	}
	ids, err := collect[string](rows)
	if err != nil || len(ids) == 0 {
		return err
	}
	var waits string
	err = f.t.QueryRowContext(ctx, "SELECT COALESCE(min(id), '') FROM letters WHERE mailbox = $1 AND state IN ('drafted', 'held', 'approved', 'sending', 'deferred', 'unknown')", f.mailbox).Scan(&waits)
	if err == nil && waits != "" {
		err = fmt.Errorf("%w: letter %q to this person has not been settled", ErrState, waits)
	}
	if err != nil {
		return err
	}
	// Who decided stays known; whoever wrote does not.
	for _, q := range []string{
		"UPDATE attempts SET reply = '' WHERE letter_id IN (SELECT id FROM letters WHERE mailbox = $1)",
		"UPDATE events SET text = '', data = '', by_whom = CASE WHEN ref <> '' THEN '' ELSE by_whom END WHERE letter_id IN (SELECT id FROM letters WHERE mailbox = $1)",
	} {
		if _, err := f.t.exec(ctx, q, f.mailbox); err != nil {
			return err
		}
	}
	if f.out.Letters, err = eraseLetters(ctx, f.t, "mailbox = $1", f.mailbox); err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := f.t.exec(ctx, "UPDATE letters SET mailbox = $2 WHERE id = $1", id, "forgotten "+ids[0]); err != nil {
			return err
		}
		if err := f.t.record(ctx, HistoryEntry{Letter: id, Kind: "forgotten", By: f.by}); err != nil {
			return err
		}
	}
	return nil
}

// eraseLetters erases the words and pages of the letters that a condition on them
// chooses, and who got them but the mailbox, and returns how many these are.
func eraseLetters(ctx context.Context, t *tx, where string, args ...any) (int64, error) {
	of := "(SELECT id FROM letters WHERE " + where + ")"
	empty := fmt.Sprintf("$%d", len(args)+1)
	if _, err := t.exec(ctx, "UPDATE bodies SET data = '{}', mail = "+empty+", pdf = "+empty+" WHERE letter_id IN "+of, append(slices.Clip(args), []byte{})...); err != nil {
		return 0, err
	}
	if _, err := t.exec(ctx, "UPDATE words SET text = '' WHERE letter_id IN "+of, args...); err != nil {
		return 0, err
	}
	return t.exec(ctx, "UPDATE letters SET contact = 'forgotten ' || id, domain = '', recipient = '', org = '', subject = '', reason = '', redraft = '' WHERE "+where, args...)
}

// networks takes the mailbox out of what registries said.
func (f *forgetting) networks(ctx context.Context) error {
	known := map[int64]string{}
	rows, err := f.t.QueryContext(ctx, "SELECT id, data FROM networks WHERE "+naming("data"), f.mailbox)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var data string
		if err := rows.Scan(&id, &data); err != nil {
			return err
		}
		known[id] = data
	}
	if err := rows.Err(); err != nil {
		return err
	}
	theirs := func(c lookup.Contact) bool { return letter.ContactKey(c) == f.mailbox }
	for id, data := range known {
		var n lookup.Network
		if err := json.Unmarshal([]byte(data), &n); err != nil {
			return err
		}
		n.Contacts, n.Rejected = slices.DeleteFunc(n.Contacts, theirs), slices.DeleteFunc(n.Rejected, theirs)
		left, err := json.Marshal(n)
		if err != nil {
			return err
		}
		// The number keeps it apart from what a registry may say the next time.
		digest := sha256.Sum256(fmt.Appendf(left, "forgotten %d", id))
		if err := f.t.must(ctx, "UPDATE networks SET data = $2, digest = $3 WHERE id = $1", id, letter.Without(string(left), f.mailbox), digest[:]); err != nil {
			return err
		}
		if len(n.Contacts) == 0 {
			if _, err := f.t.exec(ctx, "UPDATE lookups SET status = 'none' WHERE network_id = $1 AND status = 'found'", id); err != nil {
				return err
			}
		}
		f.out.Networks++
	}
	return nil
}

// mentions erases the mailbox where others are spoken of.
func (f *forgetting) mentions(ctx context.Context) error {
	for _, c := range []struct{ table, column string }{
		{"events", "text"}, {"events", "data"}, {"events", "by_whom"}, {"placements", "reason"}, {"letters", "reason"}, {"letters", "redraft"},
		{"attempts", "reply"}, {"answers", "other"}, {"answers", "note"}, {"turned", "contact"}, {"turned", "other"}, {"taken_back", "reason"},
		{"suppressions", "reason"}, {"suppressions", "by_whom"}, {"rejects", "reason"}, {"findings", "evidence"}, {"looks", "evidence"},
		{"enquiries", "text"},
	} {
		rows, err := f.t.QueryContext(ctx, "SELECT DISTINCT "+c.column+" FROM "+c.table+" WHERE "+naming(c.column), f.mailbox)
		if err != nil {
			return err
		}
		all, err := collect[string](rows)
		if err != nil {
			return err
		}
		for _, was := range all {
			left := letter.Without(was, f.mailbox)
			if left == was {
				continue
			}
			n, err := f.t.exec(ctx, "UPDATE "+c.table+" SET "+c.column+" = $2 WHERE "+c.column+" = $1", was, left)
			if err != nil {
				return err
			}
			f.out.Mentions += n
		}
	}
	return nil
}
