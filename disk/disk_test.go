package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Whether the disk keeps it, only a loss of power tells. What is not there, or
// closed, is an error.
func TestWhatCannotBeSyncedIsAnError(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(SyncData(f), SyncFolder(dir), f.Close()); err != nil {
		t.Error(err)
	}
	if SyncData(f) == nil {
		t.Error("a closed file was made durable")
	}
	if err := SyncFolder(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
