package campaign

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
)

// piles say which rows will be one letter, by key ([letter.PileKey]). They hold
// the IDs of the rows, three or four bytes each, and not the rows.
type piles map[string]*pile

// A pile is what will be one letter.
type pile struct {
	round   int
	earlier []letter.Earlier // that the contact had before
	rows    int
	ids     []byte // of the rows, as [binary.AppendUvarint] writes numbers
}

// put puts a row on a pile.
func (ps piles) put(key string, id int64, round int) {
	p := ps[key]
	if p == nil {
		p = &pile{round: round}
		ps[key] = p
	}
	p.rows++
	p.ids = binary.AppendUvarint(p.ids, uint64(id))
}

// appendIDs appends the IDs of the pile's rows, in the order in which they came.
func (p *pile) appendIDs(ids []int64) []int64 {
	for rest := p.ids; len(rest) > 0; {
		id, n := binary.Uvarint(rest)
		ids, rest = append(ids, int64(id)), rest[n:]
	}
	return ids
}

// An openPile is a pile with its rows.
type openPile struct {
	*pile
	key      string
	turn     float64 // see ledger.Draft
	networks []*lookup.Network
	rows     []letter.Row
}

// How many piles are opened at once, and how many rows these may have, unless
// one has more.
const (
	openPiles = 64
	openRows  = 2000
)

// open yields the piles in the order of their keys, some at a time, with their
// rows. Of all rows no more are in memory.
func (w *composer) open(ctx context.Context) iter.Seq2[[]openPile, error] {
	return func(yield func([]openPile, error) bool) {
		var some []openPile
		rows := 0
		for _, key := range slices.Sorted(maps.Keys(w.piles)) {
			p := w.piles[key]
			if len(some) == openPiles || len(some) > 0 && rows+p.rows > openRows {
				if err := w.openAll(ctx, some); !yield(some, err) || err != nil {
					return
				}
				some, rows = nil, 0
			}
			some, rows = append(some, openPile{pile: p, key: key, turn: w.turn(key)}), rows+p.rows
		}
		if len(some) > 0 {
			yield(some, w.openAll(ctx, some))
		}
	}
}

// turn says where the letter of a pile stands in the order of sending. The
// next round has none: it is about what is open today.
func (w *composer) turn(key string) float64 {
	if !w.ordered {
		return 0
	}
	mailbox, _, _ := strings.Cut(key, " ")
	return w.arms.Turn(mailbox)
}

// openAll reads the rows of piles.
func (w *composer) openAll(ctx context.Context, some []openPile) error {
	var ids []int64
	for _, p := range some {
		ids = p.appendIDs(ids)
	}
	all, err := ledger.RowsByID(ctx, w.c.ledger, w.c.rules.ID, ids)
	if err != nil {
		return err
	}
	w.forget()
	for i := range some {
		p := &some[i]
		p.rows, all = all[:p.pile.rows:p.pile.rows], all[p.pile.rows:]
		for k, r := range p.rows {
			r = w.choose(r)
			if r.Network == nil || len(r.Network.Contacts) == 0 || letter.PileKey(r.Network.Contacts[0], r.Finding.Addr) != p.key {
				return fmt.Errorf("%s: who answers for %s has changed while letters were written", r.Finding.Source, r.Finding.Addr)
			}
			p.add(r)
			p.rows[k] = r
		}
	}
	return nil
}

// add adds the network of a row.
func (p *openPile) add(r letter.Row) {
	if n := len(p.networks); n == 0 || p.networks[n-1] != r.Network {
		p.networks = append(p.networks, r.Network)
	}
}

// letterFor decides what the letter of a pile is.
func (w *composer) letterFor(p openPile) letter.Letter {
	networks := make([]lookup.Network, len(p.networks))
	for i, n := range p.networks {
		networks[i] = *n
	}
	findings := make([]finding.Finding, len(p.rows))
	for i, r := range p.rows {
		findings[i] = r.Finding
	}
	l := letter.Compose(w.c.rules, p.round, w.day, networks, findings)
	l.Earlier = p.earlier
	w.arms.Vary(&l)
	return l
}
