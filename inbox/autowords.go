package inbox

import "headsup/pattern"

// What programs that answer by themselves call their answers, in the languages
// of letters: those of Outlook and Exchange, Gmail, vacation programs and
// ticket systems.
const away = `(not )?read|(return|read) receipt|(nicht |un)?gelesen|lesebest(ä|ae)tigung|(non )?lu|accus[ée] de lecture|(no )?le[íi]do|confirmaci[óo]n de lectura|(n[ãa]o )?lid[ao]|confirma[çc][ãa]o de leitura|(non )?letto|conferma di lettura|(niet )?gelezen|leesbevestiging|` +
	`p[řr]e[čc]teno|przeczytane|potwierdzenie przeczytania|прочитано|開封(済み|確認|通知)|既読|已读|已讀|未读|읽음|auto|auto(matic|mated|matically)?[- ]?(re(ply|sponse|sponder)|acknowledge?ment|confirmation|response message)|ooo|(i am |i'm |currently )?out of( the)? (office|town)( ?:? ?(auto[- ]?reply|assistant|notification|message|notice|response))?|` +
	`away( from (my |the )?(office|mail|desk|e-?mail|computer))?|vacation( (reply|notice|message|auto-?reply|response))?|(on )?(annual leave|maternity leave|parental leave|vacation|holidays?|leave)|absence( notice| notification)?|acknowledge?ment( of receipt)?|confirmation of receipt|` +
	`automatische (antwort|r(ü|ue)ckmeldung|empfangsbest(ä|ae)tigung|eingangsbest(ä|ae)tigung|nachricht)|(abwesenheit|eingangs|empfangs|urlaubs)s?(notiz|benachrichtigung|assistent|meldung|hinweis|nachricht|best(ä|ae)tigung|agent)|abwesend|abwesenheit|außer haus|nicht im (b(ü|ue)ro|haus)|im urlaub|urlaub|` +
	`(r[ée]ponse|message|notification|accus[ée]( de r[ée]ception)?) automatique( d.absence)?|accus[ée] de r[ée]ception|(notification |message )?d?.?absence( du bureau)?|absente?( du bureau)?|hors du bureau|en cong[ée]s?|en vacances|` +
	`(respuesta|contestaci[óo]n|mensaje) autom[áa]tic[ao]|fuera de( la)? oficina|ausencia( temporal)?|ausente|acuse de recibo|de vacaciones|` +
	`(resposta|mensagem) autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia( tempor[áa]ria| do escrit[óo]rio)?|aviso de (aus[êe]ncia|recebimento|rece[çp][çt]?[ãa]o|f[ée]rias)|de f[ée]rias|` +
	`(risposta|messaggio) automatic[ao]|fuori (ufficio|sede)|assenza( dall.ufficio)?|assente|in ferie|conferma di ricezione|` +
	`automatisch (antwoord|bericht)|automatische (reactie|beantwoording|afwezigheidsmelding)|afwezig(heid(sbericht|sassistent|smelding)?)?|ontvangstbevestiging|niet op kantoor|buiten kantoor|` +
	`autosvar|automatiskt? (svar|meddelande|besked)|fr[åa]nvaro(meddelande|assistent)?|ej p[åa] kontoret|frav[æa]r(sbesked|smeddelelse|smelding|sassistent)?|ikke (p[åa] kontoret|til stede)|` +
	`automaattinen (vastaus|kuittaus|viesti)|poissaolo(ilmoitus|viesti|vastaus)?|poissa( toimistosta)?|lomalla|sjálfvirkt svar|` +
	`odpowied[źz] automatyczna|automatyczna odpowied[źz]|autoodpowied[źz]|poza biurem|nieobecno[śs][ćc]|potwierdzenie (odbioru|otrzymania)|urlop|` +
	`automatick[áaé] odpov[ěe][dď]|mimo kancel[áa][řr](e|ie)?|nep[řr][íi]tomnos[tť]|dovolen[áé]|automatikus v[áa]lasz|(h[áa]zon|irod[áa]n) k[íi]v[üu]l|t[áa]voll[ée]t|szabads[áa]g(on)?|` +
	`r[ăa]spuns automat|[îi]n afara biroului|absen[țţt](ă)?|automatski odgovor|samodejni odgovor|аутоматски одговор|автоматски одговор|izvan (ureda|kancelarije)|van kancelarije|odsutnost|odsotnost|` +
	`автоматичен отговор|извън офиса|отсъствие|автоматический ответ|автоответ(чик)?|вне офиса|отсутстви[ея]|нет на месте|в отпуске|автоматична відповідь|автовідповідь|поза офісом|відсутність|у відпустці|` +
	`αυτόματη απάντηση|εκτός γραφείου|απουσία|otomatik (yan[ıi]t|cevap)|ofis d[ıi][şs][ıi]nda(y[ıi]m)?|izinde(yim)?|p[ëe]rgjigje automatike|jasht[ëe] zyre|automatinis atsakymas|ne biure|autom[āa]tisk[āa] atbilde|automaatvastus|` +
	`رد تلقائي|الرد التلقائي|خارج المكتب|מענה אוטומטי|תשובה אוטומטית|תגובה אוטומטית|מחוץ למשרד|स्वचालित (उत्तर|जवाब|प्रत्युत्तर)|स्वतः (उत्तर|जवाब)|कार्यालय से बाहर|தானியங்கு பதில்|தானியங்கி பதில்|` +
	`(ข้อความ)?(การ)?ตอบกลับอัตโนมัติ|ไม่อยู่ที่(สำนักงาน|ทำงาน)|(thư )?trả lời tự động|tự động trả lời|vắng mặt|(balasan|jawaban|jawapan) (otomatis|automatik)|di luar (kantor|pejabat)|sedang (cuti|tidak di kantor)|` +
	`自動(返信|応答|返答)(メール|メッセージ)?|不在(通知|連絡|のお知らせ|のため|応答)?|休暇|自动(回复|答复|应答)|自動(回覆|回應|答覆|回复)|不在办公室|不在辦公室|外出|休假|자동 ?(회신|응답|답장)|부재 ?중?( ?(알림|안내))?`

var (
	// awaySubject is the subject of an answer that nobody wrote: such a name
	// alone, or before the subject that it answers. Marks in brackets may stand
	// before it. Programs set a colon there; who writes of a leave does not.
	awaySubject = pattern.New(`(?i)^\s*([\[(][^\])]{0,40}[\])]\s*)*[*\s]*(` + away + `)\s*([*!.]*$|[:：]|[-–—]+\s|[(\[])`)

	// saysAutomatic is how such a message speaks of itself.
	saysAutomatic = pattern.New(`(?i)\bthis is an? ((auto-?|computer |system |machine )(generated|reply|response)|automat(ic|ed)(ally)?)\b|\bthis (e-?mail|message|mail|reply|response|notification|confirmation) (was|is|has been) (sent |generated |created )?(automatic|auto-?generated|by an automat)|` +
		`(diese (nachricht|e-?mail|mail|antwort)|dieses schreiben) (wurde|ist|wird)[^.!?]{0,30}automati|dies ist eine automati|(ce|cet) (message|courriel|e-?mail|mail|courrier)[^.!?]{0,30}automati|ceci est (un|une) (message|r[ée]ponse|courriel) automati|` +
		`(este|esta|este es un|esta es una) (mensaje|correo|respuesta|mensagem|e-?mail|resposta)[^.!?]{0,30}autom[áa]tic|(questo|questa)( [eè] un[oa]?)? (messaggio|e-?mail|mail|risposta)[^.!?]{0,30}automatic|(dit|deze)( is een)? ([a-z]* )?(bericht|e-?mail|mail)[^.!?]{0,30}automatisch|dit is een automatisch|` +
		`(detta|dette|denne)( [aä]r| er)?( ett| et| en)? (meddelande|melding|besked|e-?post|e-?mail|mail|svar)[^.!?]{0,30}automatisk|(detta|dette) ([aä]r|er) (ett?|en) automatisk|t[äa]m[äa] (on automaattinen|viesti[^.!?]{0,30}automaattis)|` +
		`(ta|niniejsza|to) (wiadomo[śs][ćc]|jest)[^.!?]{0,30}automatyczn|(tato zpr[áa]va|toto je|tento e-?mail)[^.!?]{0,30}automatick|(ez egy|ez az?|ezt az?)( üzenet| e-?mail)?[^.!?]{0,20}automatikus|acest (mesaj|e-?mail)[^.!?]{0,30}automat|` +
		`(это|данное|этот?|цей|це)( сообщение| письмо| лист| повідомлення)?[^.!?]{0,20}автомати|това( съобщение)?[^.!?]{0,20}автоматич|(ова|ovo|ова порука|ova)( порука| poruka| je)?[^.!?]{0,20}(аутомат|automats)|bu (bir )?(e-?posta|mesaj|ileti|yan[ıi]t)?[^.!?]{0,20}otomatik|` +
		`αυτό (το μήνυμα|είναι)[^.!?]{0,30}αυτόματ|หมายความอัตโนมัติ|ข้อความ(นี้)?[^.!?]{0,30}อัตโนมัติ|(pesan|email|mesej) ini[^.!?]{0,30}(otomatis|automatik)|(thư|email|tin nhắn) này[^.!?]{0,30}tự động|` +
		`هذه رسالة (آلية|تلقائية)|(זוהי|זו|הודעה זו)[^.!?]{0,20}אוטומטית|यह (एक )?(स्वचालित|स्वतः)|(この|本)(メール|メッセージ)[^。]{0,30}自動|自動(送信|配信|返信)(メール|です|され|して)|(此|本|该|這是|这是)[^。]{0,12}(自动|自動)(发送|發送|回复|回覆|生成|邮件|郵件)|(이|본) ?(메일|메시지)[^.]{0,20}자동`)

	// acknowledges is what ticket systems say of a message that nobody has read
	// yet. People say it too.
	acknowledges = pattern.New(`(?i)\b(has|have|was|were) (been )?(successfully )?(received|registered|recorded|logged|opened|created|assigned)\b|\b(we|i) (have )?received your\b|thank(s| you) for (contacting|your (message|report|e-?mail|mail|request|submission))|` +
		`\b(opened|created|assigned|registered)\b[^.]{0,40}\b(ticket|case|request|number)|do not reply|eingegangen|erhalten|vorgangsnummer|ticketnummer|nicht (auf diese|zu) antworten|[ée]t[ée] (re[çc]u|enregistr|pris)|ne pas (y )?r[ée]pondre|(hemos|se ha) recibido|ha sido (recibid|registrad)|no responda|` +
		`(foi|recebemos)[^.]{0,20}(recebid|registrad|sua)|n[ãa]o responda|(abbiamo|stata) ricevut|non rispondere|(is|hebben)[^.]{0,30}ontvangen|niet (te )?beantwoorden|(har|er) (tagit emot|mottatt|modtaget|mottagit)|otrzymali[śs]my|zosta[łl]o (zarejestr|przyj)|` +
		`получен|зарегистрирован|принят[оа]|отримано|зареєстровано|受け付け|受付|受理|已收到|已受理|접수`)
)
