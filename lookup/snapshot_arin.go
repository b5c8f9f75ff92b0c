package lookup

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// A bulkDump reads ARIN's Bulk Whois (namespace bulkwhois/core/v1): networks,
// AS numbers, organisations and points of contact, element by element, so that
// gigabytes pass through little memory.
type bulkDump struct {
	*dump
	path []string // names of the elements that are open
	root bool     // the outermost was seen
	rec  bulkRecord
	text []byte // of the innermost element, if it counts
}

// A bulkRecord is the record under way.
type bulkRecord struct {
	handle, name, org, country, kind string
	first, last                      string
	emails                           []string
	abuse                            string
}

const (
	maxBulkDepth = 32
	maxBulkValue = 1 << 10 // bytes of a value that counts
	maxBulkMails = 50      // of one point of contact
	maxBulkToken = 1 << 20 // bytes of the file between two tags
)

var errToken = errors.New("too much between two tags")

// A tokenReader ends where a token is longer than any that ARIN writes, which
// encoding/xml would gather in memory.
type tokenReader struct {
	*bufio.Reader
	left int
}

func (r *tokenReader) ReadByte() (byte, error) {
	if r.left--; r.left < 0 {
		return 0, errToken
	}
	return r.Reader.ReadByte()
}

func (r *tokenReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errToken
	}
	n, err := r.Reader.Read(p)
	r.left -= n
	return n, err
}

func (d *bulkDump) read(in *bufio.Reader) error {
	limited := &tokenReader{Reader: in}
	x := xml.NewDecoder(limited)
	x.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "iso-8859-1") || strings.EqualFold(label, "us-ascii") {
			return charmap.ISO8859_1.NewDecoder().Reader(r), nil
		}
		return nil, fmt.Errorf("charset %q is not read", clean(label, 40))
	}
	for {
		limited.left = maxBulkToken
		token, err := x.Token()
		d.line, _ = x.InputPos()
		switch {
		case err == io.EOF && d.root:
			return nil
		case err == io.EOF:
			return io.ErrUnexpectedEOF
		case err != nil:
			return bulkError(err)
		}
		if err := d.take(token); err != nil {
			return err
		}
		if d.b.text.Len() > maxText {
			return errText
		}
	}
}

// bulkError makes one clear error of what encoding/xml says, which repeats the line.
func bulkError(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return io.ErrUnexpectedEOF
	case errors.As(err, &syntax):
		return errors.New("broken XML: " + clean(syntax.Msg, 200))
	}
	return err
}

func (d *bulkDump) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if len(d.path) == 0 && t.Name.Local != "bulkwhois" {
			return errDump
		}
		if len(d.path) == maxBulkDepth {
			return errors.New("broken XML: nested too deep")
		}
		d.root, d.path, d.text = true, append(d.path, t.Name.Local), d.text[:0]
		if len(d.path) == 2 {
			d.rec = bulkRecord{}
		}
		if t.Name.Local == "pocLink" && d.rec.abuse == "" && attrOf(t, "function") == "AB" {
			d.rec.abuse = attrOf(t, "handle")
		}
	case xml.CharData:
		if n := maxBulkValue - len(d.text); n > 0 && len(d.path) > 2 {
			d.text = append(d.text, t[:min(n, len(t))]...)
		}
	case xml.EndElement:
		d.end()
		d.path, d.text = d.path[:len(d.path)-1], d.text[:0]
	}
	return nil
}

func attrOf(t xml.StartElement, name string) string {
	i := slices.IndexFunc(t.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
	if i < 0 {
		return ""
	}
	return t.Attr[i].Value
}

// end takes the value of an element, or the whole record.
func (d *bulkDump) end() {
	if len(d.path) == 2 {
		d.record(d.path[1])
		return
	}
	if len(d.path) < 3 {
		return
	}
	r := &d.rec
	var field *string
	switch strings.Join(d.path[2:], "/") {
	case "handle":
		field = &r.handle
	case "name":
		field = &r.name
	case "orgHandle", "customerHandle":
		field = &r.org
	case "startAddress", "startAsNumber":
		field = &r.first
	case "endAddress", "endAsNumber":
		field = &r.last
	case "iso3166-1/code2":
		field = &r.country
	case "netBlocks/netBlock/type":
		field = &r.kind
	case "emails/email":
		if len(r.emails) < maxBulkMails {
			r.emails = append(r.emails, string(d.text))
		}
	}
	if field != nil && *field == "" {
		*field = strings.TrimSpace(string(d.text))
	}
}

func (d *bulkDump) record(kind string) {
	r := &d.rec
	switch kind {
	case "net":
		d.bulkNetwork()
	case "asn":
		d.bulkNumbers()
	case "org", "customer":
		if h := d.b.handle([]byte(r.handle)); h != 0 {
			d.b.orgs[h] = orgObject{d.b.clean([]byte(r.name), 200), d.b.handle([]byte(r.abuse)), country2([]byte(r.country))}
		}
	case "poc":
		for _, mail := range r.emails {
			if d.mailbox([]byte(r.handle), []byte(mail)) {
				return
			}
		}
		if len(r.emails) > 0 {
			d.sum.Skipped++
		}
	}
}

// Types of ARIN's networks. What it was handed by IANA, or handed to another
// registry, is nobody's here.
const (
	bulkPools     = " AR AV AF AP FX IR IU LN LX PV PX RN RV RX "
	bulkHandedOut = " DA DS "
)

func (d *bulkDump) bulkNetwork() {
	r := &d.rec
	first, last := address(r.first), address(r.last)
	if !first.IsValid() || first.BitLen() != last.BitLen() || last.Less(first) {
		d.sum.Skipped++
		return
	}
	if whole(first, last) || notHere(r.name, "") {
		return
	}
	n := node{first: keyOf(first), last: keyOf(last), flags: bulkFlags(r.kind)}
	d.bulkNode(n)
	d.sum.Networks++
}

func bulkFlags(kind string) uint8 {
	switch {
	case kind == "":
		return 0
	case strings.Contains(bulkPools, " "+kind+" "):
		return isPool
	case strings.Contains(bulkHandedOut, " "+kind+" "):
		return isTop
	}
	return 0
}

func (d *bulkDump) bulkNumbers() {
	from, err1 := strconv.ParseUint(d.rec.first, 10, 32)
	to, err2 := strconv.ParseUint(d.rec.last, 10, 32)
	if err1 != nil || err2 != nil || to < from {
		d.sum.Skipped++
		return
	}
	d.bulkNode(node{first: key{lo: from}, last: key{lo: to}, flags: isNumber})
	d.sum.Numbers++
}

func (d *bulkDump) bulkNode(n node) {
	n.file, n.name = d.file, d.b.clean([]byte(d.rec.name), 100)
	d.b.add(n, nodeRefs{abuse: d.b.handle([]byte(d.rec.abuse)), org: d.b.handle([]byte(d.rec.org))})
}
