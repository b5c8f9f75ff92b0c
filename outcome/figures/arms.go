package figures

import (
	"cmp"
	"math"
	"slices"
	"time"

	"headsup/outcome"
	"headsup/outcome/stats"
)

// An Experiment is what arms differ by. Its JSON names are settled.
type Experiment struct {
	Order       bool         `json:"order"`           // nobody waits: early letters are compared with late ones
	Frozen      time.Time    `json:"frozen,omitzero"` // when the plan was sealed
	Hash        string       `json:"hash,omitempty"`  // of the sealed plan
	Changed     bool         `json:"changed"`         // the settings are others by now
	Until       time.Time    `json:"until,omitzero"`  // the day on which waiting ends
	Looks       []string     `json:"looks"`           // days on which all arms were looked at
	SampleRatio float64      `json:"sample_ratio_p"`  // probability of sizes as uneven as these
	Arms        []ArmRow     `json:"arms"`            // the first is what the others are compared with
	Differences []Difference `json:"differences"`
}

// An ArmRow is what became of one arm, whoever was written to in the end.
type ArmRow struct {
	Name          string    `json:"name"`
	Organisations int       `json:"organisations"` // assigned
	Findings      int       `json:"findings"`
	Judged        int       `json:"judged"`
	Fixed         int       `json:"fixed"`
	Uncertain     int       `json:"uncertain"`
	Unlooked      int       `json:"unlooked"`
	ByOrg         *Estimate `json:"fixed_by_organisation,omitempty"`
	ByFinding     *Estimate `json:"fixed_by_finding,omitempty"`
	Curve         []Point   `json:"curve"` // still open, by days since the first letter of the campaign left
}

// A Difference is what an arm has more than the one that it is compared with,
// as shares from -1 to 1.
type Difference struct {
	Arm      string    `json:"arm"`
	Base     string    `json:"base"`
	ByOrg    Estimate  `json:"fixed_by_organisation"` // the one that the plan names
	P        float64   `json:"p"`
	Adjusted float64   `json:"p_adjusted"`                 // for as many questions as there are
	Found    bool      `json:"found"`                      // the adjusted one is at most .05
	LeftOut  int       `json:"left_out"`                   // organisations with nobody to compare them with
	Finding  *Estimate `json:"fixed_by_finding,omitempty"` // counts each finding: few organisations may decide
	Caused   *Estimate `json:"caused,omitempty"`           // findings of the arm fixed because of what it had, by that
}

// A Trial collects what looks say of the places of arms.
type Trial struct {
	Names  []string  // of the arms, the first one to compare with
	Parts  []float64 // that were planned
	Rules  outcome.Rules
	Since  time.Time // when the first letter of the campaign left
	Before time.Time // looks from then on do not count: who had to wait was written to; zero: all do

	orgs   []trialOrg
	places []trialPlace
	looks  []trialLook
}

type trialOrg struct{ arm, stratum int }

// A trialPlace is small, because there are millions.
type trialPlace struct {
	org       int32
	uncertain bool
	looks     uint16 // how many of them follow
}

// Tried is what the looks at a place say in a trial.
type Tried struct {
	looks     []trialLook
	uncertain bool
}

// A trialLook is small too.
type trialLook struct {
	after uint32 // seconds since Trial.Since
	state uint8  // its number in trialStates
}

var trialStates = []outcome.State{outcome.Open, outcome.Closed, outcome.Silent}

// Org adds an organisation and returns its number. One in arm -1 is in none:
// [Trial.Assign] may tell where it is, until then.
func (t *Trial) Org(arm, stratum int) int {
	t.orgs = append(t.orgs, trialOrg{arm, stratum})
	return len(t.orgs) - 1
}

// Assign says in which arm an organisation is.
func (t *Trial) Assign(org, arm, stratum int) { t.orgs[org] = trialOrg{arm, stratum} }

// Try says what the looks at a place come to, in a network of this name. Many
// may call it at a time. Of more than 65,535 looks it takes the first.
func (t *Trial) Try(network string, looks []outcome.Look) (p Tried) {
	for _, l := range looks {
		state := slices.Index(trialStates, l.State)
		if after := l.Seen.Sub(t.Since); state >= 0 && !t.Since.IsZero() && after > 0 && len(p.looks) < math.MaxUint16 {
			p.looks = append(p.looks, trialLook{uint32(min(after/time.Second, math.MaxUint32)), uint8(state)})
		}
	}
	p.uncertain = len(p.looks) > 0 && t.Rules.Judge(network, t.Since, looks).Result == outcome.Uncertain
	return p
}

// Place adds a place of an organisation.
func (t *Trial) Place(org int, p Tried) {
	t.places = append(t.places, trialPlace{int32(org), p.uncertain, uint16(len(p.looks))})
	t.looks = append(t.looks, p.looks...)
}

// each yields the places with their looks.
func (t *Trial) each(yield func(trialPlace, []trialLook) bool) {
	rest := t.looks
	for _, p := range t.places {
		if !yield(p, rest[:p.looks]) {
			return
		}
		rest = rest[p.looks:]
	}
}

// seen returns when a look was, and whether it counts.
func (t *Trial) seen(l trialLook) (at time.Time, counts bool) {
	at = t.Since.Add(time.Duration(l.after) * time.Second)
	return at, t.Before.IsZero() || at.Before(t.Before)
}

// dayOf numbers the days of the calendar.
func dayOf(at time.Time) int64 { return at.Unix() / day }

const day = 24 * 60 * 60

// common returns the days on which all arms were looked at: each in at least
// half the part of its places as the arm that was looked at most. Looks at one
// arm alone say nothing of the other, and count for neither.
func (t *Trial) common() map[int64]bool {
	sizes, seen := make([]float64, len(t.Names)), map[int64][]float64{}
	for p, looks := range t.each {
		arm := t.orgs[p.org].arm
		if arm < 0 {
			continue
		}
		sizes[arm]++
		last := int64(math.MinInt64)
		for _, l := range looks {
			at, counts := t.seen(l)
			if !counts || dayOf(at) == last {
				continue
			}
			last = dayOf(at)
			if seen[last] == nil {
				seen[last] = make([]float64, len(t.Names))
			}
			seen[last][arm]++
		}
	}
	common := map[int64]bool{}
	for at, n := range seen {
		least, most := 1.0, 0.0
		for arm := range n {
			part := n[arm] / max(1, sizes[arm])
			least, most = min(least, part), max(most, part)
		}
		if least > 0 && least >= most/2 {
			common[at] = true
		}
	}
	return common
}

// Into puts the figures of the arms into an experiment, and returns what they
// do not allow to say.
func (t *Trial) Into(x *Experiment) ([]Limit, error) {
	common := t.common()
	x.Looks, x.Arms, x.Differences = []string{}, make([]ArmRow, len(t.Names)), []Difference{}
	for _, at := range slices.Sorted(keysOf(common)) {
		x.Looks = append(x.Looks, time.Unix(at*day, 0).UTC().Format(time.DateOnly))
	}
	orgs, curves := t.judge(x, common)
	if err := t.shares(x, orgs, curves); err != nil {
		return nil, err
	}
	var limits []Limit
	if len(common) == 0 {
		limits = append(limits, Limit{Code: NoCommon})
	}
	least, most := 100, 0
	for _, a := range x.Arms {
		if a.Findings > 0 {
			part := int(math.Round(100 * float64(a.Judged) / float64(a.Findings)))
			least, most = min(least, part), max(most, part)
		}
	}
	if most-least > 10 {
		limits = append(limits, Limit{LooksUneven, least, most})
	}
	if x.SampleRatio < .001 {
		limits = append(limits, Limit{Code: ArmsUneven})
	}
	return limits, t.differences(x, orgs)
}

func keysOf(m map[int64]bool) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// judge counts places by arm, and returns the shares of organisations and, by
// arm and organisation, their spans.
func (t *Trial) judge(x *Experiment, common map[int64]bool) ([]stats.Org, []spans) {
	orgs := make([]stats.Org, len(t.orgs))
	curves := make([]spans, len(t.Names))
	for i, name := range t.Names {
		x.Arms[i].Name = name
	}
	for i, o := range t.orgs {
		orgs[i].Arm, orgs[i].Stratum = o.arm, o.stratum
		if o.arm >= 0 {
			x.Arms[o.arm].Organisations++
		}
	}
	var looks []outcome.Look
	for p, seen := range t.each {
		arm := t.orgs[p.org].arm
		if arm < 0 {
			continue
		}
		a := &x.Arms[arm]
		a.Findings++
		looks = looks[:0]
		for _, l := range seen {
			if at, counts := t.seen(l); counts && common[dayOf(at)] {
				looks = append(looks, outcome.Look{State: trialStates[l.state], Seen: at})
			}
		}
		o := outcome.Rules{Apart: t.Rules.Apart}.Judge("", t.Since, looks)
		switch {
		case p.uncertain:
			a.Uncertain++
			continue
		case o.Result == outcome.NotLooked:
			a.Unlooked++
			continue
		}
		a.Judged++
		orgs[p.org].Of++
		if o.Result == outcome.Fixed {
			a.Fixed++
			orgs[p.org].Hit++
		}
		curves[arm].add(int(p.org), SpanOf(o, t.Since, looks))
	}
	return slices.DeleteFunc(orgs, func(o stats.Org) bool { return o.Of == 0 }), curves
}

// shares fills in what each arm came to, and whether their sizes are as planned.
func (t *Trial) shares(x *Experiment, orgs []stats.Org, curves []spans) (err error) {
	counts := make([]int, len(x.Arms))
	for i := range x.Arms {
		a := &x.Arms[i]
		counts[i] = a.Organisations
		var own []stats.Org
		for _, o := range orgs {
			if o.Arm == i {
				own = append(own, o)
			}
		}
		if e, err := stats.ShareOf(own, stats.ByOrganisation, .95); err == nil {
			a.ByOrg = estimated(e)
		}
		if e, err := stats.ShareOf(own, stats.ByHost, .95); err == nil {
			a.ByFinding = estimated(e)
		}
		if a.Curve, err = curves[i].curve(); err != nil {
			return err
		}
	}
	x.SampleRatio = 1
	if r, err := stats.SampleRatio(counts, t.Parts); err == nil {
		x.SampleRatio = r.P
	}
	return nil
}

// differences compares each arm with the first. Where an arm has nobody to be
// compared, there is none.
func (t *Trial) differences(x *Experiment, orgs []stats.Org) error {
	var ps []float64
	for i := 1; i < len(x.Arms); i++ {
		two := slices.DeleteFunc(slices.Clone(orgs), func(o stats.Org) bool { return o.Arm != 0 && o.Arm != i })
		c, err := stats.Compare(two, stats.How{Seed: 1})
		if err != nil { // an arm in which nobody was looked at
			continue
		}
		d := Difference{Arm: x.Arms[i].Name, Base: x.Arms[0].Name, ByOrg: *estimated(c.Estimate), P: c.P, LeftOut: c.LeftOut}
		// Nothing is decided by this one: it needs no more than two digits.
		if h, err := stats.Compare(two, stats.How{Seed: 1, Weighting: stats.ByHost, Permutations: 1000}); err == nil {
			d.Finding = estimated(h.Estimate)
			n := float64(x.Arms[i].Judged)
			d.Caused = &Estimate{h.Value * n, h.Low * n, h.High * n}
		}
		x.Differences, ps = append(x.Differences, d), append(ps, c.P)
	}
	adjusted, err := stats.Holm(ps)
	for i, p := range adjusted {
		x.Differences[i].Adjusted, x.Differences[i].Found = p, p <= .05
	}
	return err
}

// Primary is the difference that a report names first: that of the arm that
// was written to as ever, or else of the first one.
func (x *Experiment) Primary() *Difference {
	if x == nil || len(x.Differences) == 0 {
		return nil
	}
	return &x.Differences[0]
}

// Few returns a limit where an arm has too few organisations for its interval.
func (x *Experiment) Few() (Limit, bool) {
	a := slices.MinFunc(x.Arms, func(a, b ArmRow) int { return cmp.Compare(a.Organisations, b.Organisations) })
	return Limit{FewOrgs, a.Organisations, few}, a.Organisations < few
}
