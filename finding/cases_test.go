package finding

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What scanners, spreadsheets and redirections really write, with what each
// file promises to whoever brings it.
func TestCases(t *testing.T) {
	dir := "../../shared/cases/scans"
	f, err := os.Open(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skipf("the cases are not on this machine: %v", err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comma, in.LazyQuotes = '\t', true
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		name, args, must := r[0], strings.Fields(r[1]), strings.Fields(r[7])
		t.Run(name, func(t *testing.T) {
			got := countCase(t, filepath.Join(dir, name), args)
			for i, n := range []int{got.rows, got.findings, got.weak, got.clean, got.rejected} {
				if want, err := strconv.Atoi(r[2+i]); err == nil && n != want {
					t.Errorf("%s: %d, want %d: %s; %v", rows[0][2+i], n, want, r[8], got.errors)
				}
			}
			for _, m := range must {
				if !slices.ContainsFunc(got.seen, func(s string) bool { return s == m || strings.HasPrefix(s, m+"@") }) {
					t.Errorf("%s is not among %q", m, got.seen)
				}
			}
		})
	}
}

type counts struct {
	rows, findings, weak, clean, rejected int
	seen                                  []string
	errors                                []error
}

func countCase(t *testing.T, file string, args []string) (c counts) {
	var o Options
	for i := 0; i+1 < len(args); i += 2 {
		switch args[i] {
		case "--kind":
			o.Kind = Kind(args[i+1])
		case "--seen":
			var err error
			if o.Seen, err = time.Parse(time.RFC3339, args[i+1]); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("the case has an argument %q", args[i])
		}
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for got, err := range Read(f, file, o) {
		switch {
		case err != nil:
			c.rejected++
			c.rows++
			c.errors = append(c.errors, err)
		case got.Strength == Contradicted:
			c.clean++
		case got.Strength == Weak:
			c.weak++
			c.rows++
		default:
			c.findings++
			c.rows++
			c.seen = append(c.seen, fmt.Sprintf("%s:%d/%s@%s", got.Addr, got.Port, got.Kind, got.Seen.Format(time.RFC3339)))
		}
	}
	return c
}
