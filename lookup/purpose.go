package lookup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/pattern"
)

// Holders say in free text what a mailbox is for. A mailbox of which an answer
// says that it is for something else alone, that it is not for abuse, or that
// nobody reads it, is not written to, wherever else it stands.

// words matches words between spaces, and parts of scripts that put none.
func words(spaced, unspaced string) *pattern.Pattern {
	re := `(?i)(?:^|[^\pL])(?:` + spaced + `)(?:[^\pL]|$)`
	if unspaced != "" {
		re += `|(?:` + unspaced + `)`
	}
	return pattern.New(re)
}

var (
	onlyWord = words(`only|sole|solely|exclusively|(?:and |for )?nothing else|strictly for|(?:restricted|limited) to|reserved (?:for|to)|nur|ausschlie(?:ß|ss)lich|lediglich|`+
		`uniquement|seulement|exclusivement|r[ée]serv[ée]e?s? (?:à|aux?)|s[oó]lo (?:para|por|per)|solamente|[uú]nicamente|exclusivamente|apenas|somente|soltanto|esclusivamente|`+
		`alleen|uitsluitend|enkel|tylko|wyłącznie|pouze|výhradně|výlučne|csak|kizárólag|endast|enbart|kun for|udelukkende|ainoastaan|vain|doar|numai|само за|samo za|isključivo|`+
		`yalnızca|sadece|hanya|khusus|chỉ|μόνο|αποκλειστικά|только|исключительно|тільки|виключно|فقط|רק`,
		`専用|のみ|に限|专用|專用|仅|僅|只用|只限|限于|限於|전용|만을|เท่านั้น`)

	// A clause that says no more than that.
	justOnly = pattern.New(`^(?:` + onlyWord.String() + `)$`)

	// What a mailbox is for, besides abuse.
	otherPurpose = pattern.New(`(?i)whois|regist|databa[sn]|data ?base|base de (?:datos|dados|donn)|\b(?:ripe|arin|apnic|lacnic|afrinic|nic|lir|rir|r?dns|ptr|bgp|noc|rpki|irr)\b|` +
		`\b(?:record|object|entry|entries|corr?e[ck]t|updat|chang|modif|maint|alloc|assign|delegat|revers|rout|peer|interconn|transit|bill|invoic|account|payment|sale|order|market|press|job|recruit|` +
		`legal|law|police|court|dmca|copyright|admin|techni|network|operation|outage|emergenc|customer|postmaster|hostmaster)|` +
		`korr|berichtig|änder|aktualis|eintr[aä]g|rechnung|vertrieb|behörd|actualiz|atualiz|aggiorn|mises? à jour|factur|fatur|ventas|comercial|wijzig|zmian|změn|aktualiz|` +
		`исправ|измен|обновл|регистр|базы данных|訂正|修正|変更|更新|登録|登记|登記|更正|修改|注册|註冊|정정|수정|변경|등록`)
	ofRegistry = pattern.New(`(?i)whois|regist|databa[sn]|corr?e[ck]t|updat|chang|korr|\b(?:ripe|arin|apnic|lacnic|afrinic)\b`)
	forWord    = words(`for|about|regarding|concerning|für|zu[rm]?|pour|aux?|para|por|per|voor|dla|pro|för|til|pentru|za|için|untuk|για|для|по`, `ため|用于|用於|용도|위한|สำหรับ`)
	// What else is said to be the only way, or hour, or tongue.
	manner      = words(`english|plain|text|html|by e-?mail|mail only|weekdays?|hours?|german|deutsch|french|phone|telephone|telefon|call|fax|urgent|issues?|problems?|matters?|members?`, `英語|英语`)
	phoneNumber = pattern.New(`\+?\d(?:[ ().-]?\d){6}`)

	refuses = words(`not|never|no|don'?t|doesn'?t|cannot|nicht|kein|keine[nrms]?|pas|não|nao|non|niet|geen|nie|není|nelze|ikke|inte|ei|nu|değil|bukan|jangan|không|не|нельзя`,
		`ではありません|ではない|送らない|対象外|受け?付けて(?:おりません|いません)|お受け(?:でき|して(?:おり|い))ません|请勿|請勿|不要|不受理|不处理|不處理|不用于|不用於|아닙니다|보내지|마십시오`)
	// Not what it seems: encouragement, and what a house says of itself.
	noRefusal = pattern.New(`(?i)(?:not|don'?t) hesitate|hésitez pas|zögern sie nicht|no dude|não hesite|non esit|(?:not|don'?t|never|no|nicht|kein|pas|no se|não|ne) (?:toler|allow|permi|condon|endors|support|duld|erlaub|autoris)\pL*`)

	nowhere = words(`ignored|discarded|deleted|dropped|unread|unmonitored|unattended|blackholed|ignoriert|gelöscht|verworfen|ignor[ée]e?s?|supprim[ée]e?s?|ignorad[oa]s?|descartad[oa]s?|ignorat[oaie]|genegeerd|`+
		`игнорируются|игнорируется|удаляются|not (?:be )?(?:being )?(?:read|monitored|answered|processed|handled|reviewed|checked|in use)|nicht (?:mehr )?(?:gelesen|bearbeitet|beantwortet|überwacht)|`+
		`(?:pas|plus) (?:lue?s?|traité[es]*|consulté[es]*|relevé[es]*|surveillé[es]*)|no (?:se lee|es le[ií]d[oa]|ser[aá]n? (?:le[ií]d[oa]s?|atendid[oa]s?))|não (?:é|será|serão) (?:lid[oa]s?|monitorad[oa]s?|respondid[oa]s?)|`+
		`не (?:читается|читаются|рассматриваются|обрабатываются)`, `読まれません|処理されません|不会被|不會被`)
	someOnly = words(`without|incomplete|missing|lacking|unless|if|anonymous|automated|html|attachments?|advertis\pL*|unsolicited|commercial|bulk|ohne|unvollständige?|sans|sin|sem|senza|без`, ``)

	clauseEnd = pattern.New(`[;,!?。、；，！]|\.(?:\s|$)|\s[-–—|]+\s`)
	// The object in whose remarks it stands; a clause may also leave it out.
	// How a clause begins that is about the object in whose remarks it stands.
	thisOne = words(`th(?:is|ese) \pL+|the (?:above|listed) \pL+|(?:diese[rs]?|cette?|est[ea]|quest[oa]|dit|deze|tento|ten|bu|эт[ао]т?|данный) \pL+`, `この|此|本邮|本郵|本信|本アド|이 `)
	// What is said of where one reads it: "reports sent here are ignored".
	here      = words(`here|hier(?:her)?|hierhin|hierheen|ici|aqu[ií]|qui|tutaj|tu|zde|sem|här|her|tänne|buraya|сюда|сюди`, `ここ|こちら|此处|此處|여기`)
	aboutThis = pattern.New(`^(?:` + onlyWord.String() + `|` + forWord.String() + `|(?i)not (?:for|to be)|(?:to be )?used? (?:only |exclusively |solely )?(?:for|to|in)\b|ل\pL|` + otherPurpose.String() + `)`)
)

// A saying is what a clause says a mailbox is for.
type saying int

const (
	saysNothing  saying = iota
	saysAbuse           // abuse
	saysOther           // something else alone
	saysNotAbuse        // anything but abuse
	saysNowhere         // nothing: nobody reads it
)

// keepsOut reports whether mail is not to be written to. A mailbox that is
// called abuse is asked to be spared from abuse itself, not from reports.
func (s saying) keepsOut(mail string) bool {
	return s == saysOther || s == saysNowhere || s == saysNotAbuse && !forAbuse(mail)
}

// sayingOf reads one clause, without the mailboxes in it.
func sayingOf(clause string) saying {
	clause = noRefusal.ReplaceAllString(clause, " ")
	abuse, no := abuseWord.MatchString(clause), refuses.MatchString(clause)
	other := otherPurpose.MatchString(clause) && !phoneNumber.MatchString(clause)
	switch {
	case nowhere.MatchString(clause) && someOnly.MatchString(clause):
		return saysNothing
	case nowhere.MatchString(clause):
		return saysNowhere
	case abuse && !no:
		return saysAbuse
	case onlyWord.MatchString(clause) && (other || forWord.MatchString(clause) && !manner.MatchString(clause)):
		return saysOther
	case abuse:
		return saysNotAbuse
	}
	return saysNothing
}

// A clause is one statement of a line and the mailboxes in it.
type clause struct {
	text  string
	mails [][]int
}

// clauses cuts a line where one statement ends.
func clauses(line string) (list []clause) {
	add := func(s string) {
		switch s = strings.TrimSpace(s); {
		case s == "":
		case len(list) > 0 && justOnly.MatchString(s): // "is for billing, nothing else"
			last := &list[len(list)-1]
			last.text += " " + s
		default:
			list = append(list, clause{s, findMails(s)})
		}
	}
	start := 0
	for _, at := range clauseEnd.FindAllStringIndex(line, -1) {
		add(line[start:at[0]])
		start = at[1]
	}
	add(line[start:])
	return list
}

// keptOut returns the mailboxes of list[i] that are not to be written to.
func keptOut(list []clause, i int) (mails []string) {
	c := list[i]
	says := c.sayings()
	if len(says) == 1 && says[0] == saysNothing {
		says[0] = beside(list, i)
	}
	for n, at := range c.mails {
		if mail := strings.Trim(c.text[at[0]:at[1]], ".-_+"); says[n].keepsOut(mail) {
			mails = append(mails, mail)
		}
	}
	return mails
}

// sayings is what c says of each of its mailboxes. What stands before a
// mailbox speaks of it; where that says nothing, what stands behind it does, up
// to the next. What is said of one of a list is said of all.
func (c clause) sayings() []saying {
	says := make([]saying, len(c.mails))
	start, taken := 0, false
	list := make([]bool, len(c.mails)) // goes on with the one before
	for n, at := range c.mails {
		end := len(c.text)
		if n+1 < len(c.mails) {
			end = c.mails[n+1][0]
		}
		before, behind := leadsTo.ReplaceAllString(c.text[start:at[0]], ""), c.text[at[1]:end]
		list[n] = n > 0 && joins.MatchString(strings.TrimSpace(before))
		if taken {
			before = "" // it was about the last one
		}
		says[n], taken = sayingOf(before), false
		if says[n] == saysNothing {
			says[n] = sayingOf(before + " " + behind)
			taken = says[n] != saysNothing
		}
		if list[n] && says[n] == saysNothing {
			says[n] = says[n-1]
		}
		start = at[1]
	}
	for n := len(says) - 1; n > 0; n-- {
		if list[n] && says[n-1] == saysNothing {
			says[n-1] = says[n]
		}
	}
	return says
}

// beside is what the clauses around list[i] say that name no mailbox.
func beside(list []clause, i int) saying {
	if i+1 < len(list) && len(list[i+1].mails) == 0 && aboutThis.MatchString(list[i+1].text) {
		if says := sayingOf(list[i+1].text); says != saysNothing {
			return says
		}
	}
	if i > 0 && len(list[i-1].mails) == 0 {
		return sayingOf(list[i-1].text)
	}
	return saysNothing
}

// notForAbuse returns the mailboxes of which lines say that they are not for
// abuse. A line that goes on with the one before is read with it.
func notForAbuse(lines []string) (mails []string) {
	for i, line := range lines {
		if mayHoldMail(line) {
			list := clausesOf(lines, i)
			for i := range list {
				mails = append(mails, keptOut(list, i)...)
			}
		}
	}
	return mails
}

// mayHoldMail is quick: most lines hold none.
func mayHoldMail(line string) bool {
	return strings.ContainsAny(line, "@\uff20") || strings.ContainsAny(line, "[({<") && atInText.MatchString(line) || spokenMail.MatchString(line)
}

// clausesOf cuts a line with the one that it goes on with.
func clausesOf(lines []string, i int) []clause {
	line := lines[i]
	if i > 0 && goesOn(lines[i-1], line) {
		line = lines[i-1] + " " + line
	} else if i+1 < len(lines) && goesOn(line, lines[i+1]) {
		line += " " + lines[i+1]
	}
	return clauses(plain(clean(line, maxValue)))
}

// notForAbuseItself reports whether lines say that what they stand in is not
// for abuse.
func notForAbuseItself(lines []string) bool {
	for i := range lines {
		for _, c := range clausesOf(lines, i) {
			about := len(c.mails) == 0 && !phoneNumber.MatchString(c.text) &&
				(thisOne.MatchString(c.text) || aboutThis.MatchString(c.text) || here.MatchString(c.text))
			if about && sayingOf(c.text).keepsOut("") {
				return true
			}
		}
	}
	return false
}

// goesOn reports whether line is the rest of what last began to say.
func goesOn(last, line string) bool {
	words := strings.Fields(last)
	if len(words) == 0 {
		return false
	}
	end, rest := words[len(words)-1], strings.TrimSpace(line)
	begins, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasSuffix(end, "."):
		return false
	case strings.HasSuffix(end, ":"), strings.HasSuffix(end, ","), begins == '(', forWord.MatchString(end), leadsTo.MatchString(end):
		return true
	}
	word, _, _ := strings.Cut(rest, " ")
	return unicode.IsLower(begins) && !strings.Contains(word, "@")
}

// notTheirs is why a mailbox is rejected that an answer sets aside.
const notTheirs = "not for abuse, as the record says"

// aside is what an answer says is not for abuse.
type aside struct {
	mails   map[string]bool // in lower case
	handles map[string]bool // in upper case: the objects that say so of themselves
	heard   int             // bytes of text about mailboxes
}

// maxHeard bounds the time that one answer can take; real ones hold a tenth.
const maxHeard = 16 << 10

// hear takes down what lines say. handle is the contact in whose remarks they
// stand, or empty.
func (s *aside) hear(lines []string, handle string) {
	for i, line := range lines {
		if handle != "" || mayHoldMail(line) {
			s.heard += len(line)
		}
		if s.heard > maxHeard {
			lines = lines[:i]
			break
		}
	}
	if s.mails == nil {
		s.mails, s.handles = map[string]bool{}, map[string]bool{}
	}
	for _, m := range notForAbuse(lines) {
		s.mails[strings.ToLower(m)] = true
	}
	if handle != "" && notForAbuseItself(lines) {
		s.handles[strings.ToUpper(handle)] = true
	}
}

// holds reports whether c is set aside: by its mailbox, its name or its object.
// What an object says of itself holds for the mailboxes that it does not mark
// for abuse, or for all if it marks none.
func (s aside) holds(c *claim, marked map[string]bool) bool {
	handle := strings.ToUpper(c.Handle)
	ofObject := s.handles[handle] || onlyWord.MatchString(c.Name) && ofRegistry.MatchString(c.Name)
	return s.mails[strings.ToLower(c.Email)] || ofObject && (!marked[handle] || !c.forAbuse())
}
