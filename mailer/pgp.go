package mailer

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// A PGP is an OpenPGP key that signs letters (RFC 3156).
type PGP struct {
	key *openpgp.Entity
}

// ReadPGP reads an OpenPGP private key, armored or binary, as "gpg
// --export-secret-keys" writes it. It must name author, an addr-spec, and be
// good for signatures at now.
func ReadPGP(k KeyFile, author string, now time.Time) (*PGP, error) {
	key, err := readPGP(k, author, now)
	if err != nil {
		return nil, fmt.Errorf("pgp: %s: %w", k.File, err)
	}
	return &PGP{key}, nil
}

func readPGP(k KeyFile, author string, now time.Time) (*openpgp.Entity, error) {
	text, passphrase, err := k.read()
	if err != nil {
		return nil, err
	}
	read := openpgp.ReadKeyRing
	if bytes.Contains(text, []byte("-----BEGIN PGP")) {
		read = openpgp.ReadArmoredKeyRing
	}
	ring, err := read(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(ring) != 1 {
		return nil, fmt.Errorf("%d keys, not one", len(ring))
	}
	key := ring[0]
	if key.PrivateKey == nil {
		return nil, errors.New("not a private key")
	}
	if err := key.DecryptPrivateKeys([]byte(passphrase)); err != nil {
		return nil, err
	}
	var named []string
	for _, id := range key.Identities {
		named = append(named, id.UserId.Email)
	}
	if !slices.ContainsFunc(named, func(a string) bool { return strings.EqualFold(a, author) }) {
		return nil, fmt.Errorf("the key is of %q, not of %s", named, author)
	}
	return key, usable(key, now)
}

// usable says why key makes no good signatures at now.
func usable(key *openpgp.Entity, now time.Time) error {
	k, ok := key.SigningKey(now)
	switch {
	case !ok:
		return errors.New("no part of the PGP key is for signatures now: has it expired, or was it revoked?")
	case k.PrivateKey == nil || k.PrivateKey.Dummy():
		return errors.New("the part of the key that signs is not in the file")
	case k.PrivateKey.Encrypted:
		return errors.New("the key needs its passphrase")
	}
	return nil
}

// Fingerprint returns the fingerprint of the key in capital hexadecimal digits.
func (p *PGP) Fingerprint() string {
	return strings.ToUpper(hex.EncodeToString(p.key.PrimaryKey.Fingerprint))
}

// hashNames are the values of micalg (RFC 3156 §5).
var hashNames = map[crypto.Hash]string{crypto.SHA256: "pgp-sha256", crypto.SHA384: "pgp-sha384", crypto.SHA512: "pgp-sha512"}

func (p *PGP) sign(text []byte, now time.Time) (signature, error) {
	if err := usable(p.key, now); err != nil {
		return signature{}, err
	}
	var raw bytes.Buffer
	config := &packet.Config{DefaultHash: crypto.SHA256, Time: func() time.Time { return now }}
	if err := openpgp.DetachSign(&raw, p.key, bytes.NewReader(text), config); err != nil {
		return signature{}, err
	}
	made, err := packet.Read(bytes.NewReader(raw.Bytes()))
	if err != nil {
		return signature{}, err
	}
	hash := hashNames[made.(*packet.Signature).Hash]
	if hash == "" {
		return signature{}, errors.New("the PGP key signs with a hash that has no name in mail")
	}
	var lines bytes.Buffer
	w, err := armor.Encode(&lines, openpgp.SignatureType, nil)
	if err != nil {
		return signature{}, err
	}
	if _, err := w.Write(raw.Bytes()); err != nil {
		return signature{}, err
	}
	if err := w.Close(); err != nil {
		return signature{}, err
	}
	crlf := bytes.ReplaceAll(lines.Bytes(), []byte("\n"), []byte("\r\n"))
	return signature{kind: "application/pgp-signature", file: "signature.asc", hash: hash, text: append(crlf, "\r\n"...)}, nil
}
