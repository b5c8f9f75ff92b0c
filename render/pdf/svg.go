package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// parseSVG reads a drawing of filled paths and rectangles. It is an error if
// there is anything else in it that would have to be drawn.
func parseSVG(b []byte) (fpdf.SVGBasicType, error) {
	svg, err := fpdf.SVGBasicParse(b)
	if err != nil {
		return svg, err
	}
	fills, err := drawn(b)
	if err != nil {
		return svg, err
	}
	if svg.Wd <= 0 || svg.Ht <= 0 {
		return svg, errors.New("no width and height")
	}
	if len(fills) > len(svg.Paths) {
		return svg, errors.New("a path that cannot be read")
	}
	for i, fill := range fills { // paths come before rectangles
		svg.Paths[i].Fill = fill
	}
	return svg, nil
}

// drawn returns how each path is filled.
func drawn(b []byte) ([]string, error) {
	known := []string{"svg", "path", "rect", "title", "desc", "metadata"}
	var fills []string
	d := xml.NewDecoder(bytes.NewReader(b))
	for depth := 0; ; {
		t, err := d.Token()
		if err == io.EOF {
			return fills, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := t.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			if !slices.Contains(known, e.Name.Local) || depth > 2 {
				return nil, fmt.Errorf("element %q", e.Name.Local)
			}
			for _, a := range e.Attr {
				if n := a.Name.Local; n == "stroke" && a.Value != "none" || n == "transform" || n == "style" || n == "viewBox" && !plainBox(e.Attr) {
					return nil, fmt.Errorf("attribute %q", n)
				}
			}
			if e.Name.Local == "path" {
				fills = append(fills, attr(e.Attr, "fill"))
			}
		}
	}
}

// plainBox says whether a drawing is as large as its own measures.
func plainBox(attrs []xml.Attr) bool {
	return strings.Join(strings.Fields(attr(attrs, "viewBox")), " ") == "0 0 "+attr(attrs, "width")+" "+attr(attrs, "height")
}

func attr(attrs []xml.Attr, name string) string {
	for _, a := range attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// path fills a path, in black if it has no colour.
func (c *canvas) path(p fpdf.SVGBasicPath) {
	if p.Fill == "none" {
		return
	}
	c.op("rg", rgb(p.Fill)...)
	var x, y float64
	for _, s := range p.Segments {
		a := s.Arg
		switch s.Cmd {
		case 'M':
			x, y = a[0], a[1]
			c.op("m", x, y)
		case 'L', 'H', 'V':
			if s.Cmd != 'V' {
				x = a[0]
			} else {
				y = a[0]
			}
			if s.Cmd == 'L' {
				y = a[1]
			}
			c.op("l", x, y)
		case 'C':
			x, y = a[4], a[5]
			c.op("c", a[0], a[1], a[2], a[3], x, y)
		case 'Q':
			c.op("c", x+2*(a[0]-x)/3, y+2*(a[1]-y)/3, a[2]+2*(a[0]-a[2])/3, a[3]+2*(a[1]-a[3])/3, a[2], a[3])
			x, y = a[2], a[3]
		case 'Z':
			c.op("h")
		}
	}
	c.op("f")
}

// rgb reads "#rrggbb"; anything else is black.
func rgb(s string) []float64 {
	s = strings.TrimPrefix(s, "#")
	v, err := strconv.ParseUint(s, 16, 24)
	if len(s) != 6 || err != nil {
		v = 0
	}
	return []float64{float64(v>>16) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}
