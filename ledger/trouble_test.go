package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestTroubleIsToldFromOtherErrors(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	must(t, os.WriteFile(garbage, []byte(strings.Repeat("no database ", 1000)), 0o600))
	_, damaged := Open(ctx, garbage)

	l := openLedger(t, filepath.Join(dir, "headsup.db"))
	var pages int
	must(t, l.w.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages))
	_, err := l.w.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	must(t, err)
	_, full := l.w.ExecContext(ctx, "CREATE TABLE much AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT i FROM n")
	_, readOnly := l.r.ExecContext(ctx, "CREATE TABLE more (i INTEGER)")

	for name, tt := range map[string]struct{ err, want error }{
		"a file that is no database":    {damaged, ErrDamaged},
		"a full disk":                   {full, ErrFull},
		"a file that can only be read":  {readOnly, ErrReadOnly},
		"a full disk below PostgreSQL":  {fmt.Errorf("claim: %w", &pgconn.PgError{Code: "53100"}), ErrFull},
		"a damaged table in PostgreSQL": {&pgconn.PgError{Code: "XX001"}, ErrDamaged},
		"a damaged index in PostgreSQL": {&pgconn.PgError{Code: "XX002"}, ErrDamaged},
		"a standby of PostgreSQL":       {&pgconn.PgError{Code: "25006"}, ErrReadOnly},
		"another error of PostgreSQL":   {&pgconn.PgError{Code: "23505"}, nil},
		"an error of ours":              {ErrState, nil},
		"words of somebody":             {errors.New("database or disk is full"), nil},
		"no error":                      {nil, nil},
	} {
		if got := Trouble(tt.err); got != tt.want {
			t.Errorf("%s: %v is %v", name, tt.err, got)
		}
	}
}
