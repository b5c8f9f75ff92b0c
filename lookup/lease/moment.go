package lease

import (
	"fmt"
	"time"
)

// moment decides who held an address at a time. It also returns a row of the
// holder where there was one alone, whose customer it is or not.
func (k *asking) moment(line []part, t int64) (verdict, *held) {
	core := [2]int64{t, t + k.within}
	near := func(slack bool) (found []part) {
		for _, p := range line {
			off := k.slack
			if slack {
				off += p.of.slack
			}
			if p.from-off <= core[1] && p.to+off >= core[0] {
				found = append(found, p)
			}
		}
		return found
	}
	found := near(true)
	if len(found) == 0 {
		return k.nobody(core), nil
	}
	if one := k.alone(found); one == nil {
		return k.several(found, core, k.alone(near(false)) != nil), nil
	}
	if k.err != nil {
		return verdict{}, nil
	}
	return k.one(found, core)
}

// alone returns a row of the one holder that parts have, or nil where they have
// several that are not one customer.
func (k *asking) alone(found []part) *held {
	if len(found) == 0 {
		return nil
	}
	first := found[0].of
	for _, p := range found[1:] {
		if k.same(first, p.of) || k.err != nil {
			continue
		}
		a, b := k.Customers.holders(k.name(first)), k.Customers.holders(k.name(p.of))
		if len(a) != 1 || len(b) != 1 || a[0] != b[0] {
			return nil
		}
	}
	return first
}

// several says why more than one holder is unclear. close says that only the
// log's clock makes it so.
func (k *asking) several(found []part, core [2]int64, close bool) verdict {
	var covering []part
	for _, p := range found {
		if p.sure && p.from <= core[0] && core[1] <= p.to {
			covering = append(covering, p)
		}
	}
	v := unclear(Changed, "the holder changed within what clocks can tell")
	switch {
	case len(covering) > 1 && k.alone(covering) == nil:
		v = unclear(Overlap, "two held it at once, by %s and %s", k.source(covering[0].of), k.source(covering[1].of))
		found = covering
	case close:
		v = unclear(Skew, "the clock of the log may be off, and then it was another")
	}
	for _, p := range found {
		k.name(p.of)
		v.rows = append(v.rows, p.of)
	}
	if v.reason == Changed {
		for _, p := range found {
			if !p.sure && p.from <= core[0] && core[1] <= p.to {
				v.reason, v.why = Gap, "no log says when the holder before was gone"
			}
		}
	}
	return v
}

// one decides about the one holder of parts.
func (k *asking) one(found []part, core [2]int64) (verdict, *held) {
	h := found[0].of
	v := verdict{}
	for _, p := range found {
		k.name(p.of)
		v.rows = append(v.rows, p.of)
	}
	sure, unsure := k.covers(found, core, &h)
	switch {
	case k.err != nil:
		return v, nil
	case !sure && unsure:
		v.status, v.reason, v.why = Unclear, Gap, fmt.Sprintf("since when or until when it was held, no log says (%s)", k.source(h))
		return v, nil
	case !sure:
		v.status, v.reason, v.why = Unclear, Changed, fmt.Sprintf("the holder came or went within what clocks can tell (%s)", k.source(h))
		return v, nil
	}
	if missing, ok := k.uncovered(found, core); ok {
		missing.rows = v.rows
		return missing, nil
	}
	of := k.Customers.holders(h.name)
	switch len(of) {
	case 1:
		v.status, v.who = IsCustomer, of[0]
	case 0:
		v.status, v.reason, v.why = Unclear, Unknown, fmt.Sprintf("no customer has the login %q", h.name)
	default:
		v.status, v.reason, v.why = Unclear, Overlap, fmt.Sprintf("%q and %q have the login %q", of[0].ID, of[1].ID, h.name)
	}
	return v, h
}

// covers reports whether the one holder of parts had the address all the time of
// a core, or perhaps had it. A pause that clocks cannot tell from none is none.
// h becomes a row that says so.
func (k *asking) covers(found []part, core [2]int64, h **held) (sure, unsure bool) {
	begin, end := int64(forever), int64(-forever)
	for _, p := range found { // in order
		from, to := p.from-p.of.slack, p.to+p.of.slack
		switch {
		case !p.sure:
			unsure = unsure || p.from <= core[1] && p.to >= core[0]
			continue
		case from > end+k.slack:
			begin, end = from, to
		default:
			end = max(end, to)
		}
		if begin <= core[0] && core[1] <= end && !sure {
			sure, *h = true, p.of
		}
	}
	return sure, unsure
}

// uncovered says what is missing of the logs that parts rest on. What is
// closed needs no more of its log; what is open or promised needs all of it,
// or its end may have been missed.
func (k *asking) uncovered(found []part, core [2]int64) (verdict, bool) {
	end := core[1] + k.slack
	for _, p := range found {
		known := p.of.end
		switch {
		case p.of.kind == Promised && p.to < p.of.end: // its end is known
			continue
		case p.of.kind == Promised:
			known = p.of.start
		case p.of.kind != Lasting || p.to <= p.of.end:
			continue
		}
		need := min(end, p.to)
		source, c := k.from(p.of)
		if c == nil || need <= known {
			continue
		}
		switch until, ok := c.through(known); {
		case until >= need && ok:
		case c.last() < need:
			return unclear(Ahead, "the log goes until %s only (%s)", stamp(time.Unix(c.last(), 0)), source), true
		default:
			return unclear(Gap, "the log is missing after %s (%s)", stamp(time.Unix(until, 0)), source), true
		}
	}
	return verdict{}, false
}

// nobody decides about a time at which no row says anything: nobody held the
// address if all logs that there were then have been read.
func (k *asking) nobody(core [2]int64) verdict {
	from, to := core[0]-k.slack, core[1]+k.slack
	covered := false
	for name, c := range k.sources() {
		if len(c.Spans) == 0 || c.Spans[0][0] > from {
			continue
		}
		switch until, ok := c.through(from); {
		case ok && until >= to:
			covered = true
		case c.last() < to:
			return unclear(Ahead, "the log %q goes until %s only", name, stamp(time.Unix(c.last(), 0)))
		default:
			return unclear(Gap, "the log %q is missing there", name)
		}
	}
	if !covered && len(k.sources()) > 0 {
		return unclear(Gap, "no log of that time was read")
	}
	return verdict{status: Nobody, why: "nobody held it, by the logs"}
}
