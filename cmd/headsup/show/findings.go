package show

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/finding"
	"headsup/lookup"
	"headsup/outcome"
)

// Finding prints a finding as check does.
func Finding(out *console.Console, f finding.Finding) { out.Result(f, findingColumns(f)...) }

func findingColumns(f finding.Finding) []string {
	addr, service := "-", "-"
	if f.Addr.IsValid() {
		addr = f.Addr.String()
	}
	if f.Port > 0 {
		service = strconv.Itoa(int(f.Port)) + "/" + f.Proto
	}
	return []string{addr, service, string(f.Kind), f.Service, string(f.Strength), f.Reason, f.Source}
}

// Explained shows a row of a scan with the rule that it was judged by.
func Explained(out *console.Console, f finding.Finding) {
	r, ok := finding.RuleOf(f)
	if out.JSON {
		out.Result(struct {
			finding.Finding
			Rule finding.Rule `json:"rule"`
		}{f, r})
		return
	}
	Finding(out, f)
	if ok {
		out.Result(nil, "", "rule "+r.ID+": "+r.Words+" is "+string(r.Strength), "from "+r.Source)
	}
}

// shortWait is how long asking may take without a word about it.
const shortWait = 10 * time.Second

// sayDue says how long the registries will take. Their answers serve
// neighbours, so that it is the most that they take.
func sayDue(out *console.Console, due campaign.LookupsDue) {
	if due.Takes() < shortWait && !due.PutOff {
		return
	}
	what := "are to be asked about"
	if due.PutOff {
		what = "are put off"
	}
	var parts []string
	for _, l := range due.Lines {
		parts = append(parts, fmt.Sprintf("%s %d in %v", cmp.Or(l.Registry, "others"), l.Addresses, seconds(l.Takes)))
	}
	out.Say("addresses that %s: %d, which take %v at the registries' paces (%s)", what, due.Addresses(), seconds(due.Takes()), strings.Join(parts, ", "))
}

// seconds rounds up: what takes a moment does not take no time.
func seconds(d time.Duration) time.Duration { return (d + time.Second - 1).Truncate(time.Second) }

// Lookup prints an answer; why asks for every contact that was found, with
// the rule that chose or refused it.
func Lookup(out *console.Console, l campaign.Lookup, why bool) error {
	if err := out.Print(l, l.Query, string(l.Status), l.Email, l.Network, l.Org, l.Country, l.Rule, l.Server, l.Reason); err != nil || !why || out.JSON {
		return err
	}
	for i, c := range l.Contacts {
		if err := out.Print(nil, "", fmt.Sprintf("%d.", i+1), c.Email, c.Rule, c.Handle, c.Attribute, strings.Join(c.Flags, " ")); err != nil {
			return err
		}
	}
	for _, c := range l.Rejected {
		if err := out.Print(nil, "", "no", c.Email, c.Rule, c.Handle, c.Attribute, strings.Join(c.Flags, " ")); err != nil {
			return err
		}
	}
	return nil
}

// Tables says how old the tables are that chose whom to ask.
func Tables(out *console.Console, tables []lookup.Table) {
	var dates []string
	for _, t := range tables {
		dates = append(dates, t.Kind+" "+t.Published.Format(time.DateOnly))
	}
	out.Say("whom to ask: IANA's tables %s", strings.Join(dates, ", "))
}

// Look prints what a later scan says of a finding.
func Look(out *console.Console, l outcome.Look) {
	out.Result(l, l.Addr.String(), strconv.Itoa(int(l.Port))+"/"+l.Proto, string(l.Kind), string(l.State), l.Reason, l.Seen.Format(time.RFC3339), l.Source)
}

// Reported prints an event of a report.
func Reported(out *console.Console, e campaign.Reported) {
	addr, port := "-", ""
	if e.Addr.IsValid() {
		addr = e.Addr.String()
	}
	if e.Port > 0 {
		port = strconv.Itoa(int(e.Port))
	}
	out.Result(e, string(e.Status), addr, cmp.Or(port, "-"), cmp.Or(e.Seen.String(), "-"), cmp.Or(string(e.Kind), "-"), cmp.Or(e.URL, "-"), cmp.Or(e.Reporter, "-"), cmp.Or(e.Why, "-"), e.File)
}

// TablesInUse shows IANA's tables, and where they come from.
func TablesInUse(out *console.Console, tables []lookup.Table) error {
	built := lookup.BuiltInTables()
	for i, t := range tables {
		source := "kept"
		if t.Published.Equal(built[i].Published) {
			source = "built in"
		}
		if err := out.Print(struct {
			Table     string    `json:"table"`
			Published time.Time `json:"published"`
			Entries   int       `json:"entries"`
			Source    string    `json:"source"`
		}{t.Kind, t.Published, t.Entries, source}, t.Kind, t.Published.Format(time.DateOnly), strconv.Itoa(t.Entries)+" entries", source); err != nil {
			return err
		}
	}
	return nil
}
