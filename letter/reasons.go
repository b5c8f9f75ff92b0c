package letter

import "headsup/pattern"

// A reasonRow is a row of the table of reasons. It fits what names one of its
// enhanced codes, one of its reply codes and its words; what is empty fits all.
type reasonRow struct {
	codes   string
	replies string
	words   *pattern.Pattern
	class   Class
	mend    Mend
}

// The table of reasons; the first row that fits counts.
//
// Codes mean what RFC 3463, RFC 5248 and IANA's registry of enhanced status
// codes say (later ones: RFC 7372 for authentication, RFC 7504 and RFC 7505 for
// domains without mail, RFC 7293 for mailboxes that changed hands), and reply
// codes what RFC 5321 §4.2.2 says. Servers use the exact codes for other things
// too, so words that speak of us come before them: nobody is to be called dead
// because of us. Words are those of servers and providers: Postfix, Exim,
// Sendmail, qmail, Exchange, Google, Yahoo, and what they have in common.
var reasons = []reasonRow{
	{words: lists, class: ClassOurs, mend: MendListing},
	{words: relays, class: ClassOurs, mend: MendRoute},
	{words: proofs, class: ClassOurs, mend: MendProof},
	{words: reverses, class: ClassOurs, mend: MendDNS},
	{words: senders, class: ClassOurs, mend: MendSender},
	{words: storage, class: ClassFull},
	{words: paces, class: ClassOurs, mend: MendPace},
	{words: spams, class: ClassOurs, mend: MendWords},

	// Exchange Online: directory based edge blocking, and an address that its
	// directory does not know (learn.microsoft.com, "Email non-delivery reports").
	{codes: "5.4.1", words: words(`recipient address rejected: access denied`), class: ClassMailbox},
	{codes: "5.1.10", words: words(`recipientnotfound|recipnotfound|recipient not found|not found by smtp`), class: ClassMailbox},
	{codes: "5.1.351", class: ClassMailbox}, // another server does not know the recipient
	{codes: "5.4.310", class: ClassDomain},  // the domain does not exist
	// Google Groups says in the reader's language that one may not post there, or that there is no such group.
	{words: words(`groups\.google\.com`), class: ClassOurs, mend: MendPolicy},

	{words: systemFull, class: ClassNetwork},
	{words: lookups, class: ClassNetwork},
	{words: larges, class: ClassSize},
	{words: fulls, class: ClassFull},

	{codes: "x.2.2", class: ClassFull},
	{codes: "5.2.3 5.3.4", class: ClassSize},
	{codes: "5.1.1 5.1.3 5.1.6 5.2.1 5.7.17", class: ClassMailbox},
	{codes: "5.1.2 5.1.10 5.4.4 5.7.18", class: ClassDomain},
	{codes: "x.1.7 x.1.8", class: ClassOurs, mend: MendSender},
	{codes: "x.6", class: ClassOurs, mend: MendWords},
	{codes: "x.7.25", class: ClassOurs, mend: MendDNS},
	{codes: "x.7.20 x.7.21 x.7.22 x.7.23 x.7.24 x.7.26", class: ClassOurs, mend: MendProof},
	{codes: "x.7.28", class: ClassOurs, mend: MendPace},

	// Who took the recipient and knows no such user once it has the letter speaks
	// for that user's filter (NTT docomo, KDDI).
	{words: words(`\b(unknown user|user unknown)\b[^a-z0-9]*\(in reply to end of data`), class: ClassOurs, mend: MendPolicy},
	{words: domains, class: ClassDomain},
	{words: mailboxes, class: ClassMailbox},
	{words: foreignMailboxes, class: ClassMailbox},

	{codes: "x.7", class: ClassOurs, mend: MendPolicy},
	{replies: "421", words: words(`\blater\b`), class: ClassNetwork},
	{words: policies, class: ClassOurs, mend: MendPolicy},
	{codes: "x.5.3", class: ClassOurs, mend: MendPace},
	{codes: "x.3.1 x.3.2 x.3.5 x.4", class: ClassNetwork},
	{words: networks, class: ClassNetwork},

	{replies: "521 556", class: ClassDomain}, // RFC 7504
	{replies: "551", class: ClassMailbox},
	{replies: "552", class: ClassFull},
	{replies: "530 534 535 538", class: ClassOurs, mend: MendProof}, // RFC 4954 §6
	{replies: "421 450 451 452", class: ClassNetwork},
}

func words(s string) *pattern.Pattern { return pattern.New(s) }

// About us. All words are in lower case, and have no addresses in them.
var (
	lists = words(`\b(dns|r|d|rhs|uri|s|sur|x)bls?\b|\(bl\)|\b(black|block|deny)[ -]?list|spamhaus|spamcop|barracuda|\bsorbs\b|abuseat|uceprotect|abusix|senderscore|\bcloudmark|invaluement|` +
		`\bblocked (using|by|due|because|for|at)\b|\bbanned\b|reputation|\b(client host|ip|ip address|mail server|network|domain|mta) (\S+ ){0,4}(is |are |was |has been |have been )?(blocked|listed|denied|refused|rejected)\b|` +
		`\b(blocked|listed|rejected|denied|refused) (\S+ ){0,2}(client host|ip|ip address|server|network)\b|messages from (\S+ ){1,4}(weren.t sent|were not sent)|\bip=\S+ - a problem|\baup#|\bmail from \S+ (is )?(refused|denied|blocked)|` +
		`refused to talk to me|^(\d{3}[ -])?(\d\.\d\.\d )?(blocked|refused)( -|,| see\b| by\b|[.:]|$)|\b(accept|accepting|allow) (\S+ )?mail from (your|this|that) |(no|forbidden|denied)( \S+)? (access )?from (your |this )?(mail server|ip)|open proxy|mismatches (the )?client|invalid ip\b|` +
		`go away|\bconfirm this (mail )?server|requires confirmation|\byour (account|domain|server|host|ip|ip address|network|provider|isp|mta) (is|was|has|have)\b`)

	relays = words(`relay(ing)?\b[^.;]{0,30}(denied|not (permitted|allowed|authori[sz]ed)|prohibited|reject|disabled|forbidden|restrict)|(unable|cannot|not permitted|not allowed|refus\w*|denied|not authori[sz]ed|do(es)? not|don.t|we|no|insecure|third[- ]party) ` +
		`(to )?(\S+ )?relay|\b(is|are|an|as) open (mail |smtp )?relay|(list of allowed )?rcpthosts|not a gateway|not (an? )?(accepted|local) domain|non-accepted domain|relay error|relay host name`)

	proofs = words(`\b(spf|dkim|dmarc|sender[- ]?id)\b|\bunauthenticated|\bnot authenticated|authenticat\w+ (is |was |has )?(required|fail|check)|must (be authenticated|authenticate|issue a starttls|use tls)|authentication (requirements|level)|starttls|` +
		`\btls (is )?(required|not|negotiation|handshake|connection)|requires? (tls|encryption|a secure|authentication)|smtp auth|login required`)

	reverses = words(`\bptr\b|reverse[- ]?(dns|lookup|mapping|host|name|resol|ip)|\brdns\b|no dns (a|ptr)|(cannot|can.t|could not|couldn.t|unable to) (find|resolve|determine|verify) (your|the|client)? ?(reverse |own )?(host|ip|client)|(cannot|can.t|could not) (find|resolve|verify|determine) (your|purported)|ip name lookup|` +
		`\b(helo|ehlo)\b|generic (host|rdns|name)|dynamic (ip|address|host|range|pool|client)|dial-?up|(use|through) (the |your )?(smtp|mail|outgoing)? ?(server )?(of )?(your )?(own )?(isp|provider)|(smtp server|relay) of your isp`)

	senders = words(`\bsender('s)? (address |domain |e-?mail |mail |host |verif\w+ |callout )*(is |was |has been |not |does |must |could |cannot |can.t |isn.t |doesn.t )*(reject|refus|denied|invalid|blocked|not |unknown|unauthori[sz]ed|exist|fail|verif|prohibit|listed|resolve|be )|` +
		`\b(bad|invalid|illegal|unknown|unverified|forged|spoofed) sender|verif\w+ failed for|sender verify|callback|callout|mail ?from( command)?\b[^.;]{0,60}(reject|refus|denied|invalid|blocked|listed|exist|not |resolve)|domain of sender|` +
		`in reply to (mail from|helo|ehlo|starttls|auth)|after (mail from|helo|ehlo|starttls|auth|initial connection)\b|^(\d{3} )?(mail|ehlo|helo|starttls|auth|greeting): |envelope (sender|from)|return[- ]path|from (address|header|field) (is |was )?(not|invalid|missing|reject)|` +
		`spoof|impersonat|bad-?sender|sender(mx|noa)|(unroutable|unrouteable) sender|[ée]metteur|from: domain|outgoing mail suspen|backscatter|bounce verification`)

	paces = words(`too many (concurrent |simultaneous |smtp |invalid |unknown |bad |recent )*(connection|session|message|recipient|e-?mail|mail|error|request|command|attempt|deliver|user)|rate[- ]?(limit|control)|(connection|message|sending|frequency|hourly|daily|send|delivery) ` +
		`(rate|limit|frequency|quota)|frequency limit|throttl|too (quickly|frequent|fast|often|much mail)|receiving mail at a rate|unusual(ly)? (high |amount|rate|volume)|limit(ed|s)? on (messages|connections)|exceed\w* [^.;]{0,40}(per (hour|day|minute|second|connection|session|\d)|(max\w*|allowed|allowable) (number|amount|rate)|` +
		`of (connections|messages|recipients|e?mails))|gr[ae]y[- ]?list|slow down|concurren`)

	spams = words(`\bspam|\bjunk\b|unsolicited|\bbulk\b|\buce\b|\bvirus|malware|phish|trojan|infected|malicious|suspicious|\bhigh[- ]probability|content (was |is |has been )?(reject|filter|block|polic|not |denied|restrict)|(attachment|file type|file extension)s? [^.;]{0,40}` +
		`(not |block|forbid|prohibit|reject|banned|disallow)|\b(bad|missing|invalid|malformed|duplicate|multiple) ([\w-]+ )?header|rfc ?-?2?822|rfc ?5322|8-?bit data in|\bbare (lf|cr|newline)|(url|link)s? [^.;]{0,30}(blacklist|listed|blocked)|message looks like|mass mail|syntax check|headers? (are |is )?(fail|error|not )`)
)

// About them.
var (
	mailboxes = words(`(user|recipient|mailbox|account|alias|addressee|local part|local-part|customer|subscriber|username)s?\b[ -]*(name )?(is |are |was )?(unknown|invalid|disabled|inactive|suspended|deactivated|unavailable|closed|terminated|locked|expired|retired|frozen)\b|` +
		`unknown (or illegal )?(local |virtual |e-?mail )?(user|recipient|account|mailbox|local[- ]?part|address|alias|addressee)|no such (local |email )?(user|mailbox|recipient|person|account|address|name|id|alias|inbox|local)|` +
		`(user|recipient|mailbox|account|address|alias|person|group|addressee|customer)\b[^.;]{0,60}(not (be )?(found|exist|known|recogni[sz]ed|listed|valid|active|here|local|a valid|in (the|our)|on file|registered)|n.t (be )?(exist|have|found|recogni[sz]ed|listed|valid|active|here|known)|` +
		`does not have|unknown|invalid|unavailable|is inactive|disabled|suspend|not (ok|present)\b|undeliverable|missing|deactivated|is closed|temporary locked|has been (closed|deleted|removed|disabled|suspended|terminated|locked))|` +
		`(invalid|illegal|non-?existent|nonexisting|inactive|bad|not a valid|disabled|undeliverable|unrouteable|unroutable) (destination )?(e-?mail )?(user|recipient|mailbox|address|account|alias)|recip(ient)?notfound|disableduser|^no email$|suppression list|\bsuppressed\b|no mailbox (here|by)|` +
		`no longer (works?|with|employed|at|on|valid|active|in use|available|accept|exist|here|a |use|monitored)|(has|have|was|been) (moved|left|relocated)|moved to|does(n.t| not) like recipient|^(\d{3} )?(5\.\d\.\d )?address rejected|address (is )?(rejected|refused)\.?$|` +
		`\b(isn.t|is not|wasn.t|was not|couldn.t be|could not be) found at|not our (customer|user)|nobody (here|by)|there is no (one|user|mailbox|account|such)|no account|not known here|unknown to|^(\d{3}[ -])?(\d\.\d\.\d )?(rcpt )?(not found|does not exist|unknown)\b|bad[-_ ]?(recipient|rcpt)|can.t accept user|(addresses|recipients) (were|was) (unknown|undeliverable)|rejected recipients|` +
		`\bnot (an? )?(known|valid|active|existing|local|current) (user|mailbox|address|account|recipient|customer)|\bno mail ?box\b|no existe|(deactivated|closed|deleted) mailbox|archived|has been replaced by|directory (lookup|entry) (fail|not)`)

	foreignMailboxes = words(`unbekannte[rns]? (benutzer|nutzer|empf[äa]nger|adress|postfach)|(benutzer|nutzer|empf[äa]nger|postfach|mailbox|adresse|konto)\b[^.;]{0,40}(unbekannt|nicht (gefunden|bekannt|vorhanden|g[üu]ltig|mehr)|existiert nicht|gesperrt|deaktiviert)|` +
		`(utilisateur|destinataire|adresse|bo[îi]te|compte)\b[^.;]{0,40}(inconnu|introuvable|n.existe|invalide|d[ée]sactiv|suspendu)|(usuario|destinatario|buz[óo]n|cuenta|direcci[óo]n|usu[áa]rio|destinat[áa]rio|caixa|conta|endere[çc]o|utente|casella|indirizzo)\b[^.;]{0,40}` +
		`(desconocid|no (existe|encontrad|v[áa]lid)|n[ãa]o (existe|encontrad)|desconhecid|inexistente|inesistente|sconosciut|non (esiste|trovat|valid)|desactivad|desativad|disattivat)|(gebruiker|ontvanger|mailbox|adres)\b[^.;]{0,40}(onbekend|bestaat niet|niet (gevonden|bekend))|` +
		`(użytkownik|odbiorca|adres|skrzynka|konto)[^.;]{0,40}(nieznan|nie (istnieje|znalezion)|zablokowan)|(пользовател|получател|адрес|ящик|аккаунт)[^.;]{0,40}(не (найден|существует|зарегистрирован)|неизвест|отключ|заблокирован)|` +
		`(宛先|ユーザ|アドレス|ディレクトリ|受信者|アカウント)[^。]{0,30}(存在し|見つか|不明|無効|ありません)|(用户|用戶|收件人|邮箱|郵箱|帐号|帳號|地址)[^。]{0,20}(不存在|不正确|未找到|无效|無效|不可用|停用|禁用)|(사용자|수신자|계정|메일함)[^.]{0,20}(없|존재하지|알 수 없|휴면)`)

	fulls = words(`(mail ?box|in-?box|mail ?folder|account|user|recipient|maildir|mail ?drop|quota|disk|storage)\b[^.;]{0,60}(\bfull\b|over ?-?quota|quota (is )?(exceed|reach)|exceed\w*|out of (storage|space|disk)|storage limit|space limit|no space|no room|overflow)|` +
		`\bfull (mailbox|inbox)|(over|exceed\w*|out of|insufficient|not enough)\b[^.;]{0,30}(quota|storage|space|disk|allocation)|over ?quota|quotaexceeded|overquota|postfach [^.;]{0,30}voll|(postfach|mailbox|speicher\w*|quota)\b[^.;]{0,40}(voll|überschritten|überfüllt|erschöpft)|` +
		`(bo[îi]te|quota)\b[^.;]{0,30}(plein|d[ée]pass)|(buz[óo]n|casilla|cuota)\b[^.;]{0,30}(llen|excedid|superad)|(caixa|cota)\b[^.;]{0,30}(chei|exced)|casella\b[^.;]{0,30}pien|переполнен|превышен\w* (квот|лимит)|容量[^。]{0,12}(超|オーバ|不足|一杯|いっぱい)|満杯|` +
		`已满|已滿|超[过過出].{0,8}(容量|空间|配额)|가득|(przepełnion|pełna)`)

	larges = words(`(message|mail|e-?mail|content|attachment|file|data|body|header)\b[^.;]{0,60}(too (large|big)|larger than|exceed\w* [^.;]{0,40}(size|fixed limit|length))|size (limit|exceed)|exceeds? [^.;]{0,30}(message size|size|length)|` +
		`maximum (message |mail )?size|(message|line) (is )?too long|too (large|big)\b|recipsizelimit|zu gro(ß|ss)|trop (grand|volumineu|gros)|demasiado grande|muito grande|troppo grande|te groot|слишком большо|大きすぎ|サイズ[^。]{0,12}(超|オーバ)|[过過]大|太大`)

	domains = words(`\bhost( or domain)?( name)?( is)? (unknown|not found)|(unknown|no such|non-?existent|invalid|bad) (host|domain|mail ?host|destination)|nxdomain|domain\b[^.;]{0,60}(not (exist|found|accept\w* (any )?(e-?)?mail)|n.?t (exist|accept|have)|unknown|invalid|has no|no (mx|mail))|` +
		`\bno (valid )?mx\b|null ?mx|(does|do|will|can)( not|n.t|not) (accept|receive|handle) (any )?(e-?mail|mail|messages)\b|couldn.t find (any|a) (host|mail exchanger)|no (mail exchanger|route to domain|a record|mail server)|all relevant mx|` +
		`\bmx (record|host)s?\b[^.;]{0,40}(not|no |invalid|non-existent|missing)|no valid recipients? were found|unrouteable mail domain|name does not resolve|domain must exist|name or service not known|not hosted (here|on this)|no data known|mail receiving (is )?disabled`)

	// lookups are failures of the DNS that may pass.
	lookups = words(`(not found|unknown)[,;:]? (please )?try (it )?again|(temporary|transient|temporarily)\b[^.;]{0,40}(dns|name|lookup|resol)|(host ?name|name ?server|dns|mx|name)[^.;]{0,40}(lookup|look-up|resolution|query)? ?(failure|fail\w*|time[d -]*out|deferr\w+)|servfail`)

	// policies are refusals that name nothing that can be repaired.
	policies = words(`polic(y|ies)|administrative(ly)?\b|not (be )?(authori[sz]ed|permitted|allowed|accepting|accepted|wanted)|unauthori[sz]ed|access (is |was )?(denied|refused)|prohibited|forbidden|\bsecurity\b|transport\.rules|\bmoderat|members? only|only members|permission|berechtig|restricted|` +
		`not (a )?(subscriber|member|subscribed)|protected by|only accept|refuses? (to |this )|recipient preferences|user (reject|rules)|closed (mailing )?list|protocol violation|low priority|(mail|message|e-?mail|delivery|transaction)s?( content)?( was| is| has been| have been)? ?(rejected|refused|denied|blocked|filtered|rejet\w+|refus\w+)|\brejected( by)?\b|refused by|\bfilter(ed|ing)?\b|` +
		`abgelehnt|zur[üu]ckgewiesen|rejet[ée]|refusé|rechazad|rejeitad|rifiutat|geweigerd|odrzucon|отклонен|отвергнут|拒否|拒绝|拒收|거부|in reply to end of data|after end of data|after data`)

	// storage is what is full where a limit might be one of size or pace.
	storage = words(`(mailbox|in-?box|mail ?file|maildir)\b[^.;]{0,30}\b(size|exceeds?)\b|too many messages (on|in) (the|this|his|your)|too much mail data|quotas (exceeded|violation)|quota violation|(disk|disc) quota`)

	systemFull = words(`(insufficient|out of|no|not enough) (system|server) (storage|space|resources|disk)|system (is )?full|no space left|file ?system full|insufficient system`)

	networks = words(`tim(ed?|ing)[ -]?out|time-?out|connection (refused|reset|lost|closed|dropped|attempt|fail\w*|time)|(could ?n.t|could not|unable to|cannot|can.t|failed to) (connect|establish|reach|contact|open)|did not (accept our requests|respond|answer)|no route|unreachable|` +
		`not reachable|not respond|no (answer|response|reply)|in the queue too long|retry time|expired|deferred|lost connection|(read|write|socket|i/o|network|protocol|local|system|internal( \w+)?|server|configuration|database|software) (error|failure|problem)|hop count|too many hops|` +
		`\bloop|service (is )?(currently |temporarily )?(not available|unavailable|refus\w*|not ready)|try (it )?(again|later)|later|temporar|busy|overload|out of (memory|order)|resources|could not load|not (currently )?available|hosts? (have|has) been failing|too old|not been able to deliver|giving up|dns records?|name ?server reply|unable to resolve|failed to deliver[^.;]{0,40} after|been failing|\bdelayed|not been collected|multiple retries|for more than \d+ (day|hour)|system config|transaction failed`)
)
