// Package mailtext knows the form of mail on the wire: which addresses every
// mail server takes, and how bytes become lines.
package mailtext

import (
	"encoding/base64"
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// CheckAddress accepts an addr-spec that every mail server takes: ASCII, at
// most 64 bytes before the @ and 254 in all (RFC 5321 §4.5.3.1), neither a
// quoted local part nor an address literal, which no registry publishes.
func CheckAddress(spec string) error {
	at := strings.IndexByte(spec, '@')
	a, err := mail.ParseAddress("<" + spec + ">")
	if err != nil || a.Address != spec || at > 64 || len(spec) > 254 || strings.ContainsFunc(spec, odd) {
		return fmt.Errorf("not a mail address: %q", spec)
	}
	return nil
}

// odd reports whether c is not printable ASCII, or needs quoting in an address
// or a list of them.
func odd(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`<>()[]",;:\`, c)
}

// Base64 encodes data in lines of 76 characters that end in CRLF (RFC 2045 §6.8).
func Base64(data []byte) []byte {
	return AppendBase64(make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+2*(len(data)/base64Line+1)), data)
}

// base64Line is how many bytes give 76 characters.
const base64Line = 57

// AppendBase64 appends data as [Base64] encodes it.
func AppendBase64(out, data []byte) []byte {
	out = slices.Grow(out, base64.StdEncoding.EncodedLen(len(data))+2*(len(data)/base64Line+1))
	for part := range slices.Chunk(data, base64Line) {
		out = append(base64.StdEncoding.AppendEncode(out, part), "\r\n"...)
	}
	return out
}
