package svg

import (
	"math"
	"strings"
)

// paint is what a property of paint means for a path with such bounds.
func (p *painter) paint(n *node, text string, st style, opacity float64, bounds box, at Matrix) (Paint, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "url(") {
		return p.gradientPaint(n, text, st, opacity, bounds, at)
	}
	if strings.EqualFold(text, "currentColor") {
		text = st.color
	}
	if text == "none" {
		return Paint{None: true}, nil
	}
	text, _, _ = strings.Cut(text, " icc-color")
	c, o, ok := parseColor(text)
	if !ok {
		return Paint{}, n.fault("colour %.40q", text)
	}
	return Paint{Color: c, Opacity: o * opacity, None: o*opacity == 0}, nil
}

func (p *painter) gradientPaint(n *node, text string, st style, opacity float64, bounds box, at Matrix) (Paint, error) {
	id, ok := reference(text)
	if !ok {
		return Paint{}, n.fault("a reference to what is not in the file: %.40q", text)
	}
	g := p.ids[id]
	if g == nil {
		if _, instead, ok := strings.Cut(text, ")"); ok && strings.TrimSpace(instead) != "" {
			return p.paint(n, instead, st, opacity, bounds, at)
		}
		return Paint{}, n.fault("there is no %.40q", text)
	}
	if g.name != "linearGradient" && g.name != "radialGradient" {
		return Paint{}, g.fault("paints what stands on line %d, and only colours and gradients can", n.line)
	}
	whole, err := p.inherited(g)
	if err != nil {
		return Paint{}, err
	}
	stops, err := p.stops(whole)
	if err != nil || len(stops) == 0 {
		return Paint{None: true}, err
	}
	last := stops[len(stops)-1]
	solid := Paint{Color: last.Color, Opacity: last.Opacity * opacity}
	if len(stops) == 1 {
		return solid, nil
	}
	out, err := p.ends(g, whole, bounds, at)
	if err != nil || out == nil {
		return Paint{None: true}, err
	}
	if out.Radial && out.Outer == 0 || !out.Radial && out.From == out.To {
		return solid, nil
	}
	out.Stops = stops
	for _, s := range stops {
		out.Transparent = out.Transparent || s.Opacity < 1
	}
	return Paint{Gradient: out, Opacity: opacity, None: opacity == 0}, nil
}

// inherited is a gradient with what it takes from those that it refers to.
func (p *painter) inherited(g *node) (*node, error) {
	const most = 16
	whole := &node{name: g.name, line: g.line, attrs: map[string]string{}, kids: g.kids}
	for range most {
		for name, value := range g.attrs {
			if _, ok := whole.attrs[name]; !ok && name != "href" {
				whole.attrs[name] = value
			}
		}
		if len(whole.kids) == 0 {
			whole.kids = g.kids
		}
		if g.attrs["href"] == "" {
			return whole, nil
		}
		next, err := p.target(g)
		if err != nil {
			return nil, err
		}
		g = next
	}
	return nil, g.fault("gradients that refer to one another")
}

func (p *painter) stops(g *node) (stops []Stop, err error) {
	for _, k := range g.kids {
		if k.name != "stop" {
			continue
		}
		set, err := p.sheet.properties(k)
		if err != nil {
			return nil, err
		}
		s := Stop{Opacity: 1}
		var fine [3]bool
		value := func(name, without string) string {
			if v := set[name]; v != "" {
				return v
			}
			return without
		}
		color := value("stop-color", "black")
		if strings.EqualFold(color, "currentColor") {
			color = value("color", "black")
		}
		var own, more float64
		s.Offset, fine[0] = parseFraction(value("offset", "0"))
		s.Color, own, fine[1] = parseColor(color)
		more, fine[2] = parseFraction(value("stop-opacity", "1"))
		if fine != [3]bool{true, true, true} {
			return nil, k.fault("an offset, colour or opacity that cannot be read")
		}
		s.Opacity = own * more
		if n := len(stops); n > 0 {
			s.Offset = max(s.Offset, stops[n-1].Offset)
		}
		if stops = append(stops, s); len(stops) > mostStops {
			return nil, k.fault("too many stops")
		}
	}
	return stops, nil
}

// ends is where a gradient begins and ends. It is nil where a path without
// width or height has none.
func (p *painter) ends(g, whole *node, bounds box, at Matrix) (*Gradient, error) {
	if s := whole.attrs["spreadMethod"]; s != "" && s != "pad" {
		return nil, g.fault("attribute \"spreadMethod\": %.40q", s)
	}
	m, err := parseTransform(whole.attrs["gradientTransform"])
	if err != nil {
		return nil, g.fault("attribute \"gradientTransform\": %v", err)
	}
	width, height := p.width, p.height
	if whole.attrs["gradientUnits"] != "userSpaceOnUse" {
		w, h := bounds.max.X-bounds.min.X, bounds.max.Y-bounds.min.Y
		if w == 0 || h == 0 {
			return nil, nil
		}
		width, height = 1, 1
		m = m.Then(Matrix{w, 0, 0, h, bounds.min.X, bounds.min.Y})
	}
	out := &Gradient{Radial: g.name == "radialGradient", At: m.Then(at)}
	if !out.At.finite() || out.At.flat() {
		return nil, nil
	}
	coordinate := func(name, without string, side float64, of *float64) {
		text := whole.attrs[name]
		if text == "" {
			text = without
		}
		v, ok := parseLength(text, side)
		if !ok && err == nil {
			err = g.fault("attribute %q: %.40q", name, text)
		}
		*of = v
	}
	if !out.Radial {
		coordinate("x1", "0%", width, &out.From.X)
		coordinate("y1", "0%", height, &out.From.Y)
		coordinate("x2", "100%", width, &out.To.X)
		coordinate("y2", "0%", height, &out.To.Y)
		return out, err
	}
	both := math.Sqrt((width*width + height*height) / 2)
	coordinate("cx", "50%", width, &out.To.X)
	coordinate("cy", "50%", height, &out.To.Y)
	coordinate("r", "50%", both, &out.Outer)
	coordinate("fr", "0", both, &out.Inner)
	out.From = out.To
	if whole.attrs["fx"] != "" {
		coordinate("fx", "", width, &out.From.X)
	}
	if whole.attrs["fy"] != "" {
		coordinate("fy", "", height, &out.From.Y)
	}
	if err != nil || out.Outer < 0 || out.Inner < 0 || out.Inner > out.Outer {
		return nil, err
	}
	// A focus outside of the circle is put onto it (SVG 1.1, 13.2.3); just
	// within, so that every place has one colour.
	dx, dy := out.From.X-out.To.X, out.From.Y-out.To.Y
	if d, most := math.Hypot(dx, dy), 0.999*(out.Outer-out.Inner); d > most && d > 0 {
		out.From = Point{out.To.X + dx*most/d, out.To.Y + dy*most/d}
	}
	return out, nil
}

// clips is what a clip path, and the clip path of that, leave to be seen.
func (p *painter) clips(n *node, text string, in place, bounds box) (all []Clip, err error) {
	for range mostDepth {
		if text = strings.TrimSpace(text); text == "" || text == "none" {
			return all, nil
		}
		id, ok := reference(text)
		if c := p.ids[id]; ok && c != nil && c.name == "clipPath" {
			var clip Clip
			if clip, err = p.clip(n, c, in, bounds); err != nil {
				return nil, err
			}
			all = append(all, clip)
			set, err := p.sheet.properties(c)
			if err != nil {
				return nil, err
			}
			text = set["clip-path"]
			continue
		}
		return nil, n.fault("clip path %.40q: not one of the file", text)
	}
	return nil, n.fault("clip paths that refer to one another")
}

func (p *painter) clip(n, c *node, in place, bounds box) (Clip, error) {
	set, err := p.sheet.properties(c)
	if err != nil {
		return nil, err
	}
	at := in.at
	if c.attrs["clipPathUnits"] == "objectBoundingBox" {
		if !bounds.any {
			return nil, c.fault("clipPathUnits \"objectBoundingBox\", used by a group on line %d", n.line)
		}
		at = Matrix{bounds.max.X - bounds.min.X, 0, 0, bounds.max.Y - bounds.min.Y, bounds.min.X, bounds.min.Y}.Then(at)
	}
	if at, err = p.moved(c, set, at); err != nil {
		return nil, err
	}
	st, err := initial.inherit(c, set)
	if err != nil {
		return nil, err
	}
	clip := Clip{} // nothing within is nothing seen
	for _, k := range c.kids {
		if err := p.clipPart(&clip, k, place{at: at, style: st, depth: in.depth + 1}); err != nil {
			return nil, err
		}
	}
	return clip, nil
}

// clipPart adds an element of a clip path.
func (p *painter) clipPart(clip *Clip, n *node, in place) error {
	if passed[n.name] {
		return nil
	}
	set, err := p.sheet.properties(n)
	if err != nil || set["display"] == "none" {
		return err
	}
	if p.items++; p.items > mostItems || in.depth > mostDepth {
		return n.fault("too much to paint, or elements that use one another")
	}
	if v := set["clip-path"]; v != "" && v != "none" {
		return n.fault("a clip path within a clip path")
	}
	if in.at, err = p.moved(n, set, in.at); err != nil {
		return err
	}
	if in.style, err = in.style.inherit(n, set); err != nil {
		return err
	}
	if n.name == "use" {
		target, err := p.target(n)
		if err != nil {
			return err
		}
		x, y, err := p.point(n, "x", "y")
		if err != nil {
			return err
		}
		in.at, in.depth = translation(x, y).Then(in.at), in.depth+1
		return p.clipPart(clip, target, in)
	}
	path, err := p.path(n)
	if err != nil || in.style.hidden || len(path) < 2 {
		return err
	}
	*clip = append(*clip, ClipPath{path.In(in.at), in.style.clipEvenOdd})
	return nil
}
