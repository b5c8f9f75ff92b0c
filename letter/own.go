package letter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/pattern"
)

// maxOwn caps the text that Own looks at, in bytes.
const maxOwn = 64 << 10

// Own returns what a message says itself: its text without the lines that it
// quotes, the lines that announce them, what stands below a separator of a
// mail program, its signature (RFC 3676 §4.3), and lines of the letter itself,
// which may be empty.
//
// Text below a quote is kept, because some people answer there.
func Own(text, sent string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), maxOwn)], "\r", ""), "\uFFFD")
	lines := strings.Split(text, "\n")
	ours := sentLines(sent)
	var own []string
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRightFunc(lines[i], unicode.IsSpace)
		bare := strings.TrimFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
		switch {
		case isQuote(bare):
			own = withoutAnnouncement(own)
			continue
		case separates(lines[i:]):
			return join(own)
		case bare == "--" || bare == "—":
			// A signature ends with the message, or with the quote below it.
			for i+1 < len(lines) && !isQuote(strings.TrimSpace(lines[i+1])) && !separates(lines[i+1:]) {
				i++
			}
			continue
		case ours[bare]:
			continue
		}
		own = append(own, line)
	}
	return join(own)
}

func join(lines []string) string { return strings.TrimSpace(strings.Join(lines, "\n")) }

func isQuote(line string) bool {
	return strings.HasPrefix(line, ">") || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "＞")
}

// sentLines are the lines of the letter that nobody else would write.
func sentLines(sent string) map[string]bool {
	lines := map[string]bool{}
	for line := range strings.SplitSeq(sent, "\n") {
		if line = strings.TrimSpace(line); utf8.RuneCountInString(line) >= 20 {
			lines[line] = true
		}
	}
	return lines
}

var (
	// wrote announces a quote in the languages that mail programs speak, in the
	// order in which the letters have them.
	wrote = pattern.New(`(?i)(wrote|writes|написа|schrieb|skrev|έγραψε|escribi|kirjoitti|écrit|כתב|लिखा|írta|menulis|scritto|書|작성|님이|rašė|schreef|napisa|napsal|escreveu|scris|пише|написал|пишет|shkro|எழுதி|เขียน|yazdı|писа|пише|viết|写道|寫道|كتب|skreiv|a scris|sendte|hat am)`)
	// dated and when stand in such a line: a year or a time of day; or an address.
	dated  = pattern.New(`(19|20)\d\d|\d{1,2}[:.]\d\d`)
	when   = pattern.New(`(19|20)\d\d|\d{1,2}[:.]\d\d|[^\s@]+@[^\s@]+\.[^\s@]+`)
	dashed = pattern.New(`^[-_=*]{3,} ?[^-_=*].{0,80}[^-_=*] ?[-_=*]{3,}$|^_{10,}$`)
	label  = pattern.New(`^[*\s]*\pL[\pL\pM .'’/-]{0,24}\*? ?[:：]\*?(\s|$|\S)`)
	sender = pattern.New(`(?i)^[*\s]*(from|von|de|da|van|fra|från|lähettäjä|feladó|küldő|od|de la|от|від|nuo|από|nga|kimden|gönderen|من|מאת|प्रेषक|द्वारा|அனுப்புநர்|จาก|từ|dari|daripada|差出人|送信者|送信元|보낸 ?사람|发件人|寄件者|寄件人|expéditeur|remitente|mittente|afzender|avsändare|avsender|afsender|nadawca|odesílatel|expeditor|подател|отправитель|відправник|pošiljalac|пошиљалац|siuntėjas|αποστολέας|dërguesi|المرسل|השולח)\*? ?[:：]`)
)

// announces reports whether a line, or a few of them, are what a mail program
// puts above a quote.
func announces(lines string) bool {
	lines = strings.TrimRightFunc(lines, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	if len(lines) > 400 || !strings.HasSuffix(lines, ":") && !strings.HasSuffix(lines, "：") {
		return false
	}
	return wrote.MatchString(lines) && len(lines) < 120 || when.MatchString(lines)
}

// withoutAnnouncement takes away the lines that announce the quote below them.
func withoutAnnouncement(own []string) []string {
	end := len(own)
	for end > 0 && strings.TrimSpace(own[end-1]) == "" {
		end--
	}
	for n := 1; n <= min(3, end); n++ {
		if strings.TrimSpace(own[end-n]) == "" {
			break
		}
		above := strings.Join(own[end-n:end], " ")
		if !announces(above) || n > 1 && !wrote.MatchString(above) {
			continue
		}
		// What was broken has its date in a line above.
		if dated.MatchString(above) || n == min(3, end) || !dated.MatchString(own[end-n-1]) {
			return own[:end-n]
		}
	}
	return own
}

// separates reports whether all that follows is what the message answers or
// passes on: a line that says so, or the head of a letter.
func separates(lines []string) bool {
	first := strings.TrimSpace(lines[0])
	if dashed.MatchString(first) {
		return heads(lines[1:])
	}
	if announces(first) && wrote.MatchString(first) && when.MatchString(first) {
		next := slices.IndexFunc(lines[1:], func(l string) bool { return strings.TrimSpace(l) != "" })
		return next >= 0 && !isQuote(strings.TrimSpace(lines[1+next]))
	}
	return sender.MatchString(first) && heads(lines)
}

// heads reports whether the head of a letter begins here: a sender, and fields
// below it.
func heads(lines []string) bool {
	fields, from := 0, false
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" && fields == 0 && i < 3 {
			continue
		}
		if !label.MatchString(line) {
			break
		}
		fields++
		from = from || sender.MatchString(line)
		if fields >= 3 && from {
			return true
		}
	}
	return false
}
