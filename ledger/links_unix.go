//go:build unix

package ledger

import (
	"fmt"
	"os"
	"syscall"
)

// hasOneName returns [ErrLinked] for a file with hard links.
func hasOneName(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Nlink > 1 {
		return fmt.Errorf("%w: %s (%d names)", ErrLinked, path, s.Nlink)
	}
	return nil
}
