package letter

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
)

// Bound returns how many of all letters may still be wrong, if so many of them
// were drawn at random and read, and none was wrong: were there one more, at
// least one would have been drawn with that confidence, such as 0.95. Drawing is
// without putting back, so the distribution is the hypergeometric one.
func Bound(all, read int, confidence float64) int {
	if read >= all {
		return 0
	}
	none := 1.0 // the chance that none is drawn of so many wrong ones
	for wrong := 1; wrong <= all-read; wrong++ {
		none *= float64(all-read-wrong+1) / float64(all-wrong+1)
		if none <= 1-confidence {
			return wrong - 1
		}
	}
	return all - read
}

// wordList is the English list of BIP 39: 2,048 words that begin differently
// within four letters, and that people do not mistake for each other when they hear them.
//
//go:embed sixwords.txt
var wordList string

var heard = sync.OnceValue(func() []string { return strings.Fields(wordList) })

// SixWords says the first 66 bits of a hash in words that two people can compare
// by telephone. A hash of fewer than nine bytes has none.
func SixWords(hash []byte) []string {
	if len(hash) < 9 {
		return nil
	}
	high, last := binary.BigEndian.Uint64(hash), uint64(hash[8])
	var out []string
	for i := range 5 {
		out = append(out, heard()[high>>(64-11*(i+1))&2047])
	}
	return append(out, heard()[high<<2&2047|last>>6])
}
