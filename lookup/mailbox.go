package lookup

import (
	"errors"
	"html"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"headsup/pattern"
)

const maxMail = 254 // RFC 5321 section 4.5.3.1.3, without the brackets

var (
	errMail = errors.New("not a mail address")

	// An atext dot-string (RFC 5321 section 4.1.2) without the characters that
	// old mailers route by (% ! |) and without a leading hyphen, which a program
	// called with the address would take for an option.
	localPart = pattern.New(`^[A-Za-z0-9#$&'*+/=?^_{}~][A-Za-z0-9#$&'*+/=?^_{}~-]*(\.[A-Za-z0-9#$&'*+/=?^_{}~-]+)*$`)
	hostName  = pattern.New(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$`)
	noTLD     = []string{"localhost", "local", "invalid", "internal", "arpa", "onion", "lan"}
)

// addrSpec returns s as an addr-spec with the domain in lower-case ASCII.
func addrSpec(s string) (string, error) {
	if len(s) > maxMail {
		return "", errMail
	}
	s = strings.TrimSpace(s)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		s = s[1 : len(s)-1]
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(local) > 64 || !localPart.MatchString(local) {
		return "", errMail
	}
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(domain, "."))
	if err != nil {
		return "", errMail
	}
	domain = strings.ToLower(domain)
	// Some names have a form in ASCII that is not valid itself.
	if again, err := idna.Lookup.ToASCII(domain); err != nil || again != domain {
		return "", errMail
	}
	tld := domain[strings.LastIndexByte(domain, '.')+1:]
	if len(local)+1+len(domain) > maxMail || !hostName.MatchString(domain) || slices.Contains(noTLD, tld) {
		return "", errMail
	}
	return local + "@" + domain, nil
}

func mailDomain(mail string) string { return mail[strings.LastIndexByte(mail, '@')+1:] }

// maxValue bounds what is read of an attribute; real ones hold a name and a list.
const maxValue = 1000

var (
	// What a name, or a remark, stands beside (RFC 5322 section 3.4).
	angled  = pattern.New(`<([^<>]*)>`)
	comment = pattern.New(`\([^()@]*\)`)

	// "abuse @ example . net" is one mailbox where nothing but a mailbox is expected.
	spacedDots = pattern.New(`@[a-zA-Z0-9-]+(?:\s*\.\s*[a-zA-Z0-9-]+)+`)
	spacedAt   = pattern.New(`\s*@\s*`)

	// What stands between two mailboxes, or before one.
	joins = pattern.New(`(?i)^(?:and|or|und|oder|et|ou|y|o|e|и|или|/|&|-|[^\pL]*)$`)

	// A URI, or a label that has no space behind it.
	scheme  = pattern.New(`^([\pL][\pL+-]*):(//)?`)
	notMail = pattern.New(`(?i)^(https?|ftp|ssh|sips?|xmpp|jabber|im|tel|fax|skype|acct|h323|ircs?|matrix|git)$`)
)

// mailboxes reads an attribute that should hold a mail address, and may hold a
// name beside it, a URI, a list, or a mailbox that is hidden from collectors.
//
// Of a list those of the first one's domain are taken, and the others are
// returned as strangers: a list is how a holder could have somebody else
// written to.
func mailboxes(value string) (mails, strangers []string, err error) {
	if m, err := addrSpec(value); err == nil {
		return []string{m}, nil, nil
	}
	value = value[:min(len(value), maxValue)]
	value = strings.NewReplacer("\uff20", "@", "\uff0e", ".").Replace(html.UnescapeString(value))
	value = spokenMail.ReplaceAllStringFunc(unveil(value), speak)
	value = spacedDots.ReplaceAllStringFunc(spacedAt.ReplaceAllString(value, "@"), func(s string) string {
		return strings.Join(strings.Fields(s), "")
	})
	parts := []string{comment.ReplaceAllString(value, " ")}
	if in := angled.FindAllStringSubmatch(value, -1); slices.ContainsFunc(in, func(m []string) bool { return strings.Contains(m[1], "@") }) {
		parts = nil
		for _, m := range in {
			parts = append(parts, m[1])
		}
	}
	for _, part := range parts {
		for _, item := range strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(",;|()[]\r\n", r) }) {
			mails = append(mails, mailsOfItem(item)...)
		}
	}
	if len(mails) == 0 {
		return nil, nil, errMail
	}
	domain := mailDomain(mails[0])
	for _, m := range mails {
		if mailDomain(m) != domain {
			strangers = append(strangers, m)
		}
	}
	mails = slices.DeleteFunc(mails, func(m string) bool { return mailDomain(m) != domain })
	return mails, strangers, nil
}

// mailsOfItem reads one item of a list. A word before a mailbox may be half of
// its local part, and then the rest is somebody else's; that it is a name shows
// only beside a mailbox that is called abuse or the like.
func mailsOfItem(item string) (mails []string) {
	before := ""
	for _, word := range strings.Fields(item) {
		if before == "" || strings.Contains(before, "@") || leadsTo.MatchString(before) || len(mails) > 0 && joins.MatchString(before) || forAbuse(word) {
			mails = append(mails, mailOf(word)...)
		}
		before = word
	}
	return mails
}

// mailOf reads one word: a mailbox with what people put around it, or several
// with a slash between them. Any other URI than mailto: is no mailbox, though
// an at sign stands in it.
func mailOf(word string) []string {
	word = strings.Trim(word, `"'`+"`.:<>*!")
	label := scheme.FindStringSubmatch(word)
	switch {
	case label == nil:
	case strings.EqualFold(label[1], "mailto"):
		word = word[len(label[0]):]
		word, _, _ = strings.Cut(word, "?") // RFC 6068: a subject and the like
		if plain, err := url.PathUnescape(word); err == nil {
			word = plain
		}
	case label[2] != "", notMail.MatchString(label[1]):
		return nil
	default:
		word = word[len(label[0]):]
	}
	if m, err := addrSpec(word); err == nil {
		return []string{m}
	}
	var mails []string
	for _, piece := range strings.Split(word, "/") {
		m, err := addrSpec(piece)
		if err != nil {
			return nil
		}
		mails = append(mails, m)
	}
	return mails
}

// speak writes "abuse at example dot net" as it is meant.
func speak(s string) string { return spoken.Replace(strings.ToLower(s)) }
