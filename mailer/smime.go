package mailer

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smallstep/pkcs7"
	"software.sslmate.com/src/go-pkcs12"
)

// smime signs with a certificate (RFC 8551).
type smime struct {
	key     crypto.PrivateKey
	own     *x509.Certificate
	parents []*x509.Certificate // the issuer first
}

// ReadSMIME reads a private key, its certificate and those above it from a
// PKCS #12 file (.p12, .pfx). The certificate must be for mail from author,
// an addr-spec, and valid at now.
func ReadSMIME(k KeyFile, author string, now time.Time) (Seal, error) {
	s, err := readSMIME(k)
	if err == nil {
		err = s.check(author, now)
	}
	if err != nil {
		return nil, fmt.Errorf("smime: %s: %w", k.File, err)
	}
	return s, nil
}

func readSMIME(k KeyFile) (*smime, error) {
	text, passphrase, err := k.read()
	if err != nil {
		return nil, err
	}
	key, own, others, err := pkcs12.DecodeChain(text, passphrase)
	if err != nil {
		return nil, err
	}
	s := &smime{key: key, own: own}
	for last := own; !bytes.Equal(last.RawIssuer, last.RawSubject) && len(s.parents) < len(others); {
		i := slices.IndexFunc(others, func(c *x509.Certificate) bool { return last.CheckSignatureFrom(c) == nil })
		if i < 0 {
			break
		}
		last = others[i]
		s.parents = append(s.parents, last)
	}
	return s, nil
}

// check says why readers would not believe the certificate.
func (s *smime) check(author string, now time.Time) error {
	switch key := s.key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return fmt.Errorf("RSA key of %d bits is too short", key.N.BitLen())
		}
	case *ecdsa.PrivateKey:
	default:
		return errors.New("neither an RSA nor an ECDSA key")
	}
	c := s.own
	if !slices.ContainsFunc(c.EmailAddresses, func(a string) bool { return strings.EqualFold(a, author) }) {
		return fmt.Errorf("the certificate is for %q, not for %s", c.EmailAddresses, author)
	}
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errors.New("the certificate is not for signatures")
	}
	named := len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0
	if named && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageEmailProtection) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
		return errors.New("the certificate is not for mail")
	}
	return s.valid(now)
}

func (s *smime) valid(now time.Time) error {
	const day = "2006-01-02 15:04 MST"
	switch c := s.own; {
	case now.After(c.NotAfter):
		return fmt.Errorf("the S/MIME certificate ended on %s", c.NotAfter.UTC().Format(day))
	case now.Before(c.NotBefore):
		return fmt.Errorf("the S/MIME certificate begins on %s", c.NotBefore.UTC().Format(day))
	}
	return nil
}

func (s *smime) sign(text []byte, now time.Time) (signature, error) {
	if err := s.valid(now); err != nil {
		return signature{}, err
	}
	signed, err := pkcs7.NewSignedData(text)
	if err != nil {
		return signature{}, err
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := signed.AddSignerChain(s.own, s.key, s.parents, pkcs7.SignerInfoConfig{}); err != nil {
		return signature{}, err
	}
	signed.Detach()
	der, err := signed.Finish()
	return signature{kind: "application/pkcs7-signature", file: "smime.p7s", hash: "sha-256", binary: true, text: der}, err
}
