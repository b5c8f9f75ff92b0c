package svg_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/render/svg"
)

const start = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 20 10">` + "\n"

// What is seen and cannot be painted is named, by its element and line.
func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct{ name, svg, want string }{
		{"text", `<g>` + "\n" + `<text x="1">a</text></g>`, `line 3: element "text": text is not painted`},
		{"an image", `<image href="a.png"/>`, `line 2: element "image"`},
		{"foreign content", `<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject>`, `element "foreignObject"`},
		{"a script", `<defs>` + "\n\n" + `<script>x</script></defs>`, `line 4: element "script": a logo runs nothing`},
		{"a script in an attribute", `<path onclick="x" d="M0 0h1v1z"/>`, `element "path": attribute "onclick"`},
		{"animation", `<rect width="1" height="1"><animate attributeName="x"/></rect>`, `element "animate": a logo stands still`},
		{"a filter that is used", `<defs><filter id="f"/></defs><g filter="url(#f)"><path d="M0 0h1v1z"/></g>`, `element "g": property "filter"`},
		{"a filter in a style", `<path style="filter:url(#f)" d="M0 0h1v1z"/>`, `property "filter"`},
		{"a mask", `<path mask="url(#m)" d="M0 0h1v1z"/>`, `element "path": property "mask"`},
		{"a blend", `<path style="mix-blend-mode:multiply" d="M0 0h1v1z"/>`, `property "mix-blend-mode": "multiply"`},
		{"a marker", `<path style="marker-end:url(#m)" d="M0 0h1v1z"/>`, `property "marker-end"`},
		{"a pattern", "<defs><pattern id=\"p\"/></defs>\n<path fill=\"url(#p)\" d=\"M0 0h1v1z\"/>", `line 2: element "pattern": paints what stands on line 3`},
		{"a drawing elsewhere", `<use xlink:href="other.svg#a"/>`, `element "use": a reference to what is not in the file: "other.svg#a"`},
		{"a gradient elsewhere", `<path fill="url(other.svg#a)" d="M0 0h1v1z"/>`, `element "path": a reference to what is not in the file`},
		{"what is not there", `<use href="#a"/>`, `there is no "#a"`},
		{"a style sheet elsewhere", `<style>@import "a.css";</style>`, `element "style": a style sheet from elsewhere`},
		{"a selector that looks around", `<style>g path{fill:red}</style>`, `element "style": selector "g path"`},
		{"a style sheet for a width", `<style>@media print{path{fill:red}}</style>`, `element "style"`},
		{"a colour that is none", `<path fill="reddish" d="M0 0h1v1z"/>`, `element "path": colour "reddish"`},
		{"path data that breaks off", `<path d="M0 0 L1"/>`, `path data that cannot be read`},
		{"path data without a beginning", `<path d="L1 1"/>`, `path data that cannot be read`},
		{"numbers that are none", `<rect width="x" height="1"/>`, `attribute "width": "x"`},
		{"a transform that is none", `<g transform="twist(3)"/>`, `attribute "transform"`},
		{"a drawing within", `<svg/>`, `element "svg": a drawing within another`},
		{"an element that nobody knows", `<flowRoot/>`, `element "flowRoot": not painted`},
		{"a gradient that repeats", `<linearGradient id="a" spreadMethod="repeat"><stop/><stop offset="1"/></linearGradient><path fill="url(#a)" d="M0 0h1v1z"/>`, `"spreadMethod": "repeat"`},
		{"an element left open", `<g>`, `line 2`},
		{"two uses of one another", `<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>`, "too much to paint, or elements that use one another"},
		{"a gradient of itself", `<linearGradient id="a" href="#a"/><path fill="url(#a)" d="M0 0h1v1z"/>`, "gradients that refer to one another"},
		{"a clip path of itself", `<clipPath id="a" clip-path="url(#a)"><path d="M0 0h1v1z"/></clipPath><path clip-path="url(#a)" d="M0 0h1v1z"/>`, "clip paths that refer to one another"},
	} {
		_, err := svg.Parse([]byte(start + c.svg + "</svg>"))
		var fault *svg.Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, svg, want string }{
		{"no SVG", "GIF89a", `line 1: no element "svg"`},
		{"another element", "<html/>", `element "html": not the element "svg"`},
		{"no measures", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "no width and height"},
		{"a view without area", `<svg viewBox="0 0 0 10"/>`, `attribute "viewBox"`},
		{"an entity of entities", `<!DOCTYPE svg [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><svg width="1" height="1"/>`, "entities other than short texts"},
		{"an entity elsewhere", `<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]><svg width="1" height="1"/>`, "entities other than short texts"},
	} {
		if _, err := svg.Parse([]byte(c.svg)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// What programs leave in their files for themselves changes nothing.
func TestWhatIsNotSeenIsPassedOver(t *testing.T) {
	for name, more := range map[string]string{
		"a hidden layer":                    `<g style="display:none"><text>a</text></g>`,
		"a filter that nobody uses":         `<defs><filter id="f"><feFlood/></filter></defs>`,
		"elements of others":                `<metadata><a/></metadata><x:note xmlns:x="urn:x"><text/></x:note>`,
		"a branch for one program":          `<switch><foreignObject requiredExtensions="urn:x"/><g/></switch>`,
		"a font":                            `<style>@font-face{font-family:a;src:url(a)} .b{fill:red}</style>`,
		"nothing transparent":               `<path opacity="0" d="M0 0h1v1z"/>`,
		"a path without paint":              `<path fill="none" d="M0 0h1v1z"/>`,
		"a group as large as a point":       `<g transform="scale(0)"><path d="M0 0h1v1z"/></g>`,
		"what a symbol has and nobody sees": `<symbol id="s"><text/></symbol>`,
	} {
		d, err := svg.Parse([]byte(start + more + `<path d="M0 0h1v1z"/></svg>`))
		if err != nil || len(paths(d.Items)) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func paths(items []svg.Item) (all []*svg.Shape) {
	for _, it := range items {
		if it.Shape != nil {
			all = append(all, it.Shape)
		}
		all = append(all, paths(it.Group)...)
	}
	return all
}

// A drawing of a few lines must not take an hour.
func TestBombsEnd(t *testing.T) {
	uses := start + `<path id="a0" d="M0 0h1v1z"/>`
	for i := range 30 {
		uses += fmt.Sprintf(`<g id="a%d"><use href="#a%d"/><use href="#a%d"/></g>`, i+1, i, i)
	}
	for name, file := range map[string]string{
		"uses":     uses + "</svg>",
		"depth":    start + strings.Repeat("<g>", 100_000),
		"elements": start + strings.Repeat("<g/>", 30_000) + "</svg>",
		"segments": start + `<path d="M0 0` + strings.Repeat("h1", 300_000) + `"/></svg>`,
		"points":   start + `<polygon points="` + strings.Repeat("1 ", 600_000) + `"/></svg>`,
		"stops":    start + `<linearGradient id="a">` + strings.Repeat("<stop/>", 1000) + `</linearGradient><path fill="url(#a)" d="M0 0h1v1z"/></svg>`,
		"rules":    start + `<style>` + strings.Repeat(".a{}", 5000) + `</style></svg>`,
		"bytes":    start + strings.Repeat(" ", 3<<20) + "</svg>",
	} {
		if _, err := svg.Parse([]byte(file)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// shape is the only shape of a drawing.
func shape(t *testing.T, file string) *svg.Shape {
	t.Helper()
	d, err := svg.Parse([]byte(start + file + "</svg>"))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	all := paths(d.Items)
	if len(all) != 1 {
		t.Fatalf("%s: %d shapes", file, len(all))
	}
	return all[0]
}

func TestStylesInTheirOrder(t *testing.T) {
	red, blue := svg.Color{255, 0, 0}, svg.Color{0, 0, 255}
	for _, c := range []struct {
		name, file string
		want       svg.Color
	}{
		{"an attribute", `<path fill="red" d="M0 0h1v1z"/>`, red},
		{"a parent's", `<g fill="red"><path d="M0 0h1v1z"/></g>`, red},
		{"a class before an attribute", `<style>.a{fill:red}</style><path class="a" fill="blue" d="M0 0h1v1z"/>`, red},
		{"an id before a class", `<style>#b{fill:red}.a{fill:blue}</style><path class="a" id="b" d="M0 0h1v1z"/>`, red},
		{"a style before all", `<style>#b{fill:blue}</style><path id="b" style="fill:red" d="M0 0h1v1z"/>`, red},
		{"of two rules the later", `<style>.a{fill:blue}.b,.c{fill:red}</style><path class="b a" d="M0 0h1v1z"/>`, red},
		{"two classes before one", `<style>.a.b{fill:red}.b{fill:blue}</style><path class="a b" d="M0 0h1v1z"/>`, red},
		{"a comment", `<style>/* .a{fill:blue} */ path{fill:red}</style><path class="a" d="M0 0h1v1z"/>`, red},
		{"used, it is still its own", `<defs><path id="p" fill="red" d="M0 0h1v1z"/></defs><use href="#p" fill="blue"/>`, red},
		{"used, it takes what it has not", `<defs><path id="p" d="M0 0h1v1z"/></defs><use href="#p" fill="blue"/>`, blue},
		{"the colour of text", `<g color="red"><path fill="currentColor" d="M0 0h1v1z"/></g>`, red},
		{"three digits", `<path fill="#f00" d="M0 0h1v1z"/>`, red},
		{"numbers", `<path fill="rgb(0, 0, 255)" d="M0 0h1v1z"/>`, blue},
		{"percent", `<path fill="rgb(100%,0%,0%)" d="M0 0h1v1z"/>`, red},
		{"a hue", `<path fill="hsl(240, 100%, 50%)" d="M0 0h1v1z"/>`, blue},
		{"what stands in for a gradient that is not there", `<path fill="url(#x) blue" d="M0 0h1v1z"/>`, blue},
	} {
		if got := shape(t, c.file).Fill.Color; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPathsGoWhereTheySay(t *testing.T) {
	for _, c := range []struct{ name, d, want string }{
		{"numbers without a space", "M.5.5l1-1", "M0.5,0.5 L1.5,-0.5"},
		{"more numbers of a move are lines", "M0 0 1 1 2 0", "M0,0 L1,1 L2,0"},
		{"from where the path began", "m1 1h2v2zl1 1", "M1,1 L3,1 L3,3 Z M1,1 L2,2"},
		{"a mirrored handle", "M0 0C0 1 1 2 2 2S4 1 4 0", "M0,0 C0,1 1,2 2,2 C3,2 4,1 4,0"},
		{"no handle to mirror", "M0 0S1 1 2 0", "M0,0 C0,0 1,1 2,0"},
		{"a curve of one handle", "M0 0Q3 3 6 0T12 0", "M0,0 C2,2 4,2 6,0 C8,-2 10,-2 12,0"},
		{"exponents", "M1e1-1E-1", "M10,-0.1"},
		{"an arc without width", "M0 0A0 1 0 0 0 2 2", "M0,0 L2,2"},
		{"half a circle, its flags without a space", "M0 0a1 1 0 012 0", "M0,0 C0,-0.55 0.45,-1 1,-1 C1.55,-1 2,-0.55 2,0"},
	} {
		var got []string
		for _, s := range shape(t, `<path stroke="red" d="`+c.d+` h0"/>`).Path {
			text := string(s.Op)
			for i, p := range s.P {
				if s.Op == 'C' || i == 0 && s.Op != 'Z' {
					text += fmt.Sprintf(" %v,%v", math.Round(p.X*100)/100+0, math.Round(p.Y*100)/100+0)
				}
			}
			got = append(got, strings.Replace(text, " ", "", 1))
		}
		got = got[:len(got)-1]
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s, want %s", c.name, strings.Join(got, " "), c.want)
		}
	}
}

func TestTransformsInTheirOrder(t *testing.T) {
	for transform, want := range map[string]svg.Point{
		"translate(3)": {4, 1}, "translate(3 4)": {4, 5}, "scale(2)": {2, 2}, "scale(2,3)": {2, 3}, "rotate(90)": {-1, 1},
		"rotate(90 1 0)": {0, 0}, "matrix(1 2 3 4 5 6)": {9, 12}, "skewX(45)": {2, 1}, "translate(1 0) scale(2)": {3, 2}, "scale(2),translate(1,0)": {4, 2},
	} {
		at := shape(t, `<path transform="`+transform+`" d="M1 1h1v1z"/>`).At.Of(svg.Point{X: 1, Y: 1})
		if math.Hypot(at.X-want.X, at.Y-want.Y) > 1e-9 {
			t.Errorf("%s: %v, want %v", transform, at, want)
		}
	}
}

// Gradients know where they are, whatever they are measured in.
func TestGradientsAreInTheirPlace(t *testing.T) {
	const box = `<path fill="url(#g)" d="M10 2h4v6h-4z"/>`
	for _, c := range []struct {
		name, gradient string
		from, to       svg.Point
	}{
		{"over the shape", `<linearGradient id="g">`, svg.Point{X: 10, Y: 2}, svg.Point{X: 14, Y: 2}},
		{"down the shape", `<linearGradient id="g" x2="0" y2="100%">`, svg.Point{X: 10, Y: 2}, svg.Point{X: 10, Y: 8}},
		{"where it says", `<linearGradient id="g" gradientUnits="userSpaceOnUse" x1="1" y1="2" x2="3" y2="4">`, svg.Point{X: 1, Y: 2}, svg.Point{X: 3, Y: 4}},
		{"over the view", `<linearGradient id="g" gradientUnits="userSpaceOnUse">`, svg.Point{}, svg.Point{X: 20}},
		{"turned", `<linearGradient id="g" gradientUnits="userSpaceOnUse" x2="2" gradientTransform="rotate(90)">`, svg.Point{}, svg.Point{Y: 2}},
		{"a focus", `<radialGradient id="g" gradientUnits="userSpaceOnUse" cx="5" cy="5" r="2" fx="4">`, svg.Point{X: 4, Y: 5}, svg.Point{X: 5, Y: 5}},
	} {
		kind := c.gradient[1:strings.Index(c.gradient, " ")]
		g := shape(t, c.gradient+`<stop stop-color="red"/><stop offset="50%"/><stop offset="1" stop-opacity="0.5"/></`+kind+`>`+box).Fill.Gradient
		from, to := g.At.Of(g.From), g.At.Of(g.To)
		if math.Hypot(from.X-c.from.X, from.Y-c.from.Y) > 1e-9 || math.Hypot(to.X-c.to.X, to.Y-c.to.Y) > 1e-9 || len(g.Stops) != 3 || !g.Transparent {
			t.Errorf("%s: from %v to %v, %v", c.name, from, to, g.Stops)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.svg")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(start + `<path d="M0 0a1 1 0 012 0z" style="stroke:red;stroke-dasharray:1 2"/></svg>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := svg.Parse(b)
		var fault *svg.Error
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
		if err != nil {
			return
		}
		for _, s := range paths(d.Items) {
			for _, seg := range s.Path {
				for _, p := range seg.P {
					if at := s.At.Of(p); math.IsNaN(at.X) || math.IsInf(at.Y, 0) {
						t.Fatalf("%v", at)
					}
				}
			}
		}
	})
}
