package pdf

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"

	"headsup/render/typeset"
)

// A judged file is one that is read as a checker of PDF/UA reads it, with the
// objects that are packed together.
type judged struct {
	objects
	kids    map[ref][]string // of an element: numbers, references and dictionaries, as they stand
	faults  []string
	catalog []byte
}

func (j *judged) fault(condition, format string, args ...any) {
	j.faults = append(j.faults, condition+": "+fmt.Sprintf(format, args...))
}

// Faults lists where a file breaks the conditions of the Matterhorn Protocol
// 1.02 that a machine can check, by their numbers, as far as they can apply to
// a letter: there are no forms, no media, no optional content and no notes.
func Faults(file []byte) ([]string, error) {
	o, err := readObjects(file)
	if err != nil {
		return nil, err
	}
	j := &judged{objects: o, kids: map[ref][]string{}}
	for _, body := range o.body {
		if bytes.HasPrefix(body, []byte("<</Type /Catalog")) {
			j.catalog = body
		}
	}
	packed := map[ref][]byte{}
	for r, body := range o.body {
		if !bytes.HasPrefix(body, []byte("<</Type /ObjStm")) {
			continue
		}
		data := inflate(body)
		first := number(body, `/First (\d+)`)
		head := strings.Fields(string(data[:first]))
		for i := 0; i < len(head); i += 2 {
			n, _ := strconv.Atoi(head[i])
			at, _ := strconv.Atoi(head[i+1])
			end := len(data)
			if i+3 < len(head) {
				next, _ := strconv.Atoi(head[i+3])
				end = first + next
			}
			packed[ref(n)] = bytes.TrimSpace(data[first+at : end])
		}
		delete(o.body, r)
	}
	for r, body := range packed {
		o.body[r] = body
	}
	for _, c := range conditions {
		c(j)
	}
	slices.Sort(j.faults)
	return j.faults, nil
}

// inflate returns the data of a stream.
func inflate(body []byte) []byte {
	_, data, ok := bytes.Cut(body, []byte("\nstream\n"))
	if !ok {
		return nil
	}
	if !bytes.Contains(body[:bytes.Index(body, []byte("\nstream\n"))], []byte("/FlateDecode")) {
		return data
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(z)
	return out
}

func find(body []byte, expr string) string {
	if m := regexp.MustCompile(expr).FindSubmatch(body); m != nil {
		return string(m[1])
	}
	return ""
}

func number(body []byte, expr string) int {
	n, err := strconv.Atoi(find(body, expr))
	if err != nil {
		return -1
	}
	return n
}

// object follows the reference that an expression finds.
func (j *judged) object(body []byte, expr string) []byte {
	return j.body[refOf([]byte(find(body, expr)+" "))]
}

var conditions = []func(*judged){documentConditions, treeConditions, contentConditions, linkConditions, fontConditions}

// Checkpoints 06 (metadata), 07 (dictionary) and 11 (language).
func documentConditions(j *judged) {
	for condition, want := range map[string]string{
		"07-001 title is shown":  "/DisplayDocTitle true",
		"02-001 marked":          "/MarkInfo <</Marked true>>",
		"11-006 language":        "/Lang (",
		"PDF/A an output intent": "/OutputIntents [",
	} {
		if !bytes.Contains(j.catalog, []byte(want)) {
			j.fault(condition, "no %s", want)
		}
	}
	xmp := inflate(j.object(j.catalog, `/Metadata (\d+) 0 R`))
	for condition, want := range map[string]string{"06-002 PDF/UA": "<pdfuaid:part>1</pdfuaid:part>", "06-003 title": "<dc:title>",
		"PDF/A-2b": "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"} {
		if !bytes.Contains(xmp, []byte(want)) {
			j.fault(condition, "no %s", want)
		}
	}
}

// parents says within what an element may stand (ISO 32000-1, 14.8.4; 09-004
// to 09-008).
var parents = map[string]string{"TR": "Table", "TH": "TR", "TD": "TR", "LI": "L", "Lbl": "LI", "LBody": "LI", "Document": "", "Part": "Document"}

// Checkpoints 09 (order), 13 (figures), 14 (headings), 15 (tables), 16 (lists).
func treeConditions(j *judged) {
	level, columns := 0, 0
	var walk func(r, up ref, kind string)
	walk = func(r, up ref, above string) {
		body := j.body[r]
		kind := find(body, `^<</S/(\w+)`)
		if kind == "" || number(body, `/P (\d+) 0 R`) != int(up) {
			j.fault("01-006 tree", "%d below %d: %s", r, up, body)
			return
		}
		if want, ok := parents[kind]; ok && want != above {
			j.fault("09-004 nesting", "%s in %s", kind, above)
		}
		if !slices.Contains(strings.Fields("Document Part Sect P H1 H2 H3 L LI Lbl LBody Table TR TH TD Figure Link"), kind) {
			j.fault("02-001 type", "%s is no standard type", kind)
		}
		if h, err := strconv.Atoi(strings.TrimPrefix(kind, "H")); err == nil {
			if h > level+1 {
				j.fault("14-003 headings", "%s behind level %d", kind, level)
			}
			level = h
		}
		if kind == "Figure" && len(find(body, `/Alt<FEFF(\w+)>`)) == 0 {
			j.fault("13-004 figure", "without alternative")
		}
		if kind == "TH" && find(body, `/Scope/(\w+)`) == "" {
			j.fault("15-003 table", "a head without scope")
		}
		list := find(body, `/K\[(.*)\]>>$`)
		j.kids[r] = regexp.MustCompile(`<<[^>]*>>|\d+ 0 R|\d+`).FindAllString(list, -1)
		cells := 0
		for _, k := range j.kids[r] {
			if strings.HasSuffix(k, " 0 R") && !strings.HasPrefix(k, "<<") {
				walk(refOf([]byte(k)), r, kind)
				cells++
			}
		}
		switch {
		case kind == "Table":
			columns = 0
		case kind == "TR" && columns > 0 && cells != columns:
			j.fault("15-005 table", "%d cells in a row of %d", cells, columns)
		case kind == "TR":
			columns = cells
		}
	}
	root := number(j.catalog, `/StructTreeRoot (\d+) 0 R`)
	walk(ref(number(j.body[ref(root)], `/K (\d+) 0 R`)), ref(root), "")
}

var token = regexp.MustCompile(`/\w+|<<|>>|<[0-9A-F]*>|\[|\]|[-+.\d]+|[A-Za-z*]+`)

// Checkpoint 01: all content is either of an element or an artifact, and the
// tree leads to it and back; 10: and text has its characters.
func contentConditions(j *judged) {
	for at, p := range j.pages {
		page := j.body[p]
		if !bytes.Contains(page, []byte("/Tabs /S")) || number(page, `/StructParents (\d+)`) != at {
			j.fault("28-001 page", "%s", page)
		}
		owners := strings.Fields(strings.ReplaceAll(j.parentsOf(at), "0 R", ""))
		var open []string
		seen := 0
		words := token.FindAllString(string(inflate(j.object(page, `/Contents (\d+) 0 R`))), -1)
		for i, w := range words {
			switch w {
			case "BMC", "BDC":
				what := words[i-1]
				if w == "BDC" {
					what = "Span"
					if words[i-3] == "/MCID" {
						what = "MCID"
						if n, _ := strconv.Atoi(words[i-2]); n != seen || n >= len(owners) {
							j.fault("01-005 content", "number %d on page %d", n, at)
						} else if owner, _ := strconv.Atoi(owners[n]); !slices.ContainsFunc(j.kids[ref(owner)], func(k string) bool {
							return k == strconv.Itoa(n) || strings.HasSuffix(k, "/MCID "+strconv.Itoa(n)+">>")
						}) {
							j.fault("01-005 content", "%d on page %d is not in the tree", n, at)
						}
						seen++
					}
				}
				if what != "Span" && len(open) > 0 {
					j.fault("01-003 content", "%s in %v", what, open)
				}
				open = append(open, what)
			case "EMC":
				open = open[:len(open)-1]
			case "TJ", "f", "S", "Do", "B", "sh":
				if len(open) == 0 {
					j.fault("01-005 content", "%s belongs to nothing", w)
				}
			}
		}
		if len(open) > 0 || seen != len(owners) {
			j.fault("01-005 content", "page %d: %d open, %d of %d", at, len(open), seen, len(owners))
		}
	}
}

// parentsOf is what the tree of parents has for a key.
func (j *judged) parentsOf(key int) string {
	root := j.object(j.catalog, `/StructTreeRoot (\d+) 0 R`)
	tree := j.object(root, `/ParentTree (\d+) 0 R`)
	if list := find(tree, fmt.Sprintf(`[\[\] ]%d\[([^\]]*)\]`, key)); list != "" {
		return list
	}
	return find(tree, fmt.Sprintf(`[\] R]%d (\d+ 0 R)`, key))
}

// Checkpoint 28: annotations.
func linkConditions(j *judged) {
	for r, body := range j.body {
		if !bytes.HasPrefix(body, []byte("<</Type/Annot")) {
			continue
		}
		owner := refOf([]byte(j.parentsOf(number(body, `/StructParent (\d+)`)) + " "))
		back := slices.ContainsFunc(j.kids[owner], func(k string) bool { return strings.Contains(k, fmt.Sprintf("/OBJR/Obj %d 0 R", r)) })
		if !bytes.HasPrefix(j.body[owner], []byte("<</S/Link")) || !back {
			j.fault("28-011 link", "not in an element Link: %s", body)
		}
		if find(body, `/Contents<FEFF(\w+)>`) == "" || !bytes.Contains(body, []byte("/F 4")) {
			j.fault("28-012 link", "without words, or not printed: %s", body)
		}
	}
}

// Checkpoint 31: fonts.
func fontConditions(j *judged) {
	for _, body := range j.body {
		if !bytes.HasPrefix(body, []byte("<</Type /Font /Subtype /Type0")) {
			continue
		}
		below := j.object(body, `/DescendantFonts \[(\d+) 0 R`)
		descriptor := j.object(below, `/FontDescriptor (\d+) 0 R`)
		texts := inflate(j.object(body, `/ToUnicode (\d+) 0 R`))
		switch {
		case !bytes.Contains(below, []byte("/CIDToGIDMap /Identity")):
			j.fault("31-005 font", "%s", below)
		case len(inflate(j.object(descriptor, `/FontFile2 (\d+) 0 R`))) == 0:
			j.fault("31-009 font", "not embedded: %s", descriptor)
		case strings.Count(string(texts), "> <") != len(strings.Fields(find(below, `/W \[0 \[([^\]]*)\]`))): // one more than glyphs: the range of all codes
			j.fault("31-027 font", "a glyph has no character: %s", body)
		case regexp.MustCompile(`> <(0000|FEFF|FFFE)>`).Match(texts):
			j.fault("31-028 font", "a glyph without a character")
		}
	}
}

// A checker that finds nothing wrong anywhere is none.
func TestFaultsAreFound(t *testing.T) {
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(root *node){
		"13-004": func(root *node) { root.add("Figure") },
		"14-003": func(root *node) { root.add("H3") },
		"15-003": func(root *node) { root.add("Table").add("TR").add("TH") },
		"09-004": func(root *node) { root.add("TD") },
		"02-001": func(root *node) { root.add("Poem") },
		"01-005": func(root *node) { root.kids[0].marks = nil },
	} {
		wr, l := New(fonts), sheet("C7-1")
		d := newDraft(wr.common(Stock{}))
		if err := wr.draw(d, l); err != nil {
			t.Fatal(err)
		}
		spoil(d.root)
		faults, err := Faults(d.finish(l))
		if err != nil || !slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, want) }) {
			t.Errorf("%s is not among %q, %v", want, faults, err)
		}
	}
}
