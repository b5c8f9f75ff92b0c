package lookup

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
)

// A dump reads one file into the builder, line by line.
type dump struct {
	b         *SnapshotBuilder
	file      uint8
	line      int
	sum       SnapshotSum
	rpsl      bool
	known     bool // an object of a registry was in it
	delegated bool
	o         dumpObject
}

// A dumpObject is the RPSL object under way: of each attribute that counts the
// first value. The buffers are used again for the next object.
type dumpObject struct {
	class                                                string
	id, name, descr, country, status, source             []byte
	abuseC, irt, org, owner, nicHdl, box, email, orgName []byte
	remarks                                              []string // of a contact
	byRegistry                                           bool     // the registry's own staff maintains it
}

func (o *dumpObject) reset() {
	o.class, o.byRegistry, o.remarks = "", false, o.remarks[:0]
	for _, f := range []*[]byte{&o.id, &o.name, &o.descr, &o.country, &o.status, &o.source, &o.abuseC, &o.irt, &o.org, &o.owner, &o.nicHdl, &o.box, &o.email, &o.orgName} {
		*f = (*f)[:0]
	}
}

// field returns where an attribute is kept, or nil.
func (o *dumpObject) field(key []byte) *[]byte {
	switch string(key) {
	case "netname", "as-name":
		return &o.name
	case "descr":
		return &o.descr
	case "country":
		return &o.country
	case "status":
		return &o.status
	case "source":
		return &o.source
	case "abuse-c":
		return &o.abuseC
	case "mnt-irt":
		return &o.irt
	case "org":
		return &o.org
	case "owner":
		return &o.owner
	case "nic-hdl":
		return &o.nicHdl
	case "abuse-mailbox":
		return &o.box
	case "e-mail":
		return &o.email
	case "org-name":
		return &o.orgName
	}
	return nil
}

// lines reads the file.
func (d *dump) lines(in *bufio.Reader) error {
	for {
		line, end := in.ReadSlice('\n')
		d.line++
		if end != nil && end != io.EOF {
			return end
		}
		if err := d.read(bytes.TrimRight(line, "\r\n")); err != nil {
			return err
		}
		if d.b.text.Len() > maxText {
			return errText
		}
		if end == io.EOF {
			d.flush()
			return nil
		}
	}
}

// read takes one line. It fails if the file is of neither kind.
func (d *dump) read(line []byte) error {
	switch {
	case len(line) == 0:
		d.flush()
		return nil
	case line[0] == '%' || line[0] == '#' || line[0] == ' ' || line[0] == '\t' || line[0] == '+':
		return nil // comments, and the second lines of values whose first is enough
	case !d.rpsl && !d.delegated:
		d.delegated = bytes.Count(line, []byte("|")) >= 5
		d.rpsl = !d.delegated && bytes.IndexByte(line, ':') > 0
		if !d.rpsl && !d.delegated {
			return errDump
		}
	}
	if d.delegated {
		d.statistics(line)
		return nil
	}
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return nil
	}
	key, value := line[:colon], bytes.TrimSpace(line[colon+1:])
	if d.o.class == "" {
		d.o.class, d.o.id = classOf(key), append(d.o.id, value...)
		return nil
	}
	if !d.o.byRegistry && (string(key) == "mnt-by" || string(key) == "mnt-lower") {
		d.o.byRegistry = maintainedByRIPE(value)
	}
	if string(key) == "remarks" && (d.o.class == "role" || d.o.class == "irt") && len(d.o.remarks) < maxRemarks {
		d.o.remarks = append(d.o.remarks, decodeText(value))
	}
	if f := d.o.field(key); f != nil && len(*f) == 0 {
		*f = append(*f, value[:min(len(value), 200)]...)
	}
	return nil
}

// ripeStaff maintains what RIPE NCC's registration services hand out
// themselves. RIPE's own search for an abuse contact ends at such an object.
var ripeStaff = [][]byte{[]byte("RIPE-NCC-HM-MNT"), []byte("RIPE-NCC-HM-PI-MNT"), []byte("RIPE-NCC-END-MNT"), []byte("RIPE-NCC-LEGACY-MNT")}

func maintainedByRIPE(list []byte) bool {
	for m := range bytes.SplitSeq(list, []byte(",")) {
		m, _, _ = bytes.Cut(m, []byte("#"))
		m = bytes.TrimSpace(m)
		for _, s := range ripeStaff {
			if bytes.EqualFold(m, s) {
				return true
			}
		}
	}
	return false
}

func classOf(key []byte) string {
	switch string(key) {
	case "inetnum", "inet6num":
		return "network"
	case "aut-num":
		return "number"
	case "organisation":
		return "organisation"
	case "role", "person":
		return "role"
	case "irt":
		return "irt"
	}
	return "other"
}

// flush ends the object under way.
func (d *dump) flush() {
	o := &d.o
	d.known = d.known || o.class != "" && o.class != "other"
	switch o.class {
	case "network":
		d.network()
	case "number":
		d.number()
	case "organisation":
		if h := d.b.handle(o.id); h != 0 {
			d.b.orgs[h] = orgObject{d.b.clean(o.orgName, 200), d.b.handle(o.abuseC), country2(o.country)}
		}
	case "role":
		d.skip(o.box, d.mailbox(o.nicHdl, o.box))
	case "irt":
		if len(o.box) == 0 {
			o.box = append(o.box, o.email...)
		}
		d.skip(o.box, d.mailbox(o.id, o.box))
	}
	o.reset()
}

func (d *dump) skip(mail []byte, read bool) {
	if len(mail) > 0 && !read {
		d.sum.Skipped++
	}
}

// maxRemarks is how many lines are read of what a contact says of itself.
const maxRemarks = 50

// mailbox keeps a contact's mailbox; one without is nobody's abuse contact.
// One that its remarks set aside is not kept: the registry is asked then.
func (d *dump) mailbox(handle, mail []byte) bool {
	h := d.b.handle(handle)
	if h == 0 || len(mail) == 0 {
		return false
	}
	list, _, err := mailboxes(uncomment(string(mail)))
	if err != nil || saysUnread(list[0]) {
		return false
	}
	var s aside
	s.hear(d.o.remarks, string(handle))
	if s.holds(&claim{Contact: Contact{Email: list[0], Handle: string(handle)}}, nil) {
		return false
	}
	d.b.boxes[h] = mailbox{d.b.intern([]byte(list[0])), h}
	d.sum.Contacts++
	return true
}

func (d *dump) network() {
	o := &d.o
	first, last := span(uncomment(string(o.id)))
	if !first.IsValid() {
		d.sum.Skipped++
		return
	}
	if whole(first, last) || notHere(string(o.name), string(o.status)) {
		return
	}
	n := node{first: keyOf(first), last: keyOf(last)}
	if pool(string(o.status)) || d.ripe() && bytes.HasPrefix(bytes.ToUpper(o.name), []byte("EU-ZZ-")) {
		n.flags |= isPool // EU-ZZ: what RIPE NCC has not handed out
	}
	d.node(n)
	d.sum.Networks++
}

func (d *dump) number() {
	m := asNumber.FindStringSubmatch(uncomment(string(d.o.id)))
	if m == nil {
		d.sum.Skipped++
		return
	}
	as, err := strconv.ParseUint(m[1], 10, 32)
	if err != nil {
		d.sum.Skipped++
		return
	}
	d.node(node{first: key{lo: as}, last: key{lo: as}, flags: isNumber})
	d.sum.Numbers++
}

// node adds a network or an AS number with what its object says.
func (d *dump) node(n node) {
	o := &d.o
	n.file, n.name, n.country = d.file, d.b.clean(o.name, 100), country2(o.country)
	if n.org = d.b.clean(o.owner, 200); n.org == 0 {
		n.org = d.b.clean(o.descr, 200)
	}
	refs := nodeRefs{d.b.handle(o.abuseC), d.b.handle(o.irt), d.b.handle(o.org)}
	if d.ripe() {
		n.flags |= isComplete
		refs.irt = 0 // RIPE does not take an incident team for the abuse contact
		if o.byRegistry {
			n.flags |= isTop
		}
	}
	d.b.add(n, refs)
}

// ripe reports whether the object is of RIPE's database, which holds every
// abuse contact.
func (d *dump) ripe() bool { return bytes.HasPrefix(bytes.ToUpper(d.o.source), []byte("RIPE")) }
