//go:build !linux

package disk

import "os"

// SyncData makes durable what a file holds.
func SyncData(f *os.File) error { return f.Sync() }
