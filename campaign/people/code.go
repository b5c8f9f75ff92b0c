package people

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"headsup/ledger"
)

var (
	// ErrCode means that a one-time code is not the one of now, or was used before.
	ErrCode = errors.New("the code is not the one of now")
	// ErrNoCode means that somebody has no one-time codes.
	ErrNoCode = errors.New("there are no one-time codes of this name")
	// ErrSealed means that there is no key to seal secrets with, or not the one
	// that they were sealed with.
	ErrSealed = errors.New("no key of the campaign opens what the codes are made with")
)

// Codes are those that every program for them makes (RFC 6238): six digits every
// thirty seconds. One step before and behind is taken too, for clocks differ.
const (
	codeStep = 30 * time.Second
	codeSkew = 1
)

// recoveryCodes is how many codes somebody gets for the day on which they have
// lost what makes theirs.
const recoveryCodes = 8

// NewCode makes what one-time codes are made with: sealed, to be handed back to
// [Door.SetCode], and as the URL that programs for codes read, with its text.
func (d *Door) NewCode(name, issuer string) (sealed string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name})
	if err != nil {
		return "", err
	}
	return d.seal(name, key.URL())
}

// Offered opens what [Door.NewCode] sealed for a person: its URL for a program,
// and its text for who types it.
func (d *Door) Offered(name, sealed string) (url, secret string, err error) {
	key, err := d.key(name, sealed)
	if err != nil {
		return "", "", err
	}
	return key.URL(), key.Secret(), nil
}

// SetCode asks a person for one-time codes from now on, once they have shown
// that they can make one. It returns codes for the day on which they cannot,
// which are kept nowhere, or [ErrCode].
func (d *Door) SetCode(ctx context.Context, name, sealed, code string) (recovery []string, err error) {
	if !d.codes.may(name, d.now()) {
		return nil, ErrTooOften
	}
	key, err := d.key(name, sealed)
	if err != nil {
		return nil, err
	}
	step, ok := stepOf(key, code, d.now())
	if !ok {
		return nil, ErrCode
	}
	var hashes []string
	for range recoveryCodes {
		r := strings.ToLower(rand.Text()[:16])
		recovery, hashes = append(recovery, r[:4]+"-"+r[4:8]+"-"+r[8:12]+"-"+r[12:]), append(hashes, hashOfToken(r))
	}
	if err := ledger.SetCode(ctx, d.ledger, name, sealed, step, hashes); err != nil {
		return nil, err
	}
	d.codes.forget(name)
	return recovery, nil
}

// Uncode asks a person for no codes any more, until they have set up others.
func (d *Door) Uncode(ctx context.Context, name string) error {
	return ledger.SetCode(ctx, d.ledger, name, "", 0, nil)
}

// Prove takes a one-time code, or a recovery code, from who has signed in under
// a name. It returns [ErrCode], also for a code that was used before,
// [ErrTooOften], or [ErrNoCode].
func (d *Door) Prove(ctx context.Context, name, code string) error {
	if !d.codes.may(name, d.now()) {
		return ErrTooOften
	}
	p, err := ledger.PersonOf(ctx, d.ledger, name)
	if err != nil {
		return err
	}
	if p.Code == "" {
		return ErrNoCode
	}
	code = strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(code)))
	if len(code) == 16 {
		err = ledger.TakeRecovery(ctx, d.ledger, name, hashOfToken(code))
	} else {
		var key *otp.Key
		if key, err = d.key(name, p.Code); err != nil {
			return err
		}
		step, ok := stepOf(key, code, d.now())
		if !ok {
			return ErrCode
		}
		err = ledger.TakeStep(ctx, d.ledger, name, step)
	}
	if errors.Is(err, ledger.ErrUsed) {
		return ErrCode
	}
	if err == nil {
		d.codes.forget(name)
	}
	return err
}

// stepOf finds the step whose code somebody shows. It looks at all that count,
// so that the time it takes tells nothing.
func stepOf(key *otp.Key, code string, now time.Time) (step int64, ok bool) {
	for n := -codeSkew; n <= codeSkew; n++ {
		at := now.Add(time.Duration(n) * codeStep)
		want, err := totp.GenerateCode(key.Secret(), at)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = at.Unix()/int64(codeStep/time.Second), true
		}
	}
	return step, ok
}

// sealing makes the key with which secrets of people are sealed of one of the
// campaign's, whose other uses do not meet it.
func sealing(key []byte) (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("headsup: what one-time codes are made with"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal closes a text that is about a person, so that it opens for no other.
func (d *Door) seal(name, text string) (string, error) {
	if len(d.keys) == 0 || len(d.keys[0]) == 0 {
		return "", ErrSealed
	}
	aead, err := sealing(d.keys[0])
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(text), []byte(name))), nil
}

func (d *Door) key(name, sealed string) (*otp.Key, error) {
	data, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, ErrSealed
	}
	for _, k := range d.keys {
		if len(k) == 0 {
			continue
		}
		aead, err := sealing(k)
		if err != nil {
			return nil, err
		}
		n := aead.NonceSize()
		if len(data) < n {
			break
		}
		if text, err := aead.Open(nil, data[:n], data[n:], []byte(name)); err == nil {
			return otp.NewKeyFromURL(string(text))
		}
	}
	return nil, ErrSealed
}
