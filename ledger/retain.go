package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
)

// A Class is a kind of what is kept of a campaign, for a time of its own.
type Class string

const (
	KeptLetters  Class = "letters"  // words, pages and recipients
	KeptFindings Class = "findings" // addresses and evidence, of findings and of looks
	KeptReturned Class = "returned" // what mail servers, machines and complaints said
	KeptAnswers  Class = "answers"  // what people wrote
)

// Classes lists all of them.
var Classes = []Class{KeptLetters, KeptFindings, KeptReturned, KeptAnswers}

// An Erased counts what a class had to lose. Its JSON names are settled.
type Erased struct {
	Class Class `json:"class"`
	Rows  int64 `json:"rows"`
}

// errDry undoes what was only to be counted.
var errDry = errors.New("dry run")

// Erase erases what is kept of a campaign in some classes, and returns how many
// rows each had to lose; with dry it only counts them. Rows stay, with what is
// counted of them: states, fates, kinds, countries, days. Letters of one contact
// still belong together, and so do findings and looks of one address, under
// addresses of 100::/64 (RFC 6666) that are drawn and noted nowhere. What was
// erased once is not counted again.
func Erase(ctx context.Context, l *Ledger, campaign string, classes []Class, dry bool) (out []Erased, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		out = nil
		for _, c := range classes {
			n, err := erase(ctx, t, campaign, c)
			if err != nil {
				return err
			}
			out = append(out, Erased{c, n})
		}
		if dry {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return out, err
}

func erase(ctx context.Context, t *tx, campaign string, c Class) (int64, error) {
	const ofCampaign = " AND letter_id IN (SELECT id FROM letters WHERE campaign = $1)"
	const words = " AND (by_whom <> '' OR text <> '' OR data <> '')" + ofCampaign
	var more []string
	var erase string
	switch c {
	case KeptLetters:
		return eraseAllLetters(ctx, t, campaign)
	case KeptFindings:
		return eraseAddresses(ctx, t, campaign)
	case KeptReturned: // what rests on a message that nobody wrote as an answer
		erase = "UPDATE events SET by_whom = '', text = '', data = '' WHERE ref <> '' AND kind <> 'answer'" + words
		more = []string{
			"UPDATE attempts SET reply = '' WHERE reply <> ''" + ofCampaign,
			"UPDATE letters SET reason = '' WHERE campaign = $1 AND state IN ('bounced', 'failed', 'deferred', 'unknown')",
		}
	case KeptAnswers: // and what was noted of them
		erase = "UPDATE events SET by_whom = '', text = '', data = '' WHERE kind = 'answer'" + words
		more = []string{
			"UPDATE answers SET note = '', other = '' WHERE campaign = $1",
			"UPDATE turned SET other = '' WHERE campaign = $1",
			"UPDATE taken_back SET reason = '' WHERE answer_id > 0 AND campaign = $1",
			"UPDATE placements SET reason = '' WHERE campaign = $1 AND fate = 'withdrawn' AND reason LIKE 'answer %'",
			"UPDATE events SET text = '' WHERE kind IN ('settled', 'reopened')" + ofCampaign,
		}
	}
	n, err := t.exec(ctx, erase, campaign)
	for _, q := range more {
		if err == nil {
			_, err = t.exec(ctx, q, campaign)
		}
	}
	return n, err
}

// eraseAllLetters erases the words and the recipients of the letters of a campaign.
func eraseAllLetters(ctx context.Context, t *tx, campaign string) (int64, error) {
	rows, err := t.QueryContext(ctx, "SELECT DISTINCT mailbox FROM letters WHERE campaign = $1 AND contact NOT LIKE 'forgotten %'", campaign)
	if err != nil {
		return 0, err
	}
	mailboxes, err := collect[string](rows)
	if err != nil {
		return 0, err
	}
	n, err := eraseLetters(ctx, t, "campaign = $1 AND contact NOT LIKE 'forgotten %'", campaign)
	if err != nil {
		return 0, err
	}
	for _, m := range mailboxes {
		name := "forgotten " + rand.Text()
		for _, q := range []string{
			"UPDATE letters SET mailbox = $3 WHERE campaign = $1 AND mailbox = $2",
			"UPDATE turned SET contact = $3 WHERE campaign = $1 AND contact = $2",
		} {
			if _, err := t.exec(ctx, q, campaign, m, name); err != nil {
				return 0, err
			}
		}
	}
	if _, err := t.exec(ctx, "UPDATE enquiries SET text = '' WHERE campaign = $1", campaign); err != nil {
		return 0, err
	}
	// Why a row is in no letter may name who was not written to.
	_, err = t.exec(ctx, "UPDATE placements SET reason = '' WHERE campaign = $1 AND reason LIKE '%@%'", campaign)
	return n, err
}

// nowhere begins the key of an address that was drawn in the place of another:
// of 100::/64, which no host has.
var nowhere = append([]byte{6, 1}, make([]byte, 7)...)

// eraseAddresses draws another address for each of the findings of a campaign.
func eraseAddresses(ctx context.Context, t *tx, campaign string) (int64, error) {
	last := append(slices.Clone(nowhere), 255, 255, 255, 255, 255, 255, 255, 255)
	rows, err := t.QueryContext(ctx, `
SELECT addr FROM findings WHERE campaign = $1 AND addr NOT BETWEEN $2 AND $3 UNION SELECT addr FROM looks WHERE campaign = $1 AND addr NOT BETWEEN $2 AND $3`,
		campaign, nowhere, last)
	if err != nil {
		return 0, err
	}
	all, err := collect[[]byte](rows)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, was := range all {
		now := append(slices.Clone(nowhere), make([]byte, 8)...)
		rand.Read(now[len(nowhere):])
		changed, err := t.exec(ctx, "UPDATE findings SET addr = $3, evidence = '', reporter = '', source = 'forgotten/' || id WHERE campaign = $1 AND addr = $2", campaign, was, now)
		if err != nil {
			return 0, err
		}
		n += changed
		for _, q := range []string{
			"UPDATE looks SET addr = $3, name = '', evidence = '', reporter = '' WHERE campaign = $1 AND addr = $2",
			"UPDATE lookups SET addr = $3 WHERE campaign = $1 AND addr = $2",
			"UPDATE turned SET addr = $3 WHERE campaign = $1 AND addr = $2",
		} {
			if _, err := t.exec(ctx, q, campaign, was, now); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}
