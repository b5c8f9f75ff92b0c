package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Under a second name a file has another log (-wal) and another lock.
func TestALedgerHasOneName(t *testing.T) {
	name := migratedDSN(t, "sqlite")
	other := filepath.Join(t.TempDir(), "other.db")
	must(t, os.Link(name, other))
	for _, name := range []string{name, other} {
		if _, err := openLedger(t, name).Outbox(t.Context(), OutboxOptions{}); !errors.Is(err, ErrLinked) {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
	must(t, os.Remove(other))
	outbox(t, openLedger(t, name), "me")
}

func TestASymbolicLinkLeadsToTheSameLock(t *testing.T) {
	name := migratedDSN(t, "sqlite")
	dir := t.TempDir()
	link, folder := filepath.Join(dir, "link.db"), filepath.Join(dir, "folder")
	must(t, os.Symlink(name, link))
	must(t, os.Symlink(filepath.Dir(name), folder))
	outbox(t, openLedger(t, link), "me")
	for _, name := range []string{name, link, filepath.Join(folder, filepath.Base(name))} {
		if _, err := openLedger(t, name).Outbox(t.Context(), OutboxOptions{}); !errors.Is(err, ErrSending) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
