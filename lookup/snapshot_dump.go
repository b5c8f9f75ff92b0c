package lookup

import (
	"bytes"
	"net/netip"
	"strconv"
)

// A dump reads one file into the builder, line by line.
type dump struct {
	b         *SnapshotBuilder
	file      uint8
	line      int
	sum       SnapshotSum
	rpsl      bool
	delegated bool
	o         dumpObject
}

// A dumpObject is the RPSL object under way: of each attribute that counts the
// first value. The buffers are used again for the next object.
type dumpObject struct {
	class                                                string
	id, name, descr, country, status, source             []byte
	abuseC, irt, org, owner, nicHdl, box, email, orgName []byte
}

func (o *dumpObject) reset() {
	o.class = ""
	for _, f := range []*[]byte{&o.id, &o.name, &o.descr, &o.country, &o.status, &o.source, &o.abuseC, &o.irt, &o.org, &o.owner, &o.nicHdl, &o.box, &o.email, &o.orgName} {
		*f = (*f)[:0]
	}
}

// field returns where an attribute is kept, or nil.
func (o *dumpObject) field(key []byte) *[]byte {
	switch string(key) {
	case "netname":
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

// read takes one line. It fails if the file is neither of the two kinds.
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
	if f := d.o.field(key); f != nil && len(*f) == 0 {
		*f = append(*f, value[:min(len(value), 200)]...)
	}
	return nil
}

func classOf(key []byte) string {
	switch string(key) {
	case "inetnum", "inet6num":
		return "network"
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
	switch o.class {
	case "network":
		d.network()
	case "organisation":
		d.b.orgs[d.b.handle(o.id)] = orgObject{d.b.clean(o.orgName, 200), d.b.handle(o.abuseC)}
	case "role":
		d.mailbox(o.nicHdl, o.box)
	case "irt":
		if len(o.box) == 0 {
			o.box = append(o.box, o.email...)
		}
		d.mailbox(o.id, o.box)
	}
	o.reset()
}

// mailbox keeps a role's or team's mailbox; one without is nobody's abuse contact.
func (d *dump) mailbox(handle, mail []byte) {
	if len(handle) == 0 || len(mail) == 0 {
		return
	}
	m, err := addrSpec(uncomment(string(mail)))
	local, _, _ := bytes.Cut(mail, []byte("@"))
	if err != nil || unread.Match(local) {
		d.sum.Skipped++
		return
	}
	h := d.b.handle(handle)
	d.b.boxes[h] = mailbox{d.b.intern([]byte(m)), h}
	d.sum.Contacts++
}

func (d *dump) network() {
	o := &d.o
	first, last := span(string(bytes.TrimSpace(o.id)))
	if !first.IsValid() {
		d.sum.Skipped++
		return
	}
	if whole(first, last) || notHere(string(o.name), string(o.status)) {
		return
	}
	n := node{first: keyOf(first), last: keyOf(last), file: d.file, name: d.b.clean(o.name, 100)}
	if n.org = d.b.clean(o.owner, 200); n.org == 0 {
		n.org = d.b.clean(o.descr, 200)
	}
	if code := countryCode(string(o.country)); code != "" {
		copy(n.country[:], code)
	}
	if pool(string(o.status)) {
		n.flags |= isPool
	}
	if bytes.HasPrefix(bytes.ToUpper(o.source), []byte("RIPE")) {
		n.flags |= isComplete
	}
	d.b.snap.nodes = append(d.b.snap.nodes, n)
	d.b.refs = append(d.b.refs, nodeRefs{d.b.handle(o.abuseC), d.b.handle(o.irt), d.b.handle(o.org)})
	d.sum.Networks++
}

// statistics reads a line of a delegated-extended file:
// registry|cc|type|start|value|date|status[|opaque-id]. What a registry
// delegated is known by its country only.
func (d *dump) statistics(line []byte) {
	f := bytes.Split(line, []byte("|"))
	if len(f) < 7 || string(f[2]) != "ipv4" && string(f[2]) != "ipv6" || string(f[3]) == "*" {
		return // version, summary, AS numbers
	}
	first, err := netip.ParseAddr(string(f[3]))
	n, err2 := strconv.ParseUint(string(f[4]), 10, 32)
	if err != nil || err2 != nil || n == 0 || first.Is4() != (string(f[2]) == "ipv4") {
		d.sum.Skipped++
		return
	}
	from := keyOf(first)
	to := key{from.hi, from.lo + n - 1}
	if first.Is6() {
		p, err := first.Prefix(int(min(n, 255)))
		if err != nil || p.Addr() != first {
			d.sum.Skipped++
			return
		}
		to = keyOf(lastOf(p))
	} else if uint64(uint32(from.lo))+n > 1<<32 {
		d.sum.Skipped++
		return
	}
	x := node{first: from, last: to, file: d.file, flags: isPool}
	if code := countryCode(string(f[1])); code != "" {
		copy(x.country[:], code)
	}
	d.b.snap.nodes = append(d.b.snap.nodes, x)
	d.b.refs = append(d.b.refs, nodeRefs{})
	d.sum.Networks++
}

// handle interns a handle in upper case, without its comment.
func (b *SnapshotBuilder) handle(h []byte) uint32 {
	if i := bytes.IndexByte(h, '#'); i >= 0 {
		h = h[:i]
	}
	h = bytes.TrimSpace(h)
	for _, c := range h {
		if c <= ' ' || c > '~' {
			return 0
		}
		if 'a' <= c && c <= 'z' {
			h = bytes.ToUpper(h)
			break
		}
	}
	return b.intern(h)
}

// clean interns text as one printable line.
func (b *SnapshotBuilder) clean(text []byte, n int) uint32 {
	plain := len(text) <= n && !bytes.Contains(text, []byte("  "))
	for _, c := range text {
		plain = plain && c >= ' ' && c <= '~'
	}
	if !plain {
		text = []byte(clean(decodeText(text), n))
	}
	return b.intern(text)
}
