package mailer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/emersion/go-message"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/smallstep/pkcs7"
	"software.sslmate.com/src/go-pkcs12"

	"headsup/letter"
	"headsup/wire/mailtext"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A house that issues certificates: one above all, and one below that for people.
type issuer struct {
	root, middle       *x509.Certificate
	rootKey, middleKey crypto.Signer
}

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func certify(t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	t.Helper()
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	if template.NotBefore.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newIssuer(t testing.TB) issuer {
	t.Helper()
	ca := func(name string) *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	}
	i := issuer{rootKey: ecKey(t), middleKey: ecKey(t)}
	template := ca("Root")
	i.root = certify(t, template, template, i.rootKey.Public(), i.rootKey)
	i.middle = certify(t, ca("People"), i.root, i.middleKey.Public(), i.rootKey)
	return i
}

// person is what a certificate for mail usually says.
func person() *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: "Office"}, EmailAddresses: []string{"notices@example.org"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}}
}

// p12 writes a key and its certificates, those above it in the wrong order.
func (i issuer) p12(t testing.TB, key crypto.Signer, template *x509.Certificate) KeyFile {
	t.Helper()
	own := certify(t, template, i.middle, key.Public(), i.middleKey)
	text, err := pkcs12.Modern.Encode(key, own, []*x509.Certificate{i.root, i.middle}, "geheim")
	if err != nil {
		t.Fatal(err)
	}
	return inFile(t, text)
}

// inFile writes a key whose passphrase is "geheim".
func inFile(t testing.TB, text []byte) KeyFile {
	t.Helper()
	k := KeyFile{File: filepath.Join(t.TempDir(), "key"), PassphraseFile: filepath.Join(t.TempDir(), "passphrase")}
	for name, text := range map[string][]byte{k.File: text, k.PassphraseFile: []byte("geheim\n")} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// pgpKey makes a key of the fastest kind unless config says which.
func pgpKey(t testing.TB, author string, config packet.Config) *openpgp.Entity {
	t.Helper()
	if config.Algorithm == 0 {
		config.Algorithm = packet.PubKeyAlgoEdDSA
	}
	key, err := openpgp.NewEntity("Office", "", author, &config)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pgpFile writes a key as gpg would: armored and encrypted.
func pgpFile(t testing.TB, keys ...*openpgp.Entity) KeyFile {
	t.Helper()
	var text bytes.Buffer
	w, err := armor.Encode(&text, openpgp.PrivateKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if err := key.EncryptPrivateKeys([]byte("geheim"), nil); err != nil {
			t.Fatal(err)
		}
		if err := key.SerializePrivateWithoutSigning(w, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return inFile(t, text.Bytes())
}

// multi is a letter as they are: two texts and a file.
func multi() letter.Envelope {
	e := sample()
	pdf := make([]byte, 3000)
	for i := range pdf {
		pdf[i] = byte(i * i)
	}
	body := strings.ReplaceAll(`Content-Language: de, en
Content-Type: multipart/mixed;
 boundary="m"

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe, =20
.
..two dots
--a
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Gr=C3=BC=C3=9Fe
--a--

--m
Content-Type: application/pdf
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="letter.pdf"

`, "\n", "\r\n") + string(mailtext.Base64(pdf)) + "\r\n--m--\r\n"
	e.Mail = bytes.Replace(e.Mail, []byte("Content-Type: text/plain\r\n\r\nHello\r\n"), []byte(body), 1)
	return e
}

// takeApart takes a signed message apart: the fields above, what was signed, and the signature as it was made.
func takeApart(t testing.TB, message []byte, kind string) (outer, text, sig []byte) {
	t.Helper()
	outer, rest, _ := bytes.Cut(message, []byte("\r\n\r\n--signed-"))
	boundary, rest, _ := bytes.Cut(rest, []byte("\r\n"))
	text, rest, ok := bytes.Cut(rest, []byte("\r\n--signed-"+string(boundary)+"\r\nContent-Type: "+kind+"; "))
	_, rest, ok2 := bytes.Cut(rest, []byte("\r\n\r\n"))
	sig, rest, ok3 := bytes.Cut(rest, []byte("--signed-"+string(boundary)+"--\r\n"))
	if !ok || !ok2 || !ok3 || len(rest) > 0 {
		t.Fatalf("not a signed message of two parts: %s", message)
	}
	return outer, text, sig
}

// A kind of seal, its file, and how to check what it signs.
type sealKind struct {
	name, micalg, kind string
	seal               Seal
	verify             func(text, sig []byte) error
}

// allKinds are made once: keys take long.
var allKinds struct {
	sync.Once
	list []sealKind
}

func sealKinds(t testing.TB) []sealKind {
	t.Helper()
	allKinds.Do(func() { allKinds.list = makeKinds(t) })
	return allKinds.list
}

func makeKinds(t testing.TB) []sealKind {
	t.Helper()
	var out []sealKind
	house := newIssuer(t)
	rsaKey, _, _ := signers(t)
	for name, key := range map[string]crypto.Signer{"S/MIME with RSA": rsaKey, "S/MIME with ECDSA": ecKey(t)} {
		seal, err := ReadSMIME(house.p12(t, key, person()), "Notices@example.org", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sealKind{name, "sha-256", "application/pkcs7-signature", seal, func(text, sig []byte) error {
			der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(sig), "\r\n", ""))
			if err != nil {
				return err
			}
			p, err := pkcs7.Parse(der)
			if err != nil {
				return err
			}
			p.Content = text
			roots := x509.NewCertPool()
			roots.AddCert(house.root)
			return p.VerifyWithChain(roots)
		}})
	}
	for name, algorithm := range map[string]packet.PublicKeyAlgorithm{"OpenPGP with EdDSA": packet.PubKeyAlgoEdDSA, "OpenPGP with RSA": packet.PubKeyAlgoRSA} {
		key := pgpKey(t, "notices@example.org", packet.Config{Algorithm: algorithm, RSABits: 2048})
		seal, err := ReadPGP(pgpFile(t, key), "notices@Example.org", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sealKind{name, "pgp-sha256", "application/pgp-signature", seal, func(text, sig []byte) error {
			_, err := openpgp.CheckArmoredDetachedSignature(openpgp.EntityList{key}, bytes.NewReader(text), bytes.NewReader(sig), nil)
			return err
		}})
	}
	return out
}

// asis is a transport that keeps what it is given.
type asis struct {
	sync.Mutex
	got []letter.Envelope
}

func (a *asis) Send(_ context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	a.Lock()
	defer a.Unlock()
	a.got = append(a.got, e)
	if err := mark(); err != nil {
		return deferred(letter.Connected, err.Error())
	}
	return letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250}
}

func TestSealedLetters(t *testing.T) {
	for _, tt := range sealKinds(t) {
		t.Run(tt.name, func(t *testing.T) {
			e := multi()
			approved := bytes.Clone(e.Mail)
			wire := &asis{}
			if o := Sealed(wire, tt.seal).Send(t.Context(), e, func() error { return nil }); o.State != letter.Sent {
				t.Fatalf("outcome %+v", o)
			}
			if !bytes.Equal(e.Mail, approved) {
				t.Error("the letter as approved was changed")
			}
			sent := wire.got[0]
			if err := check(sent); err != nil {
				t.Errorf("what goes on the wire is %v", err)
			}
			outer, text, sig := takeApart(t, sent.Mail, tt.kind)
			if !strings.Contains(string(outer), "; protocol=\""+tt.kind+"\";\r\n micalg="+tt.micalg+"; boundary=") {
				t.Errorf("no protocol and micalg in %q", outer)
			}
			head, body, _ := bytes.Cut(approved, []byte("\r\n\r\n"))
			if want := "Content-Type: multipart/mixed;\r\n boundary=\"m\"\r\n\r\n" + string(body); string(text) != want {
				t.Errorf("signed was %q, want %q", text, want)
			}
			above, _, _ := bytes.Cut(head, []byte("Content-Type:"))
			if !bytes.HasPrefix(outer, above) || bytes.Count(outer, []byte("Content-Type")) != 1 {
				t.Errorf("above is %q, want %q", outer, above)
			}
			if err := tt.verify(text, sig); err != nil {
				t.Errorf("the signature: %v", err)
			}
			if tt.verify(bytes.Replace(text, []byte("two dots"), []byte("too dots"), 1), sig) == nil {
				t.Error("another text has the same signature")
			}
		})
	}
}

// shown is the plain text that a mail program shows of a message.
func shown(t testing.TB, text []byte) (out string) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	err = e.Walk(func(_ []int, part *message.Entity, err error) error {
		if kind, _, _ := part.Header.ContentType(); kind == "text/plain" && err == nil {
			b, err := io.ReadAll(part.Body)
			out = string(b)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDKIMIsAboveTheSeal(t *testing.T) {
	rsaKey, edKey, txt := signers(t)
	keys := []Key{{Domain: "example.org", Selector: "r", Signer: rsaKey}, {Domain: "example.org", Selector: "e", Signer: edKey}}
	for _, tt := range sealKinds(t) {
		t.Run(tt.name, func(t *testing.T) {
			mail, err := enclose(multi().Mail, tt.seal, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			signed, err := stamp(nil, mail, noon, keys)
			if err != nil {
				t.Fatal(err)
			}
			results, err := dkim.VerifyWithOptions(bytes.NewReader(signed), &dkim.VerifyOptions{LookupTXT: txt})
			if err != nil || len(results) != 2 || results[0].Err != nil || results[1].Err != nil {
				t.Errorf("DKIM: %+v, %v", results, err)
			}
			if got := shown(t, signed); got != "Grüße,  \r\n.\r\n..two dots" {
				t.Errorf("it reads %q", got)
			}
		})
	}
}

func TestManyLettersAreSealedAtOnce(t *testing.T) {
	for _, tt := range sealKinds(t) {
		wire := &asis{}
		post := Sealed(wire, tt.seal)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { post.Send(t.Context(), multi(), func() error { return nil }) })
		}
		all.Wait()
		if len(wire.got) != 8 {
			t.Errorf("%s: %d letters of 8", tt.name, len(wire.got))
		}
		for _, e := range wire.got {
			if _, text, sig := takeApart(t, e.Mail, tt.kind); tt.verify(text, sig) != nil {
				t.Errorf("%s: %v", tt.name, tt.verify(text, sig))
			}
		}
	}
}

func TestWhatCannotBeSealedTouchesNoWire(t *testing.T) {
	template := person()
	template.NotBefore, template.NotAfter = noon, noon.Add(time.Hour)
	ended, err := ReadSMIME(newIssuer(t).p12(t, ecKey(t), template), "notices@example.org", noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	key := pgpKey(t, "notices@example.org", packet.Config{KeyLifetimeSecs: 3600, Time: func() time.Time { return noon }})
	expired, err := ReadPGP(pgpFile(t, key), "notices@example.org", noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	good := sealKinds(t)[0].seal
	for _, tt := range []struct {
		name  string
		seal  Seal
		mail  []byte
		state letter.State
		want  string
	}{
		{"a certificate that ended", ended, sample().Mail, letter.Deferred, "sign: the S/MIME certificate ended on 2026-03-01 13:00 UTC"},
		{"a PGP key that ended", expired, sample().Mail, letter.Deferred, "sign: no part of the PGP key is for signatures now"},
		{"a letter that is not 7bit", good, append(sample().Mail, "Grüße\r\n"...), letter.Failed, "not ASCII"},
		{"a letter that must not be sent", good, append([]byte("Date: x\r\n"), sample().Mail...), letter.Failed, "has Date"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wire := &asis{}
			e := sample()
			e.Mail = tt.mail
			o := Sealed(wire, tt.seal).Send(t.Context(), e, func() error { return nil })
			if len(wire.got) != 0 || o.State != tt.state || o.Phase != letter.Claimed || !strings.Contains(o.Text, tt.want) || o.At.IsZero() {
				t.Errorf("outcome %+v, %d on the wire", o, len(wire.got))
			}
		})
	}
}

func TestReadSealRefuses(t *testing.T) {
	house, key := newIssuer(t), ecKey(t)
	cert := func(change func(*x509.Certificate)) KeyFile {
		template := person()
		change(template)
		return house.p12(t, key, template)
	}
	good := cert(func(*x509.Certificate) {})
	later := noon.AddDate(100, 0, 0)
	_, edKey, _ := signers(t)
	with := func(k KeyFile, change func(*KeyFile)) KeyFile { change(&k); return k }
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	pgp := pgpFile(t, pgpKey(t, "notices@example.org", packet.Config{}))
	var public bytes.Buffer
	if err := pgpKey(t, "notices@example.org", packet.Config{}).Serialize(&public); err != nil {
		t.Fatal(err)
	}
	old := pgpKey(t, "notices@example.org", packet.Config{KeyLifetimeSecs: 3600, Time: func() time.Time { return noon }})
	readSMIME := func(k KeyFile) error { _, err := ReadSMIME(k, "notices@example.org", time.Now()); return err }
	readPGP := func(k KeyFile) error { _, err := ReadPGP(k, "notices@example.org", time.Now()); return err }
	for _, tt := range []struct {
		name string
		read func(KeyFile) error
		k    KeyFile
		want string
	}{
		{"a good certificate", readSMIME, good, ""},
		{"a certificate for anything", readSMIME, cert(func(c *x509.Certificate) { c.KeyUsage, c.ExtKeyUsage = 0, nil }), ""},
		{"no file", readSMIME, KeyFile{File: "/nonexistent/a.p12"}, "no such file"},
		{"no passphrase", readSMIME, KeyFile{File: good.File}, "password"},
		{"two passphrases", readSMIME, with(good, func(k *KeyFile) { k.PassphraseEnv = "X" }), "both passphrase_env and passphrase_file"},
		{"a file that is none", readSMIME, inFile(t, []byte("hello")), "pkcs12"},
		{"a certificate of another", readSMIME, cert(func(c *x509.Certificate) { c.EmailAddresses = []string{"x@example.org"} }), `for ["x@example.org"], not for notices@example.org`},
		{"a certificate of a web server", readSMIME, cert(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), "not for mail"},
		{"a certificate for encryption", readSMIME, cert(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), "not for signatures"},
		{"an old certificate", readSMIME, cert(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = noon, noon.Add(time.Hour) }), "ended on 2026-03-01 13:00 UTC"},
		{"a certificate of tomorrow", readSMIME, cert(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = later, later.Add(time.Hour) }), "begins on 2126-03-01 12:00 UTC"},
		{"a certificate for promises", readSMIME, cert(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }), ""},
		{"a certificate for all uses", readSMIME, cert(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), ""},
		{"a certificate for a use of its own", readSMIME, cert(func(c *x509.Certificate) {
			c.ExtKeyUsage, c.UnknownExtKeyUsage = nil, []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 32473}}
		}), "not for mail"},
		{"a key of another kind", readSMIME, house.p12(t, edKey, person()), "neither an RSA nor an ECDSA key"},
		{"a short key", readSMIME, house.p12(t, short, person()), "1024 bits is too short"},
		{"a good PGP key", readPGP, pgp, ""},
		{"no PGP file", readPGP, KeyFile{File: "/nonexistent/a.asc"}, "no such file"},
		{"no PGP passphrase", readPGP, KeyFile{File: pgp.File}, "private key"},
		{"a public PGP key", readPGP, inFile(t, public.Bytes()), "not a private key"},
		{"a PGP key of another", readPGP, pgpFile(t, pgpKey(t, "x@example.org", packet.Config{})), `of ["x@example.org"], not of notices@example.org`},
		{"two PGP keys", readPGP, pgpFile(t, pgpKey(t, "a@example.org", packet.Config{}), pgpKey(t, "b@example.org", packet.Config{})), "2 keys, not one"},
		{"an old PGP key", readPGP, pgpFile(t, old), "has it expired"},
		{"a PGP file that is none", readPGP, inFile(t, []byte("hello")), "openpgp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.read(tt.k)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), tt.k.File)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// FuzzEnclose holds that no byte of a letter is lost or made.
func FuzzEnclose(f *testing.F) {
	f.Add(multi().Mail)
	f.Add(sample().Mail)
	f.Fuzz(func(t *testing.T, mail []byte) {
		if _, err := readHeader(mail); checkLines(mail) != nil || err != nil {
			t.Skip()
		}
		outer, content := cutContent(mail)
		if len(outer)+len(content) != len(mail) {
			t.Errorf("%q became %q and %q", mail, outer, content)
		}
		whole, err := enclose(mail, blind{}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkLines(whole); err != nil {
			t.Error(err)
		}
		if _, err := readHeader(whole); err != nil {
			t.Error(err)
		}
	})
}

// blind signs everything with its name.
type blind struct{}

func (blind) sign([]byte, time.Time) (signature, error) {
	return signature{kind: "application/x-nothing", file: "nothing", hash: "none"}, nil
}
