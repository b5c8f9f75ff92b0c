package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// A Key signs letters for a domain (DKIM, RFC 6376; Ed25519 by RFC 8463).
type Key struct {
	Domain   string // signs what is From this domain or one below it
	Selector string // the public key is at <selector>._domainkey.<domain>
	Signer   crypto.Signer
}

// minRSA is what receivers still accept (RFC 8301 §3.2).
const minRSA = 1024

// ReadKey reads an RSA or Ed25519 private key from a PEM file (PKCS #8 or #1).
func ReadKey(domain, selector, file string) (Key, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Key{}, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, fmt.Errorf("%s: no PEM block", file)
	}
	signer, err := parseKey(block)
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", file, err)
	}
	if domain == "" || selector == "" {
		return Key{}, fmt.Errorf("%s: a key needs a domain and a selector", file)
	}
	return Key{Domain: strings.ToLower(domain), Selector: selector, Signer: signer}, nil
}

func parseKey(block *pem.Block) (crypto.Signer, error) {
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("PEM block %q is not a private key without a passphrase", block.Type)
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if err == nil && key.N.BitLen() < minRSA {
			return nil, fmt.Errorf("RSA key of %d bits is too short", key.N.BitLen())
		}
		return key, err
	case ed25519.PrivateKey:
		return key, err
	}
	if err == nil {
		err = fmt.Errorf("neither an RSA nor an Ed25519 key")
	}
	return nil, err
}

// signed lists the fields that a signature covers where they are present.
// From is covered once more than it is there, so that nobody can add another
// (RFC 6376 §8.15); the unsubscribe fields must be covered (RFC 8058 §3.1).
var signed = []string{"From", "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To",
	"References", "Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted",
	"List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-Id", "Cfbl-Address", "Organization"}

// sign puts a signature of each key that fits the author's domain above message.
func sign(message []byte, keys []Key) ([]byte, error) {
	if len(keys) == 0 {
		return message, nil
	}
	h, err := readHeader(message)
	if err != nil {
		return nil, err
	}
	from := h.domain()
	fields := slices.DeleteFunc(slices.Clone(signed), func(name string) bool { return len(h[name]) == 0 })
	var signatures bytes.Buffer
	for _, k := range keys {
		if from != k.Domain && !strings.HasSuffix(from, "."+k.Domain) {
			continue
		}
		s, err := dkim.NewSigner(&dkim.SignOptions{
			Domain: k.Domain, Selector: k.Selector, Signer: k.Signer, HeaderKeys: fields,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		})
		if err != nil {
			return nil, err
		}
		_, err = s.Write(message)
		if closed := s.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return nil, fmt.Errorf("sign for %s: %w", k.Domain, err)
		}
		signatures.WriteString(s.Signature())
	}
	return append(signatures.Bytes(), message...), nil
}
