package ledger

import (
	"context"
	"errors"
)

// ErrUsed means that a one-time code was used before.
var ErrUsed = errors.New("the code was used before")

// SetCode keeps what the one-time codes of a person are made with from now on,
// the step whose code they have shown, and the hashes of their recovery codes
// in place of those before. It returns [ErrNobody]. A code of "" is none.
func SetCode(ctx context.Context, l *Ledger, name, sealed string, step int64, recovery []string) error {
	return inTx(ctx, l, func(t *tx) error {
		if err := changeIn(ctx, t, name, "code = $2, code_step = $3", sealed, step); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM recovery WHERE name = $1", name); err != nil {
			return err
		}
		for _, hash := range recovery {
			if err := t.must(ctx, "INSERT INTO recovery (name, hash) VALUES ($1, $2)", name, hash); err != nil {
				return err
			}
		}
		return nil
	})
}

// TakeStep notes that the code of a step was shown. It returns [ErrUsed] where
// it was shown before, or that of a later step: a code that somebody overheard
// is of no use, at whatever process of the desk.
func TakeStep(ctx context.Context, l *Ledger, name string, step int64) error {
	return takeOnce(ctx, l, "UPDATE people SET code_step = $2 WHERE name = $1 AND code_step < $2 AND ended_at = 0", name, step)
}

// TakeRecovery uses up a recovery code, or returns [ErrUsed] where there is none
// of that hash any more.
func TakeRecovery(ctx context.Context, l *Ledger, name, hash string) error {
	return takeOnce(ctx, l, "UPDATE recovery SET used_at = "+l.d.now+" WHERE name = $1 AND hash = $2 AND used_at = 0", name, hash)
}

func takeOnce(ctx context.Context, l *Ledger, update string, args ...any) error {
	return inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, update, args...)
		if err == nil && n == 0 {
			err = ErrUsed
		}
		return err
	})
}
