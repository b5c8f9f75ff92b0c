package svg

// refused are elements that are seen and are not painted, with what helps.
var refused = map[string]string{
	"text":          "text is not painted: a program for drawing makes paths of it",
	"image":         "images are not painted: a logo that is one is kept as PNG",
	"foreignObject": "what is no SVG is not painted",
	"svg":           "a drawing within another is not painted",
}

// path is the outline of an element.
func (p *painter) path(n *node) (path Path, err error) {
	switch n.name {
	case "path":
		path, err = parsePath(n.attrs["d"], mostSegments)
	case "rect":
		path, err = p.rect(n)
	case "circle", "ellipse":
		path, err = p.ellipse(n)
	case "line":
		var a, b Point
		if a.X, a.Y, err = p.point(n, "x1", "y1"); err == nil {
			b.X, b.Y, err = p.point(n, "x2", "y2")
		}
		path.move(a)
		path.line(b)
	case "polyline", "polygon":
		v, ok := allNumbers(n.attrs["points"])
		if !ok || len(v)%2 == 1 || len(v) > mostSegments {
			return nil, n.fault("attribute \"points\" cannot be read")
		}
		for i := 0; i < len(v); i += 2 {
			if i == 0 {
				path.move(Point{v[0], v[1]})
			} else {
				path.line(Point{v[i], v[i+1]})
			}
		}
		if n.name == "polygon" && len(path) > 0 {
			path.close()
		}
	default:
		if why, ok := refused[n.name]; ok {
			return nil, n.fault("%s", why)
		}
		return nil, n.fault("not painted")
	}
	if _, ours := err.(*Error); err != nil && !ours {
		return nil, n.fault("%v", err)
	}
	if p.segments += len(path); p.segments > mostSegments {
		return nil, n.fault("too many segments")
	}
	return path, err
}

func (p *painter) rect(n *node) (Path, error) {
	x, y, err := p.point(n, "x", "y")
	if err != nil {
		return nil, err
	}
	w, h, err := p.point(n, "width", "height")
	if err != nil || w <= 0 || h <= 0 {
		return nil, err
	}
	rx, err := p.length(n, "rx", p.width, -1)
	if err != nil {
		return nil, err
	}
	ry, err := p.length(n, "ry", p.height, -1)
	if rx < 0 {
		rx = ry
	}
	if ry < 0 {
		ry = rx
	}
	return rectangle(x, y, w, h, rx, ry), err
}

func (p *painter) ellipse(n *node) (Path, error) {
	x, y, err := p.point(n, "cx", "cy")
	if err != nil {
		return nil, err
	}
	rx, ry, err := p.point(n, "rx", "ry")
	if n.name == "circle" && err == nil {
		rx, err = p.length(n, "r", (p.width+p.height)/2, 0)
		ry = rx
	}
	if err != nil || rx <= 0 || ry <= 0 {
		return nil, err
	}
	return ellipse(Point{x, y}, rx, ry), nil
}
