package inbox

import (
	"net/mail"
	"strings"

	"github.com/emersion/go-msgauth/authres"

	"headsup/letter"
)

// vouch reads the topmost Authentication-Results field alone: the others were
// there before the message came to the server that wrote it, and may be
// anybody's (RFC 8601 §1.6, §5). It takes fields as they came: a name that is
// decoded first may look like an address.
func vouch(raw fields) (v letter.Verdict) {
	text, ok := bareResults(raw.Get("Authentication-Results"))
	if !ok {
		return v
	}
	server, results, err := authres.Parse(text)
	if err != nil {
		return v
	}
	v.Server = strings.ToLower(clean(server))
	var dmarc []*authres.DMARCResult
	for _, r := range results {
		if d, ok := r.(*authres.DMARCResult); ok {
			dmarc = append(dmarc, d)
		}
	}
	if len(dmarc) != 1 || dmarc[0].Value != authres.ResultPass || len(raw["From"]) != 1 {
		return v
	}
	list, err := mail.ParseAddressList(raw["From"][0])
	if err != nil || len(list) != 1 {
		return v
	}
	from := list[0].Address
	if at := strings.LastIndexByte(from, '@'); strings.EqualFold(from[at+1:], dmarc[0].From) {
		v.From = clean(from)
	}
	return v
}

// bareResults takes comments and quoted strings out of an
// Authentication-Results field, in which a sender's own words may stand (a
// local part, a reason) and which package authres reads as if they were
// results. It reports false for a field that is not whole.
func bareResults(field string) (string, bool) {
	var out strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, r := range field {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && (quoted || depth > 0):
			escaped = true
		case quoted:
			quoted = r != '"'
		case r == '(':
			depth++
		case r == ')':
			if depth--; depth < 0 {
				return "", false
			}
			out.WriteByte(' ')
		case depth > 0:
		case r == '"':
			quoted = true
			out.WriteByte('-')
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), depth == 0 && !quoted
}
