package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"

	"headsup/pattern"
)

// returnAlphabet writes the keyed part: base 32 (RFC 4648 §6) in small letters.
var returnAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const keyedPart = `[a-z2-7]{16}` // 80 bits

// ReturnKey makes the keyed part of a letter's addresses and Message-ID: what
// comes back with it comes from somebody who had that letter. It is 16
// characters, or nothing where the campaign has no key. It stands in headers
// and on the envelope alone, and tells nothing of the printed [Campaign.Code].
func (c Campaign) ReturnKey(id string) string {
	if len(c.CodeKey) == 0 {
		return ""
	}
	return returnKey(c.CodeKey, id)
}

func returnKey(key []byte, id string) string {
	return returnAlphabet.EncodeToString(keyed(key, "return"+id)[:10])
}

func keyed(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// keys are the campaign's keys, the one in use first.
func (c Campaign) keys() [][]byte {
	if len(c.CodeKey) == 0 {
		return c.RetiredKeys
	}
	return append([][]byte{c.CodeKey}, c.RetiredKeys...)
}

// Keyed reports whether key, in any case, is the keyed part of a letter, by the
// campaign's key or by one that it had before.
func (c Campaign) Keyed(id, key string) bool {
	return c.made(func(k []byte) string { return returnKey(k, id) }, strings.ToLower(key))
}

// Coded reports whether code is the printed code of a letter, by the campaign's
// key or by one that it had before.
func (c Campaign) Coded(id, code string) bool {
	return c.made(func(k []byte) string { return printedCode(k, id) }, code)
}

// made reports whether one of the keys makes text. The time that it takes does
// not tell how much of text is right.
func (c Campaign) made(make func(key []byte) string, text string) (ok bool) {
	for _, key := range c.keys() {
		ok = hmac.Equal([]byte(make(key)), []byte(text)) || ok
	}
	return ok
}

// Fingerprints name the campaign's keys, the one in use first, and do not give
// them away.
func (c Campaign) Fingerprints() (names []string) {
	for _, key := range c.keys() {
		names = append(names, hex.EncodeToString(keyed(key, "fingerprint")[:16]))
	}
	return names
}

// Tag is what stands for the letter where nobody but its recipient sees it: its
// ID, with the keyed part behind a dash where it has one.
func (l Letter) Tag() string {
	if l.ReturnKey == "" {
		return l.ID
	}
	return l.ID + "-" + l.ReturnKey
}

// LongestTag is the length of the longest tag of a campaign, that of a reminder.
func LongestTag(campaign string) int {
	return len(campaign + "-0123456789" + "-999" + "-abcdefghijklmnop")
}

var (
	tagged = pattern.New(`(?i)\b(` + campaignID + `-` + contactPart + `)-(` + keyedPart + `)\b`)
	loose  = pattern.New(`(?i)` + reference.String())
)

// A Token is what a message names a letter by.
type Token struct {
	ID  string // of a letter, perhaps
	Key string // its keyed part, or empty

	Within bool // it stands in the letter that was returned, or on its envelope
}

// Tokens finds in an address or a Message-ID, in any case, what may be tags of
// letters, and references without a key; at most n of them.
func Tokens(text string, n int) (found []Token) {
	for _, m := range tagged.FindAllStringSubmatch(text, n) {
		found = append(found, Token{ID: strings.ToLower(m[1]), Key: strings.ToLower(m[2])})
	}
	for _, id := range loose.FindAllString(text, n) {
		id = strings.ToLower(id)
		known := slices.ContainsFunc(found, func(t Token) bool { return t.ID == id })
		if !known && len(found) < n {
			found = append(found, Token{ID: id})
		}
	}
	return found
}
