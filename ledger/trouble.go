package ledger

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What a ledger suffers from below it.
var (
	ErrFull     = errors.New("the disk is full")
	ErrDamaged  = errors.New("the ledger is damaged")
	ErrReadOnly = errors.New("the ledger can only be read")
)

// Trouble returns [ErrFull], [ErrDamaged] or [ErrReadOnly] if that is what the
// database says in err, else nil.
func Trouble(err error) error {
	var lite *driver.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff { // the rest says more than we ask
		case sqlite3.SQLITE_FULL:
			return ErrFull
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return ErrDamaged
		case sqlite3.SQLITE_READONLY:
			return ErrReadOnly
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code { // PostgreSQL, appendix A
		case "53100":
			return ErrFull
		case "XX001", "XX002":
			return ErrDamaged
		case "25006":
			return ErrReadOnly
		}
	}
	return nil
}
