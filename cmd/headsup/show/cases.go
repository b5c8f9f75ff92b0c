package show

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/cases"
	"headsup/campaign/duties"
	"headsup/campaign/escalate"
	"headsup/cmd/headsup/console"
	"headsup/ledger"
	"headsup/letter"
)

// Casework shows what happens at a provider's desk.
func Casework(out *console.Console, e cases.Event) {
	switch e := e.(type) {
	case cases.Filed:
		why := e.Why
		if e.Known {
			why = "read before"
		}
		out.Result(e, e.ID, string(e.Place), cmp.Or(e.Kind, "-"), cmp.Or(e.Reporter, "-"), addressesOf(e.Case), why, e.File)
	case cases.Waits:
		out.Say("customer %s: %s not told yet: %s", e.Customer, console.Count(e.Notices, "event"), e.Why)
	case cases.Shadowed:
		out.Say("%s would be approved by itself (isp.auto = \"earned\")", e.Letter)
	case cases.Unanswered:
		out.Say("report %s is not answered: %s", e.Case, e.Why)
	case cases.Untold:
		out.Say("not all reports in the queue %s are told today: %d a day (isp.tell.a_day)", e.Queue, e.Most)
	case cases.Said:
		out.Result(e, e.Letter, "the customer says", e.What)
	}
}

// addressesOf lists up to three addresses or names that a case tells of.
func addressesOf(c ledger.Case) string {
	var all []string
	for _, i := range c.Incidents {
		if i.Addr.IsValid() {
			all = append(all, i.Addr.String())
		} else if i.URL != "" {
			all = append(all, i.URL)
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > 3 {
		return strings.Join(all[:3], " ") + " (+" + strconv.Itoa(len(all)-3) + ")"
	}
	return cmp.Or(strings.Join(all, " "), "-")
}

// lostBy says why a letter did not arrive, for who looks at one report.
var lostBy = map[letter.Class]string{
	letter.ClassMailbox: "no such mailbox",
	letter.ClassDomain:  "its mail domain takes no mail",
	letter.ClassFull:    "the mailbox is full",
	letter.ClassOurs:    "our mail is refused",
	letter.ClassSize:    "it is too large",
	letter.ClassNetwork: "the mail server was not reached",
}

// lost says which letter did not reach its customer, and why.
func lost(l ledger.Lost) string {
	return fmt.Sprintf("letter %s to customer %s did not arrive: %s", l.Letter, l.Customer, cmp.Or(lostBy[l.Class], l.Reason, "nobody knows why"))
}

// Case prints a line of a report, at its end what has to be done for it first.
func Case(out *console.Console, c cases.Listed) {
	line := []string{c.ID, string(c.Place), cmp.Or(c.Kind, "-"), cmp.Or(c.Reporter, "-"), c.Read.Format(time.RFC3339), c.Why}
	if len(c.Lost) > 0 {
		line = append(line, lost(c.Lost[0]))
	}
	open := slices.DeleteFunc(slices.Clone(c.Clocks), func(x duties.Clock) bool { return !x.Open() })
	if len(open) > 0 {
		first := slices.MinFunc(open, func(a, b duties.Clock) int { return a.Due.Compare(b.Due) })
		line = append(line, clock(first))
	}
	out.Result(c, line...)
}

// clock says what is due when, by which rule, and whether it was done.
func clock(c duties.Clock) string {
	late := ""
	if c.Late {
		late = ", late"
	}
	switch {
	case c.Open():
		return fmt.Sprintf("%s by %s%s (%s)", c.Duty, c.Due.Format(time.RFC3339), late, c.Rule)
	case c.Done.IsZero():
		return fmt.Sprintf("kept until %s (%s)", c.Due.Format(time.DateOnly), c.Rule)
	}
	return fmt.Sprintf("%s: done %s%s (%s)", c.Duty, c.Done.Format(time.RFC3339), late, c.Rule)
}

// CaseCounts prints how many reports of each kind a year had, and what became of
// them.
func CaseCounts(out *console.Console, year int, counts []ledger.CaseCount) error {
	for _, c := range counts {
		var parts []string
		for _, p := range ledger.Places {
			if n := c.Places[p]; n > 0 {
				parts = append(parts, strconv.Itoa(n)+" "+string(p))
			}
		}
		took := "-"
		if c.Timed > 0 {
			took = c.Median.String()
		}
		out.Result(struct {
			Year int `json:"year"`
			ledger.CaseCount
		}{year, c}, strconv.Itoa(year), c.Kind, console.Count(c.Reports, "report"), strings.Join(parts, ", "), fmt.Sprintf("%d by the program alone", c.Automatic), "median "+took)
	}
	return out.Unprinted()
}

// ReportSum prints where all reports are.
func ReportSum(out *console.Console, s campaign.ReportSum) error {
	var parts []string
	for _, p := range ledger.Places {
		if n := s.Places[p]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+string(p))
		}
	}
	line := console.Count(s.Reports, "report") + ": " + cmp.Or(strings.Join(parts, ", "), "none")
	if s.Lost > 0 {
		line += fmt.Sprintf("; of %d a customer's letter did not arrive (headsup cases --lost)", s.Lost)
	}
	return out.Print(s, line)
}

// WholeCase prints a report with all that was decided about it and, where it is
// kept, its text with what was recognised between » and «.
func WholeCase(out *console.Console, c cases.Listed, log []ledger.CaseEvent) error {
	if out.JSON {
		return out.Print(struct {
			cases.Listed
			Log []ledger.CaseEvent `json:"log"`
		}{c, log})
	}
	Case(out, cases.Listed{Case: c.Case})
	for _, x := range c.Lost {
		out.Result(nil, "", lost(x))
	}
	for _, x := range c.Clocks {
		out.Result(nil, "", clock(x))
	}
	for _, i := range c.Incidents {
		addr := i.URL
		if i.Addr.IsValid() {
			addr = i.Addr.String()
		}
		port := "-"
		if i.Port > 0 {
			port = strconv.Itoa(int(i.Port))
		}
		out.Result(nil, "", addr, port, cmp.Or(i.Seen, "-"), i.Kind, string(i.Place), cmp.Or(i.Customer, "-"), cmp.Or(i.Letter, "-"), i.State, i.Why)
	}
	for _, e := range log {
		out.Result(nil, "", e.At.Format(time.RFC3339), e.What, e.By, e.Text)
	}
	if c.Mail == nil {
		return out.Unprinted()
	}
	for _, p := range cases.Read(c.Case) {
		var text strings.Builder
		for _, piece := range p.Pieces {
			if piece.Marked {
				piece.Text = "»" + piece.Text + "«"
			}
			text.WriteString(piece.Text)
		}
		out.Result(nil, "")
		out.Result(nil, p.Name+":")
		for line := range strings.Lines(text.String()) {
			out.Result(nil, strings.TrimRight(line, "\r\n"))
		}
	}
	return out.Unprinted()
}

// Measure prints what is done about a customer, and what its command said.
func Measure(out *console.Console, m escalate.Told) {
	said, _, _ := strings.Cut(m.Answer, "\n")
	out.Result(m, strconv.FormatInt(m.ID, 10), string(m.State), m.Customer, m.At.Format(time.RFC3339), m.Why, cmp.Or(m.By, "-"), said)
	if m.Err != nil {
		out.Say("measure %d about customer %s: %v", m.ID, m.Customer, m.Err)
	}
}
