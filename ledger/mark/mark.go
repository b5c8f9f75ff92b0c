// Package mark keeps outside a ledger how far it got, so that an older copy of
// the ledger is known for what it is.
//
// A mark is a file of lines, one for each group of letters whose final dots
// were about to be sent. Each line is sealed with a key, together with the line
// before it. The package knows files and seals: what a ledger that is behind
// its mark may do is decided by package ledger.
package mark

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrDamaged means that a mark is not what was written: changed, cut in the
// middle, or sealed with another key.
var ErrDamaged = errors.New("the mark is damaged")

// A Line is a group of letters that left together, or line 0, which names the
// mark.
type Line struct {
	N       int
	At      time.Time // by the sender's clock, in whole milliseconds
	Letters []string  // their IDs; of line 0 the name of the mark
	Seal    string    // over the line and the seal before it, in hexadecimal
}

// First returns line 0 of a mark. Nothing secret is in it: it is the same
// whoever makes it.
func First(name string) Line {
	return seal(nil, "", Line{At: time.UnixMilli(0), Letters: []string{name}})
}

// Next returns the line after prev. An ID with a space in it is an error.
func Next(key []byte, prev Line, at time.Time, letters []string) (Line, error) {
	for _, id := range letters {
		if id == "" || strings.ContainsAny(id, " \n") {
			return Line{}, fmt.Errorf("a mark cannot hold the letter %q", id)
		}
	}
	return seal(key, prev.Seal, Line{N: prev.N + 1, At: at, Letters: letters}), nil
}

func seal(key []byte, before string, l Line) Line {
	l.At = l.At.UTC().Truncate(time.Millisecond)
	l.Seal = sealOf(key, before, l.text())
	return l
}

// sealBytes is how much of HMAC-SHA256 (RFC 2104 §5) a seal keeps.
const sealBytes = 16

func sealOf(key []byte, before, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("mark\n" + before + "\n" + text))
	return hex.EncodeToString(h.Sum(nil)[:sealBytes])
}

func (l Line) text() string {
	return strconv.Itoa(l.N) + " " + strconv.FormatInt(l.At.UnixMilli(), 10) + " " + strings.Join(l.Letters, " ")
}

// String returns the line as it stands in the file, without its end.
func (l Line) String() string { return l.text() + " " + l.Seal }

// follows reports whether l was sealed after a line with the seal before, with
// one of the keys.
func (l Line) follows(before string, keys [][]byte) bool {
	text := l.text()
	for _, key := range keys {
		if hmac.Equal([]byte(l.Seal), []byte(sealOf(key, before, text))) {
			return true
		}
	}
	return false
}

// Parse reads a line without its end. It does not look at the seal.
func Parse(text string) (Line, error) {
	words := strings.Split(text, " ")
	last := len(words) - 1
	if last < 3 || len(words[last]) != 2*sealBytes {
		return Line{}, fmt.Errorf("%w: %.40q is no line of it", ErrDamaged, text)
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || n < 0 {
		return Line{}, fmt.Errorf("%w: %.40q is no line of it", ErrDamaged, text)
	}
	ms, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		return Line{}, fmt.Errorf("%w: %.40q is no line of it", ErrDamaged, text)
	}
	return Line{N: n, At: time.UnixMilli(ms).UTC(), Letters: words[2:last], Seal: words[last]}, nil
}

// A Mark is what a file holds.
type Mark struct {
	Lines []Line // in order from line 0, as far as seals and numbers are right

	// Sealed reports whether a key opened a line: the mark is of somebody who has
	// the key. Without a key, anybody can seal.
	Sealed bool

	// Damage is [ErrDamaged] where something stands behind Lines that a sender
	// has not written. Rest holds it, line by line.
	Damage error
	Rest   []string

	end  int64 // where the next line belongs
	torn bool  // a line behind them was not written to its end
}

// Name returns the mark's name, or "" of an empty file.
func (m Mark) Name() string {
	if len(m.Lines) == 0 {
		return ""
	}
	return m.Lines[0].Letters[0]
}

// Read reads a mark that was sealed with any of the keys, line by line.
//
// A last line that was not written to its end is passed over: its sender was
// interrupted before it sent a final dot.
func Read(file []byte, keys [][]byte) (m Mark) {
	before, at := "", 0
	for at < len(file) {
		text, _, ended := bytes.Cut(file[at:], []byte("\n"))
		if len(text) == 0 {
			at++
			continue
		}
		l, err := Parse(string(text))
		switch {
		case err == nil && ended && l.N == len(m.Lines) && l.follows(before, keys) && (l.N > 0 || len(l.Letters) == 1):
			m.Sealed = m.Sealed || l.N > 0 && !l.follows(before, [][]byte{nil})
			m.Lines, before = append(m.Lines, l), l.Seal
			at += len(text) + 1
			m.end = int64(at)
			continue
		case (err != nil || !ended) && len(bytes.TrimSpace(file[at+len(text):])) == 0:
			m.torn = true
		default:
			m.Damage = fmt.Errorf("%w from line %d on", ErrDamaged, len(m.Lines))
		}
		m.Rest = strings.FieldsFunc(string(file[at:]), func(r rune) bool { return r == '\n' })
		break
	}
	return m
}
