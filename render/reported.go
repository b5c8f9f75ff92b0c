package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/pattern"
	"headsup/render/prose"
	"headsup/templates"
)

// sortOf says which section of a customer's letter speaks of a kind of report.
var sortOf = map[finding.Kind]string{
	"spam": "mail", finding.OpenRelay: "mail",
	"phishing": "web", "malware": "web",
	"copyright": "copyright",
	"scan":      "attack", "bruteforce": "attack", "ddos": "attack", "botnet": "attack",
	finding.ExposedService: "open", finding.OpenProxy: "open",
	"account": "account",
}

// nowhere stands for the address of what was reported about a name alone.
var nowhere = netip.IPv4Unspecified()

// reportTopic is a kind of report in a few words.
func reportTopic(r *Renderer, kind finding.Kind, lang string) string {
	f := r.set.File(templates.Reported, lang)
	if f == nil {
		return string(kind)
	}
	block := string(kind) + "-topic"
	if f.Template().Lookup(block) == nil {
		block = "other-topic"
	}
	var out strings.Builder
	if err := f.Template().ExecuteTemplate(&out, block, nil); err != nil {
		return string(kind)
	}
	return strings.TrimSpace(out.String())
}

// reportTopics lists what the letter passes on.
func reportTopics(r *Renderer, l letter.Letter, lang string) (topics []string) {
	for _, kind := range l.Kinds() {
		topics = append(topics, reportTopic(r, kind, lang))
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// reportSections writes a section for each sort of report.
func reportSections(l letter.Letter, frame *templates.File, page Page, b *prose.Book) ([]prose.Block, error) {
	var sorts []string
	for _, kind := range l.Kinds() {
		sorts = append(sorts, cmp.Or(sortOf[kind], "other"))
	}
	slices.Sort(sorts)
	var all []prose.Block
	for _, block := range slices.Compact(sorts) {
		blocks, err := run(frame, block, page, b)
		if err != nil {
			return nil, err
		}
		all = append(all, blocks...)
	}
	return all, nil
}

// inUTC is what a head says of the zone of a column, which here stands in each
// row: a zone has two offsets in a year.
var inUTC = pattern.New(`\s*[(（]?\s*UTC\s*[)）]?\s*$`)

// reportTable lists what was reported, in the customer's zone. A column that no
// row has is left out.
func reportTable(r *Renderer, l letter.Letter, lang, file string) []prose.Block {
	labels := r.set.File(templates.Frame, lang).Labels
	ports := slices.ContainsFunc(l.Findings, func(f finding.Finding) bool { return f.Port > 0 })
	names := slices.ContainsFunc(l.Findings, func(f finding.Finding) bool { return f.Service != "" })
	t := prose.Block{Kind: prose.Table, Head: []string{labels.Address}, LTR: []bool{true}}
	add := func(head string, ltr bool) { t.Head, t.LTR = append(t.Head, head), append(t.LTR, ltr) }
	if ports {
		add(labels.Port, true)
	}
	if names {
		add(labels.Service, true)
	}
	add(labels.Finding, false)
	add(inUTC.ReplaceAllString(labels.Seen, ""), true)
	listed := rowsOf(l, file)
	for _, f := range l.Findings[:listed] {
		row := []string{""}
		if f.Addr != nowhere {
			row[0] = f.Addr.String()
		}
		if ports {
			row = append(row, portOf(f))
		}
		if names {
			row = append(row, clean(f.Service))
		}
		t.Rows = append(t.Rows, append(row, reportTopic(r, f.Kind, lang), inZone(f.Seen, l.Zone)))
	}
	if more := len(l.Findings) - listed; more > 0 {
		return []prose.Block{t, sentence(fmt.Sprintf(plural(r.locales[lang], more, labels), more, file))}
	}
	return []prose.Block{t}
}

func portOf(f finding.Finding) string {
	if f.Port == 0 {
		return ""
	}
	return fmt.Sprint(f.Port)
}

// inZone writes a time with the offset of its zone.
func inZone(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	if _, offset := t.Zone(); offset == 0 {
		return t.Format("2006-01-02 15:04") + " UTC"
	}
	return t.Format("2006-01-02 15:04 -0700")
}
