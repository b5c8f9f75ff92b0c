// Package duties knows what the law of a provider's country wants done with a
// report, by the service that it is about: it reads the table of rules, and says
// what is due when, and what was done.
//
// The rules are data, each with its source (duties.tsv). It is no lawyer: it never
// decides whether a report is right, and does nothing of what a rule asks for.
package duties

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed duties.tsv
var builtin string

// A Duty is what a rule asks for. It stands in the table as this text.
type Duty string

const (
	Forward     Duty = "forward"     // the customer is told
	Verbatim    Duty = "verbatim"    // what the customer gets is the notice itself
	Inform      Duty = "inform"      // who reported is told that it was forwarded, or why not
	Acknowledge Duty = "acknowledge" // who reported is told that it came
	Decide      Duty = "decide"      // it is decided what is done
	Tell        Duty = "tell"        // who reported is told the decision
	Keep        Duty = "keep"        // what identifies the customer is kept until then
	KeepLonger  Duty = "keep-longer" // the same where proceedings were commenced
	NoDemand    Duty = "no-demand"   // a notice that demands money is none
	Count       Duty = "count"       // it is counted once a year
)

// Duties lists all duties.
var Duties = []Duty{Forward, Verbatim, Inform, Acknowledge, Decide, Tell, Keep, KeepLonger, NoDemand, Count}

// A Rule is one line of the table.
type Rule struct {
	Name      string
	Countries []string // of the provider, ISO 3166-1
	Services  []string // access, hosting, mail, or "*"
	Kinds     []string // of reports, or "*"
	Duty      Duty
	Soon      bool // the law names no number: as soon as feasible, without undue delay
	Months    int  // or so many from the day on which the report came
	Source    string
	What      string
}

func (r Rule) covers(service, kind string) bool {
	return (slices.Contains(r.Services, "*") || slices.Contains(r.Services, service)) && (slices.Contains(r.Kinds, "*") || slices.Contains(r.Kinds, kind))
}

// A Table is a list of rules.
type Table []Rule

// ErrFormat means that a line of a table is no rule.
var ErrFormat = errors.New("not a rule")

var columns = []string{"rule", "country", "service", "kind", "duty", "within", "source", "what"}

// Builtin returns the rules that come with headsup.
func Builtin() Table {
	t, err := Read(strings.NewReader(builtin), "duties.tsv")
	if err != nil {
		panic(err) // its test reads it
	}
	return t
}

// Read reads a table with a header, its columns separated by tabs. An error
// begins with "name:line" and is [ErrFormat].
func Read(r io.Reader, name string) (t Table, err error) {
	rows := csv.NewReader(r)
	rows.Comma, rows.Comment, rows.LazyQuotes, rows.FieldsPerRecord = '\t', '#', true, -1
	for n := 0; ; n++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) && n > 0 {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %v", name, ErrFormat, err)
		}
		line, _ := rows.FieldPos(0)
		switch {
		case n == 0 && !slices.Equal(row, columns):
			return nil, fmt.Errorf("%s:%d: %w: the columns are %s", name, line, ErrFormat, strings.Join(columns, ", "))
		case n == 0:
			continue
		}
		rule, err := ruleOf(row)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w: %v", name, line, ErrFormat, err)
		}
		if slices.ContainsFunc(t, func(r Rule) bool { return r.Name == rule.Name }) {
			return nil, fmt.Errorf("%s:%d: %w: %q is there already", name, line, ErrFormat, rule.Name)
		}
		t = append(t, rule)
	}
}

func ruleOf(row []string) (r Rule, err error) {
	if len(row) != len(columns) {
		return r, fmt.Errorf("%d columns, and not %d", len(row), len(columns))
	}
	for i, v := range row {
		if row[i] = strings.TrimSpace(v); row[i] == "" {
			return r, fmt.Errorf("%s is empty", columns[i])
		}
	}
	r = Rule{Name: row[0], Countries: strings.Split(row[1], ","), Services: strings.Split(row[2], ","), Kinds: strings.Split(row[3], ","),
		Duty: Duty(row[4]), Source: row[6], What: row[7]}
	for _, s := range r.Services {
		if !slices.Contains([]string{"access", "hosting", "mail", "*"}, s) {
			return r, fmt.Errorf("service %q", s)
		}
	}
	if !slices.Contains(Duties, r.Duty) {
		return r, fmt.Errorf("duty %q", r.Duty)
	}
	months, counted := strings.CutSuffix(row[5], "m")
	switch n, err := strconv.Atoi(months); {
	case row[5] == "soon":
		r.Soon = true
	case row[5] == "-":
	case !counted || err != nil || n < 1 || n > 600:
		return r, fmt.Errorf("within %q is neither soon, - nor months such as 6m", row[5])
	default:
		r.Months = n
	}
	clock := slices.Contains([]Duty{Forward, Inform, Acknowledge, Decide, Tell}, r.Duty)
	if kept := r.Duty == Keep || r.Duty == KeepLonger; clock && !r.Soon && r.Months == 0 || kept && r.Months == 0 {
		return r, fmt.Errorf("within %q does not say when %q is due", row[5], r.Duty)
	}
	return r, nil
}

// In returns the rules of a country; of none there are none.
func (t Table) In(country string) (in Table) {
	for _, r := range t {
		if slices.Contains(r.Countries, strings.ToUpper(country)) {
			in = append(in, r)
		}
	}
	return in
}

// Find returns the first rule that asks for a duty where a service is reported
// for something of a kind.
func (t Table) Find(d Duty, service, kind string) (Rule, bool) {
	for _, r := range t {
		if r.Duty == d && r.covers(service, kind) {
			return r, true
		}
	}
	return Rule{}, false
}

// KeptFor returns how long a report that came at a time has to be kept, or 0.
func (t Table) KeptFor(d Duty, service, kind string, came time.Time) time.Duration {
	r, ok := t.Find(d, service, kind)
	if !ok {
		return 0
	}
	return came.AddDate(0, r.Months, 0).Sub(came)
}
