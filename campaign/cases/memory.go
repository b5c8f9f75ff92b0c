package cases

import (
	"math"
	"runtime/debug"
)

// What the work of a desk may take before memory is cleared more often than it
// would be: for reports that are read and letters that are written, and for each
// customer of the file, who takes 0.8 KB. A table of 100,000 rows would double
// what all of it takes otherwise.
const (
	memory         = 512 << 20
	memoryCustomer = 1 << 10
)

// Thrift has memory cleared in time until it is released, unless whoever started
// the program said how much there is (GOMEMLIMIT).
func Thrift(d *Desk) (release func()) {
	before := debug.SetMemoryLimit(-1)
	if before != math.MaxInt64 {
		return func() {}
	}
	debug.SetMemoryLimit(memory + memoryCustomer*int64(d.Holders.Customers.Len()))
	return func() { debug.SetMemoryLimit(before) }
}
