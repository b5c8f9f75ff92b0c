package render

// quotedLine is how many characters a line of quoted-printable has at most,
// without the = of a soft line break (RFC 2045 §6.7).
const quotedLine = 75

const upperHex = "0123456789ABCDEF"

// appendQuoted appends text as quoted-printable with CRLF at the end of each
// line, byte for byte as mime/quotedprintable does, in a fraction of its time:
// most of a mail is this.
func appendQuoted(out, text []byte) []byte {
	line := len(out) // where the line begins
	soft := func() {
		out = append(out, "=\r\n"...)
		line = len(out)
	}
	encode := func(c byte) {
		if quotedLine-(len(out)-line) < 3 {
			soft()
		}
		out = append(out, '=', upperHex[c>>4], upperHex[c&0x0f])
	}
	last := func() { // a blank at the end of a line would be lost
		if n := len(out); n > line && (out[n-1] == ' ' || out[n-1] == '\t') {
			c := out[n-1]
			out = out[:n-1]
			encode(c)
		}
	}
	cr := false
	for i := 0; i < len(text); {
		if n := min(plainRun(text[i:min(i+quotedLine, len(text))]), quotedLine-(len(out)-line)); n > 0 {
			out = append(out, text[i:i+n]...)
			i += n
			cr = false
			continue
		}
		c := text[i]
		switch {
		case plainQuoted[c]:
			soft()
			continue
		case c == '\n' && cr:
			cr = false
		case c == '\n' || c == '\r':
			cr = c == '\r'
			last()
			out = append(out, "\r\n"...)
			line = len(out)
		default:
			encode(c)
		}
		i++
	}
	last()
	return out
}

// plainRun is how many bytes at the beginning of text stand for themselves.
func plainRun(text []byte) int {
	for i, c := range text {
		if !plainQuoted[c] {
			return i
		}
	}
	return len(text)
}

// plainQuoted are the bytes that stand for themselves within a line.
var plainQuoted = func() (plain [256]bool) {
	for c := '!'; c <= '~'; c++ {
		plain[c] = c != '='
	}
	plain[' '], plain['\t'] = true, true
	return plain
}()
