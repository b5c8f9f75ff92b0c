package figures

import (
	"slices"
	"strconv"
	"time"

	"headsup/outcome/stats"
)

// RepeatDays is how long after a letter to a provider's customer something that
// happens at the customer is a repeat.
const RepeatDays = 14

// Ways in which a provider acts on a customer.
const (
	ByLetter = "letter"
	ByHook   = "hook" // the house's own command
)

// Ways lists them, the one that the other is compared with first.
var Ways = []string{ByLetter, ByHook}

// An Act is a letter to a customer that left, or a command that acted on one.
type Act struct {
	Way      string
	Customer string
	At       time.Time
}

// An Event is something that happened at a customer, as was reported.
type Event struct {
	Customer string
	At       time.Time
}

// Repeats says how often customers were reported again. Its JSON names are settled.
type Repeats struct {
	Days       int       `json:"days"`
	Ways       []Way     `json:"ways"`                 // as [Ways] has them
	Difference *Estimate `json:"difference,omitempty"` // share by customer after the command less that after letters
}

// A Way counts what followed on letters, or on commands.
type Way struct {
	Way        string    `json:"way"`
	Acts       int       `json:"acts"`
	Judged     int       `json:"judged"` // of them: long enough ago, and nothing else was done meanwhile
	Again      int       `json:"again"`  // of those: the customer was reported again
	Customers  int       `json:"customers"`
	ByCustomer *Estimate `json:"again_by_customer,omitempty"` // the mean of their shares
	ByAct      *Estimate `json:"again_by_act,omitempty"`
}

// RepeatsOf counts repeats. An act counts once its days are over at now. Of a
// letter it is not known what it would have done where a command acted before
// anything happened: it counts nowhere.
//
// A customer may have met with both, so the interval of the difference takes
// them for more independent than they are; and nobody drew who met with which.
func RepeatsOf(acts []Act, events []Event, now time.Time) *Repeats {
	happened, acted := map[string][]time.Time{}, map[string][]time.Time{}
	for _, e := range events {
		happened[e.Customer] = append(happened[e.Customer], e.At)
	}
	for _, a := range acts {
		if a.Way == ByHook {
			acted[a.Customer] = append(acted[a.Customer], a.At)
		}
	}
	for _, times := range []map[string][]time.Time{happened, acted} {
		for _, t := range times {
			slices.SortFunc(t, time.Time.Compare)
		}
	}
	out := &Repeats{Days: RepeatDays}
	for _, name := range Ways {
		out.Ways = append(out.Ways, wayOf(name, acts, happened, acted, now))
	}
	if letter, hook := out.Ways[0].ByCustomer, out.Ways[1].ByCustomer; letter != nil && hook != nil {
		out.Difference = estimated(stats.Difference(hook.stats(), letter.stats()))
	}
	return out
}

func wayOf(name string, acts []Act, happened, acted map[string][]time.Time, now time.Time) Way {
	w := Way{Way: name}
	shares := map[string]*stats.Org{}
	var orgs []*stats.Org // in the order of the acts, so that the same ones give the same figures
	for _, a := range acts {
		if a.Way != name {
			continue
		}
		w.Acts++
		end := a.At.AddDate(0, 0, RepeatDays)
		if now.Before(end) {
			continue
		}
		event, again := firstIn(happened[a.Customer], a.At, end)
		if hook, cut := firstIn(acted[a.Customer], a.At, end); name == ByLetter && cut && (!again || hook.Before(event)) {
			continue
		}
		w.Judged++
		s := shares[a.Customer]
		if s == nil {
			s = new(stats.Org)
			shares[a.Customer], orgs = s, append(orgs, s)
		}
		if s.Of++; again {
			s.Hit++
			w.Again++
		}
	}
	w.Customers = len(orgs)
	flat := make([]stats.Org, len(orgs))
	for i, o := range orgs {
		flat[i] = *o
	}
	for _, e := range []struct {
		to    **Estimate
		weigh stats.Weighting
	}{{&w.ByCustomer, stats.ByOrganisation}, {&w.ByAct, stats.ByHost}} {
		if share, err := stats.ShareOf(flat, e.weigh, .95); err == nil { // else there is nobody
			*e.to = estimated(share)
		}
	}
	return w
}

// firstIn returns the first of sorted times after one and up to another.
func firstIn(times []time.Time, after, end time.Time) (time.Time, bool) {
	i, _ := slices.BinarySearchFunc(times, after.Add(1), time.Time.Compare)
	if i == len(times) || times[i].After(end) {
		return time.Time{}, false
	}
	return times[i], true
}

func (r *Repeats) sheet() Sheet {
	s := Sheet{Name: "repeats.csv", Heads: []string{"way", "acts", "judged", "again", "customers", "again_by_customer", "low", "high", "again_by_act", "low_by_act", "high_by_act"}}
	for _, w := range r.Ways {
		row := []string{w.Way}
		for _, n := range []int{w.Acts, w.Judged, w.Again, w.Customers} {
			row = append(row, strconv.Itoa(n))
		}
		s.Rows = append(s.Rows, append(append(row, w.ByCustomer.cells()...), w.ByAct.cells()...))
	}
	return s
}
