package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/ledger"
)

func must(t testing.TB, err error) {
	t.Helper()
	campaigntest.Must(t, err)
}

// runIn runs the program and returns its exit code and all that it says.
func runIn(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = run(t.Context(), append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &out)
	return code, out.String()
}

// openLedger opens the ledger of a campaign folder until the test ends.
func openLedger(t testing.TB, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "headsup.db"))
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}
