package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"headsup/finding"
)

// Key is the same for one event whoever tells of it: address, port, kind and
// the minute. An event without a moment is told apart by what it says instead:
// the reading of a clock, a day. The key of an event without an address is made
// of its URL.
func (e Event) Key() string {
	when := e.Seen.String()
	if at, ok := e.Seen.At(); ok {
		when = at.UTC().Truncate(time.Minute).Format("2006-01-02T15:04Z")
	} else if len(when) > len("2006-01-02T15:04") {
		when = when[:len("2006-01-02T15:04")]
	}
	who := strings.ToLower(e.URL)
	if e.Addr.IsValid() {
		who = e.Addr.String()
	}
	return fmt.Sprintf("%s %s %s %s", who, strconv.Itoa(int(e.Port)), e.Kind, when)
}

// evidenceOf makes lines of a text evidence: printable, cut, with their ends.
func evidenceOf(text string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(text, "\n") {
		if l = finding.Clean(l, maxValue); l == "" {
			continue
		}
		if b.Len()+len(l) > maxEvidence {
			break
		}
		b.WriteString(l + "\n")
	}
	return strings.TrimSpace(b.String())
}
