package inbox

import (
	"strings"

	"headsup/letter"
	"headsup/pattern"
)

// command is the step of the transaction at which a server refused, as Postfix
// and Exim tell it beside the reply; transcript is how Sendmail does.
var (
	command    = pattern.New(`(?i)\(in\s+reply\s+to\s+[a-z\s]{2,20}\s+command\)|\bafter ((HELO|EHLO|MAIL FROM|DATA|STARTTLS|AUTH)\b|end of data|initial connection)`)
	transcript = pattern.New(`(?m)^>>> (DATA|MAIL From|EHLO)\b.*\n<<< [45]\d\d`)
	step       = map[string]string{"DATA": "(in reply to end of DATA command)", "MAIL From": "(in reply to MAIL FROM command)", "EHLO": "(in reply to EHLO command)"}
)

// commandOf is the step at which the server refused, in Postfix's words, or "".
func commandOf(about string) string {
	if at := transcript.FindStringSubmatch(about); at != nil {
		return step[at[1]]
	}
	return command.FindString(about)
}

// maxAbout is how much of a report's text is read for reasons, in bytes.
const maxAbout = 16 << 10

// judge notes for each recipient that was not reached why that is: by what the
// server replied, else by what the report tells people of that recipient.
func (m *parsed) judge(rs []letter.Recipient) {
	for i := range rs {
		r := &rs[i]
		if r.Action != letter.ActionFailed && r.Action != letter.ActionDelayed {
			continue
		}
		about := m.text
		if len(rs) > 1 {
			about = m.around(r.Address)
		}
		about = m.withoutLetter(about[:min(len(about), maxAbout)])
		words := r.Text
		if len(m.status) == 0 { // in prose, the reply may go over several lines
			words = talk(about)
		}
		why := letter.ReasonOf(r.Status, words+" "+commandOf(about))
		if why.Class == letter.ClassUnclear {
			why = letter.ReasonOf(r.Status, about)
		}
		r.Class = why.Class
		if r.Class == letter.ClassUnclear && (r.GivenUp || r.Action == letter.ActionDelayed) {
			r.Class = letter.ClassNetwork
		}
	}
}

// letterField is a field of the letter as reports repeat it.
var letterField = pattern.New(`(?im)^[\s>|]*(subject|betreff|objet|asunto|assunto|oggetto|onderwerp|from|to|date|sent|件名|主题|主旨)\s*[:：].*$`)

// withoutLetter takes the letter's subject out of what a report says: it speaks
// of open relays and proxies itself.
func (m *parsed) withoutLetter(text string) string {
	if subject := m.original.Get("Subject"); subject != "" {
		text = strings.ReplaceAll(text, subject, "")
	}
	return letterField.ReplaceAllString(text, "")
}

// talk is what a text says of reasons, line by line.
func talk(about string) string {
	var lines []string
	for line := range strings.SplitSeq(about, "\n") {
		if permanent.MatchString(line) || passing.MatchString(line) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, " ")
}
