// Package svg reads drawings in SVG, as programs for drawing write them, and
// says what is to be painted: paths with colours, gradients, strokes, clips and
// opacity, all references followed and all styles applied.
//
// It reads what stands still and comes from the file itself. Everything else
// that would be seen (text, images, filters, masks, scripts, animation) is an
// [*Error] that names element and line: a drawing is painted whole or refused.
// It knows nothing of pages or of PDF.
package svg

import (
	"bytes"
	"fmt"
)

// Limits of a drawing. A logo has a hundredth of them.
const (
	mostBytes    = 2 << 20
	mostElements = 20_000 // in the file
	mostDepth    = 64     // elements within elements, references followed
	mostItems    = 20_000 // painted: what is used twice counts twice
	mostSegments = 200_000
	mostRules    = 1_000 // of style sheets
	mostStops    = 256   // of a gradient
)

// An Error says what of a drawing cannot be painted.
type Error struct {
	Line    int    // in the file, from 1
	Element string // its name, or empty where the file is no SVG at all
	What    string
}

func (e *Error) Error() string {
	if e.Element == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.What)
	}
	return fmt.Sprintf("line %d: element %q: %s", e.Line, e.Element, e.What)
}

// A Drawing is what is to be painted, in the order in which it is. Lengths are
// in its own units, from the upper left corner; what lies outside of its width
// and height is not seen.
type Drawing struct {
	Width, Height float64
	Items         []Item
}

// An Item is a shape, or several that are painted together and then put on what
// is below as one.
type Item struct {
	Shape   *Shape // or nil
	Group   []Item
	Opacity float64 // from 0 to 1
	Clips   []Clip  // only what lies within all of them is seen
}

// A Shape is a path with its paints.
type Shape struct {
	Path         Path   // in units of its own
	At           Matrix // from these to those of the drawing
	EvenOdd      bool   // how it is filled
	Fill, Stroke Paint
	Line         Line
	StrokeFirst  bool // the fill is over the stroke
}

// A Line is how a path is stroked, in the units of the path.
type Line struct {
	Width  float64
	Cap    Cap
	Join   Join
	Miter  float64
	Dashes []float64
	Offset float64 // where the dashes begin
}

// A Cap is how a line ends.
type Cap int

// The ends of lines, as PDF numbers them.
const (
	Butt Cap = iota
	RoundCap
	Square
)

// A Join is how a line turns.
type Join int

// The turns of lines, as PDF numbers them.
const (
	Miter Join = iota
	RoundJoin
	Bevel
)

// A Paint is what a path is filled or stroked with.
type Paint struct {
	None     bool
	Color    Color
	Opacity  float64
	Gradient *Gradient // instead of Color
}

// A Color is red, green and blue, from 0 to 255.
type Color [3]uint8

// A Gradient goes along a line or between two circles. Beyond its ends its
// first and last colours go on.
type Gradient struct {
	Radial       bool
	From, To     Point
	Inner, Outer float64 // radii about From and To
	At           Matrix  // from its units to those of the drawing
	Stops        []Stop  // by offset, at least two
	Transparent  bool    // not all stops are opaque
}

// A Stop is a colour of a gradient.
type Stop struct {
	Offset  float64 // from 0 to 1
	Color   Color
	Opacity float64
}

// A Clip is what is seen: all that lies within one of its paths, which are in
// the units of the drawing.
type Clip []ClipPath

// A ClipPath is one of them.
type ClipPath struct {
	Path    Path
	EvenOdd bool
}

// Is reports whether data looks like SVG.
func Is(data []byte) bool { return bytes.Contains(data[:min(len(data), 4096)], []byte("<svg")) }

// Parse reads a drawing. The error is an [*Error].
func Parse(data []byte) (*Drawing, error) {
	if len(data) > mostBytes {
		return nil, &Error{1, "", fmt.Sprintf("%d bytes are too many for a logo", len(data))}
	}
	root, sheet, err := read(data)
	if err != nil {
		return nil, err
	}
	p := &painter{ids: map[string]*node{}, sheet: sheet}
	p.index(root)
	return p.drawing(root)
}
