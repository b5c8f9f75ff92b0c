package pdf

import (
	"bytes"
	"hash/adler32"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"

	"headsup/render/prose"
	"headsup/render/typeset"
)

func house(t *testing.T) *typeset.Fonts {
	t.Helper()
	f, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// spots lists where text is set on the pages of a file, and how the pieces of
// its structure follow.
func spots(t *testing.T, file []byte) (at [][2]float64, marks []string) {
	t.Helper()
	for _, stream := range contents(t, file) {
		var x, y float64
		z, err := zlib.NewReader(bytes.NewReader(stream[bytes.Index(stream, []byte("\nstream\n"))+len("\nstream\n"):]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z) // which looks at the checksum
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(string(content))
		for i, w := range words {
			switch w {
			case "BT":
				x, y = 0, 0
			case "Td":
				dx, _ := strconv.ParseFloat(words[i-2], 64)
				dy, _ := strconv.ParseFloat(words[i-1], 64)
				x, y = x+dx, y+dy
			case "TJ":
				if n := len(at); n == 0 || at[n-1] != [2]float64{x, y} {
					at = append(at, [2]float64{x, y})
				}
			case "BDC", "EMC", "BMC":
				marks = append(marks, w)
			}
		}
	}
	return at, marks
}

// Words that are drawn once for many letters stand where they would stand in a
// letter that has nothing in common with others.
func TestSharedWordsStandInTheirPlace(t *testing.T) {
	shared := 0
	for _, lang := range []string{"en", "he"} {
		l := sheet("C7-1")
		l.Lang, l.RTL = lang, lang == "he"
		l.Parts = []prose.Doc{{Lang: lang, RTL: l.RTL, Blocks: []prose.Block{
			para(strings.Repeat("Words of a template, which fill more than a single line. ", 5)),
			{Kind: prose.Paragraph, Spans: []prose.Span{{Text: "Of "}, {Text: "C7-1", Value: true}, {Text: strings.Repeat(" there is only one.", 9)}}},
			{Kind: prose.List, Items: [][]prose.Block{{para(strings.Repeat("An item with `code`. ", 8))}, {para(strings.Repeat("Another item, Ж. ", 9))}}},
			{Kind: prose.Paragraph, Spans: []prose.Span{{Text: strings.Repeat("Some of it is ", 6)}, {Text: "bold", Strong: true}, {Text: strings.Repeat(" or typed ", 5)},
				{Text: "into", Code: true}, {Text: " a machine."}}},
		}}}
		for range 30 {
			l.Parts[0].Blocks = append(l.Parts[0].Blocks, para(strings.Repeat("Pages break within some paragraph of a long letter. ", 4)))
		}
		alone := write(t, l)
		l.Alike = Stock{Key: lang, Samples: func() []Letter { return []Letter{l} }}
		wr := New(house(t))
		file, err := wr.Print(l)
		if err != nil {
			t.Fatal(err)
		}
		shared += len(wr.common(l.Alike).parts.all)
		at, marks := spots(t, file)
		want, wantMarks := spots(t, alone)
		if !slices.Equal(marks, wantMarks) {
			t.Errorf("%s: %d marks, want %d", lang, len(marks), len(wantMarks))
		}
		if len(at) != len(want) {
			t.Fatalf("%s: %d pieces, want %d", lang, len(at), len(want))
		}
		for i := range at {
			if math.Abs(at[i][0]-want[i][0]) > 0.011 || math.Abs(at[i][1]-want[i][1]) > 0.011 {
				t.Fatalf("%s: piece %d at %v, want %v", lang, i, at[i], want[i])
			}
		}
		if faults, err := Faults(file); err != nil || len(faults) > 0 {
			t.Errorf("%s: %v %q", lang, err, faults)
		}
	}
	if shared < 6 {
		t.Errorf("%d paragraphs are shared", shared)
	}
}

func TestChecksumsOfPartsJoin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b := make([]byte, random.IntN(200_000))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		at := random.IntN(len(b) + 1)
		if got := joinSums(adler32.Checksum(b[:at]), adler32.Checksum(b[at:]), len(b)-at); got != adler32.Checksum(b) {
			t.Fatalf("%d and %d bytes: %x, want %x", at, len(b)-at, got, adler32.Checksum(b))
		}
	}
}

// What letters have in common costs nothing once it is known: one more letter
// adds no drawing, and allocates for what differs.
func TestOneMoreLetterAddsOnlyWhatDiffers(t *testing.T) {
	like := func(n int) Letter {
		l := sheet("C7-" + strconv.Itoa(n))
		for i := range 40 {
			l.Parts[0].Blocks = append(l.Parts[0].Blocks[:len(l.Parts[0].Blocks):len(l.Parts[0].Blocks)],
				para(strconv.Itoa(i)+strings.Repeat(" of forty paragraphs that every letter has.", 6)))
		}
		l.Parts[0].Blocks = append(l.Parts[0].Blocks, prose.Block{Spans: []prose.Span{{Text: "About "}, {Text: l.ID, Value: true}}},
			prose.Block{Spans: []prose.Span{{Text: "swaks --server " + l.ID + " --from SENDER --to RECIPIENT --quit-after RCPT", Code: true, Once: true}}})
		l.Alike = Stock{Key: "forty", Samples: func() []Letter { return []Letter{sheet("C7-0")} }}
		return l
	}
	wr, n := New(house(t)), 0
	print := func() {
		n++
		if _, err := wr.Print(like(n)); err != nil {
			t.Fatal(err)
		}
	}
	print()
	known := len(wr.common(like(1).Alike).parts.all)
	allocs := testing.AllocsPerRun(20, print)
	if after := len(wr.common(like(1).Alike).parts.all); known < 40 || after != known {
		t.Errorf("%d drawings after the first letter, %d after %d", known, after, n)
	}
	if allocs > 1000 { // 830, and more where the race detector has pools forget
		t.Errorf("a letter more takes %v allocations", allocs)
	}
	t.Log(allocs, "allocations")
}

// How far two lines are from each other does not depend on where they stand.
func TestDistancesAreTheSameAtEveryPlace(t *testing.T) {
	for y := 60.0; y < 800; y += 0.37 {
		for _, far := range []float64{13.86, 23.562, 0.105, 9.9} {
			if dx, dy := distance(item{x: y, y: y}, item{x: y, y: y + far}); dx != 0 || dy != far {
				t.Fatalf("%v at %v", dy, y)
			}
		}
	}
}
