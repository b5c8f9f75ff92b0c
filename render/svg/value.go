package svg

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// numbers reads numbers from a text, between white space and commas.
type numbers struct{ text string }

func (n *numbers) skip() { n.text = strings.TrimLeft(n.text, " \t\r\n,") }

// next reads a number, which ends where it can no longer be one: "1.5.5" are two.
func (n *numbers) next() (float64, bool) {
	n.skip()
	i, t := 0, n.text
	digits := func() (any bool) {
		for ; i < len(t) && t[i] >= '0' && t[i] <= '9'; i++ {
			any = true
		}
		return any
	}
	if i < len(t) && (t[i] == '-' || t[i] == '+') {
		i++
	}
	whole := digits()
	if i < len(t) && t[i] == '.' {
		i++
		whole = digits() || whole
	}
	if !whole {
		return 0, false
	}
	if i < len(t) && t[i]|0x20 == 'e' {
		back := i
		if i++; i < len(t) && (t[i] == '-' || t[i] == '+') {
			i++
		}
		if !digits() {
			i = back // "1em"
		}
	}
	v, err := strconv.ParseFloat(t[:i], 64)
	n.text = t[i:]
	return v, err == nil && math.Abs(v) <= mostLength
}

// flag reads one of the flags of an arc, which need nothing behind them.
func (n *numbers) flag() (float64, bool) {
	if n.skip(); n.text == "" || n.text[0] != '0' && n.text[0] != '1' {
		return 0, false
	}
	v := float64(n.text[0] - '0')
	n.text = n.text[1:]
	return v, true
}

// allNumbers reads a text that is nothing but numbers.
func allNumbers(text string) ([]float64, bool) {
	var out []float64
	n := numbers{text: text}
	for n.skip(); n.text != ""; n.skip() {
		v, ok := n.next()
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// units are lengths in pixels (CSS Values 3, 6.2).
var units = map[string]float64{
	"": 1, "px": 1, "pt": 96.0 / 72, "pc": 16, "in": 96, "mm": 96 / 25.4, "cm": 96 / 2.54, "q": 96 / 101.6, "em": 16, "rem": 16, "ex": 8,
}

// parseLength reads a length; a percentage is of whole.
func parseLength(text string, whole float64) (float64, bool) {
	n := numbers{text: strings.TrimSpace(text)}
	v, ok := n.next()
	if !ok {
		return 0, false
	}
	unit := strings.ToLower(n.text)
	if unit == "%" {
		return v / 100 * whole, true
	}
	k, ok := units[unit]
	return v * k, ok && math.Abs(v*k) <= mostLength
}

// parseFraction reads an opacity or an offset: a number or a percentage.
func parseFraction(text string) (float64, bool) {
	n := numbers{text: strings.TrimSpace(text)}
	v, ok := n.next()
	if n.text == "%" {
		v, n.text = v/100, ""
	}
	return min(max(v, 0), 1), ok && n.text == ""
}

// parseColor reads a colour and how opaque it is.
func parseColor(text string) (c Color, opacity float64, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if hex, ok := strings.CutPrefix(text, "#"); ok {
		return parseHex(hex)
	}
	if name, rest, ok := strings.Cut(text, "("); ok && strings.HasSuffix(rest, ")") {
		return parseFunction(name, strings.TrimSuffix(rest, ")"))
	}
	if text == "transparent" {
		return Color{}, 0, true
	}
	named, ok := colornames.Map[text]
	return Color{named.R, named.G, named.B}, 1, ok
}

func parseHex(hex string) (c Color, opacity float64, ok bool) {
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return c, 0, false
	}
	switch len(hex) {
	case 3, 4:
		var wide strings.Builder
		for _, d := range hex {
			wide.WriteRune(d)
			wide.WriteRune(d)
		}
		return parseHex(wide.String())
	case 6:
		return Color{uint8(v >> 16), uint8(v >> 8), uint8(v)}, 1, true
	case 8:
		return Color{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8)}, float64(v&255) / 255, true
	}
	return c, 0, false
}

// parseFunction reads "rgb(1, 2, 3)", "rgb(10% 20% 30% / 0.5)" and "hsl(…)".
func parseFunction(name, args string) (c Color, opacity float64, ok bool) {
	fields := strings.FieldsFunc(args, func(r rune) bool { return r == ',' || r == '/' || r == ' ' || r == '\t' })
	if len(fields) < 3 || len(fields) > 4 {
		return c, 0, false
	}
	opacity = 1
	if len(fields) == 4 {
		if opacity, ok = parseFraction(fields[3]); !ok {
			return c, 0, false
		}
	}
	var v [3]float64
	for i := range v {
		n := numbers{text: strings.TrimSuffix(fields[i], "deg")}
		if v[i], ok = n.next(); !ok || n.text != "" && n.text != "%" {
			return c, 0, false
		}
		if n.text == "%" && strings.HasPrefix(name, "rgb") {
			v[i] *= 2.55
		}
	}
	switch name {
	case "rgb", "rgba":
		for i := range c {
			c[i] = uint8(math.Round(min(max(v[i], 0), 255)))
		}
		return c, opacity, true
	case "hsl", "hsla":
		for i, n := range []float64{0, 8, 4} { // CSS Color 4, 7.1
			k := math.Mod(math.Mod(n+v[0]/30, 12)+12, 12)
			s, l := min(max(v[1], 0), 100)/100, min(max(v[2], 0), 100)/100
			c[i] = uint8(math.Round(255 * (l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1)))))
		}
		return c, opacity, true
	}
	return c, 0, false
}

var errTransform = errors.New("a transform that cannot be read")

// parseTransform reads a list of transforms (SVG 2, 8.5).
func parseTransform(text string) (Matrix, error) {
	m := identity
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " \t\r\n,") {
		name, rest, ok := strings.Cut(text, "(")
		args, after, closed := strings.Cut(rest, ")")
		v, numeric := allNumbers(args)
		if !ok || !closed || !numeric {
			return m, errTransform
		}
		one, ok := transform(strings.TrimSpace(name), v)
		if !ok {
			return m, errTransform
		}
		m, text = one.Then(m), after
	}
	if !m.finite() {
		return m, errTransform
	}
	return m, nil
}

func transform(name string, v []float64) (Matrix, bool) {
	at := func(i int) float64 {
		if i < len(v) {
			return v[i]
		}
		return 0
	}
	switch n := len(v); {
	case name == "matrix" && n == 6:
		return Matrix(v), true
	case name == "translate" && (n == 1 || n == 2):
		return translation(v[0], at(1)), true
	case name == "scale" && n == 1:
		return scaling(v[0], v[0]), true
	case name == "scale" && n == 2:
		return scaling(v[0], v[1]), true
	case name == "rotate" && (n == 1 || n == 3):
		sin, cos := math.Sincos(v[0] * math.Pi / 180)
		turn := Matrix{cos, sin, -sin, cos, 0, 0}
		return translation(-at(1), -at(2)).Then(turn).Then(translation(at(1), at(2))), true
	case name == "skewX" && n == 1:
		return Matrix{1, 0, math.Tan(v[0] * math.Pi / 180), 1, 0, 0}, true
	case name == "skewY" && n == 1:
		return Matrix{1, math.Tan(v[0] * math.Pi / 180), 0, 1, 0, 0}, true
	}
	return identity, false
}

// reference is the id that "url(#id)" or "#id" names within the file.
func reference(text string) (id string, ok bool) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "url("); ok {
		inner, _, _ = strings.Cut(inner, ")")
		text = strings.Trim(strings.TrimSpace(inner), `"'`)
	}
	return strings.CutPrefix(text, "#")
}
