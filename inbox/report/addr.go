package report

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/lookup"
	"headsup/pattern"
)

// A mention is one place in a text where an address stands.
type mention struct {
	addr     netip.Addr
	port     uint16 // written to it, as in 192.0.2.1:25
	portFrom int
	from, to int  // with its port
	end      int  // of the address alone
	inURL    bool // as the host of a URL
	param    bool // elsewhere in a URL
	network  bool // a network, a range or the ends of one: no host
	fanged   bool // written so that no program follows it: somebody means it
	flow     bool // in the way of tcpdump, with a dot before the port
}

// mentions finds the addresses in a text, in their order, and leaves out what
// only looks like one: versions, OIDs, parts of names, reversed names of
// blocklists, masks.
func mentions(s string, o Options) (out []mention) {
	urls := urlSpans(s)
	u := 0
	for i := 0; i < len(s) && len(out) < maxMentions; {
		c := s[i]
		var m mention
		ok := false
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F', c == ':', c == '[':
			if starts(s, i) {
				if m, ok = v6At(s, i); !ok && c >= '0' && c <= '9' {
					m, ok = v4At(s, i)
				}
			}
		}
		if !ok {
			i = nextStart(s, i)
			continue
		}
		i = max(m.to, i+1)
		for u < len(urls) && urls[u].to <= m.from {
			u++
		}
		if u < len(urls) && m.from >= urls[u].from && m.from < urls[u].to {
			m.inURL = m.from <= urls[u].hostTo
			m.param = !m.inURL
		}
		if m.addr.IsValid() && wanted(m.addr, o) {
			out = append(out, m)
		}
	}
	ranges(s, out)
	return out
}

const maxMentions = 5000

// starts reports whether an address may begin at i: nothing before it belongs
// to the same word.
func starts(s string, i int) bool {
	if i == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	switch {
	case r == '.':
		return i >= 2 && (s[i-2] == '.' || s[i-2] == ' ' || s[i-2] == '\n') // "...192.0.2.1"
	case r == '-':
		return i < 2 || !alnum(s[i-2])
	case r == '%', r == '_', r == '\\', r == '+' && i >= 2 && alnum(s[i-2]):
		return false
	case r < utf8.RuneSelf && alnum(byte(r)):
		word := lastWord(s[max(0, i-12):i])
		return strings.EqualFold(word, "ip") || strings.EqualFold(word, "ipv4") || strings.EqualFold(word, "ipv6")
	case r == ':' && s[i] == ':':
		return false
	}
	return true
}

func lastWord(s string) string {
	i := len(s)
	for i > 0 && alnum(s[i-1]) {
		i--
	}
	return s[i:]
}

func alnum(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// nextStart goes on behind what is at i: a run of figures as a whole.
func nextStart(s string, i int) int {
	if s[i] >= '0' && s[i] <= '9' {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i
	}
	return i + 1
}

// dots are the ways in which a dot is written, by those who keep programs from
// following it and by those who write with blanks.
var dots = []string{".", "[.]", "(.)", "{.}", "[dot]", "(dot)", "[ponto]", "[punto]", "[punkt]", "[point]",
	"[punt]", "[punct]", "[nokta]", "[kropka]", "[tečka]", "[bodka]", "[точка]", "[крапка]", "[točka]", "[pont]",
	"[piste]", "[titik]", "[chấm]", "[ドット]", "[点]", "[점]", "[.", ".]", "\\.", " [.] ", " . ", ". ", " .",
	" [dot] ", " (dot) ", " dot ", "。", "．", "<.>"}

// dotWords are the dots in words, for the hosts of URLs.
var dotWords = func() *strings.Replacer {
	var pairs []string
	for _, d := range dots {
		if word := strings.Trim(d, "[]() "); len(word) > 1 && d[0] == '[' {
			pairs = append(pairs, d, ".", strings.ToUpper(d), ".")
		}
	}
	return strings.NewReplacer(pairs...)
}()

// dotAt returns which of the dots stands at i, the longest, or "".
func dotAt(s string, i int) string {
	switch { // nearly all: what the loop would find
	case i < len(s) && alnum(s[i]):
		return ""
	case i+1 < len(s) && s[i] == '.' && alnum(s[i+1]):
		return "."
	}
	best := ""
	for _, d := range dots {
		if len(d) > len(best) && len(s) >= i+len(d) && strings.EqualFold(s[i:i+len(d)], d) {
			best = d
		}
	}
	return best
}

// octetAt reads a number to 255 at i.
func octetAt(s string, i int) (n byte, end int, ok bool) {
	for end = i; end < len(s) && end < i+4 && s[end] >= '0' && s[end] <= '9'; end++ {
	}
	if end == i || end > i+3 {
		return 0, end, false
	}
	v, err := strconv.Atoi(s[i:end])
	if err != nil || v > 255 {
		return 0, end, false
	}
	return byte(v), end, true
}

// v4At reads an IPv4 address at i. A mention without an address is something
// that looks like one, up to its end.
func v4At(s string, i int) (m mention, ok bool) {
	var a [4]byte
	at, blanks := i, 0
	for n := range 4 {
		o, end, good := octetAt(s, at)
		if !good {
			return m, false
		}
		a[n], at = o, end
		if n == 3 {
			break
		}
		d := dotAt(s, at)
		switch {
		case d == "":
			return m, false
		case strings.Contains(d, " ") && !strings.ContainsAny(d, "[("):
			blanks++
		case d != ".":
			m.fanged = true
		}
		at += len(d)
	}
	if blanks > 0 && blanks < 3 { // "version 3. 2.1.4", a list of numbers
		if i > 0 && blanks < 2 {
			return m, false
		}
	}
	m.from, m.to, m.end = i, at, at
	addr := netip.AddrFrom4(a)
	if !follows(s, &m) || product(s, i) {
		return m, true
	}
	m.addr = addr
	return m, true
}

// follows reads what stands right behind an IPv4 address: a port, the length
// of a prefix. It reports false where the address is only a part of a word.
func follows(s string, m *mention) bool {
	rest := s[m.end:]
	if rest == "" {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case next == '.':
		return behindDot(s, m)
	case next == ':' || next == '#':
		m.setPort(s, m.end+1)
		return true
	case next == '/':
		n, end := numberAt(s, m.end+1)
		switch {
		case end == m.end+1:
		case n > 32 && n <= 65535 && (end == len(s) || !alnum(s[end])):
			m.port, m.portFrom, m.to = uint16(n), m.end+1, end
		case n < 32:
			m.network, m.to = true, end
		default:
			m.to = end
		}
		return true
	case next == '-' || next == '_':
		return len(rest) == 1 || !alnum(rest[1]) || rest[1] <= '9' && rangeAhead(rest)
	case next == ']' && strings.HasPrefix(rest, "]:"):
		m.setPort(s, m.end+2)
		return true
	case next == '@':
		return false
	case next < utf8.RuneSelf && alnum(byte(next)):
		return false
	case unicode.IsLetter(next) && next < 0x250: // of a European word
		return false
	}
	return true
}

// rangeAhead reports whether "-192.0.2.9" or "-9" stands there.
func rangeAhead(rest string) bool {
	n, end := numberAt(rest, 1)
	return end > 1 && n <= 255
}

// behindDot reads what stands behind an address and a dot: the end of a
// sentence, a port as tcpdump writes it, or more of a name.
func behindDot(s string, m *mention) bool {
	at := m.end + 1
	if at >= len(s) || s[at] == ' ' || s[at] == '\n' || s[at] == '\t' || !alnum(s[at]) && s[at] < utf8.RuneSelf {
		return true
	}
	n, end := numberAt(s, at)
	if end > at {
		behind := ""
		if end < len(s) {
			behind = s[end:min(len(s), end+4)]
		}
		before := strings.TrimRight(s[max(0, m.from-6):m.from], " ")
		arrow := strings.HasPrefix(behind, " > ") || strings.HasPrefix(behind, " <") || strings.HasPrefix(behind, " -> ") ||
			strings.HasPrefix(behind, ":") && strings.HasSuffix(before, ">")
		if arrow && n > 0 && n <= 65535 {
			m.port, m.portFrom, m.to, m.flow = uint16(n), at, end, true
			return true
		}
		m.to = end
		for m.to < len(s) && (alnum(s[m.to]) || s[m.to] == '.') {
			m.to++
		}
		return false
	}
	return s[at] >= 'A' && s[at] <= 'Z' // "192.0.2.1.Please"
}

// setPort takes the number at i for the port, unless it is part of a time.
func (m *mention) setPort(s string, i int) {
	n, end := numberAt(s, i)
	if end == i || n == 0 || n > 65535 || end < len(s) && (s[end] == ':' && end+1 < len(s) && s[end+1] >= '0' && s[end+1] <= '9' ||
		s[end] == '.' && end+1 < len(s) && alnum(s[end+1]) || alnum(s[end]) || s[end] == '-' && end+1 < len(s) && alnum(s[end+1])) {
		return
	}
	m.port, m.portFrom, m.to = uint16(n), i, end
}

func numberAt(s string, i int) (n, end int) {
	for end = i; end < len(s) && end < i+6 && s[end] >= '0' && s[end] <= '9'; end++ {
		n = n*10 + int(s[end]-'0')
	}
	return n, end
}

// product reports whether what stands at i is the version of a program, an
// OID, or a number after a word that says so.
func product(s string, i int) bool {
	if strings.HasPrefix(s[i:], "1.3.6.1.") {
		return true
	}
	line := s[strings.LastIndexByte(s[:i], '\n')+1 : i]
	low := strings.ToLower(line[max(0, len(line)-24):])
	trimmed := strings.TrimRight(low, " :=#\"'([")
	for _, w := range []string{"version", "ver.", "ver", "release", "build", "firmware", "oid", "revision",
		"section", "chapter", "§", "kapitel", "paragraph"} {
		if strings.HasSuffix(trimmed, w) && (len(trimmed) == len(w) || !alnum(trimmed[len(trimmed)-len(w)-1])) {
			return true
		}
	}
	if strings.HasSuffix(low, " v") || low == "v" {
		return true
	}
	if (strings.HasSuffix(low, " ") || strings.HasSuffix(low, "v") || strings.HasSuffix(low, "v.")) && program.MatchString(low) {
		return true
	}
	if slash := strings.HasSuffix(line, "/"); slash && !strings.HasSuffix(line, "//") {
		word := lastWord(strings.TrimSuffix(line, "/"))
		agent := strings.Contains(line, "Mozilla/") || strings.Contains(strings.ToLower(line), "agent")
		return word != "" && (agent || word[0] >= 'A' && word[0] <= 'Z' && !strings.ContainsAny(word, "0123456789"))
	}
	return false
}

// program is the name of one before its version.
var program = pattern.New(`(?:mailscanner|guard|antivirus|virus|engine|software|clamav|spamassassin|amavis\S*|` +
	`exim|postfix|sendmail|exchange|outlook|thunderbird|roundcube|squirrelmail|windows|android|ios|iphone|` +
	`linux|kernel|nginx|apache|php|openssl|ecelerity|smtpd|mdaemon|imail|kerio|zimbra|communigate|domino|` +
	`firefox|chrome|safari|opera|edge|java|plugin|update|patch) (?:v\.?)?$`)

// v6At reads an IPv6 address at i, bare or in brackets.
func v6At(s string, i int) (m mention, ok bool) {
	from, bracket := i, s[i] == '['
	if bracket {
		from++
	}
	if !groupAt(s, from) {
		return m, false
	}
	end, colons := from, 0
	var b strings.Builder
	for end < len(s) && b.Len() < 46 {
		c := s[end]
		switch {
		case c == ':':
			colons++
			b.WriteByte(c)
			end++
			continue
		case strings.HasPrefix(s[end:], "[:]"):
			colons++
			b.WriteByte(':')
			end += 3
			m.fanged = true
			continue
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F', c == '.':
			b.WriteByte(c)
			end++
			continue
		}
		break
	}
	if colons < 2 || end < len(s) && (alnum(s[end]) || s[end] == '_') && b.Len() > 0 {
		return m, false
	}
	text := b.String()
	for strings.HasSuffix(text, ".") || strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "::") {
		text = text[:len(text)-1]
		end--
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return m, false
	}
	m.addr, m.from, m.to, m.end = a.Unmap(), from, end, end
	switch {
	case bracket && strings.HasPrefix(s[end:], "]:"):
		m.setPort(s, end+2)
	case strings.HasPrefix(s[end:], "/"):
		if n, stop := numberAt(s, end+1); stop > end+1 && n < 128 {
			m.to = stop
			p := netip.PrefixFrom(a, n)
			m.network = p.Masked().Addr() == a || n < 64
		}
	}
	return m, true
}

// groupAt reports whether figures stand at i that may be the first of an IPv6
// address: up to four, and a colon.
func groupAt(s string, i int) bool {
	for n := 0; i < len(s); n++ {
		switch c := s[i]; {
		case c == ':' || c == '[':
			return true
		case n == 4 || (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
		i++
	}
	return false
}

// wanted reports whether an address may be a customer's at all.
func wanted(a netip.Addr, o Options) bool {
	if a.IsLoopback() || a.IsMulticast() || a.IsUnspecified() || a.IsLinkLocalUnicast() {
		return false
	}
	if a.Is4() {
		b := a.As4()
		if b[0] == 0 || b[0] >= 224 {
			return false
		}
	}
	if o.Special || o.Ours != nil && o.Ours(a) {
		return !a.Is6() || special6(a)
	}
	_, is := lookup.Special(a)
	return !is
}

// special6 keeps what is no unicast address out of what only looks like one,
// such as names of C++.
func special6(a netip.Addr) bool {
	b := a.As16()
	return b[0]&0xe0 == 0x20 || b[0]&0xfe == 0xfc
}
