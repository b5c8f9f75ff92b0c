package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render/prose"
)

// A letter shows what the scanner reported where it is about a few hosts; of
// more, the CSV file does.
const (
	evidenceHosts = 5
	evidenceRows  = 10
	evidenceLong  = 200 // bytes of each
)

// shown lists what the scanner reported of each finding, below the table.
func shown(l letter.Letter, label string) []prose.Block {
	if label == "" || len(addresses(l.Findings)) > evidenceHosts || len(l.Findings) > evidenceRows {
		return nil
	}
	list := prose.Block{Kind: prose.List}
	for _, f := range l.Findings {
		text := defanged(finding.Clean(f.Evidence, evidenceLong))
		if text == "" {
			continue
		}
		where := fmt.Sprintf("%s, %d/%s", f.Addr, f.Port, clean(f.Proto))
		list.Items = append(list.Items, []prose.Block{{Kind: prose.Paragraph, Spans: []prose.Span{
			{Text: where, Value: true}, {Text: ": "}, {Text: text, Code: true, Value: true}}}})
	}
	if len(list.Items) == 0 {
		return nil
	}
	return []prose.Block{sentence(label), list}
}

// defanged keeps the names in what a scanner reported from being links, and
// from being looked up by filters, which hold the names of open systems
// against a mail that has them.
func defanged(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if text[i] == '.' && i > 0 && i+1 < len(text) && inName(text[i-1]) && inName(text[i+1]) && !digit(text[i+1]) {
			b.WriteString("[.]")
		} else {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// inName reports whether c is in names of hosts; a version such as 2.1.5 has digits behind its dots.
func inName(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || digit(c) || c >= 0x80 }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// filled puts the address and the port of findings into the commands of a
// text, where there is one of each. An IPv6 address needs other commands: there
// the words stay that stand for it.
func filled(blocks []prose.Block, fs []finding.Finding) []prose.Block {
	var hosts []netip.Addr
	ports := map[uint16]bool{}
	for _, f := range fs {
		hosts = append(hosts, f.Addr)
		ports[f.Port] = true
	}
	if len(fs) == 0 || !fs[0].Addr.Is4() || len(addresses(fs)) > 1 {
		return blocks
	}
	pairs := []string{"ADDRESS", hosts[0].String()}
	if len(ports) == 1 {
		pairs = append(pairs, "PORT", strconv.Itoa(int(fs[0].Port)))
	}
	fill(blocks, strings.NewReplacer(pairs...))
	return blocks
}

func fill(blocks []prose.Block, values *strings.Replacer) {
	for _, b := range blocks {
		for i, s := range b.Spans {
			if s.Code && !s.Value && !strings.Contains(s.Text, "://ADDRESS") { // filters count links to addresses
				text := values.Replace(s.Text)
				b.Spans[i].Text, b.Spans[i].Once = text, text != s.Text
			}
		}
		for _, item := range b.Items {
			fill(item, values)
		}
	}
}

// clockOf returns the clock of a letter's times and the head of their column,
// which says UTC. A customer reads times by the clock on the wall, where one
// says the same all the while.
func clockOf(l letter.Letter, head string) (*time.Location, string) {
	country := l.To.Country
	for _, n := range l.Networks {
		country = cmp.Or(country, n.Country)
	}
	zone, err := time.LoadLocation(letter.Zone(country))
	if l.To.Role != lookup.Customer || err != nil || len(l.Findings) == 0 || !strings.Contains(head, "UTC") {
		return time.UTC, head
	}
	_, offset := l.Findings[0].Seen.In(zone).Zone()
	for _, f := range l.Findings {
		if _, o := f.Seen.In(zone).Zone(); o != offset {
			return time.UTC, head
		}
	}
	return zone, strings.Replace(head, "UTC", "UTC"+sayOffset(offset), 1)
}

// sayOffset writes seconds east of UTC as "+1" or "-3:30"; nothing as nothing.
func sayOffset(seconds int) string {
	if seconds == 0 {
		return ""
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	hours, minutes := seconds/3600, seconds/60%60
	if minutes == 0 {
		return fmt.Sprintf("%s%d", sign, hours)
	}
	return fmt.Sprintf("%s%d:%02d", sign, hours, minutes)
}
