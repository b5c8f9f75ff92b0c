//go:build !unix

package lease

import (
	"errors"
	"io/fs"
	"os"
)

// lock takes a lock. One that a process left that was killed has to be removed
// by hand.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, err
	}
	f.Close()
	return func() { os.Remove(name) }, nil
}
