package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrOtherKey means that letters which have left were made with a key that is
// not at hand any more: what comes back about them could not prove itself.
var ErrOtherKey = errors.New("letters were made with another key")

// CheckKeys compares the fingerprints of a campaign's keys with those that its
// letters were made with. It returns [ErrOtherKey] where one is missing with
// which a letter beyond review was made.
func CheckKeys(ctx context.Context, l *Ledger, campaign string, fingerprints []string) error {
	return inTx(ctx, l, func(t *tx) error { _, err := otherKeys(ctx, t, campaign, fingerprints); return err })
}

// UseKey records that letters are made with the first of the keys from now on,
// unless [CheckKeys] finds something.
func UseKey(ctx context.Context, l *Ledger, campaign string, fingerprints []string) error {
	return inTx(ctx, l, func(t *tx) error {
		gone, err := otherKeys(ctx, t, campaign, fingerprints)
		if err != nil {
			return err
		}
		for _, name := range gone { // of drafts alone, which are written anew
			if err := t.must(ctx, "DELETE FROM keys WHERE campaign = $1 AND fingerprint = $2", campaign, name); err != nil {
				return err
			}
		}
		if len(fingerprints) == 0 {
			return nil
		}
		_, err = t.exec(ctx, "INSERT INTO keys (campaign, fingerprint, since) VALUES ($1, $2, "+t.d.now+") ON CONFLICT DO NOTHING", campaign, fingerprints[0])
		return err
	})
}

// otherKeys lists the keys of a campaign's letters that are not at hand.
func otherKeys(ctx context.Context, t *tx, campaign string, fingerprints []string) (gone []string, err error) {
	rows, err := t.QueryContext(ctx, "SELECT fingerprint FROM keys WHERE campaign = $1 ORDER BY since, fingerprint", campaign)
	if err != nil {
		return nil, err
	}
	used, err := collect[string](rows)
	if err != nil {
		return nil, err
	}
	gone = slices.DeleteFunc(used, func(name string) bool { return slices.Contains(fingerprints, name) })
	if len(gone) == 0 {
		return nil, nil
	}
	var n int
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM letters WHERE campaign = $1 AND state NOT IN ('drafted', 'suppressed')", campaign).Scan(&n); err != nil {
		return nil, err
	}
	if n > 0 {
		return nil, fmt.Errorf("%w: %d of campaign %q, with one whose fingerprint is %s", ErrOtherKey, n, campaign, gone[0])
	}
	return gone, nil
}
