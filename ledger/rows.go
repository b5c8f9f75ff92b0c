package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"strconv"

	"headsup/letter"
	"headsup/lookup"
)

// pageRows is how many rows are in memory while what they refer to is read.
const pageRows = 2000

// askRows asks for the rows of findings f.
func askRows(findings string) string {
	return `
SELECT f.id, f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source, f.strength, f.reason, f.evidence, f.reporter,
       COALESCE(a.status, ''), COALESCE(a.network_id, 0), COALESCE(a.failure, ''),
       COALESCE(p.letter_id, ''), COALESCE(p.fate, '')
  FROM ` + findings + `
  LEFT JOIN lookups a ON a.campaign = f.campaign AND a.addr = f.addr
  LEFT JOIN placements p ON p.finding_id = f.id`
}

// Rows yields all findings of a campaign by address, port, protocol, kind and
// service, and within these the strongest first, then the latest.
//
// A row for whose address nobody is registered has a Network without contacts.
// Rows of one network that follow each other share it. Memory does not grow
// with the campaign.
func (l *Ledger) Rows(ctx context.Context, campaign string) iter.Seq2[letter.Row, error] {
	return func(yield func(letter.Row, error) bool) {
		rows, err := l.r.QueryContext(ctx, askRows("findings f")+` WHERE f.campaign = $1
 ORDER BY f.addr, f.port, f.proto, f.kind, f.service,
       CASE f.strength WHEN 'verified' THEN 0 WHEN 'observed' THEN 1 WHEN 'weak' THEN 2 ELSE 3 END, f.seen DESC, f.id`, campaign)
		if err != nil {
			yield(letter.Row{}, err)
			return
		}
		defer rows.Close()
		m := rowMaker{l: l, campaign: campaign}
		for {
			page, err := m.page(ctx, rows)
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
			}
			if err != nil {
				yield(letter.Row{}, err)
				return
			}
			if len(page) < pageRows {
				return
			}
		}
	}
}

// RowsByID returns findings of a campaign in the order of their IDs ([letter.Row].ID) in the
// list, each as [Ledger.Rows] has it. Rows of one network share it. It returns
// [ErrNotFound] if one of them is gone.
func RowsByID(ctx context.Context, l *Ledger, campaign string, ids []int64) ([]letter.Row, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := l.r.QueryContext(ctx, askRows("(SELECT CAST(CAST(value AS TEXT) AS BIGINT) AS id FROM "+l.d.each+") v JOIN findings f ON f.id = v.id"), string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	m := rowMaker{l: l, campaign: campaign, max: len(ids)}
	page, err := m.page(ctx, rows)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(page))
	for i, row := range page {
		at[row.ID] = i
	}
	out := make([]letter.Row, len(ids))
	for i, id := range ids {
		k, ok := at[id]
		if !ok {
			return nil, notFound(sql.ErrNoRows, "finding "+strconv.FormatInt(id, 10))
		}
		out[i] = page[k]
	}
	return out, nil
}

// A rowMaker makes rows of what askRows finds, page by page.
type rowMaker struct {
	l        *Ledger
	campaign string
	max      int // rows of a page; 0: pageRows

	asked bool // what people answered has been read
	turns map[string][]letter.Turn
	said  map[string]letter.Answered

	networks, before map[int64]*lookup.Network // met lately, and before that
}

// A bareRow is a row that only names its network and its letter.
type bareRow struct {
	letter.Row
	status  lookup.Status
	network int64
	failure string
	in      string
}

// page returns the next rows; fewer than a page of them are the last.
func (m *rowMaker) page(ctx context.Context, rows *sql.Rows) ([]letter.Row, error) {
	size := m.max
	if size == 0 {
		size = pageRows
	}
	page := make([]bareRow, 0, size)
	for len(page) < size && rows.Next() {
		var r bareRow
		f := findingScanner{f: &r.Finding}
		if err := rows.Scan(append(append([]any{&r.ID}, f.columns()...), &r.status, &r.network, &r.failure, &r.in, &r.Fate)...); err != nil {
			return nil, err
		}
		if err := f.finish(); err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return m.complete(ctx, page)
}

// complete adds what a page of rows refers to.
func (m *rowMaker) complete(ctx context.Context, page []bareRow) ([]letter.Row, error) {
	if err := m.ask(ctx); err != nil {
		return nil, err
	}
	told, err := m.told(ctx, page)
	if err == nil {
		err = m.meet(ctx, page)
	}
	if err != nil {
		return nil, err
	}
	out := make([]letter.Row, len(page))
	for i, b := range page {
		r := b.Row
		if r.Told = told[b.in]; r.Told != nil && r.Told.Past && r.Fate == letter.FateLettered {
			r.Letter = b.in
		}
		if len(m.turns) > 0 {
			r.Turns = m.turns[string(addrKey(r.Finding.Addr))]
		}
		switch b.status {
		case lookup.StatusFound, lookup.StatusNone:
			r.Network = m.networks[b.network]
		case lookup.StatusSpecial:
			r.Special = b.failure
		default:
			r.Failure = b.failure
		}
		out[i] = r
	}
	return out, nil
}

// ask reads what people answered, once.
func (m *rowMaker) ask(ctx context.Context) (err error) {
	if m.asked {
		return nil
	}
	if m.turns, err = turnsOf(ctx, m.l, m.campaign); err != nil {
		return err
	}
	m.said, err = answered(ctx, m.l, m.campaign)
	m.asked = err == nil
	return err
}

// told reads the letters in which rows were placed last.
func (m *rowMaker) told(ctx context.Context, page []bareRow) (map[string]*letter.Told, error) {
	seen := map[string]bool{"": true}
	var ids []string
	for _, b := range page {
		if !seen[b.in] {
			seen[b.in] = true
			ids = append(ids, b.in)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return toldBy(ctx, m.l, m.said, "l.id IN (SELECT value ->> 'id' FROM "+m.l.d.each+")", idList(ids))
}

// idList is for statements that read IDs with [dialect.each].
func idList(ids []string) string {
	type row struct {
		ID string `json:"id"`
	}
	list := make([]row, len(ids))
	for i, id := range ids {
		list[i].ID = id
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings
	}
	return string(text)
}

// keptNetworks is how many networks stay in memory at least, as long as there
// are so many: addresses come sorted, and networks stand within each other.
const keptNetworks = 4096

// meet reads the networks of a page that were not met lately.
func (m *rowMaker) meet(ctx context.Context, page []bareRow) error {
	if len(m.networks) >= keptNetworks || m.networks == nil {
		m.networks, m.before = map[int64]*lookup.Network{0: {}}, m.networks // 0: asked, and nobody knows
	}
	var missing []int64
	for _, b := range page {
		if _, ok := m.networks[b.network]; ok {
			continue
		}
		n := m.before[b.network]
		m.networks[b.network] = n
		if n == nil {
			missing = append(missing, b.network)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	list, err := json.Marshal(missing)
	if err != nil {
		return err
	}
	rows, err := m.l.r.QueryContext(ctx, `
SELECT n.id, n.data, n.fetched FROM networks n
 WHERE n.id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM `+m.l.d.each+")", string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, fetched int64
		var data sql.RawBytes
		if err := rows.Scan(&id, &data, &fetched); err != nil {
			return err
		}
		n := new(lookup.Network)
		if err := json.Unmarshal(data, n); err != nil {
			return err
		}
		n.Fetched = timeOf(fetched)
		m.networks[id] = n
	}
	return rows.Err()
}
