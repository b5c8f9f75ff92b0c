package inbox

import (
	"cmp"
	"slices"
	"strings"

	"headsup/letter"
	"headsup/pattern"
)

// reported reads the blocks of a delivery report (RFC 3464 §2.3).
func (m *parsed) reported() []letter.Recipient {
	var rs []letter.Recipient
	for _, f := range m.status {
		address := reportedAddress(f)
		if address == "" {
			continue
		}
		r := letter.Recipient{
			Address: clean(address), Action: action(f.Get("Action")), Status: statusCode.FindString(f.Get("Status")),
			Text: clean(diagnostic(f.Get("Diagnostic-Code"))),
		}
		if r.Action == "" {
			r.Action = inferred(r.Status)
		}
		if !slices.ContainsFunc(rs, func(o letter.Recipient) bool { return strings.EqualFold(o.Address, r.Address) }) {
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

var letters = pattern.New(`^[a-z]+`)

// action reads the first word of an Action field. It is empty for a word that
// is none of RFC 3464: what strangers invent must not get into a letter's history.
func action(s string) letter.Action {
	a := letter.Action(letters.FindString(strings.ToLower(strings.TrimSpace(s))))
	if slices.Contains(letter.Actions, a) {
		return a
	}
	return otherActions[a]
}

// otherActions are servers' own words for actions.
var otherActions = map[letter.Action]letter.Action{
	"failure":       letter.ActionFailed,
	"fail":          letter.ActionFailed,
	"error":         letter.ActionFailed,
	"expired":       letter.ActionFailed,
	"undeliverable": letter.ActionFailed,
	"undelivered":   letter.ActionFailed,
	"bounced":       letter.ActionFailed,
	"returned":      letter.ActionFailed,
	"rejected":      letter.ActionFailed,
	"delay":         letter.ActionDelayed,
	"deferred":      letter.ActionDelayed,
	"deliverable":   letter.ActionDelivered, // of an address that Postfix was asked to verify
}

var statusCode = pattern.New(`\b[245]\.\d{1,3}\.\d{1,3}\b`)

// inferred is the action of a report that states none.
func inferred(status string) letter.Action {
	switch {
	case strings.HasPrefix(status, "5"):
		return letter.ActionFailed
	case strings.HasPrefix(status, "2"):
		return letter.ActionDelivered
	}
	return letter.ActionDelayed
}

// diagnostic is a Diagnostic-Code without its type.
func diagnostic(s string) string {
	if kind, text, ok := strings.Cut(s, ";"); ok && !strings.Contains(strings.TrimSpace(kind), " ") {
		return strings.TrimSpace(text)
	}
	return s
}
