package mailer

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// needs skips a test that takes programs of the system, unless HEADSUP_REAL is
// set: then whatever is missing is a failure.
func needs(t *testing.T) {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") == "" {
		t.Skip("takes programs of the system; runs where HEADSUP_REAL is set")
	}
}

// real returns the path of a program that the test needs.
func real(t *testing.T, name string) string {
	t.Helper()
	needs(t)
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// write puts text into a file of dir.
func write(t *testing.T, dir, name string, text []byte) string {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// changed is message with one word of what was signed changed.
func changed(message []byte) []byte {
	return bytes.Replace(message, []byte("two dots"), []byte("too dots"), 1)
}

// TestOpenSSLBelievesTheSeal has OpenSSL check S/MIME letters, both as it did
// of old (smime) and as CMS, and read the certificate's address.
func TestOpenSSLBelievesTheSeal(t *testing.T) {
	openssl := real(t, "openssl")
	house := newIssuer(t)
	rsaKey, _, _ := signers(t)
	for name, key := range map[string]KeyFile{"RSA": house.p12(t, rsaKey, person()), "ECDSA": house.p12(t, ecKey(t), person())} {
		seal, err := ReadSMIME(key, "notices@example.org", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		checkSMIME(t, openssl, name, house, seal)
	}
}

// TestOpenSSLsOwnFiles reads a key as "openssl pkcs12 -export" writes it.
func TestOpenSSLsOwnFiles(t *testing.T) {
	openssl := real(t, "openssl")
	house, dir := newIssuer(t), t.TempDir()
	key, _, _ := signers(t)
	own := certify(t, person(), house.middle, key.Public(), house.middleKey)
	var certs bytes.Buffer
	for _, c := range []*x509.Certificate{own, house.middle} {
		pem.Encode(&certs, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	for _, old := range []string{"", "-legacy"} {
		out := filepath.Join(dir, "key"+old+".p12")
		args := []string{"pkcs12", "-export", "-inkey", keyFile(t, key), "-in", write(t, dir, "certs.pem", certs.Bytes()), "-out", out, "-passout", "pass:geheim"}
		if old != "" {
			args = append(args, old)
		}
		if said, err := exec.Command(openssl, args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl pkcs12: %v\n%s", err, said)
		}
		seal, err := ReadSMIME(KeyFile{File: out, PassphraseFile: write(t, dir, "pass", []byte("geheim"))}, "notices@example.org", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		checkSMIME(t, openssl, "openssl's own file "+old, house, seal)
	}
}

func checkSMIME(t *testing.T, openssl, name string, house issuer, seal Seal) {
	t.Helper()
	dir := t.TempDir()
	ca := write(t, dir, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: house.root.Raw}))
	message, err := enclose(multi().Mail, seal, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := takeApart(t, message, "application/pkcs7-signature")
	good, bad := write(t, dir, "good.eml", message), write(t, dir, "bad.eml", changed(message))
	for _, verb := range []string{"smime", "cms"} {
		content := filepath.Join(dir, "content")
		out, err := exec.Command(openssl, verb, "-verify", "-in", good, "-CAfile", ca, "-purpose", "smimesign", "-crlfeol", "-out", content).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "erification successful") {
			t.Errorf("%s: openssl %s: %v\n%s", name, verb, err, out)
		}
		if got, err := os.ReadFile(content); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: openssl %s read %q, want %q", name, verb, got, text)
		}
		if out, err := exec.Command(openssl, verb, "-verify", "-in", bad, "-CAfile", ca, "-out", content).CombinedOutput(); err == nil {
			t.Errorf("%s: openssl %s believes a forgery\n%s", name, verb, out)
		}
	}
}

// gnupg runs gpg with a home of its own.
func gnupg(t *testing.T, gpg, home string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(gpg, append([]string{"--homedir", home, "--batch", "--no-tty", "--status-fd", "1", "--pinentry-mode", "loopback", "--passphrase", "geheim"}, args...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestGnuPGBelievesTheSeal has gpg make the key, export it, and check what we sign with it.
func TestGnuPGBelievesTheSeal(t *testing.T) {
	gpg := real(t, "gpg")
	for _, algorithm := range []string{"ed25519", "rsa3072", "nistp384"} {
		// Not t.TempDir: the agent's socket needs a short name.
		home, err := os.MkdirTemp("", "gpg-*")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
			os.RemoveAll(home)
		})
		if out, err := gnupg(t, gpg, home, "--quick-generate-key", "Office <notices@example.org>", algorithm, "sign", "never"); err != nil {
			t.Fatalf("gpg: %v\n%s", err, out)
		}
		file := filepath.Join(home, "key.asc")
		if out, err := gnupg(t, gpg, home, "--armor", "--output", file, "--export-secret-keys"); err != nil {
			t.Fatalf("gpg: %v\n%s", err, out)
		}
		seal, err := ReadPGP(KeyFile{File: file, PassphraseFile: write(t, home, "pass", []byte("geheim"))}, "notices@example.org", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		message, err := enclose(multi().Mail, seal, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, text, sig := takeApart(t, message, "application/pgp-signature")
		asc := write(t, home, "signature.asc", sig)
		out, err := gnupg(t, gpg, home, "--verify", asc, write(t, home, "text", text))
		if err != nil || !strings.Contains(out, "GOODSIG") || !strings.Contains(out, "VALIDSIG "+seal.Fingerprint()) {
			t.Errorf("%s: gpg: %v\n%s", algorithm, err, out)
		}
		if out, err := gnupg(t, gpg, home, "--verify", asc, write(t, home, "text", changed(text))); err == nil || !strings.Contains(out, "BADSIG") {
			t.Errorf("%s: gpg believes a forgery: %v\n%s", algorithm, err, out)
		}
	}
}

// judges is what Python's mail parser and dkimpy think of the message on
// stdin; the arguments are the TXT records of the selectors r and e.
const judges = `
import dkim, email, email.policy, sys
text = sys.stdin.buffer.read()
m = email.message_from_bytes(text, policy=email.policy.default)
defects = [repr(d) for p in m.walk() for d in p.defects]
for p in m.walk():
    for f in p.values(): defects += [repr(d) for d in getattr(f, 'defects', [])]
records = {b'r._domainkey.example.org.': sys.argv[1], b'e._domainkey.example.org.': sys.argv[2]}
d = dkim.DKIM(text)
def verify(i):
    try: return d.verify(i, dnsfunc=lambda name, timeout=5: records[name].encode())
    except dkim.ValidationError: return False
good = [verify(i) for i in range(2)]
body = next(m.iter_parts())
print(m.get_content_type(), len(list(m.iter_parts())), defects, good, repr(body.get_body(('plain',)).get_content().replace('\r', '')),
      [a.get_filename() for a in body.iter_attachments()])
`

// TestPythonReadsTheSealed has programs that share no code with ours read
// letters that are sealed and then signed for the domain.
func TestPythonReadsTheSealed(t *testing.T) {
	needs(t)
	python := "/usr/bin/python3" // Debian's, which has Debian's modules
	if err := exec.Command(python, "-c", "import dkim, nacl").Run(); err != nil {
		t.Fatal("python3-dkim: ", err)
	}
	rsaKey, edKey, _ := signers(t)
	der, err := x509.MarshalPKIXPublicKey(rsaKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	records := []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der),
		"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edKey.Public().(ed25519.PublicKey))}
	keys := []Key{{Domain: "example.org", Selector: "r", Signer: rsaKey}, {Domain: "example.org", Selector: "e", Signer: edKey}}
	for _, tt := range sealKinds(t) {
		mail, err := enclose(multi().Mail, tt.seal, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		message, err := stamp(nil, mail, time.Now(), keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			text []byte
			good string
		}{{message, "[True, True]"}, {changed(message), "[False, False]"}} {
			cmd := exec.Command(python, append([]string{"-c", judges}, records...)...)
			cmd.Stdin = bytes.NewReader(x.text)
			out, err := cmd.CombinedOutput()
			want := fmt.Sprintf("multipart/signed 2 [] %s 'Grüße,  \\n.\\n..two dots' ['letter.pdf']\n", x.good)
			if x.good != "[True, True]" {
				want = strings.Replace(want, "two", "too", 1)
			}
			if err != nil || string(out) != want {
				t.Errorf("%s: %v, got %s, want %s", tt.name, err, out, want)
			}
		}
	}
}

// OpenSSLSeal returns openssl, a seal for notices@example.org, and the file
// of the certificate to trust.
func OpenSSLSeal(t *testing.T) (openssl string, seal Seal, ca string) {
	t.Helper()
	house := newIssuer(t)
	seal, err := ReadSMIME(house.p12(t, ecKey(t), person()), "notices@example.org", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return real(t, "openssl"), seal, write(t, t.TempDir(), "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: house.root.Raw}))
}
