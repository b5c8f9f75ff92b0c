package report

import (
	"net/netip"
	"slices"
	"strings"

	"headsup/pattern"
)

// What stands beside the matter in a report: examples, commands, earlier mails,
// notices below the mail, lists of those who were attacked.

// examples are words that make an address behind them an example, in small
// letters.
var examples = []*pattern.Pattern{
	re(`(?:^|[^\p{L}.@-])(?:e\. ?g\.?|for example|for instance|example|such as|z\. ?b\.|zum beispiel|beispiel|` +
		`beispielsweise|etwa die adresse|wie etwa|par exemple|exemple|p\. ?ex\.|tels? que|telles? que|por ejemplo|ejemplo|p\. ?ej\.|` +
		`tales? como|por exemplo|exemplo|tais como|ad esempio|esempio|per es\.|es\.:|bijv\.|bijvoorbeeld|voorbeeld|zoals|np\.|` +
		`na przykład|przykład|takich? jak|например|пример|напр\.|к примеру|таких? как|наприклад|приклад|таких? як|např\.|například|` +
		`příklad|napríklad|príklad|t\. ?ex\.|till exempel|exempelvis|exempel|såsom|for eksempel|eksempel|f\. ?eks\.|fx|` +
		`esimerkiksi|esimerkki|esim\.|kuten|például|példa|pl\.|de exemplu|exemplu|precum|για παράδειγμα|παράδειγμα|π\. ?χ\.|όπως|` +
		`örneğin|örnek|mesela|misalnya|contohnya|contoh|seperti|ví dụ|chẳng hạn|na primjer|npr\.|na primer|например:|например,|` +
		`pavyzdžiui|pvz\.|piemēram|näiteks|til dæmis|mar shampla|misal|pershembull)(?:[\s,:"'“„«(]+\p{L}+){0,3}[\s:,]` + ofIt),
	re(`(?:例えば|例:|例：|例として|たとえば|例如|比如|譬如|举例|예를 들어|예를 들면|예시?:|예시?：|مثلا|مثلاً|مثال|` +
		`على سبيل المثال|برای مثال|به عنوان مثال|למשל|לדוגמה|לדוגמא|เช่น|ตัวอย่าง|उदाहरण|जैसे|যেমন|எடுத்துக்காட்டாக)` +
		`[\s:,：、“"'(]*(?:ip)?[\s:「]*$`),
}

// ofExample tells an address that stands there as an example.
func ofExample(left string) (role, bool) {
	for _, form := range examples {
		if form.MatchString(left) {
			return role{hardly, "prose:example", strings.TrimSpace(tail(left, 60))}, true
		}
	}
	return role{}, false
}

// politely are words of those who ask for something.
var politely = re(`(?:^|[^\p{L}])(?:please|kindly|to (?:check|test|verify|see)|whether|ask|run|try|bitte|prüfen|ob|merci de|veuillez|vérifi\p{L}+|` +
	`por favor|indique\p{L}*|comprobar|verificar|per favore|si prega|indica\p{L}*|verificare|gelieve|controleer|vermeld|prosimy|proszę|` +
	`sprawd\p{L}+|пожалуйста|просим|укажите|провер\p{L}+|prosím\p{L}*|uveďte|vänligen|ange|lütfen|belirtiniz|vui lòng|silakan|mohon)` +
	`(?:[^\p{L}]|$)|ください|お願い|请|請|주십시오|يرجى`)

// onlyThese gives an address that was told of earlier, or that is an example of
// those who attack, its worth where no other is named. An example in advice is
// nobody's.
func onlyThese(out, hops []*place) {
	weak := func(p *place) bool {
		return p.slot == "prose:earlier" && !p.quote || p.slot == "prose:example" || p.slot == "prose:command"
	}
	if len(hops) > 0 || slices.ContainsFunc(out, func(p *place) bool { return p.score >= 0 && !weak(p) }) {
		return
	}
	for _, p := range out {
		if weak(p) && p.slot != "prose:example" && p.score >= hardly || p.slot == "prose:example" && p.ofAttackers() {
			p.score = somewhat
		}
	}
}

// ofAttackers reports whether the sentence before an example tells of abuse.
func (p *place) ofAttackers() bool {
	left := tail(p.d.low[:p.from], 240)
	for _, form := range examples {
		if loc := form.FindStringIndex(left); loc != nil {
			left = left[:loc[0]]
		}
	}
	if all := ends.FindAllStringIndex(left, -1); len(all) > 0 {
		left = left[all[len(all)-1][1]:]
	}
	if ifWord.MatchString(left) || politely.MatchString(left) {
		return false
	}
	return speaksOfAbuse(left) || reportWords(left, 1) > 0 && yours.MatchString(left)
}

// A command is a line that somebody types, or a rule of a filter: it tells of an
// address what may be done, and not what it did.
var command = pattern.New(`^[\s>$#*•-]*(?:sudo )?(?:(?:nmap|dig|kdig|nslookup|ping6?|telnet|nc|ncat|netcat|curl|wget|ssh|openssl|` +
	`rpcinfo|ntpq|ntpdc|snmpwalk|snmpget|snmpbulkget|ldapsearch|redis-cli|mongo|mongosh|ip6?tables|nft|ufw|tracert|` +
	`traceroute|mtr|hping3|masscan|showmount|smbclient|rdesktop|xfreerdp|mysql|psql|fail2ban-client|ipmitool|swaks) (?:[-+@\d]|s_client |\S+\.\S|\S+://)|` +
	`(?:alert|drop|reject|pass) (?:tcp|udp|ip|icmp|http|dns|tls) \S+ \S+ (?:->|<>) )`)

// ofCommand is the role of an address in a line that somebody types: an example
// where the line above announces one.
func ofCommand(d *doc, n int) role {
	for i := n - 1; i >= max(0, n-4); i-- {
		text := strings.TrimSpace(d.words(i))
		if text == "" || command.MatchString(text) {
			continue
		}
		if _, ok := ofExample(tail(text, 160) + " "); ok {
			return role{hardly - 1, "prose:command", "in a command that is an example"}
		}
		break
	}
	return role{hardly, "prose:command", "in a command"}
}

// wereAttacked says of those below or behind that something was done to them.
var wereAttacked = re(`(?:^|[^\p{L}])(?:(?:were|was|been|being|got) (?:also )?(?:attacked|targeted|scanned|probed|hit|flooded|spammed)` +
	`(?:[^\p{L}]|$)|(?:attacked|targeted|scanned) (?:hosts|systems|servers|machines|networks)|victims? (?:systems?|hosts?)|` +
	`(?:wurden?|worden) (?:auch )?(?:angegriffen|attackiert)|angegriffene\p{L}? (?:systeme|rechner|server|hosts)|ziele? des angriffs|` +
	`opfer des angriffs|(?:ont|a) été (?:attaqué|ciblé|visé)\p{L}*|(?:cibles|victimes) de l'attaque|fueron atacad\p{L}+|` +
	`(?:víctimas|objetivos) del ataque|foram atacad\p{L}+|(?:vítimas|alvos) do ataque|(?:sono stat\p{L}|vennero) (?:attaccat|colpit)\p{L}|` +
	`(?:vittime|bersagli) dell'attacco|(?:werden|zijn) aangevallen|doelwitten van de aanval|(?:zostały|były) (?:za)?atakowan\p{L}+|` +
	`(?:ofiary|cele) ataku|(?:были|подверглись) ?(?:атак\p{L}+)|(?:жертвы|цели) атаки|зазнали атак\p{L}*|byly napadeny|cíle útoku)` +
	`|攻撃を受けた|被攻击的|被攻擊的|공격받은|공격을 받은|تعرضت للهجوم`)

// byWhom says in such a text who did it.
var byWhom = re(`(?:^|[^\p{L}])(?:by|from|von|durch|par|depuis|por|desde|da|dal\p{L}*|door|vanaf|przez|z|с|со|из|від|av|fra|från|` +
	`origin\p{L}*|source\p{L}*|quell\p{L}*)(?:[^\p{L}]|$)|から|来自|來自|로부터|에서|من قبل`)

// formal are the sorts of slots in which programs and forms say who did it.
var formal = []string{"log", "column", "field", "hop"}

// withoutRemarks leaves out those whom only a sentence below names, where a log, a
// table or a field has said who did it: what stands there is advice, or about
// somebody else. Sentences that speak of the reader's own stay.
func withoutRemarks(chosen []*suspect) []*suspect {
	last := map[*doc]int{}
	for _, s := range chosen {
		for _, p := range s.places {
			if p.is(formal...) && p.score >= likely && !p.quote {
				last[p.d] = max(last[p.d], p.line)
			}
		}
	}
	remark := func(p *place) bool {
		end, ok := last[p.d]
		return ok && p.is("prose") && p.slot != "prose:your" && p.slot != "prose:yours" && p.line > end && !p.d.together(end, p.line)
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(s *suspect) bool {
		return !slices.ContainsFunc(s.places, func(p *place) bool { return !remark(p) })
	})
}

// victimsToo takes the victims of a botnet for those whom it attacked, where other
// words say who did.
func victimsToo(out []*place) {
	others := slices.ContainsFunc(out, func(p *place) bool { return p.is("field", "column", "log") && p.score >= likely })
	for _, p := range out {
		if slot, ok := strings.CutPrefix(p.slot, "bot:"); ok {
			if p.slot = slot; others {
				p.score = notIt
			}
		}
	}
}

// passedOver gives addresses in quoted mails their worth where that is all there
// is: somebody passes a report on. Where the message itself names one of ours,
// those in quoted mails were told of earlier. hopped reports whether mails came
// with it.
func passedOver(r *reader, out []*place, hopped bool) {
	fresh, named := map[netip.Addr]bool{}, hopped
	for _, p := range out {
		switch {
		case p.quote:
		case r.o.Ours != nil && r.o.Ours(p.addr) && p.score >= 0 && !p.aside():
			fresh[p.addr] = true
		case p.score > 0:
			named = true
		}
	}
	for _, p := range out {
		switch {
		case !p.quote:
		case len(fresh) > 0 && !fresh[p.addr] && p.score >= 0:
			p.role = role{hardly, "prose:earlier", "in an earlier mail"}
		case len(fresh) == 0 && !named:
			p.score, p.quote = max(p.score, p.before), false
		}
	}
}

// aside reports whether a place is in words beside the matter: an example, what
// was told of earlier, a notice below the mail.
func (p *place) aside() bool {
	return slices.Contains([]string{"prose:example", "prose:earlier", "prose:well again", "prose:footer", "prose:command"}, p.slot)
}

// withoutWeak leaves out those who stand in words beside the matter alone. Where
// no other is named, be it ours or not, those stay whom a sentence means.
func withoutWeak(all []*suspect, others bool) []*suspect {
	beside := func(s *suspect) bool {
		return s.best <= hardly && slices.ContainsFunc(s.places, (*place).aside)
	}
	better := slices.DeleteFunc(slices.Clone(all), beside)
	if len(better) > 0 || others {
		return better
	}
	return slices.DeleteFunc(slices.Clone(all), func(s *suspect) bool {
		return !slices.ContainsFunc(s.places, func(p *place) bool {
			return p.is("prose") && (p.slot == "prose:earlier" || p.slot == "prose:well again")
		})
	})
}

// secrecy are words of the paragraph that lawyers have put below all mail of a
// house.
var secrecy = re(`(?:^|[^\p{L}])(?:intended recipient|confidentiality notice|(?:is|are|may be|contains?) (?:strictly )?(?:confidential|privileged)|` +
	`(?:enthält|ist) (?:\p{L}+ ){0,3}vertraulich\p{L}*|nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)|` +
	`destinataire (?:prévu|visé)|(?:est|sont) confidentiel\p{L}*|pas le destinataire|(?:es|son|contiene) (?:\p{L}+ )?confidencial\p{L}*|` +
	`no es (?:usted )?el destinatario|destinatario previsto|(?:é|são|contém) (?:\p{L}+ )?confidencia\p{L}+|não (?:for|é) o destinatário|` +
	`(?:è|sono|contiene) (?:\p{L}+ )?(?:riservat\p{L}|confidenzial\p{L})|non (?:siete|è) il destinatario|vertrouwelijk\p{L}*|` +
	`niet de (?:beoogde|bedoelde) ontvanger|poufn\p{L}+|nie (?:są|jest) \p{L}+ adresatem|конфиденциальн\p{L}+|конфіденційн\p{L}+|` +
	`důvěrn\p{L}+|konfidentiell\p{L}*|fortrolig\p{L}*|luottamuksellis\p{L}*|bizalmas\p{L}*|confidenţial\p{L}*|confidențial\p{L}*|` +
	`εμπιστευτικ\p{L}+|gizli\p{L}* (?:bilgi|olup)|rahasia|bảo mật)|機密|保密|机密|기밀|سرية|חסוי`)

// footers marks the paragraphs about who may read the mail.
func footers(d *doc) {
	for i := 0; i < len(d.lines); i++ {
		if strings.TrimSpace(d.words(i)) == "" {
			continue
		}
		first := i
		for i+1 < len(d.lines) && strings.TrimSpace(d.words(i+1)) != "" {
			i++
		}
		if from, to := d.lines[first].from, d.lines[i].to; to-from < 3000 && secrecy.MatchString(d.low[from:to]) {
			for j := first; j <= i; j++ {
				d.lines[j].section = footer
			}
		}
	}
}
