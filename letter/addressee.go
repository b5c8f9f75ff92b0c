package letter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/finding"
	"headsup/lookup"
	"headsup/pattern"
)

// AtHome reports whether paper to a contact may come to where a person lives:
// it names no organisation, and no department.
func AtHome(to lookup.Contact) bool { return to.Org == "" && !isUnit(to.Name, "") }

// whom is who stands in the window: the organisation and the department
// or person in it, each once, with the form of address that the country wants.
func whom(to lookup.Contact, country, lang string, large bool) []string {
	var who []string
	for _, name := range []string{to.Org, to.Name} {
		name = finding.Clean(name, 4*lookup.MaxName)
		if name != "" && (len(who) == 0 || !strings.EqualFold(who[0], name)) {
			who = append(who, name)
		}
	}
	if len(who) == 0 {
		return nil
	}
	last := len(who) - 1
	who[last] += honorific(who[last], country, lang, large, to.Org != "" && last == 0)
	return who
}

// honorific is what a name in an address is followed by. Only the last name
// has one. Japanese and Korean letters tell organisations (御中, 귀중) from
// persons (様, 귀하); Chinese ones say "to be received by" (收) of both. A name
// in Latin letters has one only where the letter or the address below is in
// the language.
func honorific(name, country, lang string, large, organisation bool) string {
	base, _, _ := strings.Cut(lang, "-")
	post, _, _ := strings.Cut(hanLanguages[country], "-")
	if post == "" || post != base && !large && strings.IndexFunc(name, eastAsian) < 0 || addressed.MatchString(name) {
		return ""
	}
	unit := organisation || isUnit(name, post)
	switch {
	case post == "zh":
		return " 收"
	case post == "ja" && unit:
		return " 御中"
	case post == "ja":
		return " 様"
	case unit:
		return " 귀중"
	}
	return " 귀하"
}

var (
	// addressed matches names that have a form of address already.
	addressed = pattern.New(`(?:御中|様|さま|殿|各位|先生|귀중|귀하|님|앞|收|启|啟|先生|女士|小姐)$`)
	// Departments, roles and organisations, as against persons.
	latinUnit = pattern.New(`(?i)\b(?:abuse|noc|soc|cert|csirt|irt|network|desk|team|group|dep(?:artmen)?t|division|section|office|centre|center|` +
		`service|services|support|security|operations?|admin(?:istration|istrator)?|manager|hostmaster|postmaster|webmaster|helpdesk|contact|role|` +
		`inc|ltd|llc|corp|corporation|company|co|k\.?k|gmbh|limited|university|institute|association|bank|internet|telecom|communications?|hosting)\b`)
	japaneseUnit = pattern.New(`(?:部|課|室|係|局|班|署|省|庁|センター|チーム|グループ|担当|窓口|デスク|支社|支店|事務所|会社|法人|機構|大学|` +
		`学校|協会|財団|銀行|病院|役所|役場|組合|研究所|ネット|通信)$|会社|法人`)
	koreanUnit = pattern.New(`(?:팀|센터|본부|부서|담당|담당자|사무국|지사|지점|연구소|대학교|대학|회사|은행|병원|협회|재단|통신|텔레콤|공사|공단|청)$|주식회사|\(주\)|㈜`)
)

// isUnit reports whether a name is rather that of a department than of a person.
func isUnit(name, post string) bool {
	if latinUnit.MatchString(name) || post == "ja" && japaneseUnit.MatchString(name) {
		return true
	}
	// Korean persons have names of two to four syllables.
	return post == "ko" && (koreanUnit.MatchString(name) || strings.IndexFunc(name, hangul) >= 0 && utf8.RuneCountInString(name) > 4)
}

// Person reports whether a contact is rather a person than a desk: a customer,
// or a name that is neither that of a unit nor of the organisation.
func Person(to lookup.Contact) bool {
	if to.Role == lookup.Customer {
		return true
	}
	return strings.Contains(to.Name, " ") && !strings.EqualFold(to.Name, to.Org) && !isUnit(to.Name, "ja") && !isUnit(to.Name, "ko")
}

func hangul(r rune) bool { return unicode.Is(unicode.Hangul, r) }
