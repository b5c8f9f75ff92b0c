package figures

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"headsup/letter"
	"headsup/outcome"
	"headsup/sheet"
)

// A Sheet is a table as a file: its heads, and rows as long.
type Sheet struct {
	Name  string // such as "country.csv"
	Heads []string
	Rows  [][]string
}

// Write writes the sheet as CSV. No cell is taken for a formula.
func (s Sheet) Write(w io.Writer) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range append([][]string{s.Heads}, s.Rows...) {
		safe := make([]string, len(row))
		for i, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil {
				cell = sheet.Inert(cell)
			}
			safe[i] = cell
		}
		if err := c.Write(safe); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Sheets are all tables of the report.
func (r Report) Sheets() []Sheet {
	sum, looks := Sheet{Name: "sum.csv", Heads: []string{"place", "rows"}}, Sheet{Name: "outcome.csv", Heads: []string{"result", "findings"}}
	for _, p := range Places(r.Sum) {
		sum.Rows = append(sum.Rows, []string{string(p.Fate), strconv.Itoa(p.N)})
	}
	for _, k := range outcome.Results {
		looks.Rows = append(looks.Rows, []string{string(k), strconv.Itoa(r.Outcome.Of(k))})
	}
	funnel := Sheet{Name: "funnel.csv", Heads: []string{"step", "n"}}
	for _, s := range r.Funnel {
		funnel.Rows = append(funnel.Rows, []string{string(s.Name), strconv.Itoa(s.N)})
	}
	all := []Sheet{sum, funnel, looks}
	for _, t := range r.Tables {
		all = append(all, t.sheet())
	}
	all = append(all, Sheet{Name: "curve.csv", Heads: []string{"day", "open", "low", "high"}, Rows: pointRows(r.Curve)})
	if r.Experiment != nil {
		all = append(all, r.Experiment.sheets()...)
	}
	if r.Repeats != nil {
		all = append(all, r.Repeats.sheet())
	}
	return all
}

func (t Table) sheet() Sheet {
	s := Sheet{Name: t.By + ".csv", Heads: []string{t.By, "letters", "left", "delivered", "answered", "findings", "judged", "fixed", "uncertain",
		"unlooked", "organisations", "fixed_by_organisation", "low", "high", "fixed_by_finding", "low_by_finding", "high_by_finding"}}
	for _, r := range t.Rows {
		row := []string{r.Value}
		for _, n := range []int{r.Letters, r.Left, r.Delivered, r.Answered, r.Findings, r.Judged, r.Fixed, r.Uncertain, r.Unlooked, r.Organisations} {
			row = append(row, strconv.Itoa(n))
		}
		s.Rows = append(s.Rows, append(append(row, r.ByOrg.cells()...), r.ByFinding.cells()...))
	}
	return s
}

// cells are the value and its interval, empty where nothing can be said.
func (e *Estimate) cells() []string {
	if e == nil {
		return []string{"", "", ""}
	}
	return []string{decimal(e.Value), decimal(e.Low), decimal(e.High)}
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

func pointRows(points []Point) (rows [][]string) {
	for _, p := range points {
		rows = append(rows, append([]string{fmt.Sprint(p.Day)}, p.cells()...))
	}
	return rows
}

func (x *Experiment) sheets() []Sheet {
	arms := Sheet{Name: "arms.csv", Heads: []string{"arm", "organisations", "findings", "judged", "fixed", "uncertain", "unlooked",
		"fixed_by_organisation", "low", "high", "fixed_by_finding", "low_by_finding", "high_by_finding"}}
	curves := Sheet{Name: "arm_curves.csv", Heads: []string{"arm", "day", "open", "low", "high"}}
	for _, a := range x.Arms {
		row := []string{a.Name}
		for _, n := range []int{a.Organisations, a.Findings, a.Judged, a.Fixed, a.Uncertain, a.Unlooked} {
			row = append(row, strconv.Itoa(n))
		}
		arms.Rows = append(arms.Rows, append(append(row, a.ByOrg.cells()...), a.ByFinding.cells()...))
		for _, p := range pointRows(a.Curve) {
			curves.Rows = append(curves.Rows, append([]string{a.Name}, p...))
		}
	}
	differ := Sheet{Name: "differences.csv", Heads: []string{"arm", "base", "difference", "low", "high", "p", "p_adjusted", "caused", "caused_low", "caused_high"}}
	for _, d := range x.Differences {
		row := append(append([]string{d.Arm, d.Base}, d.ByOrg.cells()...), decimal(d.P), decimal(d.Adjusted))
		differ.Rows = append(differ.Rows, append(row, d.Caused.cells()...))
	}
	return []Sheet{arms, differ, curves}
}

// A Placed counts the rows that ended in one place.
type Placed struct {
	Fate letter.Fate
	N    int
}

// Places lists where the rows of a sum are, each in one place: their numbers
// add up to its Rows where [letter.Sum.Check] finds nothing.
func Places(s letter.Sum) []Placed {
	all := []Placed{
		{letter.FateLettered, s.Lettered}, {letter.FateHeld, s.Held}, {letter.FateSuppressed, s.Suppressed}, {letter.FateNoContact, s.NoContact},
		{letter.FateFailed, s.Failed}, {letter.FateSpecial, s.Special}, {letter.FateDuplicate, s.Duplicate}, {letter.FateRejected, s.Rejected},
		{letter.FateWaiting, s.Waiting}, {letter.FateWithdrawn, s.Withdrawn}, {Undecided, s.Findings},
	}
	kept := all[:0]
	for _, p := range all {
		if p.N > 0 {
			kept = append(kept, p)
		}
	}
	return kept
}

// Undecided is the place of rows that nobody has decided about yet.
const Undecided letter.Fate = "undecided"
