package lease

import (
	"cmp"
	"slices"
)

// A span is the time of a row, in seconds since 1970, by the clock of its log.
type span struct {
	start, end int64
	slack      int64 // by which either may be off
	kind       Kind
}

// late is how long after the end of a session a log may still tell of it: what
// it says then is no news.
const late = 5 * 60

// stale is for how long a session is taken to last that was told of while it
// lasted (RADIUS Interim-Update), and then no more: its Stop was lost, as when a
// server for access is switched off.
const stale = 6 * 3600

// join makes one of two spans of one holder, the first of which begins first,
// where they say together what they say apart.
func (a span) join(b span) (span, bool) {
	slack := max(a.slack, b.slack)
	switch {
	case a.kind == Ended:
		return a, b.kind == Ended && a.start == b.start
	case b.kind == Ended && a.kind == Held:
		return a, b.start <= a.end
	case b.kind == Ended && a.kind == Promised && b.start > a.start && b.start <= a.end,
		b.kind == Ended && a.kind == Lasting && b.start >= a.end:
		return span{a.start, b.start, slack, Held}, true // it ended there
	case b.kind == Ended, b.start > a.end:
		return a, false
	}
	j := span{a.start, max(a.end, b.end), slack, b.kind}
	switch {
	case a.kind == Promised && b.kind == Promised:
	case a.kind == Promised:
		if b.kind == Lasting || b.end <= a.start {
			return a, false
		}
		j.end = b.end // closed before what was promised, or after
	case b.kind == Promised:
		return a, false
	case a.kind == Held && b.kind == Lasting, a.kind == Lasting && b.kind == Held:
		if !a.closes(b) && !b.closes(a) {
			return a, false // another session
		}
		j.kind = Held
	case a.end > b.end:
		j.kind = a.kind
	}
	return j, true
}

// closes reports whether a span is the end of a session of which the other, an
// open one, is news: the same beginning, and no end long after.
func (a span) closes(o span) bool {
	return a.kind == Held && o.kind == Lasting && a.start <= o.start+late && o.start <= a.start+late && o.end <= a.end+late
}

// A slot is what is handed out as one: an address, a prefix, a block of ports.
type slot struct {
	lo    key
	width uint16
}

// A held is a row that was found, for deciding.
type held struct {
	span
	slot   slot
	name   Holder
	known  bool // name is
	seg    *segment
	holder uint32 // in its segment
	source uint64 // file and line, in its segment
}

// A part of a timeline is a time at which a holder surely or perhaps was one.
type part struct {
	from, to int64
	sure     bool
	of       *held
}

const forever = 1 << 40 // seconds

// parts lays rows on a line: who held what when, and when somebody perhaps did.
// Each slot has a history of its own. same tells holders apart.
func parts(rows []*held, same func(a, b *held) bool) (out []part) {
	slots := map[slot][]*held{}
	for _, r := range rows {
		slots[r.slot] = append(slots[r.slot], r)
	}
	for _, of := range slots {
		out = append(out, partsOf(of, same)...)
	}
	slices.SortStableFunc(out, func(a, b part) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return out
}

// partsOf lays the rows of one slot on a line.
func partsOf(rows []*held, same func(a, b *held) bool) (out []part) {
	slices.SortStableFunc(rows, func(a, b *held) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	for i, r := range rows {
		switch r.kind {
		case Held:
			out = append(out, part{r.start, r.end, true, r})
		case Promised:
			out = append(out, part{r.start, promiseEnd(rows, r, same), true, r})
		case Lasting:
			out = append(out, part{r.start, r.end, true, r})
			to, sure, ok := tailOf(rows, i, same)
			if ok && to == forever && r.end > r.start { // its log tells now and then that it lasts
				out = append(out, part{r.end, r.end + stale, true, r}, part{r.end + stale, forever, false, r})
			} else if ok {
				out = append(out, part{r.end, to, sure, r})
			}
		case Ended:
			out = append(out, part{r.start, r.start, true, r})
			if from, ok := beforeEnd(rows, i, same); ok {
				out = append(out, part{from, r.start, false, r})
			}
		}
	}
	return out
}

// promiseEnd returns when a promise ended: when its log says that it did, after
// it was made and before it would have.
func promiseEnd(rows []*held, r *held, same func(a, b *held) bool) int64 {
	end := r.end
	for _, o := range rows {
		if (o.kind == Held || o.kind == Ended) && o.end > r.start && o.end < end && same(r, o) {
			end = o.end
		}
	}
	return end
}

// tailOf says what was after the last that is known of an open row: until when
// it may have gone on, and whether it surely did, because nobody else came
// before the same holder was seen again, or nobody at all.
func tailOf(rows []*held, i int, same func(a, b *held) bool) (to int64, sure, ok bool) {
	r := rows[i]
	var next *held
	for j, o := range rows {
		switch {
		case j == i:
		case o.start > r.end:
			if next == nil {
				next = o
			}
		case o.closes(r.span) && same(r, o):
			return 0, false, false // its end is known
		case o.kind == Lasting && o.end > r.end && o.start <= r.end && same(r, o), o.kind == Lasting && o.span == r.span && j > i && same(r, o):
			return 0, false, false // what is known later, another row says
		case o.kind == Ended && o.start == r.end && same(r, o):
			return 0, false, false
		}
	}
	switch {
	case next == nil:
		return forever, true, true
	case same(r, next):
		return next.start, true, true
	}
	return next.start, false, true
}

// beforeEnd says since when a holder of whom only the end is known may have
// held the address. It reports false where another row says when.
func beforeEnd(rows []*held, i int, same func(a, b *held) bool) (from int64, ok bool) {
	r := rows[i]
	var prior *held
	for j, o := range rows {
		if j == i || o.start > r.start || o.start == r.start && (o.kind == Ended && j > i || o.kind != Ended) {
			continue
		}
		if o.kind != Ended && same(o, r) && o.end >= r.start {
			return 0, false
		}
		if prior == nil || o.start >= prior.start {
			prior = o
		}
	}
	switch {
	case prior == nil:
		return -forever, true
	case same(prior, r):
		return 0, false
	case prior.kind == Lasting:
		return prior.end, true
	}
	return min(prior.end, r.start), true
}
