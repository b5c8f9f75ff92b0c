package lookup

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/pattern"
)

var (
	// Narrower than RFC 5321: what text puts around a mailbox must not become part of it.
	mailInText = pattern.New(`[A-Za-z0-9+_.-]{1,64}(?:['&][A-Za-z0-9+_.-]{1,64}){0,3}@[A-Za-z0-9.-]{1,200}\.[A-Za-z][A-Za-z0-9-]{1,62}`)
	// "abuse @ example.net", and what may stand before one that is not called so.
	spacedMail = pattern.New(`([A-Za-z0-9+_.-]{1,64})(?:\s+@\s*|\s*@\s+)([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)`)
	leadsTo    = pattern.New(`(?i)(?:[:<(,;]|\b(?:to|mail|contact|address|an|al|para|via|bei))\s*$`)
	atInText   = pattern.New(`(?i)\s*[\[({<]\s*(?:at|@)\s*[\])}>]\s*`)
	dotInText  = pattern.New(`(?i)\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*`)

	spokenMail = pattern.New(`(?i)\b([a-z0-9._+-]+) at ([a-z0-9-]+(?: dot [a-z0-9-]+)+)\b`)
	spoken     = strings.NewReplacer(" at ", "@", " dot ", ".")

	// What abuse is called in remarks, as stems.
	abuseWord = pattern.New(`(?i)abus|spam|\bsecurity|complain|misuse|phish|hack|attack|intrusion|incident|fraud|malware|virus|\bscans?\b|\bcsirt|\bcert\b|` +
		`missbrauch|sicherheit|beschwerde|seguridad|seguran|sicurezza|s[eé]curit|plainte|nadu[zż]y|zneu[zž]it|visszaél|misbruk|` +
		`злоупотреб|жалоб|безопасн|взлом|злом|迷惑|不正|セキュリティ|滥用|濫用|投诉|投訴|垃圾|스팸|침해`)
	denial = pattern.New(`(?i)\b(not|never|no|don'?t|nicht|kein|sauf|excepto)\b`)

	// What a mailbox is called that is read for abuse.
	abuseStem  = pattern.New(`(?i)abus|missbrauch|csirt|phish|anti-?spam|misuse|meiwaku`)
	abuseToken = pattern.New(`(?i)(^|[^a-z])(security|infosec|secops|cert|cirt|irt|soc|spam|incidents?)($|[^a-z])`)

	statusRemark = pattern.New(`(?i)^\s*(\S+@\S+?)\s+(?:was validated on|is (invalid))\b`)
	// RIPE's own line, in WHOIS and in remarks; an apostrophe may stand in the mailbox.
	abuseLine = pattern.New(`(?i)abuse contact for '([^']*)' is '(.*?)'(?:[^\pL\pN]|$)`)
)

// forAbuse reports whether a mailbox is called abuse, security or the like.
func forAbuse(mail string) bool {
	local, _, _ := strings.Cut(mail, "@")
	return abuseStem.MatchString(local) || abuseToken.MatchString(local)
}

// remarks takes what free text says: which mailboxes the registry found
// invalid, and, under rule, those that the text offers for abuse.
func (r *record) remarks(rule string, text []string, c Contact, who place) {
	text = strings.Split(strings.ReplaceAll(strings.Join(text, "\n"), `\n`, "\n"), "\n")
	suspect, prev := "", ""
	for _, line := range text {
		line = clean(line, 1000)
		if m := statusRemark.FindStringSubmatch(line); m != nil {
			if m[2] != "" {
				r.says(m[1], true)
			}
			continue
		}
		if m := abuseLine.FindStringSubmatch(line); m != nil {
			suspect = m[2]
		}
		if suspect != "" {
			if strings.Contains(strings.ToLower(line), "validation failed") {
				r.says(suspect, false)
			}
			continue
		}
		for _, mail := range abuseMails(line, prev) {
			r.claim(rule, mail, c, who)
		}
		if letters(line) > 0 {
			prev = line
		}
	}
}

// abuseMails finds the mailboxes that a line offers for abuse: those called
// so, and those whose label says so. The label is what stands before the
// mailbox; if nothing does, what stands before the line or after the last one.
func abuseMails(line, prev string) []string {
	line = plain(line)
	found := findMails(line)
	var mails []string
	start, inherited := 0, false
	for i, at := range found {
		mail := strings.Trim(line[at[0]:at[1]], ".-_+")
		label := line[start:at[0]]
		start = at[1]
		bare := letters(label) < 3
		meant := forLabel(label)
		switch {
		case !bare:
		case i > 0:
			meant = inherited // a list: the label of the first holds for all
		case len(found) == 1 && letters(line[at[1]:]) >= 3:
			meant = forLabel(line[at[1]:])
		case len(findMails(prev)) == 0:
			meant = forLabel(prev)
		}
		inherited = meant
		if meant || forAbuse(mail) {
			mails = append(mails, mail)
		}
	}
	return mails
}

// plain writes the mailboxes of a text as they are meant.
func plain(line string) string {
	if !mayHoldMail(line) {
		return line
	}
	line = spokenMail.ReplaceAllStringFunc(unveil(line), speak)
	var b strings.Builder
	end := 0
	for _, m := range spacedMail.FindAllStringSubmatchIndex(line, -1) {
		local, domain := line[m[2]:m[3]], line[m[4]:m[5]]
		meant := forAbuse(local) || leadsTo.MatchString(line[:m[0]])
		if meant && !strings.HasPrefix(line[m[1]:], "/") {
			b.WriteString(line[end:m[0]] + local + "@" + domain)
			end = m[1]
		}
	}
	return b.String() + line[end:]
}

// findMails returns where the mailboxes of a text are. One that could be the
// end or the beginning of a longer one is not among them: that is somebody else's.
func findMails(line string) [][]int {
	if !strings.Contains(line, "@") {
		return nil
	}
	return slices.DeleteFunc(mailInText.FindAllStringIndex(line, -1), func(at []int) bool {
		before, _ := utf8.DecodeLastRuneInString(line[:at[0]])
		after, _ := utf8.DecodeRuneInString(line[at[1]:])
		return before == '%' || before == '!' || after == '@' || joined(before) || joined(after)
	})
}

// joined reports whether a letter would be a part of the word beside it.
// Chinese, Japanese and Korean put no space around a mailbox.
func joined(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) }

// unveil writes "abuse [at] example [dot] net" as it is meant.
func unveil(s string) string {
	return dotInText.ReplaceAllString(atInText.ReplaceAllString(s, "@"), ".")
}

func forLabel(s string) bool { return abuseWord.MatchString(s) && !denial.MatchString(s) }

// letters counts letters; an ideograph says as much as a word.
func letters(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			n += 3
		case unicode.IsLetter(r):
			n++
		}
	}
	return n
}
