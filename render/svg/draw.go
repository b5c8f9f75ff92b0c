package svg

import (
	"strings"
)

// A painter walks through the elements and notes what is painted.
type painter struct {
	ids             map[string]*node
	sheet           *sheet
	width, height   float64 // of the viewport, in its own units
	items, segments int
}

// index finds elements by their ids; of two, the first counts.
func (p *painter) index(n *node) {
	if id := n.attrs["id"]; id != "" && p.ids[id] == nil {
		p.ids[id] = n
	}
	for _, k := range n.kids {
		p.index(k)
	}
}

// A place is where an element is painted.
type place struct {
	at    Matrix
	style style
	depth int
}

func (p *painter) drawing(root *node) (*Drawing, error) {
	d := &Drawing{}
	view, hasView := allNumbers(root.attrs["viewBox"])
	hasView = hasView && len(view) == 4
	for _, side := range []struct {
		name string
		of   *float64
		box  int
	}{{"width", &d.Width, 2}, {"height", &d.Height, 3}} {
		whole := 0.0
		if hasView {
			whole = view[side.box]
		}
		text, ok := root.attrs[side.name]
		if !ok || text == "auto" {
			text = "100%"
		}
		if *side.of, ok = parseLength(text, whole); !ok {
			return nil, root.fault("attribute %q: %.40q", side.name, text)
		}
	}
	if root.attrs["viewBox"] != "" && !hasView || hasView && (view[2] <= 0 || view[3] <= 0) {
		return nil, root.fault("attribute \"viewBox\": %.40q", root.attrs["viewBox"])
	}
	if d.Width <= 0 || d.Height <= 0 || d.Width/d.Height > 1000 || d.Height/d.Width > 1000 {
		return nil, root.fault("no width and height")
	}
	at := identity
	p.width, p.height = d.Width, d.Height
	if hasView {
		var err error
		if at, err = fitted(root, view, d.Width, d.Height); err != nil {
			return nil, err
		}
		p.width, p.height = view[2], view[3]
	}
	items, err := p.group(root, place{at: at, style: initial})
	d.Items = items
	return d, err
}

// fitted is how a view fits into its place (SVG 2, 8.2).
func fitted(n *node, view []float64, width, height float64) (Matrix, error) {
	kx, ky := width/view[2], height/view[3]
	align := strings.Fields(n.attrs["preserveAspectRatio"])
	if len(align) > 1 && align[1] == "slice" {
		return identity, n.fault("attribute \"preserveAspectRatio\": \"slice\"")
	}
	x, y := "xMid", "YMid"
	if len(align) > 0 && len(align[0]) == 8 {
		x, y = align[0][:4], align[0][4:]
	}
	if len(align) == 0 || align[0] != "none" {
		kx = min(kx, ky)
		ky = kx
	}
	part := map[string]float64{"xMin": 0, "YMin": 0, "xMid": 0.5, "YMid": 0.5, "xMax": 1, "YMax": 1}
	return translation(-view[0], -view[1]).Then(scaling(kx, ky)).
		Then(translation((width-view[2]*kx)*part[x], (height-view[3]*ky)*part[y])), nil
}

// passed are elements that are not painted where they stand.
var passed = map[string]bool{
	"defs": true, "symbol": true, "clipPath": true, "linearGradient": true, "radialGradient": true, "style": true,
	"mask": true, "filter": true, "pattern": true, "marker": true, "view": true, "cursor": true, "color-profile": true, "font": true,
	"solidColor": true,
}

// group paints what is in an element.
func (p *painter) group(n *node, in place) ([]Item, error) {
	set, err := p.sheet.properties(n)
	if err != nil {
		return nil, err
	}
	if in.style, err = in.style.inherit(n, set); err != nil {
		return nil, err
	}
	var items []Item
	for _, k := range n.kids {
		item, err := p.element(k, in)
		if err != nil {
			return nil, err
		}
		if item != nil {
			items = append(items, *item)
		}
	}
	return items, nil
}

// element paints an element; the item is nil if there is nothing to be seen.
func (p *painter) element(n *node, in place) (*Item, error) {
	if passed[n.name] {
		return nil, nil
	}
	set, err := p.sheet.properties(n)
	if err != nil || set["display"] == "none" {
		return nil, err
	}
	in.depth++
	if p.items++; p.items > mostItems || in.depth > mostDepth {
		return nil, n.fault("too much to paint, or elements that use one another")
	}
	if in.at, err = p.moved(n, set, in.at); err != nil || in.at.flat() {
		return nil, err
	}
	item := &Item{Opacity: 1}
	if o, ok := set["opacity"]; ok && o != "inherit" {
		if item.Opacity, ok = parseFraction(o); !ok {
			return nil, n.fault("property \"opacity\": %.40q", o)
		}
	}
	var bounds box
	switch n.name {
	case "g", "a", "use", "switch":
		item.Group, err = p.container(n, in)
	default:
		item.Shape, err = p.shape(n, set, in)
		if item.Shape != nil {
			bounds = item.Shape.Path.bounds()
		}
	}
	if err != nil || item.Shape == nil && len(item.Group) == 0 || item.Opacity == 0 {
		return nil, err
	}
	if item.Clips, err = p.clips(n, set["clip-path"], in, bounds); err != nil {
		return nil, err
	}
	return item, nil
}

func (p *painter) moved(n *node, set map[string]string, at Matrix) (Matrix, error) {
	m, err := parseTransform(set["transform"])
	if err != nil {
		return at, n.fault("attribute \"transform\": %v", err)
	}
	if at = m.Then(at); !at.finite() {
		return at, n.fault("attribute \"transform\" leads far away")
	}
	return at, nil
}

// container paints a group, the first fitting branch of a switch, or what is
// used from elsewhere in the file.
func (p *painter) container(n *node, in place) ([]Item, error) {
	switch n.name {
	case "use":
		return p.use(n, in)
	case "switch":
		for _, k := range n.kids {
			if k.attrs["requiredExtensions"] == "" && k.attrs["systemLanguage"] == "" {
				one := *n
				one.kids = []*node{k}
				return p.group(&one, in)
			}
		}
		return nil, nil
	}
	return p.group(n, in)
}

func (p *painter) use(n *node, in place) ([]Item, error) {
	target, err := p.target(n)
	if err != nil {
		return nil, err
	}
	x, y, err := p.point(n, "x", "y")
	if err != nil {
		return nil, err
	}
	in.at = translation(x, y).Then(in.at)
	set, err := p.sheet.properties(n)
	if err == nil {
		in.style, err = in.style.inherit(n, set)
	}
	if err != nil {
		return nil, err
	}
	if target.name == "symbol" {
		return p.symbol(n, target, in)
	}
	item, err := p.element(target, in)
	if item == nil {
		return nil, err
	}
	return []Item{*item}, nil
}

// symbol paints a symbol as large as its use says.
func (p *painter) symbol(n, target *node, in place) ([]Item, error) {
	in.depth++
	if p.items++; p.items > mostItems || in.depth > mostDepth {
		return nil, n.fault("too much to paint, or elements that use one another")
	}
	if view, ok := allNumbers(target.attrs["viewBox"]); ok && len(view) == 4 && view[2] > 0 && view[3] > 0 {
		w, err := p.length(n, "width", p.width, view[2])
		if err != nil {
			return nil, err
		}
		h, err := p.length(n, "height", p.height, view[3])
		if err != nil {
			return nil, err
		}
		fit, err := fitted(target, view, w, h)
		if err != nil {
			return nil, err
		}
		in.at = fit.Then(in.at)
		if !in.at.finite() || in.at.flat() {
			return nil, nil
		}
		items, err := p.group(target, in)
		seen := Clip{{Path: rectangle(view[0], view[1], view[2], view[3], 0, 0).In(in.at)}}
		return []Item{{Group: items, Opacity: 1, Clips: []Clip{seen}}}, err
	}
	return p.group(target, in)
}

// target is the element that another refers to.
func (p *painter) target(n *node) (*node, error) {
	href := strings.TrimSpace(n.attrs["href"])
	id, ok := reference(href)
	if !ok {
		return nil, n.fault("a reference to what is not in the file: %.40q", href)
	}
	if p.ids[id] == nil {
		return nil, n.fault("there is no %.40q", href)
	}
	return p.ids[id], nil
}

// length is an attribute of an element, or what it is without.
func (p *painter) length(n *node, name string, whole, without float64) (float64, error) {
	text, ok := n.attrs[name]
	if !ok || text == "auto" || text == "" {
		return without, nil
	}
	v, ok := parseLength(text, whole)
	if !ok {
		return 0, n.fault("attribute %q: %.40q", name, text)
	}
	return v, nil
}

func (p *painter) point(n *node, x, y string) (float64, float64, error) {
	vx, err := p.length(n, x, p.width, 0)
	if err != nil {
		return 0, 0, err
	}
	vy, err := p.length(n, y, p.height, 0)
	return vx, vy, err
}

// shape paints a path. It is nil if nothing of it can be seen.
func (p *painter) shape(n *node, set map[string]string, in place) (*Shape, error) {
	path, err := p.path(n)
	if err != nil {
		return nil, err
	}
	st, err := in.style.inherit(n, set)
	if err != nil || st.hidden || len(path) < 2 {
		return nil, err
	}
	s := &Shape{Path: path, At: in.at, EvenOdd: st.evenOdd, Line: st.line, StrokeFirst: st.strokeFirst}
	bounds := path.bounds()
	if s.Fill, err = p.paint(n, st.fill, st, st.fillOpacity, bounds, in.at); err != nil {
		return nil, err
	}
	if s.Stroke, err = p.paint(n, st.stroke, st, st.strokeOpacity, bounds, in.at); err != nil {
		return nil, err
	}
	s.Stroke.None = s.Stroke.None || s.Line.Width == 0
	if n.name == "line" {
		s.Fill.None = true
	}
	if s.Fill.None && s.Stroke.None {
		return nil, nil
	}
	return s, nil
}
