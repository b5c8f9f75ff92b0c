package letter_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
)

const (
	id   = "relay26-k3v9xq2m7d"
	key  = "0123456789abcdef"
	part = "bp4w32dieoaimjjx" // of id, made with key
)

// TestTheKeyedPartIsWhatOtherProgramsMakeToo computes it in another way: it
// stands in mailboxes for years.
func TestTheKeyedPartIsWhatOtherProgramsMakeToo(t *testing.T) {
	h := hmac.New(sha256.New, []byte(key))
	fmt.Fprint(h, "return", id)
	want := strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:10]))
	c := letter.Campaign{CodeKey: []byte(key)}
	if got := c.ReturnKey(id); got != want || got != part {
		t.Errorf("got %q, want %q and %q", got, want, part)
	}
	if none := (letter.Campaign{}).ReturnKey(id); none != "" || (letter.Letter{ID: id, ReturnKey: none}).Tag() != id {
		t.Errorf("without a key it is %q", none)
	}
	if code := strings.ReplaceAll(c.Code(id), "-", ""); strings.HasPrefix(part, code) {
		t.Errorf("it is the printed code %q", code)
	}
}

func TestWhatProvesALetter(t *testing.T) {
	keys := func(all ...string) (c letter.Campaign) {
		for i, k := range all {
			if i == 0 {
				c.CodeKey = []byte(k)
				continue
			}
			c.RetiredKeys = append(c.RetiredKeys, []byte(k))
		}
		return c
	}
	for _, tt := range []struct {
		name string
		c    letter.Campaign
		id   string
		key  string
		want bool
	}{
		{"its keyed part", keys(key), id, part, true},
		{"in capitals", keys(key), id, strings.ToUpper(part), true},
		{"by a key that the campaign had before", keys("another of sixteen", "a third of sixteen", key), id, part, true},
		{"where the campaign has only keys of before", letter.Campaign{RetiredKeys: [][]byte{[]byte(key)}}, id, part, true},
		{"not of another letter", keys(key), "relay26-k3v9xq2m7e", part, false},
		{"not of another round", keys(key), id + "-2", part, false},
		{"not by another key", keys("another of sixteen"), id, part, false},
		{"not a piece of it", keys(key), id, part[:15], false},
		{"not nothing", keys(key), id, "", false},
		{"not without a key", letter.Campaign{}, id, "", false},
		{"not what an empty key makes", letter.Campaign{}, id, letter.Campaign{CodeKey: []byte{}}.ReturnKey(id), false},
		{"not the printed code", keys(key), id, keys(key).Code(id), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.c.Keyed(tt.id, tt.key); got != tt.want {
				t.Errorf("Keyed = %v", got)
			}
		})
	}
}

func TestPrintedCodesAreKnownOn(t *testing.T) {
	old, now := letter.Campaign{CodeKey: []byte(key)}, letter.Campaign{CodeKey: []byte("another of sixteen"), RetiredKeys: [][]byte{[]byte(key)}}
	for code, want := range map[string]bool{old.Code(id): true, now.Code(id): true, letter.Campaign{}.Code(id): false, "": false, part: false} {
		if got := now.Coded(id, code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
	if (letter.Campaign{}).Coded(id, letter.Campaign{}.Code(id)) {
		t.Error("a code that anybody can make counts")
	}
}

func TestFingerprintsNameKeysAndDoNotTellThem(t *testing.T) {
	c := letter.Campaign{CodeKey: []byte(key), RetiredKeys: [][]byte{[]byte("another of sixteen")}}
	got := c.Fingerprints()
	again := letter.Campaign{CodeKey: []byte("another of sixteen")}.Fingerprints()
	if got[0] != "153dcb6193b33ae492d2ed989580ff4b" { // ledgers hold it
		t.Errorf("another fingerprint than before: %q", got[0])
	}
	if len(got) != 2 || len(again) != 1 || got[1] != again[0] || got[0] == got[1] || len(got[0]) != 32 || strings.Contains(fmt.Sprint(got), key) {
		t.Errorf("%q, %q", got, again)
	}
	if none := (letter.Campaign{}).Fingerprints(); none != nil {
		t.Errorf("no key has the fingerprint %q", none)
	}
}

func TestTagsAreFoundAsTheyAreMade(t *testing.T) {
	for n := range 200 {
		for _, campaign := range []string{"r2", "relay26", "abcdefghijklmnop"} {
			l := letter.Letter{ID: letter.Reference(campaign, fmt.Sprintf("abuse%d@example.net", n), []int{0, 1, 2, 999}[n%4])}
			l.ReturnKey = letter.Campaign{CodeKey: []byte(key)}.ReturnKey(l.ID)
			want := []letter.Token{{ID: l.ID, Key: l.ReturnKey}}
			for _, text := range []string{l.Tag(), strings.ToUpper(l.Tag()), "notices+" + l.Tag() + "@example.org", "<" + l.Tag() + "@example.org>",
				"returns-" + l.Tag(), l.Tag() + "-returns", "unsubscribe " + l.Tag(), "prvs=0123456789=notices+" + l.Tag()} {
				if got := letter.Tokens(text, 5); !slices.Equal(got, want) {
					t.Errorf("%s: found %v", text, got)
				}
			}
			if got := letter.References("["+l.Tag()+"]", 5); !slices.Equal(got, []string{l.ID}) {
				t.Errorf("%s: references %q", l.Tag(), got)
			}
			if longest := letter.LongestTag(campaign); len(l.Tag()) > longest || n%4 == 3 && len(l.Tag()) < longest {
				t.Errorf("%s has %d characters, the longest %d", l.Tag(), len(l.Tag()), longest)
			}
		}
	}
}

func TestTokens(t *testing.T) {
	tag := func(id, key string) letter.Token { return letter.Token{ID: id, Key: key} }
	for _, tt := range []struct {
		name, text string
		n          int
		want       []letter.Token
	}{
		{"a reference alone", id, 5, []letter.Token{tag(id, "")}},
		{"a reminder's", id + "-2-" + part, 5, []letter.Token{tag(id+"-2", part)}},
		{"a part that begins with digits", id + "-234aaaaaaaaaaaaa", 5, []letter.Token{tag(id, "234aaaaaaaaaaaaa")}},
		{"a part that is too short", id + "-" + part[1:], 5, []letter.Token{tag(id, "")}},
		{"a part that is too long", id + "-" + part + "a", 5, []letter.Token{tag(id, "")}},
		{"a part of other characters", id + "-0000000000000000", 5, []letter.Token{tag(id, "")}},
		{"the surer first", "relay26-0000000000 " + id + "-" + part, 5, []letter.Token{tag(id, part), tag("relay26-0000000000", "")}},
		{"one letter once", id + " " + id + "-" + part, 5, []letter.Token{tag(id, part)}},
		{"no more than are asked for", id + "-" + part + " relay26-0000000000-" + part, 1, []letter.Token{tag(id, part)}},
		{"a reference alone in capitals", strings.ToUpper(id), 5, []letter.Token{tag(id, "")}},
		{"nor with all those without a key", "relay26-0000000000 relay26-1111111111 " + id + "-" + part, 2, []letter.Token{tag(id, part), tag("relay26-0000000000", "")}},
		{"nor with those without a key", id + "-" + part + " relay26-0000000000", 1, []letter.Token{tag(id, part)}},
		{"nothing", "notices", 5, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, letter.Tokens(tt.text, tt.n)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("notices+" + id + "-" + part + "@example.org")
	f.Fuzz(func(t *testing.T, text string) {
		for _, found := range letter.Tokens(text, 5) {
			l := letter.Letter{ID: found.ID, ReturnKey: found.Key}
			if again := letter.Tokens(l.Tag(), 5); len(again) != 1 || again[0] != found {
				t.Errorf("%q: %v, and of its tag %v", text, found, again)
			}
		}
	})
}
