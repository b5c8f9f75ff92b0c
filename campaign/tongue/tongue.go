// Package tongue tells in which language a report is written, so that its answer
// can be in the same.
//
// It goes by scripts and by common words. What it does not know for sure enough
// has no language: the settings then say how it is answered.
package tongue

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"headsup/inbox/report"
)

// common are words that tell a language from its neighbours. In some of these
// languages nobody is answered: they are here so that they are not taken for
// others.
var common = map[string][]string{
	"en":      strings.Fields("the and of to is from your this for was with has"),
	"de":      strings.Fields("der die das und von ist nicht mit ihre wurde für eine"),
	"fr":      strings.Fields("le la les des et de est une vous votre pour dans"),
	"es":      strings.Fields("el los las de y que es una su para con por"),
	"pt-PT":   strings.Fields("o os as do da dos e que uma de para com por não são vosso vossa registo registos utilizador contacto ficheiro detetámos"),
	"pt-BR":   strings.Fields("o os as do da dos e que uma de para com por não são você vocês registro registros usuário contato arquivo detectamos senha"),
	"it":      strings.Fields("il gli della di che è una per con non sono vi alla del"),
	"nl":      strings.Fields("het een van en is wij hebben met voor op niet uw"),
	"pl":      strings.Fields("że się jest są nie przez oraz dla od państwa prosimy adresu sieci w z"),
	"cs":      strings.Fields("že jsme ze ve byl byla vaší prosíme které jsou také nebo při adresy sítě"),
	"sk":      strings.Fields("že sme zo vo bol bola vašej prosíme ktoré sú tiež alebo pri adresy siete"),
	"hr":      strings.Fields("i u s na ne da od za je se vas smo bio molimo vaše koji što iz ili su također tko poslužitelj sustav mreže"),
	"sr-Latn": strings.Fields("i u sa na ne da od za je se vas smo bio molimo vaše koji šta iz ili su takođe ko server sistem mreže"),
	"sl":      strings.Fields("in v z na ne da od za je se vas smo bil prosimo vaše ki kar iz ali so tudi kdo strežnik sistem omrežja"),
	"ru":      strings.Fields("и в с на не что из от для мы вас это по был просим вашей"),
	"uk":      strings.Fields("і в з на не що із від для ми вас це та за було просимо вашої"),
	"bg":      strings.Fields("и в с на не че от за да се ви е са сме беше молим вашата"),
	"be":      strings.Fields("і ў з на не што ад для мы вас гэта быў просім"),
	"mk":      strings.Fields("и во со на не дека од за да се ве е сме беше молиме вашата"),
	"sr-Cyrl": strings.Fields("и у са на не да од за је се вас смо су био молимо ваше"),
	"da":      strings.Fields("og det er af på til fra vi har jeres deres ikke angreb beder om at netværk"),
	"nb":      strings.Fields("og det er av på til fra vi har deres ikke angrep ber om at nettverk"),
	"sv":      strings.Fields("och det är av på till från vi har ert era inte att nätverk adressen ber"),
	"fi":      strings.Fields("ja on ei että verkon verkosta olemme teidän osoitteesta ovat pyydämme myös tai"),
	"is":      strings.Fields("og er að frá við ekki á til í ykkar netinu þetta vistfanginu biðjum um hefur"),
	"et":      strings.Fields("ja on ei et teie meie võrgu võrgust aadressilt oleme ning palume see või"),
	"lt":      strings.Fields("ir iš į su yra kad dėl jūsų mūsų tinklo adreso prašome arba nuo"),
	"lv":      strings.Fields("un no uz ar ir kas par jūsu mūsu tīkla adreses lūdzam vai tika"),
	"tr":      strings.Fields("ve bir bu için ile olan ağınızdan ağınızdaki adresinden olarak değil rica ederiz sunucumuza"),
	"mt":      strings.Fields("u li mill minn ta tal għal huwa aħna tagħkom indirizz network fuq dan biex"),
	"ga":      strings.Fields("agus an na ar ón seoladh bhur líonra chun seo tá atá den do iarraimid"),
	"vi":      strings.Fields("và của là các có không cho từ được với này chúng tôi trong đến"),
	"hu":      strings.Fields("a az és hogy nem egy van volt önök kérjük címről hálózat meg is ezt hálózatából"),
	"ro":      strings.Fields("și şi din la pe cu pentru nu este sunt care vă rugăm rețeaua adresa noastră dumneavoastră"),
	"id":      strings.Fields("yang dan dari untuk dengan tidak kami ini pada adalah anda telah alamat mohon jaringan dapat agar"),
	"ms":      strings.Fields("yang dan dari untuk dengan tidak kami ini pada ialah anda telah alamat sila rangkaian daripada boleh pelayan supaya"),
	"sq":      strings.Fields("dhe të një në për nga që është ju kjo nuk lutemi juaj tuaj rrjetin adresa"),
	"el":      strings.Fields("και το την της του από σας με για στο δεν να που είναι"),
}

// commonIn are the languages in which a word is common.
var commonIn = sync.OnceValue(func() map[string][]string {
	in := map[string][]string{}
	for lang, words := range common {
		for _, w := range slices.Compact(slices.Sorted(slices.Values(words))) {
			in[w] = append(in[w], lang)
		}
	}
	return in
})

// Of tells the language of a report, or "" if it is none of those in which it can
// be answered.
func Of(parts []report.Part, answered []string) string {
	lang, count := scripted(parts)
	for _, l := range slices.Sorted(maps.Keys(count)) {
		if count[l] > count[lang] || count[l] == count[lang] && slices.Contains(answered, l) && !slices.Contains(answered, lang) {
			lang = l
		}
	}
	if !slices.Contains(answered, lang) {
		return ""
	}
	return lang
}

// scripts are those in which one language is written more than all others.
var scripts = []struct {
	lang  string
	table *unicode.RangeTable
}{{"bn", unicode.Bengali}, {"he", unicode.Hebrew}, {"hi", unicode.Devanagari}, {"ko", unicode.Hangul}, {"ta", unicode.Tamil}, {"th", unicode.Thai}}

// letters counts those of a report that tell its language.
type letters struct {
	latin, kana, han, simple, full int
	arabic, persian, urdu          int
	of                             [6]int // as scripts
	hindi                          bool   // the word "is", which Marathi and Nepali lack
}

// scripted tells the language of a report whose script few others have, or else
// "" and how many common words of each language there are.
func scripted(parts []report.Part) (lang string, count map[string]int) {
	var n letters
	count = map[string]int{}
	for _, p := range parts {
		text := p.Text[:min(len(p.Text), 16<<10)]
		n.hindi = n.hindi || strings.Contains(text, "है")
		for _, r := range text {
			n.add(r)
		}
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			for _, lang := range commonIn()[word] {
				count[lang]++
			}
		}
	}
	if lang, ok := n.language(); ok {
		return lang, nil
	}
	return "", count
}

// add counts a letter.
func (n *letters) add(r rune) {
	switch {
	case r < utf8.RuneSelf:
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			n.latin++
		}
	case unicode.Is(unicode.Latin, r):
		n.latin++
	case unicode.Is(unicode.Arabic, r):
		n.arabic++
		if strings.ContainsRune("پچگیک", r) {
			n.persian++ // and Urdu
		}
		if strings.ContainsRune("ٹڈڑںےہ", r) {
			n.urdu++
		}
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		n.kana++
	case unicode.Is(unicode.Han, r):
		n.han++
		if strings.ContainsRune("们这为对时间网请问发现来没过务电邮处关贵当统", r) {
			n.simple++
		}
		if strings.ContainsRune("們這為對時間網請問發現來沒過務電郵處關貴當統", r) {
			n.full++
		}
	default:
		for i, s := range scripts {
			if unicode.Is(s.table, r) {
				n.of[i]++
			}
		}
	}
}

// language is that of the script, if the script tells it. It is "" where a script
// is that of a language in which nobody is answered.
func (n *letters) language() (lang string, ok bool) {
	if n.kana > 20 && n.kana*5 > n.latin {
		return "ja", true
	}
	for i, s := range scripts {
		if n.of[i] > 20 && n.of[i]*2 > n.latin {
			if s.lang == "hi" && !n.hindi {
				return "", true
			}
			return s.lang, true
		}
	}
	if n.arabic > 20 && n.arabic*2 > n.latin {
		switch { // letters that the others of the script lack make a tenth of a text and more
		case n.urdu*25 > n.arabic:
			return "ur", true
		case n.persian*25 > n.arabic:
			return "fa", true
		}
		return "ar", true
	}
	if n.han > 10 && n.han*5 > n.latin && n.simple != n.full {
		if n.simple > n.full {
			return "zh-Hans", true
		}
		return "zh-Hant", true
	}
	return "", false
}
