package render

import (
	"fmt"
	"html/template"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"headsup/letter"
	"headsup/render/prose"
	"headsup/templates"
)

// A Confirming says what the page about a letter has besides.
type Confirming struct {
	TakenBack bool   // something of the letter was taken back: the page says so
	Reply     *Reply // a server is behind the page: it can be answered
}

// A Reply is what a recipient answers on the page of a letter. Its text comes
// from outside.
type Reply struct {
	Said    letter.Ruling // one of [letter.Claims]; "" where nobody has answered yet
	Contact string        // mailbox of who is responsible, with [letter.RuledOther]
	Note    string
	Outcome string // what became of it: "noted", "unclear", "later" or "failed"
}

// Says are the answers that a page offers, in its order.
func (r *Reply) Says() []letter.Ruling { return letter.Claims }

// A fact is a line that a letter and the page that confirms it have in common.
type fact struct{ Label, Value string }

// Confirmation writes the page that confirms a letter, at the place where
// [VerifyURL] says it is. So that a copied code confirms no forgery, it says
// what the letter says of itself: day, number of hosts, where our links lead and
// who answers our telephone; of its recipient and its first address it shows a
// part, for those who hold the letter. What cannot be the name of a folder is an
// error.
func (r *Renderer) Confirmation(l letter.Letter, o Confirming) (SitePage, error) {
	if !validID.MatchString(l.ID) || !validID.MatchString(l.Code) {
		return SitePage{}, fmt.Errorf("not the reference and the code of a letter: %q, %q", l.ID, l.Code)
	}
	l.Languages = r.answerLanguages(l.Languages...)
	bare := letter.Letter{ID: l.ID, Code: l.Code, Agency: l.Agency, Languages: l.Languages}
	v, err := r.answerPage(bare, "confirmed", "../../")
	if err != nil {
		return SitePage{}, err
	}
	v.Reply = o.Reply
	for i, p := range v.Parts {
		v.Parts[i].Facts = r.facts(l, p.Lang, p.Words)
		f := r.set.File(templates.Correction, p.Lang)
		if !o.TakenBack || f == nil {
			continue
		}
		var b prose.Book
		blocks, err := run(f, "taken-back", r.newPage(bare, p.Lang, &b), &b)
		if err != nil {
			return SitePage{}, err
		}
		v.Parts[i].Body = template.HTML(prose.Fragment(blocks, prose.RTL(p.Lang), nil)) + p.Body
	}
	data, err := v.write()
	return SitePage{strings.TrimPrefix(VerifyURL("/", l), "/") + "/index.html", data}, err
}

// Unconfirmed is the page for a reference and a code that stand for no letter.
func (r *Renderer) Unconfirmed(a letter.Agency, langs []string, o *Reply) ([]byte, error) {
	v, err := r.answerPage(letter.Letter{Agency: a, Languages: r.answerLanguages(langs...)}, "unknown", r.path())
	if err != nil {
		return nil, err
	}
	if v.Reply = o; o != nil && o.Outcome == "later" {
		for i := range v.Parts {
			v.Parts[i].Title, v.Parts[i].Body = v.Parts[i].Words.Later, ""
		}
		v.Title, v.Reply = v.Parts[0].Title, nil
	}
	return v.write()
}

func (r *Renderer) facts(l letter.Letter, lang string, w templates.Words) (facts []fact) {
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, value})
		}
	}
	if !l.Date.IsZero() {
		add(w.Date, r.date(l, lang, l.Date))
	}
	add(w.To, PartOfMailbox(l.To.Email))
	if hosts := addresses(l.Findings); len(hosts) > 0 {
		add(w.Systems, strconv.Itoa(len(hosts)))
		add(w.First, PartOfAddress(hosts[0]))
	}
	if u, err := url.Parse(r.site); err == nil {
		add(w.Links, u.Host)
	}
	add(w.Telephone, clean(l.Agency.Phone))
	return facts
}

// PartOfMailbox shows where a mailbox is to those who know it: "a***@e***.net".
func PartOfMailbox(mailbox string) string {
	local, domain, found := strings.Cut(clean(mailbox), "@")
	dot := strings.LastIndexByte(domain, '.')
	if !found || local == "" || dot < 1 {
		return ""
	}
	first := func(s string) string { return string([]rune(s)[:1]) }
	return first(local) + "***@" + first(domain) + "***" + domain[dot:]
}

// PartOfAddress shows the network of an address: "192.0.2.x", "2001:db8:7:x".
func PartOfAddress(a netip.Addr) string {
	switch {
	case a == nowhere:
		return ""
	case a.Is4():
		b := a.As4()
		return fmt.Sprintf("%d.%d.%d.x", b[0], b[1], b[2])
	}
	b := a.As16()
	return fmt.Sprintf("%x:%x:%x:x", int(b[0])<<8|int(b[1]), int(b[2])<<8|int(b[3]), int(b[4])<<8|int(b[5]))
}
