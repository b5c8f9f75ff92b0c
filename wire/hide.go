package wire

import (
	"encoding/base64"
	"net/url"
	"strings"

	"headsup/pattern"
)

// hidden stands in a text where a secret was.
const hidden = "[secret]"

// shortest is the length of what is looked for: a shorter secret is part of
// words and numbers that mean something.
const shortest = 4

// encoded is what may be base 64 (RFC 4648), of either alphabet.
var encoded = pattern.New(`[A-Za-z0-9+/_-]{4,}={0,2}`)

// Hide takes secrets that we know out of a text that a server wrote: as they
// are, as they stand in a URL, and in whatever base 64 holds them, as commands
// of AUTH do (RFC 4954, RFC 4616), which some servers repeat where they refuse
// them. An empty secret is none.
func Hide(text string, secrets ...string) string {
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, form, hidden)
		}
		text = encoded.ReplaceAllStringFunc(text, func(code string) string {
			if holds(code, secret) {
				return hidden
			}
			return code
		})
	}
	return text
}

// holds reports whether base 64 holds a secret.
func holds(code, secret string) bool {
	code = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(code, "="))
	if len(code)%4 == 1 { // what is cut off there
		code = code[:len(code)-1]
	}
	text, err := base64.RawStdEncoding.DecodeString(code)
	return err == nil && strings.Contains(string(text), secret)
}

// HideIn returns an error that reads like err without the secrets, and is what
// err is.
func HideIn(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	if text := Hide(err.Error(), secrets...); text != err.Error() {
		return without{err, text}
	}
	return err
}

type without struct {
	err  error
	text string
}

func (w without) Error() string { return w.text }
func (w without) Unwrap() error { return w.err }
