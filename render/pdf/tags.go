package pdf

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"headsup/render/typeset"
)

// A node is an element of a letter's structure, which tells programs that read
// aloud what is a heading, a list or a cell (ISO 32000-1, 14.7 and 14.8). A
// node without a kind is a part of its parent's text.
type node struct {
	kind  string // a standard type: "P", "TD"
	up    *node
	kids  []*node
	nodes *nodes
	rare  *rare

	ref         ref
	marks       []mark // where it stands
	mark        [1]mark
	on          int32 // number of the page on which it was seen last, from 1
	first, last int32 // its items there
}

// rare is what only some nodes have: most are the cells of a table.
type rare struct {
	lang  string  // where it is another than the parent's
	alt   string  // of a figure
	title string  // of a heading, for the bookmarks
	url   string  // of a link
	attrs string  // entries of its dictionary
	links []int   // of a link: where it can be clicked
	top   float64 // of a heading: where it begins, from the lower edge of its page
}

// get returns what a node has, to be read.
func (n *node) get() *rare {
	if n.rare == nil {
		return &nothing
	}
	return n.rare
}

var nothing rare // never changed

// set returns what a node has, to be changed.
func (n *node) set() *rare {
	if n.rare == nil {
		n.rare = &rare{}
	}
	return n.rare
}

// A mark is a piece of content: its page, from 0, and its number on the page.
type mark struct{ page, id int32 }

func (n *node) add(kind string) *node {
	k := n.nodes.next()
	k.kind, k.up, k.nodes = kind, n, n.nodes
	n.kids = append(n.kids, k)
	return k
}

// nodes is memory for those of a letter.
type nodes []node

func (ns *nodes) next() *node {
	if len(*ns) == 0 {
		*ns = make([]node, 64)
	}
	n := &(*ns)[0]
	*ns = (*ns)[1:]
	return n
}

// newNode begins a tree.
func newNode(kind string) *node { return &node{kind: kind, nodes: new(nodes)} }

// owner is the node to which the content of n belongs.
func (n *node) owner() *node {
	if n.kind == "" {
		return n.up
	}
	return n
}

// tags gathers the structure of a letter while its pages are drawn.
type tags struct {
	owners [][]*node // by page and number of the content
	links  []link
}

// A link is a place that can be clicked.
type link struct {
	ref  ref
	of   *node
	page int
	area [4]float64 // left, bottom, right and top
}

// begin opens content of a node on the page that is drawn.
func (t *tags) begin(c *canvas, n *node) {
	page := len(t.owners) - 1
	id := len(t.owners[page])
	owner := n.owner()
	t.owners[page] = append(t.owners[page], owner)
	if n.marks == nil {
		n.marks = n.mark[:0] // most have one
	}
	n.marks = append(n.marks, mark{int32(page), int32(id)})
	c.b = append(append(append(c.b, '/'), owner.kind...), " <</MCID "...)
	c.b = append(strconv.AppendInt(c.b, int64(id), 10), ">> BDC\n"...)
}

func (c *canvas) end() { c.b = append(c.b, "EMC\n"...) }

// click makes a part of a line a place that can be clicked, if it is a link's.
func (d *draft) click(c *canvas, n *node, it item, part typeset.Line) {
	if n.get().url == "" {
		return
	}
	size, y := part.Pieces[0].Size, c.height-it.y
	n.rare.links = append(n.rare.links, len(d.links))
	d.links = append(d.links, link{ref: d.promise(), of: n, page: len(d.pages) - 1,
		area: [4]float64{it.x + part.Pieces[0].X, y - 0.25*size, it.x + part.Width, y + 0.8*size}})
}

// structure writes the tree of all nodes, and what leads from content to it
// (ISO 32000-1, 14.7.4.4). It returns the entries of the catalog.
func (d *draft) structure(root *node) []byte {
	top := d.promise()
	d.number(root)
	d.elements(root, top)
	parents := d.promise()
	b := append(appendRef(append(d.hold(top), "<</Type/StructTreeRoot/K "...), root.ref), "/ParentTree "...)
	b = append(appendRef(b, parents), "/ParentTreeNextKey "...)
	d.keep(append(strconv.AppendInt(b, int64(len(d.owners)+len(d.links)), 10), ">>"...))
	b = append(d.hold(parents), "<</Nums["...)
	for page, owners := range d.owners {
		b = append(strconv.AppendInt(b, int64(page), 10), '[')
		for i, n := range owners {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendRef(b, n.ref)
		}
		b = append(b, ']')
	}
	for i, l := range d.links {
		b = append(strconv.AppendInt(append(b, ' '), int64(len(d.owners)+i), 10), ' ')
		b = appendRef(b, l.of.ref)
	}
	d.keep(append(b, "]>>"...))
	for i, l := range d.links {
		d.keep(l.annotation(d.hold(l.ref), d.pages[l.page], len(d.owners)+i))
	}
	b = append(appendRef([]byte("/MarkInfo <</Marked true>> /StructTreeRoot "), top), ' ')
	return append(b, d.outlines(root)...)
}

// number promises an object for each node.
func (d *draft) number(n *node) {
	n.ref = d.promise()
	for _, k := range n.kids {
		if k.kind != "" {
			d.number(k)
		}
	}
}

// elements writes a node and all below it.
func (d *draft) elements(n *node, up ref) {
	b := append(append(d.hold(n.ref), "<</S/"...), n.kind...)
	b = appendRef(append(b, "/P "...), up)
	r := n.get()
	if r.lang != "" {
		b = append(append(append(b, "/Lang("...), tag(r.lang)...), ')')
	}
	if r.alt != "" {
		b = appendText(append(b, "/Alt"...), r.alt)
	}
	b = d.content(append(b, r.attrs...), n)
	d.keep(append(b, ">>"...))
	for _, k := range n.kids {
		if k.kind != "" {
			d.elements(k, n.ref)
		}
	}
}

// content writes what a node consists of.
func (d *draft) content(b []byte, n *node) []byte {
	page := n.firstPage()
	if page >= 0 {
		b = appendRef(append(b, "/Pg "...), d.pages[page])
	}
	b = d.marked(append(b, "/K["...), n.marks, page)
	for _, k := range n.kids {
		if k.kind == "" {
			b = d.marked(b, k.marks, page)
		} else {
			b = append(appendRef(b, k.ref), ' ')
		}
	}
	for _, i := range n.get().links {
		b = appendRef(append(b, "<</Type/OBJR/Obj "...), d.links[i].ref)
		b = append(appendRef(append(b, "/Pg "...), d.pages[d.links[i].page]), ">>"...)
	}
	return append(b, ']')
}

// firstPage is where the first content of a node's own stands, or -1.
func (n *node) firstPage() int {
	if len(n.marks) > 0 {
		return int(n.marks[0].page)
	}
	for _, k := range n.kids {
		if k.kind == "" && len(k.marks) > 0 {
			return int(k.marks[0].page)
		}
	}
	return -1
}

// marked writes pieces of content, by their number alone where they stand on
// the page of the node.
func (d *draft) marked(b []byte, marks []mark, page int) []byte {
	for _, m := range marks {
		if int(m.page) == page {
			b = append(strconv.AppendInt(b, int64(m.id), 10), ' ')
			continue
		}
		b = appendRef(append(b, "<</Type/MCR/Pg "...), d.pages[m.page])
		b = append(strconv.AppendInt(append(b, "/MCID "...), int64(m.id), 10), ">>"...)
	}
	return b
}

// annotation writes a link (ISO 32000-1, 12.5.6.5), which is printed as the
// text that it is (ISO 19005-2, 6.3.2).
func (l link) annotation(b []byte, page ref, key int) []byte {
	b = append(b, "<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect["...)
	for _, v := range l.area {
		b = append(appendNumber(b, v), ' ')
	}
	b = appendRef(append(b, "]/P "...), page)
	b = appendText(append(b, "/Contents"...), l.of.rare.url)
	b = strconv.AppendInt(append(b, "/StructParent "...), int64(key), 10)
	b = append(b, "/A<</S/URI/URI("...)
	for _, c := range []byte(l.of.rare.url) {
		switch {
		case c <= ' ' || c > '~':
			b = append(append(b, '%'), strings.ToUpper(hex.EncodeToString([]byte{c}))...)
		case c == '(' || c == ')' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return append(b, ")>>>>"...)
}

// followed reports whether a URL is one that a click may open.
func followed(url string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if len(url) > len(scheme) && len(url) < 2000 && strings.HasPrefix(url, scheme) {
			return true
		}
	}
	return false
}

// pagesWithBookmarks is from how many pages on a letter has bookmarks.
const pagesWithBookmarks = 3

// outlines writes a bookmark for each heading of a long letter (ISO 32000-1,
// 12.3.3), and returns their entry of the catalog.
func (d *draft) outlines(root *node) []byte {
	var heads []*node
	var find func(n *node)
	find = func(n *node) {
		if n.get().title != "" && len(n.marks) > 0 {
			heads = append(heads, n)
		}
		for _, k := range n.kids {
			find(k)
		}
	}
	find(root)
	if len(d.pages) < pagesWithBookmarks || len(heads) == 0 {
		return nil
	}
	top := d.promise()
	refs := make([]ref, len(heads))
	for i := range heads {
		refs[i] = d.promise()
	}
	d.keep(fmt.Appendf(d.hold(top), "<</Type/Outlines/First %v/Last %v/Count %d>>", refs[0], refs[len(refs)-1], len(refs)))
	for i, n := range heads {
		b := fmt.Appendf(d.hold(refs[i]), "<</Parent %v/Dest[%v/XYZ null %.1f null]/Title%s", top, d.pages[n.marks[0].page], n.rare.top, text(n.rare.title))
		if i > 0 {
			b = fmt.Appendf(b, "/Prev %v", refs[i-1])
		}
		if i < len(refs)-1 {
			b = fmt.Appendf(b, "/Next %v", refs[i+1])
		}
		d.keep(append(b, ">>"...))
	}
	return fmt.Appendf(nil, " /Outlines %v", top)
}
