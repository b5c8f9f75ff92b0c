package lease

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// A Desk answers who held an address. Customers are needed.
type Desk struct {
	Index     *Index // nil where no logs were read
	Customers *Customers
	NAT       []Deterministic
	Keep      time.Duration // how long logs are kept; 0 is as the index was made
}

// A finder finds rows: the index does, and so does what tests compare it with.
type finder interface {
	// find returns the rows that may say who held a port of an address between
	// two times, among them those right before and after. port is -1 where none
	// is stated; shared says that there are rows of some ports alone.
	find(a netip.Addr, port int, from, to int64) (rows []*held, shared bool, err error)
	holder(h *held) (Holder, error)
	from(h *held) (source string, of *coverage) // file:line
	sources() map[string]*coverage
}

// errCrowded means that an answer would need more pages than one may read.
var errCrowded = errors.New("too many rows lie over one another")

// Who answers a question. now is when it is asked.
func (d *Desk) Who(q Question, now time.Time) (Answer, error) {
	var f finder = noRows{}
	if d.Index != nil {
		s := d.Index.search()
		defer s.close()
		f = s
		a, err := d.who(f, q, now)
		a.Pages = s.pages
		return a, err
	}
	return d.who(f, q, now)
}

// who answers by what a finder finds.
func (d *Desk) who(f finder, q Question, now time.Time) (Answer, error) {
	q.Addr = q.Addr.Unmap()
	if q.Role != SourcePort {
		q.Port = 0
	}
	keep := d.Keep
	if keep == 0 && d.Index != nil {
		keep = time.Duration(d.Index.manifest.Keep) * time.Second
	}
	keep = cmp.Or(keep, DefaultKeep)
	a := Answer{Addr: q.Addr, Port: q.Port, Time: q.Time, Slack: q.slack()}
	cut := now.Add(-keep).Unix()
	times := times(q)
	times = slices.DeleteFunc(times, func(t int64) bool { return t > now.Add(future).Unix() })
	switch {
	case len(times) == 0:
		return a.unclear(Ahead, fmt.Sprintf("%s has not come yet", stamp(q.Time))), nil
	case times[len(times)-1] < cut:
		a.Status, a.Why = Gone, fmt.Sprintf("logs are kept for %s, and %s is before that", days(keep), stamp(q.Time))
		return a, nil
	case times[0] < cut:
		return a.unclear(AnyZone, "in some zones that is before what is kept"), nil
	}
	k := &asking{Desk: d, finder: f, q: q, slack: q.slack(), within: int64(q.Within / time.Second)}
	v := k.at(q.Addr, q.Port, times, true)
	switch {
	case k.err != nil && errors.Is(k.err, errCrowded):
		return a.unclear(Crowded, "more rows than an answer may read lie over one another there"), nil
	case k.err != nil && errors.Is(k.err, ErrDamaged):
		return a.unclear(Damaged, "the index cannot be read there"), nil
	case k.err != nil:
		return a, k.err
	}
	return k.answer(a, v)
}

func (a Answer) unclear(r Reason, why string) Answer {
	a.Status, a.Reason, a.Why, a.Customer = Unclear, r, why, nil
	return a
}

func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}

// times returns when a question may be about, in order: one time, or one for
// each zone that there may be, UTC-12 to UTC+14 in quarters of an hour.
func times(q Question) (all []int64) {
	if !q.NoZone {
		return []int64{q.Time.Unix()}
	}
	for east := 14 * 4; east >= -12*4; east-- {
		all = append(all, q.Time.Unix()-int64(east)*15*60)
	}
	return all
}

// An asking is a question that is being answered.
type asking struct {
	*Desk
	finder
	q      Question
	slack  int64
	within int64
	err    error // the first that a finder had
}

// A verdict is what is known of one address and port.
type verdict struct {
	status Status
	who    *Customer
	reason Reason
	why    string
	rows   []*held
	inside string
}

func unclear(r Reason, format string, args ...any) verdict {
	return verdict{status: Unclear, reason: r, why: fmt.Sprintf(format, args...)}
}

// at answers for an address. outside says that it is the one that was asked
// for, and not one behind a translator.
func (k *asking) at(a netip.Addr, port uint16, times []int64, outside bool) verdict {
	for i := range k.NAT {
		if n := &k.NAT[i]; outside && n.on(a) && n.holds(times) {
			return k.computed(n, a, port, times)
		}
	}
	asked := -1
	if port > 0 && outside {
		asked = int(port)
	}
	rows, shared, err := k.find(a, asked, times[0]-k.slack, times[len(times)-1]+k.within+k.slack)
	if err != nil {
		k.err = err
		return verdict{}
	}
	if shared && asked < 0 {
		why := "customers share the address by its ports, and no source port is stated"
		if k.q.Role == DestinationPort {
			why = "customers share the address by its ports, and a destination's port tells nothing"
		}
		return unclear(NoPort, "%s", why)
	}
	return k.judge(a, rows, times)
}

// holds reports whether a formula holds at all these times.
func (d *Deterministic) holds(times []int64) bool {
	return (d.Since.IsZero() || d.Since.Unix() <= times[0]) && (d.Until.IsZero() || d.Until.Unix() >= times[len(times)-1])
}

// computed answers by a translator's formula.
func (k *asking) computed(n *Deterministic, a netip.Addr, port uint16, times []int64) verdict {
	if port == 0 {
		return unclear(NoPort, "customers share the address by its ports, and no source port is stated")
	}
	inside, ok := n.Holder(a, port)
	if !ok {
		return verdict{status: Nobody, why: fmt.Sprintf("port %d is given to nobody (%s)", port, n.Source)}
	}
	v := k.at(inside, 0, times, false)
	v.inside = inside.String()
	return v
}

// judge decides by the rows of an address.
func (k *asking) judge(a netip.Addr, rows []*held, times []int64) verdict {
	fixed := k.Customers.fixed(a)
	if fixed != nil && len(fixed.of) != 1 {
		return unclear(Overlap, "the network is of more than one customer, or of one and the pool (%s)", fixed.where)
	}
	line := parts(rows, k.same)
	var all *verdict
	var holder *held // who held it at all these times
	for _, t := range times {
		v, h := k.moment(line, t)
		switch {
		case k.err != nil:
			return v
		case fixed != nil:
			v, h = k.fixed(v, fixed), nil
		}
		switch {
		case all == nil:
			all, holder = &v, h
		case v.status == IsCustomer && all.status == IsCustomer && v.who == all.who, v.status == Nobody && all.status == Nobody:
		case h != nil && holder != nil && k.same(h, holder):
		default:
			return unclear(AnyZone, "no zone is stated, and in some zones it was another")
		}
	}
	if holder == nil || all.status != Unclear || all.reason != Unknown {
		return *all
	}
	if inside, ok := holder.name.inside(); ok {
		v := k.at(inside, 0, times, false)
		v.inside, v.rows = inside.String(), append(all.rows, v.rows...)
		return v
	}
	return *all
}

// fixed decides about an address that one customer has, whatever the logs say:
// only another customer in them makes it unclear.
func (k *asking) fixed(v verdict, at *claim) verdict {
	who := at.of[0]
	for _, h := range v.rows {
		for _, other := range k.Customers.holders(h.name) {
			if other != who {
				return unclear(Overlap, "the network is customer %q's (%s), and a log says %q (%s)", who.ID, at.where, other.ID, k.source(h))
			}
		}
		if _, inside := h.name.inside(); inside {
			return unclear(Overlap, "the network is customer %q's (%s), and a log says that customers share it (%s)", who.ID, at.where, k.source(h))
		}
	}
	return verdict{status: IsCustomer, who: who, rows: v.rows}
}

func (k *asking) source(h *held) string {
	s, _ := k.from(h)
	return s
}

// same reports whether two rows are of one holder.
func (k *asking) same(a, b *held) bool {
	if a.seg != nil && a.seg == b.seg && a.holder == b.holder {
		return true
	}
	return k.name(a).first() == k.name(b).first()
}

// name returns the holder of a row.
func (k *asking) name(h *held) Holder {
	if !h.known {
		name, err := k.finder.holder(h)
		if err != nil && k.err == nil {
			k.err = err
		}
		h.name, h.known = name, err == nil
	}
	return h.name
}

// answer makes an answer of a verdict.
func (k *asking) answer(a Answer, v verdict) (Answer, error) {
	a.Status, a.Customer, a.Reason, a.Why, a.Inside = v.status, v.who, v.reason, v.why, v.inside
	for _, h := range v.rows {
		source, of := k.from(h)
		e := Evidence{Source: source, Holder: h.name, From: time.Unix(h.start, 0).UTC(), To: time.Unix(h.end, 0).UTC(), Slack: h.slack}
		if h.kind == Ended {
			e.From = time.Time{}
		}
		if of != nil {
			e.Ahead = time.Duration(of.Ahead).Seconds()
		}
		if len(a.Rows) < 10 && !slices.Contains(a.Rows, e) {
			a.Rows = append(a.Rows, e)
		}
		a.Slack = max(a.Slack, k.slack+h.slack)
	}
	if a.Status == Nobody && len(a.Rows) == 0 && a.Inside == "" && !k.Customers.Ours(k.q.Addr) {
		a.Reason, a.Why = NotOurs, "no network of ours holds the address"
	}
	return a, k.err
}

// noRows is the finder of a desk without an index.
type noRows struct{}

func (noRows) find(netip.Addr, int, int64, int64) ([]*held, bool, error) { return nil, false, nil }
func (noRows) holder(*held) (Holder, error)                              { return "", nil }
func (noRows) from(*held) (string, *coverage)                            { return "", nil }
func (noRows) sources() map[string]*coverage                             { return nil }
