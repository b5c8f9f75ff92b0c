package postfixtest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"headsup/inbox"
)

// postgrey runs Postgrey until the test ends, and returns its port.
func (s *Server) postgrey(t testing.TB) (port int) {
	t.Helper()
	port = freePort(t)
	db := filepath.Join(s.dir, "postgrey")
	own(t, "postgrey", db)
	run(t, port, "postgrey", "--inet=127.0.0.1:"+strconv.Itoa(port), "--dbdir="+db, "--pidfile="+filepath.Join(db, "pid"),
		"--delay=1", "--auto-whitelist-clients=0", "--whitelist-clients=/dev/null", "--whitelist-recipients=/dev/null")
	return port
}

// dovecot serves the Maildir of what comes back until the test ends.
func (s *Server) dovecot(t testing.TB, cert, key string) {
	t.Helper()
	port := freePort(t)
	for _, dir := range []string{"", "/cur", "/new", "/tmp"} {
		own(t, "nobody", filepath.Join(s.dir, "mail", "returns")+dir)
	}
	config := s.write(t, "etc/dovecot.conf", strings.NewReplacer("DIR", s.dir, "CERT", cert, "KEY", key,
		"PORT", strconv.Itoa(port), "PASSWORD", password).Replace(dovecotConf))
	run(t, port, "dovecot", "-F", "-c", config)
	s.IMAP = inbox.IMAP{Host: "127.0.0.1", Port: port, CAFile: cert, User: "returns", PasswordFile: filepath.Join(s.dir, "password")}
}

// run starts a server and waits until it answers on its port.
func run(t testing.TB, port int, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	})
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			c.Close()
			return
		}
		select {
		case err := <-ended:
			t.Fatalf("%s ended: %v\n%s", name, err, said.String())
		case <-tick.C:
		}
	}
	t.Fatalf("%s does not answer", name)
}

const dovecotConf = `protocols = imap
listen = 127.0.0.1
base_dir = DIR/dovecot
state_dir = DIR/dovecot
log_path = DIR/log/dovecot
ssl = required
ssl_cert = <CERT
ssl_key = <KEY
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:DIR/mail/returns
passdb {
  driver = static
  args = password=PASSWORD
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=DIR/mail
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = PORT
    ssl = yes
  }
}
`
