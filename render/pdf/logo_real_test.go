package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"headsup/render/pdf"
	"headsup/render/svg"
)

// dpi is how fine a page is printed, and mm a millimetre in its dots.
const (
	dpi = 300
	mm  = dpi / 25.4
)

// logos are the drawings, and where they stand on a page of DIN 5008 in dots.
func logos(t *testing.T) (names []string, data [][]byte, at []image.Rectangle) {
	t.Helper()
	names, err := filepath.Glob("../svg/testdata/*.svg")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d drawings, %v", len(names), err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := svg.Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		k := min(45/d.Width, 16/d.Height) * mm
		right, top := 190*mm, 12*mm
		data = append(data, b)
		at = append(at, image.Rect(int(math.Round(right-d.Width*k)), int(math.Round(top)), int(math.Round(right)), int(math.Round(top+d.Height*k))))
	}
	return names, data, at
}

// A logo is on paper what it is on a screen: beside Chromium's picture of the
// same drawing, dot by dot at 300 to the inch.
func TestLogosPrintAsTheyAreSeen(t *testing.T) {
	names, data, at := logos(t)
	onScreen := screen(t, names, at)
	for i, name := range names {
		l := sample()
		l.Head.Logo = data[i]
		printed := printed(t, l, at[i])
		if dir := os.Getenv("HEADSUP_LOGOS"); dir != "" { // to look at them
			both := image.NewRGBA(image.Rect(0, 0, max(at[i].Dx(), 200)+20, 2*at[i].Dy()+30))
			draw.Draw(both, both.Rect, image.White, image.Point{}, draw.Src)
			draw.Draw(both, printed.Bounds().Sub(printed.Bounds().Min).Add(image.Pt(10, 10)), printed, printed.Bounds().Min, draw.Src)
			draw.Draw(both, onScreen[i].Rect.Sub(onScreen[i].Rect.Min).Add(image.Pt(10, at[i].Dy()+20)), onScreen[i], onScreen[i].Rect.Min, draw.Src)
			f, err := os.Create(filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".svg")+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, both); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		far, mean := differ(printed, onScreen[i])
		if far > 0.01 || mean > 4 {
			t.Errorf("%s: %.2f %% of the dots are another, by %.2f of 255 on average", name, 100*far, mean)
		}
		if out := tool(t, l, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// A drawing is one figure of the structure, and the same bytes each time.
func TestLogosKeepTheFileSound(t *testing.T) {
	_, data, _ := logos(t)
	for _, b := range data {
		l := sample()
		l.Head.Logo = b
		file := write(t, l)
		if faults, err := pdf.Faults(file); err != nil || len(faults) > 0 {
			t.Errorf("%v %q", err, faults)
		}
		wr := pdf.New(fonts)
		for range 2 {
			if again, err := wr.Print(l); err != nil || !bytes.Equal(again, file) {
				t.Errorf("other bytes, %v", err)
			}
		}
	}
}

// printed is a part of the first page of a letter.
func printed(t *testing.T, l pdf.Letter, at image.Rectangle) image.Image {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	tool(t, l, "pdftoppm", "-r", strconv.Itoa(dpi), "-f", "1", "-l", "1", "-singlefile", "-png", "-x", strconv.Itoa(at.Min.X), "-y", strconv.Itoa(at.Min.Y),
		"-W", strconv.Itoa(at.Dx()), "-H", strconv.Itoa(at.Dy()), "FILE", out)
	return picture(t, out+".png")
}

func picture(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// screen has Chromium show all drawings, below one another.
func screen(t *testing.T, names []string, at []image.Rectangle) (out []*image.RGBA) {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes chromium: HEADSUP_REAL=1")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	const row = 200
	dir := t.TempDir()
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><body style="margin:0;background:#fff">`)
	for i, name := range names {
		whole, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&page, `<img src="file://%s" style="position:absolute;left:0;top:%dpx;width:%dpx;height:%dpx">`, whole, i*row, at[i].Dx(), at[i].Dy())
	}
	if err := os.WriteFile(filepath.Join(dir, "page.html"), []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
		"--force-device-scale-factor=1", "--allow-file-access-from-files", "--user-data-dir="+filepath.Join(dir, "user"),
		"--screenshot="+filepath.Join(dir, "page.png"), fmt.Sprintf("--window-size=600,%d", len(names)*row), filepath.Join(dir, "page.html"))
	cmd.WaitDelay = 10 * time.Second
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	all := picture(t, filepath.Join(dir, "page.png"))
	for i, r := range at {
		one := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
		draw.Draw(one, one.Rect, all, image.Pt(0, i*row), draw.Src)
		out = append(out, one)
	}
	return out
}

// differ compares squares of three by three dots, of which one may be between
// two: how many are clearly another, and by how much all differ on average.
func differ(a, b image.Image) (far, mean float64) {
	const side, clearly = 3, 48
	squares := image.Pt(a.Bounds().Dx()/side, a.Bounds().Dy()/side)
	for y := range squares.Y {
		for x := range squares.X {
			p, q := average(a, x*side, y*side, side), average(b, x*side, y*side, side)
			most := 0.0
			for i := range p {
				most = max(most, math.Abs(p[i]-q[i]))
			}
			if mean += most; most > clearly {
				far++
			}
		}
	}
	n := float64(squares.X * squares.Y)
	return far / n, mean / n
}

func average(p image.Image, x, y, side int) (sum [3]float64) {
	for dy := range side {
		for dx := range side {
			c := color.RGBAModel.Convert(p.At(p.Bounds().Min.X+x+dx, p.Bounds().Min.Y+y+dy)).(color.RGBA)
			for i, v := range []uint8{c.R, c.G, c.B} {
				sum[i] += float64(v) / float64(side*side)
			}
		}
	}
	return sum
}
