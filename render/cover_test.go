package render_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"testing"

	"headsup/finding"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
)

func TestHostileValuesInTheMailRoom(t *testing.T) {
	alone(t)
	p := &paper{}
	on, set := renderer(t, render.Options{Printer: p}), renderer(t, render.Options{Printer: printer(t)})
	calm := example("en")
	for _, v := range hostile {
		t.Run(fmt.Sprintf("%.30q", v), func(t *testing.T) {
			shown := finding.Clean(v, 300)
			e := render.Enclosure{ID: v, Country: v, Postcode: v, Recipient: v, Pages: 3}
			batch := []render.Enclosure{e, e}
			checkList(t, render.List(batch), 3)
			if _, err := on.Cover(poisoned(calm, v).Agency, calm.Date, batch); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.last.Title, p.last.Head, p.last.Author, p.last.Continue, p.last.Parts); escape.MatchString(got) {
				t.Errorf("on paper: %q", got)
			}
			rows := p.last.Parts[0].Blocks[1].Rows
			if len(rows) != 2 || !slices.Equal(rows[1], []string{"2", shown, shown, shown, shown, "3"}) {
				t.Errorf("rows %q", rows)
			}
			file, err := set.Cover(calm.Agency, calm.Date, batch)
			if err != nil {
				t.Fatal(err)
			}
			checkPages(t, file)
			inBatch(t, v, file)
			var missing *typeset.MissingGlyph
			if _, err := set.Cover(poisoned(calm, v).Agency, calm.Date, batch); err != nil && !errors.As(err, &missing) {
				t.Error(err)
			}
		})
	}
}

// checkList checks that the list has as many rows, and nothing that a
// spreadsheet takes for more than text.
func checkList(t *testing.T, list []byte, want int) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(list)).ReadAll()
	if err != nil || len(rows) != want {
		t.Fatalf("%d rows, want %d: %v", len(rows), want, err)
	}
	checkInert(t, rows[1:])
}

// inBatch puts a cover into a batch that is called v.
func inBatch(t *testing.T, v string, cover []byte) {
	t.Helper()
	var out bytes.Buffer
	b := pdf.NewBatch(&out, pdf.Letter{ID: "batch", Title: v, Author: v, Lang: v})
	if err := errors.Join(b.Add(cover), b.Close()); err != nil {
		t.Fatal(err)
	}
	checkPages(t, out.Bytes())
}
