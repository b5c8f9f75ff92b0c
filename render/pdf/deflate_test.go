package pdf

import (
	"bytes"
	"compress/zlib"
	"hash/adler32"
	"io"
	"strings"
	"testing"
)

// unsqueezed is a text in stretches, with others between them, as the standard
// library reads it.
func unsqueezed(t *testing.T, text []byte, cuts []int, between []byte) (packed, want, got []byte) {
	t.Helper()
	var s squeezer
	s.begin()
	at, shift := 0, 0
	for _, to := range append(cuts, len(text)) {
		s.add(text, at, to, shift)
		want = append(want, text[at:to]...)
		if at = to; to < len(text) {
			s.out = appendStored(s.out, between)
			want, shift = append(want, between...), shift+len(between)
		}
	}
	packed = s.end(adler32.Checksum(want))
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return packed, want, got
}

func TestSqueezedTextIsReadByOthers(t *testing.T) {
	row := "/TD <</MCID 12>> BDC\nBT 178.12 704.92 Td\n/F0 9 Tf [<001300110010005500440051>] TJ ET\nEMC\n"
	var all []byte
	for i := range 1 << 10 {
		all = append(all, byte(i), byte(i>>3))
	}
	for name, c := range map[string]struct {
		text string
		cuts []int
		most int // bytes
	}{
		"nothing":                       {"", nil, 11},
		"too short for a code":          {row, nil, 110},
		"rows":                          {strings.Repeat(row, 50), nil, 450},
		"one byte, farther than it may": {strings.Repeat("0", 1<<17), nil, 1600},
		"in stretches":                  {strings.Repeat(row, 9), []int{200, 230, 600}, 750},
		"every byte":                    {string(all), nil, 3000},
		"what was long before":          {row + row + strings.Repeat("0123", 1<<13) + row + row, []int{180}, 900},
	} {
		t.Run(name, func(t *testing.T) {
			packed, want, got := unsqueezed(t, []byte(c.text), c.cuts, []byte(row[:77]))
			if !bytes.Equal(got, want) {
				t.Errorf("read %d bytes, want %d:\n%.300q", len(got), len(want), got)
			}
			if len(packed) > c.most {
				t.Errorf("%d bytes packed, want at most %d", len(packed), c.most)
			}
		})
	}
}

func TestNothingIsReadAheadBehindABlock(t *testing.T) {
	for i, c := range literals {
		if c.n > literals[endOfBlock].n {
			t.Fatalf("the code for %d has %d bits, the end of a block only %d", i, c.n, literals[endOfBlock].n)
		}
	}
}

func FuzzSqueeze(f *testing.F) {
	f.Add([]byte(strings.Repeat("/P <</MCID 1>> BDC\n", 30)), uint16(170), uint16(400), []byte("ET\n"))
	f.Add([]byte(strings.Repeat("0", 400)), uint16(0), uint16(399), bytes.Repeat([]byte{'0'}, 300))
	f.Fuzz(func(t *testing.T, text []byte, a, b uint16, between []byte) {
		first := min(int(a), len(text))
		second := min(first+int(b), len(text))
		if len(between) > 1<<15 {
			return
		}
		if _, want, got := unsqueezed(t, text, []int{first, second}, between); !bytes.Equal(got, want) {
			t.Errorf("read %q, want %q", got, want)
		}
	})
}
