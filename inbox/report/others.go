package report

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

// Whose address stands in a report and did nothing: who reports, who measured,
// what was asked, what was shown as an example, what is well again.

// ofIt are short words that may stand between a word and an address.
const ofIt = `(?:[\s:"'“„«(\[=-]|(?:the|der|die|das|den|dem|le|la|el|il|de|da|do|van|ip|ips|ipv[46]|ip-\p{L}+|address\p{L}*|adress\p{L}*|` +
	`host|server|адрес\p{L}*|dirección|indirizzo|endereço|adres\p{L}*))*$`

// strangersBefore are clues right before an address that is no offender's.
var strangersBefore = []clue{
	{re(ourOwn + `(?:\p{L}+[ -]){0,2}?(?:scan\p{L}*|prüf\p{L}+|mess\p{L}+|test\p{L}*|check\p{L}*|prob\p{L}+|` +
		`measur\p{L}+|mesur\p{L}+|sond\p{L}+|contrôl\p{L}+|medi\p{L}+|comprob\p{L}+|prueb\p{L}+|verific\p{L}+|` +
		`metingen|controles|skan\p{L}*|pomiar\p{L}*|проверк\p{L}+|скан\p{L}+|измерен\p{L}+|survey\p{L}*|queries|` +
		`requests|crawler\p{L}*|robot\p{L}*|bots?) (?:(?:come|comes|came|are|is|were|was|run|originate|start|sent|made|` +
		`done|kommen|kam\p{L}*|stammen|erfolg\p{L}+|laufen|wurden|viennent|proviennent|sont|vienen|provienen|son|vêm|` +
		`são|partem|provengono|vengono|sono|partono|komen|zijn|pochodzą|są|идут|исходят|приходят|kommer|sker|` +
		`effectués|realizan|realizadas|feitas) ){1,2}(?:from|von|aus|depuis|de|desde|da|dal|van|vanaf|vanuit|z|ze|` +
		`с|из|från|fra)` + ofIt), notIt, "measured from"},
	{re(`(?:^|[^\p{L}])(?:tests?|checks?|measurements?|verification|prüfung\p{L}*|messung\p{L}*|kontroll\p{L}+|` +
		`vérification|essais?|comprobaci\p{L}+|prueba|verificação|teste|verifica|controlli?|controle|metingen?|` +
		`sprawdzeni\p{L}+|проверк\p{L}+|перевірк\p{L}+|ověřen\p{L}*|pemeriksaan|pengujian|الفحص) [^.!?;\n]{0,40}?` +
		`(?:done|performed|carried out|made|run|durchgeführt|erfolgte|effectuée?s?|realizad\p{L}+|efetuad\p{L}+|eseguit\p{L}|` +
		`effettuat\p{L}|uitgevoerd|wykonan\p{L}+|przeprowadzon\p{L}+|провед\p{L}+|виконан\p{L}+|proveden\p{L}*|utförd\p{L}*|` +
		`udført|utført|dilakukan)(?:[^.!?;\n]|\.\d|\. \d){0,40}[^\p{L}](?:from|von|aus|depuis|desde|de|da|dal|vanaf|van|z|ze|с|з|из|` +
		`från|fra|din|dari|από|من)` + ofIt), notIt, "measured from"},
	{re(`(?:当方|弊社|当社|私ども|当センター|本センター|我方|我们|本机构)の?[^。\n]{0,16}(?:観測|調査|検査|測定|スキャン|監視|チェック|确认|探测|扫描|检测)` +
		`(?:は|を|には|由|从|來自|来自)?[\s「]*$`), notIt, "measured from"},
	{re(`(?:본 메일은|이 메일은|저희 (?:점검|측정|조사)은)[\s"']*$`), notIt, "sent from"},
	{re(`(?:^|[^\p{L}])(?:victims?|opfern?|victimes|víctimas|vítimas|vittime|slachtoffers|ofiar\p{L}*|жертв\p{L}*|пострадавш\p{L}*|` +
		`oběti|obete|offren|ofre|uhrien|áldozatok|victimele|θυμάτων|kurbanlar\p{L}*|nạn nhân|korban|الضحايا)(?:[^\p{L}.!?;\n]` +
		`(?:[^.!?;\n]|\.\d){0,60})?[\s,:(]` + ofIt), notIt, "victims"},
	{re(`(?:本メール|このメール|本通知|本邮件|此邮件|이 메일)(?:は|由|은)?[\s「]*$`), notIt, "sent from"},
	{re(`(?:^|[^\p{L}])(?:mail|e-?mail|message|report|notice|notification|form|nachricht|meldung|formular|courriel|` +
		`formulaire|correo|mensaje|formulario|mensagem|messaggio|modulo|bericht|formulier|wiadomość|письмо|` +
		`сообщение) (?:was|is|has been|wurde|a été|ha sido|fue|foi|è stat\p{L}|werd|is|został\p{L}*|было)? ?` +
		`(?:se )?(?:\p{L}+ )?(?:sent|generated|submitted|filled in|envió|gesendet|versandt|verschickt|abgeschickt|envoyée?|enviad\p{L}|` +
		`inviat\p{L}|verzonden|wysłan\p{L}+|отправлен\p{L}*) (?:from|by|von|aus|depuis|de|par|desde|por|da|dal|van|` +
		`vanaf|z|ze|с|из)` + ofIt), notIt, "sent from"},
	{re(`(?:^|[^\p{L}])(?:(?:i|we) (?:run|operate|own|manage|host|maintain|administer|use|have)|ich (?:betreibe|habe)|` +
		`wir (?:betreiben|haben)|j'ai|je gère|nous (?:gérons|avons|exploitons)|tengo|tenemos|administro|administramos|` +
		`tenho|temos|gestiamo|ho|abbiamo|ik heb|wij hebben|we hebben|mam|mamy|prowadz\p{L}+|у меня|у нас) ` +
		`(?:\p{L}{1,4} )?` + ourKit + `[\s,:(\["']*(?:(?:ip|ipv4|address|with|mit|at)[\s:]*)*$`), notIt, "my own"},
	{re(ourOwn + `(?:own |public |static |eigene |feste |statische )?(?:ip|ipv[46]|address|server|host|adresse|serveur|` +
		`servidor|indirizzo|adres|ip-\p{L}+|ip \p{L}+|адрес|сервер|adress)(?:[- ]?(?:address|adresse|adres))?` +
		`(?: is| ist| est| es| é| è| jest|:| =|)\s?[("\[]?$`), notIt, "my own"},
	{re(`(?:^|[^\p{L}])(?:previous(?:ly)?|earlier|last (?:week|month|year)|some time ago|früher|zuvor|letzte\p{L}? ` +
		`(?:woche|monat)|précédemment|anteriormente|precedentemente|eerder|wcześniej|ранее)[^.!?;:\n]{0,60}?[^\p{L}]` +
		`(?:reported|complained about|wrote to you about|notified you (?:of|about)|gemeldet\p{L}*|signalé|` +
		`reportad\p{L}|notificad\p{L}|segnalat\p{L}|gemeld|zgłos\p{L}+|сообщ\p{L}+)` + ofIt), hardly, "earlier"},
	{re(`(?:^|[^\p{L}])(?:similar|earlier|previous|former|ähnliche\p{L}?|frühere\p{L}?|similaire|précédent|semblable|parecido|anterior|` +
		`simile|precedente|soortgelijke?|eerdere?|podobn\p{L}+|wcześniejsz\p{L}+|похож\p{L}+|аналогичн\p{L}+|прошл\p{L}+) (?:case|incident|` +
		`problem|issue|matter|fall|vorfall|cas|caso|geval|przypadek|zdarzenie|случа\p{L}*|проблем\p{L}*)[^.!?;:\n]{0,20}[^\p{L}](?:with|about|` +
		`from|of|mit|bei|zu|avec|pour|con|com|met|z|с|по)` + ofIt), hardly, "earlier"},
}

// ourOwn is a word for the writer's own things, in small letters.
const ourOwn = `(?:^|[^\p{L}])(?:our|my|unsere?\p{L}?|meine?\p{L}?|nos|notre|mon|ma|mes|nuestr\p{L}+|mis?|noss\p{L}+|meus?|` +
	`minhas?|il mio|i miei|il nostro|i nostri|le nostre|onze|ons|mijn|nasz\p{L}*|mój|moje|наши?\p{L}*|мой|мои|min|` +
	`mitt|vår\p{L}*|vores|naše|náš|bizim) `

// strangersBehind are clues right behind one.
var strangersBehind = []clue{
	{re(closing + `(?:(?:is|are|was|were|seems) (?:not|no longer)|(?:ist|sind|war\p{L}*) (?:\p{L}+ )?nicht(?: mehr)?|` +
		`n'est (?:pas|plus)|n'était pas|no (?:está|es|se encuentra)|não (?:está|é|foi)|non (?:è|risulta)|is niet(?: meer)?|` +
		`nie (?:jest|był\p{L}?)|не|není|nie je|är inte|er ikke|ei ole|nem) (?:known to be )?(?:affected|infected|` +
		`involved|concerned|compromised|meant|part of|responsible|guilty|betroffen|infiziert|beteiligt|gemeint|` +
		`affecté|concerné|infecté|touché|afectad|implicad|infectad|afetad|envolvid|coinvolt|colpit|interessat|` +
		`betrokken|getroffen|geïnfecteerd|dotknięt|zainfekowan|затронут|заражен|причаст|postižen|dotčen|berörd|` +
		`berørt|érintett)`), notIt, "not affected"},
	{re(`^[」』)）\s]*から(?:の)?(?:閲覧|確認|観測|検査|測定|送信)`), notIt, "measured from"},
	{re(`^(?:nie dotyczy|には影響|は(?:無関係|対象外|影響を受けて)|不受影响|未受影响|은 영향을 받지|` +
		`는 영향을 받지)`), notIt, "not affected"},
	{re(closing + `(?:is|was|are|were|ist|sind|est|es|é|è)? ?(?:now |already |meanwhile |again |inzwischen |wieder |déjà |ya |já |` +
		`già ){0,2}(?:clean(?:ed)?|harmless|unaffected|innocent|sauber|bereinigt|propre|limpio|limpo|pulito|schoon|` +
		`czysty)(?:[^\p{L}]|$)`), notIt, "clean"},
	{re(`^["'\])]*\s*(?:\([^)\n]{0,12}|[^.!?;\n(]{0,20}(?:is|was|been) (?:now |already )?)(?:closed|resolved|solved|fixed|` +
		`erledigt|behoben|geschlossen|clos|résolu|cerrado|resuelto|fechado|resolvido|chiuso|risolto|gesloten|` +
		`opgelost|zamknięt|rozwiązan|закрыт|решен|løst|löst|解決済|已解决|已处理|해결)`), notIt, "closed"},
	{re(closing + `(?:(?:that|which|we|as) [^.!?;\n]{0,50} )?(?:has|have|was) (?:meanwhile |now |already |since |been ){0,2}` +
		`(?:removed|cleaned|solved|resolved|fixed|taken down)`), hardly, "well again"},
}

// besideName is the name of a host between the name of a field and an address:
// "nameserver: ns1.example.org (192.0.2.1)".
var besideName = pattern.New(`([\p{L}\p{N}][\p{L}\p{N}_ /-]{0,40}?)\s*[:=]\s*(?:(?:[a-z0-9_-]+\.)+[a-z0-9-]{2,}\.?\s*[(\[/]|` +
	`\([\w.-]{1,40}\))\s*$`)

// labelWords are the last words of a text without a sign behind them, which may
// name an address as a field does: "target 192.0.2.1".
var labelWords = pattern.New(`([\p{L}\p{M}-]+(?: (?:ip|host|address|server|adresse|ip-adresse))?)[\s("'\[]*$`)

// wordBefore says whose an address is by the word before it, if that word is the
// name of another's part. A reporter says of what he does "reporting", too:
// words that may be verbs tell nothing.
func wordBefore(left string) (role, bool) {
	m := labelWords.FindStringSubmatch(left)
	if m == nil || len(m[1]) < 3 || m[1][0] >= 0xe2 || verbs.MatchString(m[1]) {
		return role{}, false
	}
	found := lexicon.In(m[1])
	switch {
	case found.Has("label other"):
		return role{notIt, "prose:" + m[1], m[1]}, true
	case beginners.MatchString(m[1]):
		return role{likely, "prose:" + m[1], m[1]}, true
	}
	return role{}, false
}

// beginners are words for who began it, that mean nothing else.
var beginners = re(`^(?:source|sorgente|fuente|fonte|quelle|origen|origem|origine|bron|źródło|zdroj|источник|` +
	`джерело|källa|kilde|` +
	`lähde|forrás|sursă|πηγή|kaynak|attacker|angreifer|attaquant|atacante|attaccante|aanvaller|napastnik|útočník|` +
	`angripare|angriber|támadó|hyökkääjä|saldırgan|атакующ|злоумышленник)`)

// verbs are names of fields that are words for what people do, too.
var verbs = re(`^(?:report|contact|attack(?:ed|ing)|abus|violat|phone|receiv|recipient|from|sending|connect|origin|range|` +
	`suspect|ermittelt|compromised|infected|obeť|atacad|обнаружен|замечен|принял|zjištěn|detekován|havaitsi|` +
	`észlelte|виявлен|infring|vulnerable|malicious|target(?:ed|ing)|angegriffen|geschädigt|banned|blocked|offend)`)

// record is a line of an answer of a name server.
var record = pattern.New(`(?:^|\s)([a-z0-9_-]+)(?:\.[a-z0-9_-]+)+\.?\s+(?:\d+\s+)?in\s+a(?:aaa)?\s+$|` +
	`^[\s>]*([a-z0-9_-]+)(?:\.[a-z0-9_-]+)+\.?\s+(?:\d+\s+)?a(?:aaa)?\s+$`)

// ofRecord weighs the address of a record by the name that it belongs to: a
// server of names or mail is not what is reported.
func ofRecord(left string) (role, bool) {
	m := record.FindStringSubmatch(left)
	if m == nil {
		return role{}, false
	}
	if name := strings.TrimRight(m[1]+m[2], "0123456789-"); name == "ns" || name == "dns" || name == "mx" || name == "mail" {
		return role{notIt, "record:server", m[0]}, true
	}
	return role{likely, "record", m[0]}, true
}

// asked is a command that asks a name server.
var asked = pattern.New(`^[\s>]*[$#%>]\s*(?:dig|host|nslookup|kdig|drill)\s`)

// ofQuestion weighs what a command asks a name server, where that server is what
// is reported, and what it answers.
func ofQuestion(d *doc, p *place) {
	switch {
	case asked.MatchString(d.words(p.line)):
		p.role = role{likely, "record:asked", "the server that was asked"}
	case p.slot == "record:answer":
		p.role = role{notIt, "record:answered", "what a server answered"}
	}
}

// ofEarlier takes its worth from an address in the subject of an answer, where the
// answer itself names another and not this one: the subject is of an earlier case.
func ofEarlier(out []*place) {
	fresh := map[netip.Addr]bool{}
	for _, p := range out {
		if !p.d.subject && !p.quote && p.score >= 0 {
			fresh[p.addr] = true
		}
	}
	for _, p := range out {
		if p.d.subject && len(fresh) > 0 && !fresh[p.addr] {
			p.role = role{hardly, "prose:earlier", "in the subject of an earlier mail"}
		}
	}
}

// resolvers are the addresses that a text shows as the name servers which
// somebody's program asks by itself: a number sign and the port stand behind
// them.
func resolvers(d *doc, ms []mention) map[netip.Addr]bool {
	var out map[netip.Addr]bool
	for _, m := range ms {
		if strings.HasPrefix(d.text[m.end:], "#53") && !strings.Contains(d.text, "@"+d.text[m.from:m.end]) {
			if out == nil {
				out = map[netip.Addr]bool{}
			}
			out[m.addr] = true
		}
	}
	return out
}

// toWords stand alone between where something comes from and where it goes.
var toWords = re(`^["')\]]*\s*(?:to|do|na|ke|k|nach|zu|auf|an|vers|sur|à|hacia|a|al|para|em|verso|su|naar|op|till|til|mot|mod|` +
	`до|на|к|против|gegen|against|at|` +
	`contre|contra|contro|tegen|přeciwko|przeciwko|proti|adresine|ke|đến|tới|から|对|對|向|针对|攻击|에서|` +
	`로부터|إلى|على|אל|به)\s*` +
	`(?:(?:the|der|die|das|den|our|unser\p{L}*|notre|nuestro|nosso|nostro|onze|nasz\p{L}*|наш\p{L}*|ip|host|server|address|` +
	`adresse|adres|адрес|dirección|` +
	`serveur|servidor|[の「]?ip)\s*){0,3}["'(\[]*$`)

// untilThere stands behind the end of a range in Japanese.
var untilThere = re(`^\s*まで`)

// goesTo reports whether a mention is where something goes that comes from the
// one before it.
func (d *doc) goesTo(prior *place, m mention) bool {
	if prior == nil || prior.score <= 0 || m.from-prior.to > 60 || m.from < prior.to || strings.Contains(d.text[prior.to:m.from], "\n") {
		return false
	}
	return toWords.MatchString(d.low[prior.to:m.from]) && !untilThere.MatchString(head(d.low[m.end:], 12))
}

// reflecting reports whether a port is that of a service which answers whoever is
// named as the asker.
func reflecting(port uint16) bool { return slices.Contains(amplifies, int(port)) }

// asReplies turns the roles in lines that show the way back of what a line before
// showed: who began it did it. Of a flood that others reflect, the reflector is
// reported.
func asReplies(out []*place, kind Kind) {
	type way struct{ from, to netip.Addr }
	seen := map[way]bool{}
	for i := 1; i < len(out); i++ {
		from, to := out[i-1], out[i]
		if from.d != to.d || from.line != to.line || from.addr == to.addr || from.d.subject {
			continue
		}
		if to.score > 0 && from.score < 0 {
			from, to = to, from
		}
		if from.score <= 0 || to.score >= 0 || !from.is("log", "column") && !from.arrow(to) {
			continue
		}
		l := from.d.lines[from.line]
		answers := strings.Contains(from.d.low[l.from:l.to], "flags [s.]")
		if kind == DDoS && reflecting(to.port) && !reflecting(from.port) && seen[way{to.addr, from.addr}] {
			answers = true
		}
		switch {
		case kind == DDoS && reflecting(from.port):
			seen[way{from.addr, to.addr}] = true
		case answers, seen[way{to.addr, from.addr}] && !seen[way{from.addr, to.addr}]:
			from.role = role{notIt, "log:reply", "the way back"}
		default:
			seen[way{from.addr, to.addr}] = true
		}
	}
}

// arrow reports whether an arrow stands between two places.
func (p *place) arrow(to *place) bool {
	if p.from > to.from {
		p, to = to, p
	}
	return strings.ContainsAny(p.d.text[min(p.to, to.from):to.from], "<>→←")
}

// behindProxy weighs the addresses in a line of a web server that ends with the
// visitor whom a proxy names: the line begins with the proxy.
func behindProxy(out []*place) {
	for i := 1; i < len(out); i++ {
		first, last := out[i-1], out[i]
		if first.d != last.d || first.line != last.line || first.slot != "log:web" || first.addr == last.addr {
			continue
		}
		l := last.d.lines[last.line]
		if last.from > l.from && last.d.text[last.from-1] == '"' && strings.TrimSpace(last.d.text[last.end:l.to]) == `"` {
			first.role = role{0, "log:proxy", "the proxy before a web server"}
			last.role = role{likely + 1, "log:web", "the visitor whom a proxy names"}
		}
	}
}

// sideBySide reports whether the only thing that is known of two suspects is that
// they stand in one row, of which nothing tells who did it and to whom.
func sideBySide(chosen []*suspect) bool {
	var all []*place
	for _, s := range chosen {
		if s.best >= likely {
			continue
		}
		all = append(all, s.places...)
	}
	slices.SortStableFunc(all, func(a, b *place) int {
		return cmp.Or(cmp.Compare(a.d.part, b.d.part), cmp.Compare(a.from, b.from))
	})
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if a.d != b.d || a.line != b.line || a.addr == b.addr || a.d.subject {
			continue
		}
		l := a.d.lines[a.line]
		others := len(mentions(a.d.text[l.from:l.to], Options{Special: true})) > 2
		row := strings.ContainsFunc(a.d.text[l.from:a.from]+a.d.text[b.end:l.to], unicode.IsDigit)
		if row && !others && cellsApart.MatchString(a.d.text[a.to:b.from]) {
			return true
		}
	}
	return false
}

// cellsApart is what stands between the cells of a row, and not between those of a
// list in a sentence.
var cellsApart = pattern.New(`^["']?(?:\s+|\s+\d{1,5}\s+|\s*[|\t]\s*|[,;])["']?$`)
