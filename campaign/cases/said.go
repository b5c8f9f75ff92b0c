package cases

// A saying is how customers answer in one language: lower case, NFC, and with
// the apostrophe of typographers.
type saying struct{ help, notMe, fixed []string }

// said has a language on each line. What denies that something was done asks for
// help: "not fixed" is no "fixed". A phrase that begins with a space begins a word.
var said = map[string]saying{
	"ar": {[]string{"مساعدة"}, []string{"لم يكن مني", "لست أنا", "ليس أنا"}, []string{"عولج", "تم الحل", "تم الإصلاح"}},
	"bg": {[]string{"помощ", "помогнете", "не е отстранен", "не са отстранен", "не е поправен", "не е оправен", "не е решен"},
		[]string{"не съм аз", "не бях аз", "не съм бил аз", "не съм била аз", "не сме ние", "не бяхме ние", "не сме били ние"},
		[]string{"отстранен", "отстраних", "поправен", "поправих", "оправен", "оправих", " решено", " решена", " решихме"}},
	"bn": {[]string{"সাহায্য", "সহায়তা", "ঠিক হয়নি"}, []string{"আমার কাজ নয়", "আমাদের কাজ নয়", "আমি করিনি", "আমরা করিনি", "আমি নই", "আমরা নই"},
		[]string{"ঠিক হয়েছে", "ঠিক করেছি", "ঠিক করা হয়েছে", "সমাধান হয়েছে", "সমাধান করা হয়েছে"}},
	"cs": {[]string{"pomoc", "pomozte", "pomoct", "není naprav", "není to naprav", "nenaprav", "není oprav", "není to oprav", "neoprav", "neodstran", "nevyřeš"},
		[]string{"nejsem to já", "to nejsem já", "to nejsem ja", "nejsme to my", "to nejsme my", "nebyl jsem to", "nebyla jsem to", "nebyli jsme to",
			"to jsem nebyl", "to jsme nebyli"},
		[]string{"napraven", "opraven", "vyřešen", "odstraněn", "napravil", "opravil", "odstranil"}},
	"de": {[]string{"hilfe", "nicht behoben"}, []string{"nicht ich", "ich war es nicht", "war ich nicht", "nicht von mir"},
		[]string{"behoben", "erledigt", "gelöst", "entfernt"}},
	"el": {[]string{"βοήθεια", "βοηθεια", "βοηθήστε", "δεν διορθώθηκ", "δεν διορθωθηκ", "δεν έχει διορθωθεί", "δεν λύθηκ", "δεν έχει λυθεί"},
		[]string{"δεν ήμουν εγώ", "δεν ημουν εγω", "δεν είμαι εγώ", "δεν ήμασταν εμείς", "δεν το έκανα", "δεν το κάναμε"},
		[]string{"διορθώθηκ", "διορθωθηκ", "διόρθωσα", "διορθώσαμε", "έχει διορθωθεί", "λύθηκ", "έχει λυθεί", "αποκαταστάθηκ"}},
	"en": {[]string{"help", "not fixed"}, []string{"not me", "wasn’t me", "was not me", "not mine"},
		[]string{"fixed", "resolved", "solved", "done", "removed", "cleaned"}},
	"es": {[]string{"ayuda", "ayúdeme", "no está arreglado"}, []string{"no fui yo", "no he sido yo"}, []string{"arreglado", "resuelto", "solucionado"}},
	"fa": {[]string{"کمک", "برطرف نشد"}, []string{"کار من نبود", "کار ما نبود", "من نبودم", "ما نبودیم"},
		[]string{"برطرف شد", "برطرف کرد", "رفع شد", "حل شد"}},
	"fr": {[]string{"aide", "aider", "pas réglé"}, []string{"pas moi", "ce n’était pas moi"}, []string{"réglé", "résolu", "corrigé"}},
	"hr": {[]string{"pomoć", "pomozite", "nije riješen", "nije još riješen", "još nije riješen", "neriješen", "nije popravlj", "nije uklonj", "nismo riješili"},
		[]string{"nismo mi", "nisam ja", "nisam to ja", "nismo to mi", "to nije moj", "nije naše"},
		[]string{"riješen", "riješili", "riješio", "riješila", "popravljen", "uklonjen", "otklonjen"}},
	"ja": {[]string{"支援", "助けて", "手伝"}, []string{"自分ではない", "私ではありません", "私ではない", "身に覚え"}, []string{"解決", "対応済", "完了"}},
	"pl": {[]string{"pomoc", "pomóż", "pomóc", "nie napraw", "nienapraw", "nie jest napraw", "nie jest jeszcze napraw", "nie został", "nie usun", "nie rozwiąz", "nierozwiąz"},
		[]string{"to nie ja", "nie ja to", "to nie my", "to nie byłem ja", "to nie byłam ja", "nie byłem to ja", "nie byłam to ja", "to nie byliśmy my"},
		[]string{"naprawion", "naprawił", "naprawili", "rozwiązan", "usunięt", "usunął", "usunęł"}},
	"pt-PT": {[]string{"ajuda", "ajudem", "não está resolvid", "não foi resolvid", "não está corrigid", "não foi corrigid", "por resolver"},
		[]string{"não fui eu", "não fomos nós", "não sou eu", "não somos nós"}, []string{"resolvid", "corrigid", "resolvemos", "corrigimos"}},
	"ru": {[]string{"помощь", "помощи", "помогите", "помочь", "не исправ", "не устран", " не решен", " не решён"},
		[]string{"это не я", "это был не я", "это была не я", "это не мы", "это были не мы", "я этого не дел", "мы этого не дел"},
		[]string{"исправлен", "исправил", "устранен", "устранён", "устранил", " решено", " решена", " решён", " решили"}},
	"sl": {[]string{"pomoč", "pomagajte", "ni rešen", "ni še rešen", "ni bilo rešen", "nerešen", "ni odpravlj", "ni bilo odpravlj", "ni urejen", "neurejen", "ni popravlj"},
		[]string{"nismo mi", "nisem jaz", "to nisem bil jaz", "to nisem bila jaz", "nismo bili mi", "ni naše"},
		[]string{"rešen", "rešili", "odpravljen", "odpravili", "urejen", "uredili", "popravljen"}},
	"uk": {[]string{"допомог", "допомож", "не виправ", "не усун", "не вирішен"},
		[]string{"це не я", "це був не я", "це була не я", "це не ми", "це були не ми", "я цього не роб", "ми цього не роб"},
		[]string{"виправлен", "виправил", "виправив", "усунен", "усунут", "усунул", "усунув", " вирішен"}},
	"ur": {[]string{"مدد", "ٹھیک نہیں"}, []string{"میں نے نہیں", "ہم نے نہیں", "میرا کام نہیں", "ہمارا کام نہیں"},
		[]string{"ٹھیک ہو گیا", "ٹھیک ہوگیا", "ٹھیک کر دیا", "حل ہو گیا"}},
}
