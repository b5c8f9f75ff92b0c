package mark

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var key, at = []byte("secret"), time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// lines makes a mark with so many groups of letters.
func lines(t testing.TB, n int) []Line {
	t.Helper()
	all := []Line{First("l.relay26.host.1")}
	for i := range n {
		l, err := Next(key, all[i], at, []string{"relay26-a", "relay26-b"})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

func TestWhatIsReadOfAMark(t *testing.T) {
	var text strings.Builder
	for _, l := range lines(t, 3) {
		text.WriteString(l.String() + "\n")
	}
	whole := text.String()
	rows, last := strings.SplitAfter(whole, "\n"), strings.LastIndex(whole, "-b")
	for name, tt := range map[string]struct {
		text    string
		lines   int
		damaged bool
	}{
		"whole":                           {whole, 4, false},
		"with room behind it":             {whole + strings.Repeat("\n", 100), 4, false},
		"nothing":                         {"", 0, false},
		"nothing but room":                {"\n\n\n", 0, false},
		"the last line cut":               {whole[:len(whole)-40], 3, false},
		"the last line cut before room":   {whole[:len(whole)-40] + "\n\n\n", 3, false},
		"without the end of its last":     {strings.TrimSuffix(whole, "\n"), 3, false},
		"a letter changed in the last":    {whole[:last] + "-c" + whole[last+2:], 3, true},
		"a letter changed in the first":   {strings.Replace(whole, "-b", "-c", 1), 1, true},
		"the name changed":                {strings.Replace(whole, "host", "other", 1), 0, true},
		"a line taken out":                {rows[0] + strings.Join(rows[2:], ""), 1, true},
		"a line cut in the middle of all": {strings.Replace(whole, "relay26-b", "", 1), 1, true},
		"something else":                  {"hello\nhello\n", 0, true},
	} {
		m := Read([]byte(tt.text), [][]byte{[]byte("other"), key, nil})
		if len(m.Lines) != tt.lines || errors.Is(m.Damage, ErrDamaged) != tt.damaged || tt.damaged != (len(m.Rest) > 0 && !m.torn) {
			t.Errorf("%s: %d lines, %v, %q", name, len(m.Lines), m.Damage, m.Rest)
		}
	}
	first, err := Next(nil, First("l"), at, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	for text, sealed := range map[string]bool{whole: true, rows[0]: false, First("l").String() + "\n" + first.String() + "\n": false} {
		if m := Read([]byte(text), [][]byte{key, nil}); m.Sealed != sealed || m.Damage != nil {
			t.Errorf("sealed: %v, want %v: %v", m.Sealed, sealed, m.Damage)
		}
	}
	if m := Read([]byte(whole), [][]byte{[]byte("other"), nil}); len(m.Lines) != 1 || m.Damage == nil {
		t.Errorf("with another key: %+v", m)
	}
}

func TestAFileIsGoneOnWith(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "l.relay26.host.1"+Ending)
	all := lines(t, 2000) // more than there is room for at first
	for n := 1; n <= len(all); n += 400 {
		f, err := Open(path, [][]byte{key, nil})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Append(all[:min(n, len(all))]); err != nil {
			t.Fatal(err)
		}
		if n+1 < len(all) && f.Append(all[n+1:]) == nil {
			t.Error("a line was left out")
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if m := Read(text, [][]byte{key, nil}); len(m.Lines) != n || m.Damage != nil {
			t.Fatalf("%d lines, want %d: %v", len(m.Lines), n, m.Damage)
		}
		// The next one finds half a line behind them.
		half := []byte(strings.TrimRight(string(text), "\n") + "\n" + all[1].String()[:30])
		if err := os.WriteFile(path, half, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALetterWithASpaceIsRefused(t *testing.T) {
	for _, id := range []string{"", "a b", "a\nb"} {
		if _, err := Next(key, First("x"), at, []string{id}); err == nil {
			t.Errorf("%q", id)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("0 0 l.relay26.host.1 5f3a\n1 1 a b c\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		m := Read([]byte(text), [][]byte{key, nil})
		for _, l := range m.Lines {
			if back, err := Parse(l.String()); err != nil || back.String() != l.String() {
				t.Errorf("%q comes back as %q, %v", l, back, err)
			}
		}
		if int(m.end) > len(text) {
			t.Errorf("it ends at %d of %d", m.end, len(text))
		}
	})
}
