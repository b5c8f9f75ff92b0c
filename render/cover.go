package render

import (
	"bytes"
	_ "embed" // cover.toml
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
	"headsup/templates"
)

// An Enclosure is one letter of a printed batch, as the mail room sees it.
type Enclosure struct {
	ID        string `json:"id"`
	Country   string `json:"country"` // ISO 3166-1, or empty
	Postcode  string `json:"postcode"`
	Recipient string `json:"recipient"`
	Pages     int    `json:"pages"`
	Postage   string `json:"postage,omitempty"` // by the tariff, where there is one

	Agency string `json:"-"`
	Hash   string `json:"-"` // of the letter's bytes
}

// List writes the batch as a table for programs: CSV with a header (RFC 4180).
func List(batch []Enclosure) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	franked := slices.ContainsFunc(batch, func(e Enclosure) bool { return e.Postage != "" })
	row := func(e Enclosure, cells ...string) {
		if franked {
			cells = append(cells, e.Postage)
		}
		w.Write(cells)
	}
	row(Enclosure{Postage: "postage"}, "no", "country", "postcode", "recipient", "reference", "pages")
	for i, e := range batch {
		row(e, strconv.Itoa(i+1), inert(e.Country), inert(e.Postcode), inert(e.Recipient), inert(e.ID), strconv.Itoa(e.Pages))
	}
	w.Flush() // to memory: cannot fail
	return b.Bytes()
}

// CoverWords are the words of the cover list in one language.
type CoverWords struct {
	Title     string `toml:"title"`
	Room      string `toml:"room"` // whom the list is for
	No        string `toml:"no"`
	Country   string `toml:"country"`
	Postcode  string `toml:"postcode"`
	Recipient string `toml:"recipient"`
	Letters   string `toml:"letters"` // before how many they are
	Pages     string `toml:"pages"`
	Order     string `toml:"order"` // what to do with letters and list
}

//go:embed cover.toml
var coverFile []byte

var coverWords = sync.OnceValue(func() (words map[string]CoverWords) {
	if err := toml.NewDecoder(bytes.NewReader(coverFile)).DisallowUnknownFields().Decode(&words); err != nil {
		panic(fmt.Errorf("cover.toml: %w", err)) // a test reads them all
	}
	return words
})

// Cover writes the list that lies on top of a printed batch: for the house
// alone, in a language of its own, and on its own paper. It is in English
// where the language has no words for it, or no font is there to write them. It
// needs a Printer.
func (r *Renderer) Cover(lang string, a letter.Agency, day time.Time, batch []Enclosure) ([]byte, error) {
	const english = "en"
	words, ok := coverWords()[lang]
	if !ok || r.set.File(templates.Frame, lang) == nil {
		lang, words = english, coverWords()[english]
	}
	list, err := r.printer.Print(words.page(r, lang, a, day, batch))
	var missing *typeset.MissingGlyph
	if lang != english && errors.As(err, &missing) {
		return r.printer.Print(coverWords()[english].page(r, english, a, day, batch))
	}
	return list, err
}

// page is the list as it is printed.
func (w CoverWords) page(r *Renderer, lang string, a letter.Agency, day time.Time, batch []Enclosure) pdf.Letter {
	labels := r.set.File(templates.Frame, lang).Labels
	table := prose.Block{Kind: prose.Table, Head: []string{w.No, w.Country, w.Postcode, w.Recipient, labels.Reference, w.Pages},
		LTR: []bool{true, true, true, false, true, true}}
	pages := 0
	for i, e := range batch {
		pages += e.Pages
		table.Rows = append(table.Rows, []string{strconv.Itoa(i + 1), clean(e.Country), clean(e.Postcode), clean(e.Recipient), clean(e.ID), strconv.Itoa(e.Pages)})
	}
	name := clean(nameOf(a, lang))
	title := fmt.Sprintf("%s · %s: %d · %s: %d", w.Title, w.Letters, len(batch), w.Pages, pages)
	return pdf.Letter{
		ID: "cover", Title: title, Author: name, Date: day, Form: a.Form, Lang: lang, RTL: prose.RTL(lang),
		Head:     pdf.Letterhead{Name: name, Lines: headLines(a, lang), Logo: a.Logo},
		Instead:  []string{w.Room},
		Info:     []pdf.Field{{Label: labels.Date, Value: r.date(letter.Letter{To: lookup.Contact{Country: a.Home()}}, lang, day)}},
		Parts:    []prose.Doc{{Lang: lang, RTL: prose.RTL(lang), Blocks: []prose.Block{sentence(w.Order), table}}},
		PageOf:   func(page, of int) string { return fmt.Sprintf(labels.Page, page, of) },
		Continue: name + " · " + title,
	}
}
