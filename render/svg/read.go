package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"headsup/pattern"
)

// A node is an element of the file.
type node struct {
	name  string
	line  int
	attrs map[string]string // of no namespace; "href" of XLink too
	kids  []*node
}

func (n *node) fault(format string, args ...any) error {
	return &Error{n.line, n.name, fmt.Sprintf(format, args...)}
}

const (
	svgSpace   = "http://www.w3.org/2000/svg"
	xlinkSpace = "http://www.w3.org/1999/xlink"
)

// read reads the elements of a file, and its style sheets. Elements of other
// namespaces, in which programs note what is for themselves, are left out.
func read(data []byte) (*node, *sheet, error) {
	r := &reader{d: xml.NewDecoder(bytes.NewReader(data)), sheet: &sheet{}}
	r.d.Entity = map[string]string{}
	r.d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("encoding %q", charset)
	}
	for {
		t, err := r.d.Token()
		if err == io.EOF && r.root != nil {
			return r.root, r.sheet, nil
		}
		if err == io.EOF {
			return nil, nil, &Error{r.line(), "", "no element \"svg\""}
		}
		if err == nil {
			err = r.take(t)
		}
		var ours *Error
		if err != nil && !errors.As(err, &ours) {
			err = &Error{r.line(), "", err.Error()}
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

type reader struct {
	d     *xml.Decoder
	sheet *sheet
	root  *node
	open  []*node
	count int
}

func (r *reader) line() int {
	line, _ := r.d.InputPos()
	return line
}

func (r *reader) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.Directive:
		return r.entities(t)
	case xml.EndElement:
		r.open = r.open[:len(r.open)-1]
	case xml.CharData:
		if n := len(r.open); n > 0 && r.open[n-1].name == "style" {
			return r.sheet.add(string(t), r.open[n-1])
		}
	case xml.StartElement:
		return r.element(t)
	}
	return nil
}

// entity is a declaration as Illustrator writes them, for its namespaces.
var entity = pattern.New(`<!ENTITY\s+([\w.-]+)\s+"([^"<&%]*)"\s*>`)

func (r *reader) entities(d xml.Directive) error {
	const most = 64
	found := entity.FindAllStringSubmatch(string(d), most+1)
	if len(found) > most || bytes.Count(d, []byte("<!ENTITY")) != len(found) {
		return &Error{r.line(), "", "entities other than short texts"}
	}
	for _, m := range found {
		r.d.Entity[m[1]] = m[2]
	}
	return nil
}

// never are elements that no drawing may have, used or not.
var never = map[string]string{
	"script": "a logo runs nothing", "animate": "a logo stands still", "animateTransform": "a logo stands still",
	"animateMotion": "a logo stands still", "animateColor": "a logo stands still", "set": "a logo stands still",
}

func (r *reader) element(t xml.StartElement) error {
	n := &node{name: t.Name.Local, line: r.line()}
	if r.count++; r.count > mostElements || len(r.open) >= mostDepth {
		return n.fault("too many elements, or too deep within one another")
	}
	ours := t.Name.Space == svgSpace || t.Name.Space == ""
	switch {
	case r.root == nil && (!ours || n.name != "svg"):
		return n.fault("not the element \"svg\"")
	case !ours:
		return r.d.Skip()
	case never[n.name] != "":
		return n.fault("%s", never[n.name])
	case n.name == "title" || n.name == "desc" || n.name == "metadata":
		return r.d.Skip()
	}
	n.attrs = make(map[string]string, len(t.Attr))
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == xlinkSpace && a.Name.Local == "href":
			if _, ok := n.attrs["href"]; !ok {
				n.attrs["href"] = a.Value
			}
		case a.Name.Space == "":
			n.attrs[a.Name.Local] = a.Value
		}
		if strings.HasPrefix(a.Name.Local, "on") && a.Name.Space == "" {
			return n.fault("attribute %q: a logo runs nothing", a.Name.Local)
		}
	}
	if r.root == nil {
		r.root = n
	} else if len(r.open) > 0 {
		up := r.open[len(r.open)-1]
		up.kids = append(up.kids, n)
	}
	r.open = append(r.open, n)
	return nil
}
