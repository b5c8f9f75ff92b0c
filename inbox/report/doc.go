package report

import (
	"strings"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

// A doc is one text of a message in which words are weighed.
type doc struct {
	part    int // in Report.Parts
	text    string
	low     string // in small letters, byte for byte as long as text
	subject bool
	file    bool // an attachment
	lines   []line
	tables  map[tableForm]tableHead
	aligns  map[int][]cell // by line: the header of a table, or nil
	begins  map[int]bool   // by line: whether an address stands first
	timed   bool           // stamps are known
	stamps  []stamp
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
	greeting = pattern.New(`^[\s>]*(?:(?:kind|best|warm)?(?:est)? ?regards|sincerely|yours (?:truly|faithfully|sincerely)|cheers|(?:many )?thanks?(?: you)?(?: and regards| in advance| very much)?[\s,.!]*$|mit freundlichen? gr|freundliche gr|viele grüße|mfg|cordialement|salutations|bien à vous|saludos|un saludo|atentamente|atenciosamente|cordialmente|cordiali saluti|distinti saluti|met vriendelijke groet|pozdrawiam|z poważaniem|с уважением|敬具|此致|감사합니다|saygılarımızla|مع التحية|best,|--\s*$|-- $|—$|_{5,}$)`)
	original = pattern.New(`^[\s>]*(?:-{2,}\s*(?:original message|ursprüngliche nachricht|forwarded message|message d'origine|message transféré|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|пересылаемое сообщение|исходное сообщение|weitergeleitete nachricht|wiadomość oryginalna|原始邮件|転送|begin forwarded message)|begin forwarded message)`)
	wrote    = pattern.New(`^\s*(?:on .{6,90} wrote|am .{6,90} schrieb.*|le .{6,90} a écrit|el .{6,90} escribió|em .{6,90} escreveu|il .{6,90} ha scritto|op .{6,90} schreef.*|w dniu .{6,90} napisał.*|.{6,60} (?:пишет|пише|napsal\p{L}*|napísal\p{L}*|skrev|kirjoitti|írta|a scris|написа|έγραψε|yazdı|كتب|כתב|đã viết|menulis|napisao|rašė)|\d{4}.{4,60}(?:写道|のメール))\s*[:：]\s*$`)
	whois    = pattern.New(`^[\s>|]*(?:%|inetnum|inet6num|netname|netrange|cidr|nethandle|nettype|orgname|orgid|org-name|organisation|originas|descr|mnt-by|mnt-lower|mnt-routes|admin-c|tech-c|abuse-c|abuse-mailbox|nic-hdl|route6?|origin|person|role|parent|regdate|updated|created|last-modified|changed|source|aut-num|as-name|owner|ownerid|responsible|inetrev|nserver|nsstat|refer|whois|status|country|address|phone|remarks|orgabuse\w+|orgtech\w+|comment|ref)\s*[:.]`)
	whoisKey = pattern.New(`^[\s>|]*(?:inetnum|inet6num|netname|netrange|cidr|nethandle|nettype|org-name|originas|descr|mnt-by|admin-c|tech-c|abuse-c|nic-hdl|route6?|aut-num|as-name|ownerid|inetrev|nserver)\s*[:.]`)
	trace    = pattern.New(`^[\s>|]*(?:traceroute|tracert|tracing route|ping|pinging)\b|^[\s>|]*\d{1,2}[\s.]+(?:\S+\s+[\[(]?[0-9a-f.:]{7,39}[\])]?\s+|[0-9.]{7,15}\s+|\*\s+)?(?:.*\d+(?:\.\d+)? ?ms\b|\*\s+\*)`)
	mailHop  = pattern.New(`^[\s>|]{0,6}(?:received|return-path|delivered-to|x-[\w-]+|authentication-results|arc-[\w-]+|dkim-signature|received-spf|message-id|mime-version|content-type|x-originating-ip|from|to|subject|date|reply-to|sender|list-[\w-]+|envelope-to|cc|content-transfer-encoding|thread-[\w-]+|user-agent|importance|references|in-reply-to|errors-to|feedback-id|precedence|status|x-uidl)\s{0,2}:`)
	received = pattern.New(`^[\s>|]{0,6}received\s{0,2}:`)
)

// sections says of each line what kind of text it stands in.
func (d *doc) sections() {
	if d.subject {
		return
	}
	sig, quote := 0, false
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
		case original.MatchString(text), wrote.MatchString(text), d.passesOn(i):
			quote, sig = true, 0
			l.section = quoted
		case i > 2 && len(text) < 60 && greeting.MatchString(text):
			sig = 10
			l.section = signature
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
	d.registries()
	d.heads()
}

var (
	dashed  = pattern.New(`^[\s>]*-{3,}\s*\p{L}[\p{L}\p{M}' ]{3,50}-{3,}\s*$`)
	address = pattern.New(`^[\s>]*\*?[\p{L}\p{M}][\p{L}\p{M} ]{0,20}\*?\s*[:：].*\S@\S`)
)

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
var headGoesOn = pattern.New(`^(?:by|for|with|id|via|from) \S.{0,120}(?:;|with|id|\(|>)|^(?:mon|tue|wed|thu|fri|sat|sun), \d{1,2} \w{3} \d{4}|^\((?:using|no client|envelope|authenticated|version|exim|postfix)`)

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
	pairName  = pattern.New(`^[\s>*-]*(?:field|name|label|feld|champ|campo|veld|pole|поле|alan|fält|felt|kenttä|mező|câmp|πεδίο|項目|字段|항목|الحقل|שדה)\s*[:：=]\s*(\S.{0,60}?)\s*$`)
	pairValue = pattern.New(`^[\s>*-]*(?:value|wert|valeur|valor|valore|waarde|wartość|hodnota|значение|значення|стойност|değer|värde|værdi|verdi|arvo|érték|valoare|τιμή|内容|値|值|값|القيمة|ערך)\s*[:：=]\s*`)
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

// A column is the name of the column of a table in which a place stands.
func (d *doc) column(n, at int) string {
	l := d.lines[n]
	text := d.text[l.from:l.to]
	if len(text) > 4000 {
		return ""
	}
	for _, sep := range []byte{'|', '\t', ';', ','} {
		if strings.Count(text, string(sep)) < 1 || sep == ',' && strings.Count(text, ",") < 2 {
			continue
		}
		idx := strings.Count(text[:at-l.from], string(sep))
		if name := d.headAbove(n, sep, idx, strings.Count(text, string(sep))); name != "" {
			return name
		}
	}
	return d.aligned(n, at)
}

// maxTable is how many lines of a table the header may stand above one.
const maxTable = 400

// headAbove looks for the header of a table whose columns are separated. Rows
// that follow one another have the same.
func (d *doc) headAbove(n int, sep byte, idx, count int) string {
	form := tableForm{sep, count}
	last, ok := d.tables[form]
	if !ok || last.row != n && last.row != n-1 {
		last.head = d.headLineAbove(n, sep, count)
	}
	if d.tables == nil {
		d.tables = map[tableForm]tableHead{}
	}
	last.row = n
	d.tables[form] = last
	if last.head < 0 {
		return ""
	}
	cells := strings.Split(d.text[d.lines[last.head].from:d.lines[last.head].to], string(sep))
	if idx >= len(cells) {
		return ""
	}
	return strings.Trim(cells[idx], " \"'*_>")
}

func (d *doc) headLineAbove(n int, sep byte, count int) int {
	skipped := 0
	for i := n - 1; i >= 0 && i > n-maxTable; i-- {
		text := d.text[d.lines[i].from:d.lines[i].to]
		switch c := strings.Count(text, string(sep)); {
		case c >= count-1 && c <= count+1 && c > 0:
			if isHead(strings.Split(text, string(sep))) {
				return i
			}
		case strings.Trim(text, "-+=_| \t>*") == "":
		default:
			if skipped++; skipped > 3 {
				return -1
			}
		}
	}
	return -1
}

// isHead reports whether these are names of columns rather than values.
func isHead(cells []string) bool {
	names, digits := 0, 0
	for _, c := range cells {
		c = strings.Trim(c, " \"'*_>\t")
		for _, r := range c {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if len(c) > 48 {
			return false
		}
		switch {
		case columnWord.MatchString(c) && len(c) < 40:
			names += 2
		case columnName(c):
			names++
		}
	}
	return (names >= 2 || names == 1 && len(cells) <= 2) && digits <= 3
}

var columnWord = pattern.New(`(?i)(^|[^\p{L}])(ip|ips|ipv4|ipv6|src|dst|source|destination|dest|time|timestamp|date|port|sport|dport|proto|protocol|host|hostname|address|addr|attacker|victim|count|event|type|target|asn|service|infection|first.?seen|last.?seen|url|domain|datum|zeit|quelle|ziel|heure|source|cible|fecha|hora|origen|destino|data|origem|ora|origine|bron|doel|tijd|czas|źródło|дата|время|источник|адрес|порт|адрес|packets|bytes|flows|malware|user|utc|gmt)([^\p{L}]|$)|時刻|日時|时间|地址|アドレス|送信元|宛先|端口|ポート|シャ|주소|시간|포트`)

func columnName(s string) bool {
	return len(s) < 48 && (columnWord.MatchString(s) || lexicon.In(lower(s)).Has("column", "label source", "label offender", "label other", "port"))
}

// aligned looks for the header of a table whose columns are aligned by blanks.
func (d *doc) aligned(n, at int) string {
	col := at - d.lines[n].from
	row := fields2(d.text[d.lines[n].from:d.lines[n].to])
	for i := n - 1; i >= 0 && i > n-60; i-- {
		text := d.text[d.lines[i].from:d.lines[i].to]
		if strings.Trim(text, "-+=_| \t>*") == "" {
			if strings.TrimSpace(text) == "" && i < n-2 && !d.rowLike(i-1) {
				return ""
			}
			continue
		}
		cells := d.alignedHead(i)
		if cells == nil {
			continue
		}
		if len(cells) == len(row) {
			for k, c := range row {
				if c.from <= col && col < c.to {
					return cells[k].text
				}
			}
		}
		for _, c := range cells {
			if c.from <= col+2 && col <= c.to {
				return c.text
			}
		}
		return ""
	}
	return ""
}

// alignedHead returns the cells of a line that is the header of a table whose
// columns are aligned, and nil of any other. Each line is looked at once.
func (d *doc) alignedHead(i int) []cell {
	cells, ok := d.aligns[i]
	if ok {
		return cells
	}
	cells = fields2(d.text[d.lines[i].from:d.lines[i].to])
	if len(cells) > 0 && (strings.HasSuffix(cells[0].text, ":") && len(cells[0].text) < 12 || strings.Trim(cells[0].text, "#;/") == "") { // "#Fields: date time"
		cells = cells[1:]
	}
	var names []string
	for _, c := range cells {
		names = append(names, c.text)
	}
	if len(cells) < 2 || !isHead(names) || countNames(names, isWide(d.text[d.lines[i].from:d.lines[i].to])) < 2 {
		cells = nil
	}
	if d.aligns == nil {
		d.aligns = map[int][]cell{}
	}
	d.aligns[i] = cells
	return cells
}

func (d *doc) rowLike(i int) bool {
	return i >= 0 && len(fields2(d.text[d.lines[i].from:d.lines[i].to])) > 1
}

// countNames counts the names of columns. In a line whose words stand one blank
// apart, which may be prose, only the surest words are.
func countNames(cells []string, wide bool) (n int) {
	for _, c := range cells {
		if wide && columnName(c) || len(c) < 40 && columnWord.MatchString(c) {
			n++
		}
	}
	return n
}

// isWide reports whether two blanks or a tab stand between words of a line.
func isWide(s string) bool {
	s = strings.TrimSpace(s)
	return strings.Contains(s, "  ") || strings.Contains(s, "\t")
}

type cell struct {
	from, to int
	text     string
}

// fields2 cuts a line where two blanks or a tab stand, or else at each blank.
func fields2(s string) (out []cell) {
	wide := isWide(s)
	start := -1
	for i := 0; i <= len(s); i++ {
		last := i+1 >= len(s) || s[i+1] == ' ' || s[i+1] == '\t' // of a blank
		gap := i == len(s) || s[i] == '\t' || s[i] == ' ' && (!wide || last || start < 0)
		switch {
		case gap && start >= 0:
			out = append(out, cell{start, i, s[start:i]})
			start = -1
		case !gap && start < 0 && s[i] != ' ':
			start = i
		}
	}
	return out
}
