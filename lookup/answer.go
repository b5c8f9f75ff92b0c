package lookup

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
)

// An Answer is what one registry said about one address or AS number.
type Answer struct {
	Network   Network   // with its contacts ranked; none if the answer names none worth writing to
	Elsewhere bool      // the server says that this space is not its own to answer for
	Referral  string    // the server that it names instead ("host" or "host:port"); a claim, not yet checked
	Parent    string    // handle or range of the enclosing network, where the answer names one
	Rejected  []Contact // candidates that are not to be written to; the last flag says why, as "rejected: registry mailbox"

	numbers [2]uint32 // the AS numbers that it is about, first and last; zero where it names none
}

// isAbout returns an error if the answer names addresses or AS numbers, and s is not
// among them: a server that mixes answers up must not have somebody written to.
func (a Answer) isAbout(s subject) error {
	n, from, to := a.Network, a.numbers[0], a.numbers[1]
	other := ""
	switch {
	case a.Elsewhere:
	case n.First.IsValid() && !(s.prefix.IsValid() && n.holds(s.prefix.Addr())):
		other = n.First.String() + " - " + n.Last.String()
	case to != 0 && (s.prefix.IsValid() || s.as < from || to < s.as):
		other = fmt.Sprintf("AS%d - AS%d", from, to)
	}
	if other == "" {
		return nil
	}
	return fmt.Errorf("%w: asked for %s, %q answered for %s", errNoAnswer, s, n.Server, other)
}

const maxBody = 512 << 10 // bytes; registries answer in a tenth of it

var errNoAnswer = errors.New("not an answer of a registry")

// Decode reads one registry's answer, RDAP JSON or WHOIS text, whichever it is.
//
// For an AS number, First and Last stay invalid and Handle holds the number.
// An answer that names nobody is no error. An error wraps [ErrRefused] if the
// registry would not answer; any other means that body is not an answer.
func Decode(body []byte, server string, at time.Time) (Answer, error) {
	a, err := decode(body, server)
	if err != nil && server != "" {
		err = fmt.Errorf("answer of %q: %w", server, err)
	}
	if err != nil {
		return Answer{}, err
	}
	a.Network.Server, a.Network.Fetched = server, at.UTC()
	for _, list := range [][]Contact{a.Network.Contacts, a.Rejected} {
		for i := range list {
			list[i].Server = server
		}
	}
	return a, nil
}

func decode(body []byte, server string) (a Answer, err error) {
	if len(body) > maxBody {
		return Answer{}, fmt.Errorf("%d bytes are more than %d", len(body), maxBody)
	}
	text := strings.TrimSpace(decodeText(body))
	if strings.HasPrefix(text, "{") {
		a, err = decodeRDAP(text, server)
		a.Network.Source = "rdap"
	} else {
		a, err = decodeWHOIS(text)
		a.Network.Source = "whois"
	}
	return a, err
}

// decodeText makes UTF-8 of what registries send: UTF-8, ISO-2022-JP (JPNIC),
// EUC-KR (KRNIC) or Latin-1 (LACNIC, APNIC). It decides for each line, because
// chained answers mix them.
func decodeText(body []byte) string {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	body = bytes.ReplaceAll(body, []byte("\r"), []byte("\n"))
	var b strings.Builder
	korea := bytes.Contains(body, []byte("KRNIC")) || bytes.Contains(body, []byte("KISA"))
	for line := range bytes.Lines(body) {
		switch {
		case bytes.Contains(line, []byte("\x1b$")):
			line, _ = japanese.ISO2022JP.NewDecoder().Bytes(line)
			line = bytes.ToValidUTF8(line, []byte("\ufffd"))
		case korea && isEUCKR(line):
			line, _ = korean.EUCKR.NewDecoder().Bytes(line)
			line = bytes.ToValidUTF8(line, []byte("\ufffd"))
		case !utf8.Valid(line):
			line, _ = charmap.ISO8859_1.NewDecoder().Bytes(line)
		}
		b.Write(line)
	}
	return b.String()
}

// isEUCKR reports whether all that is not ASCII in a line is pairs, most of
// them Hangul syllables (KS X 1001, rows 16 to 40).
func isEUCKR(line []byte) bool {
	pairs, syllables := 0, 0
	for i := 0; i < len(line); i++ {
		if line[i] < 0x80 {
			continue
		}
		if i+1 == len(line) || line[i] < 0xa1 || line[i] == 0xff || line[i+1] < 0xa1 || line[i+1] == 0xff {
			return false
		}
		pairs++
		if 0xb0 <= line[i] && line[i] <= 0xc8 {
			syllables++
		}
		i++
	}
	return 2*syllables > pairs && !utf8.Valid(line)
}

// clean makes one printable line of at most n characters: no controls, no
// direction marks, no private use. The joiners stay; Persian and Hindi need them.
func clean(s string, n int) string {
	const nonJoiner, joiner = '\u200c', '\u200d'
	var b strings.Builder
	space := false
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case !unicode.IsPrint(r) && r != joiner && r != nonJoiner:
			continue
		}
		if space {
			if n--; n <= 0 {
				break
			}
			b.WriteByte(' ')
			space = false
		}
		if n--; n < 0 {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
