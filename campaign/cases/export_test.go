package cases

import (
	"strings"
	"testing"

	"headsup/campaign/duties"
)

// SmallNotices has notices be as small until the test ends.
func SmallNotices(t *testing.T, largest, most int) {
	a, b := largestNotice, mostNotices
	largestNotice, mostNotices = largest, most
	t.Cleanup(func() { largestNotice, mostNotices = a, b })
}

// OwnRules reads lines of a table of rules.
func OwnRules(t *testing.T, lines string) duties.Table {
	t.Helper()
	table, err := duties.Read(strings.NewReader("rule\tcountry\tservice\tkind\tduty\twithin\tsource\twhat\n"+lines), "own.tsv")
	if err != nil {
		t.Fatal(err)
	}
	return table
}
