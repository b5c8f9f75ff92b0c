package inbox

import (
	"slices"
	"strings"

	"headsup/pattern"
)

// lead and trail are what may stand before and behind an address with which a line begins.
var (
	lead  = pattern.New(`(?i)^[\s>*"'-]*(?:(?:rcpt )?to:?\s*|recipient:?\s*)?[<"']*`)
	trail = pattern.New(`(?i)^[>"']*\s*(?:$|[:;,(\[]|\.(\s|\.|$)| on | - |\s{2,}|error)`)
)

// lineStart returns the address that line begins with, or "".
func lineStart(line string) string {
	rest := line[len(lead.FindString(line)):]
	if at := addrSpec.FindStringIndex(rest); at != nil && at[0] == 0 && trail.MatchString(rest[at[1]:]) {
		return rest[:at[1]]
	}
	return ""
}

// alias stands before the address that a failed one was made from.
var alias = pattern.New(`(?i)(expanded|generated|forwarded|redirected) from\b.*`)

// failedAddresses are the addresses that a report in prose is about: those
// that the server lists in its header; else those below the words that
// announce them; else any in the text; else where the letter went.
func (m *parsed) failedAddresses() []string {
	if listed := m.header["X-Failed-Recipients"]; len(listed) > 0 {
		return unique(addresses(strings.Join(listed, ", ")), nil)
	}
	to := addresses(m.original.Get("To"))
	others := slices.DeleteFunc(m.others(), func(a string) bool { return len(common([]string{a}, to)) > 0 })
	to = unique(to, others)
	texts := []string{alias.ReplaceAllString(m.text, ""), m.text}
	if at := announced.FindStringIndex(texts[0]); at != nil {
		texts = append([]string{texts[0][strings.LastIndex(texts[0][:at[0]], "\n")+1:]}, texts...)
	}
	for _, text := range texts {
		if found := named(text, others, to); len(found) > 0 {
			return found
		}
	}
	return to
}

// named returns the addresses that begin a line of text, unless only another
// one is where the letter went; else any in the text.
func named(text string, others, to []string) []string {
	var starts, all []string
	for line := range strings.SplitSeq(text, "\n") {
		if a := lineStart(line); a != "" {
			starts = append(starts, trimmed(a))
		}
		for _, a := range addrSpec.FindAllString(line, 5) {
			all = append(all, trimmed(a))
		}
		if len(all) > 10*maxRecipients {
			break
		}
	}
	starts, all = unique(starts, others), unique(all, others)
	known := common(all, to)
	switch {
	case len(starts) > 0 && (len(known) == 0 || len(common(starts, to)) > 0):
		return starts
	case len(known) > 0:
		return known
	}
	return all
}

// trimmed takes away what stands before an address without a space: a quotation
// mark, or the type of an attribute of X.400.
func trimmed(a string) string {
	a = strings.TrimLeft(a, "'")
	if len(a) > 5 && strings.EqualFold(a[:5], "smtp=") {
		return a[5:]
	}
	return a
}

// others are the addresses that a report names without meaning them: the
// sender of the letter, the reporter, who helps, and every mail system.
func (m *parsed) others() []string {
	others := append(addresses(m.original.Get("From")), addresses(m.original.Get("Return-Path"))...)
	for _, name := range []string{"From", "To", "Delivered-To", "X-Original-To", "Envelope-To", "Reply-To"} {
		for _, v := range m.header[name] {
			others = append(others, addresses(v)...)
		}
	}
	for line := range strings.SplitSeq(m.text, "\n") {
		if helpLine.MatchString(line) && lineStart(line) == "" && len(others) < 10*maxRecipients {
			others = append(others, addrSpec.FindAllString(line, 5)...)
		}
	}
	for _, a := range addrSpec.FindAllString(m.text, 10*maxRecipients) {
		if daemon.MatchString(a) || office.MatchString(a) {
			others = append(others, a)
		}
	}
	return others
}

func unique(list, without []string) []string {
	var out []string
	is := func(a string) func(string) bool { return func(b string) bool { return strings.EqualFold(a, b) } }
	for _, a := range list {
		if len(out) < maxRecipients && !slices.ContainsFunc(without, is(a)) && !slices.ContainsFunc(out, is(a)) {
			out = append(out, a)
		}
	}
	return out
}

// common returns the addresses that are in both lists.
func common(list, with []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(a string) bool {
		return !slices.ContainsFunc(with, func(b string) bool { return strings.EqualFold(a, b) })
	})
}
