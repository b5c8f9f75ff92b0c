package letter

import (
	"slices"
	"strings"

	"headsup/lookup"
)

// Attaches reports whether a file of [lookup.Attachments] comes with the mail.
// Reports for machines come to who has machines: what contacts say themselves
// decides, and else customers have none.
func (l Letter) Attaches(file string) bool {
	in := l.Attachments == "" || slices.Contains(strings.Fields(l.Attachments), file)
	if file != lookup.XARF {
		return in
	}
	switch to := l.To; {
	case l.Corrects != "" || to.Reports == lookup.NoReports: // no machine is to take it for findings
		return false
	case to.Reports != "":
		return to.Attachments == "" || in
	case to.Attachments != "":
		return in
	}
	return in && l.To.Role != lookup.Customer
}
