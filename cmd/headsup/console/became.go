package console

import (
	"fmt"
	"strings"

	"headsup/outcome"
)

// Became says in words where findings ended.
func Became(s outcome.Sum) string {
	var parts []string
	for _, r := range outcome.Results {
		if n := s.Of(r); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(r), "_", " ")))
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("%s in letters that left: %s", Count(s.Findings, "finding"), strings.Join(parts, ", ")), ": ")
}
