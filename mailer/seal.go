package mailer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/textproto"
	"os"
	"time"

	"headsup/letter"
	"headsup/wire"
	"headsup/wire/mailtext"
)

// A Seal signs letters in the name of their author, so that whoever reads one
// can check it: S/MIME ([ReadSMIME]) or OpenPGP ([ReadPGP]). It may be used
// from many goroutines.
type Seal interface {
	// sign returns a detached signature of text that is made at now.
	sign(text []byte, now time.Time) (signature, error)
}

// A signature is the second part of a multipart/signed message (RFC 1847).
type signature struct {
	kind   string // media type, and the protocol of the whole
	file   string // what mail programs call it
	hash   string // micalg
	binary bool   // base64 is needed
	text   []byte
}

// KeyFile says where a private key is. Its fields are settings.
type KeyFile struct {
	File           string `toml:"file"`
	PassphraseEnv  string `toml:"passphrase_env"`  // the environment variable that holds the passphrase
	PassphraseFile string `toml:"passphrase_file"` // or the file
}

// read returns the file and the passphrase, which is empty if none is named.
func (k KeyFile) read() (text []byte, passphrase string, err error) {
	if text, err = os.ReadFile(k.File); err != nil {
		return nil, "", err
	}
	passphrase, err = wire.Secret("passphrase", k.PassphraseEnv, k.PassphraseFile)
	return text, passphrase, err
}

// Sealed returns a transport that has seal sign each letter before post sends
// it. The letter as approved, but for the fields that say what its content is,
// becomes the first part of a multipart/signed message, byte for byte.
func Sealed(post Transport, seal Seal) Transport { return sealed{post, seal} }

type sealed struct {
	post Transport
	seal Seal
}

// Send implements [Transport]. Where nothing can be signed, as after the end
// of a certificate, the letter is deferred, and nothing is on the wire.
func (s sealed) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	err := check(e)
	if err == nil && !ascii(e.Mail) {
		err = errors.New("a signature would not survive bytes that are not ASCII (RFC 1847 §2.1)")
	}
	if err != nil {
		return letter.Outcome{State: letter.Failed, Phase: letter.Claimed, Text: clean("not sent: " + err.Error()), At: time.Now().UTC()}
	}
	now := time.Now()
	mail, err := enclose(e.Mail, s.seal, now)
	if err != nil {
		o := deferred(letter.Claimed, "sign: "+err.Error())
		o.At, o.Err = now.UTC(), wire.Because(err, ErrSign)
		return o
	}
	e.Mail = mail
	return s.post.Send(ctx, e, mark)
}

// Copy implements [Copier]. The copies are signed anew.
func (s sealed) Copy(ctx context.Context, e letter.Envelope) error {
	c, ok := s.post.(Copier)
	if _, copies := copiesOf(e.Mail); !ok || len(copies) == 0 {
		return nil
	}
	mail, err := enclose(e.Mail, s.seal, time.Now())
	if err != nil {
		return fmt.Errorf("copies: %w", err)
	}
	e.Mail = mail
	return c.Copy(ctx, e)
}

// enclose makes message the first part of a signed one.
func enclose(message []byte, seal Seal, now time.Time) ([]byte, error) {
	outer, text := cutContent(message)
	sig, err := seal.sign(text, now)
	if err != nil {
		return nil, err
	}
	// No text holds a digest of itself.
	sum := sha256.Sum256(text)
	boundary := "signed-" + hex.EncodeToString(sum[:16])
	var b bytes.Buffer
	b.Write(outer)
	fmt.Fprintf(&b, "Content-Type: multipart/signed; protocol=%q;\r\n micalg=%s; boundary=%q\r\n\r\n--%s\r\n", sig.kind, sig.hash, boundary, boundary)
	b.Write(text)
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s; name=%q\r\nContent-Disposition: attachment; filename=%q\r\n", boundary, sig.kind, sig.file, sig.file)
	if sig.binary {
		fmt.Fprintf(&b, "Content-Transfer-Encoding: base64\r\n\r\n%s", mailtext.Base64(sig.text))
	} else {
		fmt.Fprintf(&b, "\r\n%s", sig.text)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.Bytes(), nil
}

// cutContent splits a message into the fields about the message, and the
// content with the fields about it.
func cutContent(message []byte) (outer, content []byte) {
	head, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	var inner []byte
	to := &outer
	for line := range bytes.Lines(append(bytes.Clone(head), "\r\n"...)) {
		if line[0] != ' ' && line[0] != '\t' {
			to = &outer
			name, _, _ := bytes.Cut(line, []byte(":"))
			switch textproto.CanonicalMIMEHeaderKey(string(name)) {
			case "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Id", "Content-Description":
				to = &inner
			}
		}
		*to = append(*to, line...)
	}
	return outer, append(append(inner, "\r\n"...), body...)
}
