package render

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"headsup/letter"
	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/templates"
)

// addressLines is how many lines the window of an envelope shows.
const addressLines = 6

// paper is the letter as it is printed.
func (r *Renderer) paper(l letter.Letter, title string, docs []prose.Doc) pdf.Letter {
	lang := l.Languages[0]
	labels := r.set.File(templates.Frame, lang).Labels
	a := l.Agency
	name := clean(nameOf(a, lang))
	return pdf.Letter{
		ID: l.ID, Title: title, Author: name, Date: l.Date, Form: a.Form, Lang: lang, RTL: rtl(lang),
		Head:   pdf.Letterhead{Name: name, Lines: headLines(a), Logo: a.Logo},
		Return: strings.Join(cleanLines(append([]string{name}, withoutName(a)...)), " · "),
		To:     recipient(l),
		Info: []pdf.Field{
			{Label: labels.Reference, Value: l.ID},
			{Label: labels.Date, Value: r.locales[lang].FmtDateLong(l.Date)},
			{Label: labels.Code, Value: l.Code},
		},
		Parts:    docs,
		PageOf:   func(page, of int) string { return fmt.Sprintf(labels.Page, page, of) },
		Verify:   VerifyURL(r.site, l),
		Continue: name + " · " + l.ID,
	}
}

// headLines is what stands below the agency's name at the top of the page.
func headLines(a letter.Agency) []string {
	lines := append(withoutName(a), a.Phone, answerTo(a), a.Site)
	if a.Key != "" {
		lines = append(lines, "PGP "+a.Key)
	}
	return cleanLines(lines)
}

// withoutName is the agency's address without its name on the first line.
func withoutName(a letter.Agency) []string {
	lines := slices.Clone(a.Address)
	if len(lines) > 0 && strings.EqualFold(clean(lines[0]), clean(a.Name)) {
		lines = lines[1:]
	}
	return lines
}

// recipient is what stands in the window: who, where, and, in a letter that
// crosses a border, the country. Without a postal address it is the mailbox.
func recipient(l letter.Letter) []string {
	to := l.To
	who := cleanLines([]string{to.Org, to.Name})
	who = slices.Compact(who)
	if len(to.Address) == 0 {
		return append(who, clean(to.Email))
	}
	where := cleanLines(to.Address)
	country := foreign(to.Country, l.Agency)
	room := addressLines - len(who)
	if country != "" {
		room--
	}
	if len(where) > room {
		where = where[len(where)-room:] // street and town stand at the end
	}
	lines := append(who, where...)
	if country != "" {
		lines = append(lines, country)
	}
	return lines
}

// foreign returns the name of a country as the sender's post reads it: in
// capitals, in the sender's language (UPU practice). It is empty where the
// letter stays in the country that the sender's own address ends with.
func foreign(country string, a letter.Agency) string {
	region, err := language.ParseRegion(country)
	if err != nil {
		return ""
	}
	sender := senderLanguage(a)
	var own string
	if len(a.Address) > 0 {
		own = clean(a.Address[len(a.Address)-1])
	}
	for _, lang := range []language.Tag{sender, language.English} {
		if names := display.Regions(lang); names != nil && strings.EqualFold(names.Name(region), own) {
			return ""
		}
	}
	names := display.Regions(sender)
	if names == nil {
		names = display.Regions(language.English)
	}
	return cases.Upper(sender).String(names.Name(region))
}

// senderLanguage is the language of the agency's own country.
func senderLanguage(a letter.Agency) language.Tag {
	if len(a.Languages) > 0 {
		return language.Make(a.Languages[0])
	}
	for _, country := range a.Countries {
		if spoken := letter.Spoken[country]; len(spoken) > 0 {
			return language.Make(spoken[0])
		}
	}
	return language.English
}

// cleanLines makes lines printable and drops the empty ones.
func cleanLines(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line = clean(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
