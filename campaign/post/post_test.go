package post

import (
	"fmt"
	"testing"
	"time"
)

func TestReadPaper(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"demo26-ftst90tjrk", "[demo26-ftst90tjrk] []  0001-01-01"},
		{"Demo26-FTST90TJRK;Returned;2026-03-20", "[demo26-ftst90tjrk] [] returned 2026-03-20"},
		{`"2026-03-20","refused","https://ocn.example.org/verify/demo26-ftst90tjrk-7k3q-9xmd"`, "[demo26-ftst90tjrk] [] refused 2026-03-20"},
		{"demo26-b3\tposted", "[] [demo26-b3] posted 0001-01-01"},
		{"not returned: ask the post", "[] []  0001-01-01"},
		{"demo26-ftst90tjrk 2026-02-31", "[demo26-ftst90tjrk] []  0001-01-01"},
	} {
		s := ReadPaper(tt.line)
		if got := fmt.Sprint(s.Letters, s.Batches, " ", s.Fate, " ", s.On.Format(time.DateOnly)); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.line, got, tt.want)
		}
	}
}

func FuzzReadPaper(f *testing.F) {
	f.Add("demo26-ftst90tjrk;returned;2026-03-20")
	f.Add("https://ocn.example.org/verify/demo26-ftst90tjrk-7k3q-9xmd")
	f.Add("demo26-b3\tposted\x00")
	f.Fuzz(func(t *testing.T, line string) {
		s := ReadPaper(line)
		again := ReadPaper(line + " ")
		if fmt.Sprint(s) != fmt.Sprint(again) {
			t.Errorf("%q: %v, then %v", line, s, again)
		}
		for i, id := range s.Letters {
			if i > 0 && id == s.Letters[i-1] {
				t.Errorf("%q twice", id)
			}
		}
	})
}
