package report

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"headsup/finding"
	"headsup/pattern"
)

// read says what the message is: first by its form, then by what programs
// wrote in it, then by its words.
func (r *reader) read() {
	if why := r.byForm(); why != "" {
		r.out.Status, r.out.Why = None, why
		return
	}
	docs := r.docs()
	subject, own := lower(r.m.head.get("Subject")), r.own(docs)
	r.zone = zoneOfAll(docs, r.outer.date())
	if readTaught(r, docs, subject, own) || r.forms(subject+"\n"+own) {
		written := strings.HasSuffix(r.out.Why, "ARF") // a table may come with a letter of the police
		queue, kind, why := r.apart(subject, head(own, 16<<10), written)
		r.settle(queue, kind, why)
		return
	}
	if inner := r.forwarded(docs, own); inner != nil {
		if r.depth++; r.depth < maxDepth {
			r.out.Parts = nil
			r.m = inner
			r.read()
			if r.out.Reporter == "" {
				r.out.Reporter = inner.sender()
			}
			return
		}
	}
	queue, kind, why := r.apart(subject, head(own, 16<<10), false)
	r.words(docs, subject, own, kind)
	r.settle(queue, kind, why)
	if r.out.Status == Person && r.out.Queue == Open {
		passedOn(r)
	}
}

// settle puts what was read into the queue where it belongs.
func (r *reader) settle(queue Queue, kind Kind, why string) {
	out := &r.out
	for _, e := range out.Events { // a form may say so itself
		if e.Kind == ChildAbuse || e.Kind == Terror {
			queue, kind, why = Secret, e.Kind, "about "+strings.ReplaceAll(string(e.Kind), "-", " ")
		}
	}
	if queue == Open || queue == Restricted && r.sure {
		return
	}
	out.Queue = queue
	switch queue {
	case Secret:
		out.Kind, out.Why = kind, "kept apart: "+why
		for i, e := range out.Events {
			out.Events[i] = Event{Addr: e.Addr, Seen: e.Seen, Kind: kind}
		}
		if len(out.Events) == 0 {
			out.Status = Person
		}
	case Restricted:
		out.Status, out.Why, out.Events = Person, "restricted: "+why, nil
	}
}

// own is what a message says itself, in small letters: its texts without what
// they quote. Of lines that begin alike but for their figures, as those of a
// log do, a few tell all.
func (r *reader) own(docs []*doc) string {
	var b strings.Builder
	var alike shapes
	answer := isReply.MatchString(subjectOf(r))
	passed := !answer && !slices.ContainsFunc(docs, func(d *doc) bool { return !d.subject && !d.file && namesFresh(d, r.o) })
	for _, d := range docs {
		if d.subject || d.file {
			continue
		}
		for i, l := range d.lines {
			said := l.section != quoted || d.pasted && !answer || passed
			if said && l.section != registry && l.section != mailHead && b.Len() < 48<<10 && alike.few(d.words(i)) {
				b.WriteString(d.words(i) + "\n")
			}
		}
	}
	return b.String()
}

// namesFresh reports whether an address stands outside of what a text quotes.
func namesFresh(d *doc, o Options) bool {
	for _, m := range d.mentions(o) {
		if s := d.lines[d.lineAt(m.from)].section; s != quoted && s != signature && s != registry && !m.network {
			return true
		}
	}
	return false
}

// shapes counts lines by how they begin, whatever their figures.
type shapes map[string]int

// few reports whether no more than a few lines began as this one does.
func (s *shapes) few(line string) bool {
	if len(line) < 60 {
		return true
	}
	if *s == nil {
		*s = shapes{}
	}
	key := figures.Replace(line[:48])
	(*s)[key]++
	return (*s)[key] <= 12
}

// docs are the texts of the message in which words are weighed: its subject,
// what it shows, and its attachments that are text.
func (r *reader) docs() (docs []*doc) {
	add := func(name, text string) *doc {
		if strings.TrimSpace(text) == "" || r.texts > maxTexts {
			return nil
		}
		d := newDoc(r.part(name, text), text)
		r.texts += len(d.text)
		docs = append(docs, d)
		return d
	}
	if d := add("subject", r.m.head.get("Subject")); d != nil {
		d.subject = true
		for i := range d.lines {
			d.lines[i].section = plain
		}
	}
	shown := r.shown()
	for _, p := range shown {
		add(p.path+" "+p.kind, p.text)
	}
	for _, p := range r.m.parts {
		csv := p.kind == "text/csv" || strings.HasSuffix(strings.ToLower(p.name), ".csv")
		if p.attach && p.text != "" && p.inner == nil && p.kind != "text/html" && p.kind != "message/feedback-report" && !csv && !isSeal(p) {
			if d := add(p.path+" "+p.name, p.text); d != nil {
				d.file = true
			}
		}
	}
	for _, p := range r.m.parts { // logs that come packed
		if p.inner == nil && p.text == "" && isPacked(p.raw) {
			for _, f := range r.open.filesIn(p) {
				if ext := strings.ToLower(path.Ext(f.name)); looksText(f.data) && ext != ".csv" && ext != ".json" && ext != ".jsonl" {
					if d := add(f.name, toUTF8(f.data[:min(len(f.data), maxText)], "")); d != nil {
						d.file = true
					}
				}
			}
		}
	}
	return docs
}

func isPacked(b []byte) bool {
	return len(b) > 4 && (string(b[:4]) == "PK\x03\x04" || b[0] == 0x1f && b[1] == 0x8b)
}

// isSeal reports whether a part is a signature or a card, which say nothing.
func isSeal(p *part) bool {
	switch strings.ToLower(path.Ext(p.name)) {
	case ".asc", ".sig", ".vcf", ".p7s":
		return true
	}
	return strings.Contains(p.kind, "signature") || strings.Contains(p.kind, "vcard") || strings.Contains(p.kind, "pgp-")
}

// shown are the parts that a mail program shows: plain text, or HTML where
// there is none or where the plain text only stands in for it.
func (r *reader) shown() []*part {
	var texts, pages []*part
	for _, p := range r.m.parts {
		switch {
		case p.attach || p.inner != nil || strings.TrimSpace(p.text) == "" || isSeal(p):
		case p.kind == "text/html":
			pages = append(pages, p)
		case p.kind == "message/feedback-report":
		default:
			texts = append(texts, p)
		}
	}
	if len(pages) == 0 {
		return texts
	}
	if len(texts) == 0 {
		return pages
	}
	plain, page := 0, 0
	for _, p := range texts {
		plain += substance(p.text, r.o)
	}
	for _, p := range pages {
		page += substance(p.text, r.o)
	}
	if plain == 0 && page > 0 {
		return pages
	}
	return texts
}

// substance counts what a report can be about in a text.
func substance(s string, o Options) int {
	s = head(s, maxText)
	return len(mentions(s, o)) + len(urlSpans(s))/4
}

// forms reads what programs wrote. It reports whether that was all there is
// to read.
func (r *reader) forms(own string) bool {
	if r.readARF() {
		return true
	}
	kind := weighed("", weight{lower(r.m.head.get("Subject")), 3}, weight{head(own, 4000), 1})
	files := r.files()
	for _, f := range files {
		if r.readXARF(f.name, f.data) {
			return r.formed()
		}
	}
	if r.formed() {
		return true
	}
	for _, p := range r.m.parts {
		if p.text != "" && p.kind != "text/html" && strings.Contains(p.text, "Reported-From:") {
			at := r.part(p.path+" "+p.name, p.text)
			if r.readXARF0(p.text, at) && r.formed() {
				return true
			}
		}
	}
	for _, f := range files {
		switch ext := strings.ToLower(path.Ext(f.name)); {
		case ext == ".json", ext == ".jsonl", ext == ".ndjson":
			r.readObjects(f.name, f.data, kind)
		case ext == ".csv", ext == ".tsv", f.table:
			r.readTable(f.name, f.data, kind)
		}
	}
	return r.formed()
}

// formed reports whether the forms gave anything, and says so.
func (r *reader) formed() bool {
	switch {
	case len(r.out.Events) > 0:
		r.out.Status, r.out.Kind, r.out.Why = Understood, r.out.Events[0].Kind, r.out.Events[0].Why
	case len(r.foreign) > 0:
		r.out.Status, r.out.Why = Person, "it reports "+r.foreign[0].String()+", which is not ours"
	default:
		return false
	}
	return true
}

// files are the attachments that may be tables or objects, unpacked.
func (r *reader) files() (files []file) {
	for _, p := range r.m.parts {
		ext := strings.ToLower(path.Ext(p.name))
		switch {
		case p.inner != nil || p.kind == "text/html" || len(p.raw) == 0:
		case isPacked(p.raw):
			files = append(files, r.open.filesIn(p)...)
		case ext == ".json", ext == ".jsonl", ext == ".csv", ext == ".tsv":
			files = append(files, file{name: p.name, data: p.raw})
		case p.kind == "application/json", strings.HasSuffix(p.kind, "+json"):
			files = append(files, file{name: p.path + ".json", data: p.raw})
		case p.kind == "text/csv", p.kind == "text/tab-separated-values", p.kind == "application/csv", p.kind == "text/comma-separated-values":
			files = append(files, file{name: p.name, data: p.raw, table: true})
		case p.text != "" && objectAt(p.text) >= 0:
			files = append(files, file{name: p.path + ".json", data: []byte(p.text[objectAt(p.text):])})
		}
	}
	return files
}

// objectAt is where an object in JSON begins at the beginning of a line, or -1.
func objectAt(s string) int {
	for at := 0; at < len(s); {
		line := strings.TrimLeft(s[at:], " \t")
		if strings.HasPrefix(line, "{") && jsonStart.MatchString(head(line, 80)) {
			return len(s) - len(line)
		}
		next := strings.IndexByte(s[at:], '\n')
		if next < 0 {
			return -1
		}
		at += next + 1
	}
	return -1
}

var jsonStart = pattern.New(`^\{\s*"[^"\n]{1,60}"\s*:`)

// add keeps an event of an address that may be ours, once.
func (r *reader) add(e Event) {
	if e.Addr.IsValid() {
		e.Addr = e.Addr.Unmap().WithZone("")
		switch {
		case !wanted(e.Addr, r.o):
			r.dropped++
			return
		case r.o.Ours != nil && !r.o.Ours(e.Addr):
			r.foreign = append(r.foreign, e.Addr)
			r.dropped++
			return
		}
	} else if e.URL == "" {
		return
	}
	if e.Kind == "" {
		e.Kind = Other
	}
	key := e.Key()
	if r.keys[key] || len(r.out.Events) >= maxEvents {
		return
	}
	if r.keys == nil {
		r.keys = map[string]bool{}
	}
	r.keys[key] = true
	e.Evidence = finding.Clean(e.Evidence, maxEvidence)
	r.out.Events = append(r.out.Events, e)
}

// addresses of a host that a URL names, where they may be asked for.
func (r *reader) resolve(host string) (out []netip.Addr) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}
	}
	if r.o.Resolve == nil || host == "" {
		return nil
	}
	for _, a := range r.o.Resolve(host) {
		if a = a.Unmap(); wanted(a, r.o) && (r.o.Ours == nil || r.o.Ours(a)) {
			out = append(out, a)
		}
	}
	return out
}
