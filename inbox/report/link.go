package report

import (
	"net/netip"
	"slices"
	"strings"
)

// A candidate is a URL or a name in a text, with what it is worth.
type candidate struct {
	link
	d     *doc
	line  int
	score int
}

// linkLabels are the words before a URL that is reported, and linkNot those
// before one that helps.
var (
	linkLabels = re(`(?:infring\w+|offending|malicious|phishing|phish|abusive|fraudulent|reported|affected|` +
		`infected|suspicious|target|scam|fake|spamvertised|hosted|hosting|located at|found at|available at|` +
		`accessible at|violating|illegal|compromised|detected|urls?|links?|uri|websites?|web ?sites?|` +
		`sites?|domains?|pages?|location|content at|adresse|seite|webseite|internetseite|sitio|página|` +
		`pagina|enlace|lien|strona|сайт\w*|ссылк\w*|страниц\w*|домен\w*|サイト|リンク|网址|网站|链接|` +
		`域名|網址|사이트|주소|` +
		`링크|الموقع|الرابط)[^\n.]{0,30}?(?:[:：=|\t]|\bat\b|\bis\b)?\s*["'<(\[]*$`)
	linkNot = re(`(?:^|[^\p{L}])(?:more information|further information|for more|information (?:at|on|about)|details|` +
		`see also|see|visit|read|learn|documentation|faq|help|contact|click here|unsubscribe|delist\w*|removal|remove|opt.?out|` +
		`abmeld\w*|afmeld\w*|désinscri\w*|baja|отпис\w*|退订|reply|report online|` +
		`our (?:web ?site|page|policy|blog|portal)|website:|web:|www:|w3:|homepage|powered by|privacy|` +
		`policy|terms|guide|instructions|refer(?:ence)?s?|wiki|original (?:work|content)|copyrighted work|` +
		`authorized|official|legitimate|genuine|real (?:web ?)?sites?|mehr informationen|weitere informationen|` +
		`siehe|plus d'informations|más información|mais informações|maggiori informazioni|meer informatie|` +
		`więcej informacji|подробн\w+|подтверд\w+|詳細|詳しく|更多|schema|lookup|ticket|portal|feedback|statist\w+|` +
		`evidence at|screenshot|verify|confirm|acknowledge|respond)[^\n]{0,60}$`)
)

// helpers are domains that reports point to and that nobody reports.
var helpers = []string{"x-arf.org", "xarf.org", "w3.org", "abuse.net", "spamcop.net", "spamhaus.org",
	"shadowserver.org", "abuseipdb.com", "blocklist.de", "virustotal.com", "urlscan.io", "tools.ietf.org",
	"ietf.org", "rfc-editor.org", "wikipedia.org", "us-cert.gov", "cisa.gov", "cert.org", "cert.be",
	"bsi.bund.de", "acns.net", "abusix.org", "abusix.com", "gnupg.org", "apple.com", "mozilla.org",
	"microsoft.com", "senderbase.org", "mxtoolbox.com", "dnswl.org", "ripe.net", "arin.net", "apnic.net",
	"lacnic.net", "afrinic.net", "fail2ban.org", "openresolver.com", "openresolverproject.org",
	"lumendatabase.org", "phishtank.com", "urlhaus.abuse.ch", "abuse.ch", "safebrowsing.google.com",
	"support.google.com", "schema.org", "xmlsoap.org", "openxmlformats.org", "imgur.com", "prnt.sc", "archive.org"}

// links are the URLs and names that may be what is reported, the surest first.
func (r *reader) links(docs []*doc) (out []*candidate) {
	reporter := map[string]bool{}
	for _, name := range []string{"From", "Reply-To", "Sender", "Return-Path", "Message-Id", "To", "Cc", "Delivered-To", "X-Original-To"} {
		for _, v := range r.outer.head.all(name) {
			for _, a := range addrSpec.FindAllString(v, 10) {
				reporter[domain(lower(a[strings.LastIndexByte(a, '@')+1:]))] = true
			}
		}
	}
	for _, d := range docs {
		urls := urlSpans(d.text)
		all := urls
		if d.subject || len(d.text) < 64<<10 {
			all = append(slices.Clone(urls), names(head(d.text, 32<<10), urls)...)
		}
		for _, l := range all {
			f := &candidate{link: l, d: d, line: d.lineAt(l.from)}
			dom := domain(l.host)
			sect := d.lines[f.line].section
			helps := func(h string) bool { return dom == h || l.host == h || strings.HasSuffix(l.host, "."+h) }
			if reporter[dom] && !l.fanged || slices.ContainsFunc(helpers, helps) || sect == registry || sect == mailHead {
				continue
			}
			f.score = d.linkScore(l, f.line)
			if sect == signature || sect == quoted {
				f.score -= 3
			}
			if content := r.kind == Phishing || r.kind == Malware || r.kind == Copyright; content && f.score == 0 && !l.bare && !d.file {
				f.score = 1
			}
			if l.bare && !l.fanged && !d.subject && f.score < likely {
				continue
			}
			if f.score > 0 {
				out = append(out, f)
			}
		}
	}
	subject := map[string]bool{}
	for _, f := range out {
		if f.d.subject {
			subject[f.host] = true
		}
	}
	for _, f := range out {
		if subject[f.host] {
			f.score += 2
		}
	}
	slices.SortStableFunc(out, func(a, b *candidate) int { return b.score - a.score })
	return out
}

// linkScore says what the words before a URL are worth.
func (d *doc) linkScore(l link, n int) int {
	line := d.lines[n]
	left := tail(d.low[line.from:l.from], 100)
	score := 0
	if d.subject {
		score = likely
	}
	if l.fanged {
		score = max(score, sure)
	}
	if strings.Trim(left, bullets) == "" {
		score = max(score, 1)
		for i := n - 1; i >= 0 && i > n-40; i-- {
			text := strings.TrimSpace(d.words(i))
			if text == "" || strings.Contains(text, "://") || strings.Contains(text, "hxxp") {
				continue
			}
			left = tail(text, 100)
			if linkNot.MatchString(tail(text, 34)) && !l.fanged {
				return -2
			}
			return max(score, d.linkWords(left))
		}
	}
	if _, example := ofExample(left + " "); example || linkNot.MatchString(left) && !l.fanged {
		return -2
	}
	return max(score, d.linkWords(left))
}

// linkWords says what the words before a URL are worth that may be reported.
func (d *doc) linkWords(left string) int {
	switch {
	case linkLabels.MatchString(strings.TrimRight(left, " :：\t\"'<([|") + " "):
		return likely
	case speaksOfAbuse(left):
		return 3
	}
	return 0
}

// linkOf is the URL that goes with a suspect: one on its lines or, where there
// is one suspect, the surest.
func linkOf(links []*candidate, s *suspect, chosen int) (string, Span) {
	for _, f := range links {
		if a, err := netip.ParseAddr(f.host); err == nil && a == s.addr {
			return clean(f.url), Span{f.d.part, f.from, f.to}
		}
	}
	for _, f := range links {
		for _, p := range s.places {
			if p.d == f.d && p.line == f.line && f.score > 0 {
				return whole(links, f)
			}
		}
	}
	if chosen == 1 && len(links) > 0 && links[0].score >= likely {
		return whole(links, links[0])
	}
	return "", Span{}
}

// whole is a URL or, of a name alone, the URL that has this name.
func whole(links []*candidate, f *candidate) (string, Span) {
	for _, other := range links {
		if f.bare && !other.bare && other.host == f.host {
			f = other
		}
	}
	return clean(f.url), Span{f.d.part, f.from, f.to}
}

// linkEvents reports URLs where no address is stated: those that are worth as
// much as the best one.
func (r *reader) linkEvents(links []*candidate, kind Kind, times *clock) {
	top := links[0].score
	content := kind == Phishing || kind == Malware || kind == Copyright
	first := links[0]
	about := lower(r.m.head.get("Subject")) + "\n" + tail(first.d.low[:first.from], 300)
	if top < 3 && !(content && first.from < 1200 && kindOf(about, "") == kind) {
		return // no word says what it is for
	}
	seen := map[string]bool{}
	whole := map[string]bool{}
	for _, f := range links {
		if f.score >= min(top, likely) && !f.bare {
			whole[f.host] = true
		}
	}
	for _, f := range links {
		if f.score < min(top, likely) || seen[f.url] || f.bare && whole[f.host] || len(seen) >= 500 {
			continue
		}
		seen[f.url] = true
		e := Event{URL: clean(f.url), URLAt: Span{f.d.part, f.from, f.to}, Kind: kind, Score: f.score, Why: "a URL or a name without an address"}
		times.chooseFor(&e, f.d, f.line)
		addrs := r.resolve(f.host)
		for _, a := range addrs {
			e.Addr, e.Why = a, "the address of a host that is reported"
			r.add(e)
		}
		if len(addrs) == 0 {
			r.add(e)
		}
	}
}
