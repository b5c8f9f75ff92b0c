package pagetest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Picture has Chromium draw a page of a handler in a window of so many pixels. A
// window of Chromium has at least five hundred: the page stands in a frame.
func Picture(t *testing.T, chromium string, dark bool, h http.Handler, page string, width, height int) image.Image {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/framed.html" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!DOCTYPE html><title>framed</title><style>*{margin:0;border:0}</style><iframe src="/%s" width="%d" height="%d"></iframe>`, page, width, height)
			return
		}
		framed(w, r, h)
	}))
	defer server.Close()
	out := filepath.Join(t.TempDir(), "page.png")
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	args := append(headless(t, dark), "--hide-scrollbars", fmt.Sprintf("--window-size=%d,%d", max(width, 500), height), "--screenshot="+out, server.URL+"/framed.html")
	if said, err := exec.CommandContext(ctx, chromium, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return Cut(t, out, image.Rect(0, 0, width, height))
}

// framed answers as a handler does, but that its page may stand in a frame.
func framed(w http.ResponseWriter, r *http.Request, h http.Handler) {
	got := httptest.NewRecorder()
	h.ServeHTTP(got, r)
	for name, values := range got.Header() {
		if name != "Content-Security-Policy" && name != "X-Frame-Options" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(got.Code)
	io.Copy(w, got.Body)
}

// Cut returns a part of a picture in a file.
func Cut(t *testing.T, name string, part image.Rectangle) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	whole, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	cut := image.NewRGBA(part.Sub(part.Min))
	draw.Draw(cut, cut.Rect, whole, part.Min, draw.Src)
	return cut
}

// Keep writes pictures of the documentation, by HEADSUP_PICTURES=1; else it
// checks that the one which is kept was taken of the same source, by the hash
// that stands in it: what has changed since would be shown as it was.
func Keep(t *testing.T, name, source string, take func() image.Image) {
	t.Helper()
	mark := fmt.Sprintf("Source\x00%x", sha256.Sum256([]byte(source)))
	if os.Getenv("HEADSUP_PICTURES") != "1" {
		kept, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(kept, []byte(mark)) {
			t.Errorf("%s shows what was: HEADSUP_PICTURES=1 takes it again (%v)", name, err)
		}
		return
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, fewColours(take())); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, marked(b.Bytes(), mark), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fewColours takes from each colour what no eye misses, and has the rest in a
// palette if 256 are enough.
func fewColours(from image.Image) image.Image {
	const step = 15 // of 255, so that black stays black and white white
	all, of := image.NewRGBA(from.Bounds()), map[color.Color]bool{}
	for y := range all.Rect.Dy() {
		for x := range all.Rect.Dx() {
			c := color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)
			for _, v := range []*uint8{&c.R, &c.G, &c.B} {
				*v = uint8((int(*v) + step/2) / step * step)
			}
			all.SetRGBA(x, y, c)
			of[c] = true
		}
	}
	if len(of) > 256 {
		return all
	}
	few := image.NewPaletted(all.Rect, slices.SortedFunc(maps.Keys(of), func(a, b color.Color) int {
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}))
	draw.Draw(few, few.Rect, all, image.Point{}, draw.Src)
	return few
}

// marked puts a chunk of text (PNG, 11.3.4.3) behind the head of a picture, which
// is eight bytes of signature and 25 of IHDR.
func marked(picture []byte, text string) []byte {
	const head = 8 + 25
	chunk := append([]byte("tEXt"), text...)
	out := binary.BigEndian.AppendUint32(slices.Clone(picture[:head]), uint32(len(text)))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, picture[head:]...)
}
