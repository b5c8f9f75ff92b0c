package report

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed months.txt
var monthFile string

//go:embed days.txt
var dayFile string

// solar names the list of the months of Iran's calendar.
const solar = "solar"

// months are the months that a name means in some language: mostly one.
var months = sync.OnceValue(func() map[string][]int {
	return namesIn(monthFile, func(language string) bool { return language != solar })
})

// solarMonths are those of Iran's calendar.
var solarMonths = sync.OnceValue(func() map[string][]int {
	return namesIn(monthFile, func(language string) bool { return language == solar })
})

// weekdays are the days of the week, Monday being 1, that a name means.
var weekdays = sync.OnceValue(func() map[string][]int {
	return namesIn(dayFile, func(string) bool { return true })
})

// namesIn reads lists of names in their order, a line for each language.
func namesIn(file string, wanted func(language string) bool) map[string][]int {
	out := map[string][]int{}
	for line := range strings.Lines(file) {
		language, lists, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' || !wanted(language) {
			continue
		}
		n := 0
		for names := range strings.SplitSeq(lists, ";") {
			n++
			for name := range strings.FieldsSeq(names) {
				name = strings.ReplaceAll(name, "-", " ")
				if known := out[name]; len(known) == 0 || known[0] != n {
					out[name] = append(known, n)
				}
			}
		}
	}
	return out
}

// month reads the name of a month, or returns 0. other is another month that
// the name means elsewhere, or 0.
func month(word string) (n, other int) {
	word = strings.TrimSuffix(strings.ToLower(word), ".")
	found := months()[word]
	if len(found) == 0 {
		found = months()[strings.TrimSuffix(word, "'")]
	}
	switch len(found) {
	case 0:
		return 0, 0
	case 1:
		return found[0], 0
	}
	return found[0], found[1]
}
