package show

import (
	"fmt"
	"strings"

	"headsup/campaign/keeping"
	"headsup/cmd/headsup/console"
	"headsup/ledger"
)

// Expired says what was erased because its time is over, or would be.
func Expired(out *console.Console, x keeping.Expired) error {
	verb, parts := "erased", []string{}
	if x.Dry {
		verb = "to erase"
	}
	for _, e := range x.Erased {
		parts = append(parts, fmt.Sprintf("%s %d", e.Class, e.Rows))
	}
	if len(parts) == 0 {
		parts = []string{"nothing: no time is over"}
	}
	return out.Print(x, verb+": "+strings.Join(parts, ", "))
}

// Forgotten says what was erased of a person.
func Forgotten(out *console.Console, n ledger.Forgotten) error {
	return out.Print(n, fmt.Sprintf("erased: %s, %s, %s, %d mentions; %s kept as a hash", console.Count(int(n.Letters), "letter"),
		console.Count(int(n.Answers), "answer"), console.Count(int(n.Networks), "network"), n.Mentions, console.Count(int(n.Wishes), "wish")))
}
