package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"headsup/letter"
)

//go:embed sqlite/*.sql postgres/*.sql
var migrations embed.FS

// A dialect is all that differs between the engines. The SQL must be such that
// both take it: $N placeholders, integers, text and bytes, no NOW(), no
// GREATEST, a cast around a parameter whose type cannot be inferred.
type dialect struct {
	goose goose.Dialect
	dir   string // of the migrations
	now   string // the database's clock in Unix milliseconds
	lock  string // waits for the rows that a SELECT reads
	share string // keeps others from changing the rows that a SELECT reads, and waits for who does
	skip  string // passes over rows that another transaction has locked
	alone string // makes transactions about the same $1 wait for each other
	each  string // the elements of the JSON array in $1, as rows of value
	bulk  func(ctx context.Context, t *tx, b bulk) (int64, error)
	place func(ctx context.Context, t *tx, campaign string, byRow []letter.Placement) (int64, error)
	// numberFrom makes the engine number new rows of TABLE after those that have come with a number.
	numberFrom string
	undone     func(error) bool                      // whether the engine undid a transaction that may be tried again
	part       string                                // of a tally, one for each writer at a time
	indexed    string                                // names the index that a query is to use; empty where the engine knows better
	among      string                                // that a letter is one of few, which a query names; read before any other condition
	found      func(s *sieve, words []string) string // rows of letters that hold words: FROM … WHERE …; empty: not by an index
	holds      func(s *sieve, words []string) string // the condition on table words, for which there is an index
}

var sqlite = dialect{
	goose:  goose.DialectSQLite3,
	dir:    "sqlite",
	now:    "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
	each:   "json_each($1)",
	bulk:   insertEach,
	place:  placeAlike,
	undone: func(error) bool { return false },

	part:    "0",
	indexed: "INDEXED BY",
	among:   "id IN (%s)",
	found: func(s *sieve, words []string) string {
		if m := match(s, words); m != "" {
			return "words_index WHERE " + m
		}
		return ""
	},
	holds: func(s *sieve, words []string) string {
		return "id IN (SELECT rowid FROM words_index WHERE " + match(s, words) + ") AND " + like(s, words)
	},
}

var postgres = dialect{
	goose:      goose.DialectPostgres,
	dir:        "postgres",
	now:        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
	lock:       " FOR UPDATE",
	share:      " FOR SHARE",
	skip:       " FOR UPDATE SKIP LOCKED",
	alone:      "SELECT pg_advisory_xact_lock(hashtext($1))",
	each:       "json_array_elements(CAST($1 AS json))",
	bulk:       copyThenInsert,
	place:      placeEach,
	numberFrom: "SELECT setval(pg_get_serial_sequence('TABLE', 'id'), (SELECT COALESCE(max(id), 0) + 1 FROM TABLE), false)",
	undone: func(err error) bool {
		var pe *pgconn.PgError
		return errors.As(err, &pe) && (pe.Code == "40P01" || pe.Code == "40001") // deadlock, serialization
	},
	part:  "pg_backend_pid() % 64",
	found: func(s *sieve, words []string) string { return "words WHERE " + like(s, words) },
	among: "id = ANY (ARRAY(%s))",
	holds: like,
}

func connect(l *Ledger, dsn string) (err error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		d := postgres
		l.d = &d
		if l.w, err = sql.Open("pgx", dsn); err != nil {
			return err
		}
		l.w.SetMaxOpenConns(32)
		l.w.SetMaxIdleConns(32) // to make one anew takes longer than a letter
		l.w.SetConnMaxIdleTime(time.Minute)
		l.r, l.once = l.w, l.w
		return nil
	}
	d := sqlite
	l.d = &d
	if err := private(dsn); err != nil {
		return err
	}
	// Whatever name it is reached by, there is one lock for its senders.
	if l.path, err = filepath.EvalSymlinks(dsn); err != nil {
		return err
	}
	if l.path, err = filepath.Abs(l.path); err != nil {
		return err
	}
	// synchronous=FULL: what was committed survives a loss of power.
	if l.w, err = openSQLite(sqliteURI(l.path, "rwc", "busy_timeout(10000)", "cache_size(-65536)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"), "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	l.w.SetMaxOpenConns(1)
	if l.r, err = openSQLite(sqliteURI(l.path, "ro", "busy_timeout(10000)", "cache_size(-65536)"), "BEGIN"); err != nil {
		return err
	}
	l.r.SetMaxOpenConns(8)
	l.r.SetMaxIdleConns(4)
	if l.once, err = openSQLite(sqliteURI(l.path, "ro", "busy_timeout(10000)", "cache_size(-8192)"), "BEGIN"); err != nil {
		return err
	}
	l.once.SetMaxOpenConns(8)
	return nil
}

// private makes the file of a new ledger for its owner alone, and takes the one
// that is there from everybody outside its owner and group: who wrote to whom
// is in it. SQLite gives its other files the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Mode().Perm()&0o007 == 0 {
		return err
	}
	return f.Chmod(info.Mode().Perm() &^ 0o007)
}

func sqliteURI(path, mode string, pragmas ...string) string {
	q := url.Values{"mode": {mode}, "_pragma": pragmas}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// migrations are those of the engine: SQL, and what takes Go.
func migrationsOf(l *Ledger) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, l.d.dir)
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(6, &goose.GoFunc{RunTx: fillWords}, nil)),
	}
	if l.d.goose == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(l.d.goose, l.w, dir, opts...)
}

func migrate(ctx context.Context, l *Ledger) error {
	p, err := migrationsOf(l)
	if err != nil {
		return err
	}
	for before := int64(-1); ; {
		current, target, err := p.GetVersions(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("ledger: %w", err)
		case current > target:
			return fmt.Errorf("%w: %d, this program knows %d", ErrNewer, current, target)
		case current == target:
			return nil
		}
		// Where another process was quicker, there is less to do the next time.
		if _, err = p.Up(ctx); err != nil && current == before {
			return fmt.Errorf("ledger: %w", err)
		}
		before = current
	}
}

// A bulk is many rows for one table. No two of them may conflict with each
// other if onConflict is an update.
type bulk struct {
	table      string
	columns    []string
	rows       [][]any
	onConflict string
}

func insertEach(ctx context.Context, t *tx, b bulk) (changed int64, err error) {
	query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT %s",
		b.table, strings.Join(b.columns, ", "), placeholders(1, len(b.columns)), b.onConflict)
	for _, row := range b.rows {
		res, err := t.ExecContext(ctx, query, row...) // which the connection keeps prepared
		if err != nil {
			return 0, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

func copyThenInsert(ctx context.Context, t *tx, b bulk) (int64, error) {
	if len(b.rows) == 0 {
		return 0, nil
	}
	columns := strings.Join(b.columns, ", ")
	if _, err := t.ExecContext(ctx, fmt.Sprintf("CREATE TEMP TABLE IF NOT EXISTS bulk_%s ON COMMIT DELETE ROWS AS SELECT %s FROM %s WITH NO DATA",
		b.table, columns, b.table)); err != nil {
		return 0, err
	}
	err := t.conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{"bulk_" + b.table}, b.columns, pgx.CopyFromRows(b.rows))
		return err
	})
	if err != nil {
		return 0, err
	}
	n, err := t.exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM bulk_%s ON CONFLICT %s", b.table, columns, columns, b.table, b.onConflict))
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, "TRUNCATE bulk_"+b.table)
	return n, err
}

// placeholders returns "$from, …" for n parameters.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(from+i))
	}
	return b.String()
}
