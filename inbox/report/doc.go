package report

import (
	"strings"

	"headsup/pattern"
)

// A doc is one text of a message in which words are weighed.
type doc struct {
	part     int // in Report.Parts
	text     string
	low      string // in small letters, byte for byte as long as text
	subject  bool
	file     bool // an attachment
	pasted   bool // what is quoted is no mail, but what somebody pasted
	named    []mention
	searched bool  // named is known
	paras    []int // by line: the number of its paragraph
	lines    []line
	tables   map[tableForm]tableHead
	aligns   []alignedLine          // by line, once one is asked for
	begins   map[int]bool           // by line: whether an address stands first
	ports    map[string][]namedPort // by line without its figures
	timed    bool                   // stamps are known
	stamps   []stamp

	zonesSought, zonesNamed bool // see hasZoneColumn

	columnPorts map[string]columnRole // by the name of the column
	row         alignedRow            // that was looked at last
}

// A tableForm tells tables apart: what stands between the columns, and how
// often. A tableHead is the row that was looked at last and its header, or -1.
type (
	tableForm struct {
		sep   byte
		count int
	}
	tableHead struct{ row, head int }
)

// A line is a line of a doc, with what kind of text it stands in.
type line struct {
	from, to int
	section  section
}

type section int

const (
	plain     section = iota
	quoted            // of an earlier message
	signature         // below a greeting
	registry          // of an answer of a registry, a route to a host, a name server
	mailHead          // fields of a mail header that somebody pasted
	footer            // a paragraph about who may read the mail
)

// newDoc takes a text apart into lines.
func newDoc(part int, text string) *doc {
	if len(text) > maxText {
		text = head(text, maxText)
	}
	d := &doc{part: part, text: text, low: lower(text)}
	for at := 0; at <= len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		d.lines = append(d.lines, line{from: at, to: at + end})
		at += end + 1
	}
	d.sections()
	return d
}

// mentions finds the addresses in the text, once.
func (d *doc) mentions(o Options) []mention {
	if !d.searched {
		d.searched, d.named = true, mentions(d.text, o)
	}
	return d.named
}

// together reports whether no empty line stands between two lines.
func (d *doc) together(a, b int) bool {
	if d.paras == nil {
		d.paras = make([]int, len(d.lines))
		for i := 1; i < len(d.lines); i++ {
			d.paras[i] = d.paras[i-1]
			if strings.TrimSpace(d.words(i-1)) == "" {
				d.paras[i]++
			}
		}
	}
	return d.paras[a] == d.paras[b]
}

// lower makes small letters without moving any byte.
func lower(s string) string {
	low := strings.ToLower(s)
	if len(low) == len(s) {
		return low
	}
	return strings.Map(func(r rune) rune {
		if l := []rune(strings.ToLower(string(r))); len(l) == 1 && len(string(l[0])) == len(string(r)) {
			return l[0]
		}
		return r
	}, s)
}

var (
	greeting = pattern.New(`^[\s>]*(?:(?:kind|best|warm)?(?:est)? ?regards|sincerely|yours (?:truly|faithfully|` +
		`sincerely)|cheers|(?:many )?thanks?(?: you)?(?: and regards| in advance| very much)?[\s,.!]*$|` +
		`mit freundlichen? gr|freundliche gr|viele grüße|mfg|cordialement|salutations|bien à vous|saludos|` +
		`un saludo|atentamente|atenciosamente|cordialmente|cordiali saluti|distinti saluti|met vriendelijke groet|` +
		`pozdrawiam|z poważaniem|с уважением|敬具|此致|감사합니다|saygılarımızla|مع التحية|best,|` +
		`--\s*$|-- $|—$|` +
		`_{5,}$)`)
	original = pattern.New(`^[\s>]*(?:-{2,}\s*(?:original message|ursprüngliche nachricht|forwarded message|` +
		`message d'origine|message transféré|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|` +
		`пересылаемое сообщение|исходное сообщение|weitergeleitete nachricht|` +
		`wiadomość oryginalna|原始邮件|` +
		`転送|begin forwarded message)|begin forwarded message)`)
	wrote = pattern.New(`^\s*(?:on .{6,90} wrote|am .{6,90} schrieb.*|le .{6,90} a écrit|el .{6,90} escribió|` +
		`em .{6,90} escreveu|il .{6,90} ha scritto|op .{6,90} schreef.*|w dniu .{6,90} napisał.*|.{6,60} (?:пишет|` +
		`пише|napsal\p{L}*|napísal\p{L}*|skrev|kirjoitti|írta|a scris|написа|έγραψε|yazdı|كتب|כתב|đã viết|` +
		`menulis|napisao|rašė)|\d{4}.{4,60}(?:写道|のメール))\s*[:：]\s*$`)
	whois = pattern.New(`^[\s>|]*(?:%|inetnum|inet6num|netname|netrange|cidr|nethandle|nettype|orgname|` +
		`orgid|org-name|organisation|originas|descr|mnt-by|mnt-lower|mnt-routes|admin-c|tech-c|abuse-c|` +
		`abuse-mailbox|nic-hdl|route6?|origin|person|role|parent|regdate|updated|created|last-modified|` +
		`changed|source|aut-num|as-name|owner|ownerid|responsible|inetrev|nserver|nsstat|refer|whois|` +
		`status|country|address|phone|remarks|orgabuse\w+|orgtech\w+|comment|ref)\s*[:.]`)
	whoisKey = pattern.New(`^[\s>|]*(?:inetnum|inet6num|netname|netrange|cidr|nethandle|nettype|org-name|` +
		`originas|descr|mnt-by|admin-c|tech-c|abuse-c|nic-hdl|route6?|aut-num|as-name|ownerid|inetrev|` +
		`nserver)\s*[:.]`)
	trace = pattern.New(`^[\s>|]*(?:traceroute|tracert|tracing route|ping|pinging)\b|` +
		`^[\s>|]*\d{1,2}[\s.]+(?:\S+\s+[\[(]?[0-9a-f.:]{7,39}[\])]?\s+|` +
		`[0-9.]{7,15}\s+|\*\s+)?(?:.*\d+(?:\.\d+)? ?ms\b|\*\s+\*)`)
	mailHop = pattern.New(`^[\s>|]{0,6}(?:received|return-path|delivered-to|x-[\w-]+|authentication-results|` +
		`arc-[\w-]+|dkim-signature|received-spf|message-id|mime-version|content-type|x-originating-ip|` +
		`from|to|subject|date|reply-to|sender|list-[\w-]+|envelope-to|cc|content-transfer-encoding|thread-[\w-]+|` +
		`user-agent|importance|references|in-reply-to|errors-to|feedback-id|precedence|status|x-uidl)\s{0,2}:`)
	received = pattern.New(`^[\s>|]{0,6}received\s{0,2}:`)
)

// logLine begins as those of a log do: with a time of day and more, or with an
// address and a day.
var logLine = pattern.New(`^\W{0,3}(?:\d{4}[-/.]\d\d[-/.]\d\d[t ]\d\d:\d\d|\p{L}{3} {1,2}\d{1,2} \d\d:\d\d:\d\d|` +
	`[0-9a-f.:]{7,39} \S+ \S+ \[\d)`)

// sections says of each line what kind of text it stands in.
func (d *doc) sections() {
	if d.subject {
		return
	}
	sig, quote, mails, marked := 0, false, false, false
	for i := range d.lines {
		l := &d.lines[i]
		text := d.low[l.from:l.to]
		trimmed := strings.TrimLeft(text, " \t")
		switch {
		case trimmed == "":
		case len(text) > 400:
			sig = 0
		case strings.HasPrefix(trimmed, ">"):
			l.section = quoted
			mails = mails || wrote.MatchString(strings.TrimLeft(trimmed, "> \t"))
		case marked && logLine.MatchString(text): // an answer below what it quotes
		case original.MatchString(text), wrote.MatchString(text), d.passesOn(i):
			quote, mails, sig, marked = true, true, 0, d.marked(i+1)
			l.section = quoted
		case i > 2 && len(text) < 60 && greeting.MatchString(text):
			sig = 10
			l.section = signature
		case sig > 0 && logLine.MatchString(text):
			sig = 0
		case sig > 0:
			sig--
			l.section = signature
		case quote:
			l.section = quoted
		}
		switch {
		case len(text) > 400:
		case whoisKey.MatchString(text), trace.MatchString(text):
			l.section = registry
		}
	}
	d.pasted = !mails
	footers(d)
	d.registries()
	d.heads()
}

var (
	dashed  = pattern.New(`^[\s>]*-{3,}\s*\p{L}[\p{L}\p{M}' ]{3,50}-{3,}\s*$`)
	address = pattern.New(`^[\s>]*\*?[\p{L}\p{M}][\p{L}\p{M} ]{0,20}\*?\s*[:：].*\S@\S`)
)

// marked reports whether the next line that says something has a sign of quoting.
func (d *doc) marked(i int) bool {
	for ; i < len(d.lines); i++ {
		if text := strings.TrimSpace(d.words(i)); text != "" {
			return text[0] == '>'
		}
	}
	return false
}

// passesOn reports whether a line of dashes and words stands above the fields
// of another message, in whatever language: one of them is a mail address.
func (d *doc) passesOn(i int) bool {
	if !dashed.MatchString(d.words(i)) {
		return false
	}
	for j := i + 1; j < min(len(d.lines), i+4); j++ {
		if address.MatchString(d.words(j)) {
			return true
		}
	}
	return false
}

// passedField reports whether a line is a field of a message that was passed
// on, such as its date: a mail address stands in a field beside it.
func (d *doc) passedField(i int) bool {
	if d.lines[i].section != quoted || !strings.ContainsAny(head(strings.TrimLeft(d.words(i), " >"), 40), ":：") {
		return false
	}
	for _, step := range []int{-2, -1, 1, 2} {
		if j := i + step; j >= 0 && j < len(d.lines) && address.MatchString(d.words(j)) {
			return true
		}
	}
	return false
}

// registries marks the lines around those that only a registry writes.
func (d *doc) registries() {
	for i := range d.lines {
		if d.lines[i].section != registry {
			continue
		}
		for _, step := range []int{-1, 1} {
			for j := i + step; j >= 0 && j < len(d.lines) && d.lines[j].section != registry; j += step {
				text := d.low[d.lines[j].from:d.lines[j].to]
				if len(text) > 400 || !whois.MatchString(text) {
					break
				}
				d.lines[j].section = registry
			}
		}
	}
}

// heads marks the fields of a mail header that somebody pasted: a block with
// Received in it, and the lines that go on.
func (d *doc) heads() {
	for i := 0; i < len(d.lines); i++ {
		if !received.MatchString(d.low[d.lines[i].from:d.lines[i].to]) || d.lines[i].section == mailHead {
			continue
		}
		first := i
		for first > 0 && d.headLine(first-1) {
			first--
		}
		last := i
		for last+1 < len(d.lines) && d.headLine(last+1) {
			last++
		}
		for j := first; j <= last; j++ {
			d.lines[j].section = mailHead
		}
		i = last
	}
}

// headLine reports whether a line is a field of a header or goes on with one.
func (d *doc) headLine(i int) bool {
	text := d.low[d.lines[i].from:d.lines[i].to]
	bare := strings.TrimLeft(text, "> |")
	if bare == "" {
		return false
	}
	inside := strings.TrimLeft(text, ">|")
	if inside == text && text[0] == ' ' {
		return true // folded by one blank (RFC 5322 §2.2.3)
	}
	for _, blanks := range []string{"\t", " \t", "  "} {
		if strings.HasPrefix(inside, blanks) {
			return true
		}
	}
	return mailHop.MatchString(text) || headGoesOn.MatchString(bare)
}

// headGoesOn is how a field of Received goes on where the blanks before it
// were lost.
var headGoesOn = pattern.New(`^(?:by|for|with|id|via|from) \S.{0,120}(?:;|with|id|\(|>)|^(?:mon|tue|wed|` +
	`thu|fri|sat|sun), \d{1,2} \w{3} \d{4}|^\((?:using|no client|envelope|authenticated|version|exim|` +
	`postfix)`)

// lineAt returns the number of the line that a byte stands in.
func (d *doc) lineAt(at int) int {
	lo, hi := 0, len(d.lines)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if d.lines[mid].from <= at {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

var (
	pairName = pattern.New(`^[\s>*-]*(?:field|name|label|feld|champ|campo|veld|pole|поле|alan|fält|felt|` +
		`kenttä|mező|câmp|πεδίο|項目|字段|항목|الحقل|שדה)\s*[:：=]\s*(\S.{0,60}?)\s*$`)
	pairValue = pattern.New(`^[\s>*-]*(?:value|wert|valeur|valor|valore|waarde|wartość|hodnota|значение|` +
		`значення|стойност|değer|värde|værdi|verdi|arvo|érték|valoare|τιμή|内容|値|值|값|القيمة|` +
		`ערך)\s*[:：=]\s*`)
)

// pair returns the name of a field that stands in the line above its value, and
// where the value begins; or "".
func (d *doc) pair(n int) (name string, value int) {
	if n < 1 {
		return "", 0
	}
	v := pairValue.FindString(d.words(n))
	if v == "" {
		return "", 0
	}
	m := pairName.FindStringSubmatch(d.words(n - 1))
	if m == nil {
		return "", 0
	}
	return m[1], d.lines[n].from + len(v)
}

// words returns a line in small letters.
func (d *doc) words(i int) string { return d.low[d.lines[i].from:d.lines[i].to] }
