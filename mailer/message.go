package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"headsup/letter"
	"headsup/wire/mailtext"
)

// maxLine is the length of a line of a message without its CRLF (RFC 5322 §2.1.1).
const maxLine = 998

// needed header fields, and those that may stand only once (RFC 5322 §3.6,
// RFC 2045). Date is not among them: each attempt adds its own.
var (
	needed = []string{"From", "To", "Subject", "Message-Id", "Mime-Version", "Content-Type"}
	single = []string{"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Message-Id", "In-Reply-To", "References",
		"Mime-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post"}
	foreign = []string{"Date", "Bcc", "Return-Path", "Received", "Dkim-Signature"}
)

// check returns why a letter must not be handed to any server. What is wrong
// here is wrong for ever: the bytes are as they were approved.
func check(e letter.Envelope) error {
	for _, a := range []string{e.From, e.To} {
		if err := mailtext.CheckAddress(a); err != nil {
			return err
		}
	}
	if err := checkLines(e.Mail); err != nil {
		return err
	}
	h, err := readHeader(e.Mail)
	if err != nil {
		return err
	}
	return h.check(e)
}

func checkLines(text []byte) error {
	bare := bytes.IndexByte(text, 0) >= 0 || bytes.Count(text, []byte{'\r'}) != bytes.Count(text, []byte{'\n'})
	for n := 1; len(text) > 0; n++ {
		end := bytes.IndexByte(text, '\n')
		switch {
		case end < 0:
			return fmt.Errorf("line %d does not end in CRLF", n)
		case end == 0 || text[end-1] != '\r', bare && bytes.ContainsAny(text[:end-1], "\r\x00"):
			return fmt.Errorf("line %d holds a bare CR, LF or NUL", n)
		case end-1 > maxLine:
			return fmt.Errorf("line %d is %d bytes long, more than %d", n, end-1, maxLine)
		}
		text = text[end+1:]
	}
	return nil
}

// A header holds the unfolded values of each field by its canonical name.
type header map[string][]string

// readHeader reads a header whose line ends checkLines has approved.
func readHeader(text []byte) (header, error) {
	head, _, ok := bytes.Cut(text, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("no empty line ends the header")
	}
	h := header{}
	last := ""
	for line := range strings.SplitSeq(string(head), "\r\n") {
		for _, c := range []byte(line) {
			if c >= 0x7f || c < ' ' && c != '\t' {
				return nil, fmt.Errorf("header line %q is not printable ASCII", line)
			}
		}
		if last != "" && (line[0] == ' ' || line[0] == '\t') {
			values := h[last]
			values[len(values)-1] = strings.TrimSpace(values[len(values)-1] + line) // nothing may stand before the first fold
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("header line %q is not a field", line)
		}
		last = textproto.CanonicalMIMEHeaderKey(name)
		h[last] = append(h[last], strings.TrimSpace(value))
	}
	return h, nil
}

func (h header) check(e letter.Envelope) error {
	for _, name := range needed {
		if len(h[name]) == 0 {
			return fmt.Errorf("no %s in the header", name)
		}
	}
	for _, name := range single {
		if len(h[name]) > 1 {
			return fmt.Errorf("%d fields %s in the header", len(h[name]), name)
		}
	}
	for _, name := range foreign {
		if len(h[name]) > 0 {
			return fmt.Errorf("the header has %s before it is sent", name)
		}
	}
	if id := h["Message-Id"][0]; id != "<"+e.MessageID+">" {
		return fmt.Errorf("Message-ID is %s, not <%s>", id, e.MessageID)
	}
	if to, err := mail.ParseAddressList(h["To"][0]); err != nil || len(to) != 1 || !strings.EqualFold(to[0].Address, e.To) {
		return fmt.Errorf("the header is to %s, the envelope to %s", h["To"][0], e.To)
	}
	return nil
}

// domain returns the domain of the From field in lower case.
func (h header) domain() string {
	if len(h["From"]) == 0 {
		return ""
	}
	from, err := mail.ParseAddress(h["From"][0])
	if err != nil {
		return ""
	}
	return strings.ToLower(from.Address[strings.LastIndexByte(from.Address, '@')+1:])
}

// stamp returns the message of one attempt: as approved, below a Date and the
// signatures of the keys whose domain it is from. It may be in the memory of to.
func stamp(to, approved []byte, now time.Time, keys []Key) ([]byte, error) {
	to = now.UTC().AppendFormat(to, "Date: Mon, 02 Jan 2006 15:04:05 -0700\r\n")
	return sign(append(to, approved...), keys)
}
