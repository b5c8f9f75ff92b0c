package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/gaissmai/bart"

	"headsup/lookup"
)

// AddLookups stores what look-ups came to. A later one for the same address
// and campaign replaces the earlier, except that a failure does not replace an
// answer.
func (l *Ledger) AddLookups(ctx context.Context, campaign string, results []lookup.Result) error {
	return inTx(ctx, l, func(t *tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		known := map[networkKey][]storedNetwork{}
		b := bulk{
			table:   "lookups",
			columns: []string{"campaign", "addr", "status", "network_id", "failure", "at"},
			onConflict: `(campaign, addr) DO UPDATE SET status = excluded.status, network_id = excluded.network_id,
failure = excluded.failure, at = excluded.at
WHERE excluded.status NOT IN ` + open + ` OR lookups.status IN ` + open,
		}
		at := msOf(now)
		for _, r := range lastOf(results) {
			var id *int64
			failure := ""
			if r.Err != nil {
				failure = text(r.Err.Error())
			} else if id, err = t.networkID(ctx, &r.Network, known); err != nil {
				return err
			}
			b.rows = append(b.rows, []any{campaign, addrKey(r.Addr), string(r.Status()), id, failure, at})
		}
		_, err = l.d.bulk(ctx, t, b)
		return err
	})
}

// lastOf returns the results in the order of their addresses, as the index has
// them, and of each address the last one that says most.
func lastOf(results []lookup.Result) []*lookup.Result {
	sorted := make([]*lookup.Result, len(results))
	for i := range results {
		sorted[i] = &results[i]
	}
	slices.SortStableFunc(sorted, func(a, b *lookup.Result) int { return a.Addr.Compare(b.Addr) })
	last := sorted[:0]
	for _, r := range sorted {
		switch n := len(last) - 1; {
		case n < 0 || last[n].Addr != r.Addr:
			last = append(last, r)
		case r.Status().Final() || !last[n].Status().Final():
			last[n] = r
		}
	}
	return last
}

// open lists the statuses of look-ups that are to be asked again.
const open = "('" + string(lookup.StatusFailed) + "', '" + string(lookup.StatusRefused) + "')"

// A networkKey is what tells most networks apart without a look at all of them.
type networkKey struct {
	first, last            netip.Addr
	handle, source, server string
	fetched                time.Time
}

type storedNetwork struct {
	n  *lookup.Network
	id int64
}

// networkID stores a network unless known holds it: of a million addresses
// many are answered with the same one.
func (t *tx) networkID(ctx context.Context, n *lookup.Network, known map[networkKey][]storedNetwork) (*int64, error) {
	key := networkKey{n.First, n.Last, n.Handle, n.Source, n.Server, n.Fetched}
	for i := range known[key] {
		if s := &known[key][i]; sameAnswer(s.n, n) || reflect.DeepEqual(s.n, n) {
			return &s.id, nil
		}
	}
	id, err := t.putNetwork(ctx, *n)
	if err != nil {
		return nil, err
	}
	known[key] = append(known[key], storedNetwork{n, id})
	return &id, nil
}

// sameAnswer reports whether two networks are copies of one: then they share
// their contacts. It says no of many that are the same.
func sameAnswer(a, b *lookup.Network) bool {
	return a == b || len(a.Contacts) > 0 && len(a.Contacts) == len(b.Contacts) && &a.Contacts[0] == &b.Contacts[0] &&
		a.Name == b.Name && a.Org == b.Org && a.Country == b.Country && a.AS == b.AS &&
		a.Languages == nil && b.Languages == nil && a.Rejected == nil && b.Rejected == nil
}

// putNetwork stores a network once, whoever asked for it, and returns its row.
func (t *tx) putNetwork(ctx context.Context, n lookup.Network) (id int64, err error) {
	fetched := msOf(n.Fetched)
	n.Fetched = time.Time{}
	data, err := json.Marshal(n)
	if err != nil {
		return 0, err
	}
	digest := sha256.Sum256(data)
	err = t.QueryRowContext(ctx, `
INSERT INTO networks (digest, data, fetched, asn) VALUES ($1, $2, $3, $4)
    ON CONFLICT (digest) DO UPDATE
   SET fetched = CASE WHEN excluded.fetched > networks.fetched THEN excluded.fetched ELSE networks.fetched END
RETURNING id`, digest[:], string(data), fetched, int64(n.AS)).Scan(&id)
	return id, err
}

// A Cache keeps the networks of all campaigns at hand, so that no registry is
// asked twice for what it has said. It implements [lookup.Cache].
type Cache struct {
	l     *Ledger
	since time.Time

	mu    sync.RWMutex
	table bart.Table[*lookup.Network]
}

// Cache reads what was fetched at since or later and keeps it in memory.
func (l *Ledger) Cache(ctx context.Context, since time.Time) (*Cache, error) {
	c := &Cache{l: l, since: since}
	rows, err := l.r.QueryContext(ctx, `
SELECT c.addr, c.bits, c.network_id, n.data, n.fetched FROM covers c
  JOIN networks n ON n.id = c.network_id WHERE n.fetched >= $1`, msOf(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seen := map[int64]*lookup.Network{}
	for rows.Next() {
		var key, data []byte
		var bits int
		var id, fetched int64
		if err := rows.Scan(&key, &bits, &id, &data, &fetched); err != nil {
			return nil, err
		}
		addr, err := addrOf(key)
		if err != nil {
			return nil, err
		}
		if seen[id] == nil {
			n := new(lookup.Network)
			if err := json.Unmarshal(data, n); err != nil {
				return nil, err
			}
			n.Fetched = timeOf(fetched)
			seen[id] = n
		}
		c.table.Insert(netip.PrefixFrom(addr, bits), seen[id])
	}
	return c, rows.Err()
}

// Get returns the most specific stored network that holds addr. The slices in
// it are shared: they must not be changed.
func (c *Cache) Get(_ context.Context, addr netip.Addr) (lookup.Network, bool, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n, ok := c.table.Lookup(addr)
	if !ok || n.Fetched.Before(c.since) || addr.Less(n.First) || n.Last.Less(addr) {
		return lookup.Network{}, false, nil
	}
	return *n, true, nil
}

// Put stores n as the answer for the addresses in covers.
func (c *Cache) Put(ctx context.Context, covers netip.Prefix, n lookup.Network) error {
	if !covers.IsValid() {
		return fmt.Errorf("not a prefix: %q", covers)
	}
	covers = covers.Masked()
	err := inTx(ctx, c.l, func(t *tx) error {
		id, err := t.putNetwork(ctx, n)
		if err != nil {
			return err
		}
		return t.must(ctx, `
INSERT INTO covers (addr, bits, network_id) VALUES ($1, $2, $3)
    ON CONFLICT (addr, bits) DO UPDATE SET network_id = excluded.network_id`, addrKey(covers.Addr()), covers.Bits(), id)
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.table.Insert(covers, &n)
	return nil
}
