package loopback

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"headsup/disk"
)

func makeMaildir(dir string) error {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// deliver makes a message durable in the Maildir of a recipient, below the
// two fields that a final delivery adds (RFC 5321 §4.4).
func (s *Server) deliver(from, to string, message []byte) error {
	dir := s.dir
	if s.o.ByDomain {
		dir = filepath.Join(dir, folder(to))
		if err := makeMaildir(dir); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.files++
	name := fmt.Sprintf("%d.%d_%d.loopback", time.Now().UnixMicro(), os.Getpid(), s.files)
	s.mu.Unlock()
	text := append(fmt.Appendf(nil, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", from, to), message...)
	temp := filepath.Join(dir, "tmp", name)
	if err := writeSynced(temp, text); err != nil {
		os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, "new", name)); err != nil {
		return err
	}
	return disk.SyncFolder(filepath.Join(dir, "new"))
}

func writeSynced(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

// folder names the Maildir of a recipient's domain, and nothing outside.
func folder(to string) string {
	domain := strings.ToLower(to[strings.LastIndexByte(to, '@')+1:])
	domain = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r <= ' ' {
			return '_'
		}
		return r
	}, domain)
	return cmp.Or(strings.Trim(domain, "."), "unknown")
}

// certificate makes a key and a certificate that vouches for itself.
func certificate(addr netip.Addr, until time.Time) (pair tls.Certificate, ca []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair, nil, err
	}
	now := time.Now()
	if until.IsZero() {
		until = now.Add(30 * 24 * time.Hour)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "loopback.example"},
		NotBefore: until.Add(-31 * 24 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{addr.AsSlice()},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return pair, nil, err
	}
	var text bytes.Buffer
	if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		return pair, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text.Bytes(), nil
}
