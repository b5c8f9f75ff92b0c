package experiments

import (
	"context"
	"maps"
	"slices"

	"headsup/campaign"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
	"headsup/outcome/experiment"
)

// A Holding is what is to be known of a network to count by organisation.
type Holding struct {
	Org     string   // the name of its organisation; empty: it has no contact
	Keys    []string // by which the organisation is known
	Name    string   // the network's, if addresses change hands by it, else empty
	Country string
}

// Holdings are the networks of a campaign, and which of them belong together.
type Holdings struct {
	networks map[int64]*Holding
	orgs     experiment.Organisations
}

// ReadHoldings reads the networks of a campaign.
func ReadHoldings(ctx context.Context, in campaign.Inside) (*Holdings, error) {
	hs := &Holdings{networks: map[int64]*Holding{}}
	shared := map[ledger.FirstContact][]string{} // many networks have the same contact
	for h, err := range ledger.Holders(ctx, in.Ledger, in.Rules.ID) {
		if err != nil {
			return nil, err
		}
		k := &Holding{Country: h.Country}
		if outcome.Dynamic(h.Name) {
			k.Name = h.Name
		}
		if h.Contact != (ledger.FirstContact{}) {
			if k.Keys = shared[h.Contact]; k.Keys == nil {
				k.Keys = experiment.KeysOfContact(lookup.Contact{Email: h.Contact.Email, Handle: h.Contact.Handle, Server: h.Contact.Server})
				shared[h.Contact] = k.Keys
				hs.orgs.Join(k.Keys...)
			}
		}
		hs.networks[h.Number] = k
	}
	for _, k := range hs.networks {
		if len(k.Keys) > 0 {
			k.Org = hs.orgs.Of(k.Keys[0])
		}
	}
	return hs, nil
}

// Of returns the network of a number; one that is not known holds nothing.
func (hs *Holdings) Of(network int64) *Holding {
	if h := hs.networks[network]; h != nil {
		return h
	}
	return &nobody
}

var nobody Holding

// OrgOf returns the name of the organisation of a mailbox.
func (hs *Holdings) OrgOf(mailbox string) string { return hs.orgs.Of(experiment.MailKey(mailbox)) }

// Units are the organisations that letters go to or will.
type Units struct {
	critical []finding.Kind
	found    map[string]*experiment.Unit
	out      map[string]bool     // has a finding of a critical kind: is in no arm
	keys     map[string][]string // by the name of the unit
}

// NewUnits returns no units. Whoever has a finding of a critical kind is in none.
func NewUnits(critical []finding.Kind) *Units {
	return &Units{critical: critical, found: map[string]*experiment.Unit{}, out: map[string]bool{}, keys: map[string][]string{}}
}

// Meet takes in a place of an organisation.
func (u *Units) Meet(org, country string, kind finding.Kind) {
	if slices.Contains(u.critical, kind) {
		u.out[org] = true
	}
	if u.found[org] == nil {
		u.found[org] = &experiment.Unit{Name: org, Country: country}
	}
	u.found[org].Places++
	u.found[org].Country = min(u.found[org].Country, country) // of several, the same each time
}

// Own gives the units the keys of their networks.
func (u *Units) Own(hs *Holdings) {
	for _, n := range hs.networks {
		if u.found[n.Org] != nil && !u.out[n.Org] {
			u.keys[n.Org] = append(u.keys[n.Org], n.Keys...)
		}
	}
	for name, keys := range u.keys {
		slices.Sort(keys)
		u.keys[name] = slices.Compact(keys)
	}
}

// List returns the units that may be drawn, by their names.
func (u *Units) List() (list []experiment.Unit) {
	for _, name := range slices.Sorted(maps.Keys(u.found)) {
		if !u.out[name] {
			list = append(list, *u.found[name])
		}
	}
	return list
}

// Sealed is a plan with who was drawn into which arm, as it would be sealed.
func (u *Units) Sealed(p experiment.Plan, drawn []experiment.Assignment) *experiment.Sealed {
	s := &experiment.Sealed{Plan: p, Units: drawn, Hash: experiment.Seal(p, drawn), Keys: map[string]int{}}
	for i, a := range drawn {
		for _, k := range u.keys[a.Unit] {
			s.Keys[k] = i
		}
	}
	return s
}

// read finds the organisations with findings in letters, or that wait.
func read(ctx context.Context, in campaign.Inside) (*Units, error) {
	hs, err := ReadHoldings(ctx, in)
	if err != nil {
		return nil, err
	}
	u := NewUnits(in.Settings.Experiment.Kinds())
	var last outcome.Place
	for s, err := range ledger.Spots(ctx, in.Ledger, in.Rules.ID, ledger.Whole) {
		if err != nil {
			return nil, err
		}
		n := hs.Of(s.Network)
		if len(n.Keys) == 0 || s.Place == last || s.Fate != letter.FateLettered && s.Fate != letter.FateWaiting {
			continue
		}
		last = s.Place
		u.Meet(n.Org, n.Country, s.Kind)
	}
	u.Own(hs)
	return u, nil
}
