// Package words holds what the desk says, in each of its languages: a file for
// each, with the same keys.
//
// It knows nothing of pages. A key that a language lacks is shown in English.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed *.toml
var files embed.FS

// A Catalog is what the desk says in one language.
type Catalog struct {
	Lang string // BCP 47
	Name string // of the language, in itself
	Dir  string // "ltr" or "rtl"

	tag     language.Tag
	printer *message.Printer
	say     map[string]entry
	below   *Catalog // where a key is not
}

// An entry is a text, or one for each plural form that the language has.
type entry map[string]string

// catalogs are all languages, English first.
var catalogs = sync.OnceValue(func() []*Catalog {
	all, err := load(files)
	if err != nil {
		panic(err) // a test reads each of them
	}
	return all
})

// load reads a file for each language, English first.
func load(in fs.FS) (all []*Catalog, err error) {
	names, err := fs.Glob(in, "*.toml")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		c, err := read(in, n)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *Catalog) int {
		return strings.Compare(strings.TrimPrefix(a.Lang, "en"), strings.TrimPrefix(b.Lang, "en"))
	})
	for _, c := range all[min(1, len(all)):] {
		c.below = all[0]
	}
	return all, nil
}

func read(in fs.FS, name string) (*Catalog, error) {
	text, err := fs.ReadFile(in, name)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := toml.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	lang := strings.TrimSuffix(path.Base(name), ".toml")
	c := &Catalog{Lang: lang, Dir: "ltr", tag: language.Make(lang), say: map[string]entry{}}
	if script, _ := c.tag.Script(); script.String() == "Arab" || script.String() == "Hebr" {
		c.Dir = "rtl"
	}
	digits, err := c.tag.SetTypeForKey("nu", "latn") // as in the addresses, ports and times beside them
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c.printer = message.NewPrinter(digits)
	for key, v := range raw {
		switch v := v.(type) {
		case string:
			c.say[key] = entry{"other": v}
		case map[string]any:
			e := entry{}
			for form, text := range v {
				if !slices.Contains(formNames, form) {
					return nil, fmt.Errorf("%s: %q has the form %q, which no language has", name, key, form)
				}
				e[form] = fmt.Sprint(text)
			}
			c.say[key] = e
		default:
			return nil, fmt.Errorf("%s: %q is neither a text nor forms of one", name, key)
		}
	}
	c.Name = c.say["language"]["other"]
	return c, nil
}

// All lists the languages, English first.
func All() []*Catalog { return catalogs() }

// English is what is said where nothing else is asked for.
func English() *Catalog { return catalogs()[0] }

// Find returns the language of that code, or nil.
func Find(lang string) *Catalog { return find(catalogs(), lang) }

func find(all []*Catalog, lang string) *Catalog {
	for _, c := range all {
		if c.Lang == lang {
			return c
		}
	}
	return nil
}

// maxAccept is the size of an Accept-Language header. What is longer is no browser's.
const maxAccept = 1000

// Accepted returns the language that a browser asks for (RFC 9110 §12.5.4), or
// English.
func Accepted(header string) *Catalog { return accepted(catalogs(), header) }

func accepted(all []*Catalog, header string) *Catalog {
	if len(header) > maxAccept {
		return all[0]
	}
	tags, _, _ := language.ParseAcceptLanguage(header)
	for _, tag := range tags {
		base, _ := tag.Base()
		if c := find(all, base.String()); c != nil {
			return c
		}
	}
	return all[0]
}

// formNames are those of plural forms, as in CLDR and by their numbers in plural.
var formNames = []string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

// form is the plural form that a number takes.
func (c *Catalog) form(n int) string {
	return formNames[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]
}

// T says what stands under a key, with the values of pairs (a name, a value) in
// the place of their {name}. The value of "n" chooses the plural form. A key
// that there is not is shown as itself.
func (c *Catalog) T(key string, pairs ...any) string {
	e, ok := c.say[key]
	if !ok {
		if c.below != nil {
			return c.below.T(key, pairs...)
		}
		return key
	}
	form := "other"
	var replace []string
	for i := 0; i+1 < len(pairs); i += 2 {
		name, text := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		if n, ok := pairs[i+1].(int); ok {
			text = c.Number(n)
			if name == "n" {
				form = c.form(n)
			}
		}
		replace = append(replace, "{"+name+"}", text)
	}
	text, ok := e[form]
	if !ok {
		text = e["other"]
	}
	return strings.NewReplacer(replace...).Replace(text)
}

// Has reports whether there is something under a key, in this language or English.
func (c *Catalog) Has(key string) bool {
	_, ok := c.say[key]
	return ok || c.below != nil && c.below.Has(key)
}

// Number writes a number.
func (c *Catalog) Number(n int) string { return c.printer.Sprint(number.Decimal(n)) }

// Time writes a time to the minute, in UTC and the same in all languages.
func (c *Catalog) Time(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04")
}
