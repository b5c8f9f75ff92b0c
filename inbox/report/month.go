package report

import "strings"

// months are the beginnings of the names of months, in the languages of those
// who report.
var months = map[string]int{}

func init() {
	for n, list := range strings.Split(`jan gen ene янв sty ocak січ ian ιαν led úno|feb fév fev лют фев lut luty şub лют φεβ|mar mär mae mrz maa мар mrt бер μαρ már bře|apr avr abr апр kwi nis кві απρ ápr dub|may mai mei mag maj мая май maio mayo тра μαι máj kvě|jun juin giu giug июн cze haz чер ιουν jún iun čvn|jul juil lug июл lip tem лип ιουλ júl iul čvc|aug aoû aou ago авг sie ağu сер αυγ srp|sep set sett сен wrz eyl вер σεπ szept zář|oct okt out ott окт paź ekim eki жов οκτ říj|nov ноя lis kas лис νοε noi|dec dez déc dic дек gru ara гру δεκ pro`, "|") {
		for name := range strings.FieldsSeq(list) {
			months[name] = n + 1
		}
	}
}

// month reads the name of a month, or returns 0. Only what goes on as a name
// of it does is one.
func month(word string) int {
	w := strings.ToLower(strings.TrimSuffix(word, "."))
	if n, ok := fullMonths[w]; ok {
		return n
	}
	runes := []rune(w)
	if len(runes) < 3 {
		return 0
	}
	if len(runes) <= 4 {
		if n, ok := months[string(runes[:3])]; ok && (len(runes) == 3 || months[w] == n) {
			return n
		}
		return months[w]
	}
	return 0
}

var fullMonths = func() map[string]int {
	out := map[string]int{}
	for n, list := range strings.Split(`january ledna leden січня січень januára január ianuarie ιανουαρίου ιανουάριος ינואר يناير جانفي tammikuuta tammikuu januari януари siječnja siječanj มกราคม जनवरी ژانویه كانون januar jänner janvier enero janeiro gennaio januari stycznia styczeń января январь ocak
february února únor лютого лютий februára február februarie φεβρουαρίου φεβρουάριος פברואר فبراير شباط فيفري helmikuuta helmikuu февруари veljače veljača กุมภาพันธ์ फ़रवरी فوریه februar février fevrier febrero fevereiro febbraio februari lutego luty февраля февраль şubat
march března březen березня березень marca március martie μαρτίου μάρτιος מרץ مارس آذار maaliskuuta maaliskuu march ožujka ožujak มีนาคม मार्च märz maerz mars marzo março marco maart marca marzec марта март mart
april dubna duben квітня квітень apríla április aprilie απριλίου απρίλιος אפריל أبريل إبريل ابريل نيسان أفريل huhtikuuta huhtikuu април travnja travanj เมษายน अप्रैल آوریل avril abril aprile kwietnia kwiecień апреля апрель nisan
may května květen травня травень mája május mai μαΐου μάιος מאי مايو أيار ماي toukokuuta toukokuu svibnja svibanj พฤษภาคม मई mai mayo maio maggio mei maja maj мая май mayıs
june června červen червня червень júna június iunie ιουνίου ιούνιος יוני يونيو حزيران جوان kesäkuuta kesäkuu юни juni มิถุนายน जून ژوئن juni juin junio junho giugno czerwca czerwiec июня июнь haziran
july července červenec липня липень júla július iulie ιουλίου ιούλιος יולי يوليو تموز جويلية heinäkuuta heinäkuu юли กรกฎาคม जुलाई juli juillet julio julho luglio lipca lipiec июля июль temmuz
august srpna srpen серпня серпень augusta augusztus august αυγούστου αύγουστος אוגוסט أغسطس اغسطس آب أوت elokuuta elokuu agustus август สิงหาคม अगस्त août aout agosto augustus sierpnia sierpień августа август ağustos
september září вересня вересень septembra szeptember septembrie σεπτεμβρίου σεπτέμβριος ספטמבר سبتمبر أيلول syyskuuta syyskuu септември กันยายน सितंबर septembre septiembre setiembre setembro settembre września wrzesień сентября сентябрь eylül sept
october října říjen жовтня жовтень októbra október octombrie οκτωβρίου οκτώβριος אוקטובר أكتوبر اكتوبر lokakuuta lokakuu октомври ตุลาคม अक्टूबर oktober octobre octubre outubro ottobre października październik октября октябрь ekim
november listopadu листопада листопад novembra noiembrie νοεμβρίου νοέμβριος נובמבר نوفمبر marraskuuta marraskuu ноември studenoga studenog พฤศจิกายน नवंबर novembre noviembre novembro listopada listopad ноября ноябрь kasım
december prosince prosinec грудня грудень decembra decembrie δεκεμβρίου δεκέμβριος דצמבר ديسمبر joulukuuta joulukuu desember декември prosinca ธันวาคม दिसंबर dezember décembre decembre diciembre dezembro dicembre grudnia grudzień декабря декабрь aralık`, "\n") {
		for name := range strings.FieldsSeq(list) {
			out[name] = n + 1
		}
	}
	return out
}()
