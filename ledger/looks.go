package ledger

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"

	"headsup/letter"
	"headsup/outcome"
)

// AddLooks stores looks for ever and returns how many of them are new: the same
// look of the same source is stored once, however often it is read. One that
// says nothing ([outcome.Unlooked]) is not stored.
func AddLooks(ctx context.Context, l *Ledger, campaign string, looks []outcome.Look) (added int, err error) {
	for part := range slices.Chunk(looks, batch) {
		var rows [][]any
		for _, k := range part {
			if k.State != outcome.Unlooked {
				rows = append(rows, []any{campaign, addrKey(k.Addr), int64(k.Port), k.Proto, string(k.Kind), msOf(k.Seen), text(k.Source),
					string(k.State), k.Service, text(k.Name), string(k.Strength), text(k.Reason), text(k.Evidence), text(k.Reporter)})
			}
		}
		// In the order of the index, an import of millions stays quick.
		slices.SortStableFunc(rows, func(a, b []any) int {
			return cmp.Or(bytes.Compare(a[1].([]byte), b[1].([]byte)), cmp.Compare(a[2].(int64), b[2].(int64)))
		})
		err := inTx(ctx, l, func(t *tx) error {
			n, err := l.d.bulk(ctx, t, bulk{"looks", []string{"campaign", "addr", "port", "proto", "kind", "seen", "source",
				"state", "service", "name", "strength", "reason", "evidence", "reporter"}, rows, "DO NOTHING"})
			added += int(n)
			return err
		})
		if err != nil {
			return added, err
		}
	}
	return added, nil
}

// Looks yields the looks of a campaign by place, and within it by time.
func Looks(ctx context.Context, l *Ledger, campaign string) iter.Seq2[outcome.Look, error] {
	return func(yield func(outcome.Look, error) bool) {
		rows, err := l.r.QueryContext(ctx, `
SELECT addr, port, proto, kind, seen, source, state, service, name, strength, reason, evidence, reporter
  FROM looks WHERE campaign = $1 ORDER BY addr, port, proto, kind, seen, source`, campaign)
		if err != nil {
			yield(outcome.Look{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			k, err := scanLook(rows)
			if !yield(k, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(outcome.Look{}, err)
		}
	}
}

func scanLook(rows *sql.Rows) (k outcome.Look, err error) {
	var addr sql.RawBytes
	var seen int64
	if err := rows.Scan(&addr, &k.Port, &k.Proto, &k.Kind, &seen, &k.Source, &k.State, &k.Service, &k.Name,
		&k.Strength, &k.Reason, &k.Evidence, &k.Reporter); err != nil {
		return k, err
	}
	k.Seen = timeOf(seen)
	k.Addr, err = addrOf(addr)
	return k, err
}

// Told returns what the next round has to know of the letters of a campaign,
// by ID. Corrections are none of it.
func Told(ctx context.Context, l *Ledger, campaign string) (map[string]*letter.Told, error) {
	said, err := answered(ctx, l, campaign)
	if err != nil {
		return nil, err
	}
	return toldBy(ctx, l, said, "l.campaign = $1 AND l.corrects = ''", campaign)
}

// toldBy returns what the next round has to know of the letters l that a
// condition on $1 names.
func toldBy(ctx context.Context, l *Ledger, said map[string]letter.Answered, condition, arg string) (map[string]*letter.Told, error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT l.id, l.contact, l.round, l.state, l.message_id, l.paper, l.posted_at, CASE WHEN `+frees("l")+` THEN 1 ELSE 0 END,
       CASE WHEN l.state NOT IN ('sent', 'unknown', 'bounced') THEN 0 ELSE COALESCE((SELECT max(a.marked_at) FROM attempts a
        WHERE a.letter_id = l.id AND a.state IN ('sent', 'unknown')), l.changed_at) END
  FROM letters l WHERE `+condition, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]*letter.Told{}
	for rows.Next() {
		var t letter.Told
		var frees, left, posted int64
		if err := rows.Scan(&t.ID, &t.Pile, &t.Round, &t.State, &t.MessageID, &t.Paper, &posted, &frees, &left); err != nil {
			return nil, err
		}
		t.Past, t.Left, t.Answered = frees == 0, timeOf(left), said[t.ID]
		if t.Paper != "" && (t.Left.IsZero() || posted > left && !t.Reached()) {
			t.Left = timeOf(posted)
		}
		all[t.ID] = &t
	}
	return all, rows.Err()
}

// RemoveLooks removes what was read from a later scan, as if it had never been
// read, and returns how many looks that were. It returns [ErrNoFile] where none
// is of this file.
func RemoveLooks(ctx context.Context, l *Ledger, campaign, file string) (n int64, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		if n, err = t.exec(ctx, "DELETE FROM looks WHERE campaign = $1 AND "+ofFile("source"), campaign, file); err == nil && n == 0 {
			err = fmt.Errorf("%w: %q", ErrNoFile, file)
		}
		return err
	})
	return n, err
}
