package lookup

import (
	"cmp"
	"slices"
	"strings"

	"headsup/pattern"
)

var asNumber = pattern.New(`(?i)^AS\s*(\d{1,10})$`)

// rpsl reads the answers of RIPE, APNIC, AFRINIC, LACNIC, registro.br, the
// national registries that run the same software, and IANA.
func (p *reply) rpsl() []*record {
	var records []*record
	var owners []int // of records: where each network stands among the objects
	for i, o := range p.objects {
		if r := rpslNetwork(o); r != nil && len(records) < maxRecords {
			records, owners = append(records, r), append(owners, i)
		}
	}
	handles, iana := p.handles(), p.iana()
	for n, r := range records {
		end := len(p.objects)
		if n+1 < len(owners) {
			end = owners[n+1]
		}
		if iana && !p.objects[owners[n]].has("netname") {
			r.elsewhere = true
		}
		w := &rpslReader{record: r, network: p.objects[owners[n]], handles: handles}
		w.read(p, p.objects[owners[n]+1:end])
	}
	return records
}

// iana reports whether IANA answered, which only says whom to ask.
func (p *reply) iana() bool {
	return slices.ContainsFunc(p.objects, func(o object) bool { return o.has("refer") })
}

// rpslNetwork starts a record if o is a network or an AS number.
func rpslNetwork(o object) *record {
	switch o[0].key {
	case "route", "route6", "domain", "mntner", "poem":
		return nil
	}
	r := &record{}
	id := ""
	if o[0].key != "aut-num" && o[0].key != "as-block" {
		id = uncomment(o.get("inetnum", "inet6num"))
	}
	if id != "" && slices.ContainsFunc(o, func(a attr) bool { return a.key != "inetnum" && a.key != "inet6num" && a.key != "inetrev" }) {
		if r.net.First, r.net.Last = span(id); !r.net.First.IsValid() {
			return nil
		}
	} else if as := uncomment(o[0].value); o[0].key == "aut-num" && asNumber.MatchString(as) {
		id = "AS" + asNumber.FindStringSubmatch(as)[1]
		r.numbers = numbersOf(id)
	} else if o[0].key == "as-block" {
		id, r.elsewhere = as, true // who has the numbers in it is told elsewhere
	} else {
		return nil
	}
	r.net.Handle = id
	r.net.Name = o.get("netname", "as-name")
	r.net.Country = uncomment(o.get("country"))
	r.net.Languages = languages(first(o.all("language")))
	r.parent = cmp.Or(o.get("inetnum-up"), uncomment(o.get("parent")))
	r.container = pool(uncomment(o.get("status"))) || id != "" && !r.net.First.IsValid() && poolName.MatchString(r.net.Name)
	r.elsewhere = r.elsewhere || notHere(o.get("netname"), o.get("status"))
	return r
}

// uncomment cuts the RPSL comment off a value that cannot hold a "#" itself.
func uncomment(s string) string {
	s, _, _ = strings.Cut(s, "#")
	return strings.TrimSpace(s)
}

// handles finds every object that others refer to, by its upper-case name.
func (p *reply) handles() map[string]object {
	m := map[string]object{}
	for _, o := range p.objects {
		id := o.get("nic-hdl", "nic-hdl-br")
		switch o[0].key {
		case "irt", "organisation", "mntner":
			id = o[0].value
		default:
			if id == "" {
				id = o.get("irt", "organisation")
			}
		}
		if id = strings.ToUpper(uncomment(id)); id != "" && m[id] == nil && !o.has("inetnum") && !o.has("inet6num") {
			m[id] = o
		}
	}
	return m
}

// An rpslReader climbs from a network object to what it refers to.
type rpslReader struct {
	*record
	network object
	handles map[string]object
	used    map[string]bool // handles already claimed as a contact
}

func (w *rpslReader) read(p *reply, near []object) {
	w.used = map[string]bool{}
	w.findHolder(near)
	irts := w.refs(w.network, "mnt-irt")
	own := w.refs(w.network, "abuse-c")
	org := w.handles[strings.ToUpper(uncomment(w.network.get("org")))]
	w.abuseLines(p, cmp.Or(first(irts), first(own), first(w.refs(org, "abuse-c")), w.net.Handle))
	for _, h := range slices.Concat(own, irts) {
		w.abuseObject(networkAbuse, h)
	}
	for _, m := range w.network.all("abuse-mailbox", "abuse-email", "abuse") {
		w.claim(networkAbuse, m, Contact{Handle: w.net.Handle, Attribute: "abuse-mailbox", Role: "abuse"}, place{})
	}
	for _, h := range w.refs(org, "abuse-c") {
		w.abuseObject(orgAbuse, h)
	}
	for _, m := range org.all("abuse-mailbox") {
		w.claim(orgAbuse, m, Contact{Handle: org[0].value, Attribute: "abuse-mailbox", Role: "abuse"}, place{})
	}
	w.remarks(remarkAbuse, w.network.all("remarks", "descr", "trouble"), Contact{Handle: w.net.Handle, Attribute: "remarks", Role: "abuse"}, place{})
	w.people(org)
	for _, o := range near {
		w.mailbox(o)
		if o[0].key == "route" || o[0].key == "route6" { // whoever announces it asks for reports
			w.remarks(parentAbuse, o.all("remarks", "descr"), Contact{Handle: o[0].value, Attribute: "remarks", Role: "abuse"}, place{})
		}
	}
}

// refs names the objects that o refers to under key.
func (w *rpslReader) refs(o object, key string) []string {
	var out []string
	for _, v := range o.all(key) {
		out = append(out, strings.ToUpper(uncomment(v)))
	}
	return out
}

// findHolder takes the organisation, LACNIC's owner, or the first line of the
// description.
func (w *rpslReader) findHolder(near []object) {
	o := w.network
	org := w.handles[strings.ToUpper(uncomment(o.get("org")))]
	if org == nil {
		if i := slices.IndexFunc(near, func(o object) bool { return o[0].key == "organisation" && o.get("org-name") != "" }); i >= 0 && o.get("org") == "" && len(o) < 4 {
			org = near[i]
		}
	}
	switch {
	case org != nil:
		w.holder = placeOf(org.get("org-name"), org.all("address"))
		w.holder.country = cmp.Or(uncomment(org.get("country")), w.holder.country)
		w.net.Languages = append(w.net.Languages, languages(org.all("language")...)...)
		slices.Sort(w.net.Languages)
		w.net.Languages = slices.Compact(w.net.Languages)
	case o.get("owner") != "":
		w.holder = placeOf(o.get("owner"), o.all("address"))
		w.holder.country = cmp.Or(uncomment(o.get("country")), w.holder.country)
	default:
		w.holder.name = cmp.Or(o.get("descr"), o.get("org-name"), o.get("organisation"))
	}
	w.holder.name = cmp.Or(w.holder.name, o.get("descr"))
	if w.net.Country == "" && slices.ContainsFunc(near, func(o object) bool { return o.has("nic-hdl-br") }) {
		w.net.Country = "BR"
	}
}

// abuseLines reads "% Abuse contact for 'range' is 'mail'". The line is made
// from the object that handle names, which tells a stand-in from a holder.
func (w *rpslReader) abuseLines(p *reply, handle string) {
	for _, l := range p.abuse {
		if !w.isAbout(l.about) {
			continue
		}
		if l.failed {
			w.says(l.mail, false)
		}
		h := handle
		if w.handles[h] == nil {
			h = cmp.Or(w.withMailbox(l.mail), h)
		}
		o := w.handles[h]
		w.claim(networkAbuse, l.mail, Contact{Handle: h, Attribute: "% Abuse contact", Role: "abuse", Name: nameOf(o)}, whereOf(o))
	}
}

// withMailbox finds the object that an abuse line was made from, where the
// answer holds it without the reference: RIPE resolves more than it shows.
func (w *rpslReader) withMailbox(mail string) string {
	found := ""
	for id, o := range w.handles {
		if slices.Contains(o.all("abuse-mailbox"), mail) && (found == "" || id < found) {
			found = id
		}
	}
	return found
}

func (w *rpslReader) isAbout(id string) bool {
	if from, to := span(id); from.IsValid() {
		return from == w.net.First && to == w.net.Last
	}
	return strings.EqualFold(strings.TrimSpace(id), w.net.Handle)
}

// abuseObject claims the mailbox of an object that is named as the abuse
// contact: its abuse-mailbox, or its e-mail where it has none.
func (w *rpslReader) abuseObject(rule, handle string) {
	o := w.handles[handle]
	if o == nil {
		return
	}
	w.used[handle] = true
	c := Contact{Handle: handle, Role: "abuse", Name: nameOf(o), Attribute: "abuse-mailbox"}
	marked := o.all("abuse-mailbox")
	for _, m := range marked {
		w.claim(rule, uncomment(m), c, whereOf(o))
	}
	c.Attribute = "e-mail"
	if len(marked) > 0 {
		rule = roleMailbox
	}
	for _, m := range o.all("e-mail") {
		w.claim(rule, uncomment(m), c, whereOf(o))
	}
	c.Attribute = "remarks"
	w.remarks(contactRemark, o.all("remarks", "trouble"), c, whereOf(o))
}

// people claims what the network's other contacts offer.
func (w *rpslReader) people(org object) {
	for _, ref := range []struct{ key, role string }{
		{"tech-c", technical}, {"admin-c", administrative}, {"zone-c", technical}, {"owner-c", registrant}, {"org", registrant},
	} {
		for _, h := range w.refs(w.network, ref.key) {
			if w.used[h] || w.handles[h] == nil {
				continue
			}
			w.used[h] = true
			o := w.handles[h]
			c := Contact{Handle: h, Role: ref.role, Name: nameOf(o)}
			for _, m := range o.all("abuse-mailbox") {
				c.Attribute = "abuse-mailbox"
				w.claim(abuseMailbox, uncomment(m), c, whereOf(o))
			}
			for _, m := range o.all("e-mail") {
				rule := ref.role
				if forAbuse(m) {
					rule = roleMailbox
				}
				c.Attribute = "e-mail"
				w.claim(rule, uncomment(m), c, whereOf(o))
			}
			c.Attribute = "remarks"
			w.remarks(contactRemark, o.all("remarks", "trouble"), c, whereOf(o))
		}
	}
}

// mailbox claims the abuse mailboxes of objects that stand by the network
// without it referring to them: excerpts lose the references.
func (w *rpslReader) mailbox(o object) {
	switch o[0].key {
	case "role", "person", "irt", "organisation", "nic-hdl", "nic-hdl-br":
	default:
		return
	}
	id := strings.ToUpper(uncomment(cmp.Or(o.get("nic-hdl", "nic-hdl-br"), o[0].value)))
	if w.used[id] {
		return
	}
	c := Contact{Handle: id, Name: nameOf(o), Attribute: "abuse-mailbox"}
	for _, m := range o.all("abuse-mailbox") {
		w.claim(abuseMailbox, uncomment(m), c, whereOf(o))
	}
	c.Attribute = "remarks"
	w.remarks(contactRemark, o.all("remarks", "trouble"), c, whereOf(o))
}

func nameOf(o object) string { return clean(o.get("role", "person", "org-name", "irt"), 200) }

func whereOf(o object) place {
	p := placeOf(nameOf(o), o.all("address"))
	if c := CountryCode(o.get("country")); c != "" {
		p.country = c
	}
	return p
}
