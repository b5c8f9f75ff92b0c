package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zlib"
	"rsc.io/qr"

	"headsup/render/prose"
	"headsup/render/typeset"
)

func sheet(id string) Letter {
	return Letter{ID: id, Title: "A & B <C> " + id, Author: "Agency", Form: "din-5008-b", Lang: "en",
		Date: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Parts: []prose.Doc{{Lang: "en", Blocks: []prose.Block{para("Text.")}}},
		PageOf: func(p, of int) string { return fmt.Sprintf("%s %d/%d", id, p, of) }}
}

func write(t *testing.T, l Letter) []byte {
	t.Helper()
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := New(fonts).Write(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFileSaysWhatItIs(t *testing.T) {
	b := string(write(t, sheet("C7-1")))
	for _, want := range []string{
		"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>", "A &amp; B &lt;C&gt; C7-1",
		"/S /GTS_PDFA1", "/Lang (en)", "<xmp:CreateDate>2026-03-01T10:00:00+00:00</xmp:CreateDate>", "(D:20260301100000+00'00')",
		"/Title <FEFF0041", "/ID [<",
	} {
		if !strings.Contains(b, want) {
			t.Errorf("no %q", want)
		}
	}
	o, err := readObjects([]byte(b))
	if err != nil || len(o.body) < 10 || len(o.pages) != 1 {
		t.Errorf("%d objects, %d pages, %v", len(o.body), len(o.pages), err)
	}
}

func TestOtherLetterOtherIdentifier(t *testing.T) {
	id := regexp.MustCompile(`/ID \[<(\w+)> <(\w+)>\]`)
	one, two := id.FindSubmatch(write(t, sheet("C7-1"))), id.FindSubmatch(write(t, sheet("C7-2")))
	changed := sheet("C7-1")
	changed.Title = "Other"
	again := id.FindSubmatch(write(t, changed))
	if bytes.Equal(one[1], two[1]) || !bytes.Equal(one[1], again[1]) || bytes.Equal(one[2], again[2]) {
		t.Errorf("%s\n%s\n%s", one[0], two[0], again[0])
	}
}

func TestABadLetterIsNamedAndNotWritten(t *testing.T) {
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	bad := sheet("C7-2")
	bad.Parts[0].Blocks = []prose.Block{para("設定")}
	var b bytes.Buffer
	var m *typeset.MissingGlyph
	err = New(fonts).Write(&b, bad)
	if !errors.As(err, &m) || b.Len() > 0 || !strings.Contains(err.Error(), `"C7-2"`) {
		t.Errorf("%d bytes, and %v", b.Len(), err)
	}
}

// The dots on the page are those of the code, in the corner where it belongs.
func TestQRCode(t *testing.T) {
	const url = "https://agency.example/verify/C7-4f2a9c01d2e3-t2jy-52y1"
	want, err := qr.Encode(url, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range Forms {
		for _, rtl := range []bool{false, true} {
			s := newSetting(nil, Letter{Verify: url, RTL: rtl}, f)
			var p page
			if err := s.code(&p); err != nil {
				t.Fatal(err)
			}
			it := p[0]
			if dot := codeSize * mm / float64(want.Size); it.area.size != dot {
				t.Fatalf("%s: a dot of %v points, want %v", name, it.area.size, dot)
			}
			black := map[[2]int]bool{}
			for r := it.area.rects; len(r) > 0; r = r[4:] {
				for x := range r[2] {
					black[[2]int{int(r[0] + x), int(r[1])}] = r[3] == 1
				}
			}
			for y := range want.Size {
				for x := range want.Size {
					if black[[2]int{x, y}] != want.Black(x, y) {
						t.Fatalf("%s: dot %d,%d is wrong", name, x, y)
					}
				}
			}
			if right := it.x/mm + codeSize; it.x/mm < f.Left-0.01 || right > f.Paper[0]-f.Right+0.01 || rtl != (right > f.Paper[0]/2) {
				t.Errorf("%s: the code is at %v mm", name, it.x/mm)
			}
		}
	}
	var p page
	if err := (newSetting(nil, Letter{}, Forms["din-5008-b"])).code(&p); err != nil || len(p) > 0 {
		t.Errorf("a code for no address: %v", err)
	}
}

func TestLogoIsDrawnWholeOrNotAtAll(t *testing.T) {
	const start = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">`
	for _, c := range []struct{ name, svg, err string }{
		{"paths and rectangles", start + `<title>T</title><path fill="#336699" d="M0 0L10 0L10 10Z"/><rect width="5" height="5" fill="#ff0000"/></svg>`, ""},
		{"a group of circles and lines", start + `<g transform="scale(2)"><circle r="3"/><path stroke="#000000" d="M0 0L1 1"/></g></svg>`, ""},
		{"a script", start + `<script>x</script></svg>`, `line 1: element "script"`},
		{"text", start + "\n<text>x</text></svg>", `line 2: element "text"`},
		{"no measures", `<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L1 1Z"/></svg>`, "no width and height"},
		{"no drawing", "GIF89a", "neither PNG nor SVG"},
		{"half a drawing", start + `<path d="M0 0`, "SVG"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, cv := newDraft(newCommon(nil, nil)), &canvas{height: 842}
			_, err := d.logo(cv, []byte(c.svg), Forms["din-5008-b"])
			switch {
			case c.err == "" && (err != nil || !bytes.Contains(cv.b, []byte("/Logo Do"))):
				t.Errorf("%v\n%s", err, cv.b)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}

func TestPackedIsReadBack(t *testing.T) {
	want := strings.Repeat("0 0 m 1 1 l S\n", 500)
	f := newFile()
	f.packed("", []byte(want), fast)
	_, data, _ := bytes.Cut(f.Bytes(), []byte("stream\n"))
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := got.ReadFrom(z); err != nil || got.String() != want {
		t.Errorf("%d bytes, %v", got.Len(), err)
	}
}

func FuzzLogo(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte(`<svg width="20" height="10"><path fill="#336699" d="M0 0L10 0Z"/></svg>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		newDraft(newCommon(nil, nil)).logo(&canvas{height: 842}, b, Forms["din-5008-b"])
	})
}
