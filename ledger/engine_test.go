package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

// server is the URL of a PostgreSQL server that may be written to, or empty.
// It is looked for when a test wants it: what TestMain reads of the
// environment is not part of the test cache's key.
var (
	server      string
	serverOnce  sync.Once
	serverError error
	stopServer  func()

	restartPostgres func() error // kills our own server and starts it again; nil for another's
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv("HEADSUP_LEDGER_SENDER"); dsn != "" {
		os.Exit(sender(dsn))
	}
	code := m.Run()
	if stopServer != nil {
		stopServer()
	}
	os.Exit(code)
}

// startPostgres makes a server in a temporary directory, reached through a
// socket there alone.
func startPostgres() (stop func(), err error) {
	server = os.Getenv("HEADSUP_POSTGRES")
	if server != "" || os.Getenv("HEADSUP_REAL") != "1" {
		return func() {}, nil
	}
	const bin = "/usr/lib/postgresql/15/bin/"
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(bin+name, args...)
		cmd.Dir, cmd.SysProcAttr = dir, attr
		log, err := os.Create(filepath.Join(dir, name+".log"))
		if err != nil {
			return err
		}
		defer log.Close()
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Run(); err != nil {
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("%s: %w\n%s", name, err, text)
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	start := func() error {
		return run("pg_ctl", "-D", data, "-w", "-o", "-k "+dir+" -c listen_addresses='' -c fsync=off -c max_connections=200", "start")
	}
	if err := start(); err != nil {
		return nil, err
	}
	restartPostgres = func() error {
		return errors.Join(run("pg_ctl", "-D", data, "-m", "immediate", "stop"), start())
	}
	server = "postgres:///postgres?user=postgres&host=" + url.QueryEscape(dir)
	return func() {
		if err := run("pg_ctl", "-D", data, "-m", "immediate", "stop"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.RemoveAll(dir)
	}, nil
}

var databases atomic.Int64

// newDSN returns a fresh, empty database of an engine.
func newDSN(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "with space & 100%.db")
	}
	return newDatabase(t, "template1")
}

// newDatabase makes a database of PostgreSQL.
func newDatabase(t testing.TB, template string) string {
	t.Helper()
	startServer(t)
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("ledger_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := db.Exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	return databaseURL(t, name)
}

func openLedger(t testing.TB, dsn string) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// An empty ledger is made once for each engine, and then copied.
var (
	templates     = map[string]string{}
	templatesLock sync.Mutex
)

// newLedger returns a new ledger of an engine. It commits without waiting for
// the disk: tests of what survives a crash open their own.
func newLedger(t testing.TB, engine string) *Ledger {
	t.Helper()
	l := openLedger(t, migratedDSN(t, engine))
	if engine == "sqlite" {
		_, err := l.w.Exec("PRAGMA synchronous = OFF")
		must(t, err)
	}
	return l
}

// migratedDSN returns a fresh database with the tables of a ledger.
func migratedDSN(t testing.TB, engine string) string {
	t.Helper()
	templatesLock.Lock()
	defer templatesLock.Unlock()
	template := templates[engine]
	if engine == "sqlite" {
		if template == "" {
			dsn := newDSN(t, engine)
			must(t, openLedger(t, dsn).Close())
			file, err := os.ReadFile(dsn)
			must(t, err)
			template = string(file)
			templates[engine] = template
		}
		dsn := newDSN(t, engine)
		must(t, os.WriteFile(dsn, []byte(template), 0o600))
		return dsn
	}
	startServer(t)
	if template == "" {
		template = fmt.Sprintf("ledger_template_%d", os.Getpid())
		db, err := sql.Open("pgx", server)
		must(t, err)
		defer db.Close()
		_, err = db.Exec("CREATE DATABASE " + template)
		must(t, err)
		must(t, openLedger(t, databaseURL(t, template)).Close())
		templates[engine] = template
	}
	return newDatabase(t, template)
}

func databaseURL(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	must(t, err)
	u.Path = "/" + name
	return u.String()
}

// startServer finds PostgreSQL, or skips the test.
func startServer(t testing.TB) {
	t.Helper()
	serverOnce.Do(func() { stopServer, serverError = startPostgres() })
	must(t, serverError)
	if server == "" {
		t.Skip("neither HEADSUP_POSTGRES nor HEADSUP_REAL=1 is set")
	}
}

// forEach runs a test on a fresh ledger of every engine. Whatever the test did,
// what is counted is what there is.
func forEach(t *testing.T, test func(t *testing.T, l *Ledger)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			l := newLedger(t, engine)
			test(t, l)
			checkTallies(t, l)
		})
	}
}

// scan makes n findings in 198.51.100.0/24 and, when that is full, 2001:db8::/32.
func scan(n int) []finding.Finding {
	fs := make([]finding.Finding, n)
	for i := range fs {
		addr := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
		if i > 255 {
			addr = netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 2: 0x0d, 3: 0xb8, 12: byte(i >> 24), 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)})
		}
		fs[i] = finding.Finding{Addr: addr, Port: 25, Proto: "tcp", Kind: finding.OpenRelay, Service: "smtp",
			Strength: finding.Verified, Reason: "forwarded a probe", Seen: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
			Source: fmt.Sprintf("scan.csv:%d", i+1), Evidence: "250 2.1.5 Ok"}
	}
	return fs
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, l *Ledger, fs []finding.Finding) {
	t.Helper()
	_, err := l.AddFindings(t.Context(), "relay26", fs)
	must(t, err)
}

func rowsOf(t testing.TB, l *Ledger) (rows []letter.Row) {
	t.Helper()
	for r, err := range l.Rows(t.Context(), "relay26") {
		must(t, err)
		rows = append(rows, r)
	}
	return rows
}

func rendered(id, words string) letter.Rendered {
	return letter.Rendered{Subject: "[" + id + "] open relay",
		Mail: []byte("Message-ID: <" + id + "@example.org>\r\nSubject: x\r\n\r\n" + words + "\r\n"), PDF: []byte("%PDF " + words)}
}

// draftTo makes a letter to one contact about the rows given.
func draftTo(email, words string, rows ...letter.Row) Draft {
	to := lookup.Contact{Email: email, Role: "abuse"}
	l := letter.Letter{ID: letter.Reference("relay26", email, 1), Campaign: "relay26", Round: 1, To: to,
		Networks:  []lookup.Network{{Handle: "NET-" + email, Contacts: []lookup.Contact{to}}},
		Languages: []string{"de", "en"}, Agency: letter.Agency{ID: "agency", From: "notify@example.org", Logo: []byte("png")},
		Date: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	d := Draft{Letter: l, Rendered: rendered(l.ID, words)}
	for _, r := range rows {
		d.Letter.Findings = append(d.Letter.Findings, r.Finding)
		d.Findings = append(d.Findings, r.ID)
	}
	return d
}

// approved stores and approves n letters, in order of their numbers, to as
// many domains, and returns their IDs.
func approved(t testing.TB, l *Ledger, n, domains int) (ids []string) {
	t.Helper()
	for i := range n {
		d := draftTo(fmt.Sprintf("abuse%d@d%d.example", i, i%domains), "hello")
		if _, err := l.Draft(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		ids = append(ids, d.Letter.ID)
	}
	return ids
}

func outbox(t testing.TB, l *Ledger, owner string) *Outbox {
	t.Helper()
	o, err := l.Outbox(t.Context(), OutboxOptions{Owner: owner})
	must(t, err)
	t.Cleanup(func() { o.Close(context.Background()) })
	return o
}

func stateOf(t testing.TB, l *Ledger, id string) letter.State {
	t.Helper()
	r, err := l.Letter(t.Context(), id)
	must(t, err)
	return r.State
}

// at sets the clock of the ledger's statements.
func (l *Ledger) at(now time.Time) { l.d.now = fmt.Sprintf("CAST(%d AS BIGINT)", now.UnixMilli()) }

func kinds(events []HistoryEntry) string {
	var s []string
	for _, e := range events {
		s = append(s, e.Kind)
	}
	return strings.Join(s, " ")
}

// Who wrote to whom is nobody's business outside the house.
func TestTheFilesOfALedgerAreTheHousesOwn(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "headsup.db")
	for _, before := range []os.FileMode{0, 0o644, 0o666} { // 0: no file is there
		want := os.FileMode(0o600)
		if before != 0 {
			want = before &^ 0o007
			if err := os.Chmod(name, before); err != nil {
				t.Fatal(err)
			}
		}
		l, err := Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		box, err := l.Outbox(t.Context(), OutboxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(name + "*")
		if err != nil || len(files) < 3 {
			t.Fatalf("files: %q, %v", files, err)
		}
		for _, f := range files {
			info, err := os.Stat(f)
			if err != nil || info.Mode().Perm()&0o007 != 0 || f == name && info.Mode().Perm() != want {
				t.Errorf("a ledger that had mode %v: %s has %v, %v", before, filepath.Base(f), info.Mode(), err)
			}
		}
		if err := errors.Join(box.Close(t.Context()), l.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
