package lookup

import (
	"cmp"
	"strings"

	"headsup/pattern"
)

// A mailbox or the handle of a contact, in the words of RFC 2167's examples
// (Abuse-Contact, Tech-Email) and in ARIN's (OrgAbuseEmail).
var rwhoisContact = pattern.New(`^(?:(?:org-?|r)?(abuse|tech|noc|admin|poc|org)[a-z-]*)?(?:contact|e-?mail)$`)

// rwhois reads RFC 2167 answers, in which providers name their customers.
func (p *reply) rwhois() []*record {
	objects := p.rwhoisObjects()
	byID := map[string]object{}
	for _, o := range objects {
		if id := strings.ToUpper(o.get("id")); id != "" && o[0].name != "network" && byID[id] == nil {
			byID[id] = o
		}
	}
	var records []*record
	for _, o := range objects {
		switch n := len(records); {
		case o[0].name == "network" && n < maxRecords:
			records = append(records, rwhoisNetwork(o, byID))
		case o[0].name == "contact" && n > 0 && o.get("id") == "": // of the network before it
			records[n-1].rwhoisContacts(o, byID)
		}
	}
	return records
}

// rwhoisObjects cuts the reply at each new object. A line is
// "class:attribute:value"; the attribute may have a type, as in "ID;I".
func (p *reply) rwhoisObjects() []object {
	var objects []object
	for _, paragraph := range p.objects {
		fresh := true
		for _, a := range paragraph {
			key, value, ok := strings.Cut(a.value, ":")
			if !ok || a.key != "network" && a.key != "contact" && a.key != "organization" {
				continue
			}
			key, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(key)), ";")
			if last := len(objects) - 1; fresh || objects[last][0].name != a.key || key == "class-name" && objects[last].has(key) {
				objects = append(objects, nil)
			}
			fresh = false
			objects[len(objects)-1] = append(objects[len(objects)-1], attr{key, a.key, strings.TrimSpace(value)})
		}
	}
	return objects
}

func rwhoisNetwork(o object, byID map[string]object) *record {
	r := &record{net: Network{Handle: o.get("id", "handle", "nethandle"), Name: o.get("network-name", "netname")}}
	for _, block := range o.all("ip-network", "ip-network-block", "ip-network-range", "netrange", "cidr") {
		if r.net.First, r.net.Last = span(block); r.net.First.IsValid() {
			break
		}
	}
	org, holder := o.get("organization", "org-name", "orgname", "organization-name"), o
	if named := byID[strings.ToUpper(cmp.Or(org, o.get("org-contact")))]; named != nil {
		org, holder = named.get("org-name", "organization", "company", "name"), named
	}
	r.net.Org = org
	r.net.Country = cmp.Or(o.get("country-code", "country", "customer country code", "organization-country-code"), holder.get("country-code", "country"))
	r.holder.lines = holder.all("street-address", "address", "city", "state", "stateprov", "postal-code", "postalcode")
	r.rwhoisContacts(o, byID)
	return r
}

// rwhoisContacts claims the mailboxes that o names, itself or by the handle of
// a contact in the same reply.
func (r *record) rwhoisContacts(o object, byID map[string]object) {
	for _, a := range o {
		m := rwhoisContact.FindStringSubmatch(a.key)
		if m == nil {
			continue
		}
		c, mails := Contact{Handle: r.net.Handle, Attribute: a.key}, []string{a.value}
		if who := byID[strings.ToUpper(a.value)]; who != nil {
			c.Handle, c.Name = a.value, who.get("name", "poc-name")
			mails = who.all("e-mail", "email", "poc-email")
		}
		for _, mail := range mails {
			if strings.Contains(mail, "@") { // as often it is a handle of elsewhere
				c.Role = rwhoisRole(m[1])
				r.claim(rwhoisRule(c.Role, mail), mail, c, place{})
			}
		}
	}
}

func rwhoisRole(kind string) string {
	switch kind {
	case "abuse":
		return "abuse"
	case "admin":
		return administrative
	case "org":
		return registrant
	}
	return technical
}

func rwhoisRule(role, mail string) string {
	switch {
	case role == "abuse":
		return networkAbuse
	case forAbuse(mail):
		return roleMailbox
	}
	return role
}
