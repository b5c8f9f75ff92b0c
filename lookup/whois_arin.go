package lookup

import (
	"cmp"
	"strings"

	"headsup/pattern"
)

var (
	arinEmail  = pattern.New(`^(org|r)(abuse|tech|noc|admin|routing|dns)email$`)
	inBrackets = pattern.New(`\(([^()]*)\)\s*$`)
)

// arin reads ARIN's answers: networks with their organisation or customer and
// its points of contact, one after the other. Until 2009 the holder stood
// before its network.
func (p *reply) arin() []*record {
	var records []*record
	var attrs object
	flush := func() {
		if len(attrs) > 0 && len(records) < maxRecords {
			records = append(records, arinRecord(attrs))
		}
		attrs = nil
	}
	for _, o := range p.objects {
		switch {
		case isARINNetwork(o) && isARINNetwork(attrs), isARINHolder(o) && isARINHolder(attrs):
			flush()
			attrs = append(attrs, o...)
		case isARINNetwork(o):
			attrs = append(attrs, o...)
		case attrs != nil && !isRPSL(o):
			attrs = append(attrs, o...)
		case o.has("nettype") || isARINHolder(o):
			attrs = append(attrs, o...) // an excerpt that starts below the range
		default:
			flush()
		}
	}
	flush()
	return records
}

func isARINNetwork(o object) bool { return o.has("netrange") || o.has("asnumber") }
func isARINHolder(o object) bool  { return o.has("orgid") || o.has("custname") }

func isRPSL(o object) bool {
	return rpslNetwork(o) != nil || o.has("source") || o.has("nic-hdl") || o.has("nic-hdl-br") || strings.HasPrefix(o[0].key, "network:")
}

func arinRecord(o object) *record {
	r := &record{parent: bracketed(o.get("parent"))}
	r.net.First, r.net.Last = span(o.get("netrange"))
	if !r.net.First.IsValid() {
		r.net.First, r.net.Last = span(first(strings.Split(o.get("cidr"), ",")))
	}
	r.net.Handle = cmp.Or(o.get("nethandle", "ashandle"), asOf(o.get("asnumber")))
	r.numbers = numbersOf(o.get("asnumber"))
	r.net.Name = o.get("netname", "asname")
	r.net.Country = o.get("country")
	lines := o.all("address")
	if city := strings.Trim(strings.Join([]string{o.get("city"), strings.TrimSpace(o.get("stateprov") + " " + o.get("postalcode"))}, ", "), ", "); city != "" {
		lines = append(lines, city)
	}
	name, _, _ := strings.Cut(o.get("organization", "customer"), "(")
	r.holder = place{cmp.Or(o.get("custname", "orgname"), name), lines, o.get("country")}
	id := strings.ToUpper(cmp.Or(o.get("orgid"), bracketed(o.get("organization"))))
	for _, g := range registries {
		r.elsewhere = r.elsewhere || !g.nir && id == g.handles[0] && id != "ARIN" && id != "IANA"
	}
	r.elsewhere = r.elsewhere || notHere(r.net.Name, o.get("nettype"))
	r.container = r.container || id == "IANA"
	r.arinContacts(o)
	r.remarks(remarkAbuse, o.all("comment"), Contact{Handle: r.net.Handle, Attribute: "Comment", Role: "abuse"}, place{})
	return r
}

// arinContacts claims the points of contact: those of the resource (R…) before
// those of the organisation (Org…), as ARIN itself does.
func (r *record) arinContacts(o object) {
	who := map[string]attr{} // what was read last of each kind
	for _, a := range o {
		kind, field, ok := arinField(a.key)
		if !ok {
			continue
		}
		if field != "email" {
			w := who[kind]
			if field == "handle" {
				w.name, w.value = a.value, ""
			} else {
				w.value = a.value
			}
			who[kind] = w
			continue
		}
		c := Contact{Handle: who[kind].name, Name: who[kind].value, Attribute: a.name}
		rule := technical
		switch m := arinEmail.FindStringSubmatch(a.key); {
		case m[2] == "abuse" && m[1] == "r":
			c.Role, rule = "abuse", networkAbuse
		case m[2] == "abuse":
			c.Role, rule = "abuse", orgAbuse
		case m[2] == "admin":
			c.Role, rule = administrative, administrative
		case m[2] == "noc":
			c.Role = "noc"
		default:
			c.Role = technical
		}
		if c.Role != "abuse" && forAbuse(a.value) {
			rule = roleMailbox
		}
		r.claim(rule, a.value, c, place{})
	}
}

// arinField splits "orgabusehandle" into "orgabuse" and "handle".
func arinField(key string) (kind, field string, ok bool) {
	for _, f := range []string{"handle", "name", "email"} {
		if kind, ok = strings.CutSuffix(key, f); ok && arinEmail.MatchString(kind+"email") {
			return kind, f, true
		}
	}
	return "", "", false
}

func bracketed(s string) string {
	if m := inBrackets.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

func asOf(n string) string {
	if n == "" {
		return ""
	}
	return "AS" + strings.TrimPrefix(strings.ToUpper(n), "AS")
}
