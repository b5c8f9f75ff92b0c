package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
	"headsup/outcome/figures"
)

// A Spot is what a report needs to know of a finding.
type Spot struct {
	outcome.Place
	Seen    time.Time
	Network int64 // number of the network that its address is in; 0: none is known
	Letter  string
	Fate    letter.Fate
}

// Spots yields the findings of a campaign by place. Rows of one place follow
// each other. It keeps nothing in memory.
func Spots(ctx context.Context, l *Ledger, campaign string) iter.Seq2[Spot, error] {
	return func(yield func(Spot, error) bool) {
		rows, err := l.r.QueryContext(ctx, `
SELECT f.addr, f.port, f.proto, f.kind, f.seen, COALESCE(a.network_id, 0), COALESCE(p.letter_id, ''), COALESCE(p.fate, '')
  FROM findings f
  LEFT JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr
  LEFT JOIN placements p ON p.finding_id = f.id
 WHERE f.campaign = $1
 ORDER BY f.addr, f.port, f.proto, f.kind`, campaign)
		if err != nil {
			yield(Spot{}, err)
			return
		}
		defer rows.Close()
		var addr, proto, kind, in, fate sql.RawBytes
		var seen int64
		known := words{}
		for rows.Next() {
			var s Spot
			err := rows.Scan(&addr, &s.Port, &proto, &kind, &seen, &s.Network, &in, &fate)
			s.Proto, s.Kind, s.Letter, s.Fate = known.of(proto), finding.Kind(known.of(kind)), known.of(in), letter.Fate(known.of(fate))
			s.Seen = timeOf(seen)
			if err == nil {
				s.Addr, err = addrOf(addr)
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Spot{}, err)
		}
	}
}

// Seen yields the looks of a campaign as [Looks] does, with no more than what
// judges a place: its Place, State, Seen and Name.
func Seen(ctx context.Context, l *Ledger, campaign string) iter.Seq2[outcome.Look, error] {
	return func(yield func(outcome.Look, error) bool) {
		rows, err := l.r.QueryContext(ctx, `
SELECT addr, port, proto, kind, seen, state, name
  FROM looks WHERE campaign = $1 ORDER BY addr, port, proto, kind, seen, source`, campaign)
		if err != nil {
			yield(outcome.Look{}, err)
			return
		}
		defer rows.Close()
		var addr, proto, kind, state, name sql.RawBytes
		var seen int64
		known := words{}
		for rows.Next() {
			var k outcome.Look
			err := rows.Scan(&addr, &k.Port, &proto, &kind, &seen, &state, &name)
			k.Proto, k.Kind, k.State, k.Name = known.of(proto), finding.Kind(known.of(kind)), outcome.State(known.of(state)), string(name)
			k.Seen = timeOf(seen)
			if err == nil {
				k.Addr, err = addrOf(addr)
			}
			if !yield(k, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(outcome.Look{}, err)
		}
	}
}

// words keep each text once that millions of rows have.
type words map[string]string

func (w words) of(b []byte) string {
	s, ok := w[string(b)]
	if !ok {
		s = string(b)
		w[s] = s
	}
	return s
}

// Sendings returns the letters of a campaign as reports count them, by ID.
func Sendings(ctx context.Context, l *Ledger, campaign string) (map[string]*figures.Letter, error) {
	told, err := Told(ctx, l, campaign)
	if err != nil {
		return nil, err
	}
	rows, err := l.r.QueryContext(ctx, `
SELECT l.id, l.mailbox, l.country, l.language, l.agency, l.kinds,
       CASE WHEN EXISTS (SELECT 1 FROM answers a WHERE a.letter_id = l.id) THEN 1 ELSE 0 END
  FROM letters l WHERE l.campaign = $1`, campaign)
	if err != nil {
		return nil, err
	}
	all := map[string]*figures.Letter{}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		k := &figures.Letter{Channel: "mail"}
		var kinds string
		var answered int64
		if err := rows.Scan(&k.ID, &k.Mailbox, &k.Country, &k.Language, &k.Agency, &kinds, &answered); err != nil {
			return err
		}
		t := told[k.ID]
		if t == nil { // written since
			return nil
		}
		k.Kinds, k.Answered = splitKinds(kinds), answered > 0
		k.Round, k.State, k.Left, k.Lost = t.Round, t.State, t.Left, t.State.Lost() || t.Turned
		all[k.ID] = k
		return nil
	})
}

// A Holder is a network, with its number.
type Holder struct {
	Number int64
	lookup.Network
}

// Holders yields the networks that the look-ups of a campaign name. It keeps
// none of them.
func Holders(ctx context.Context, l *Ledger, campaign string) iter.Seq2[Holder, error] {
	return func(yield func(Holder, error) bool) {
		rows, err := l.r.QueryContext(ctx, `
SELECT n.id, n.data FROM networks n WHERE n.id IN (SELECT network_id FROM lookups WHERE campaign = $1) ORDER BY n.id`, campaign)
		if err != nil {
			yield(Holder{}, err)
			return
		}
		defer rows.Close()
		var data sql.RawBytes
		for rows.Next() {
			var h Holder
			err := rows.Scan(&h.Number, &data)
			if err == nil {
				err = json.Unmarshal(data, &h.Network)
			}
			if !yield(h, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Holder{}, err)
		}
	}
}
