package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// hashed begins what is kept of a mailbox that was forgotten and wants no letters.
const hashed = "hmac-sha256:"

// HashOf is what is kept of a mailbox, in whatever case, that was forgotten and
// wants no letters. Without a key it is empty: nobody was forgotten.
func HashOf(key, mailbox string) string {
	if key == "" {
		return ""
	}
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(strings.ToLower(mailbox)))
	return hashed + hex.EncodeToString(h.Sum(nil))
}

// Forgotten is what is left of a suppression of a mailbox that is forgotten: it
// stops the same letters for the same time, and names nobody.
func (s Suppression) Forgotten(key string) Suppression {
	return Suppression{
		Scope:    s.Scope,
		Value:    HashOf(key, s.Value),
		Campaign: s.Campaign,
		Reason:   "a wish of somebody who was forgotten",
		Since:    s.Since,
		Until:    s.Until,
		Key:      key,
	}
}

// Without replaces a mailbox, in whatever case, in a text. A longer address that
// ends or goes on with the same letters is another one, and stays.
func Without(text, mailbox string) string {
	mailbox = lower(mailbox)
	low := lower(text)
	if mailbox == "" {
		return text
	}
	var out strings.Builder
	for {
		at := strings.Index(low, mailbox)
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		end := at + len(mailbox)
		if at > 0 && inAddress(low[at-1]) || goesOn(low[end:]) {
			out.WriteString(text[:end])
		} else {
			out.WriteString(text[:at] + "(forgotten)")
		}
		text, low = text[end:], low[end:]
	}
}

// lower keeps the length of a text: only letters of ASCII change.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// inAddress reports whether a byte before an address makes it a longer one.
func inAddress(b byte) bool { return b == '.' || b == '+' || b == '_' || ofDomain(b) }

// ofDomain reports whether a byte stands in labels of a domain, those beyond
// ASCII among them.
func ofDomain(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 || b == '-'
}

// goesOn reports whether a domain goes on: the full stop of a sentence ends it.
func goesOn(rest string) bool {
	rest = strings.TrimPrefix(rest, ".")
	return rest != "" && ofDomain(rest[0])
}
