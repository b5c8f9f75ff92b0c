package report

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"headsup/outcome/figures"
	"headsup/render/prose"
)

// The words of the report, a file for each language. What a file lacks, and
// languages without a file, are English.
//
//go:embed words/*.toml
var wordFiles embed.FS

var allWords = sync.OnceValue(func() map[string]map[string]string {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		panic(err)
	}
	all := map[string]map[string]string{}
	for _, f := range files {
		text, err := wordFiles.ReadFile(path.Join("words", f.Name()))
		if err != nil {
			panic(err)
		}
		words := map[string]string{}
		if err := toml.Unmarshal(text, &words); err != nil {
			panic(fmt.Errorf("%s: %w", f.Name(), err)) // a test reads them all
		}
		all[strings.TrimSuffix(f.Name(), ".toml")] = words
	}
	return all
})

// Languages lists those that the report has words in.
func Languages() (langs []string) {
	for lang := range allWords() {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	return langs
}

// A speaker says words and numbers in one language.
type speaker struct {
	lang  string
	words map[string]string
	print *message.Printer
}

// speak returns the speaker of a language, or of its parent, or the English one.
func speak(lang string) speaker {
	tag, err := language.Parse(lang)
	for err == nil && tag != language.Und {
		if words := allWords()[tag.String()]; words != nil {
			lang = tag.String()
			return speaker{lang, words, printer(lang)}
		}
		tag = tag.Parent()
	}
	return speaker{"en", allWords()["en"], printer("en")}
}

// printer writes numbers with the digits in which addresses and dates stand beside them.
func printer(lang string) *message.Printer {
	return message.NewPrinter(language.MustParse(lang + "-u-nu-latn"))
}

func (s speaker) rtl() bool { return prose.RTL(s.lang) }

// say returns words with what belongs into them.
func (s speaker) say(key string, values ...any) string {
	words, ok := s.words[key]
	if !ok {
		words = allWords()["en"][key]
	}
	return fmt.Sprintf(words, values...)
}

// has reports whether there are words.
func (s speaker) has(key string) bool { _, ok := allWords()["en"][key]; return ok }

func (s speaker) count(n int) string { return s.print.Sprint(number.Decimal(n)) }

// whole writes a number of things that was reckoned, not counted.
func (s speaker) whole(v float64) string {
	return s.print.Sprint(number.Decimal(v, number.MaxFractionDigits(0)))
}

func (s speaker) share(v float64) string {
	return s.minus(s.print.Sprint(number.Percent(v, number.MaxFractionDigits(1))))
}

// points writes a difference of shares in percentage points.
func (s speaker) points(v float64) string {
	return s.minus(s.print.Sprint(number.Decimal(100*v, number.MaxFractionDigits(1))))
}

func (s speaker) pointSpan(e figures.Estimate) string {
	return s.between(s.points(e.Low), s.points(e.High))
}

func (s speaker) minus(text string) string { return strings.ReplaceAll(text, "-", "−") }

// p writes a probability.
func (s speaker) p(v float64) string {
	if v < .001 {
		return "< " + s.print.Sprint(number.Decimal(.001, number.MinFractionDigits(3)))
	}
	return s.print.Sprint(number.Decimal(v, number.MinFractionDigits(3), number.MaxFractionDigits(3)))
}

func (s speaker) between(low, high string) string { return s.say("between", low, high) }

func (s speaker) span(e *figures.Estimate) string {
	if e == nil {
		return "–"
	}
	return s.between(s.share(e.Low), s.share(e.High))
}

func (s speaker) value(e *figures.Estimate) string {
	if e == nil {
		return "–"
	}
	return s.share(e.Value)
}

// name is a value of a dimension in words.
func (s speaker) name(by, value string) string {
	tag := language.MustParse(s.lang)
	switch by {
	case "country":
		if r, err := language.ParseRegion(value); err == nil {
			if n := display.Regions(tag).Name(r); n != "" {
				return n
			}
		}
	case "language":
		if l, err := language.Parse(value); err == nil {
			if n := display.Tags(tag).Name(l); n != "" {
				return n
			}
		}
	default:
		if key := by + "_" + value; s.has(key) {
			return s.say(key)
		}
	}
	if value == "" {
		return s.say("unknown")
	}
	return value
}
