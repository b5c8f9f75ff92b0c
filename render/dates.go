package render

import (
	"cmp"
	"fmt"
	"github.com/gohugoio/locales/bn"
	"github.com/gohugoio/locales/et"
	"github.com/gohugoio/locales/ga"
	"github.com/gohugoio/locales/hr"
	"github.com/gohugoio/locales/is"
	"github.com/gohugoio/locales/lv"
	"github.com/gohugoio/locales/mt"
	"github.com/gohugoio/locales/pt_PT"
	"github.com/gohugoio/locales/sk"
	"github.com/gohugoio/locales/sl"
	"github.com/gohugoio/locales/ur"
	"slices"
	"strconv"
	"time"

	"github.com/gohugoio/locales"
	"github.com/gohugoio/locales/ar"
	"github.com/gohugoio/locales/bg"
	"github.com/gohugoio/locales/cs"
	"github.com/gohugoio/locales/da"
	"github.com/gohugoio/locales/de"
	"github.com/gohugoio/locales/el"
	"github.com/gohugoio/locales/en"
	"github.com/gohugoio/locales/es"
	"github.com/gohugoio/locales/fa"
	"github.com/gohugoio/locales/fi"
	"github.com/gohugoio/locales/fil"
	"github.com/gohugoio/locales/fr"
	"github.com/gohugoio/locales/he"
	"github.com/gohugoio/locales/hi"
	"github.com/gohugoio/locales/hu"
	"github.com/gohugoio/locales/id"
	"github.com/gohugoio/locales/it"
	"github.com/gohugoio/locales/ja"
	"github.com/gohugoio/locales/ko"
	"github.com/gohugoio/locales/lt"
	"github.com/gohugoio/locales/ms"
	"github.com/gohugoio/locales/nb"
	"github.com/gohugoio/locales/nl"
	"github.com/gohugoio/locales/pl"
	"github.com/gohugoio/locales/pt"
	"github.com/gohugoio/locales/ro"
	"github.com/gohugoio/locales/ru"
	"github.com/gohugoio/locales/sq"
	"github.com/gohugoio/locales/sr_Cyrl"
	"github.com/gohugoio/locales/sr_Latn"
	"github.com/gohugoio/locales/sv"
	"github.com/gohugoio/locales/ta"
	"github.com/gohugoio/locales/th"
	"github.com/gohugoio/locales/tr"
	"github.com/gohugoio/locales/uk"
	"github.com/gohugoio/locales/vi"
	"github.com/gohugoio/locales/zh_Hans"
	"github.com/gohugoio/locales/zh_Hant"

	"headsup/letter"
	"headsup/templates"
)

// date writes a day as officials of a language do.
//
// Vietnamese ones put the word for day first, with a zero before days and the
// first two months of one digit (Decree 30/2020/NĐ-CP, annex I); Thai ones count the years of the Buddhist era.
// Persian ones count by the sun from the Hijra: see [solar]. Urdu ones mark the
// year as that of the Common Era, and Bengali ones put no comma before it.
// English has the month first only where people do.
func (r *Renderer) date(l letter.Letter, lang string, t time.Time) string {
	switch locale := r.locales[lang]; {
	case lang == "vi":
		month := strconv.Itoa(int(t.Month()))
		if t.Month() <= time.February {
			month = "0" + month
		}
		return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
	case lang == "th":
		return fmt.Sprintf("%d %s %d", t.Day(), locale.MonthWide(t.Month()), t.Year()+buddhist)
	case lang == "fa":
		return solar(l.To.Country, locale, t)
	case lang == "ur":
		return fmt.Sprintf("%d %s %dء", t.Day(), locale.MonthWide(t.Month()), t.Year())
	case lang == "bn":
		return fmt.Sprintf("%d %s %d", t.Day(), locale.MonthWide(t.Month()), t.Year())
	case lang == "en" && !slices.Contains(monthFirst, l.To.Country):
		return fmt.Sprintf("%d %s %d", t.Day(), locale.MonthWide(t.Month()), t.Year())
	default:
		return locale.FmtDateLong(t)
	}
}

// buddhist is how many years the Buddhist era of Thailand is ahead.
const buddhist = 543

// monthFirst are the countries whose English puts the month before the day.
var monthFirst = []string{"US", "PR", "GU", "VI", "AS", "MP", "PH", "CA", "FM", "MH", "PW"}

// plural chooses the form of a label that a number governs (CLDR), or the one
// that serves all numbers.
func plural(locale locales.Translator, n int, l templates.Labels) string {
	form := map[locales.PluralRule]string{
		locales.PluralRuleZero: l.RestZero, locales.PluralRuleOne: l.RestOne, locales.PluralRuleTwo: l.RestTwo, locales.PluralRuleFew: l.RestFew, locales.PluralRuleMany: l.RestMany,
	}[locale.CardinalPluralRule(float64(n), 0)]
	return cmp.Or(form, l.Rest)
}

// dates makes what writes dates in each language (CLDR), by BCP 47. Only its
// long dates are used: the medium ones panic in some locales.
var dates = map[string]func() locales.Translator{
	"ar": ar.New, "bg": bg.New, "bn": bn.New, "cs": cs.New, "da": da.New, "de": de.New, "el": el.New, "en": en.New,
	"es": es.New, "et": et.New, "fa": fa.New, "fi": fi.New, "fil": fil.New, "fr": fr.New, "ga": ga.New, "he": he.New,
	"hi": hi.New, "hr": hr.New, "hu": hu.New, "id": id.New, "is": is.New, "it": it.New, "ja": ja.New, "ko": ko.New,
	"lt": lt.New, "lv": lv.New, "ms": ms.New, "mt": mt.New, "nb": nb.New, "nl": nl.New, "pl": pl.New, "pt": pt.New,
	"pt-BR": pt.New, "pt-PT": pt_PT.New, "ro": ro.New, "ru": ru.New, "sk": sk.New, "sl": sl.New, "sq": sq.New,
	"sr-Cyrl": sr_Cyrl.New, "sr-Latn": sr_Latn.New, "sv": sv.New, "ta": ta.New, "th": th.New, "tr": tr.New,
	"uk": uk.New, "ur": ur.New, "vi": vi.New, "zh-Hans": zh_Hans.New, "zh-Hant": zh_Hant.New,
}
