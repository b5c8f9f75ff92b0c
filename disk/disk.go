// Package disk makes durable what was written to files and folders: once a call
// has returned, it is there after a loss of power.
//
// It knows nothing of what is in them.
package disk

import "os"

// SyncFolder makes the names in a folder durable: what was created, renamed or
// removed there.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
