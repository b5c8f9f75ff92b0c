package report

import (
	"iter"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"headsup/pattern"
)

// A link is a URL in a text, or a name that stands for one.
type link struct {
	from, to, hostTo int
	url              string // as it was before somebody defanged it
	host             string // in lower case, without port
	fanged           bool   // it was defanged: somebody means it
	bare             bool   // a name without a scheme
}

var schemes = []string{"https://", "http://", "hxxps://", "hxxp://", "hxxps[:]//", "hxxp[:]//", "hxxps[://]",
	"hxxp[://]", "ftp://", "fxp://", "https[:]//", "http[:]//",
	"https: //", "http: //", "meow://", "h**p://", "h**ps://", "hXXp://", "hxtp://", "htxp://", "https[://]",
	"http[://]", "hxxps:\\\\", "hxxp:\\\\", "sftp://"}

// urlSpans finds the URLs in a text, in order.
func urlSpans(s string) (out []link) {
	for at := 0; at < len(s) && len(out) < maxLinks; {
		i := strings.IndexAny(s[at:], ":[")
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		if !colonForm.MatchString(s[i:min(len(s), i+4)]) {
			continue
		}
		for _, scheme := range schemes {
			colon := strings.IndexAny(scheme, ":[")
			from := i - colon
			if from < 0 || len(s) < from+len(scheme) || !strings.EqualFold(s[from:from+len(scheme)], scheme) || from > 0 && alnum(s[from-1]) {
				continue
			}
			if l, ok := linkAt(s, from, from+len(scheme), scheme); ok {
				out = append(out, l)
				at = l.to
			}
			break
		}
	}
	return out
}

var (
	colonForm   = pattern.New(`^(?::\s?//|\[:|:\\\\)`)
	plainScheme = pattern.New(`(?i)^(?:https?:\s?//|s?ftp://)`)
)

const maxLinks = 2000

// linkAt reads the URL whose host begins at host.
func linkAt(s string, from, host int, scheme string) (l link, ok bool) {
	end := host
	for end < len(s) && end < host+2000 {
		if s[end] < 0x80 && strings.IndexByte(" \t\n\"<>|^`{}", s[end]) >= 0 || s[end] >= 0x80 && !wordAt(s, end) {
			break
		}
		end++
	}
	raw := s[host:end]
	for len(raw) > 0 && strings.ContainsRune(".,;:!?'*", rune(raw[len(raw)-1])) {
		raw = raw[:len(raw)-1]
	}
	for _, pair := range []string{"()", "[]"} { // closes what stood before
		if strings.HasSuffix(raw, pair[1:]) && strings.Count(raw, pair[:1]) < strings.Count(raw, pair[1:]) {
			raw = strings.TrimRight(raw[:len(raw)-1], ".,;")
		}
	}
	if raw == "" {
		return l, false
	}
	stop := strings.IndexAny(raw, "/?#\\")
	if stop < 0 {
		stop = len(raw)
	}
	name := raw[:stop]
	l.from, l.to, l.hostTo = from, host+len(raw), host+stop
	if at := strings.LastIndexByte(name, '@'); at >= 0 {
		name = name[at+1:]
	}
	plain := refang(name)
	l.fanged = plain != name || !plainScheme.MatchString(scheme)
	l.host = strings.ToLower(plain)
	if i := strings.LastIndexByte(l.host, ':'); i >= 0 && !strings.HasSuffix(l.host, "]") {
		l.host = l.host[:i]
	}
	l.host = strings.Trim(l.host, "[].")
	l.url = realScheme(scheme) + plain + refangPath(raw[stop:])
	return l, strings.Contains(l.host, ".") || strings.Contains(l.host, ":")
}

// wordAt reports whether a letter of a name or path goes on at i. Those who
// write without blanks go on in their own script right behind a URL.
func wordAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r < 0x3000 && !strings.ContainsRune("”»“’‘…–—", r) || r == utf8.RuneError
}

func realScheme(s string) string {
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "ftp"), strings.HasPrefix(s, "fxp"):
		return "ftp://"
	case strings.HasPrefix(s, "sftp"):
		return "sftp://"
	case strings.Contains(s, "ps"):
		return "https://"
	}
	return "http://"
}

var fangs = strings.NewReplacer("[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[DOT]", ".",
	"[.", ".", ".]", ".", "\\.", ".", "[:]", ":", "[/]", "/", "<.>", ".")

func refang(s string) string { return dotWords.Replace(fangs.Replace(s)) }

// urlIn is the URL of a value that is one, as it was before it was defanged, or
// the name that stands for it.
func urlIn(value string) string {
	if all := urlSpans(value); len(all) > 0 && all[0].from == 0 {
		return clean(all[0].url)
	}
	return clean(refang(value))
}

var pathFangs = strings.NewReplacer("[.]", ".", "[/]", "/", "(.)", ".", "[dot]", ".")

func refangPath(s string) string { return pathFangs.Replace(s) }

// name is a name that was defanged, or stands alone as names do.
var nameForm = pattern.New(`(?i)\b([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:(?:\.|\[\.\]|\(\.\)|\[dot\]|` +
	`\(dot\)|\{\.\})[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){1,6})\b`)

// maxNamed is how much of a text is searched for names without a scheme: below
// stand the lines of logs, in bytes.
const maxNamed = 16 << 10

// names finds the names of hosts in a text that are under a known top-level
// domain and in no mail address or URL.
func names(s string, urls []link) (out []link) {
	text, left := head(s, maxNamed), maxLinks
	for from, to := range nameRuns(text) {
		first, last := max(0, from-1), min(len(text), to+1) // what stands beside it decides where a word begins
		for _, m := range nameForm.FindAllStringIndex(text[first:last], left) {
			left--
			m[0], m[1] = m[0]+first, m[1]+first
			if slices.ContainsFunc(urls, func(u link) bool { return m[0] < u.to && m[1] > u.from }) {
				continue
			}
			if m[0] > 0 && strings.IndexByte("@/\\=_-", s[m[0]-1]) >= 0 || m[1] < len(s) && strings.IndexByte("@\\_(", s[m[1]]) >= 0 {
				continue
			}
			raw := s[m[0]:m[1]]
			host := strings.ToLower(refang(raw))
			if !known(host) {
				continue
			}
			out = append(out, link{from: m[0], to: m[1], hostTo: m[1], url: host, host: host, fanged: host != strings.ToLower(raw), bare: true})
		}
		if left <= 0 {
			break
		}
	}
	return out
}

// nameRuns yields the stretches of a text that a name may stand in: of what names
// consist of, and with a dot. Most of a text is in none of them, and an expression
// takes long to find that out.
func nameRuns(s string) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for i := 0; i < len(s); {
			if !ofName(s[i]) {
				i++
				continue
			}
			from, dot, letter := i, false, false
			for i < len(s) && ofName(s[i]) {
				dot = dot || s[i] == '.' || s[i] == '(' || s[i] == '['
				letter = letter || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= 0x80
				i++
			}
			if dot && letter && !yield(from, i) { // figures alone are an address or a number
				return
			}
		}
	}
}

// ofName reports whether a byte may be one of a name, defanged or not. Two letters
// beyond ASCII are the same to an expression as "s" and "k".
func ofName(c byte) bool { return alnum(c) || strings.IndexByte("-.[](){}", c) >= 0 || c >= 0x80 }

// known reports whether a name ends in a top-level domain that there is, or
// in one for examples, and does not look like a file.
func known(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	i := strings.LastIndexByte(host, '.')
	tld := host[i+1:]
	switch tld {
	case "php", "html", "htm", "txt", "exe", "zip", "log", "csv", "json", "xml", "pl", "py", "sh", "js", "gz",
		"pdf", "png", "jpg", "gif", "asp", "aspx", "jsp", "cgi", "rar", "mp4", "mkv", "avi", "mp3", "doc", "apk",
		"dll", "conf", "local", "localdomain", "lan", "internal", "md", "so", "rs", "cc", "db", "torrent", "eml":
		return tld == "pl" && strings.Count(host, ".") > 0 && !strings.HasSuffix(host, "cgi.pl")
	case "example", "test", "invalid", "tld":
		return true
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return icann && suffix != host
}

// domain returns the domain that somebody registered, of a name under it.
func domain(host string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}
