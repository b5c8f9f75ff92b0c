// Package postfixtest runs a Postfix of its own for a test.
//
// The server lives in a temporary folder, listens on this machine alone,
// demands STARTTLS and a password, and puts all mail into one Maildir; it may
// have Postgrey before it and Dovecot behind it. It never relays and never
// touches the system's own servers.
package postfixtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"headsup/inbox"
	"headsup/mailer"
	"headsup/wire"
)

// A Server is a running Postfix.
type Server struct {
	Settings mailer.Server // how a mailer reaches it
	Maildir  string        // where all mail goes
	IMAP     inbox.IMAP    // where what comes back is read, with Options.Returns
	dir      string
	options  Options
}

// Options says what the server is to be like. The zero value takes all mail.
type Options struct {
	Greylist bool     // Postgrey refuses each recipient for a second
	Unknown  []string // addresses that are accepted and then bounce
	Gone     string   // regular expression of more such addresses
	Busy     []string // addresses that are accepted and then wait in the queue
	Returns  []string // mail domains whose mail goes to another Maildir, which Dovecot serves over IMAP
	Plain    bool     // neither TLS nor a password, for a test that stands in between
	Config   string   // more lines of main.cf
}

const password = "geheim"

// Start runs Postfix until the test ends. It skips the test unless
// HEADSUP_REAL is set: then it is a failure if a program or root is missing.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") == "" {
		t.Skip("takes programs of the system; runs where HEADSUP_REAL is set")
	}
	programs := []string{"postfix", "saslpasswd2"}
	if o.Greylist {
		programs = append(programs, "postgrey")
	}
	if len(o.Returns) > 0 {
		programs = append(programs, "dovecot")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() != 0 {
		t.Fatal("Postfix needs root")
	}
	// Not t.TempDir: its parents may be closed to Postfix's users.
	dir, err := os.MkdirTemp("", "postfix-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{dir: dir, options: o, Maildir: filepath.Join(dir, "mail", "box")}
	s.configure(t)
	if out, err := s.postfix("start"); err != nil {
		t.Fatalf("postfix start: %v\n%s%s", err, out, s.Log())
	}
	t.Cleanup(func() {
		if out, err := s.postfix("stop"); err != nil {
			t.Errorf("postfix stop: %v\n%s", err, out)
		}
	})
	return s
}

func (s *Server) postfix(verb string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return exec.CommandContext(ctx, "postfix", "-c", filepath.Join(s.dir, "etc"), verb).CombinedOutput()
}

// Log returns what Postfix has logged.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log", "maillog"))
	return string(text)
}

// Wait returns the files of the Maildir when there are n, or what is there
// when nothing has come for ten seconds.
func (s *Server) Wait(n int) []string {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var files []string
	for last := time.Now(); ; <-tick.C {
		now, _ := filepath.Glob(filepath.Join(s.Maildir, "new", "*"))
		if len(now) != len(files) {
			files, last = now, time.Now()
		}
		if len(files) >= n || time.Since(last) > 10*time.Second {
			return files
		}
	}
}

func (s *Server) configure(t testing.TB) {
	t.Helper()
	write := func(name, text string) string { return s.write(t, name, text) }
	if err := os.Chmod(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	cert, key := certificate(t)
	certFile, keyFile := write("tls/cert.pem", cert), write("tls/key.pem", key)
	db := filepath.Join(s.dir, "users.db")
	write("etc/sasl/smtpd.conf", "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: "+db+"\nmech_list: PLAIN LOGIN SCRAM-SHA-256\n")
	write("log/maillog", "")
	first := ""
	if s.options.Greylist {
		first = "check_policy_service inet:127.0.0.1:" + strconv.Itoa(s.postgrey(t)) + ", "
	}
	level, permit := "encrypt", "permit_sasl_authenticated"
	if s.options.Plain {
		level, permit = "none", "permit_mynetworks"
	}
	write("etc/mailboxes", s.mailboxes())
	write("etc/transport", s.transport())
	write("etc/main.cf", strings.NewReplacer("DIR", s.dir, "CERT", certFile, "KEY", keyFile, "FIRST", first,
		"LEVEL", level, "PERMIT", permit).Replace(mainCf)+s.options.Config)
	write("etc/master.cf", strings.ReplaceAll(masterCf, "PORT", strconv.Itoa(port)))
	add := exec.Command("saslpasswd2", "-p", "-c", "-f", db, "-u", "mail.example", "headsup")
	add.Stdin = strings.NewReader(password)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("saslpasswd2: %v\n%s", err, out)
	}
	own(t, "postfix", db, filepath.Join(s.dir, "data"))
	own(t, "nobody", filepath.Join(s.dir, "mail"))
	own(t, "root", filepath.Join(s.dir, "queue"))
	if len(s.options.Returns) > 0 {
		s.dovecot(t, certFile, keyFile)
	}
	s.Settings = mailer.Server{Helo: "client.example", Server: wire.Server{
		Host: "127.0.0.1", Port: port, TLS: "starttls", CAFile: certFile,
		User: "headsup@mail.example", PasswordFile: write("password", password),
	}}
	if s.options.Plain {
		s.Settings.Server = wire.Server{Host: "127.0.0.1", Port: port, TLS: "none"}
	}
}

func (s *Server) write(t testing.TB, name, text string) string {
	t.Helper()
	name = filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// transport is the table of whose mail takes another way than into a mailbox.
func (s *Server) transport() string {
	if len(s.options.Busy) == 0 {
		return ""
	}
	return anyOf(s.options.Busy) + " retry:4.2.0 the mailbox is busy\n"
}

// anyOf is the pattern of these addresses and no others.
func anyOf(addresses []string) string {
	var quoted []string
	for _, a := range addresses {
		quoted = append(quoted, regexp.QuoteMeta(a))
	}
	return "/^(" + strings.Join(quoted, "|") + ")$/"
}

// mailboxes is the table of who gets mail where; who is in no line is unknown.
func (s *Server) mailboxes() string {
	var lines []string
	for _, d := range s.options.Returns {
		lines = append(lines, "/@"+regexp.QuoteMeta(d)+"$/ returns/\n")
	}
	var unknown []string
	if s.options.Gone != "" {
		unknown = append(unknown, "/"+s.options.Gone+"/")
	}
	if len(s.options.Unknown) > 0 {
		unknown = append(unknown, anyOf(s.options.Unknown))
	}
	for _, pattern := range unknown { // "if !pattern" holds down to its endif
		lines = append(lines, "if !"+pattern+"\n")
	}
	lines = append(lines, "/./ box/\n")
	for range unknown {
		lines = append(lines, "endif\n")
	}
	return strings.Join(lines, "")
}

// own gives files, and folders that it makes, to a user.
func own(t testing.TB, name string, files ...string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	for _, f := range files {
		if _, err := os.Stat(f); err != nil {
			if err := os.Mkdir(f, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chown(f, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func certificate(t testing.TB) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", secret)
}

const mainCf = `compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
maillog_file = DIR/log/maillog
maillog_file_prefixes = DIR
myhostname = mail.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
biff = no
smtpd_tls_cert_file = CERT
smtpd_tls_key_file = KEY
smtpd_tls_security_level = LEVEL
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = mail.example
cyrus_sasl_config_path = DIR/etc/sasl
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = PERMIT, reject
smtpd_recipient_restrictions = FIRSTPERMIT, reject
virtual_mailbox_domains = static:all
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = regexp:DIR/etc/mailboxes
smtpd_reject_unlisted_recipient = no
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_transport = virtual
transport_maps = regexp:DIR/etc/transport
`

const masterCf = `127.0.0.1:PORT inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n -  0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
error     unix  - - n - - error
retry     unix  - - n - - error
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`
