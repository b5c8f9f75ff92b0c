// Package said tells what a customer's answer to a letter about reports comes to:
// that it is fixed, that help is wanted, that it was not them, or something that
// a person has to read.
//
// It knows the answers that the letters offer, and how people say the same in
// each of their languages. It decides nothing about a case.
package said

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"headsup/render/prose"
)

// The words for what a customer says.
const (
	Fixed = "fixed"
	Help  = "help"
	NotMe = "not me"
	Else  = "something else"
)

// Means says what a customer's answer comes to. Where it says more than one
// thing, or none of them, a person has to read it.
func Means(text string) string {
	text = strings.ReplaceAll(text, prose.WordBreak, "")
	var own []string
	for line := range strings.Lines(text) {
		if l := strings.TrimSpace(line); !strings.HasPrefix(l, ">") {
			own = append(own, l)
		}
	}
	if what, ok := answered(own); ok {
		return what
	}
	low := " " + strings.ToLower(norm.NFC.String(strings.ReplaceAll(strings.Join(own, " "), "'", "’"))) + " "
	has := func(phrases []string) bool {
		return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(low, p) })
	}
	var help, notMe, fixed bool
	for _, s := range sayings {
		help, notMe, fixed = help || has(s.help), notMe || has(s.notMe), fixed || has(s.fixed)
	}
	switch {
	case help: // whoever asks for help gets it, whatever else is said
		return Help
	case notMe && !fixed:
		return NotMe
	case fixed && !notMe:
		return Fixed
	}
	return Else
}
