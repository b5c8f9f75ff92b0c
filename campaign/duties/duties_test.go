package duties

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"
)

// TestTheTableIsAsItsSourcesSay asks the table as a provider would.
func TestTheTableIsAsItsSourcesSay(t *testing.T) {
	for _, tt := range []struct {
		country, service, kind string
		want                   string
	}{
		{"CA", "access", "copyright", "ca-forward ca-verbatim ca-inform ca-keep ca-proceedings ca-demand"},
		{"ca", "hosting", "copyright", "ca-forward ca-verbatim ca-inform ca-keep ca-proceedings ca-demand"},
		{"CA", "mail", "copyright", ""},
		{"CA", "access", "spam", ""},
		{"DE", "hosting", "phishing", "eu-acknowledge eu-decide eu-tell eu-count"},
		{"GR", "hosting", "copyright", "eu-acknowledge eu-decide eu-tell eu-count"},
		{"DE", "access", "phishing", ""},
		{"US", "hosting", "copyright", ""},
		{"", "hosting", "copyright", ""},
	} {
		var got []string
		for _, r := range Builtin().In(tt.country) {
			if r.covers(tt.service, tt.kind) {
				got = append(got, r.Name)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s, %s, %s: %q, want %q", tt.country, tt.service, tt.kind, got, tt.want)
		}
	}
	union := map[string]bool{}
	for _, r := range Builtin() {
		for _, c := range r.Countries {
			if reg, err := language.ParseRegion(c); err != nil || !reg.IsCountry() || reg.String() != c {
				t.Errorf("%s: country %q", r.Name, c)
			}
			union[c] = true
		}
		if !strings.Contains(r.Source, "https://") || !strings.Contains(r.Source, "s. 41.2") && !strings.Contains(r.Source, "art. 1") {
			t.Errorf("%s: no section and address of a source: %q", r.Name, r.Source)
		}
	}
	if len(union) != 28 { // the Union's 27, and Canada
		t.Errorf("%d countries", len(union))
	}
}

func TestLinesThatAreNoRule(t *testing.T) {
	head := strings.Join(columns, "\t") + "\n"
	row := func(i int, v string) string {
		r := []string{"x", "CA", "access", "spam", "forward", "soon", "source", "what"}
		r[i] = v
		return head + strings.Join(r, "\t") + "\n"
	}
	for _, tt := range []struct{ name, text, want string }{
		{"no header", "x\tCA\taccess\tspam\tforward\tsoon\tsource\twhat\n", "t.tsv:1: not a rule: the columns are"},
		{"nothing", "", "not a rule"},
		{"an empty cell", row(6, " "), "t.tsv:2: not a rule: source is empty"},
		{"another service", row(2, "access,radio"), `service "radio"`},
		{"another duty", row(4, "pray"), `duty "pray"`},
		{"a term in words", row(5, "later"), `within "later"`},
		{"no months", row(5, "0m"), `within "0m"`},
		{"more months than anybody keeps", row(5, "601m"), `within "601m"`},
		{"a clock without a term", row(5, "-"), `does not say when "forward" is due`},
		{"what is kept has months", strings.Replace(row(4, "keep"), "forward", "keep", 1), `does not say when "keep" is due`},
		{"a column too few", head + "x\tCA\n", "2 columns, and not 8"},
		{"a name twice", row(0, "x") + "x\tCA\taccess\tspam\tinform\tsoon\tsource\twhat\n", `t.tsv:3: not a rule: "x" is there already`},
	} {
		_, err := Read(strings.NewReader(tt.text), "t.tsv")
		if !errors.Is(err, ErrFormat) || !strings.Contains(fmt.Sprint(err), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	for _, within := range []string{"1m", "600m", "soon"} {
		if got, err := Read(strings.NewReader(row(5, within)), "t.tsv"); err != nil || len(got) != 1 || got[0].Soon != (within == "soon") {
			t.Errorf("%s: %+v, %v", within, got, err)
		}
	}
}

// TestClocks has a report come on the last day of August: six months later there
// is no such day.
func TestClocks(t *testing.T) {
	came := time.Date(2026, 8, 31, 10, 0, 0, 0, time.UTC)
	after := func(hours int) time.Time { return came.Add(time.Duration(hours) * time.Hour) }
	ca, de := Builtin().In("CA"), Builtin().In("DE")
	for _, tt := range []struct {
		name  string
		table Table
		f     Facts
		now   time.Time
		want  string
	}{
		{"it just came", ca, Facts{Kind: "copyright", Services: []string{"access"}, Came: came}, after(1), "forward open, inform open, keep 2027-03-03"},
		{"on the day it is due", ca, Facts{Kind: "copyright", Services: []string{"access"}, Came: came}, after(24), "forward open, inform open, keep 2027-03-03"},
		{"after it", ca, Facts{Kind: "copyright", Services: []string{"access"}, Came: came}, after(25), "forward open late, inform open late, keep 2027-03-03"},
		{"both were done, one of them late", ca, Facts{Kind: "copyright", Services: []string{"access"}, Came: came, Forwarded: after(2), Answered: after(30)}, after(40), "forward done, inform done late, keep 2027-03-03"},
		{"it is none of ours", ca, Facts{Kind: "copyright", Came: came, Nobody: true, Answered: after(2)}, after(40), "inform done"},
		{"proceedings", ca, Facts{Kind: "copyright", Services: []string{"hosting"}, Came: came, Forwarded: after(1), Answered: after(1), Longer: true}, after(2), "forward done, inform done, keep-longer 2027-08-31"},
		{"a service without rules", ca, Facts{Kind: "copyright", Services: []string{"mail"}, Came: came}, after(1), ""},
		{"one of two services", ca, Facts{Kind: "copyright", Services: []string{"mail", "access"}, Came: came, Forwarded: after(1), Answered: after(1)}, after(1), "forward done, inform done, keep 2027-03-03"},
		{"hosting in the Union", de, Facts{Kind: "spam", Services: []string{"hosting"}, Came: came}, after(1), "acknowledge open, decide open, tell open"},
		{"acknowledged, and not decided", de, Facts{Kind: "spam", Services: []string{"hosting"}, Came: came, Answered: after(1)}, after(30), "acknowledge done, decide open late, tell open late"},
		{"decided", de, Facts{Kind: "spam", Services: []string{"hosting"}, Came: came, Answered: after(1), Decided: came}, after(30), "acknowledge done, decide done, tell done"},
		{"access in the Union", de, Facts{Kind: "spam", Services: []string{"access"}, Came: came}, after(1), ""},
	} {
		var got []string
		for _, c := range tt.table.Clocks(tt.f, 24*time.Hour, tt.now) {
			s := string(c.Duty) + " done"
			switch {
			case c.Duty == Keep || c.Duty == KeepLonger:
				s = string(c.Duty) + c.Due.Format(" 2006-01-02")
			case c.Open():
				s = string(c.Duty) + " open"
			}
			if c.Late {
				s += " late"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
	if d := ca.KeptFor(Keep, "access", "copyright", came); d != came.AddDate(0, 6, 0).Sub(came) {
		t.Errorf("kept for %s", d)
	}
	if d := ca.KeptFor(Keep, "mail", "copyright", came); d != 0 {
		t.Errorf("kept for %s, and no rule says so", d)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(builtin)
	f.Add(strings.Join(columns, "\t") + "\n\"\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Read(strings.NewReader(text), "t.tsv")
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("%v", err)
		}
		for _, r := range table {
			if r.Name == "" || !slices.Contains(Duties, r.Duty) || len(r.Services) == 0 || r.Months < 0 {
				t.Errorf("%+v", r)
			}
		}
	})
}
