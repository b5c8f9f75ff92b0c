package desk

import (
	"archive/zip"
	"net/url"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
)

// A language's words are released at the desk by somebody who has no account, and
// no letter is approved without.
func TestWordsAreReleasedAtTheDesk(t *testing.T) {
	c := drafted(t, 4)
	campaigntest.Edit(t, c.Folder(), "[campaign]", "[campaign]\nreleased_by = [\"lawyer\", \"press office\"]")
	c = campaigntest.Open(t, c.Folder(), nil)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	id := ids(t, c)[0]
	approve := func() answer { return v.post("/letters/"+id+"/approve", "hash", v.get("/letters/"+id).hash(t)) }
	approve().has(t, 409, "The words of this letter are not released")
	v.get("/words").has(t, 200, "press office", "pack.zip")
	all, err := campaign.WordsOf(t.Context(), c)
	campaigntest.Must(t, err)
	for _, w := range all {
		if len(w.Needed) != 2 || w.Letters == 0 {
			t.Errorf("%+v", w)
		}
		v.post("/words", "language", w.Language, "version", w.Version, "as", "lawyer", "name", " ").has(t, 422, "Say who releases them")
		v.post("/words", "language", w.Language, "version", "000000000000", "as", "lawyer", "name", "Ada").has(t, 409, "changed since they were read", `value="Ada"`)
		v.post("/words", "language", w.Language, "version", w.Version, "as", "nobody", "name", "Ada").has(t, 400)
		v.post("/words", "language", w.Language, "as", "lawyer", "name", "Ada").has(t, 400)
		for _, as := range w.Needed {
			v.post("/words", "language", w.Language, "version", w.Version, "as", as, "name", hostile).has(t, 200, "The release is written down", "&lt;script")
		}
	}
	approve().has(t, 200)
	v.post("/words/withdraw", "language", all[0].Language, "version", all[0].Version, "as", "lawyer").has(t, 200, "The release is taken back")
	id = ids(t, c)[1]
	for _, lang := range []string{"en", "de"} {
		if lang == all[0].Language {
			continue
		}
		v.post("/words", "language", lang, "version", all[1].Version, "as", "lawyer", "name", "Ada")
	}
	if _, err := c.ApproveAll(t.Context(), "anna"); err != nil {
		t.Error(err)
	}
	if e, err := c.Entry(t.Context(), id); err != nil || e.State != "drafted" && strings.Contains(e.Words, all[0].Language+"=") {
		t.Errorf("%s is %s, %v", e.ID, e.State, err)
	}
}

// Who releases words reads letters of each kind, and their English.
func TestWordsAreReadFromAPack(t *testing.T) {
	c := drafted(t, 2)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/words").has(t, 200, "Nobody has to release words", "released_by")
	a := v.get("/words/de/pack.zip")
	a.has(t, 200)
	r, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
	campaigntest.Must(t, err)
	of := map[string]int{}
	for _, f := range r.File {
		lang, _, _ := strings.Cut(f.Name, "-")
		of[lang]++
	}
	if of["de"] < 5 || of["en"] != of["de"] || len(of) != 2 {
		t.Errorf("files by language: %v", of)
	}
	v.get("/words/xx/pack.zip").has(t, 404)
	v.get("/words/"+url.PathEscape("../x")+"/pack.zip").has(t, 404)
}
