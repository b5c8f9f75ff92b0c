package render_test

import (
	"fmt"
	"html"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	dom "golang.org/x/net/html"

	"headsup/finding"
	"headsup/letter"
	"headsup/render"
	"headsup/templates"
)

var house = letter.Agency{ID: "oca", Name: "Office <for> Example Networks", From: "notices@example.org", ReplyTo: "answers@example.org"}

// site returns every file of the site, with the confirmation of a letter.
func site(t *testing.T) (files map[string]string, confirmation string) {
	t.Helper()
	r := renderer(t, render.Options{Site: "https://advice.example.org/letters"})
	pages, err := r.Site(house, "fr")
	if err != nil {
		t.Fatal(err)
	}
	secret := example("ja")
	secret.Agency = house
	c, err := r.Confirmation(secret, render.Confirming{})
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, p := range append(pages, c) {
		if _, twice := files[p.Name]; twice {
			t.Errorf("%s is written twice", p.Name)
		}
		files[p.Name] = string(p.Data)
	}
	return files, c.Name
}

func TestEveryLinkOfTheSiteLeadsSomewhere(t *testing.T) {
	files, _ := site(t)
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		base := &url.URL{Scheme: "https", Host: "advice.example.org", Path: "/letters/" + name}
		for _, link := range links(t, text) {
			u, err := base.Parse(link)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if u.Scheme == "mailto" {
				continue
			}
			file := strings.TrimPrefix(u.Path, "/letters/")
			if file == "" || strings.HasSuffix(file, "/") {
				file += "index.html"
			}
			target, ok := files[file]
			if u.Host != base.Host || !ok {
				t.Errorf("%s: %s leads to %s, which is not there", name, link, u)
			}
			if u.Fragment != "" && !strings.Contains(target, ` id="`+u.Fragment+`"`) {
				t.Errorf("%s: %s: no such place on the page", name, link)
			}
		}
	}
}

// links lists what a page refers to.
func links(t *testing.T, text string) (links []string) {
	t.Helper()
	root, err := dom.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "action" {
				links = append(links, a.Val)
			}
		}
	}
	return links
}

func TestTheSiteSaysInEveryLanguageWhatTheTemplatesSay(t *testing.T) {
	files, _ := site(t)
	for _, lang := range renderer(t, render.Options{}).Languages() {
		page := files[lang+"/index.html"]
		for _, want := range []string{`<html lang="` + lang + `"`, "smtpd_relay_restrictions", "acl_smtp_rcpt", "promiscuous_relay", "Get-ReceiveConnector",
			"squid -k reconfigure", "auth iponly", "sockd", "/ip socks print", "allow-recursion", "mongod.conf", "Office &lt;for&gt; Example Networks"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: does not say %s", lang, want)
			}
		}
		if got, want := strings.Count(page, "<h3"), strings.Count(files["en/index.html"], "<h3"); got != want {
			t.Errorf("%s: %d products, want %d", lang, got, want)
		}
		if !strings.Contains(files[lang+"/verify/index.html"], "mailto:answers@example.org") {
			t.Errorf("%s: does not say whom to ask", lang)
		}
	}
	if !strings.Contains(files["index.html"], `<html lang="fr"`) {
		t.Error("the root is not in the language of the campaign")
	}
}

func TestAConfirmationGivesNobodyAway(t *testing.T) {
	files, name := site(t)
	secret := example("ja")
	if want := "verify/" + secret.ID + "-" + secret.Code + "/index.html"; name != want {
		t.Errorf("written to %s, want %s", name, want)
	}
	page := files[name]
	for _, want := range []string{secret.ID, secret.Code, `lang="ja"`, `lang="en"`, "noindex", "answers@example.org", "a***@p***.example", "192.0.2.x", "<bdi>advice.example.org</bdi>", "<bdi>2</bdi>"} {
		if !strings.Contains(page, want) {
			t.Errorf("does not say %s", want)
		}
	}
	_, domain, _ := strings.Cut(secret.To.Email, "@")
	for _, leak := range []string{secret.To.Email, domain, secret.To.Org, secret.To.Name, secret.Findings[0].Addr.String(), secret.Networks[0].Handle} {
		if leak != "" && strings.Contains(page, leak) {
			t.Errorf("gives away %q", leak)
		}
	}
}

func TestPagesNeedNothingFromElsewhere(t *testing.T) {
	alone(t)
	files, _ := site(t)
	elsewhere := regexp.MustCompile(`(?i)(src|href|action)="(https?:)?//|@import|url\(|<style|\son[a-z]+=|style="`)
	for name, text := range files {
		if found := elsewhere.FindString(text); found != "" {
			t.Errorf("%s has %s", name, found)
		}
		if path.Ext(name) == ".html" && strings.Contains(text, "<script") && !strings.Contains(name, "verify/") {
			t.Errorf("%s has a script", name)
		}
	}
}

// Each language has another value, so that a few sites have all of them. With
// HEADSUP_LONG=1, every language has every value.
func TestHostileValuesOnTheSite(t *testing.T) {
	alone(t)
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	langs, name := r.Languages(), map[string]string{}
	agency := func(value func(i int) string) letter.Agency {
		a := poisoned(example("ja"), value(0)).Agency
		a.Names = map[string]string{}
		for i, lang := range langs {
			a.Names[lang] = value(i)
			name[lang] = value(i)
		}
		return a
	}
	calm := siteFiles(t, r, agency(func(int) string { return "calm" }))
	step := (len(hostile) + 1) / 2
	switch {
	case os.Getenv("HEADSUP_LONG") == "1":
		step = 1
	case os.Getenv("HEADSUP_REAL") == "1":
		step = 9
	}
	for shift := 0; shift < len(hostile); shift += step {
		files := siteFiles(t, r, agency(func(i int) string { return hostile[(i+shift)%len(hostile)] }))
		if got, want := slices.Sorted(maps.Keys(files)), slices.Sorted(maps.Keys(calm)); !slices.Equal(got, want) {
			t.Fatalf("files %q, want %q", got, want)
		}
		for file, text := range files {
			if path.Ext(file) == ".html" {
				lang, _, _ := strings.Cut(strings.SplitAfterN(text, `<html lang="`, 2)[1], `"`)
				checkSitePage(t, fmt.Sprintf("%s, %.30q", file, name[lang]), text, calm[file], finding.Clean(name[lang], 300))
			}
		}
	}
}

func checkSitePage(t *testing.T, what, text, calm, name string) {
	t.Helper()
	if n, want := tags(text), tags(calm); n != want {
		t.Errorf("%s: %d tags, a calm page has %d", what, n, want)
	}
	if found := escape.FindString(text); found != "" || !utf8.ValidString(text) {
		t.Errorf("%s: has the control character %q", what, found)
	}
	if !strings.Contains(text, "<p class=\"agency\"><bdi>"+strings.ReplaceAll(html.EscapeString(name), "+", "&#43;")+"</bdi>") {
		t.Errorf("%s: does not name %q", what, name)
	}
	if got, want := links(t, text), links(t, calm); !slices.Equal(got, want) {
		t.Errorf("%s: links %q, a calm page has %q", what, got, want)
	}
}

func TestWhereverTheSiteIsItsLinksStayThere(t *testing.T) {
	alone(t)
	for _, place := range []string{"/evil.example", "//evil.example//", "x%0aAllow:%20/", "..%2f", "\"><script>", "a b", "javascript:x", "a?b#c", "%zz", "x\nAllow: /"} {
		files := siteFiles(t, renderer(t, render.Options{Templates: only(t, "en", "fr"), Site: "https://advice.example.org/" + place}), house)
		if text := files["robots.txt"]; strings.Count(text, "\n") != 2 || !strings.Contains(text, "\nDisallow: /") || strings.Contains(text, ": //") {
			t.Errorf("%q: robots.txt: %q", place, text)
		}
		for _, link := range links(t, files["404.html"]) {
			if u, err := url.Parse(link); err != nil || u.Host != "" || u.Scheme != "" && u.Scheme != "mailto" {
				t.Errorf("%q: links to %q: %v", place, link, err)
			}
		}
	}
}

// siteFiles returns the files of a site by their names.
func siteFiles(t *testing.T, r *render.Renderer, a letter.Agency) map[string]string {
	t.Helper()
	pages, err := r.Site(a, "fr")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, p := range pages {
		files[p.Name] = string(p.Data)
	}
	return files
}

// only returns the letters of some languages.
func only(t *testing.T, langs ...string) *templates.Set {
	t.Helper()
	layer := fstest.MapFS{}
	for _, lang := range langs {
		names, err := fs.Glob(templates.Builtin, "*/"+lang+".md")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(templates.Builtin, name)
			if err != nil {
				t.Fatal(err)
			}
			layer[name] = &fstest.MapFile{Data: text}
		}
	}
	set, err := templates.Load(layer)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestAnAnswerGoesToTheAgencyAlone(t *testing.T) {
	a := house
	a.ReplyTo = "a?bcc=victim%40example.net#c@example.org"
	for name, text := range siteFiles(t, renderer(t, render.Options{Templates: only(t, "en", "fr")}), a) {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, link := range links(t, text) {
			if u, err := url.Parse(link); err != nil || u.Scheme == "mailto" && (u.RawQuery != "" || u.Fragment != "") {
				t.Errorf("%s links to %q: %v", name, link, err)
			}
		}
	}
}

func TestAConfirmationStaysInItsFolder(t *testing.T) {
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	for _, v := range slices.Concat(hostile, []string{"", "..", "../..", "../../index", "/etc/x", `..\..\x`, "a/b", "A", "x\x00", "%2e%2e%2f"}) {
		for _, set := range []func(*letter.Letter){
			func(l *letter.Letter) { l.ID = v },
			func(l *letter.Letter) { l.Code = v },
		} {
			l := example("ja")
			set(&l)
			if page, err := r.Confirmation(l, render.Confirming{}); err == nil {
				t.Errorf("%.30q: written to %.60q", v, page.Name)
			}
		}
		page, err := r.Confirmation(poisoned(example("ja"), v), render.Confirming{Reply: &render.Reply{Contact: v, Note: v, Outcome: "unclear"}})
		if want := "verify/relay26-k3v9xq2m7d-7k3q-9xmd/index.html"; err != nil || page.Name != want {
			t.Errorf("%.30q: written to %q, %v", v, page.Name, err)
		}
	}
}
