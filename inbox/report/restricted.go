package report

import (
	"strings"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

// restricted are requests that are not the program's to touch, and what tells
// of them. Doubt counts as yes.
var restricted = []struct {
	why, list string // of the lexicon
	mentioned bool   // by reports, in passing
	form      *pattern.Pattern
}{
	{"police or prosecution", "restricted police", true, re(`\b(?:police (?:department|officer|station|headquarters|` +
		`investigat\w+|force|of)|metropolitan police|national police|detective|sheriff'?s? (?:office|` +
		`department)|federal bureau of investigation|fbi\b.{0,30}(?:agent|office|request)|europol|interpol|` +
		`special agent|cybercrime (?:unit|division|police)|criminal (?:investigation|complaint|proceedings)|` +
		`prosecut(?:or|or's office|ion office)|law enforcement (?:agency|request|officer)|public prosecutor|` +
		`district attorney|attorney general|secret service|homeland security|` +
		`polizei(?:präsidium|inspektion|direktion|dienststelle|revier|behörde|direktion)|polizei\b|kriminalpolizei|` +
		`bundeskriminalamt|landeskriminalamt|staatsanwalt\w*|ermittlungsverfahren|strafverfahren|` +
		`strafanzeige|gendarmerie|police nationale|police judiciaire|procureur|juge d'instruction|` +
		`enquête (?:judiciaire|préliminaire)|commission rogatoire|guardia civil|policía (?:nacional|` +
		`judicial)|fiscal[ií]a|juzgado|polícia (?:federal|civil|judiciária)|ministério público|delegacia|` +
		`polizia (?:postale|di stato|giudiziaria)|procura della repubblica|carabinieri|` +
		`politie\b|openbaar ministerie|officier van justitie|policj[aię]|komend[ay] (?:policji|powiatow|` +
		`miejsk|wojewódzk)|prokuratur\w*|полици\w+|прокуратур\w*|следственн\w+ (?:комитет|отдел)|` +
		`мвд\b|уголовн\w+ дел)|警察(?:署|本部|庁)|捜査(?:関係|照会|機関)|検察|公安(?:局|机关)|` +
		`警方|检察院|立案侦查|경찰(?:청|서)|검찰|` +
		`수사(?:기관|협조)|الشرطة|النيابة|emniyet müdürlüğü|savcılı`)},
	{"a court or an order", "restricted court", true, re(`\b(?:subpoena\w*|court order|search warrant|production order|` +
		`preservation (?:order|request|letter|demand|notice)|warrant (?:for|no|number|issued)|restraining order|` +
		`injunction|summons|2703\(|letters? rogatory|mlat\b|mutual legal assistance|norwich pharmacal|` +
		`gerichtsbeschluss|durchsuchungsbeschluss|gerichtliche\w? (?:anordnung|verfügung)|einstweilige verfügung|` +
		`réquisition judiciaire|ordonnance (?:du|de|judiciaire)|injonction|requisición judicial|requerimiento judicial|` +
		`orden judicial|mandamiento judicial|ordem judicial|mandado judicial|ofício (?:judicial|n)|ordine del giudice|` +
		`decreto di|provvedimento (?:del|dell'autorità)|gerechtelijk bevel|rechterlijk bevel|vordering\b|` +
		`postanowienie (?:sądu|o)|nakaz sądow\w*|постановлени\w+ (?:суда|о)|судебн\w+ (?:запрос|приказ|` +
		`решени)|определени\w+ суда)|裁判所|令状|法院|法庭|调取证据|協助調查|법원|영장|` +
		`المحكمة|أمر قضائي|mahkeme`)},
	{"a request for a customer's data", "restricted data", false, re(`\b(?:(?:disclose|disclosure of|reveal|` +
		`release|hand over|furnish|(?:provide|supply|send|give) (?:us|me)(?: with)?|identify) [^\n.]{0,40}(?:subscriber|` +
		`customer|account ?holder|user|client)s?(?:'s|')?[^\n.]{0,30}(?:information|data|details|identity|` +
		`name|records|contact)|identify (?:the|this|your) (?:subscriber|customer|account ?holder|user)|` +
		`(?:identity|name and address|name, address|personal (?:data|information|details)) of (?:the|` +
		`your) (?:subscriber|customer|account|user|client|person|holder)|subscriber (?:information|data|` +
		`details|identity|records)|customer (?:records|identity)|basic subscriber|emergency disclosure|` +
		`disclosure request|request for (?:disclosure|information about)|preserve (?:all|any|the)(?: \w+){0,4} (?:records|` +
		`logs|data|evidence)|retain (?:all|any)(?: \w+){0,3} (?:records|logs|data)|data preservation|` +
		`` +
		`bestandsdaten\w*|auskunftsersuchen|auskunftsverlangen|auskunft (?:über|zu) (?:den|die) (?:anschlussinhaber|` +
		`inhaber|kunden)|(?:name|namen|anschrift|identität|daten|auskunft|benenn\w+|ermittl\w+|mitteil\w+|` +
		`bekannt\w*)[^\n.]{0,60}anschlussinhaber\w*|benennung des|identité (?:du|de l') ?(?:titulaire|` +
		`abonné|client)|identité de l'abonné|identifier le titulaire|identidad del (?:titular|abonado|` +
		`cliente)|datos del (?:titular|abonado|cliente)|dados (?:cadastrais|do (?:titular|assinante|` +
		`cliente|usuário))|identificação do (?:usuário|titular|assinante)|identità (?:dell'intestatario|` +
		`del titolare|dell'abbonato)|dati (?:dell'intestatario|anagrafici)|identiteit van de (?:abonnee|` +
		`klant|gebruiker)|naw-gegevens|dan\w+ (?:abonenta|osobow\w+ (?:abonenta|użytkownika))|udostępnieni\w+ danych|` +
		`(?:предостав\w+|сообщи\w+)[^\n.]{0,60}(?:данные|сведения)[^\n.]{0,30}(?:абонент|владельц|` +
		`пользовател|клиент))|発信者情報(?:開示|の開示)|契約者(?:情報|の氏名)|提供(?:用户|` +
		`客户)(?:信息|资料)|用户身份|가입자 (?:정보|인적)|` +
		`통신자료|بيانات المشترك|معلومات المشترك|abone bilgi`)},
	{"a threat to life", "restricted life", false, re(`\b(?:threats? to life|threat of (?:death|violence|suicide)|` +
		`imminent (?:danger|threat|harm|risk)|suicid\w+|kill (?:himself|herself|myself|themselves|people|` +
		`someone)|bomb threat|threatens? to (?:kill|bomb|shoot)|mass shooting|school shooting|death threat|` +
		`amok\w*|selbstmord|suizid\w*|bombendrohung|morddrohung\w*|gefahr für leib|lebensgefahr|alerte à la bombe|` +
		`menace de mort|danger de mort|danger imminent|amenaza de (?:bomba|muerte)|peligro inminente|` +
		`ameaça de (?:bomba|morte)|minaccia di (?:morte|bomba)|pericolo di vita|bommelding|doodsbedreiging|` +
		`levensgevaar|zagrożenie życia|alarm bombowy|угроз\w+ (?:жизни|убийств)|заминирован\w*|` +
		`самоубийств\w*)|` +
		`自殺|爆破予告|殺害予告|自杀|炸弹|生命危险|자살|폭탄|살해 협박|تهديد بالقتل|انتحار|` +
		`قنبلة`)},
	{"a data subject's request", "restricted subject", false, re(`\b(?:data subject|subject access request|right (?:of access|` +
		`to erasure|to be forgotten)|(?:article|art\.?) ?(?:15|16|17|18|20|21) ?(?:of the |\(\d\) )?(?:eu )?(?:gdpr|` +
		`dsgvo|rgpd|avg|rodo)|gdpr request|dsgvo-?auskunft|auskunft (?:nach|gemäß) (?:art|artikel)|datenschutzauskunft|` +
		`droit d'accès|droit à l'effacement|derecho de acceso|derecho de supresión|direito de acesso|` +
		`diritto di accesso|recht op inzage|prawo dostępu do danych|ccpa request|delete my (?:personal )?data|` +
		`my personal data)|個人情報の開示|删除我的个人|개인정보 열람`)},
	{"a lawyer", "restricted lawyer", true, re(`\b(?:attorneys?[- ]at[- ]law|law (?:firm|office|offices)|solicitors?|` +
		`barristers?|cease[- ]and[- ]desist letter|statement of claim|letter before (?:action|claim)|` +
		`rechtsanw[aä]lt\w*|kanzlei|unserer mandant\w*|namens und in vollmacht|abmahnung|unterlassungserklärung|` +
		`cabinet d'avocats?|avocat\w* (?:au|à la|de)|mise en demeure|bufete|despacho de abogados|abogad[oa]s?\b|` +
		`nuestro representado|escritório de advocacia|advogad[oa]s?\b|notificação extrajudicial|studio legale|` +
		`avvocato\b|diffida\b|advocaten\w*|advocaat\b|sommatie\b|kancelari[ai] (?:prawn|adwokack|radc)\w*|` +
		`radca prawny|адвокат\w*|юридическ\w+ (?:фирм|компани)|претензи\w+ в досудебн)|` +
		`弁護士|法律事務所|律师(?:事务所|` +
		`函)|변호사|법무법인|المحامي|مكتب محاماة|avukat`)},
}

// maybe are words about authorities that stand in reports as a matter of form.
var maybe = re(`(?:forward|report|notif|inform|contact|share|pass|provide|submit|send|cooperat|involv|` +
	`hand)\w*[^\n.]{0,80}(?:law enforcement|police|authorit|polizei|strafverfolgung|behörde)|(?:law enforcement|` +
	`police|authorities)[^\n.]{0,60}(?:will be|may be|might be|if necessary|agencies notified|are informed|` +
	`have been (?:notified|informed))|(?:reserve|right|may|will|shall|might|could|further)[^\n.]{0,60}(?:legal|` +
	`court|injunction|prosecut|subpoena|strafanzeige|rechtliche)|behalten (?:wir|ich) (?:uns|mir)|vorbehalten|` +
	`nous nous réservons|nos reservamos|reservamo-nos|ci riserviamo|behouden wij|zastrzegamy|оставляем за собой`)

// aside are phrases that speak of authorities and rights without asking for
// anything: a victim who went to the police too, the notice on data
// protection below a letter.
var aside = []*pattern.Pattern{
	re(`(?:reported|report|filed|complain\w*|informed|notified|contacted)[^.\n]{0,40}(?:to|with|at)? ?(?:the )?police|` +
		`police (?:report|complaint) (?:has been|was) (?:filed|made)`),
	re(`(?:straf)?anzeige[^.\n]{0,40}(?:erstattet|gestellt|aufgegeben)|bei der polizei[^.\n]{0,30}(?:angezeigt|` +
		`gemeldet|anzeige)|(?:polizei|bundeskriminalamt|landeskriminalamt|lka|bka)[^.\n]{0,60}(?:informiert|` +
		`unterrichtet|verständigt|eingeschaltet)`),
	re(`(?:porté|déposé|plainte|signalé)[^.\n]{0,40}(?:police|gendarmerie)|(?:denunci\w+|informad\w+|` +
		`avisad\w+|queixa|participa\w+)[^.\n]{0,40}(?:polic[ií]a|guardia civil|psp|gnr)|(?:denunci\w+|` +
		`segnalat\w+|querela)[^.\n]{0,40}(?:polizia|carabinieri)|(?:aangifte|gemeld|melding)[^.\n]{0,40}politie`),
	re(`zgłosi\w+[^.\n]{0,30}polic\w+|(?:заявлени\w+|обратил\w+|сообщил\w+|подал\w+|заяв\w+|` +
		`звернул\w+|` +
		`повідомил\w+|жалба|сигнал)[^.\n]{0,40}пол[іи]ц\w+|(?:nahlásil\w*|oznámil\w*|podal\w*|` +
		`prijavil\w*)[^.\n]{0,40}polic\w+`),
	re(`(?:polisanmäl\w*|(?:anmäl\w*|anmeld\w*)[^.\n]{0,40}poli\w+)|(?:rikosilmoitu\w+|ilmoit\w+)[^.\n]{0,40}poliisi\w*|` +
		`(?:feljelent\w+|bejelent\w+)[^.\n]{0,40}rendőrs\w+|(?:sesizat|plângere|reclamat)[^.\n]{0,40}poli[țt]i\w+|` +
		`(?:κατήγγειλα|μήνυση|καταγγελία)[^.\n]{0,40}αστυνομ\w+|polise (?:bildir|şikayet)\w*|` +
		`lapor\w*[^.\n]{0,30}polisi`),
	re(`警察(?:署|庁)?[^。\n]{0,12}(?:相談済|相談し|届け|通報|被害届)|` +
		`(?:契約者情報の)?開示を\s*求めるものでは|(?:已|向)[^。\n]{0,10}(?:报警|` +
		`报案|公安)|经报警|경찰[^.\n]{0,12}(?:신고|상담)|báo (?:cho )?(?:công an|cảnh sát)|แจ้งความ|` +
		`(?:أبلغ\w*|بلاغ\w*)[^.\n]{0,40}الشرطة|` +
		`(?:תלונה|דיווח\w*)[^.\n]{0,30}משטרה|شکایت[^.\n]{0,30}پلیس`),
	re(`(?:preserve|save|keep|retain|send us|provide us with)[^.\n;]{0,40}(?:phishing kit|phish kit|\bkit|` +
		`copy of the (?:page|site|files)|source code)[^.\n;]{0,60}`),
	re(`vous disposez d'un droit d'accès|(?:you have|your) (?:the )?right (?:of|to) access|puede ejercer sus derechos|` +
		`sie haben (?:das )?recht auf auskunft|(?:gemäß|nach) art(?:\.|ikel) 13 dsgvo|(?:ai sensi|conformemente)[^.\n]{0,40}(?:2016/679|` +
		`gdpr)|não pretendemos? saber|non voglio sapere il nome`),
}

// titles is the title of a lawyer in a signature.
var titles = re(`(?:^|\n)[^\n]{0,40}(?:rechtsanw[aä]lt\w*|avocat\w*|abogad\w+|advogad\w+|avvocato|avv\.|` +
	`advocaat|adwokat|radca prawny|адвокат|юрист|δικηγόρος|av\.|attorney[^\n]{0,8}law|advokat|asianajaja|` +
	`ügyvéd|弁護士|律师|변호사|luật sư)[^\n]{0,60}\s*$`)

// demands are what rights holders call a notice in some languages, where no lawyer
// signs it.
var demands = re(`(?:^|[^\p{L}])(?:diffida\p{L}*|sommatie|sommeren|mise en demeure|cease[- ]and[- ]desist letter|` +
	`notificação extrajudicial)`)

// apart says in which queue a message belongs and why. own is what it says
// itself, in small letters; a form is one that machines write and that cannot
// hold a request.
func (r *reader) apart(subject, own string, form bool) (Queue, Kind, string) {
	words := lexicon.In(subject + "\n" + own)
	switch {
	case words.Has("child"):
		return Secret, ChildAbuse, "about child abuse"
	case words.Has("terror"):
		return Secret, Terror, "about terror"
	case form:
		return Open, "", ""
	}
	from := lower(r.m.head.get("From"))
	said := own
	kind := kindOf(subject+"\n"+head(own, 6000), Other)
	notice := kind == Copyright || kind == Phishing // of content, which lawyers sign too
	if cut := max(0, len(said)-600); notice && titles.MatchString(strings.TrimSpace(said[cut:])) {
		said = said[:cut] + titles.ReplaceAllString(strings.TrimSpace(said[cut:]), " ")
	}
	if notice {
		subject = demands.ReplaceAllString(subject, " ")
	}
	whole := withoutAsides(said, notice)
	spoken := whole // but for sentences that mention authorities
	inWhole := lexicon.In(subject + "\n" + whole)
	inSpoken := inWhole
	if less := withoutMentions(said); less != said {
		spoken = withoutAsides(less, notice)
		inSpoken = lexicon.In(subject + "\n" + spoken)
	}
	for _, why := range restricted {
		words, all := inWhole, subject+"\n"+from+"\n"+whole
		if why.mentioned {
			words, all = inSpoken, subject+"\n"+from+"\n"+spoken
		}
		if words.Has(why.list) {
			return Restricted, "", why.why
		}
		for _, loc := range why.form.FindAllStringIndex(all, 8) {
			around := all[max(0, loc[0]-120):min(len(all), loc[1]+80)]
			if !why.mentioned || loc[0] < len(subject)+len(from)+2 || !maybe.MatchString(strings.ReplaceAll(around, "\n", " ")) {
				return Restricted, "", why.why
			}
		}
	}
	return Open, "", ""
}

// withoutAsides is a text without its phrases that ask for nothing, on one line.
func withoutAsides(said string, notice bool) string {
	said = strings.ReplaceAll(said, "\n", " ")
	if notice {
		said = demands.ReplaceAllString(said, " ")
	}
	for _, form := range aside {
		if form.MatchString(said) {
			said = form.ReplaceAllString(said, " ")
		}
	}
	return said
}

// withoutMentions is a text without the sentences in which its writer tells that
// they go to the police, or may: no authority writes so.
func withoutMentions(said string) string {
	if !lexicon.In(said).Has("restricted mention") {
		return said
	}
	var kept strings.Builder
	for _, s := range sentences(said) {
		if !lexicon.In(s).Has("restricted mention") {
			kept.WriteString(s)
		}
		kept.WriteString(" ")
	}
	return kept.String()
}

// sentences are those of a text. What is too long for one, as in scripts that end
// none with a sign, is taken by its lines.
func sentences(text string) (all []string) {
	add := func(s string) {
		if len(s) > 400 {
			all = append(all, strings.SplitAfter(s, "\n")...)
			return
		}
		all = append(all, s)
	}
	from := 0
	for _, loc := range ends.FindAllStringIndex(text, -1) {
		add(text[from:loc[1]])
		from = loc[1]
	}
	add(text[from:])
	return all
}
