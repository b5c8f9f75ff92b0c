// Package wiretest is the other end of a wire in tests: a certificate, a
// listener and a proxy, on this machine alone.
package wiretest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Host is the name that [Certificate] is for, besides 127.0.0.1.
const Host = "mail.example"

// Certificate is of a server and, as that is its own authority, of a client.
// It is good for centuries because synctest lives in 2000.
var Certificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{Host}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2990, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// CA returns the certificate as PEM.
func CA() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: Certificate().Certificate[0]})
}

// Files writes the certificate and its key as a client has them.
func Files(t testing.TB) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	der, err := x509.MarshalECPrivateKey(Certificate().PrivateKey.(*ecdsa.PrivateKey))
	secret := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := errors.Join(err, os.WriteFile(cert, CA(), 0o600), os.WriteFile(key, secret, 0o600)); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// Listen has serve talk to whoever connects until the test ends.
func Listen(t testing.TB, serve func(net.Conn)) (host string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { defer c.Close(); serve(c) })
		}
	})
	t.Cleanup(func() { l.Close(); serving.Wait() })
	return "127.0.0.1", l.Addr().(*net.TCPAddr).Port
}

// A Proxy is a SOCKS5 proxy (RFC 1928) that takes everything to one address.
type Proxy struct {
	User, Password string // empty: asks nobody
	Code           byte   // of the reply; 0 is success
	To             string
	Asked          chan string // where to
}

// Serve talks to one client; it is for [Listen].
func (p *Proxy) Serve(c net.Conn) {
	r := bufio.NewReader(c)
	if !p.welcome(c, r) {
		return
	}
	head := make([]byte, 4)
	io.ReadFull(r, head)
	if head[3] != 3 { // a name
		return
	}
	name := field(r)
	port := make([]byte, 2)
	io.ReadFull(r, port)
	p.Asked <- fmt.Sprintf("%s:%d", name, int(port[0])<<8|int(port[1]))
	c.Write([]byte{5, p.Code, 0, 1, 0, 0, 0, 0, 0, 0})
	if p.Code != 0 {
		return
	}
	to, err := net.Dial("tcp", p.To)
	if err != nil {
		return
	}
	defer to.Close()
	go func() { io.Copy(to, r); to.Close() }()
	io.Copy(c, to)
}

// welcome asks who is there, by RFC 1929 where there is a password.
func (p *Proxy) welcome(c net.Conn, r *bufio.Reader) bool {
	r.ReadByte() // version
	offered := field(r)
	method := byte(0)
	if p.User != "" {
		method = 2
	}
	if !bytes.Contains(offered, []byte{method}) {
		c.Write([]byte{5, 0xff})
		return false
	}
	c.Write([]byte{5, method})
	if method == 2 {
		r.ReadByte()
		if string(field(r)) != p.User || string(field(r)) != p.Password {
			c.Write([]byte{1, 1})
			return false
		}
		c.Write([]byte{1, 0})
	}
	return true
}

// field reads bytes with their number before them.
func field(r *bufio.Reader) []byte {
	n, _ := r.ReadByte()
	b := make([]byte, n)
	io.ReadFull(r, b)
	return b
}
