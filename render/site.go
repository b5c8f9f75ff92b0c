package render

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"headsup/finding"
	"headsup/letter"
	"headsup/render/prose"
	"headsup/templates"
)

//go:embed site/page.html site/style.css site/verify.js
var siteFiles embed.FS

var sitePage = template.Must(template.ParseFS(siteFiles, "site/page.html"))

// A SitePage is one file of the site.
type SitePage struct {
	Name string // "de/index.html"
	Data []byte
}

// view is what site/page.html shows.
type view struct {
	Lang, Dir, Name string
	Path            string // below the folder of the language: "" or "verify/"
	Base            string // from the page to the root of the site
	Title           string
	Agency, Email   string
	MailTo          string // URL of Email
	Words           templates.Words
	Languages       []tongue
	Parts           []part
	Form, Private   bool
	Reply           *Reply // a server notes what is answered here
}

// A tongue is a language that the site has.
type tongue struct{ Tag, Name, Dir string }

// A part is the text of a page in one language.
type part struct {
	Lang, Dir   string
	Title       string
	Intro, Body template.HTML
	Contents    []anchor
	Answer      string // "confirmed" or "unknown"
	Words       templates.Words
	Facts       []fact // of a letter that is confirmed
}

type anchor struct{ ID, Text string }

// Site writes the advice of an agency in every language that has it, with a
// page for each language that leads to the confirmations of letters. The
// root is in the language home. Pages are plain files for any web server;
// [Renderer.Confirmation] makes those of the letters.
func (r *Renderer) Site(a letter.Agency, home string) ([]SitePage, error) {
	langs := r.set.SiteLanguages()
	if len(langs) == 0 {
		return nil, fmt.Errorf("no language has the templates of the site")
	}
	if !slices.Contains(langs, home) {
		home = langs[max(slices.Index(langs, "en"), 0)]
	}
	var pages []SitePage
	add := func(name string, v view, err error) error {
		if err != nil {
			return err
		}
		data, err := v.write()
		pages = append(pages, SitePage{name, data})
		return err
	}
	for _, lang := range langs {
		advice, err := r.advicePage(a, lang)
		if err := add(lang+"/index.html", advice, err); err != nil {
			return nil, err
		}
		verify, err := r.verifyPage(a, lang)
		if err := add(lang+"/verify/index.html", verify, err); err != nil {
			return nil, err
		}
		if lang == home {
			advice.Base, verify.Base = "", "../"
			if err := add("index.html", advice, nil); err != nil {
				return nil, err
			}
			if err := add("verify/index.html", verify, nil); err != nil {
				return nil, err
			}
		}
	}
	unknown, err := r.answerPage(letter.Letter{Agency: a, Languages: r.answerLanguages(home)}, "unknown", r.path())
	if err := add("404.html", unknown, err); err != nil {
		return nil, err
	}
	for _, name := range []string{"style.css", "verify.js"} {
		data, err := siteFiles.ReadFile("site/" + name)
		if err != nil {
			return nil, err
		}
		pages = append(pages, SitePage{name, data})
	}
	robots := "User-agent: *\nDisallow: " + r.path() + "verify/\n"
	return append(pages, SitePage{"robots.txt", []byte(robots)}), nil
}

// SiteLanguages counts the languages of the site.
func (r *Renderer) SiteLanguages() int { return len(r.set.SiteLanguages()) }

// answerLanguages are those of langs that the site has, and English.
func (r *Renderer) answerLanguages(langs ...string) []string {
	has := r.set.SiteLanguages()
	langs = slices.DeleteFunc(slices.Clone(langs), func(lang string) bool { return !slices.Contains(has, lang) })
	if !slices.Contains(langs, "en") {
		langs = append(langs, "en")
	}
	return langs
}

// path is where the site is on its server: "/" or "/letters/".
func (r *Renderer) path() string {
	u, err := url.Parse(r.site)
	if err != nil {
		return "/"
	}
	return strings.TrimSuffix("/"+strings.Trim(u.EscapedPath(), "/"), "/") + "/" // two at the start would be another host
}

func (r *Renderer) advicePage(a letter.Agency, lang string) (view, error) {
	v, t := r.view(letter.Letter{Agency: a}, lang, "")
	p := part{Lang: lang, Dir: v.Dir, Title: v.Words.Title}
	ids := 0
	fragment := func(blocks []prose.Block) template.HTML {
		return template.HTML(prose.Fragment(blocks, prose.RTL(lang), func(h prose.Block) string {
			ids++
			id := fmt.Sprint("s", ids)
			if h.Level == 2 {
				p.Contents = append(p.Contents, anchor{id, prose.Plain(h.Spans)})
			}
			return id
		}))
	}
	intro, err := t.run(templates.Site, "advice")
	if err != nil {
		return v, err
	}
	p.Intro = fragment(intro)
	for _, kind := range []finding.Kind{finding.OpenRelay, finding.OpenProxy, finding.ExposedService} {
		blocks, err := r.adviceOn(kind, t)
		if err != nil {
			return v, err
		}
		p.Body += fragment(blocks)
	}
	products, err := t.run(templates.Site, "products")
	p.Body += fragment(products)
	v.Parts = []part{p}
	return v, err
}

// adviceOn is the section of a kind with what it means in place of its first
// paragraph, which is about the systems of one letter.
func (r *Renderer) adviceOn(kind finding.Kind, t siteText) ([]prose.Block, error) {
	section, err := t.run(string(kind), "")
	if err != nil {
		return nil, err
	}
	if len(section) < 3 || section[0].Kind != prose.Heading {
		return nil, fmt.Errorf("%s/%s.md: does not begin with a heading and two paragraphs", kind, t.lang)
	}
	meaning, err := t.run(templates.Site, string(kind))
	if err != nil {
		return nil, err
	}
	blocks := slices.Concat(section[:1], meaning, section[2:])
	if kind != finding.ExposedService {
		return blocks, nil
	}
	services, err := r.services(advised, t.lang, t.page, t.book)
	return append(blocks, services...), err
}

func (r *Renderer) verifyPage(a letter.Agency, lang string) (view, error) {
	v, t := r.view(letter.Letter{Agency: a}, lang, "verify/")
	blocks, err := t.run(templates.Site, "verify")
	v.Title, v.Form = v.Words.Verify, true
	v.Parts = []part{{Lang: lang, Dir: v.Dir, Title: v.Title, Intro: template.HTML(prose.Fragment(blocks, prose.RTL(lang), nil))}}
	return v, err
}

// answerPage is the page about one letter, or about none, in its languages.
func (r *Renderer) answerPage(l letter.Letter, answer, base string) (view, error) {
	v, _ := r.view(l, l.Languages[0], "")
	v.Base, v.Private, v.Languages, v.Path = base, true, nil, "answer"
	for _, lang := range l.Languages {
		w, t := r.view(l, lang, "")
		blocks, err := t.run(templates.Site, answer)
		if err != nil {
			return v, err
		}
		if len(blocks) == 0 || blocks[0].Kind != prose.Heading {
			return v, fmt.Errorf("%s/%s.md: block %q does not begin with a heading", templates.Site, lang, answer)
		}
		v.Parts = append(v.Parts, part{Lang: lang, Dir: w.Dir, Title: prose.Plain(blocks[0].Spans), Answer: answer, Words: w.Words,
			Body: template.HTML(prose.Fragment(blocks[1:], prose.RTL(lang), nil))})
	}
	v.Title = v.Parts[0].Title
	return v, nil
}

// view is the frame of a page, with what writes its text.
func (r *Renderer) view(l letter.Letter, lang, path string) (view, siteText) {
	v := view{
		Lang: lang, Dir: dir(lang), Name: autonym(lang), Path: path, Base: "../" + strings.Repeat("../", strings.Count(path, "/")),
		Agency: clean(nameOf(l.Agency, lang)), Email: clean(answerTo(l.Agency)), Words: r.set.File(templates.Site, lang).Site,
	}
	v.Title, v.MailTo = v.Words.Title, mailTo(v.Email)
	for _, other := range r.set.SiteLanguages() {
		v.Languages = append(v.Languages, tongue{other, autonym(other), dir(other)})
	}
	var b prose.Book
	return v, siteText{r: r, lang: lang, page: r.newPage(l, lang, &b), book: &b}
}

// siteText writes the text of one page.
type siteText struct {
	r    *Renderer
	lang string
	page Page
	book *prose.Book
}

func (t siteText) run(part, block string) ([]prose.Block, error) {
	return run(t.r.set.File(part, t.lang), block, t.page, t.book)
}

func (v view) write() ([]byte, error) {
	var b strings.Builder
	if err := sitePage.Execute(&b, v); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

func dir(lang string) string {
	if prose.RTL(lang) {
		return "rtl"
	}
	return "ltr"
}

// autonym is the name of a language in itself.
func autonym(lang string) string {
	return cmp.Or(display.Self.Name(language.Make(lang)), lang)
}
