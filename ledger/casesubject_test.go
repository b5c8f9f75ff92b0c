package ledger

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestACustomerGetsWhatIsKeptAndNothingOfOthers has one report tell of two
// customers who share a mailbox, one of whom was told by mistake.
func TestACustomerGetsWhatIsKeptAndNothingOfOthers(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		both := reportOf("aaaa", "192.0.2.7", "4711", 1)
		other := reportOf("aaaa", "192.0.2.8", "0815", 1).Incidents[0]
		both.Incidents[0].RestsOn, other.RestsOn = "MARK-ROW-A", "MARK-ROW-B"
		both.Incidents = append(both.Incidents, other)
		_, err := cs.Add(t.Context(), []Case{both, reportOf("bbbb", "192.0.2.7", "4711", 1), reportOf("cccc", "192.0.2.9", "4711", 2)})
		must(t, err)
		notices, err := notices(t.Context(), cs)
		must(t, err)
		for _, of := range [][]Notice{notices[:1], notices[1:]} {
			id := draftNotices(t, l, of)
			must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		}
		ms := NewMeasures(l, "isp26")
		for i, n := range notices[:2] {
			_, err := ms.Propose(t.Context(), n.Customer, []string{"MARK-WHY-B", "MARK-WHY-A"}[i], []int64{n.Incident.ID})
			must(t, err)
		}
		must(t, cs.Log(t.Context(), CaseEvent{Case: "aaaa", By: "customer", What: "customer says", Text: "fixed"}))
		again := reportOf("cccc", "192.0.2.9", "0815", 2).Incidents
		again[0].RestsOn = "MARK-ROW-B"
		_, err = cs.Rule(t.Context(), "cccc", Ruling{By: "MARK-STAFF", Place: ToCustomer, Incidents: again})
		must(t, err)
		s, err := SubjectOfCustomer(t.Context(), cs, "4711", "eve")
		must(t, err)
		if len(s.Events) != 2 || len(s.Events[0].Reports) != 2 || len(s.Letters) != 1 || len(s.Letters[0].Told) != 2 || len(s.Measures) != 1 {
			t.Errorf("%d events, %d letters, %d measures", len(s.Events), len(s.Letters), len(s.Measures))
		}
		text, err := json.Marshal(s)
		must(t, err)
		for _, want := range []string{"192.0.2.7", "192.0.2.9", "a line about 192.0.2.7", "MARK-ROW-A", "MARK-WHY-A", `"says":"fixed"`, `"report":"bbbb"`} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no %q in %s", want, text)
			}
		}
		for _, not := range []string{"192.0.2.8", "0815", "MARK-ROW-B", "MARK-WHY-B", "MARK-STAFF", "reporter.example", "trap@", "Trap@"} {
			if strings.Contains(string(text), not) {
				t.Errorf("%q in %s", not, text)
			}
		}
		for id, want := range map[string]int{"aaaa": 1, "bbbb": 1, "cccc": 1} {
			log, err := cs.Events(t.Context(), id)
			must(t, err)
			n := 0
			for _, e := range log {
				if e.What == "exported" && e.By == "eve" && e.Text == "customer 4711" {
					n++
				}
			}
			if n != want {
				t.Errorf("%s: noted %d times", id, n)
			}
		}
		if s, err := SubjectOfCustomer(t.Context(), cs, "1", "eve"); err != nil || len(s.Events)+len(s.Letters) != 0 {
			t.Errorf("of nobody: %+v, %v", s, err)
		}
		for _, nobody := range []string{"", "forgotten"} {
			if _, err := SubjectOfCustomer(t.Context(), cs, nobody, "eve"); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q: %v", nobody, err)
			}
		}
	})
}
