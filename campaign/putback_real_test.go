package campaign_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/ledger/postgrestest"
	"headsup/mailer/loopback"
)

// databaseOf is the name of the database that a URL ends with.
func databaseOf(dsn string) string {
	path, _, _ := strings.Cut(dsn, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// TestNothingThatIsPutBackOnPostgreSQLWritesTwice puts back a database, or it and
// the folder, as people do. Then nothing is sent until it is known what left.
func TestNothingThatIsPutBackOnPostgreSQLWritesTwice(t *testing.T) {
	server := postgrestest.Start(t)
	const before, all = 3, 6
	type place struct{ dir, old, db, older, dump string }
	ways := map[string]func(t *testing.T, p place) (dir string){
		"older copy of the database": func(t *testing.T, p place) string {
			campaigntest.Ledger(t, p.dir, p.older)
			return p.dir
		},
		"a dump that was restored": func(t *testing.T, p place) string {
			postgrestest.Empty(t, p.db)
			restore(t, p.db, p.dump)
			return p.dir
		},
		"no database": func(t *testing.T, p place) string { // but one that was made anew
			campaigntest.Ledger(t, p.dir, server.Database(t, "template1"))
			draftAgain(t, p.dir, all)
			return p.dir
		},
		"an empty database": func(t *testing.T, p place) string {
			postgrestest.Empty(t, p.db)
			draftAgain(t, p.dir, all)
			return p.dir
		},
		"an empty database, and no marks in the folder": func(t *testing.T, p place) string {
			postgrestest.Empty(t, p.db)
			must(t, os.RemoveAll(filepath.Join(p.dir, "marks")))
			draftAgain(t, p.dir, all)
			return p.dir
		},
		"the whole folder and the database": func(t *testing.T, p place) string {
			campaigntest.Ledger(t, p.old, p.older)
			return p.old
		},
	}
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		for _, by := range []string{"log", "person"} {
			t.Run(way+", covered by "+by, func(t *testing.T) {
				m := &mails{got: map[string]int{}}
				p := place{db: server.Database(t, "template1")}
				p.dir = campaigntest.ManyIn(t, p.db, all, loopback.Options{Answer: m.answer})
				p.old, _ = sendPart(t, p.dir, before, func() {
					p.older, p.dump = server.Database(t, databaseOf(p.db)), dump(t, p.db)
				})
				log := logOf(t, p.dir)
				dir := ways[way](t, p)
				cover(t, dir, by, log)
				sendRest(t, dir, m, all)
			})
		}
	}
	t.Run("the whole folder alone goes on", func(t *testing.T) { // the database knows of all that left
		m := &mails{got: map[string]int{}}
		dir := campaigntest.ManyIn(t, server.Database(t, "template1"), all, loopback.Options{Answer: m.answer})
		old, _ := sendPart(t, dir, before, func() {})
		sendRest(t, old, m, all)
	})
	t.Run("a copy of folder and database sends beside the original", func(t *testing.T) {
		m := &mails{got: map[string]int{}}
		db := server.Database(t, "template1")
		dir := campaigntest.ManyIn(t, db, all, loopback.Options{Answer: m.answer})
		copied := copyFolder(t, dir)
		campaigntest.Ledger(t, copied, server.Database(t, databaseOf(db)))
		if sent, err := send(t, copied); err != nil || sent.Letters != all {
			t.Fatalf("%+v, %v", sent, err)
		}
		if _, err := send(t, dir); !errors.Is(err, ledger.ErrBehind) {
			t.Errorf("the original sends: %v", err)
		}
		sendRest(t, copied, m, all)
	})
	t.Run("a copy of the folder sends beside the original", func(t *testing.T) { // from the same database
		m := &mails{got: map[string]int{}}
		dir := campaigntest.ManyIn(t, server.Database(t, "template1"), all, loopback.Options{Answer: m.answer})
		copied := copyFolder(t, dir)
		done := make(chan error)
		go func() { _, err := send(t, copied); done <- err }()
		_, err := send(t, dir)
		must(t, errors.Join(err, <-done))
		sendRest(t, dir, m, all)
	})
}

// dump writes a database as pg_dump does.
func dump(t *testing.T, dsn string) string {
	t.Helper()
	out, err := exec.Command("/usr/lib/postgresql/15/bin/pg_dump", "--no-owner", "-d", dsn).Output()
	must(t, err)
	return string(out)
}

// restore reads a dump into an empty database.
func restore(t *testing.T, dsn, dump string) {
	t.Helper()
	cmd := exec.Command("/usr/lib/postgresql/15/bin/psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(dump), &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
}
