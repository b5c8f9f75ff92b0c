package finding

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/scans.md anew")

// TestDocs holds docs/scans.md to the tables that decide.
func TestDocs(t *testing.T) {
	const name = "../docs/scans.md"
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	top, _, ok := strings.Cut(string(old), "<!-- rules -->")
	if !ok {
		t.Fatal("no place for the rules")
	}
	text := top + "<!-- rules -->\n\n" + ruleTable() + "\n## Shadowserver's reports\n\n" + reportsTable()
	if *update {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text != string(old) && !*update {
		t.Error("the tables are not those of the code: go test ./finding -run TestDocs -update")
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func ruleTable() string {
	var b strings.Builder
	b.WriteString("| rule | the scanner's words | worth | known from |\n|---|---|---|---|\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, cell(r.Words), r.Strength, cell(r.Source))
	}
	return b.String()
}

func reportsTable() string {
	var b strings.Builder
	others := strings.ReplaceAll("`"+strings.Join(otherReports, "`, `")+"`", "_`", "_…`")
	b.WriteString("The first column that applies decides; a column that a report lacks says nothing. Where none of its own does, those of the first row may still say no. Reports of IPv6 (`scan6_…`) have the rules of IPv4, " +
		"`population_…` counts what can be reached and is weak, any other `scan_…` is weak until it has a rule.\n\n" +
		"Reports that are not of a scan are refused whole, by their name or because each row has an attacker in place of a service: " + others + ".\n\n" +
		"| report | service | its columns say | otherwise |\n|---|---|---|---|\n")
	var any []string
	for _, s := range anySays {
		any = append(any, fmt.Sprintf("`%s` %s", s.column, inWords(s.value.String())))
	}
	fmt.Fprintf(&b, "| any | | %s: contradicted | |\n", cell(strings.Join(any, "; ")))
	for _, r := range reports {
		service := r.service
		if service == "" {
			service = r.name
		}
		if r.proto != "" {
			service += " (" + r.proto + ")"
		}
		var says []string
		for _, s := range r.says {
			says = append(says, fmt.Sprintf("`%s` %s: %s", s.column, inWords(s.value.String()), s.rule.Strength))
		}
		fmt.Fprintf(&b, "| `scan_%s` | %s | %s | %s (`%s`) |\n", r.name, service, cell(strings.Join(says, "; ")), r.rule.Strength, r.rule.ID)
	}
	return b.String()
}

// inWords writes an expression for people.
func inWords(s string) string {
	switch s = strings.TrimPrefix(s, "(?i)"); s {
	case isThere.String()[4:]:
		return "is not empty"
	case isEmpty.String()[4:]:
		return "is empty"
	}
	return "`" + s + "`"
}
