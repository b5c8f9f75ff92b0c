// Package ledger keeps every letter for ever: the findings it rests on, who
// answered for them, the exact bytes of it, who approved those bytes, and what
// became of every attempt to send it.
//
// It has the last word on "once": one letter for each campaign, contact and
// round, and no letter handed out again while nobody knows what became of it.
// It decides nothing about who is written to or what is said, and never
// touches a mail server. One SQL text serves SQLite and PostgreSQL; all times
// in it are those of the database's own clock.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"headsup/ledger/mark"
	"headsup/wire"
)

var (
	// ErrNotFound means that there is no such letter.
	ErrNotFound = errors.New("no such letter")
	// ErrNewer means that a newer version of the program wrote the ledger.
	ErrNewer = errors.New("the ledger is of a newer version")
	// ErrSending means that another process sends from the same SQLite file.
	ErrSending = errors.New("another process is sending from this ledger")
	// ErrLinked means that the SQLite file has a second name (a hard link), under
	// which it would have another log and another lock.
	ErrLinked = errors.New("the ledger's file has a second name")
	// ErrBehind means that letters left which the ledger does not know of: it is
	// an older copy, a new file, or a copy without its write-ahead log.
	ErrBehind = errors.New("the ledger is behind its mark")
	// ErrMark means that a mark outside the ledger is not what was written.
	ErrMark = mark.ErrDamaged
	// ErrRestored means that the ledger comes from a backup, and that no mark on
	// this machine says what left since.
	ErrRestored = errors.New("the ledger was restored, and nothing here says what left since its backup")
	// ErrMoved means that the ledger was copied to another one, which sends now.
	ErrMoved = errors.New("the ledger has moved")
	// ErrNotEmpty means that there is something in the ledger to copy to.
	ErrNotEmpty = errors.New("the ledger to copy to is not empty")
	// ErrState means that the letter's state does not allow what was asked.
	ErrState = errors.New("not possible in this state")
	// ErrRedraft means that the bytes of the letter may not leave, because what
	// they say is suppressed, or too old.
	ErrRedraft = errors.New("only a new draft releases it")
	// ErrNoFile means that no row of the campaign is of the file.
	ErrNoFile = errors.New("no row is of this file")
	// ErrChanged means that the letter is not what was read: its hash differs.
	ErrChanged = errors.New("the letter has changed since it was read")
	// ErrTwice means that the contact already has another letter in this round,
	// or that a finding already stands in a letter that was approved.
	ErrTwice = errors.New("already written")
	// ErrLost means that an attempt is no longer the caller's: its lease ran
	// out and the letter was taken back. The final dot must not be sent.
	ErrLost = errors.New("the attempt is no longer ours")
)

// A Ledger is one database. It may be used from many goroutines.
type Ledger struct {
	// SlowSearch is why [Filter].Text has to read the texts of all letters, or
	// nil where there is an index.
	SlowSearch error

	d    *dialect
	w    *sql.DB // writes; one connection on SQLite
	r    *sql.DB // reads; the same pool on PostgreSQL
	once *sql.DB // reads much, each row once, and so keeps few pages; the same pool on PostgreSQL
	path string  // of the SQLite file, without symbolic links

	group  group
	commit func(*sql.Tx) error // replaced by tests that lose a commit
}

// Open opens the ledger that dsn names: a postgres:// URL, or else the path of
// an SQLite file on a local disk, which is created if it is absent.
//
// It brings older tables up to date and returns [ErrNewer] for newer ones.
func Open(ctx context.Context, dsn string) (*Ledger, error) {
	l := &Ledger{commit: (*sql.Tx).Commit}
	secrets, err := passwords(dsn)
	if err != nil {
		return nil, err
	}
	if err := connect(l, dsn); err != nil {
		return nil, wire.HideIn(err, secrets...)
	}
	err = migrate(ctx, l)
	if err == nil {
		err = indexWords(ctx, l)
	}
	if err != nil {
		return nil, wire.HideIn(errors.Join(err, l.Close()), secrets...)
	}
	return l, nil
}

// ErrURL means that the name of a ledger is a URL, but none of PostgreSQL.
var ErrURL = errors.New("no postgres:// URL")

// passwords returns those of a URL; a path has none. An error never says more
// of the URL than its scheme: the rest may be the password.
func passwords(dsn string) (found []string, err error) {
	scheme, _, isURL := strings.Cut(dsn, "://")
	if !isURL {
		return nil, nil
	}
	u, err := url.Parse(dsn)
	if err != nil || scheme != "postgres" && scheme != "postgresql" {
		return nil, fmt.Errorf("%w: %q", ErrURL, scheme+"://…")
	}
	if p, ok := u.User.Password(); ok {
		found = append(found, p)
	}
	for _, key := range []string{"password", "sslpassword"} {
		found = append(found, u.Query()[key]...)
	}
	return found, nil
}

// Close closes all connections. It does not wait for letters that are being sent.
func (l *Ledger) Close() error {
	if l.r == l.w {
		return l.w.Close()
	}
	return errors.Join(l.once.Close(), l.r.Close(), l.w.Close())
}

// A tx is one write transaction. On SQLite it holds the write lock from its
// beginning, so nothing that it read can change before it commits.
type tx struct {
	*sql.Tx
	conn *sql.Conn
	d    *dialect
}

// update runs f in a transaction. It begins again where the engine undid the
// transaction for a reason of its own, such as a deadlock.
func inTx(ctx context.Context, l *Ledger, f func(*tx) error) error {
	for try := 1; ; try++ {
		err := tryTx(ctx, l, f)
		if err == nil || try == 5 || !l.d.undone(err) {
			return err
		}
	}
}

func tryTx(ctx context.Context, l *Ledger, f func(*tx) error) error {
	conn, err := l.w.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	t, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if err = f(&tx{t, conn, l.d}); err == nil {
		err = l.commit(t)
	}
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil { // undone because of ctx, which the statement did not see
		err = ctx.Err()
	}
	return err
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// must runs a statement that has to change exactly one row.
func (t *tx) must(ctx context.Context, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows changed instead of 1 by %.40q", n, query)
	}
	return err
}

// now is the time of the database's clock, at this statement.
func (t *tx) now(ctx context.Context) (time.Time, error) {
	var ms int64
	err := t.QueryRowContext(ctx, "SELECT "+t.d.now).Scan(&ms)
	return timeOf(ms), err
}
