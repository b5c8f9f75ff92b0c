package disk

import (
	"os"
	"syscall"
)

// SyncData makes durable what a file holds, and leaves out when it was changed.
func SyncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return err
		}
	}
}
