package render

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"headsup/letter"
	"headsup/render/prose"
	"headsup/templates"
)

// subjectColumns is how wide a subject is at most before its reference, in the
// cells of a terminal: a list of mails shows so much, and a phone most of it.
const subjectColumns = 60

// longSubject is how many characters filters bear in a subject.
const longSubject = 200

// title writes what a letter is called, and the same for a subject: the words
// of its template with all topics, or with the first one; or, where both are too
// long, the topic and the address alone. A customer's names no topic. What
// tells of reports leaves out the topic instead: that others reported, and that
// it goes on, says more.
func (r *Renderer) title(l letter.Letter, frame *templates.File, page Page, b *prose.Book) (title, subject string, err error) {
	topics := r.topicList(l, frame.Lang)
	comma := r.set.File(templates.Frame, frame.Lang).Labels.Comma
	short := topics[0]
	for _, words := range []string{strings.Join(topics, comma), short} {
		page.Topics = b.Value(words)
		if subject, err = called(frame, page, b); err != nil {
			return "", "", err
		}
		title = cmp.Or(title, subject)
		if prose.Cells(subject) <= subjectColumns {
			return title, subject, nil
		}
	}
	if l.Corrects != "" { // what it is says more than its topic
		return title, subject, nil
	}
	if frame.Part == templates.Reported {
		page.Topics = ""
		subject, err = called(frame, page, b)
		return title, prose.Shorten(strings.TrimRight(subject, " \u00a0:：–"), subjectColumns), err
	}
	if frame.Part == templates.Customer { // what it names before it asks
		short = strings.TrimRight(subject[:max(strings.IndexAny(subject, ":：–"), 0)], " \u00a0")
	}
	where := colon(frame.Lang) + b.Expand(page.Address)
	if page.More > 0 {
		where += fmt.Sprintf(" (+%d)", page.More)
	}
	return title, begun(prose.Shorten(short, subjectColumns-prose.Cells(where)), frame.Lang) + where, nil
}

// colon is how a language sets a colon between words.
func colon(lang string) string {
	switch base, _, _ := strings.Cut(lang, "-"); base {
	case "fr":
		return "\u00a0: "
	case "ja", "zh":
		return "："
	}
	return ": "
}

// called fills in the subject of a frame.
func called(frame *templates.File, page Page, b *prose.Book) (string, error) {
	var out strings.Builder
	if err := frame.Template().ExecuteTemplate(&out, "subject", page); err != nil {
		return "", templateError(err)
	}
	return begun(finish(b.Expand(out.String())), frame.Lang), nil
}

// finish makes a title one printable line. Words that a line may break between stay so.
func finish(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// begun has a title begin with a capital letter, where its language has them.
func begun(title, lang string) string {
	_, n := utf8.DecodeRuneInString(title)
	return cases.Upper(language.Make(lang)).String(title[:n]) + title[n:]
}

// withTag puts the reference behind a title.
func withTag(title string, l letter.Letter) string { return title + " " + tag(l) }

func tag(l letter.Letter) string { return "[" + l.ID + "]" }

// also adds to a subject what it says in another language, in the longest form
// for which there is room: whoever sorts mail for a desk, man or machine, may
// know that language only.
func also(subject string, forms ...string) string {
	for _, words := range forms {
		if s := subject + " / " + words; utf8.RuneCountInString(s) <= longSubject {
			return s
		}
	}
	return subject
}

// encodeSubject writes a subject for a header: its tag stays readable whatever
// the words are.
func encodeSubject(subject string, l letter.Letter) string {
	before, after, found := strings.Cut(subject, " "+tag(l))
	if !found {
		return shortWords(subject)
	}
	if after != "" {
		after = " " + shortWords(strings.TrimSpace(after))
	}
	return shortWords(before) + " " + tag(l) + after
}

// shortWord is how long an encoded word of a subject is at most: the first one
// has to stand on the line of the field's name, or some readers see a space
// before the subject.
const shortWord = 60

// shortWords makes a text fit for a header as encodeWords does, in words that
// are never cut within a character.
func shortWords(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return encodeWords(text)
	}
	method, encode := "b", base64Piece
	if len(quotedPiece(text)) <= len(base64Piece(text)) {
		method, encode = "q", quotedPiece
	}
	room := shortWord - len("=?utf-8?q??=")
	var words []string
	piece := ""
	for _, r := range strings.ReplaceAll(text, "=?", "= ?") {
		if piece != "" && len(encode(piece+string(r))) > room {
			words, piece = append(words, piece), ""
		}
		piece += string(r)
	}
	words = append(words, piece)
	for i, w := range words {
		words[i] = "=?utf-8?" + method + "?" + encode(w) + "?="
	}
	return strings.Join(words, " ")
}

func base64Piece(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// quotedPiece is the text of an encoded word (RFC 2047, §4.2).
func quotedPiece(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == ' ':
			b.WriteByte('_')
		case c > ' ' && c <= '~' && !strings.ContainsRune("=?_\"", rune(c)):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}
