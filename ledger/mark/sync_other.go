//go:build !linux

package mark

import "os"

// syncData makes durable what a file holds.
func syncData(f *os.File) error { return f.Sync() }
