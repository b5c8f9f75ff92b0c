package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/pelletier/go-toml/v2"
	"software.sslmate.com/src/go-pkcs12"

	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/usage"
	"headsup/mailer/loopback"
)

// smimeKey writes a key for mail from author as PKCS #12, and returns the file of the certificate to trust.
func smimeKey(t *testing.T, dir, author string) (ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Agency"}, EmailAddresses: []string{author},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	p12, err := pkcs12.Modern.Encode(key, cert, nil, "geheim")
	must(t, err)
	ca = filepath.Join(dir, "ca.pem")
	must(t, os.WriteFile(filepath.Join(dir, "key"), p12, 0o600))
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return ca
}

// openpgpKey writes a key for mail from author.
func openpgpKey(t *testing.T, dir, author string) {
	t.Helper()
	key, err := openpgp.NewEntity("Agency", "", author, nil)
	must(t, err)
	must(t, key.EncryptPrivateKeys([]byte("geheim"), nil))
	var text bytes.Buffer
	must(t, key.SerializePrivateWithoutSigning(&text, nil))
	must(t, os.WriteFile(filepath.Join(dir, "key"), text.Bytes(), 0o600))
	var public bytes.Buffer
	must(t, key.Serialize(&public))
	must(t, os.WriteFile(filepath.Join(dir, "public"), public.Bytes(), 0o600))
}

// inside lists the parts of a message, and its defects.
const inside = `
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
for p in m.walk():
    for d in p.defects: print('defect', p.get_content_type(), repr(d))
    for name, value in p.items():
        for d in value.defects: print('defect', name, repr(d))
    if not p.is_multipart():
        p.get_content()
        print(p.get_content_type(), p.get_filename())
    if len(sys.argv) > 2 and p.get_content_type() in ('application/pgp-signature',):
        open(sys.argv[2], 'wb').write(p.get_content())
`

// TestSignedLettersArriveAsTheyWereApproved sends a whole letter, signed, and
// has Python read it, OpenSSL check it and SpamAssassin judge it.
func TestSignedLettersArriveAsTheyWereApproved(t *testing.T) {
	needs(t, "python3", "openssl", "spamassassin", "gpg")
	for _, kind := range []string{"smime", "pgp"} {
		t.Run(kind, func(t *testing.T) {
			dir := campaigntest.Approved(t)
			post, err := loopback.Start(filepath.Join(dir, "Maildir"), loopback.Options{TLS: true})
			must(t, err)
			defer post.Close()
			more, err := toml.Marshal(map[string]any{"smtp": settings.SMTP{Server: post.Settings()}})
			must(t, err)
			name := filepath.Join(dir, settings.File)
			text, err := os.ReadFile(name)
			must(t, err)
			text = bytes.Replace(text, []byte(`reply_to = "answers@ocn.example.org"`), []byte(kind+` = { file = "key", passphrase_file = "pass" }`), 1)
			must(t, os.WriteFile(name, append(text, more...), 0o644))
			must(t, os.WriteFile(filepath.Join(dir, "pass"), []byte("geheim\n"), 0o600))
			ca := ""
			if kind == "smime" {
				ca = smimeKey(t, dir, "notices@ocn.example.org")
			} else {
				openpgpKey(t, dir, "notices@ocn.example.org")
			}
			if code, said := runIn(t, dir, "send"); code != usage.Done {
				t.Fatalf("exit %d\n%s", code, said)
			}
			files, err := filepath.Glob(filepath.Join(dir, "Maildir", "new", "*"))
			must(t, err)
			if len(files) != 1 {
				t.Fatalf("%d letters", len(files))
			}
			got, err := exec.Command("python3", "-c", inside, files[0], filepath.Join(dir, "signature")).CombinedOutput()
			want := regexp.MustCompile(`^text/plain None\ntext/html None\ntext/csv findings\.csv\napplication/json xarf\.json\napplication/pdf demo26-ftst90tjrk\.pdf\napplication/p\S+-signature \S+\n$`)
			if err != nil || !want.Match(got) {
				t.Errorf("%v\n%s", err, got)
			}
			checkSeal(t, dir, files[0], ca)
			filter, err := exec.Command("spamassassin", "-L", "-t", files[0]).Output()
			must(t, err)
			score := regexp.MustCompile(`(?m)^X-Spam-Status: .*score=(-?[0-9.]+)`).FindSubmatch(filter)
			if score == nil {
				t.Fatalf("no score in %s", filter)
			}
			if n, err := strconv.ParseFloat(string(score[1]), 64); err != nil || n > 0.5 {
				t.Errorf("SpamAssassin gives %v\n%s", n, filter[bytes.LastIndex(filter, []byte("Content analysis")):])
			}
		})
	}
}

// checkSeal has openssl or gpg check the message in a file.
func checkSeal(t *testing.T, dir, name, ca string) {
	t.Helper()
	if ca != "" {
		out, err := exec.Command("openssl", "smime", "-verify", "-in", name, "-CAfile", ca, "-out", filepath.Join(dir, "content")).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "erification successful") {
			t.Errorf("openssl: %v\n%s", err, out)
		}
		return
	}
	message, err := os.ReadFile(name)
	must(t, err)
	_, rest, _ := bytes.Cut(message, []byte("\r\n\r\n--signed-"))
	boundary, rest, _ := bytes.Cut(rest, []byte("\r\n"))
	text, _, ok := bytes.Cut(rest, []byte("\r\n--signed-"+string(boundary)+"\r\n"))
	if !ok {
		t.Fatal("no two parts")
	}
	signed := filepath.Join(dir, "text")
	must(t, os.WriteFile(signed, text, 0o600))
	home, err := os.MkdirTemp("", "gpg-*")
	must(t, err)
	defer os.RemoveAll(home)
	for _, args := range [][]string{{"--import", filepath.Join(dir, "public")}, {"--verify", filepath.Join(dir, "signature"), signed}} {
		if out, err := exec.Command("gpg", append([]string{"--homedir", home, "--batch"}, args...)...).CombinedOutput(); err != nil {
			t.Errorf("gpg %s: %v\n%s", args[0], err, out)
		}
	}
	exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
}
