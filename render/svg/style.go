package svg

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A sheet is all style sheets of a file.
type sheet struct{ rules []rule }

// A rule is one selector with what it sets.
type rule struct {
	selector selector
	set      map[string]string
}

// A selector is a type, classes and an id in one, as drawing programs write
// them: ".st0", "path", "#a", "g.st1".
type selector struct {
	name, id string
	classes  []string
}

// weight orders selectors (Selectors 4, 17).
func (s selector) weight() int {
	w := 10 * len(s.classes)
	if s.id != "" {
		w += 1000
	}
	if s.name != "" {
		w++
	}
	return w
}

func (s selector) fits(n *node, classes []string) bool {
	if s.name != "" && s.name != n.name || s.id != "" && s.id != n.attrs["id"] {
		return false
	}
	return !slices.ContainsFunc(s.classes, func(c string) bool { return !slices.Contains(classes, c) })
}

// add reads a style sheet.
func (s *sheet) add(css string, n *node) error {
	css = strings.NewReplacer("<!--", " ", "-->", " ").Replace(withoutComments(css))
	for strings.TrimSpace(css) != "" {
		head, rest, ok := strings.Cut(css, "{")
		body, after, closed := strings.Cut(rest, "}")
		head = strings.TrimSpace(head)
		switch {
		case strings.HasPrefix(head, "@import") || strings.Contains(head, ";"):
			return n.fault("a style sheet from elsewhere, or a rule that is none: %.40q", head)
		case !ok || !closed || strings.Contains(body, "{"):
			return n.fault("a style sheet that cannot be read at %.40q", head)
		case head == "@font-face": // there is no text
		case strings.HasPrefix(head, "@"):
			return n.fault("rule %.40q", head)
		default:
			set, err := declarations(body, n)
			if err != nil {
				return err
			}
			for one := range strings.SplitSeq(head, ",") {
				sel, ok := parseSelector(strings.TrimSpace(one))
				if !ok {
					return n.fault("selector %.40q: only names, classes and ids", one)
				}
				if s.rules = append(s.rules, rule{sel, set}); len(s.rules) > mostRules {
					return n.fault("too many rules")
				}
			}
		}
		css = after
	}
	slices.SortStableFunc(s.rules, func(a, b rule) int { return cmp.Compare(a.selector.weight(), b.selector.weight()) })
	return nil
}

func withoutComments(css string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(css, "/*")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if _, css, ok = strings.Cut(rest, "*/"); !ok {
			return b.String()
		}
	}
}

func parseSelector(text string) (s selector, ok bool) {
	if text == "*" {
		return s, true
	}
	plain := func(part string) bool {
		return part != "" && strings.IndexFunc(part, func(r rune) bool {
			return r != '-' && r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r < 0x80
		}) < 0
	}
	for text != "" {
		mark := text[0]
		end := strings.IndexAny(text[1:], ".#") + 1
		if end == 0 {
			end = len(text)
		}
		part := text[:end]
		text = text[end:]
		switch mark {
		case '.':
			s.classes, ok = append(s.classes, part[1:]), plain(part[1:])
		case '#':
			s.id, ok = part[1:], plain(part[1:])
		default:
			s.name, ok = part, plain(part)
		}
		if !ok {
			return s, false
		}
	}
	return s, ok
}

// declarations reads "fill: red; stroke: none".
func declarations(text string, n *node) (map[string]string, error) {
	set := map[string]string{}
	for _, one := range strings.FieldsFunc(withoutComments(text), func(r rune) bool { return r == ';' }) {
		name, value, ok := strings.Cut(one, ":")
		if !ok {
			if strings.TrimSpace(one) == "" {
				continue
			}
			return nil, n.fault("style %.40q", strings.TrimSpace(one))
		}
		value, _, _ = strings.Cut(value, "!")
		set[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return set, nil
}

// properties returns what is set of an element: by its attributes, by style
// sheets and by its attribute "style", the later ones before the earlier.
func (s *sheet) properties(n *node) (map[string]string, error) {
	set := maps.Clone(n.attrs)
	classes := strings.Fields(n.attrs["class"])
	for _, r := range s.rules {
		if r.selector.fits(n, classes) {
			maps.Copy(set, r.set)
		}
	}
	own, err := declarations(n.attrs["style"], n)
	for name, value := range own {
		if name == "transform" || name == "d" {
			return nil, n.fault("%q within a style", name)
		}
		set[name] = value
	}
	return set, err
}

// A style is what elements inherit.
type style struct {
	fill, stroke               string
	color                      string
	fillOpacity, strokeOpacity float64
	evenOdd, clipEvenOdd       bool
	line                       Line
	hidden                     bool
	strokeFirst                bool
}

var initial = style{fill: "black", stroke: "none", color: "black", fillOpacity: 1, strokeOpacity: 1, line: Line{Width: 1, Miter: 4}}

// unseen are properties that change what is seen and cannot be painted, with the
// values that change nothing.
var unseen = map[string][]string{
	"mask": {"none"}, "filter": {"none"}, "mix-blend-mode": {"normal"}, "vector-effect": {"none"}, "clip": {"auto"},
	"marker": {"none"}, "marker-start": {"none"}, "marker-mid": {"none"}, "marker-end": {"none"},
	"transform-origin": {"0 0", "0px 0px"}, "-inkscape-stroke": {"none"},
}

// inherit is the style of an element within another.
func (s style) inherit(n *node, set map[string]string) (style, error) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		value := set[name]
		if same, ok := unseen[name]; ok && value != "" && !slices.Contains(same, value) {
			return s, n.fault("property %q: %.40q", name, value)
		}
		if value == "inherit" || value == "" {
			continue
		}
		ok := true
		switch name {
		case "fill":
			s.fill = value
		case "stroke":
			s.stroke = value
		case "color":
			s.color = value
		case "fill-opacity":
			s.fillOpacity, ok = parseFraction(value)
		case "stroke-opacity":
			s.strokeOpacity, ok = parseFraction(value)
		case "fill-rule":
			s.evenOdd, ok = value == "evenodd", value == "evenodd" || value == "nonzero"
		case "clip-rule":
			s.clipEvenOdd, ok = value == "evenodd", value == "evenodd" || value == "nonzero"
		case "visibility":
			s.hidden = value != "visible"
		case "paint-order":
			before, _, found := strings.Cut(value, "stroke")
			s.strokeFirst = found && !strings.Contains(before, "fill")
		default:
			ok = s.line.set(name, value)
		}
		if !ok {
			return s, n.fault("property %q: %.40q", name, value)
		}
	}
	return s, nil
}

// set takes a property of lines, and reports false if it cannot be read.
func (l *Line) set(name, value string) (ok bool) {
	switch name {
	case "stroke-width":
		l.Width, ok = parseLength(value, 100)
		return ok && l.Width >= 0
	case "stroke-linecap":
		l.Cap, ok = map[string]Cap{"butt": Butt, "round": RoundCap, "square": Square}[value]
	case "stroke-linejoin":
		l.Join, ok = map[string]Join{"miter": Miter, "round": RoundJoin, "bevel": Bevel, "miter-clip": Miter}[value]
	case "stroke-miterlimit":
		n := numbers{text: value}
		l.Miter, ok = n.next()
		l.Miter = max(l.Miter, 1)
	case "stroke-dashoffset":
		l.Offset, ok = parseLength(value, 100)
	case "stroke-dasharray":
		l.Dashes, ok = parseDashes(value)
	default:
		return true
	}
	return ok
}

// parseDashes reads lengths of dashes and gaps by turns; none is a whole line.
func parseDashes(value string) (dashes []float64, ok bool) {
	const most = 64
	if value == "none" {
		return nil, true
	}
	sum := 0.0
	for _, f := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }) {
		v, ok := parseLength(f, 100)
		if !ok || v < 0 || len(dashes) == most {
			return nil, false
		}
		dashes, sum = append(dashes, v), sum+v
	}
	if sum == 0 {
		return nil, true
	}
	if len(dashes)%2 == 1 {
		dashes = append(dashes, dashes...)
	}
	return dashes, true
}
