package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// A Token is what a person shows instead of a password.
type Token struct {
	Hash  string // of its text
	Name  string // whose it is
	Roles []string
	Since time.Time
	Until time.Time
	By    string
	Used  time.Time // when it was shown last, to the minute; zero: never
}

// AddToken gives a person a token, or returns [ErrNobody].
func AddToken(ctx context.Context, l *Ledger, k Token) error {
	return inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, `
INSERT INTO tokens (hash, name, roles, since, until, by_whom)
SELECT $1, name, $3, `+t.d.now+`, $4, $5 FROM people WHERE name = $2 AND ended_at = 0`,
			k.Hash, text(k.Name), strings.Join(k.Roles, " "), msOf(k.Until), text(k.By))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: %q", ErrNobody, k.Name)
		}
		return err
	})
}

// Tokens returns those that are good still, by person and time.
func Tokens(ctx context.Context, l *Ledger) ([]Token, error) { return tokens(ctx, l, "1 = 1") }

// TokenOf returns the token of that hash if it is good still, and its person
// too, or [ErrNobody].
func TokenOf(ctx context.Context, l *Ledger, hash string) (Token, error) {
	found, err := tokens(ctx, l, "k.hash = $1", text(hash))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%w: a token", ErrNobody)
	}
	if err != nil {
		return Token{}, err
	}
	return found[0], nil
}

func tokens(ctx context.Context, l *Ledger, where string, args ...any) (all []Token, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT k.hash, k.name, k.roles, k.since, k.until, k.by_whom, k.used_at FROM tokens k JOIN people p ON p.name = k.name
 WHERE p.ended_at = 0 AND k.ended_at = 0 AND k.until > `+l.d.now+" AND "+where+" ORDER BY k.name, k.since, k.hash", args...)
	if err != nil {
		return nil, err
	}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		var k Token
		var roles string
		var since, until, used int64
		err := rows.Scan(&k.Hash, &k.Name, &roles, &since, &until, &k.By, &used)
		k.Roles, k.Since, k.Until, k.Used = strings.Fields(roles), timeOf(since), timeOf(until), timeOf(used)
		all = append(all, k)
		return err
	})
}

// UseToken notes that somebody shows a token, once a minute.
func UseToken(ctx context.Context, l *Ledger, k Token) error {
	if !k.Used.IsZero() && time.Since(k.Used).Abs() < tokenUse {
		return nil
	}
	return inTx(ctx, l, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE tokens SET used_at = "+t.d.now+" WHERE hash = $1", k.Hash)
		return err
	})
}

// tokenUse is how exactly it is known when a token was shown last: a program may
// ask ten times a second.
const tokenUse = time.Minute

// EndTokens ends the tokens of a person whose hash begins so, and returns how
// many: "" ends all.
func EndTokens(ctx context.Context, l *Ledger, name, begins string) (n int64, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		n, err = t.exec(ctx, "UPDATE tokens SET ended_at = "+t.d.now+" WHERE name = $1 AND substr(hash, 1, $3) = $2 AND ended_at = 0",
			text(name), text(begins), len(begins))
		return err
	})
	return n, err
}
