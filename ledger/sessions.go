package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Sessions are those of people at the desk, under the hashes of their tokens.
// It is a store for alexedwards/scs, and knows nothing of what is in them.
type Sessions struct{ l *Ledger }

// NewSessions returns the sessions of a ledger.
func NewSessions(l *Ledger) Sessions { return Sessions{l} }

// FindCtx returns the data of a session that has not expired.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.l.r.QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = $1 AND expires_at > "+s.l.d.now, text(token)).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx stores a session, and forgets those that have expired.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return inTx(ctx, s.l, func(t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM sessions WHERE expires_at <= "+t.d.now); err != nil {
			return err
		}
		return t.must(ctx, `
INSERT INTO sessions (token, data, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, text(token), data, msOf(expiry))
	})
}

// DeleteCtx ends a session, if there is one.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return inTx(ctx, s.l, func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM sessions WHERE token = $1", text(token))
		return err
	})
}

// AllCtx returns the data of all sessions that have not expired, by token.
func (s Sessions) AllCtx(ctx context.Context) (map[string][]byte, error) {
	rows, err := s.l.r.QueryContext(ctx, "SELECT token, data FROM sessions WHERE expires_at > "+s.l.d.now)
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		var token string
		var data []byte
		err := rows.Scan(&token, &data)
		all[token] = data
		return err
	})
}

// Find, Commit, Delete and All are the same without a context, which the store
// of scs is asked for where it has none.

func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s Sessions) All() (map[string][]byte, error) { return s.AllCtx(context.Background()) }
