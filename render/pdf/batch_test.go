package pdf

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"headsup/render/prose"
)

// long is a letter of several pages, with a logo.
func long(id string) Letter {
	l := sheet(id)
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	l.Head = Letterhead{Name: "Agency", Logo: logo.Bytes()}
	for range 60 {
		l.Parts[0].Blocks = append(l.Parts[0].Blocks, para("A paragraph of "+id+"."))
	}
	return l
}

func batch(t *testing.T, letters ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	b := NewBatch(&out, sheet("batch"))
	for _, l := range letters {
		if err := b.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestABatchHasThePagesOfItsLettersInOrder(t *testing.T) {
	one, two, three := write(t, sheet("C7-1")), write(t, long("C7-2")), write(t, long("C7-3"))
	all := batch(t, one, two, three, two)
	o, err := readObjects(all)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]byte
	for _, l := range [][]byte{one, two, three, two} {
		n, err := Pages(l)
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		want = append(want, contents(t, l)...)
	}
	got := contents(t, all)
	if len(got) != len(want) || len(o.pages) != len(want) {
		t.Fatalf("%d pages, want %d", len(got), len(want))
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("page %d is another", i+1)
		}
	}
	if n := bytes.Count(all, []byte("/Logo ")); n != 3 {
		t.Errorf("%d first pages have a logo, want 3", n)
	}
	if again := batch(t, one, two, three, two); !bytes.Equal(all, again) {
		t.Error("the same letters give other bytes")
	}
	if twice := batch(t, two, two); len(twice) > len(two)+2000 {
		t.Errorf("a letter of %d bytes twice: %d bytes", len(two), len(twice))
	}
}

// contents lists what is drawn on each page.
func contents(t *testing.T, file []byte) (streams [][]byte) {
	t.Helper()
	o, err := readObjects(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range o.pages {
		body := o.body[p]
		at := bytes.Index(body, []byte("/Contents "))
		if at < 0 || !bytes.Contains(body, []byte("/Parent "+o.tree.String())) {
			t.Fatalf("no page: %s", body)
		}
		streams = append(streams, o.body[refOf(body[at+len("/Contents "):])])
	}
	return streams
}

func TestOnlyLettersOfOursAreJoined(t *testing.T) {
	whole := string(write(t, sheet("C7-1")))
	old, err := os.ReadFile("testdata/table-in-text.pdf")
	if err != nil {
		t.Fatal(err)
	}
	table := bytes.Index([]byte(whole), []byte("<</Type /XRef"))
	for name, file := range map[string]string{
		"nothing":          "",
		"another file":     "%PDF-1.4\n%%EOF\n",
		"cut in half":      whole[:len(whole)/2],
		"more behind it":   whole + "\n",
		"a table too far":  strings.Replace(whole, "startxref\n", "startxref\n9", 1),
		"an object astray": strings.Replace(string(old), " 00000 n \n", "9 0000 n \n", 1),
		"a table of noise": whole[:table] + strings.Replace(whole[table:], "stream\n", "stream\nnoise", 1),
		"no pages":         strings.Replace(whole, "/Type /Pages /Count", "/Type /Paged /Count", 1),
	} {
		if err := NewBatch(&bytes.Buffer{}, sheet("batch")).Add([]byte(file)); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Letters that were approved when their table of objects was text are printed.
func TestLettersOfTheFirstFormArePrinted(t *testing.T) {
	old, err := os.ReadFile("testdata/table-in-text.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := Pages(old); n != 1 || err != nil {
		t.Errorf("%d pages, %v", n, err)
	}
	if ok, err := Addressed(old); !ok || err != nil {
		t.Errorf("no address, %v", err)
	}
	all := batch(t, old, write(t, sheet("C7-2")), old)
	if got := contents(t, all); len(got) != 3 || !bytes.Equal(got[0], contents(t, old)[0]) || !bytes.Equal(got[0], got[2]) {
		t.Errorf("%d pages", len(got))
	}
}

func FuzzBatch(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n"))
	l := sheet("C7-1")
	l.Parts = []prose.Doc{{Lang: "en"}}
	f.Fuzz(func(t *testing.T, file []byte) {
		var out bytes.Buffer
		b := NewBatch(&out, l)
		if b.Add(file) == nil && b.Close() != nil {
			t.Error("what was taken cannot be ended")
		}
	})
}

func TestQpdfFindsNoFaultInABatch(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes qpdf: HEADSUP_REAL=1")
	}
	qpdf, err := exec.LookPath("qpdf")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "batch.pdf")
	if err := os.WriteFile(name, batch(t, write(t, sheet("C7-1")), write(t, long("C7-2"))), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(qpdf, "--check", name).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
