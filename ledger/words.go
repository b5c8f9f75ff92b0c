package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"go4.org/netipx"
)

// wordsOf is the text that a search finds a letter by.
func wordsOf(id, recipient, org, subject string) string {
	return strings.ToLower(text(strings.Join([]string{id, recipient, org, subject}, "\n")))
}

// fillWords is a migration: it stores the words of letters that have none.
// Neither engine makes lower case of all letters as Go does.
func fillWords(ctx context.Context, t *sql.Tx) error {
	for after := ""; ; {
		rows, err := t.QueryContext(ctx, "SELECT id, recipient, org, subject FROM letters WHERE id > $1 ORDER BY id LIMIT 1000", after)
		if err != nil {
			return err
		}
		var found [][2]string
		for rows.Next() {
			var id, recipient, org, subject string
			if err := rows.Scan(&id, &recipient, &org, &subject); err != nil {
				return errors.Join(err, rows.Close())
			}
			found = append(found, [2]string{id, wordsOf(id, recipient, org, subject)})
		}
		if err := rows.Err(); err != nil || len(found) == 0 {
			return err
		}
		for _, f := range found {
			if _, err := t.ExecContext(ctx, "INSERT INTO words (letter_id, text) VALUES ($1, $2)", f[0], f[1]); err != nil {
				return err
			}
		}
		after = found[len(found)-1][0]
	}
}

// A search finds so many letters, or findings, one by one. If there are more,
// letters that fit are met soon enough in the order of the list; each is asked
// by a query of its own in brackets, as PostgreSQL would take one with EXISTS
// for a join, and read the words of all.
const (
	fewLetters  = 3000
	fewFindings = 20000
)

// search adds the condition that a letter is about an address or holds words.
func searchWords(ctx context.Context, l *Ledger, s *sieve, sought string) error {
	if p, ok := prefixOf(sought); ok {
		return searchPrefix(ctx, l, s, p)
	}
	words := strings.Fields(strings.ToLower(text(sought)))
	var counting sieve
	n := fewLetters + 1
	if found := l.d.found(&counting, words); found != "" {
		query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) x", found, n)
		if err := l.r.QueryRowContext(ctx, query, counting.args...).Scan(&n); err != nil {
			return err
		}
	}
	if n <= fewLetters {
		s.conditions = append(s.conditions, condition{
			sql: fmt.Sprintf(l.d.among, "SELECT letter_id FROM words WHERE "+l.d.holds(s, words)), passes: n, index: byKey})
	} else {
		s.conditions = append(s.conditions, condition{
			sql: "(SELECT " + like(s, words) + " FROM words WHERE letter_id = letters.id)", passes: s.all})
	}
	return nil
}

// like is the condition that a text holds words.
func like(s *sieve, words []string) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = "text LIKE " + s.arg("%"+likeEscaper.Replace(w)+"%") + ` ESCAPE '\'`
	}
	return strings.Join(parts, " AND ")
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// match is the condition that the index of SQLite holds words, or empty if all
// of them are too short for it.
func match(s *sieve, words []string) string {
	var long []string
	for _, w := range words {
		if utf8.RuneCountInString(w) >= 3 {
			long = append(long, `"`+strings.ReplaceAll(w, `"`, `""`)+`"`)
		}
	}
	if len(long) == 0 {
		return ""
	}
	return "words_index MATCH " + s.arg(strings.Join(long, " AND "))
}

// searchPrefix adds the condition that a letter is about an address in p.
func searchPrefix(ctx context.Context, l *Ledger, s *sieve, p netip.Prefix) error {
	from, to := addrKey(p.Addr()), addrKey(netipx.PrefixLastIP(p))
	var n int
	if err := l.r.QueryRowContext(ctx, fmt.Sprintf(`
SELECT count(*) FROM (SELECT 1 FROM findings WHERE campaign = $1 AND addr BETWEEN $2 AND $3 LIMIT %d) x`, fewFindings+1),
		s.campaign, from, to).Scan(&n); err != nil {
		return err
	}
	about := "p.fate IN ('lettered', 'suppressed', 'withdrawn') AND f.addr BETWEEN " + s.arg(from) + " AND " + s.arg(to)
	if n <= fewFindings {
		of := "SELECT p.letter_id FROM findings f JOIN placements p ON p.finding_id = f.id WHERE f.campaign = " + s.arg(s.campaign) + " AND " + about
		s.conditions = append(s.conditions, condition{sql: fmt.Sprintf(l.d.among, of), passes: n, index: byKey})
	} else {
		s.conditions = append(s.conditions, condition{sql: `(SELECT 1 FROM placements p JOIN findings f ON f.id = p.finding_id
 WHERE p.letter_id = letters.id AND ` + about + " LIMIT 1) IS NOT NULL", passes: s.all})
	}
	return nil
}

// prefixOf reads an address or a prefix.
func prefixOf(s string) (p netip.Prefix, ok bool) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}

// errNoTrigrams means that a PostgreSQL server lacks the extension pg_trgm, or
// does not let the ledger's owner use it.
var errNoTrigrams = errors.New("no index of trigrams")

// indexWords makes the index that PostgreSQL finds words by. It takes an
// extension that comes with PostgreSQL but is not always installed; without it
// [Ledger.Page] reads all texts, and finds the same.
func indexWords(ctx context.Context, l *Ledger) error {
	if l.path != "" {
		return nil
	}
	var there bool
	if err := l.r.QueryRowContext(ctx, "SELECT to_regclass('words_trigrams') IS NOT NULL").Scan(&there); err != nil || there {
		return err
	}
	err := inTx(ctx, l, func(t *tx) error {
		if _, err := t.exec(ctx, t.d.alone, "words_trigrams"); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_trgm"); err != nil {
			return fmt.Errorf("%w: %w", errNoTrigrams, err)
		}
		_, err := t.exec(ctx, "CREATE INDEX IF NOT EXISTS words_trigrams ON words USING gin (text gin_trgm_ops)")
		return err
	})
	if errors.Is(err, errNoTrigrams) && ctx.Err() == nil {
		l.SlowSearch = err
		return nil
	}
	return err
}
