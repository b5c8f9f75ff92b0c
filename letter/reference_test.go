package letter_test

import (
	"fmt"
	"slices"
	"testing"

	"headsup/letter"
)

func TestReferencesAreFoundAsTheyAreMade(t *testing.T) {
	for n := range 200 {
		for _, campaign := range []string{"r2", "relay26", "abcdefghijklmnop"} {
			id := letter.Reference(campaign, fmt.Sprintf("abuse%d@example.net", n), n%4)
			if got := letter.References("Re: ["+id+"] Open relay", 5); !slices.Equal(got, []string{id}) {
				t.Errorf("%s: found %q", id, got)
			}
		}
	}
}

func TestReferences(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		n          int
		want       []string
	}{
		{"two of them", "relay26-k3v9xq2m7d and relay26-k3v9xq2m7d-2", 5, []string{"relay26-k3v9xq2m7d", "relay26-k3v9xq2m7d-2"}},
		{"no more than are asked for", "relay26-k3v9xq2m7d and relay26-k3v9xq2m7d-2", 1, []string{"relay26-k3v9xq2m7d"}},
		{"letters that references do not have", "relay26-k3v9xq2m7o relay26-k3v9xq2m7i relay26-k3v9xq2m7l relay26-k3v9xq2m7u", 5, nil},
		{"too short", "relay26-k3v9xq2m7", 5, nil},
		{"too long", "relay26-k3v9xq2m7dd", 5, nil},
		{"a campaign that cannot be", "2relay-k3v9xq2m7d r-k3v9xq2m7d", 5, nil},
		{"a host name", "mx.example.net", 5, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := letter.References(tt.text, tt.n); !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReferencesAsPeopleWriteThem(t *testing.T) {
	for said, want := range map[string]string{
		"k3v9xq2m7d":              "relay26-k3v9xq2m7d",
		"k3v9xq2m7d-2":            "relay26-k3v9xq2m7d-2",
		" [Relay26-K3V9XQ2M7D] ":  "relay26-k3v9xq2m7d",
		"other-k3v9xq2m7d":        "other-k3v9xq2m7d",
		"abcdefghjk-k3v9xq2m7d-2": "abcdefghjk-k3v9xq2m7d-2", // a campaign with a name as long as the other part
		"k3v9xq2m7":               "k3v9xq2m7",
		"k3v9xq2m7i":              "k3v9xq2m7i",
		"":                        "",
	} {
		if got := letter.FullReference("relay26", said); got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}
