package inbox

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// reported reads the blocks of a delivery report (RFC 3464 §2.3).
func (m *message) reported() []Recipient {
	var rs []Recipient
	for _, f := range m.status {
		address := reportedAddress(f)
		if address == "" {
			continue
		}
		r := Recipient{
			Address: clean(address), Action: action(f.Get("Action")), Status: statusCode.FindString(f.Get("Status")),
			Text: clean(diagnostic(f.Get("Diagnostic-Code"))),
		}
		if r.Action == "" {
			r.Action = inferred(r.Status)
		}
		if !slices.ContainsFunc(rs, func(o Recipient) bool { return strings.EqualFold(o.Address, r.Address) }) {
			rs = append(rs, r)
		}
	}
	return rs
}

// reportedAddress is the recipient that a block is about: the final one, or
// where that is none of the Internet, the one that was asked for.
func reportedAddress(f fields) string {
	first := ""
	for _, name := range []string{"Final-Recipient", "Original-Recipient", "X-Actual-Recipient"} {
		value := f.Get(name)
		if _, after, typed := strings.Cut(value, ";"); typed {
			value = after
		}
		a := trimmed(firstAddress(strings.TrimSpace(value)))
		if strings.Contains(a[strings.IndexByte(a, '@')+1:], ".") {
			return a
		}
		first = cmp.Or(first, a)
	}
	return first
}

var letters = regexp.MustCompile(`^[a-z]+`)

// action reads the first word of an Action field.
func action(s string) Action {
	a := Action(letters.FindString(strings.ToLower(strings.TrimSpace(s))))
	if a == "failure" || a == "fail" || a == "error" { // some servers' words for it
		return ActionFailed
	}
	return a
}

var statusCode = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)

// inferred is the action of a report that states none.
func inferred(status string) Action {
	switch {
	case strings.HasPrefix(status, "5"):
		return ActionFailed
	case strings.HasPrefix(status, "2"):
		return ActionDelivered
	}
	return ActionDelayed
}

// diagnostic is a Diagnostic-Code without its type.
func diagnostic(s string) string {
	if kind, text, ok := strings.Cut(s, ";"); ok && !strings.Contains(strings.TrimSpace(kind), " ") {
		return strings.TrimSpace(text)
	}
	return s
}
