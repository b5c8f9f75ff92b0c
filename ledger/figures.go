package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
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

// A Stretch is a part of the addresses of a campaign. Stretches are read by
// several at a time, and one after the other they are all of it.
type Stretch struct{ from, to []byte } // the key of the first address, and that of the first one behind

// Whole is all addresses.
var Whole = Stretch{[]byte{}, []byte{0xff}}

// Stretches cuts the addresses at which a campaign has findings into parts, in
// their order, with about so many findings each.
func Stretches(ctx context.Context, l *Ledger, campaign string, size int) iter.Seq2[Stretch, error] {
	return func(yield func(Stretch, error) bool) {
		for s := (Stretch{from: Whole.from}); ; s.from = s.to {
			s.to = nil
			err := l.once.QueryRowContext(ctx, "SELECT addr FROM findings WHERE campaign = $1 AND addr > $2 ORDER BY addr LIMIT 1 OFFSET $3",
				campaign, s.from, size).Scan(&s.to)
			last := errors.Is(err, sql.ErrNoRows)
			if last {
				s.to, err = Whole.to, nil
			}
			if !yield(s, err) || last || err != nil {
				return
			}
		}
	}
}

// Spots yields the findings of a campaign in a stretch, by place. Rows of one
// place follow each other. It keeps nothing in memory.
func Spots(ctx context.Context, l *Ledger, campaign string, in Stretch) iter.Seq2[Spot, error] {
	return func(yield func(Spot, error) bool) {
		// A column costs about as much as a join: those with few values come as one.
		rows, err := l.once.QueryContext(ctx, `
SELECT f.addr, `+packed("f.port", "f.proto", "f.kind", "COALESCE(p.fate, '')")+`, f.seen, COALESCE(a.network_id, 0), COALESCE(p.letter_id, '')
  FROM findings f
  LEFT JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr
  LEFT JOIN placements p ON p.finding_id = f.id
 WHERE f.campaign = $1 AND f.addr >= $2 AND f.addr < $3
 ORDER BY f.addr, f.port, f.proto, f.kind`, campaign, in.from, in.to)
		if err != nil {
			yield(Spot{}, err)
			return
		}
		defer rows.Close()
		var addr, what, letterID sql.RawBytes
		var seen int64
		known, letters := unpacked{}, words{}
		for rows.Next() {
			var s Spot
			err := rows.Scan(&addr, &what, &seen, &s.Network, &letterID)
			if err == nil {
				s.Letter, s.Seen = letters.of(letterID), timeOf(seen)
				s.Place, s.Fate, err = place[letter.Fate](known, addr, what)
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

// Seen yields the looks of a campaign in a stretch as [Looks] does, with no more
// than what judges a place: its Place, State, Seen and Name.
func Seen(ctx context.Context, l *Ledger, campaign string, in Stretch) iter.Seq2[outcome.Look, error] {
	return func(yield func(outcome.Look, error) bool) {
		rows, err := l.once.QueryContext(ctx, `
SELECT addr, `+packed("port", "proto", "kind", "state")+`, seen, name
  FROM looks WHERE campaign = $1 AND addr >= $2 AND addr < $3 ORDER BY addr, port, proto, kind, seen, source`, campaign, in.from, in.to)
		if err != nil {
			yield(outcome.Look{}, err)
			return
		}
		defer rows.Close()
		var addr, what, name sql.RawBytes
		var seen int64
		known := unpacked{}
		for rows.Next() {
			var k outcome.Look
			err := rows.Scan(&addr, &what, &seen, &name)
			if err == nil {
				k.Name, k.Seen = string(name), timeOf(seen)
				k.Place, k.State, err = place[outcome.State](known, addr, what)
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

// packed is an expression that makes one text of port, protocol, kind and
// another word, with tabs between them.
func packed(port, proto, kind, word string) string {
	return strings.Join([]string{"CAST(" + port + " AS TEXT)", proto, kind, word}, " || '\t' || ")
}

// unpacked are the parts of packed texts, of which there are few.
type unpacked map[string]whatIs

type whatIs struct {
	outcome.Place // without its address
	word          string
}

// place makes a place of its address and what is packed.
func place[W ~string](known unpacked, addr, what []byte) (p outcome.Place, word W, err error) {
	is, ok := known[string(what)]
	if !ok {
		parts := strings.Split(string(what), "\t")
		if len(parts) != 4 {
			return p, "", fmt.Errorf("ledger: %q is no port, protocol, kind and word", what)
		}
		port, err := strconv.ParseUint(parts[0], 10, 16)
		if err != nil {
			return p, "", err
		}
		is = whatIs{outcome.Place{Port: uint16(port), Proto: parts[1], Kind: finding.Kind(parts[2])}, parts[3]}
		known[string(what)] = is
	}
	p = is.Place
	p.Addr, err = addrOf(addr)
	return p, W(is.word), err
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
	rows, err := l.once.QueryContext(ctx, `
SELECT l.id, l.mailbox, l.country, l.language, l.agency, l.kinds,
       CASE WHEN EXISTS (SELECT 1 FROM answers a WHERE a.letter_id = l.id) THEN 1 ELSE 0 END
  FROM letters l WHERE l.campaign = $1`, campaign)
	if err != nil {
		return nil, err
	}
	all := map[string]*figures.Letter{}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		k := &figures.Letter{Channel: figures.ByMail}
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
		k.Round, k.State, k.Left, k.Lost = t.Round, t.State, t.Left, !t.Left.IsZero() && !t.Reached()
		switch k.Paper = t.Paper; {
		case t.Paper != "" && (t.State == letter.Sent || t.State == letter.Unknown):
			k.Channel = figures.ByBoth
		case t.Paper != "":
			k.Channel = figures.ByPost
		}
		all[k.ID] = k
		return nil
	})
}

// A Holder is what reports need to know of a network.
type Holder struct {
	Number        int64
	Name, Country string
	Contact       FirstContact // zero: nobody
}

// A FirstContact is who is written to first about a network.
type FirstContact struct{ Email, Handle, Server string }

// Holders yields the networks that the look-ups of a campaign name. It keeps
// none of them.
func Holders(ctx context.Context, l *Ledger, campaign string) iter.Seq2[Holder, error] {
	return func(yield func(Holder, error) bool) {
		rows, err := l.once.QueryContext(ctx, `
SELECT n.id, n.data FROM networks n WHERE n.id IN (SELECT network_id FROM lookups WHERE campaign = $1) ORDER BY n.id`, campaign)
		if err != nil {
			yield(Holder{}, err)
			return
		}
		defer rows.Close()
		var data sql.RawBytes
		for rows.Next() {
			var h Holder
			// All that a network holds would take three times as long to read.
			var n struct {
				Name, Country string
				Contacts      []FirstContact
			}
			err := rows.Scan(&h.Number, &data)
			if err == nil {
				err = json.Unmarshal(data, &n)
			}
			if h.Name, h.Country = n.Name, n.Country; len(n.Contacts) > 0 {
				h.Contact = n.Contacts[0]
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
