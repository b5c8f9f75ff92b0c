package desk

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/campaign/reports"
	"headsup/outcome/figures"
	"headsup/render/report"
	"headsup/web/guard"
)

// reportRoutes are the pages for who answers for the campaign.
func reportRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /report":      {people.ToRead, with(d, reportPage)},
		"POST /report":     {people.ToRead, with(d, reportAnew)},
		"GET /report.html": {people.ToRead, with(d, reportFile)},
	}
}

// reporting is the errand that makes the report's figures, which reads the whole
// campaign.
const reporting = "report"

// outcomePage is the report of the house, on a page of the desk.
type outcomePage struct {
	*frame
	report.Page
	Made   time.Time // of the figures; zero: there are none yet
	Errand *errand
	Langs  []string
}

// Title is that of the page.
func (p outcomePage) Title() string { return p.frame.Title }

// Lang and Dir are those of the desk; the report may have others.
func (p outcomePage) Lang() string { return p.frame.Lang }
func (p outcomePage) Dir() string  { return p.frame.Dir }

func reportPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := d.full(r, f, f.T("report.title")); err != nil {
		return err
	}
	if made(d) == nil && errandOf(d, reporting) == nil {
		makeReport(d, f.Person)
	}
	p := outcomePage{frame: f, Errand: errandOf(d, reporting), Langs: report.Languages()}
	if r := made(d); r != nil {
		p.Page, p.Made = report.Make(*r, reportLanguage(d, f)), r.Made
	}
	return d.show(w, http.StatusOK, "report", p)
}

// made are the figures that were made last, or nil.
func made(d *Desk) *figures.Report {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.figures
}

// makeReport makes the figures anew, and waits for them as long as a page may.
func makeReport(d *Desk, by string) {
	await(run(d, reporting, by, func(ctx context.Context, _ func(campaign.Event)) error {
		r, err := reports.Figures(ctx, d.c, time.Now())
		if err == nil {
			d.mu.Lock()
			d.figures = &r
			d.mu.Unlock()
		}
		return err
	}))
}

// reportLanguage is that of the desk, if reports have words in it, or the house's own.
func reportLanguage(d *Desk, f *frame) string {
	if slices.Contains(report.Languages(), f.Lang) {
		return f.Lang
	}
	return reports.Language(d.c, "")
}

func reportAnew(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	makeReport(d, f.Person)
	http.Redirect(w, r, "/report", http.StatusSeeOther)
	return nil
}

// reportFile is the report as a file that needs nothing else, in a language that
// was asked for.
func reportFile(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	figures := made(d)
	if figures == nil {
		return errNoPage
	}
	lang := reportLanguage(d, f)
	if asked := r.URL.Query().Get("lang"); slices.Contains(report.Languages(), asked) {
		lang = asked
	}
	var b bytes.Buffer
	if err := report.Write(&b, *figures, lang); err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", guard.Hostile)
	return file(w, r, "text/html; charset=utf-8", disposition("attachment", "report-"+d.c.ID()+"-"+lang+".html"), b.Bytes())
}
