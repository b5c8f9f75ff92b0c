package inbox

import "headsup/pattern"

// The words of mail servers. Reports outside RFC 3464 are read by these alone;
// each stands for a family of programs, none for a single message.

var (
	// daemon is who a mail server signs as; office, an address that may also be a desk of people.
	daemon = pattern.New(`(?i)(mailer?[-_ ]?(daemon|delivery)|mail deliver|mail[-_ ]?system|delivery[-_ ]?(sub)?system|\bm?daemon@|\bbounces?@)`)
	office = pattern.New(`(?i)(post_?master|mail[-_ ]?administrator|system administrator)`)

	// filter is the sender of a program before a mail server, such as a virus scanner.
	filter = pattern.New(`(?i)((^|[^a-z])(smtp|mta|imss|ndr|mail-?(service|server|gateway|scanner|filter)|no-?reply|do-?not-?reply)([^a-z]|$)|gateways?@)`)

	// onward is the subject of what a person answers or passes on.
	onward = pattern.New(`(?i)^\W*(re|fwd?|aw|wg|tr|rv|sv|vs|vb|vl|enc|ynt|ilt|odp|pd|antw|doorst|转发|回复|答复|轉寄|回覆)(\[\d+\])? ?[:：]`)
)

// failSubject, in the languages that mail servers speak.
var failSubject = pattern.New(`(?i)(undeliver|returned? (mail|to sender)|return(ed|ing)? (message |mail )?to sender|delivery (status|failure|failed|problem|notification|warning|has failed|error)|` +
	`fail(ed|ure) (notice|delivery|mail)|mail (delivery )?(failed|failure|error|system error)|(could|can) ?n.t be delivered|not (be )?delivered|non[- ]?delivery|mail failed|` +
	`warning: (could not send|message)|delayed|(user|recipient|address|mailbox) unknown|unknown (user|recipient)|` + foreignFailure + `)`)

const foreignFailure = `unzustellbar|nicht zu(ge)?stell(t|bar|en)|zustellung.{0,20}(fehlgeschlagen|nicht)|non[- ]?(remis|recapitat|distribu|livr)|(remise|livraison).{0,20}([ée]chou|impossible)|[ée]chec.{0,12}(remise|distribution|livraison)|` +
	`n.a pas pu [eê]tre (remis|d[ée]livr|distribu|achemin|livr)|no (se )?(ha )?(podido|pudo|puede) .{0,20}entreg|no entregad|(mensaje|correo) devuelto|n[ãa]o (foi |p[ôo]de |ser |foi poss[ií]vel )*entreg|n[ãa]o entreg|` +
	`(impossibile|non .{0,20}possibile) (la )?(consegn|recapit)|mancata consegna|onbestelbaar|niet (worden )?(bezorgd|afgeleverd)|nie (może|mogła|można|udało).{0,20}dostarcz|niedostarcz|` +
	`kunde inte levereras|oleverer|kunne ikke leveres|ikke leveret|ikke levert|nelze doru[čc]it|nedoru[čc]|k[ée]zbes[íi]thetetlen|teslim edileme|iletileme|nu a (putut|fost) .{0,10}livrat|toimittaminen ep|` +
	`не (может быть |было |удалось )?доставлен|недоставлен|не удалось доставить|` +
	`配信不能|配信できま|配達でき|届けられ|送信できません|送達でき|投递失败|无法(投递|送达|传递)|退信|無法(投遞|傳遞|送達)|未送達|반송|전달(할|되지) |배달(할|되지) `

var (
	// delaySubject and delayText: the server still tries.
	delaySubject = pattern.New(`(?i)(\(delay\)|\bdelayed?\b|^warning:|delivery warning|still (trying|being)|temporar|verz[öo]ger|retard|遅延|延迟)`)
	delayText    = pattern.New(`(?i)(will (continue|keep|be retried|try|retry|attempt to (re)?(send|deliver|transmit))|(do|does|need) not (need to )?(re-?send|resubmit)|temporary failure report|this is (only )?a warning|has been postponed|` +
		`not (yet )?been delivered.{0,40}(yet|so far)|delivery attempts will continue|still (trying|in the queue))`)

	// permanent and passing are reasons in prose.
	permanent = pattern.New(`(?i)(\b5\d\d[ -]+\S|\b5\d\d:|\b5\.\d{1,3}\.\d{1,3}\b|user unknown|unknown (user|recipient|address)|no such (user|mailbox|recipient|address|account)|` +
		`(user|recipient|mailbox|address|account|addressee)\S*( name)? .{0,40}(not (found|exist|recogni|listed|known|a valid)|does.?n.t exist|doesn't have|disabled|unknown|rejected|suspended|inactive|invalid|unavailable)|` +
		`(invalid|not a valid) (user|recipient|mailbox|address)|mail ?(box|folder) (is )?(full|over)|full mailbox|(over|exceed\w*) .{0,20}quota|quota exceed|unknown host|host (unknown|not found)|no (valid|such) (recipients?|host|domain)|` +
		`couldn.t find (any|a) (host|mail exchanger)|domain .{0,30}(not exist|not found)|blocked|blacklist|message (was )?rejected|not (permitted|allowed|authori[sz]ed)|access denied|refused to accept|too (large|big))`)
	passing = pattern.New(`(?i)(tim(ed?|ing)[ -]?out|timeout|retry time|in the queue too long|expired|not reachable|unreachable|could ?n.t connect|did not accept our requests to connect|unable to connect|` +
		`connection (refused|reset|lost|closed)|network error|socket error|no route|cannot send message for|not responding|hosts? (have|has) been failing|deferred|\b4\d\d[ -]+\S|\b4\.\d{1,3}\.\d{1,3}\b|temporar|try again)`)

	success = pattern.New(`(?i)(\(success\)|success(ful|fully)\b|(was|were|has been|have been) (delivered|relayed)\b)`)
	failure = pattern.New(`(?i)(undeliver|(not|n't|unable to|failed to|failure to|cannot|could not be) (be |able to )?(deliver|send|sent|transmit|reach)|did not (reach|receive)|(delivery|mail|message|transmission|addresses)( \w+){0,3} (failed|error|failure)|` +
		`fail(ed|ure)( \w+)? (permanently|delivery|notice|addresses|recipients)|following (recipient|address)|returned (mail|to sender)|(has been|is being) returned|returning (message )?to sender|had (delivery|permanent)|` + foreignFailure + `)`)

	finalWord = pattern.New(`(?i)(given up|giving up|permanent(ly)?\b|not going to try again|no further (attempts|delivery))`)

	// smtpTalk is a dialogue between servers, as they report it.
	smtpTalk = pattern.New(`(?im)^[\s<>]*((rcpt|mail) (to|from):|remote host said: |[45]\d\d[ -]+#?[45]\.\d{1,3}\.\d{1,3}\b)`)
)

// announced stands above or before those that a report is about.
var announced = pattern.New(`(?i)(following (failed )?(recipient|address|user|person|people)|did not reach|failed recipients|(not|n't|cannot) (be )?(been )?(deliver(ed)?|sent)( your (message|mail))? to\b|to the following|addresses had|address\(es\) failed|intended recipients?:)`)

// helpLine names people to ask, not recipients.
var helpLine = pattern.New(`(?i)\b(contact|assistance|questions?|help ?desk)\b`)

// below is how they announce it beyond doubt, whatever follows.
var below = pattern.New(`(?i)^[\s|>*=_~.-]*(below this line is a copy|this is a copy of the message)`)

// returned is how servers announce the letter that they send back below
// their own words.
var returned = pattern.New(`(?i)^[\s|>*=_~.-]*(below this line is a copy|this is a copy of|the (header|body|text)s? of (the|your) (original )?(message|mail)|` +
	`(the )?(original|returned|unsent|undelivered|rejected|bounced) (message|mail)( (text|headers?|follows?|body|is|included|below|source))*\W*$|` +
	`message (text|headers?|body|source)?\s*follows?|(the )?(attached|following) is (a copy of )?(the|your) (original )?message|` +
	`(included|here) is (a copy|the (first|header|message))|copy of (the |your )?(original )?message|start of (returned|original) message|` +
	`(the )?(full|first \S+ lines of the) (original )?message|-- ?the header)`)
