package ledger

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"

	"headsup/finding"
)

// batch is how many rows one transaction imports: more would make a reader at
// the desk wait for the write lock, fewer would cost an fsync too often.
const batch = 5000

// A Reject is a row of an input that is no finding, and why.
type Reject struct {
	Source string `json:"source"` // "file:line"
	Reason string `json:"reason"`
}

// AddFindings stores findings for ever and returns how many of them are new.
//
// The same row of the same source is stored once, however often it is read.
// Two rows about the same host are two findings.
func (l *Ledger) AddFindings(ctx context.Context, campaign string, fs []finding.Finding) (added int, err error) {
	for part := range slices.Chunk(fs, batch) {
		rows := make([][]any, len(part))
		for i, f := range part {
			rows[i] = []any{campaign, addrKey(f.Addr), int64(f.Port), f.Proto, string(f.Kind), f.Service,
				msOf(f.Seen), f.Source, string(f.Strength), text(f.Reason), text(f.Evidence), text(f.Reporter)}
		}
		// In the order of the index, an import of millions stays quick.
		slices.SortStableFunc(rows, func(a, b []any) int {
			return cmp.Or(bytes.Compare(a[1].([]byte), b[1].([]byte)), cmp.Compare(a[2].(int64), b[2].(int64)))
		})
		err := inTx(ctx, l, func(t *tx) error {
			n, err := l.d.bulk(ctx, t, bulk{"findings", []string{"campaign", "addr", "port", "proto", "kind", "service",
				"seen", "source", "strength", "reason", "evidence", "reporter"}, rows, "DO NOTHING"})
			if err != nil {
				return err
			}
			added += int(n)
			return t.count(ctx, campaign, "rows", n)
		})
		if err != nil {
			return added, err
		}
	}
	return added, nil
}

// AddRejects stores the rows that were refused. The same row counts once.
func (l *Ledger) AddRejects(ctx context.Context, campaign string, rs []Reject) (added int, err error) {
	for part := range slices.Chunk(rs, batch) {
		rows := make([][]any, len(part))
		for i, r := range part {
			rows[i] = []any{campaign, text(r.Source), text(r.Reason)}
		}
		err := inTx(ctx, l, func(t *tx) error {
			n, err := l.d.bulk(ctx, t, bulk{"rejects", []string{"campaign", "source", "reason"}, rows, "DO NOTHING"})
			if err != nil {
				return err
			}
			added += int(n)
			return t.count(ctx, campaign, "rejects", n)
		})
		if err != nil {
			return added, err
		}
	}
	return added, nil
}

// Addresses yields, in order and each once, the addresses of findings that are
// worth a look-up and have no answer in this campaign, only a failure, or one
// from before since. Answers may be stored while it runs.
func (l *Ledger) Addresses(ctx context.Context, campaign string, since time.Time) iter.Seq2[netip.Addr, error] {
	return func(yield func(netip.Addr, error) bool) {
		last := []byte{}
		for {
			keys, err := addressKeys(ctx, l, campaign, since, last)
			if err != nil {
				yield(netip.Addr{}, err)
				return
			}
			for _, key := range keys {
				if addr, err := addrOf(key); !yield(addr, err) || err != nil {
					return
				}
				last = key
			}
			if len(keys) < batch {
				return
			}
		}
	}
}

// addresses reads a page: look-ups take hours, and a snapshot must not be held so long.
func addressKeys(ctx context.Context, l *Ledger, campaign string, since time.Time, after []byte) (keys [][]byte, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT DISTINCT f.addr FROM findings f
  LEFT JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr
 WHERE f.campaign = $1 AND f.addr > $2 AND f.strength IN ('verified', 'observed')
   AND (a.addr IS NULL OR a.status IN `+open+` OR a.at < $3)
 ORDER BY f.addr LIMIT $4`, campaign, after, msOf(since), batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key []byte
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// frees is the condition under which a letter, by its name in the statement,
// holds no finding back: it may or must be drafted anew, mail does not reach its
// contact, by what a server or a person said, nor does paper, or the contact
// answered that another is responsible.
func frees(l string) string {
	return strings.ReplaceAll(`(l.state IN ('drafted', 'suppressed') OR l.state = 'held' AND l.redraft <> '' OR l.state IN ('bounced', 'failed') AND l.paper NOT IN ('posted', 'delivered') AND `+deadEnd+` OR l.paper = 'returned'
 OR EXISTS (SELECT 1 FROM answers n WHERE n.letter_id = l.id AND n.ruling IN ('not-ours', 'other')))`, "l.", l+".")
}

// deadEnd is the condition under which a letter l that did not arrive was
// written to a contact whom mail does not reach. What a server has against us
// says nothing of the mailbox, nor does one that was not reached.
const deadEnd = `(l.class IN ('mailbox', 'domain') OR l.state = 'failed' AND EXISTS (SELECT 1 FROM events e WHERE e.letter_id = l.id AND e.kind = 'failed'))`

// A findingScanner reads the columns addr, port, proto, kind, service, seen,
// source, strength, reason, evidence, reporter of table findings.
type findingScanner struct {
	f    *finding.Finding
	addr sql.RawBytes
	seen int64
}

func (s *findingScanner) columns() []any {
	f := s.f
	return []any{&s.addr, &f.Port, &f.Proto, &f.Kind, &f.Service, &s.seen, &f.Source, &f.Strength, &f.Reason, &f.Evidence, &f.Reporter}
}

func (s *findingScanner) finish() (err error) {
	s.f.Seen = timeOf(s.seen)
	s.f.Addr, err = addrOf(s.addr)
	return err
}
