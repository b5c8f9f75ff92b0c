package cases_test

import (
	"math"
	"runtime/debug"
	"testing"

	"headsup/campaign/cases"
)

func TestMemoryIsBoundedWhileADeskWorks(t *testing.T) {
	d, _ := desk(t, "")
	limit := func() int64 { return debug.SetMemoryLimit(-1) }
	if was := limit(); was != math.MaxInt64 {
		t.Skipf("whoever started this said how much memory there is: %d", was)
	}
	release := cases.Thrift(d)
	if n := limit(); n < 512<<20 || n > 513<<20 {
		t.Errorf("a desk of few customers has %d bytes", n)
	}
	again := cases.Thrift(d) // as of somebody else, it stays
	again()
	if n := limit(); n > 513<<20 {
		t.Errorf("the bound was lifted, to %d", n)
	}
	if release(); limit() != math.MaxInt64 {
		t.Errorf("%d bytes are left as the bound", limit())
	}
}
