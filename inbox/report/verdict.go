package report

import (
	"strings"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

// noReport are the forms in which a message tells that it reports nothing,
// with the reason that is given and the list that has more of them. Each is
// looked for in the subject, and at the beginning of what the message says
// itself.
var noReport = []struct {
	why, list     string // of the lexicon
	subject, text *pattern.Pattern
}{
	{"an automatic answer", "none away",
		re(`^\s*(?:\[[^\]]*\]\s*)*(?:auto(?:matic|mated|matische|matique|mática|matica)?[ -]?(?:re(?:ply|` +
			`sponse|puesta|sposta)|antwort|acknowledge?ment|confirmation|svar)|réponse automatique|respuesta automática|` +
			`resposta automática|risposta automatica|automatisch antwoord|автоответ|автоматический ответ|` +
			`自動返信|自动回复|자동 ?(?:응답|회신)|odpowiedź automatyczna|otomatik yanıt|الرد التلقائي|` +
			`out of (?:the )?office|` +
			`abwesenheit\w*|vacation)`),
		re(`\b(?:(?:i am|i'm|we are) (?:currently )?(?:out of (?:the )?office|on (?:vacation|leave|holiday))|` +
			`ich bin (?:derzeit )?(?:nicht im|abwesend)|this is an automat\w+ (?:reply|response|answer))`)},
	{"acknowledgement of a ticket", "none ticket",
		re(`(?:^|\W)(?:acknowledge?ment|confirmation of receipt|eingangsbestätigung|empfangsbestätigung|` +
			`accusé de réception|acuse de recibo|potwierdzenie (?:otrzymania|przyjęcia)|ontvangstbevestiging|` +
			`conferma di ricezione|confirmação de recebimento)|` +
			`(?:your )?(?:ticket|case|request|complaint|report|message|inquiry|enquiry|submission)\b[^\n]{0,24}\b(?:has been |` +
			`was |is |have been )?(?:received|created|opened|registered|logged|acknowledged|assigned|` +
			`updated|confirmation|confirmed)\s*(?:$|[\]):.,!-])|your (?:abuse )?(?:report|complaint|` +
			`request|message|e-?mail|ticket|inquiry|submission)\b|\b(?:we(?:'ve| have)? received|` +
			`thank(?:s| you) for (?:your|contacting|submitting|reporting))|(?:ihre|ihr) (?:anfrage|` +
			`meldung|ticket|nachricht|e-?mail)[^\n]{0,40}(?:erhalten|eingegangen|erstellt)|(?:votre|` +
			`su|sua|uw|twoje|ваш\w*) (?:demande|ticket|message|signalement|solicitud|mensaje|reporte|` +
			`denuncia|solicitação|mensagem|chamado|richiesta|segnalazione|melding|bericht|zgłoszenie|` +
			`обращение|запрос|жалоба)[^\n]{0,50}|受付(?:完了|番号|のお知らせ)|` +
			`お問い合わせ(?:を受け付け|ありがとう)|受け付けました|` +
			`已收到|已受理|접수`),
		re(`\b(?:we(?:'ve| have)? (?:successfully )?(?:received|logged|registered|recorded)|thank(?:s|` +
			` you)(?: very much| so much)? for) (?:(?:your|this|the|submitting your|sending your|sending us your) (?:recent |` +
			`abuse |e-?mail |support )?(?:report|message|e-?mail|mail|inquiry|enquiry|request|complaint|` +
			`ticket|notification|submission|feedback|interest|note|letter|reply|response|query|heads|` +
			`information|contact)|contacting|reporting|getting in touch|bringing|taking the time|notifying|` +
			`letting us know|writing|reaching out|alerting us|informing us)|` +
			`\b(?:your|the) (?:abuse |support |new )?(?:request|report|ticket|complaint|message|e-?mail|` +
			`enquiry|inquiry|submission|case)(?: \S{1,40}){0,4}? (?:has been|have been|was|were) (?:successfully )?(?:received|` +
			`created|opened|registered|logged|assigned|forwarded|passed|added|recorded|queued|accepted|` +
			`submitted|updated|escalated)|` +
			`\b(?:this is an?|an) (?:automat\w+|auto-?generated) (?:re(?:ply|sponse)|acknowledg\w+|confirmation)|` +
			`this (?:e-?mail|message) (?:is|serves as) (?:a |an |to )?(?:automat\w+ )?(?:confirm|` +
			`acknowledg)|this (?:is )?to (?:confirm|acknowledge) (?:receipt|that we)|\b(?:a |your )?(?:support )?ticket (?:number|` +
			`id|#)[^\n]{0,30} (?:has been|was) (?:assigned|created|opened)|please (?:do not )?(?:reply|` +
			`type your reply) above this line|\bticket #?[\w-]+ (?:was|has been) (?:opened|created|` +
			`registered)|` +
			`(?:vielen|besten|herzlichen)? ?dank für (?:ihre|die|deine) (?:anfrage|meldung|nachricht|` +
			`e-?mail|mail|mitteilung|hinweis|information|kontakt)|wir haben ihre (?:anfrage|meldung|` +
			`nachricht|e-?mail|beschwerde)|ihre (?:anfrage|meldung|nachricht|e-?mail|beschwerde) (?:ist|` +
			`wurde|haben wir)[^\n.]{0,60}(?:eingegangen|erhalten|registriert|erfasst|weitergeleitet)|` +
			`` +
			`nous avons bien reçu|nous accusons réception|votre (?:demande|message|signalement|` +
			`ticket)[^\n.]{0,40}a (?:bien )?été (?:reçue?|` +
			`enregistrée?|prise?|transmis|créée?)|merci (?:pour|de) (?:votre (?:message|signalement|` +
			`courriel|e-?mail|demande|rapport)|nous avoir)|hemos recibido su|gracias por (?:su (?:mensaje|` +
			`correo|reporte|denuncia|consulta|notificación)|contactar|comunicarse|reportar|ponerse)|` +
			`su (?:solicitud|ticket|reporte|mensaje|denuncia)[^\n.]{0,40}ha sido (?:recibid|registrad|` +
			`cread)|recebemos (?:a )?sua|obrigado por (?:sua (?:mensagem|denúncia|notificação)|entrar|` +
			`seu (?:contato|e-?mail|relato)|reportar)|agradecemos (?:o seu contato|a sua (?:mensagem|` +
			`denúncia)|o contato)|sua (?:solicitação|denúncia|mensagem|reclamação)[^\n.]{0,40}foi (?:recebid|` +
			`registrad|encaminhad)|` +
			`abbiamo ricevuto la (?:sua|tua|vostra)|grazie per (?:la (?:sua |tua |vostra )?(?:segnalazione|` +
			`mail|e-?mail|richiesta)|aver|averci)|la (?:sua|tua|vostra) (?:richiesta|segnalazione)[^\n.]{0,40}è stata (?:ricevut|` +
			`registrat|inoltrat|pres)|wij hebben uw|we hebben uw|bedankt voor (?:uw|je|het) (?:melding|` +
			`bericht|e-?mail|mail|verzoek|vraag)|uw (?:melding|bericht|verzoek)[^\n.]{0,40}(?:ontvangen|` +
			`geregistreerd|doorgestuurd)|dziękujemy za (?:zgłoszenie|wiadomość|kontakt|przesłan\w+|` +
			`informacj\w)|otrzymaliśmy (?:twoj\w|państwa|pani)|(?:twoje|państwa) zgłoszenie[^\n.]{0,40}(?:przyjęte|` +
			`zarejestrowane|przekazane)|` +
			`ваш\w* (?:обращение|запрос|заявка|письмо|жалоба|` +
			`сообщение)[^\n.]{0,60}(?:получен|зарегистрирован|` +
			`принят|передан)|спасибо за (?:ваше )?(?:обращение|сообщение|письмо|` +
			`информацию)|благодарим за (?:ваше )?(?:обращение|` +
			`сообщение|письмо|информацию)|мы получили ваш|お問い合わせ(?:いただき|` +
			`を受け付け|ありがとう)|ご連絡(?:いただき)?(?:、)?ありがとう|` +
			`ご報告(?:いただき)?(?:、)?ありがとう|受け付けいたしました|受け付けました|已收到您的|` +
			`我们已收到|感谢您的(?:来信|举报|报告|反馈)|已经收到您|문의(?:해 주셔서|` +
			`가 접수)|신고(?:해 주셔서|가 접수)|접수되었습니다|شكرا لتواصلك|شكراً لتواصلك|` +
			`لقد تلقينا|تم استلام|talebiniz alın|` +
			`bildiriminiz (?:alın|için)`)},
	{"a case that was closed or solved", "none closed",
		re(`\b(?:closed|resolved|solved|case closed|ticket closed|completed|erledigt|geschlossen|gelöst|` +
			`clôturé|fermé|résolu|cerrado|resuelto|fechado|resolvido|encerrado|chiuso|risolto|gesloten|` +
			`opgelost|zamknięt\w*|rozwiązan\w*|закрыт\w*|решен\w*)\b|解決(?:済|しました)|対応完了|已解决|` +
			`已关闭|处理完毕|해결|` +
			`종료`),
		re(`^\W*(?:resolved|solved|fixed|done|closed|erledigt|behoben|résolu|resuelto|resolvido|risolto|` +
			`opgelost|rozwiązane|решено|対応済み)(?:[\s.,!]|$)|\b(?:(?:we|i) (?:now |therefore |hereby )?consider (?:this|` +
			`the|your) (?:case|ticket|matter|incident|issue|request|report) (?:as |to be )?(?:closed|` +
			`resolved|solved|handled)|(?:the|our) (?:customer|client|user|tenant|owner|subscriber)(?: \S+){0,2}? (?:has|` +
			`have|was|were) (?:already |now )?(?:been )?(?:informed|notified|contacted|warned|advised|` +
			`asked|suspended|disconnected|blocked|terminated)|dear (?:complainant|reporter))|` +
			`\b(?:this|the|your) (?:ticket|case|issue|incident|request|report|complaint|matter|abuse \w+)(?: \S{1,40}){0,4}? (?:has|` +
			`have|was|is|are)(?: now| been| successfully| already| therefore| considered| marked as){0,3} (?:closed|` +
			`resolved|solved|completed|fixed|handled|dealt with|taken care of|addressed|mitigated)|` +
			`` +
			`\b(?:we|i)(?:'ve| have| had)?(?: already| now| successfully| also| just| therefore){0,2} (?:resolved (?:this|` +
			`the|your)|fixed (?:this|the|it)|solved (?:this|the)|(?:suspended|disabled|terminated|` +
			`removed|blocked|closed|cleaned|deleted|shut ?down|null-?routed|taken down|stopped|deactivated|` +
			`secured|found) (?:the|this|that|their|his|our|said) (?:\S+ )?(?:account|customer|server|` +
			`site|website|content|user|client|vps|service|domain|url|page|hosting|machine|malware|` +
			`infection|problem|issue|file|script)|contacted (?:the|our) customer|informed (?:the|` +
			`our) customer|notified (?:the|our) (?:customer|client|user)|forwarded (?:this|your|the) (?:report|` +
			`complaint|e-?mail|information|message|notice)|passed (?:this|your|the))|` +
			`\b(?:the|this|that) (?:account|server|vps|service|customer|user|content|site|website|domain|` +
			`vm|machine|url)(?: \S{1,40}){0,3}? (?:has|was|is)(?: now| been| already){0,3} (?:suspended|` +
			`disabled|terminated|removed|blocked|taken down|offline|deactivated|shut ?down|null-?routed|` +
			`cleaned|secured|no longer)|` +
			`(?:wurde|ist) (?:nun |bereits |inzwischen )?(?:gesperrt|geschlossen|behoben|erledigt|deaktiviert|` +
			`bereinigt|abgeschaltet)|a été (?:clôturée?|fermée?|résolue?|suspendue?|désactivée?|supprimée?)|` +
			`ha sido (?:cerrad|resuelt|suspendid|eliminad|desactivad)|foi (?:encerrad|resolvid|suspens|` +
			`removid|fechad)|è stat\w (?:chius|risolt|sospes|rimoss)|is (?:gesloten|opgelost|afgesloten|` +
			`verwijderd|geblokkeerd)|został\w* (?:zamknięt|rozwiązan|zablokowan|usunięt)|(?:^|[^\p{L}])(?:закрыт|` +
			`решен|заблокирован|устранен|приостановлен)\w*|対応(?:が)?完了|停止(?:いたし|` +
			`し)ました|削除(?:いたし|し)ました|` +
			`已(?:关闭|解决|处理|停用|删除|封禁)|해결되었습니다|조치(?:하였|했|를 완료)|차단(?:하였|했)`)},
	{"about a listing on a blocklist", "none listing",
		re(`\b(?:delist\w*|de-list\w*|unlist\w*|removal (?:request|from|of)|austragung aus|entfernung (?:von|aus) d|` +
			`remove\w* from (?:the |your )?(?:black|` +
			`block)list|unblock\w*|whitelist\w*|blacklist removal|unban)\b`),
		re(`\b(?:please|kindly|request\w*|would like|could you|can you|want)[^\n.]{0,60} (?:delist|de-list|` +
			`unlist|unblock|whitelist|unban|(?:remove|removal of)[^\n.]{0,60}(?:from (?:your|the) |your )?(?:black ?list|` +
			`block ?list|rbl|dnsbl|filter))|\b(?:has|have|was|will) (?:not )?be(?:en)? (?:delisted|de-listed|` +
			`unlisted|unblocked|removed from (?:the|our|this) (?:black|block|list|database))|delisting (?:request|` +
			`form)|your (?:delist\w+|removal|unblock\w*) request|нет в списке|исключ\w+ из (?:черного )?списк|` +
			`aus der (?:black|sperr)liste (?:zu )?(?:entfern|nehm|lösch|streich|austrag|genommen|gestrichen)|retirer? (?:notre|nos|l'|` +
			`mon)[^\n.]{0,30}(?:liste noire|blacklist)|` +
			`eliminar (?:nuestra|mi)[^\n.]{0,30}lista negra`)},
	{"a suspended account or an unpaid bill", "none bill",
		re(`\b(?:account|service|server|hosting|domain)[^\n]{0,30}(?:suspen\w+|terminat\w+|deactivat\w+|` +
			`locked|expir\w+|disabled)|suspension (?:notice|of)|\b(?:invoice|payment|receipt|renewal|` +
			`past due|overdue|order confirmation|rechnung|facture|factura|fatura|fattura|faktura)\b`),
		re(`\b(?:your (?:account|service|server|hosting|domain)(?: \S{1,40}){0,3}? (?:has been|was|is|` +
			`will be)(?: now| temporarily| permanently){0,2} (?:suspended|terminated|deactivated|locked|` +
			`disabled|expired))|(?:invoice|payment)[^\n.]{0,40}(?:due|attached|overdue|received)|your order`)},
	{"a message that was recalled", "none recall",
		re(`\b(?:recall:|would like to recall|rückruf:|rappel :|recuperar:|対象メッセージの取り消し|` +
			`отзыв\w* сообщени)|` +
			`\b(?:retract\w*|withdraw\w*|false positive|disregard|sent in error)\b`),
		re(`would like to recall the message|möchte die nachricht[^\n]{0,80}zurückrufen|souhaite rappeler le message|` +
			`desea recuperar|\b(?:please )?(?:disregard|ignore) (?:this|the|our|my) (?:previous|earlier|` +
			`last|report|message|e-?mail|notice|complaint)|\b(?:we|i) (?:hereby )?(?:retract|withdraw) (?:the|` +
			`this|our|my)|(?:was|were) sent (?:to you )?(?:in error|by mistake)`)},
	{"a question about an abuse contact, not about abuse", "none contact",
		re(`\b(?:abuse-?c|abuse contact|abuse-mailbox|contact)[^\n]{0,30}(?:validat\w+|verif\w+|confirm\w+)|` +
			`(?:validat\w+|verif\w+) (?:of )?(?:your )?(?:abuse|e-?mail|contact)`),
		re(`(?:validate|verify|confirm)[^\n.]{0,40}(?:abuse (?:contact|e-?mail|mailbox)|this (?:e-?mail|` +
			`contact) address|your e-?mail)`)},
	{"a notice about an account of the reader's", "none notice",
		re(`\b(?:new (?:login|sign-?in)|login (?:alert|notification|attempt on your))\b`),
		re(`\b(?:if this was(?:n't| not)? you|signed in to your)\b`)},
	{"an alarm of monitoring", "none alarm",
		re(`^\W*(?:problem|recovery|down|up|critical|warning|acknowledgement)\W+(?:host|service)\b|^\W*(?:problem|recovery)\b|` +
			`\bis (?:up|down)\s*$`),
		re(`\b(?:notification type|service state|host state)\s*:|\bstate\s*: *(?:up|down|critical|warning|ok)\b`)},
	{"an application for work", "none job",
		re(`\b(?:job application|application for (?:the )?(?:position|role)|bewerbung\w*|candidatura|` +
			`candidature|sollicitatie\w*|aplikacja na stanowisko|ansökan|ansøgning|curriculum vitae)\b`),
		re(`\b(?:attached (?:is|you will find|please find) my (?:cv|resume)|(?:apply|applying) for the (?:position|` +
			`role|job))\b`)},
	{"bait for the desk itself", "none bait", never, never},
	{aCustomer, "none customer", never, never},
	{"a newsletter or advertising", "none news",
		re(`\b(?:newsletter|webinar|unsubscribe|special offer|% off|discount|promo|sale|invitation|survey|` +
			`weekly digest|black friday|release notes|whitepaper|conference|partnership|seo|guest post|` +
			`proposal)\b`),
		re(`view (?:this (?:e-?mail|message) )?(?:in|online|it in) (?:your )?browser|you(?:'re| are) receiving this (?:e-?mail|` +
			`newsletter)[^\n.]{0,40}(?:because|subscri|opted)|unsubscribe from (?:this|our|these)|update your (?:email )?preferences|` +
			`register (?:now|today) (?:for|to)|\b\d{1,2}% off\b|free trial|book a (?:demo|call)|newsletter (?:abmelden|` +
			`abbestellen)|se désinscrire|darse de baja|cancelar (?:sua )?inscrição`)},
}

// listedNow says that an address is on a list, and takenOff that it is there no
// more.
var (
	listedNow = re(`\b(?:(?:is|was|were|are|has been|have been) (?:newly |now |currently |recently |automatically )?(?:listed|added|` +
		`blacklisted|blocklisted)|(?:wurde|ist) [^.\n]{0,60}(?:gelistet|aufgenommen|eingetragen)|a été (?:ajoutée?|inscrite?|listée?)|` +
		`ha sido (?:añadid|incluid|listad)|foi (?:adicionad|incluíd|listad)|è stat\p{L} (?:aggiunt|inserit|elencat))`)
	takenOff = re(`\b(?:delisted|de-listed|unlisted|(?:has|have|was|were) (?:now |since |therefore |` +
		`automatically )?(?:been )?(?:removed|taken off|expired)|` +
		`no longer (?:listed|on)|entfernt|ausgetragen|gelöscht|retirée?|supprimée?|eliminad|retirad|removid|rimoss|cancellat)`)
)

// findsNothing says in a statistic that there is nothing to tell.
var findsNothing = re(`\bno (?:\p{L}+ ){0,2}(?:incidents?|events?|findings?|infections?|detections?|` +
	`malicious activit\p{L}+) (?:were |was |have been |has been |are )?` +
	`(?:detected|found|seen|observed|recorded|reported)|keine (?:\p{L}+ )?(?:vorfälle|ereignisse|auffälligkeiten|meldungen|befunde)|` +
	`aucun (?:incident|événement)|ningún (?:incidente|evento)|no se (?:han )?(?:detectado|detectaron|registraron|` +
	`encontraron) (?:incidentes|eventos)|` +
	`nenhum (?:incidente|evento)|nessun (?:incidente|evento)|geen (?:incidenten|gebeurtenissen)|nie (?:wykryto|stwierdzono|` +
	`odnotowano) (?:żadnych )?(?:incydent|zdarze)|` +
	`(?:инцидентов|событий|інцидентів|подій) не (?:обнаружено|выявлено|` +
	`зафиксировано|виявлено|зафіксовано)|nebyly (?:zjištěny|nalezeny|zaznamenány)|` +
	`inga (?:incidenter|händelser)|` +
	`ingen (?:hendelser|hændelser)|ei (?:havaittu|löydetty) (?:poikkeam|tapahtum)|nem (?:észlelt|talált)\p{L}* (?:incidens|` +
	`esemény)|nu au fost (?:detectate|găsite)|` +
	`(?:検知|検出|確認)されませんでした|该时段无|未发现(?:异常|事件)|(?:탐지|발견)되지 않았|` +
	`không phát hiện (?:sự cố|sự kiện)|tidak (?:ditemukan|ada) insiden|olay (?:tespit edilmedi|bulunmadı)`)

// aCustomer is why a message is for a person, though it reports nothing.
const aCustomer = "a customer's question"

// never fits nothing: the words of a list alone tell.
var never = pattern.New(`^\b$`)

// conditional stands before what has not happened yet: "until this is resolved".
var conditional = re(`\b(?:once|when|until|till|if|whether|that|after|unless|as soon as|ensure|confirm|` +
	`sobald|wenn|bis|dass|ob|quand|lorsque|une fois|cuando|una vez|si|quando|se|assim que|wanneer|zodra|` +
	`als|gdy|jeśli|kiedy|когда|если|после)\W+(?:\w+\W+){0,4}$`)

// blockedAddress stands before "was blocked" where the reporter shut out an
// address.
var blockedAddress = re(`(?:\b(?:ip|ips|address\w*|adres\w*|adress\w*|indirizz\w+|direcci[oó]n\w*|endereços?|` +
	`адрес\w*|адреса|host|хост|osoite\w*|cím\w*|διεύθυνση|العنوان)\b|地址|アドレス|` +
	`주소)[^.!?\n]{0,40}$`)

// opening is how much of a text tells what kind of message it is, in bytes.
const opening = 1500

// toEvidence is a text up to the end of the paragraph that names an address first:
// what stands below the evidence is advice. At least so many bytes are kept.
func toEvidence(s string, least int) string {
	ms := mentions(s, Options{Special: true})
	if len(ms) == 0 {
		return s
	}
	at := max(ms[0].to, min(len(s), least))
	if end := strings.Index(s[at:], "\n\n"); end >= 0 {
		return s[:at+end]
	}
	return s
}

// unconditional is a text without the sentences that say what will be if something
// else is.
func unconditional(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		end := len(s)
		if loc := sentenceEnd.FindStringIndex(s); loc != nil {
			end = loc[1]
		}
		if !ifWord.MatchString(s[:end]) {
			b.WriteString(s[:end])
		}
		s = s[end:]
	}
	return b.String()
}

var (
	sentenceEnd = pattern.New(`[.!?][\s]|[。！？]|\n\n`)
	// ifWord is a word that makes a sentence one of what may be.
	ifWord = re(`(?:^|[^\p{L}])(?:if|when|whenever|once|until|unless|as soon as|to request|ask for|wenn|falls|sobald|bis|sofern|si|` +
		`quand|lorsque|` +
		`dès que|cuando|quando|qualora|als|indien|zodra|wanneer|jeśli|jeżeli|gdy|если|когда|чтобы|якщо|коли|` +
		`pokud|jestliže|när|hvis|når|` +
		`jos|kun|amennyiben|dacă|când|αν|εάν|όταν|eğer|nếu|khi|jika|apabila|ako|kada|jei|kai|إذا|عند|אם|اگر|` +
		`यदि|หาก)[^\p{L}]|場合|たら|如果|如需|若|경우|하려면`)
)

// nothing returns why a message reports nothing, and how sure that is; less
// than 3 is no more than a doubt.
func nothing(subject, own string) (why string, sure int) {
	first := toEvidence(own[:min(len(own), opening)], 300)
	inSubject, inWhole, startOfWhole := lexicon.In(subject), lexicon.In(first), lexicon.In(head(first, 300))
	happened := unconditional(first)
	inHappened, startOfHappened := lexicon.In(happened), lexicon.In(head(happened, 300))
	for i, n := range noReport {
		inText, start, text := inWhole, startOfWhole, first
		if n.list == "none closed" || n.list == "none listing" { // reports say when that will be
			inText, start, text = inHappened, startOfHappened, happened
		}
		points := 0
		switch {
		case i == 0 && n.subject.MatchString(subject):
			points = 6 // nobody else writes such a subject
		case n.subject.MatchString(subject), inSubject.Has(n.list):
			points = 2
		}
		said := inText.Count(n.list, 3)
		switch { // one word alone is little
		case said == 2 && points > 0:
			said = 3
		case said == 1 && n.subject.MatchString(subject):
			said = 2
		}
		if said == 3 && start.Has(n.list) {
			said = 4
		}
		if n.list == "none listing" && listedNow.MatchString(happened) && !takenOff.MatchString(subject+"\n"+happened) {
			continue // the notice says how to be taken off
		}
		if n.list == "none closed" && findsNothing.MatchString(subject+"\n"+head(first, 300)) {
			said = 4
		}
		for _, loc := range n.text.FindAllStringIndex(text, 4) {
			before := text[max(0, loc[0]-48) : loc[0]+1]
			if conditional.MatchString(before) || n.list == "none closed" && blockedAddress.MatchString(before) {
				continue
			}
			said = max(said, 3)
			if loc[0] < 300 {
				said = 4
			}
			break
		}
		if n.subject == never {
			said = min(said, 3) // a report quotes bait, and a customer reports
		}
		if points+said > sure {
			why, sure = n.why, points+said
		}
	}
	return why, sure
}

// forPeople are messages that report no abuse by others, but may want an
// answer.
var forPeople = []struct{ why, list string }{
	{aCustomer, "none customer"},
	{"bait for the desk itself", "none bait"},
}

// forPerson returns why a person has to read a message that reads unlike a
// report and unlike nothing at all, or "".
func forPerson(subject, own string) string {
	inSubject, inText := lexicon.In(subject), lexicon.In(own[:min(len(own), opening)])
	for _, p := range forPeople {
		if inText.Count(p.list, 2)+2*inSubject.Count(p.list, 1) >= 2 && inText.Has(p.list) {
			return p.why
		}
	}
	return ""
}

var (
	dmarcFile     = pattern.New(`!.*\.(?:xml|xml\.gz|zip)$`) // RFC 7489 §7.2.1.1
	dmarcSubject  = re(`\b(?:dmarc|spf|dkim|tls)[ -](?:\w+ )?(?:aggregate|forensic|failure|report)`)
	bounceSubject = re(`^\s*(?:undeliver\w+|returned mail|failure notice|delivery (?:status notification|` +
		`failure|has failed)|mail delivery (?:failed|failure|subsystem)|mail system error|non remis|unzustellbar|` +
		`nicht zustellbar|no se puede entregar|не доставлено)`)
)

// byForm returns why a message is no report by its form alone, or "".
func (r *reader) byForm() string {
	kind, params := mediaType(r.m.head.get("Content-Type"))
	subject := lower(r.m.head.get("Subject"))
	for _, p := range r.m.parts {
		switch {
		case p.kind == "message/delivery-status":
			return "a delivery report"
		case p.kind == "message/disposition-notification":
			return "a receipt"
		case p.kind == "application/tlsrpt+gzip", p.kind == "application/tlsrpt+json":
			return "a report on TLS"
		case dmarcFile.MatchString(p.name):
			return "a DMARC report"
		case strings.HasPrefix(p.kind, "text/calendar"):
			return "an invitation"
		}
	}
	switch {
	case kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status"):
		return "a delivery report"
	case strings.HasPrefix(subject, "report domain:") && strings.Contains(subject, "submitter"), dmarcSubject.MatchString(subject):
		return "a DMARC report"
	case bounceSubject.MatchString(subject), r.returned(subject):
		return "a delivery report"
	}
	return ""
}

// returned reports whether a mail server says in its own words that a message
// could not be delivered.
func (r *reader) returned(subject string) bool {
	from := lower(r.m.head.get("From"))
	if !strings.Contains(from, "mailer-daemon") && !strings.Contains(from, "postmaster@") && r.m.head.get("Return-Path") != "<>" {
		return false
	}
	said := subject
	if !strings.Contains(from, "mailer-daemon") && r.m.head.get("Return-Path") != "<>" { // people are postmasters too
		return lexicon.In(said).Has("none bounce")
	}
	for _, p := range r.m.parts {
		if p.text != "" && p.inner == nil {
			said += "\n" + lower(head(p.text, opening))
			break
		}
	}
	return lexicon.In(said).Has("none bounce")
}
