package render

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"time"

	"headsup/letter"
	"headsup/render/pdf"
	"headsup/render/prose"
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

// Cover writes the list that lies on top of a printed batch: for the house
// alone, in English, and on its own paper. It needs a Printer.
func (r *Renderer) Cover(a letter.Agency, day time.Time, batch []Enclosure) ([]byte, error) {
	table := prose.Block{Kind: prose.Table, Head: []string{"No.", "Country", "Postcode", "Recipient", "Reference", "Pages"},
		LTR: []bool{true, true, true, false, true, true}}
	pages := 0
	for i, e := range batch {
		pages += e.Pages
		table.Rows = append(table.Rows, []string{strconv.Itoa(i + 1), clean(e.Country), clean(e.Postcode), clean(e.Recipient), clean(e.ID), strconv.Itoa(e.Pages)})
	}
	name := clean(a.Name)
	title := fmt.Sprintf("Cover list: %d letters on %d pages", len(batch), pages)
	return r.printer.Print(pdf.Letter{
		ID: "cover", Title: title, Author: name, Date: day, Form: a.Form, Lang: "en",
		Head:    pdf.Letterhead{Name: name, Lines: headLines(a, "en"), Logo: a.Logo},
		Instead: []string{"For the mail room"},
		Info:    []pdf.Field{{Label: "Date", Value: r.locales["en"].FmtDateLong(day)}},
		Parts: []prose.Doc{{Lang: "en", Blocks: []prose.Block{
			sentence("The letters follow in this order, by country and postcode. Each begins on a new page. Please keep this list; it is not for the post."), table}}},
		PageOf:   func(page, of int) string { return fmt.Sprintf("Page %d of %d", page, of) },
		Continue: name + " · " + title,
	})
}
