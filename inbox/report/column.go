package report

import (
	"strings"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

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
		if sep == ',' && strings.Contains(text, ", ") && isSentence(text) {
			continue
		}
		if name := d.headAbove(n, sep, idx, strings.Count(text, string(sep))); name != "" {
			return name
		}
	}
	return d.aligned(n, at)
}

// isSentence reports whether a line with commas is prose: a word of small letters
// follows most of them.
func isSentence(s string) bool {
	words, commas := len(smallWord.FindAllStringIndex(s, 40)), strings.Count(s, ",")
	return 2*words >= commas
}

var smallWord = pattern.New(`, \p{Ll}{2,}`)

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
	if len(cells) == count+2 && strings.HasPrefix(cells[0], "#") { // of Zeek: "#fields", then the names
		cells = cells[1:]
	}
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

// mostFigures is how many figures the names of columns may hold together.
const mostFigures = 3

func manyFigures(s string) bool {
	n := 0
	for i := 0; i < len(s) && n <= mostFigures; i++ {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n > mostFigures
}

// isHead reports whether these are names of columns rather than values.
func isHead(cells []string) bool {
	if manyFigures(strings.Join(cells, " ")) {
		return false
	}
	names := 0
	for _, c := range cells {
		c = strings.Trim(c, " \"'*_>\t")
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
	return names >= 2 || names == 1 && len(cells) <= 2
}

var columnWord = pattern.New(`(?i)(^|[^\p{L}])(ip|ips|ipv4|ipv6|src|dst|source|destination|dest|time|` +
	`timestamp|date|port|sport|dport|proto|protocol|host|hostname|address|addr|attacker|victim|count|` +
	`event|type|target|asn|service|infection|first.?seen|last.?seen|url|domain|datum|zeit|quelle|ziel|` +
	`heure|source|cible|fecha|hora|origen|destino|data|origem|ora|origine|bron|doel|tijd|czas|źródło|` +
	`дата|время|источник|адрес|порт|адрес|packets|bytes|flows|malware|user|utc|gmt)([^\p{L}]|$)|` +
	`時刻|日時|` +
	`时间|地址|アドレス|送信元|宛先|端口|ポート|シャ|주소|시간|포트`)

func columnName(s string) bool {
	return len(s) < 48 && (columnWord.MatchString(s) || lexicon.In(lower(s)).Has("column", "label source",
		"label offender", "label other", "port"))
}

// An alignedRow is a line and the header of its table, whose columns are aligned
// by blanks; nil where it has none.
type alignedRow struct {
	n           int
	cells, head []cell
}

// aligned looks for the name of a column in a table whose columns are aligned by
// blanks.
func (d *doc) aligned(n, at int) string {
	if d.row.n != n || d.row.cells == nil {
		d.row = alignedRow{n, fields2(d.text[d.lines[n].from:d.lines[n].to]), d.headOver(n)}
	}
	row, head, col := d.row.cells, d.row.head, at-d.lines[n].from
	if len(head) == len(row) {
		for k, c := range row {
			if c.from <= col && col < c.to {
				return head[k].text
			}
		}
	}
	if !isWide(d.text[d.lines[n].from:d.lines[n].to]) {
		return "" // a sentence below a table
	}
	for _, c := range head {
		if c.from <= col+2 && col <= c.to {
			return c.text
		}
	}
	return ""
}

// headOver looks for the header above a line whose columns are aligned.
func (d *doc) headOver(n int) []cell {
	for i := n - 1; i >= 0 && i > n-60; i-- {
		switch l := d.alignedLine(i); {
		case l.blank && i < n-2 && !d.rowLike(i-1):
			return nil
		case l.head != nil:
			return l.head
		}
	}
	return nil
}

// An alignedLine is what a line is to the rows of a table below it whose columns
// are aligned.
type alignedLine struct {
	looked, blank bool
	head          []cell // nil where it is no header
}

// alignedLine looks at each line once: those of a log ask for many above them.
func (d *doc) alignedLine(i int) *alignedLine {
	if d.aligns == nil {
		d.aligns = make([]alignedLine, len(d.lines))
	}
	l := &d.aligns[i]
	if l.looked {
		return l
	}
	l.looked = true
	text := d.text[d.lines[i].from:d.lines[i].to]
	if strings.Trim(text, "-+=_| \t>*") == "" {
		l.blank = strings.TrimSpace(text) == ""
	} else {
		l.head = alignedHead(text)
	}
	return l
}

// alignedHead returns the cells of a line that is the header of a table whose
// columns are aligned, and nil of any other.
func alignedHead(text string) (cells []cell) {
	if !manyFigures(text) { // else the names would be read for nothing
		cells = fields2(text)
	}
	if len(cells) > 0 && (strings.HasSuffix(cells[0].text, ":") && len(cells[0].text) < 12 || strings.Trim(cells[0].text, "#;/") == "") { // "#Fields: date time"
		cells = cells[1:]
	}
	var names []string
	for _, c := range cells {
		names = append(names, c.text)
	}
	if len(cells) < 2 || !isHead(names) || countNames(names, isWide(text)) < 2 {
		return nil
	}
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
