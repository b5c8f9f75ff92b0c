package report

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed months.txt
var monthFile string

// months are the months that a name means in some language: mostly one.
var months = sync.OnceValue(func() map[string][]int {
	out := map[string][]int{}
	for line := range strings.Lines(monthFile) {
		_, lists, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
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
})

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
