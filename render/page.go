package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"go4.org/netipx"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render/prose"
	"headsup/templates"
)

// A Page is what a template sees. It is a promise to everybody who has
// templates of their own: fields are added, never renamed.
//
// A field that is empty is false in an {{if}}. In a section, Verified is about
// the findings of its kind alone; everything else is about the whole letter.
type Page struct {
	Reference string // "relay26-k3v9xq2m7d": what an answer should quote
	Code      string // "7k3q-9xmd": with the reference, it confirms the letter
	Date      string // of the letter, in words: "March 2, 2026"
	Reminder  bool   // the contact was written to before
	Round     int    // 1 is the first letter, 2 the first reminder

	Withdrawal bool // it takes back what earlier letters said
	Apology    bool // the same, because of a mistake of ours

	Org        string // the contact's organisation, or empty
	Name       string // the contact's name, or empty
	Networks   string // the contact's networks: "192.0.2.0/24, 198.51.100.0 - 198.51.100.99 (+3)"
	Registered bool   // a public registry names the contact for every one of them

	Topics   string // what was found, from the sections: "open mail relay, open proxy"
	Address  string // the first IP address in the table
	Hosts    int    // how many IP addresses are written about
	More     int    // Hosts without the first
	Findings int    // how many services are written about: rows of the table
	Verified bool   // the scanner used every one of the services, and it worked

	Agency    string // who writes, in the letter's language if it has a name there
	Signatory string // who signs, or empty
	Email     string // where answers go
	Phone     string // or empty
	Site      string // of the agency, or empty
	Verify    string // URL that confirms this letter, or empty

	Attached bool // a file with all findings comes with the mail

	TCP, UDP bool   // in a section: some of its services are reached by TCP, by UDP
	Mandate  string // by what law or order the agency writes, in whole sentences, or empty
	Method   string // how it looked and what it did not do, in whole sentences, or empty
	Answers  string // languages in which it can answer, or empty
	Prevails string // the language of the version that applies where two differ, or empty; only in letters of several

	Firm bool // only in letters about reports: earlier ones did not help
	Last bool // the same, and something else than a letter may follow

	Verbatim bool // only in letters about reports: the notices themselves come with the mail

	Case     string // only where people of the house are told of a report: its number
	Sender   string // who sent it
	Received string // when it was read

	Basis      string // only in letters to persons: the legal basis for the use of their data, or empty
	Kept       string // for how long data are kept, or empty
	Officer    string // mail address of the data protection officer, or empty
	Supervisor string // authority that takes complaints, or empty
	Policy     string // URL of more about data, or empty
}

// newPage fills the page of one language. Every text that is not the
// program's own goes through the book, so that Markdown never sees it.
func (r *Renderer) newPage(l letter.Letter, lang string, b *prose.Book) Page {
	hosts := addresses(l.Findings)
	p := Page{
		Reference: b.Value(l.ID), Code: b.Value(l.Code), Date: b.Value(r.date(l, lang, l.Date)),
		Firm: l.Firm != "", Last: l.Firm == letter.Last, Verbatim: l.Verbatim,
		Reminder: l.Round > 1, Round: l.Round, Withdrawal: l.Corrects == letter.Withdraws, Apology: l.Corrects == letter.Apologises,
		Org: b.Value(clean(l.To.Org)), Name: b.Value(clean(l.To.Name)),
		Networks: b.Value(networks(l.Networks)), Registered: registered(l.Networks),
		Topics: b.Value(r.topics(l, lang)), Hosts: len(hosts), Findings: len(l.Findings), Verified: verified(l.Findings),
		Agency: b.Value(clean(nameOf(l.Agency, lang))), Signatory: b.Value(signatoryOf(l.Agency, lang)),
		Phone: b.Value(unbroken(clean(l.Agency.Phone))), Site: web(b, l.Agency.Site), Verify: web(b, VerifyURL(r.site, l)),
		Attached: l.Attaches(lookup.CSV),
	}
	answer := clean(answerTo(l.Agency))
	p.Email = b.Link(answer, mailTo(answer))
	comma := r.set.File(templates.Frame, lang).Labels.Comma
	p.Mandate, p.Method = b.Value(textIn(l.Agency.Mandates, lang)), b.Value(textIn(l.Agency.Methods, lang))
	p.Answers = b.Value(languageNames(l.Agency.Answers, lang, comma))
	if slices.Contains(l.Languages, l.Agency.Prevails) && len(l.Languages) > 1 {
		p.Prevails = b.Value(languageNames([]string{l.Agency.Prevails}, lang, comma))
	}
	if letter.Person(l.To) {
		p.ofData(l.Agency.Privacy, lang, b)
	}
	p.TCP, p.UDP = transports(l.Findings)
	if len(hosts) > 0 {
		p.Address, p.More = b.Value(hosts[0].String()), len(hosts)-1
		if hosts[0] == nowhere {
			p.Address = b.Value(clean(l.Findings[0].Service))
		}
	}
	return p
}

// ofData fills what a letter says about the use of a person's data.
func (p *Page) ofData(o letter.Privacy, lang string, b *prose.Book) {
	if p.Basis = b.Value(textIn(o.Basis, lang)); p.Basis == "" {
		return
	}
	officer := clean(o.Officer)
	p.Officer, p.Policy = b.Link(officer, mailTo(officer)), web(b, o.Policy)
	p.Kept, p.Supervisor = b.Value(textIn(o.Kept, lang)), b.Value(textIn(o.Supervisor, lang))
}

// transports reports whether services are reached by TCP, and by UDP; without
// services, as on the site, by both.
func transports(fs []finding.Finding) (tcp, udp bool) {
	for _, f := range fs {
		tcp, udp = tcp || f.Proto != "udp", udp || f.Proto == "udp"
	}
	return tcp || len(fs) == 0, udp || len(fs) == 0
}

// web makes a URL of the house a link.
func web(b *prose.Book, link string) string {
	link = clean(link)
	if strings.HasPrefix(link, "https://") && !strings.ContainsAny(link, " \"<>") {
		return b.Link(link, link)
	}
	return b.Value(link)
}

// mailTo is the URL of a mailbox (RFC 6068), whatever its name is made of.
func mailTo(address string) string { return "mailto:" + url.PathEscape(address) }

// topics lists what the letter is about, in the words of its sections.
func (r *Renderer) topics(l letter.Letter, lang string) string {
	return strings.Join(r.topicList(l, lang), r.set.File(templates.Frame, lang).Labels.Comma)
}

func (r *Renderer) topicList(l letter.Letter, lang string) (topics []string) {
	if l.Customer != "" {
		return reportTopics(r, l, lang)
	}
	for _, kind := range kinds(l) {
		topics = append(topics, r.section(kind, lang).Topic)
	}
	return slices.Compact(topics)
}

// unbroken keeps a telephone number on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// kinds lists what the letter is about in the order in which it speaks of it.
func kinds(l letter.Letter) []finding.Kind {
	order := []finding.Kind{finding.ExposedService, finding.OpenProxy, finding.OpenRelay} // last to first; others after these
	list := l.Kinds()
	slices.SortStableFunc(list, func(a, b finding.Kind) int {
		return cmp.Compare(slices.Index(order, b), slices.Index(order, a))
	})
	return list
}

// section returns the words for a kind. A kind without any of its own is an
// exposed service.
func (r *Renderer) section(kind finding.Kind, lang string) *templates.File {
	if f := r.set.File(string(kind), lang); f != nil && f.Part != templates.Frame {
		return f
	}
	return r.set.File(string(finding.ExposedService), lang)
}

// addresses lists the addresses of sorted findings, each once.
func addresses(fs []finding.Finding) []netip.Addr {
	var list []netip.Addr
	for _, f := range fs {
		list = append(list, f.Addr)
	}
	return slices.Compact(list)
}

func verified(fs []finding.Finding) bool {
	return !slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Strength != finding.Verified })
}

// registered reports whether a registry names the contact, who is the first
// one of every network.
func registered(nets []lookup.Network) bool {
	return len(nets) > 0 && !slices.ContainsFunc(nets, func(n lookup.Network) bool {
		return len(n.Contacts) == 0 || !n.Contacts[0].Registered()
	})
}

// namedNetworks is how many networks a letter names before it counts.
const namedNetworks = 3

func networks(nets []lookup.Network) string {
	var names []string
	for _, n := range nets {
		names = append(names, span(n.First, n.Last))
	}
	names = slices.Compact(names)
	if more := len(names) - namedNetworks; more > 0 {
		return strings.Join(names[:namedNetworks], ", ") + fmt.Sprintf(" (+%d)", more)
	}
	return strings.Join(names, ", ")
}

// span writes a range as a prefix if it is one.
func span(first, last netip.Addr) string {
	if p, ok := netipx.IPRangeFrom(first, last).Prefix(); ok {
		return p.String()
	}
	return first.String() + " - " + last.String()
}

// longest is how many bytes of a single value a letter shows.
const longest = 300

// clean makes a value one printable line. Findings and registry answers are
// that already; the house's own settings need not be.
func clean(s string) string { return finding.Clean(s, longest) }

// cleanLong is clean for a few sentences of the house's own.
func cleanLong(s string) string { return finding.Clean(s, 8*longest) }
