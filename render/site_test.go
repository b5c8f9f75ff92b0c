package render_test

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"headsup/letter"
	"headsup/render"
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
	c, err := r.Confirmation(secret)
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
	root, err := html.Parse(strings.NewReader(text))
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
	for _, want := range []string{secret.ID, secret.Code, `lang="ja"`, `lang="en"`, "noindex", "answers@example.org"} {
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
