package report

import "strings"

// kindWords are the words that speak of a kind of abuse, in small letters and
// in the languages of those who report, with what one of them is worth.
var kindWords = []struct {
	kind   Kind
	weight int
	words  []string
}{
	{Copyright, 4, strings.Split("copyright|infringement|infringing|infringer|dmca|intellectual property|piracy|pirated|bittorrent|torrent|peer-to-peer|p2p|trademark|counterfeit|rights holder|rightsholder|rights owner|urheberrecht|rechteinhaber|tauschbörse|"+
		"droit d'auteur|droits d'auteur|contrefaçon|derechos de autor|propiedad intelectual|direitos autorais|direito autoral|violação de direitos|diritto d'autore|diritti d'autore|violazione del copyright|auteursrecht|praw autorskich|prawa autorskie|"+
		"авторск|правообладател|著作権|侵权|版权|著作權|侵權|저작권|حقوق النشر|حقوق الطبع|telif", "|")},
	{Phishing, 5, strings.Split("phish|safe browsing|spoofed site|fake site|fake website|fraudulent site|fraudulent website|fraud site|credential harvest|impersonat|fraudulent|scam|hameçonnage|suplantación|fraude|filoutage|truffa|oszust|wyłudz|фишинг|мошенн|フィッシング|钓鱼|釣魚|피싱|تصيد|oltalama|"+
		"fishing site|identity theft|419|advance fee|brand abuse", "|")},
	{Malware, 4, strings.Split("malware|virus|trojan|ransom|malicious file|malicious software|malicious url|payload|dropper|webshell|web shell|exploit kit|infected file|infected website|infected site|compromised website|compromised site|hacked site|hacked website|defaced|schadsoftware|schadprogramm|logiciel malveillant|maliciel|software malicioso|"+
		"código malicioso|software dannoso|kwaadaardige software|złośliwe oprogramowanie|вредоносн|マルウェア|ウイルス|恶意软件|木马|病毒|惡意程式|악성코드|악성 코드|برمجيات خبيثة|zararlı yazılım|malicious code|drive-by|miner|cryptojack|skimmer", "|")},
	{Botnet, 4, strings.Split("botnet|bot net|command and control|command & control|c&c|c2 server|sinkhole|zombie|infected host|infected machine|infected computer|infected with|infected system|infected device|bot infection|mirai|conficker|infizierte|infektion|machine infectée|infecté|equipo infectado|infectad|infettat|geïnfecteerd|zainfekowan|заражен|ботнет|ボットネット|感染|僵尸网络|殭屍網路|봇넷|감염|بوت نت|xorddos|gafgyt|emotet|qakbot|drone|compromised device|compromised host|compromised machine", "|")},
	{DDoS, 5, strings.Split("ddos|denial of service|denial-of-service|dos attack|flood|amplification|reflection attack|reflected|syn flood|udp flood|attaque par déni|déni de service|denegación de servicio|negação de serviço|negazione del servizio|überlastung|отказ в обслуживании|サービス拒否|拒绝服务|阻斷服務|디도스|서비스 거부|حجب الخدمة", "|")},
	{BruteForce, 5, strings.Split("brute force|brute-force|bruteforce|brute forc|failed login|failed password|login attempt|failed ssh|invalid user|authentication failure|authentication fail|failed authentication|login fail|failed logon|failed log-in|sasl login|password guess|dictionary attack|ssh attack|sshd|credential stuffing|unauthorized login|unauthorised login|break-in attempt|breakin|logins|login-attack|loginattack|login_attack|"+
		"anmeldeversuch|fehlgeschlagene anmeld|login-versuch|tentatives de connexion|tentative de connexion|force brute|fuerza bruta|intentos de acceso|intentos de inicio|inicio de sesión|força bruta|tentativas de login|tentativas de acesso|forza bruta|tentativi di accesso|tentativi di login|inlogpoging|aanmeldpoging|prób logowania|próby logowania|"+
		"siłow|перебор парол|подбор парол|попытк входа|попытки входа|попытки авторизации|брутфорс|ログイン試行|総当たり|ブルートフォース|不正ログイン|暴力破解|暴力攻击|登录尝试|登入嘗試|무차별 대입|로그인 시도|القوة الغاشمة|تسجيل الدخول|kaba kuvvet|rdp attack|wp-login|xmlrpc|imap attack|smtp auth|sip registration|registration from|toll fraud|voip|asterisk", "|")},
	{OpenRelay, 9, strings.Split("open relay|open mail relay|open-relay|openrelay|offenes relay|relais ouvert|relay abierto|relay aberto|third-party relay|オープンリレー|开放中继", "|")},
	{OpenProxy, 9, strings.Split("open proxy|open-proxy|openproxy|open http proxy|open socks|socks proxy|anonymous proxy|offener proxy|proxy ouvert|proxy abierto|proxy aberto|proxy aperto|открытый прокси|オープンプロキシ|开放代理", "|")},
	{ExposedService, 6, strings.Split("open resolver|openresolver|open recursive|open dns|open ntp|monlist|open snmp|open ssdp|open memcached|exposed service|open service|openly accessible|publicly accessible|accessible from the internet|exposed to the internet|vulnerable|exposed|vulnerability|misconfigur|unpatched|heartbleed|outdated|insecurely configured|open portmapper|portmapper|portmap|open ldap|open redis|open mongodb|open elasticsearch|exposed database|open tftp|open mdns|open rdp|open telnet|open netbios|open-resolver|"+
		"offener resolver|offene resolver|offener dns|offen erreichbar|öffentlich erreichbar|schwachstelle|verwundbar|aus dem internet erreichbar|résolveur ouvert|vulnérab|accessible depuis internet|vulnerabilidad|resolutor abierto|servicio expuesto|accesible desde internet|vulnerabilidade|exposto|serviço exposto|vulnerabilit|esposto|kwetsbaar|open staan|podatn|"+
		"уязвим|открытый резолвер|脆弱|オープンリゾルバ|外部からアクセス可能|漏洞|开放解析|暴露|취약|노출|ثغرة|مكشوف", "|")},
	{Spam, 4, strings.Split("spam|spamvertis|spamming|spammer|spammers|spamming|unsolicited|uce|ube|bulk mail|bulk e-mail|junk mail|junk e-mail|spamtrap|spam trap|unwanted mail|unwanted email|abusive email|mail abuse|email abuse|e-mail abuse|unerwünschte|werbemail|pourriel|courrier indésirable|courriel non sollicité|indésirable|correo no deseado|correo basura|no solicitado|não solicitad|indesiderat|posta indesiderata|"+
		"ongewenste|ongevraagde|niechcian|niezamówion|спам|нежелательн|迷惑メール|スパム|垃圾邮件|垃圾郵件|스팸|رسائل مزعجة|البريد المزعج|البريد العشوائي|istenmeyen|feedback-type|blackhole|listwash|email marketing|comment spam|forum spam|regbot|harvest", "|")},
	{Scan, 4, strings.Split("port scan|portscan|port-scan|scanning|scanned|scanner|scans|probing|probes|probe|reconnaissance|network scan|vulnerability scan|web scan|intrusion attempt|hacking attempt|hack attempt|web attack|sql injection|exploit attempt|attack on our web|directory traversal|path traversal|unauthorized access|unauthorised access|connection attempts|unauthorized connection|snort|suricata|ids alert|ips alert|blocked connection|dropped packet|web crawler|scraping|bad bot|badbot|botware|"+
		"abgetastet|portscans|hackversuch|angriffsversuch|eindringversuch|zugriffsversuch|balayage|scan de ports|tentative d'intrusion|escaneo|barrido|intento de intrusión|varredura|tentativa de invasão|scansione|tentativo di intrusione|poortscan|skanowan|skan|prób ataku|сканирован|сканирует|попытк взлома|попытки взлома|вторжен|ポートスキャン|スキャン|不正アクセス|端口扫描|扫描|入侵|掃描|포트 스캔|스캔|침입|مسح المنافذ|فحص المنافذ|اختراق|port taraması|scan|web attacks|attacked one of our servers", "|")},
	{Scan, 1, strings.Split("attack|firewall|honeypot|intrusion", "|")},
	{Account, 5, strings.Split("account takeover|hijacked account|compromised account|stolen account|account compromise|account abuse|stolen credentials|leaked credentials|fake account|kontoübernahme|compte piraté|compte compromis|cuenta comprometida|conta comprometida|взлом аккаунт|アカウント乗っ取り|账号被盗", "|")},
}

// Words about what is kept apart from all else.
var (
	childWords = strings.Split("csam|csem|child sexual abuse|child sex abuse|child abuse material|child pornograph|child porn|child exploitation|child sexual exploitation|sexual abuse of children|abuse of minors|depicting minors|minors in sexual|kinderporno|missbrauch von kindern|kindesmissbrauch|missbrauchsdarstellung|pédopornograph|pedopornograph|pédophil|abus sexuels sur mineur|exploitation sexuelle d'enfant|pornographie infantile|pornographie enfantine|"+
		"pornografía infantil|pornografia infantil|abuso sexual infantil|abuso sexual de menores|explotación sexual infantil|exploração sexual infantil|pedopornograf|abuso sessuale su minori|abusi sui minori|pornografia minorile|kindermisbruik|seksueel misbruik van kinderen|pornografii dziecięcej|pornografia dziecięca|pornografią dziecięcą|"+
		"детск порнограф|детская порнограф|детской порнограф|детскую порнограф|児童ポルノ|児童買春|児童の性的|儿童色情|兒童色情|儿童性虐待|兒童性|아동 성착취|아동음란|아동 포르노|아동·청소년 성착취|استغلال الأطفال|إباحية الأطفال|الاعتداء الجنسي على الأطفال|çocuk istismarı|çocuk pornografisi|inhope|ncmec|cybertipline|iwf.org", "|")
	terrorWords = strings.Split("terrorist content|terrorist propaganda|terrorism content|terrorist material|content of a terrorist|terrorismus|terroristische inhalt|terroristischer inhalt|contenu à caractère terroriste|contenus terroristes|contenu terroriste|contenido terrorista|contenidos terroristas|conteúdo terrorista|conteúdos terroristas|contenuti terroristici|contenuto terroristico|terroristische inhoud|online-inhoud van terroristische|treści o charakterze terrorystycznym|treści terrorystyczn|"+
		"террористическ|терроризм|テロリスト|テロ関連|テロを|恐怖主义|恐怖主義|테러|محتوى إرهابي|المحتوى الإرهابي|terör içeri|2021/784|extremist content|violent extremis", "|")
)

// count returns how many of the words stand in a text, but no more than most.
func count(low string, words []string, most int) (n int) {
	for _, w := range words {
		if found(low, w) {
			if n++; n >= most {
				return n
			}
		}
	}
	return n
}

// found reports whether a word stands in a text, at the beginning of a word.
func found(low, word string) bool {
	for at := 0; ; {
		i := strings.Index(low[at:], word)
		if i < 0 {
			return false
		}
		i += at
		if word[0] >= 0x80 || i == 0 || !letter(low[i-1]) {
			if len(word) > 4 || word[0] >= 0x80 || i+len(word) == len(low) || !letter(low[i+len(word)]) {
				return true
			}
		}
		at = i + len(word)
	}
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 0xc3 }

// kindOf says which kind of abuse a text in small letters speaks of.
func kindOf(low string, otherwise Kind) Kind { return weighed(otherwise, weight{low, 1}) }

type weight struct {
	low   string
	times int
}

// weighed is kindOf for several texts that count differently.
func weighed(otherwise Kind, texts ...weight) Kind {
	best, most := otherwise, 0
	for _, k := range kindWords {
		n := 0
		for _, t := range texts {
			n += k.weight * t.times * count(t.low, k.words, 4)
		}
		if n > most {
			best, most = k.kind, n
		}
	}
	return best
}
