package ledger

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"headsup/letter"
)

// smallDisk mounts a disk of four megabytes until the test ends.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") == "" {
		t.Skip("HEADSUP_REAL is not set: it mounts a disk")
	}
	dir = t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "none", dir).CombinedOutput(); err != nil {
		t.Fatalf("mount is not permitted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// TestAFullDisk takes the space away at each step of an attempt. The letter is
// then in no state that it is not in: what was not recorded is as if the
// sender had died there.
func TestAFullDisk(t *testing.T) {
	for _, tt := range []struct {
		name  string
		steps int          // that come before the disk is full: claim, mark, settle
		after letter.State // once there is space again and the lease has run out
	}{
		{"before the letter is claimed", 0, letter.Approved},
		{"before the final dot", 1, letter.Deferred},
		{"before the reply is recorded", 2, letter.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := smallDisk(t)
			l := openLedger(t, filepath.Join(dir, "headsup.db"))
			id := approved(t, l, 1, 1)[0]
			o := outbox(t, l, "me")
			now := soon()
			l.at(now)
			must(t, o.Beat(t.Context()))
			var e letter.Envelope
			steps := []func() error{
				func() (err error) { e, _, _, err = claimNext(t.Context(), o); return err },
				func() error { return o.Mark(t.Context(), e) },
				func() error { return o.Settle(t.Context(), e, accepted)() },
			}
			for _, step := range steps[:tt.steps] {
				must(t, step())
			}
			free := fillDisk(t, l, dir)
			if err := steps[tt.steps](); err == nil || !strings.Contains(err.Error(), "database or disk is full") {
				t.Errorf("on a full disk: %v", err)
			}
			free()
			l.at(now.Add(2 * time.Minute))
			_, _, err := l.Recover(t.Context())
			must(t, err)
			if got := stateOf(t, l, id); got != tt.after {
				t.Errorf("%s, want %s", got, tt.after)
			}
		})
	}
}

// fillDisk leaves no byte free until free is called.
func fillDisk(t *testing.T, l *Ledger, dir string) (free func()) {
	t.Helper()
	if _, err := l.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil { // or there would be room in the log
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "filler"))
	must(t, err)
	defer f.Close()
	for err == nil {
		_, err = f.Write(bytes.Repeat([]byte("x"), 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() { must(t, os.Remove(f.Name())) }
}
