package mark

import (
	"os"
	"syscall"
)

// syncData makes durable what a file holds, and leaves out when it was changed.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return err
		}
	}
}
