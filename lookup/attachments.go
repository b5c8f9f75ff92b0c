package lookup

import (
	"fmt"
	"slices"
	"strings"
)

// The files that may come with a letter.
const (
	CSV  = "csv"  // all findings, as a table
	XARF = "xarf" // reports for machines
	PDF  = "pdf"  // the letter as it is printed

	NoAttachments = "none"
)

// Attachments lists the files that may come with a letter.
var Attachments = []string{CSV, XARF, PDF}

// ParseAttachments reads which files come with a letter: some of [Attachments],
// in any order, or [NoAttachments] alone. It returns them in their own order with
// spaces between, and [NoAttachments] for an empty list.
func ParseAttachments(names []string) (string, error) {
	var set []string
	for _, n := range names {
		n = strings.ToLower(strings.TrimSpace(n))
		switch {
		case n == NoAttachments && len(names) == 1:
		case !slices.Contains(Attachments, n):
			return "", fmt.Errorf("attachments: none of %s: %q", strings.Join(Attachments, ", "), n)
		case slices.Contains(set, n):
			return "", fmt.Errorf("attachments: %q twice", n)
		default:
			set = append(set, n)
		}
	}
	if len(set) == 0 {
		return NoAttachments, nil
	}
	slices.SortFunc(set, func(a, b string) int { return slices.Index(Attachments, a) - slices.Index(Attachments, b) })
	return strings.Join(set, " "), nil
}
