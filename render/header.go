package render

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"headsup/letter"
	"headsup/pattern"
	"headsup/wire/mailtext"
)

// A header is the header of a message, but for its Date.
type header struct{ msg *gomail.Msg }

func newHeader(l letter.Letter, optOut, subject string) (header, error) {
	from, err := address(nameOf(l.Agency, l.Languages[0]), l.Agency.From)
	if err != nil {
		return header{}, fmt.Errorf("agency %q: from: %w", l.Agency.ID, err)
	}
	reply, err := ReplyTo(l)
	if err != nil {
		return header{}, fmt.Errorf("agency %q: reply-to: %w", l.Agency.ID, err)
	}
	to, err := address("", l.To.Email)
	if err != nil {
		return header{}, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	m.ToMailAddress(to)
	if len(l.Copies) > 0 {
		if err := m.Cc(l.Copies...); err != nil {
			return header{}, fmt.Errorf("cc: %w", err)
		}
	}
	m.ReplyToMailAddress(&mail.Address{Address: reply})
	m.SetMessageIDWithValue(MessageID(l))
	set := func(name, value string) { m.SetGenHeader(gomail.Header(name), value) }
	set("Subject", encodeSubject(subject, l))
	set("Content-Language", strings.Join(l.Languages, ", "))
	set("Organization", encodeWords(clean(nameOf(l.Agency, l.Languages[0]))))
	if n := len(l.Earlier); n > 0 && l.Earlier[n-1].MessageID != "" { // RFC 5322, 3.6.4: in the thread of what it follows
		var thread []string
		for _, e := range l.Earlier {
			if e.MessageID != "" {
				thread = append(thread, "<"+clean(e.MessageID)+">")
			}
		}
		set("In-Reply-To", thread[len(thread)-1])
		set("References", strings.Join(thread[max(0, len(thread)-maxThread):], " "))
	}
	set("Auto-Submitted", "auto-generated")                        // RFC 3834
	set("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply") // [MS-OXCMAIL] 2.1.3.2.20, but no NDR: bounces are wanted
	set("Feedback-ID", feedbackID(l))                              // campaign:kind:language:sender
	set("X-Headsup-Report-Id", l.Tag())
	if l.Answers != "" || l.Alerts != "" || l.Customer != "" { // they are no stream that one subscribes to
		return header{m}, nil
	}
	leave := "<" + mailTo(reply) + "?subject=" + url.PathEscape("unsubscribe "+l.Tag()) + ">"
	if page := OptOutURL(optOut, l); page != "" {
		leave = "<" + page + ">, " + leave
		set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
	}
	set("List-Unsubscribe", leave)
	return header{m}, nil
}

// validMessageID is what stands in a Message-ID of somebody else that may be
// repeated in a header.
var validMessageID = pattern.New(`^[!-;=?-~]{1,200}@[!-;=?-~]{1,200}$`)

// answer makes the header that of an answer (RFC 3834 §3.1), in the thread of
// the message that it answers.
func (h header) answer(id string) {
	h.msg.SetGenHeader("Auto-Submitted", "auto-replied")
	h.msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	h.msg.SetGenHeader("Precedence", "bulk") // for responders that know no better
	if validMessageID.MatchString(id) {
		h.msg.SetGenHeader("In-Reply-To", "<"+id+">")
		h.msg.SetGenHeader("References", "<"+id+">")
	}
}

// maxThread is how many letters a thread names.
const maxThread = 10

// lines writes the header with the empty line behind it, and leaves room for
// that many bytes of a body.
//
// go-mail adds the clock's Date unless there is one: it is given one, and that
// is taken out again.
func (h header) lines(contentType string, date time.Time, room int) ([]byte, error) {
	nothing := func(io.Writer) (int64, error) { return 0, nil }
	h.msg.SetBodyWriter(gomail.ContentType(contentType), nothing, gomail.WithPartEncoding(gomail.NoEncoding))
	h.msg.SetDateWithValue(date.UTC())
	var out bytes.Buffer
	if _, err := h.msg.WriteTo(&out); err != nil {
		return nil, err
	}
	const ofText = ";\r\n charset=UTF-8" // which a multipart has not (RFC 2046, 5.1), and the library writes
	text := bytes.Replace(out.Bytes(), []byte(contentType+ofText), []byte(contentType), 1)
	before, after, found := bytes.Cut(text, []byte("Date: "+date.UTC().Format(mailDate)+"\r\n"))
	if !found {
		return nil, fmt.Errorf("no Date of %s in the header", date)
	}
	return append(append(make([]byte, 0, out.Len()+room), before...), after...), nil
}

const mailDate = "Mon, 02 Jan 2006 15:04:05 -0700"

// address accepts what mail servers everywhere do.
func address(name, spec string) (*mail.Address, error) {
	if err := mailtext.CheckAddress(spec); err != nil {
		return nil, err
	}
	return &mail.Address{Name: clean(name), Address: spec}, nil
}

// encodeWords makes a text fit for a header (RFC 2047), in the shorter of its
// two encodings. A text that looks encoded already is not read as such.
func encodeWords(text string) string {
	text = strings.ReplaceAll(text, "=?", "= ?")
	q, b := mime.QEncoding.Encode("utf-8", text), mime.BEncoding.Encode("utf-8", text)
	if len(b) < len(q) {
		return b
	}
	return q
}

// longestField is how many bytes of a name a Feedback-ID has: a line of a
// header must hold four.
const longestField = 64

// feedbackID names the letter's stream for the statistics of large mailbox
// providers: at most four fields, of plain characters.
func feedbackID(l letter.Letter) string {
	kind := "mixed"
	if kinds := l.Kinds(); len(kinds) == 1 {
		kind = string(kinds[0])
	}
	fields := []string{l.Campaign, kind, l.Languages[0], l.Agency.ID}
	for i, f := range fields {
		fields[i] = strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r) {
				return '-'
			}
			return r
		}, f[:min(len(f), longestField)])
	}
	return strings.Join(fields, ":")
}
