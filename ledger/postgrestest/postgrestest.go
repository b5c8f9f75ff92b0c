// Package postgrestest gives tests a PostgreSQL: the server that
// HEADSUP_POSTGRES names or, where HEADSUP_REAL is 1, one of their own in a
// temporary folder, reached through a socket there alone.
package postgrestest

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of database/sql
)

// A Server may be written to. It must be stopped.
type Server struct {
	URL string

	// Restart kills the server and starts it again; nil for one that is not ours.
	Restart func() error

	stop func() error

	mu   sync.Mutex
	used []string            // databases that several tests use
	free map[string][]string // those that no test uses, by what they are copies of
}

// New returns a server, or nil where tests are to do without one. One of our own
// does not wait for its disk, unless it is to by a setting such as "fsync=on".
func New(settings ...string) (*Server, error) {
	if dsn := os.Getenv("HEADSUP_POSTGRES"); dsn != "" || os.Getenv("HEADSUP_REAL") != "1" {
		if dsn == "" {
			return nil, nil
		}
		s := &Server{URL: dsn, free: map[string][]string{}}
		s.stop = s.drop
		return s, nil
	}
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		return nil, err
	}
	s, err := newIn(dir, settings)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// Start returns a server for one test, as [New] does, or skips the test.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s, err := New(settings...)
	if err != nil {
		tb.Fatal(err)
	}
	if s == nil {
		tb.Skip("neither HEADSUP_POSTGRES nor HEADSUP_REAL=1 is set")
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// newIn starts a server in a folder.
func newIn(dir string, settings []string) (*Server, error) {
	p := programs{dir: dir, as: &syscall.SysProcAttr{}}
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
		p.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	data := filepath.Join(dir, "data")
	if err := p.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	options := "-k " + dir
	for _, s := range append([]string{"listen_addresses=''", "fsync=off", "max_connections=200"}, settings...) {
		options += " -c " + s
	}
	start := func() error { return p.run("pg_ctl", "-D", data, "-w", "-o", options, "start") }
	end := func() error { return p.run("pg_ctl", "-D", data, "-m", "immediate", "stop") }
	if err := start(); err != nil {
		return nil, err
	}
	return &Server{
		free:    map[string][]string{},
		URL:     "postgres:///postgres?user=postgres&host=" + url.QueryEscape(dir),
		Restart: func() error { return errors.Join(end(), start()) },
		stop:    func() error { return errors.Join(end(), os.RemoveAll(dir)) },
	}, nil
}

// programs are those of PostgreSQL, run in a folder.
type programs struct {
	dir string
	as  *syscall.SysProcAttr
}

func (p programs) run(name string, args ...string) error {
	cmd := exec.Command("/usr/lib/postgresql/15/bin/"+name, args...)
	cmd.Dir, cmd.SysProcAttr = p.dir, p.as
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
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

// Stop ends a server of our own, and removes all of it.
func (s *Server) Stop() error { return s.stop() }

// drop removes from a server that is not ours what several tests used.
func (s *Server) drop() (err error) {
	for _, name := range s.used {
		err = errors.Join(err, s.exec("DROP DATABASE "+name+" WITH (FORCE)"))
	}
	return err
}

var databases atomic.Int64

// Database makes a database until the test ends: a copy of another one, or, of
// "template1", an empty one. Nobody may have the other one open.
func (s *Server) Database(tb testing.TB, template string) (dsn string) {
	tb.Helper()
	name := s.copyOf(tb, template)
	tb.Cleanup(func() {
		if err := s.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return s.Named(tb, name)
}

func (s *Server) copyOf(tb testing.TB, template string) (name string) {
	tb.Helper()
	name = fmt.Sprintf("ledger_%d_%d", os.Getpid(), databases.Add(1))
	if err := s.exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		tb.Fatal(err)
	}
	return name
}

func (s *Server) exec(statement string) error {
	db, err := sql.Open("pgx", s.URL)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// Used is [Server.Database] for tests that leave a database as it can be used
// again: to copy one takes far longer than to empty it. Whatever asNew returns no
// error for is given to the next test that wants a copy of the same one.
func (s *Server) Used(tb testing.TB, template string, asNew func(dsn string) error) (dsn string) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var name string
	if free := s.free[template]; len(free) > 0 {
		name, s.free[template] = free[len(free)-1], free[:len(free)-1]
	} else {
		name = s.copyOf(tb, template)
		s.used = append(s.used, name)
	}
	dsn = s.Named(tb, name)
	tb.Cleanup(func() {
		if tb.Failed() || asNew(dsn) != nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free[template] = append(s.free[template], name)
	})
	return dsn
}

// Named returns the URL of a database.
func (s *Server) Named(tb testing.TB, name string) (dsn string) {
	tb.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Empty removes all that is in a database.
func Empty(tb testing.TB, dsn string) {
	tb.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		tb.Fatal(err)
	}
}
