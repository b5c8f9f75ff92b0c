package letter

import (
	"slices"
	"strings"

	"headsup/pattern"
)

// A Paper is what became of a letter on paper. It is stored as this text;
// empty: nobody posted it.
type Paper string

const (
	Posted      Paper = "posted"
	Delivered   Paper = "delivered"   // the post says so
	Returned    Paper = "returned"    // the address is no address of theirs: the next contact is written to
	Declined    Paper = "refused"     // they would not take it
	Uncollected Paper = "uncollected" // it waited for them in vain
)

// Papers lists all that can become of paper.
var Papers = []Paper{Posted, Delivered, Returned, Declined, Uncollected}

// Arrived reports whether paper may be with its reader.
func (p Paper) Arrived() bool { return p == Posted || p == Delivered }

// batchName is the form of what names a batch.
var batchName = pattern.New(`\b` + campaignID + `-b\d{1,6}\b`)

// Named finds in a line what the mail room may have scanned: references of
// letters and names of batches, each once, in the order in which they stand.
func Named(line string) (letters, batches []string) {
	line = strings.ToLower(line)
	return each(reference, line), each(batchName, line)
}

func each(form *pattern.Pattern, line string) (found []string) {
	for _, s := range form.FindAllString(line, 100) {
		if !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found
}

// FateOf finds in the cells of a line what became of paper, or nothing.
func FateOf(cells []string) Paper {
	for _, c := range cells {
		if p := Paper(strings.ToLower(strings.TrimSpace(c))); slices.Contains(Papers, p) {
			return p
		}
	}
	return ""
}
