package sheet

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"headsup/pattern"
)

//go:embed months.txt
var monthNames string

// monthsByName returns the names of months in small letters, each with the
// months that it is one of: listopad is October in Croatian and November in
// Czech.
var monthsByName = sync.OnceValue(func() map[string][]int {
	all := map[string][]int{}
	for line := range strings.Lines(monthNames) {
		if names := strings.Fields(strings.ToLower(line)); len(names) == 13 && line[0] != '#' {
			for i, name := range names[1:] {
				if !slices.Contains(all[name], i+1) {
					all[name] = append(all[name], i+1)
				}
			}
		}
	}
	return all
})

// monthsOf returns the months that a word in small letters may mean: by an
// English name or its beginning, else by a name in another language, else by
// the beginning of one.
func monthsOf(word string) []int {
	word = strings.TrimSuffix(word, ".")
	if m := month(word); m > 0 {
		return []int{m}
	}
	if utf8.RuneCountInString(word) < 3 || strings.Trim(word, "0123456789") == "" {
		return nil
	}
	if found := monthsByName()[word]; found != nil {
		return found
	}
	var found []int
	for name, months := range monthsByName() {
		if !strings.HasPrefix(name, word) {
			continue
		}
		for _, m := range months {
			if !slices.Contains(found, m) {
				found = append(found, m)
			}
		}
	}
	slices.Sort(found)
	return found
}

var (
	signs     = pattern.New(`(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]`)
	signClock = pattern.New(`(\d{1,2}) ?[時时시] ?(\d{1,2}) ?[分분](?: ?(\d{1,2}) ?[秒초])?`)
	signHalf  = pattern.New(`(午前|上午|오전|午後|下午|오후) ?(\d{1,2}:\d{2}(?::\d{2})?)`)
	hours     = pattern.New(`(^|[ ,])(\d{1,2}) ?h ?(\d{2})(?: ?m(?:in)? ?(\d{2}) ?s?)?( |$)`)
	points    = pattern.New(`^(.*\d{4}[\d.,/-]*(?: \pL+\.?)?) (\d{1,2})\.(\d{2})(?:\.(\d{2}))?( .*)?$`)
)

// fillers are words that stand in dates and say nothing.
var fillers = []string{"at", "on", "of", "um", "uhr", "kl", "kl.", "klo", "den", "am", "le", "de", "del", "à", "às", "a", "las", "alle", "ore",
	"om", "г.", "года", "р.", "в", "о"}

// plainTime writes a time that is written with signs, points or the h of hours
// as others are: 2026年3月6日 23時41分, 6.3.2026 23.41, 23h41. Three digits or
// more are left as they are.
func plainTime(s string) string {
	s = signs.ReplaceAllString(s, "$1-$2-$3 ")
	if m := signClock.FindStringSubmatchIndex(s); m != nil {
		s = s[:m[0]] + clockOf(s, m[2:]) + s[m[1]:]
	}
	if m := signHalf.FindStringSubmatchIndex(s); m != nil {
		half := " AM"
		if strings.Contains("午後下午오후", s[m[2]:m[3]]) {
			half = " PM"
		}
		s = s[:m[0]] + s[m[4]:m[5]] + half + s[m[1]:]
	}
	if strings.Contains(s, ":") {
		return s
	}
	if m := hours.FindStringSubmatchIndex(s); m != nil {
		return s[:m[3]] + clockOf(s, m[4:]) + s[m[10]:]
	}
	if m := points.FindStringSubmatchIndex(s); m != nil {
		rest := s[max(m[7], m[9]):]
		return s[:m[3]] + " " + clockOf(s, m[4:]) + rest
	}
	return s
}

// clockOf writes hour, minute and second, which stand in s at these places, as
// others do; there may be no second.
func clockOf(s string, at []int) string {
	two := func(i int) string {
		if at[i] < 0 {
			return "00"
		}
		return ("0" + s[at[i]:at[i+1]])[at[i+1]-at[i]-1:]
	}
	return two(0) + ":" + two(2) + ":" + two(4)
}
