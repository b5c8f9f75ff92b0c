package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/finding"
	"headsup/ledger/postgrestest"
	"headsup/letter"
	"headsup/lookup"
)

// server is what tests of PostgreSQL write to, or nil. It is looked for when a
// test wants it: what TestMain reads of the environment is not part of the test
// cache's key.
var (
	server      *postgrestest.Server
	serverOnce  sync.Once
	serverError error
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv("HEADSUP_LEDGER_SENDER"); dsn != "" {
		os.Exit(sender(dsn))
	}
	code := m.Run()
	if server != nil {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// newDSN returns a fresh, empty database of an engine.
func newDSN(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "with space & 100%.db")
	}
	return runningPostgres(t).Database(t, "template1")
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
	if template == "" {
		template = fmt.Sprintf("ledger_template_%d", os.Getpid())
		db, err := sql.Open("pgx", runningPostgres(t).URL)
		must(t, err)
		defer db.Close()
		_, err = db.Exec("CREATE DATABASE " + template)
		must(t, err)
		must(t, openLedger(t, server.Named(t, template)).Close())
		must(t, keepSeeds(server.Named(t, template)))
		templates[engine] = template
	}
	return runningPostgres(t).Used(t, template, asNew)
}

// things counts what a schema is made of.
const things = `(SELECT count(*) FROM pg_class) + (SELECT count(*) FROM pg_attribute) + (SELECT count(*) FROM pg_constraint)
	+ (SELECT count(*) FROM pg_trigger) + (SELECT count(*) FROM pg_proc)`

// keepSeeds keeps the rows that a ledger begins with, and of how many things its
// schema is made, for [asNew].
func keepSeeds(dsn string) error {
	err := inDatabase(dsn, `DO $$ DECLARE t RECORD; BEGIN
		CREATE SCHEMA seeds;
		CREATE TABLE seeds.things (n BIGINT);
		FOR t IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
			EXECUTE format('CREATE TABLE seeds.%I AS TABLE public.%I', t.name, t.name);
		END LOOP;
	END $$`)
	if err != nil {
		return err
	}
	return inDatabase(dsn, "INSERT INTO seeds.things SELECT "+things)
}

// asNew makes a ledger that a test is done with what it was. It is an error if
// the test changed the schema.
func asNew(dsn string) error {
	return inDatabase(dsn, `DO $$ DECLARE t RECORD; BEGIN
		PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
		ASSERT (SELECT n FROM seeds.things) = `+things+`, 'the schema was changed';
		SET LOCAL session_replication_role = replica; -- triggers and foreign keys rest
		FOR t IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
			EXECUTE format('DELETE FROM public.%I', t.name);
			EXECUTE format('INSERT INTO public.%I SELECT * FROM seeds.%I', t.name, t.name);
		END LOOP;
		FOR t IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename NOT LIKE 'goose%' LOOP
			EXECUTE format('ALTER SEQUENCE public.%I RESTART', t.name);
		END LOOP;
	END $$`)
}

func inDatabase(dsn, statement string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// runningPostgres finds PostgreSQL, or skips the test.
func runningPostgres(t testing.TB) *postgrestest.Server {
	t.Helper()
	serverOnce.Do(func() {
		var settings []string
		if _, measured := t.(*testing.B); measured { // as a server does that is used in earnest
			settings = []string{"fsync=on"}
		}
		server, serverError = postgrestest.New(settings...)
	})
	must(t, serverError)
	if server == nil {
		t.Skip("neither HEADSUP_POSTGRES nor HEADSUP_REAL=1 is set")
	}
	return server
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
