package report

import (
	"fmt"
	"slices"
	"strings"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

// A role is what the words around an address say of it. Above 0 it is the
// offender, below 0 somebody else.
type role struct {
	score int
	slot  string // the place in the text's form: addresses in one slot have one role
	why   string
}

// is reports whether a slot is of one of these sorts.
func (r role) is(sorts ...string) bool {
	sort, _, _ := strings.Cut(r.slot, ":")
	return slices.Contains(sorts, sort)
}

// What roles are worth.
const (
	sure     = 6  // "attacker", "offending IP"
	likely   = 4  // "source", a client in a log
	somewhat = 2  // "IP", "host"
	notIt    = -6 // "victim", "destination"
	hardly   = -3 // "to"
)

// labels say what the name of a field means. The first list that has a word
// of the name decides.
var labels = []struct {
	score int
	list  string
}{
	{notIt, "label other"},
	{sure, "label offender"},
	{likely, "label source"},
	{notIt, "label network"},
	{somewhat, "label plain"},
}

// negated is the name of a field of those who did nothing.
var negated = re(`^(?:not|non|never|nicht|pas|niet|nie|не|inte|ikke|ei) `)

// labelled says what the name of a field means.
func labelled(name string) (int, string) {
	name = strings.ToLower(strings.TrimSpace(name))
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" \t_-.'’/()[]{}<>\"*#:&", r) }), " ")
	switch name { // of IIS: client and server
	case "c ip", "c port":
		return likely, name
	case "s ip", "s port":
		return notIt, name
	}
	found := lexicon.In(name)
	for _, l := range labels {
		if found.Has(l.list) {
			if l.score == sure && negated.MatchString(name) {
				return notIt, name
			}
			return l.score, name
		}
	}
	return 0, name
}

var (
	keyForm = pattern.New("([\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}_ .'’/()&#-]{0,48}?)(\\s*)[\"'*_`]{0,3}\\s*" +
		"(=>|-->|[:：=]+|\\.{3,}|\\]\\s*=>)\\s*[\"'\\[(<*_`\\s]*(?:ip(?:v[46])?(?: address)?[:\\s]*)?$")
	tagForm = pattern.New(`<([\w:.-]{1,40})(?:\s[^<>]*)?>\s*$`)
	tabForm = pattern.New(`(?:^|\t|\||\s{2})[\s"*]*([\p{L}][\p{L}\p{M} _./'()-]{0,40}?)[\s"*]*(?:\t|\||\s{2,})[\s"*|]*$`)
)

// fieldName returns the name of the field whose value begins where left ends.
func fieldNameOf(left string) string {
	if m := tagForm.FindStringSubmatch(left); m != nil {
		if of := tagForm.FindStringSubmatch(strings.TrimSuffix(left, m[0])); of != nil { // what it is in
			return of[1] + " " + m[1]
		}
		return m[1]
	}
	if m := keyForm.FindStringSubmatch(left); m != nil {
		name := m[1]
		if m[3] == "=" && m[2] == "" { // of several on a line
			name = name[strings.LastIndexAny(name, " \t")+1:]
		}
		if f := strings.Fields(name); len(f) > 7 {
			name = strings.Join(f[len(f)-7:], " ")
		}
		return name
	}
	return ""
}

// A clue is a form of words right before or behind an address.
type clue struct {
	form  *pattern.Pattern
	score int
	slot  string
}

const (
	fill = `(?:[\s:"'(\[<*“„«’'-]|(?:the|an?|this|that|these|following|ips?|ip-?adress\w*|ip-address\w*|` +
		`ipv[46]|address\w*|addr|hosts?|hostname|machine|server|system|computer|device|client|customer|` +
		`user|subscriber|network|source|number|nummer|numéro|número|numero|numerem|номером|numrem|remote|` +
		`your|following|internet|web|mail|infected|compromised|single|same|different|der|die|das|dem|` +
		`den|ihre?[rmns]?|folgenden?|adresse|rechner|kunden?|votre|l'adresse|l'ip|la|le|l|d'|adresses?|` +
		`serveur|machine|el|dirección|direccion|direcciones|host|su|sus|equipo|servidor|o|a|seu|sua|endereço|` +
		`endereco|maquina|máquina|indirizz[oi]|il|lo|vostro|vostra|suo|sistema|het|de|uw|adres\w*|adresu|` +
		`państwa|serwera|хост\w*|сервер\w*|адрес\w*|вашего|вашей|ip-адрес\w*))*`
	end = fill + `$`
)

// re compiles a form of words. In it a word begins and ends where its letters
// do, in any script: \b and \w know those of English alone.
func re(s string) *pattern.Pattern {
	s = strings.ReplaceAll(s, `\b(?:`, `(?:^|[^\p{L}\p{N}])(?:`)
	s = strings.ReplaceAll(s, `)\b`, `)(?:$|[^\p{L}\p{N}])`)
	return pattern.New(strings.ReplaceAll(s, `\w`, `[\p{L}\p{N}_]`))
}

// before are clues right before an address, in small letters. The first that
// fits decides.
var before = []clue{
	{re(`(?:^|\s)(?:lip|laddr|i|dst|dstip|daddr|dip|local)=\[?$`), notIt, "log:local"},
	{re(`(?:^|[\s,;(\[])(?:src|srcip|saddr|sip|rip|rhost|remote|client|client_ip|clientip|ip|raddr|` +
		`source)=["'\[]?$`), likely + 1, "log:source"},
	{re(`\b(?:client|connect from|disconnect from|from|rhost|lost connection after \S+ from|timeout after \S+ from|` +
		`h)[= ]\(?[^\s\[]{0,80}\)? ?\[$`), likely + 1, "log:client"},
	{re(`\[(?:client|remote) $`), likely + 1, "log:client"},
	{re(`\bclient: $`), likely, "log:client"},
	{re(`\b(?:ban|unban|found|banned|blocked|blocking|denied|dropped|rejected) (?:ip )?$`), likely, "log:ban"},
	{re(`(?:^|[^\p{L}\s,(]) ?(?:drop|deny|reject|block) (?:ip )?$`), likely, "log:ban"}, // and no advice to do so
	{re(`,(?:tcp|udp|icmp\w*|igmp|gre|esp),\d+,$`), likely + 1, "log:source"},
	{re(`,(?:tcp|udp|icmp\w*|igmp|gre|esp),\d+,[0-9a-f.:]{3,45},$`), notIt, "log:local"},
	{re(`: \([^\s()@]{1,40}@$`), likely + 1, "log:ftp"}, // Pure-FTPd
	{re(`fritz!box[^\n]{0,40} von ip-adresse $`), likely + 1, "log:client"},
	{re(`haproxy\[\d+\]: $`), likely + 1, "log:client"},
	{re(`\bfailed for ['"]?$`), likely, "log:sip"},
	{re(`\bsrc (?:\w+[:/])$`), likely + 1, "log:source"},
	{re(`\bdst (?:\w+[:/])$`), notIt, "log:local"},
	{re(`(?:\bfor|by|to|via) \w+[:/]$`), 0, "log:nat"},
	{re(`\bauthentication failure;.* rhost=$`), likely + 1, "log:source"},
	{re(`\b(?:invalid user|user|password for(?: invalid user)?) \S* ?from $`), likely + 1, "log:sshd"},
	{re(`(?:not|never|other than|rather than|instead of|nicht)\s*` + end), hardly, "not"},
	{re(`\b(?:reported|detected|observed|seen|logged|received|noticed|recorded|captured|submitted|gemeldet|` +
		`erkannt) (?:by|von|par|por)` + end), notIt, "by"},
	{re(`\b(?:was|were|been|being) (?:\S+ ){1,4}by` + end), likely, "by whom"},
	{re(`\b(?:look(?:ing)? into|investigat\w+|examine|clean(?: up)?|disconnect|shut ?down|suspend|null-?route|` +
		`disinfect|responsible for|abuse:|spam:|attack:|scan:)` + end), likely - 1, "from"},
	{re(`\b(?:(?:received|accepted|delivered) (?:by|to|at|on)|sent (?:to|at|on))` + end), hardly, "to"},
	{re(`@\[?$`), hardly, "at"},
	{re(`(?:angenommen|empfangen|entgegengenommen|accepted|received|relayed|reçu|accepté|recibido|aceptado|` +
		`recebido|ricevuto|accettato|ontvangen|aangenomen|przyjęty|odebrany|принят\w*|получен\w*) (?:von|` +
		`durch|by|par|por|da|door|przez)` + end), notIt, "by"},
	{re(`(?:checked|measured|tested|verified|probed by us|geprüft|gemessen|getestet|ermittelt|vérifié\w*|` +
		`mesuré\w*|comprobación|comprobad\w|comprobó|verificad\w|medid\w|medição|verificação|misurat\w|` +
		`verificat\w|gecontroleerd|gemeten|sprawdzono|zmierzono|проверено|проверк\w|` +
		`измерен\w)[^.!?;\n]{0,24}[^\p{L}](?:from|` +
		`von|aus|depuis|desde|de|da|dal|vanaf|z|ze|с|из)` + end), notIt, "by"},
	{re(`(?:victims|opfer|geschädigten|slachtoffers|victimes|víctimas|vítimas|vittime|ofiary|жертвы) (?:came|` +
		`come|are|were|use|kamen|kommen|sind|kwamen|komen|zijn|venaient|sont|venían|son|vinham|são|erano|` +
		`sono|vengono|są|были)(?:[^\p{L}][^!?;\n]{0,30})?$`), notIt, "victims"},
	{re(`(?:https?:\S+|www\.\S+) (?:is|at|=>|on) \[?$`), likely, "hosted"},
	{re(`\b(?:attack\w*|scans?|scann\w*|prob\w+|flood\w*|attempts?|intrusion\w*|hits?|logins?|requests?|` +
		`connections?|packets?|traffic|access) (?:\w+ )?(?:on|at|to|against|towards?|into)` + end), notIt, "attack on"},
	{re(`\b(?:hosted|located|resides?|residing|resolv\w+|point\w*|served|serving|assigned|allocated|belong\w*|` +
		`registered|mapped|traced|attributed|leased|liegt|gehostet|héberg\w+|alojad\w+|hosped\w+|ospitat\w+|` +
		`gehost|разме\w+) ?(?:back )?(?:to|at|on|from|by|under|with|auf|unter|sur|par|en|em|su|op|на|` +
		`:)` + end), likely, "hosted"},
	{re(`\b(?:originat\w*|coming|came|comes?|emanat\w*|sourced?|issu\w+|stem\w*|traffic|attack\w*|attempts?|` +
		`attempted|connections?|connect\w*|scans?|scann\w*|scanning|spam\w*|abuse\w*|probes?|probing|` +
		`activit\w+|requests?|mails?|e-?mails?|messages?|intrusion\w*|hits?|flood\w*|logins?|packets?|` +
		`access\w*|crawl\w*|incident\w*|complaint\w*|report\w*|infringement\w*|malware|phishing|hack\w*|` +
		`sent|sending|download\w*|upload\w*) (?:\w+ )?(?:from|via|through|by|involving|regarding|concerning|` +
		`about|against your|for|on|of|at)` + end), likely, "from"},
	{re(`(?:^|[^\p{L}])(?:from|regarding|re|concerning|about|involving|originating|behind|against your|` +
		`block(?:ed|ing)?)` + end), likely - 1, "from"},
	{re(`(?:^|[^\p{L}])(?:von|durch|aus|seitens|bezüglich|betreffend|betr\.?|wegen|über|unter)` + end), likely - 1, "from"},
	{re(`(?:^|[^\p{L}])(?:depuis|provenant|en provenance de|issue?s? de|émanant de|par|concernant|provenance)` + end), likely - 1, "from"},
	{re(`(?:^|[^\p{L}])(?:desde|procedentes?|proveniente de|originad\w+|dall[ao']|dal|provenient\w+|a partir de|` +
		`a partir do|vinda? d[eo]|pelo|pela|vanaf|vanuit|afkomstig van|door|via|od|przez|pochodząc\w+ z|` +
		`со?|из|от|с адреса)` + end), likely - 1, "from"},
	{re(`(?:^|[^\p{L}])(?:de|del|do|da|z|ze|van|von)(?:[\s"'(\[]|(?:el|la|l|o|os|as|su|sus|seu|sua|het|` +
		`uw|adres\w*|adresu|dirección|direccion|endereço|endereco|ip|ipv4|ipv6|host|servidor|serveur|` +
		`serwera|équipo|equipo|máquina|adresse|votre|l'adresse|l'ip))+$`), likely - 1, "from"},
	{re(`(?:^|[^\p{L}])(?:fra|från|frá|från|din|de la|από|dari|từ|จาก|iz|iš|nuo|sa|из)` + end), likely - 1, "from"},
	{re(`(?:からの|来自|來自|源自|来源于|源于|由|从|從|您的|贵司|贵公司|御社の|貴社の|من|` +
		`عنوان)\s*(?:ip|の|地址|アドレス|主机|服务器|服務器|位址|ipアドレス|` +
		`ip地址|ip address|العنوان|عنوان)*[\s:：「『(（【\[]*$`), likely, "from"},
	{re(`(?:->|→|=>|-->|[^>\s]\s+>|»)\s*\[?$`), hardly - 1, "arrow"},
	{re(`(?:^|[^\p{L}])(?:on|at|auf|bei|unter|sur|en|em|no|na|su|op|på|w|på|у|на|в|v|fi)` + end), hardly, "on"},
	{re(`(?:^|[^\p{L}])(?:to|against|towards?|into|targeting|hitting|attacked|attacking|gegen|an|nach|` +
		`contre|vers|contra|hacia|para|contro|verso|tegen|naar|mot|imod|przeciwko|proti|против|к|karşı|` +
		`ضد|إلى|terhadap|ke|vào|împotriva|ellen|vastaan)` + end), hardly, "to"},
}

const (
	closing = `^["'\])>*”“」』）)】]*[\s,–—-]*[(（]?\s*`
	ourKit  = `(?:\p{L}+[ -]){0,2}?(?:server\p{L}*|serv\p{L}+|host|mail\p{L}*|gateway|firewall|machine|` +
		`rechner|system\p{L}*|client\p{L}*|cliente|kunde\p{L}*|customer|proxy|relay|monitor|sensor|honeypot|` +
		`website|web\p{L}*|site|mx|network|netz\p{L}*|resolver|scanner|router|address|adresse|own|serwer\p{L}*|` +
		`сервер\p{L}*|szerver\p{L}*|palvelin\p{L}*)`
)

// behind are clues right behind an address, in small letters.
var behind = []clue{
	{re(closing + `(?:(?:which|that|who) (?:is|are) )?(?:one of )?yours(?:[^\p{L}]|$)`), likely, "yours"},
	{re(closing + `,?\s*(?:and |und |et |y |e |en |i |и |а |та )?(?:(?:which|that|die|der|das|it|qui|` +
		`que|che|celle-ci|elle|él|esta|ki|který|która|который|яка|який) )?` +
		`(?:belongs? to you|gehör\w+ (?:zu )?(?:ihnen|ihrem)|(?:vous )?appartient à vo|vous appartient|` +
		`(?:les )?pertenece a (?:ustedes|usted|su)|pertence (?:a vocês|à vossa|à sua)|` +
		`appartiene (?:a voi|alla vostra)|behoort (?:aan|tot) (?:u|uw|jullie)|należ\w+ do (?:państwa|` +
		`was)|patří vám|принадлежит (?:вам|вашей)|належить (?:вам|вашій)|tillhör er|tilhører (?:jer|` +
		`dere)|kuuluu teille|` +
		`önökhöz tartozik|vă aparține|ανήκει σ|size ait)`), likely, "yours"},
	{re(closing + `(?:also|auch|ebenfalls|aussi|également|también|também|anche|ook|też|także|również|` +
		`тоже|также|også|också|szintén|myös|rovněž|také|ayrıca) (?:[^\s.,;]+ ){0,4}?(?:yours?|with you|` +
		`by you|you|ihr\p{L}*|ihnen|vous|votre|vos|ustedes|usted|su|sus|seu|sua|vocês|voi|vostr\p{L}|` +
		`lei|u|uw|jullie|państwa|was|wasz\p{L}*|вас|ваш\p{L}*|dere\p{L}*|jeres|er|ert|önök\p{L}*|teidän|` +
		`vás|vaš\p{L}*|sizin)(?:[^\p{L}]|$)`), notIt, "also yours"},
	{re(`^[」』）)】]*[（(、,]?\s*(?:也|同样|亦|も同|も貴|も御|도 귀|أيضا|كذلك)`), notIt, "also yours"},
	{re(closing + `(?:(?:which|that|das|die|der|qui|que|che|wat|die) (?:is|ist|est|es|é|è|is) )?(?:our|` +
		`ours|my|unser\p{L}*|mein\p{L}*|notre|nuestr\p{L}+|noss[oa]|nostr[oa]|ons|onze|mijn|nasz\p{L}*|` +
		`mój|наш\p{L}*|vår\p{L}*|vores|náš|naše|a mi) ` + ourKit), notIt, "ours"},
	{re(`^(?::\d+)?["'\])>]*\s*(?:\([^)]{0,80}\)\s*)?(?:was|were|is being|has been|is|wurde|a été|fue|` +
		`foi|è stato|werd)\s+(?:under attack|attacked|targeted|hit by|the target|the victim|the destination|` +
		`angegriffen|attaqué|atacad\w|attaccat\w|aangevallen)`), notIt, "was attacked"},
	{re(`^ \S+ \S+ \[\d{1,2}/\w{3}/\d{4}:`), likely + 1, "log:web"},
	{re(`^,? - - \[`), likely + 1, "log:web"},
	{re(`^ -?\d+/-?\d+/-?\d+/-?\d+/\+?\d+ \d`), notIt, "log:local"}, // the server behind a balancer
	{re(`^\(\d{1,5}\) -> `), likely + 1, "log:source"},
	{re(`^ port \d+(?: ssh2|:| \[)`), likely + 1, "log:sshd"},
	{re(`^[:/.]?\d*\)?(?:\([^)]*\))?\s*(?:->|→|=>|-->|>|»)\s*\[?\S`), likely, "arrow"},
	{re(`^["'\])>*”“]*,?\s*(?:\([^)]{0,80}\)\s*)?,?\s*(?:\S+\s+)?(?:has|have|had|was|is|were|are|did|` +
		`does|tried|try|trying|attempt\w*|attack\w*|sent|send\w*|scann\w*|prob\w*|which|that|appear\w*|` +
		`belong\w*|seems?|keeps?|continues|continued|connect\w*|hosts|hosting|hosted|kept|port-?scans?|` +
		`perform\w*|generat\w*|flood\w*|deliver\w*|made|used|hat|wurde|ist|haben|versucht\w*|führt\w*|sendet\w*|` +
		`greift|a tent\w+|a été|est|effectu\w+|tente|envoie|ha|está|esta|fue|intent\w*|realiz\w+|está\w*|` +
		`foi|tem|tentou|a (?:scanat|încercat|atacat|trimis|tentato)|è|sta|ha tentato|heeft|wordt|probeer\w*|jest|był\w*|próbow\w*|` +
		`dokonał\w*|wykon\w*|` +
		`został\w*|осуществл\w+|пыта\w+|производ\w+|был\w*|рассыла\w+|провод\w+|saldır\w+)(?:[\s,.:;]|` +
		`$)`), likely, "does"},
	{re(`^["'\])>*”」』）)】]*\s*(?:ip |の)?(?:から|より|による|が|は|の(?:ホスト|ip|サーバ|機器|端末|` +
		`ユーザ)|发起|發起|攻击|正在|对|對|向|存在|` +
		`被用|에서|로부터|으로부터|가|이|은|는|의|발\b|adresinden|adresli|'?den\b|'?dan\b|قام|يقوم|بـ|` +
		`حاول)`), likely, "does"},
}

var (
	yours = re(`(?:^|[^\p{L}])(?:your|ihr\w{0,2}|eure\w?|votre|vos|vous|sus?|seus?|suas?|vuestr\w|voss\w|` +
		`vostr[aoei]|tuo|tua|uw|jouw|jullie|twoj\w*|twój|państwa|wasz\w*|ваш\w*|貴社|御社|御中|贵司|贵公司|您|你们|` +
		`귀사|귀하|sizin|ağınız\w*|لديكم|الخاص بكم)(?:[^\p{L}]|$)`)
	// withYou says where something stands, and not whose it is.
	withYou = re(`(?:(?:with|at|by|from) you|bei ihnen|in ihrem haus\w*|chez vous|con ustedes|en su casa|` +
		`com vocês|da voi|presso di voi|bij (?:u|jullie)|u państwa|у вас|hos (?:er|jer|dere)|önöknél|` +
		`teillä|u vás|u vas|御社に|貴社に|貴社の|在(?:贵司|贵公司|您)|귀사에|لديكم|` +
		`عندكم)[^\p{L}]*(?:\p{L}+[^\p{L}]+){0,2}$`)
	ours = re(`(?:^|[^\p{L}])(?:our|ours|my|unser\w{0,2}|mein\w{0,2}|notre|nos|mon|ma|mes|nuestr\w+|` +
		`nosso\w?|nossa\w?|meu|minha|nostr\w|mio|mia|onze|ons|mijn|nasz\w*|mój|moj\w*|наш\w*|мо[йяеию]\w*|` +
		`弊社|当社|当方|我们|我司|我方|우리|저희|당사|bizim|لدينا|خادمنا|متجرنا|موقعنا|` +
		`شبكتنا|سيرفرنا|خوادمنا|نظامنا|vår\w*|` +
		`vores|naše\w*|náš|náš\w*|наш\w*|مان)(?:[^\p{L}]|$)`)
)

// refused stands behind the address of a mail server that another refused
// because of a blocklist. Its own customer quotes that.
var refused = re(`^\]?(?: is)? (?:blocked using|blocked by|listed (?:at|in|by|on))`)

// allBefore and allBehind are all clues, those of strangers first.
var (
	allBefore = slices.Concat(strangersBefore, before)
	allBehind = slices.Concat(strangersBehind, behind)
)

// upToAddress is a text up to the next address in it, of which the rest speaks.
func upToAddress(s string) string {
	if ms := mentions(s, Options{Special: true}); len(ms) > 0 {
		return s[:ms[0].from]
	}
	return s
}

// roleOf weighs an address by the words before and behind it in its line, in
// small letters. column returns the name of the column that it stands in.
func roleOf(left, right string, column func() string) role {
	if refused.MatchString(right) {
		return role{slot: "refused"}
	}
	for _, c := range before {
		if strings.HasPrefix(c.slot, "log:") && c.form.MatchString(left) {
			return role{c.score, c.slot, "the source in a log"}
		}
	}
	for _, c := range allBehind {
		if (strings.HasPrefix(c.slot, "log:") || c.score == notIt) && c.form.MatchString(right) {
			return role{c.score, c.slot, "the source in a log"}
		}
	}
	if r, ok := ofExample(left); ok {
		return r
	}
	name := fieldNameOf(left)
	if m := besideName.FindStringSubmatch(left); m != nil {
		name = m[1]
	}
	if name != "" {
		if score, name := labelled(name); score != 0 {
			return role{score, "field:" + name, fmt.Sprintf("in the field %q", name)}
		}
	}
	if r, ok := ofRecord(left); ok {
		return r
	}
	if name := column(); name != "" {
		score, name := labelled(name)
		return role{score, "column:" + name, fmt.Sprintf("in the column %q", name)}
	}
	if m := tabForm.FindStringSubmatch(left); m != nil {
		if score, name := labelled(m[1]); score != 0 {
			return role{score, "field:" + name, fmt.Sprintf("in the field %q", name)}
		}
	}
	r := role{}
	for _, c := range allBehind {
		if c.form.MatchString(right) {
			r = role{c.score, "prose:" + c.slot, strings.TrimSpace(tail(left, 30)) + " … " + strings.TrimSpace(head(right, 30))}
			break
		}
	}
	for _, c := range allBefore {
		if r.score < 0 { // what stands behind has said it
			break
		}
		if c.form.MatchString(left) {
			if c.score < 0 && r.score > 0 && (c.slot == "to" || c.slot == "on") || c.slot == "log:nat" {
				break
			}
			if c.score < 0 || c.score > r.score {
				r = role{c.score, "prose:" + c.slot, strings.TrimSpace(tail(left, 60))}
			}
			break
		}
	}
	if word, ok := wordBefore(left); ok && (r.score == 0 || word.score < 0) {
		r = word
	}
	if r.score == 0 && speaksOfAbuse(upToAddress(head(strings.TrimLeft(right, closers), 40))) {
		r = role{somewhat, "prose:does", strings.TrimSpace(tail(left, 30)) + " … " + strings.TrimSpace(head(right, 30))}
	}
	near := tail(left, 56)
	if i := strings.LastIndexAny(near, ".!?;。"); i >= 0 && i < len(near)-1 && near[i+1] == ' ' {
		near = near[i+1:]
	}
	y, o := lastMatch(yours, near), lastMatch(ours, near)
	switch {
	case o > y && shows.MatchString(near): // "our log shows that"
	case o >= 0 && o < y && r.slot != "prose:from" && r.slot != "prose:yours" && withYou.MatchString(near):
		return role{notIt + 1, "prose:our", strings.TrimSpace(near)} // "our shop, which stands with you"
	case o > y && (r.score <= 0 || r.slot == "prose:does"):
		return role{notIt + 1, "prose:our", strings.TrimSpace(near)}
	case y > o && r.score >= 0:
		return role{max(likely, r.score), "prose:your", strings.TrimSpace(near)}
	}
	return r
}

// shows ends what the writer's own things tell of an address.
var shows = re(`(?:^|[^\p{L}])(?:that|que|dass|daß|che|dat|że|что|що|hogy|že|ότι|att|että|bahwa|rằng)[\s"'(\[«“]*$`)

// closers may stand between an address and what it does.
const closers = " \"'])>*”“」』）】:,"

func lastMatch(form *pattern.Pattern, s string) int {
	at := -1
	for _, m := range form.FindAllStringIndex(s, 10) {
		at = m[0]
	}
	return at
}

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[len(s)-n:], "")
}

func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
