package said

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"headsup/pattern"
	"headsup/render/prose"
	"headsup/templates"
)

var strong = pattern.New(`\*\*([^*\n]+)\*\*`)

// offered are the answers that letters about reports offer, each with what it
// means, in all languages: the last three strong words of a letter are its
// words for "fixed", "help" and "not you".
var offered = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	names, err := fs.Glob(templates.Builtin, templates.Reported+"/*.md")
	if err != nil {
		panic("said: " + err.Error()) // built in: it is there
	}
	for _, name := range names {
		text, err := fs.ReadFile(templates.Builtin, name)
		if err != nil {
			panic("said: " + err.Error())
		}
		all := strong.FindAllStringSubmatch(string(text), -1)
		if len(all) < 3 {
			panic(fmt.Sprintf("said: %s offers no three answers", name)) // a test reads them all
		}
		for i, what := range []string{Fixed, Help, NotMe} {
			words[alone(all[len(all)-3+i][1])] = what
		}
	}
	return words
})

// alone is a line as it is compared with what letters offer: in small letters,
// without the signs around it and the places at which Thai may be broken.
func alone(line string) string {
	line = strings.ReplaceAll(line, prose.WordBreak, "")
	return strings.TrimFunc(strings.ToLower(norm.NFC.String(line)), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
}

// answered says what the first line means, where it is nothing but an answer that
// letters offer.
func answered(lines []string) (what string, ok bool) {
	for _, l := range lines {
		if word := alone(l); word != "" {
			what, ok = offered()[word]
			return what, ok
		}
	}
	return "", false
}
