package render

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"headsup/letter"
)

// in returns what there is in a language, or in the language that its tag is
// made from: "de" for "de-AT".
func in[T any](texts map[string]T, lang string) (text T, ok bool) {
	for l := lang; l != ""; l = l[:max(strings.LastIndexByte(l, '-'), 0)] {
		if text, ok = texts[l]; ok {
			return text, true
		}
	}
	return text, false
}

// textIn is in for one line of the settings.
func textIn(texts map[string]string, lang string) string {
	text, _ := in(texts, lang)
	return cleanLong(text)
}

// nameOf returns the agency's name in a language, or else as it is.
func nameOf(a letter.Agency, lang string) string {
	name, _ := in(a.Names, lang)
	return cmp.Or(name, a.Name)
}

// signatoryOf returns who signs, in a language or else as it is.
func signatoryOf(a letter.Agency, lang string) string {
	name, _ := in(a.Signatories, lang)
	return clean(cmp.Or(name, a.Signatory))
}

// postalOf is the agency's address in a language, or else as it is, without
// its name on the first line.
func postalOf(a letter.Agency, lang string) []string {
	lines, ok := in(a.Addresses, lang)
	if !ok {
		lines = a.Address
	}
	lines = slices.Clone(lines)
	if len(lines) > 0 {
		first := clean(lines[0])
		if strings.EqualFold(first, clean(a.Name)) || strings.EqualFold(first, clean(nameOf(a, lang))) {
			lines = lines[1:]
		}
	}
	return lines
}

func answerTo(a letter.Agency) string {
	if a.ReplyTo != "" && !strings.Contains(a.ReplyTo, "*") {
		return a.ReplyTo
	}
	return a.From
}

// languageNames lists languages by their names in a language, between commas of it.
func languageNames(tags []string, lang, comma string) string {
	namer := display.Languages(language.Make(lang))
	var names []string
	for _, tag := range tags {
		name := ""
		if namer != nil {
			name = namer.Name(language.Make(tag))
		}
		names = append(names, cmp.Or(name, autonym(tag)))
	}
	return strings.Join(names, comma)
}
