package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// keyFile writes key as PKCS #8.
func keyFile(t *testing.T, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// rsaOnce is the one RSA key of all tests: making one takes long.
var rsaOnce = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// signers returns a key of each kind, and who knows the public ones.
func signers(t testing.TB) (rsaKey *rsa.PrivateKey, edKey ed25519.PrivateKey, txt func(string) ([]string, error)) {
	t.Helper()
	rsaKey, err := rsaOnce()
	if err != nil {
		t.Fatal(err)
	}
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]string{
		"r._domainkey.example.org": "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der),
		"e._domainkey.example.org": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public),
	}
	return rsaKey, edKey, func(name string) ([]string, error) {
		if r, ok := records[name]; ok {
			return []string{r}, nil
		}
		return nil, errors.New("no such record")
	}
}

func TestSignatures(t *testing.T) {
	rsaKey, edKey, txt := signers(t)
	read := func(domain, selector string, key crypto.Signer) Key {
		k, err := ReadKey(domain, selector, keyFile(t, key))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	keys := []Key{read("example.org", "r", rsaKey), read("Example.ORG", "e", edKey), read("example.com", "e", edKey)}
	mail := bytes.Replace(sample().Mail, []byte("MIME-V"),
		[]byte("Reply-To: answers@example.org\r\nList-Unsubscribe: <https://advice.example.org/u>,\r\n <mailto:stop@example.org>\r\n"+
			"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-V"), 1)
	message, err := stamp(nil, mail, time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkLines(message); err != nil {
		t.Error(err)
	}
	verify := func(message []byte) (good int, covered []string) {
		t.Helper()
		results, err := dkim.VerifyWithOptions(bytes.NewReader(message), &dkim.VerifyOptions{LookupTXT: txt})
		if err != nil {
			t.Fatal(err)
		}
		if len(results) != 2 {
			t.Fatalf("%d signatures, want those of the sender's domain", len(results))
		}
		for _, v := range results {
			if v.Err == nil {
				good++
			}
			covered = v.HeaderKeys
		}
		return good, covered
	}
	good, covered := verify(message)
	if good != 2 {
		t.Errorf("%d of 2 signatures verify", good)
	}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "Mime-Version", "Content-Type"} {
		if !strings.Contains(":"+strings.Join(covered, ":")+":", ":"+name+":") {
			t.Errorf("%s is not covered by %v", name, covered)
		}
	}
	for _, change := range [][2]string{{"Hello", "Hallo"}, {"10:00:00", "10:00:01"}, {"/u>", "/v>"}, {"Subject: folded", "Subject: new"},
		{"Date: ", "From: evil@example.org\r\nDate: "}} {
		if good, _ := verify(bytes.Replace(message, []byte(change[0]), []byte(change[1]), 1)); good != 0 {
			t.Errorf("%d signatures still verify after %q became %q", good, change[0], change[1])
		}
	}
}

func TestReadKeyReadsWhatOpenSSLWroteOfOld(t *testing.T) {
	key, _, _ := signers(t)
	name := filepath.Join(t.TempDir(), "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := ReadKey("Example.ORG", "s", name)
	if err != nil || got.Domain != "example.org" || got.Selector != "s" || !key.Equal(got.Signer) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ReadKey("example.org", "", name); err == nil {
		t.Error("a key without a selector is read")
	}
}

func TestReadKeyRefuses(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // or Go would not make it
	weak, err := rsa.GenerateKey(rand.Reader, 512)
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) string {
		name := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(name, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	_, edKey, _ := signers(t)
	for _, tt := range []struct{ name, domain, file, want string }{
		{"a file that is not there", "example.org", "/nonexistent/key.pem", "no such file"},
		{"what is no PEM", "example.org", text("hello"), "no PEM block"},
		{"a certificate", "example.org", text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "not a private key"},
		{"a broken key", "example.org", text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "asn1"},
		{"a short key", "example.org", keyFile(t, weak), "too short"},
		{"a key for no domain", "", keyFile(t, edKey), "needs a domain"},
		{"a key of another kind", "example.org", keyFile(t, ecKey(t)), "neither an RSA nor an Ed25519 key"},
		{"a key of the next year", "example.org", text("-----BEGIN NEW PRIVATE KEY-----\nAAAA\n-----END NEW PRIVATE KEY-----\n"), `"NEW PRIVATE KEY" is not a private key`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadKey(tt.domain, "s", tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadKey = %v, want %q", err, tt.want)
			}
		})
	}
}

// perl has Mail::DKIM say what it thinks of the message on stdin; the TXT
// record of every name is the argument.
const perl = `
package Fake; sub new { bless {} } sub errorstring { 'NOERROR' }
sub send { my (undef, $name, $type) = @_; my $p = Net::DNS::Packet->new($name, $type); $p->header->qr(1);
  $p->push(answer => Net::DNS::RR->new(name => $name, type => 'TXT', txtdata => [unpack('(A200)*', $ARGV[0])])); $p }
package main; use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS;
Mail::DKIM::DNS::resolver(Fake->new);
my $v = Mail::DKIM::Verifier->new; local $/; $v->PRINT(<STDIN>); $v->CLOSE; print $v->result_detail;
`

// TestSignatureByAnotherProgram checks the RSA signature with the library of
// SpamAssassin, which shares no code with ours.
func TestSignatureByAnotherProgram(t *testing.T) {
	needs(t)
	if err := exec.Command("perl", "-MMail::DKIM::Verifier", "-MNet::DNS", "-e1").Run(); err != nil {
		t.Fatal("Mail::DKIM: ", err)
	}
	rsaKey, edKey, txt := signers(t)
	message, err := stamp(nil, sample().Mail, time.Now(), []Key{
		{Domain: "example.org", Selector: "r", Signer: rsaKey}, {Domain: "example.org", Selector: "e", Signer: edKey}})
	if err != nil {
		t.Fatal(err)
	}
	record, err := txt("r._domainkey.example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		message []byte
		want    string
	}{
		{message, "pass"},
		{bytes.Replace(message, []byte("folded"), []byte("forged"), 1), "fail"},
	} {
		verify := exec.Command("perl", "-e", perl, record[0])
		verify.Stdin = bytes.NewReader(tt.message)
		out, err := verify.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), tt.want) {
			t.Errorf("Mail::DKIM says %q, %v, want %s", out, err, tt.want)
		}
	}
}
