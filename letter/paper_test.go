package letter_test

import (
	"fmt"
	"testing"

	"headsup/letter"
)

func TestNamed(t *testing.T) {
	for _, tt := range []struct {
		line    string
		letters string
		batches string
	}{
		{"demo26-ftst90tjrk", "[demo26-ftst90tjrk]", "[]"},
		{"DEMO26-FTST90TJRK;returned;2026-03-20", "[demo26-ftst90tjrk]", "[]"},
		{"https://ocn.example.org/verify/demo26-ftst90tjrk-7k3q-9xmd", "[demo26-ftst90tjrk]", "[]"},
		{"https://ocn.example.org/verify/demo26-ftst90tjrk-2-7k3q-9xmd", "[demo26-ftst90tjrk-2]", "[]"},
		{"https://ocn.example.org/verify/demo26-ftst90tjrk-1234-9xmd", "[demo26-ftst90tjrk]", "[]"},
		{"demo26-ftst90tjrk, demo26-ftst90tjrk", "[demo26-ftst90tjrk]", "[]"},
		{"demo26-b12", "[]", "[demo26-b12]"},
		{"reference;fate", "[]", "[]"},
		{"", "[]", "[]"},
	} {
		letters, batches := letter.Named(tt.line)
		if fmt.Sprint(letters) != tt.letters || fmt.Sprint(batches) != tt.batches {
			t.Errorf("%q: %v, %v", tt.line, letters, batches)
		}
	}
	if p := letter.FateOf([]string{"x", " Returned "}); p != letter.Returned {
		t.Errorf("%q", p)
	}
	if p := letter.FateOf([]string{"lost"}); p != "" {
		t.Errorf("%q", p)
	}
}

func TestPostage(t *testing.T) {
	p := letter.Postage{Sheet: 5, Envelope: 5, Tariffs: []letter.Tariff{
		{To: []string{"DE"}, UpTo: 20, Price: 0.95},
		{To: []string{"DE"}, UpTo: 50, Price: 1.1},
		{UpTo: 20, Price: 1.25},
		{UpTo: 50, Price: 0.5},
	}}
	for _, tt := range []struct {
		country string
		pages   int
		duplex  bool
		want    int
	}{
		{"DE", 1, false, 0},
		{"DE", 3, false, 0},
		{"DE", 4, false, 1},
		{"DE", 6, true, 0},
		{"FR", 1, false, 3},
		{"", 9, false, 3},
		{"FR", 10, false, -1},
	} {
		p.Duplex = tt.duplex
		if n, ok := p.Of(tt.country, tt.pages); n != tt.want || ok != (n >= 0) {
			t.Errorf("%+v: tariff %d, %v", tt, n, ok)
		}
	}
}
