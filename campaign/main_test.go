package campaign_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("HEADSUP_CAMPAIGN_DRAFT"); dir != "" {
		os.Exit(draftAndTell(dir))
	}
	// Most tests wait most of their time: for registries that rest, for a mail server that slows down.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// whole says that tests in many steps take each of them, and not some alone.
var whole = os.Getenv("HEADSUP_REAL") == "1"

// alone skips a long test in which nothing runs side by side: -short, which the
// race detector goes with, leaves it out.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
}
