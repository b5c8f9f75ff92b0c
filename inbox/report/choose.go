package report

import (
	"net/netip"
	"slices"
)

// A suspect is an address with all its places.
type suspect struct {
	addr        netip.Addr
	best, worst int
	good        int // places that speak for it
	subject     bool
	listed      bool // alone on its line
	either      bool // one of several between which the text leaves it open
	places      []*place
	total       int
}

// gather puts the places of each address together, in the order in which they
// come first.
func gather(pl []*place) (out []*suspect) {
	by := map[netip.Addr]*suspect{}
	for _, p := range pl {
		s := by[p.addr]
		if s == nil {
			s = &suspect{addr: p.addr, best: -100, worst: 100}
			by[p.addr] = s
			out = append(out, s)
		}
		s.places = append(s.places, p)
		s.best, s.worst = max(s.best, p.score), min(s.worst, p.score)
		if p.score > 0 {
			s.good++
		}
		s.subject = s.subject || p.slot == "subject"
		s.listed = s.listed || p.is("list")
		s.either = s.either || p.either
	}
	fresh := slices.ContainsFunc(pl, func(p *place) bool { return !p.quote && p.score > 0 && !p.d.subject })
	named := slices.ContainsFunc(pl, func(p *place) bool { return p.is("field") && p.score >= somewhat })
	for _, s := range out {
		s.total = s.best
		if named && !slices.ContainsFunc(s.places, func(p *place) bool { return p.slot != "url" }) {
			s.total -= 3 // a field says it better than a URL
		}
		if fresh && !slices.ContainsFunc(s.places, func(p *place) bool { return !p.quote }) {
			s.total -= 4 // of an earlier report
		}
		if s.good > 1 && s.best > 0 {
			s.total++
		}
		if s.worst <= notIt+1 {
			s.total -= 3
			if s.best < likely {
				s.total = min(s.total, s.worst)
			}
		} else if s.worst < 0 {
			s.total--
		}
	}
	return out
}

// choose returns those suspects whom the words mean. doubt is why a person has
// to choose, or "".
func (r *reader) choose(all []*suspect) (chosen []*suspect, doubt string) {
	chosen, doubt = r.chooseOf(all)
	if slices.ContainsFunc(chosen, func(s *suspect) bool { return s.either }) {
		return nil, "it names one address or another, and does not say which"
	}
	if len(chosen) > 1 && sideBySide(chosen) {
		return nil, "it names two addresses beside each other, and does not say which of them did it"
	}
	return chosen, doubt
}

// chooseOf is choose where the text leaves nothing open.
func (r *reader) chooseOf(all []*suspect) (chosen []*suspect, doubt string) {
	if r.o.Ours != nil {
		var ours []*suspect
		for _, s := range all {
			if r.o.Ours(s.addr) {
				ours = append(ours, s)
			} else if s.total >= likely {
				r.foreign = append(r.foreign, s.addr)
			}
		}
		return chooseOurs(withoutWeak(ours, len(r.foreign) > 0), len(r.foreign) > 0)
	}
	top, inSubject := -100, false
	for _, s := range all {
		top = max(top, s.total)
		inSubject = inSubject || s.subject && s.total >= 3
	}
	switch {
	case len(all) == 0:
		return nil, ""
	case inSubject:
		return withSubject(all), ""
	case top >= 3:
		slots := slotsOf(all, top)
		for _, s := range all {
			beside := slices.ContainsFunc(s.places, func(p *place) bool { return slots[p.slot] })
			if s.total >= max(3, top-2) && s.worst > notIt+1 || s.total == top || beside && s.total >= max(2, top-2) {
				chosen = append(chosen, s)
			}
		}
		return withoutRemarks(narrowed(chosen)), ""
	}
	var left []*suspect
	for _, s := range all {
		if s.total >= 0 {
			left = append(left, s)
		}
	}
	switch {
	case len(left) == 0:
		return nil, ""
	case len(left) == 1:
		return left, ""
	}
	if top > 0 {
		left = slices.DeleteFunc(left, func(s *suspect) bool { return s.total < top || s.best <= 0 })
	}
	slot := left[0].places[0].slot
	for _, s := range left {
		if s.places[0].slot != slot || slot == "" || slot == "url" {
			return nil, "it names several addresses, and does not say which is meant"
		}
	}
	return left, ""
}

// slotsOf are the slots of those suspects that are worth most.
func slotsOf(all []*suspect, top int) map[string]bool {
	slots := map[string]bool{}
	for _, s := range all {
		for _, p := range s.places {
			if s.total == top && p.score == s.best && p.is("field", "column", "list") {
				slots[p.slot] = true
			}
		}
	}
	return slots
}

// withSubject are the addresses in the subject, and those beside them in one
// column or in fields of one name.
func withSubject(all []*suspect) (chosen []*suspect) {
	slots := map[string]bool{}
	for _, s := range all {
		if s.subject && s.total >= 3 {
			chosen = append(chosen, s)
			for _, p := range s.places {
				if p.score >= sure && p.is("field", "list") || p.score > 0 && p.is("column") {
					slots[p.slot] = true
				}
			}
		}
	}
	for _, s := range all {
		if s.subject || s.worst < 0 {
			continue
		}
		for _, p := range s.places {
			if slots[p.slot] {
				chosen = append(chosen, s)
				break
			}
		}
	}
	return chosen
}

// narrowed leaves out, of suspects whom different words name, those whom only
// weaker ones do.
func narrowed(chosen []*suspect) []*suspect {
	if len(chosen) < 2 {
		return chosen
	}
	best := chosen[0]
	for _, s := range chosen {
		if s.best > best.best {
			best = s
		}
	}
	slots := map[string]bool{}
	for _, p := range best.places {
		if p.score == best.best {
			slots[p.slot] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(s *suspect) bool {
		return s != best && !slices.ContainsFunc(s.places, func(p *place) bool { return slots[p.slot] || p.score >= best.best })
	})
}

// chooseOurs chooses among the house's own addresses, which a report seldom
// names without meaning them. Where others are accused, or some of ours, one for
// which no word speaks is not meant.
func chooseOurs(ours []*suspect, others bool) (chosen []*suspect, doubt string) {
	top := -100
	for _, s := range ours {
		top = max(top, s.total)
	}
	pointed := func(s *suspect) bool { return s.beside((*place).besideLink) }
	if len(ours) == 1 && top > notIt+2 && (top > 0 || !others || pointed(ours[0])) {
		return ours, ""
	}
	least := max(0, top-2)
	slots := slotsOf(ours, top)
	for _, s := range ours {
		silent := s.total <= 0 && (top > 0 || others) && !pointed(s) && !slices.ContainsFunc(s.places, func(p *place) bool { return slots[p.slot] })
		if s.total >= least && s.total > hardly && !silent {
			chosen = append(chosen, s)
		}
	}
	if top >= likely {
		chosen = withoutRemarks(narrowed(chosen))
	}
	if len(chosen) == 0 && len(ours) > 0 && top < 0 {
		return nil, "it names our addresses as somebody else's victims"
	}
	return chosen, ""
}
