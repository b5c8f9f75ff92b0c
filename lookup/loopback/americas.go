package loopback

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"
)

// arin writes as ARIN: contacts inside the organisation that holds the network,
// no country code, prefixes as extension, and customers without contacts.
type arin struct{}

func (s arin) rdap(chain []Network) any {
	n := chain[0]
	holder := object{"objectClassName": "entity", "handle": s.org(n), "roles": list{"registrant"},
		"vcardArray": vcard(n.Org, "org", label("\n", s.address(n)...))}
	entities := list{holder}
	if n.Abuse != "" && n.Quirk != Customer && n.Quirk != WHOISOnly {
		contact := object{"objectClassName": "entity", "handle": "ABUSE-" + n.Handle + "-ARIN", "roles": list{"abuse"},
			"vcardArray": vcard("Abuse desk", "group", label("\n", s.address(n)...), email(n.Abuse, object{}))}
		tech := object{"objectClassName": "entity", "handle": "NOC-" + n.Handle + "-ARIN", "roles": list{"technical", "administrative"},
			"vcardArray": vcard("Network Operations", "group", email("noc@"+domain(n.Abuse), object{}))}
		if n.Quirk == Direct {
			entities = append(entities, contact)
			holder["entities"] = list{tech}
		} else {
			holder["entities"] = list{tech, contact}
		}
	}
	o := network(n, "whois.arin.net", entities)
	o["handle"], o["type"] = s.handle(n), s.kind(n)
	if n.Prefix.IsValid() {
		key := "v4prefix"
		if n.Prefix.Addr().Is6() {
			key = "v6prefix"
		}
		o["cidr0_cidrs"] = list{object{key: n.Prefix.Addr().String(), "length": n.Prefix.Bits()}}
		o["parentHandle"] = s.parent(chain)
	}
	return o
}

func (arin) org(n Network) string {
	if n.Quirk == Customer {
		return "C0" + n.Handle
	}
	return n.Handle
}

func (arin) kind(n Network) string {
	if n.Quirk == Customer {
		return "REASSIGNMENT"
	}
	return "DIRECT ALLOCATION"
}

func (arin) handle(n Network) string {
	if !n.Prefix.IsValid() {
		return fmt.Sprintf("AS%d", n.AS)
	}
	if n.Prefix.Addr().Is6() {
		return "NET6-" + strings.NewReplacer("::", "-1", ":", "-").Replace(strings.ToUpper(n.Prefix.Addr().String()))
	}
	return "NET-" + strings.ReplaceAll(n.Prefix.Addr().String(), ".", "-") + "-1"
}

func (s arin) parent(chain []Network) string {
	if len(chain) > 1 {
		return s.handle(chain[1])
	}
	p, _ := chain[0].Prefix.Addr().Prefix(8)
	return s.handle(Network{Prefix: netip.PrefixFrom(p.Addr(), 8)})
}

// address breaks the last line into city, state and code: ARIN gives each its
// own line.
func (arin) address(n Network) []string {
	var lines []string
	for i, l := range n.Address {
		city, rest, ok := strings.Cut(l, ", ")
		state, code, ok2 := strings.Cut(rest, " ")
		if i == len(n.Address)-1 && ok && ok2 {
			lines = append(lines, city, state, strings.TrimSpace(code))
		} else {
			lines = append(lines, l)
		}
	}
	return append(lines, country(n.Country))
}

func (s arin) whois(chain []Network) string {
	var b strings.Builder
	b.WriteString("#\n# ARIN WHOIS data and services are subject to the Terms of Use\n# available at: https://www.arin.net/resources/registry/whois/tou/\n#\n\n")
	for i := len(chain) - 1; i >= 0; i-- {
		b.WriteString("# start\n\n" + s.block(chain[i:]) + "# end\n\n\n")
	}
	return b.String()
}

func (s arin) block(chain []Network) string {
	n := chain[0]
	lines := s.address(n)
	city, state, code := "", "", ""
	if k := len(lines); k >= 4 {
		city, state, code, lines = lines[k-4], lines[k-3], lines[k-2], lines[:k-4]
	}
	place := []string{"Address", strings.Join(lines, "\n"), "City", city, "StateProv", state, "PostalCode", code, "Country", n.Country}
	if !n.Prefix.IsValid() {
		return rpsl("ASNumber", fmt.Sprint(n.AS), "ASName", n.Name, "ASHandle", s.handle(n)) + s.holder(n, place)
	}
	holder := "Organization"
	if n.Quirk == Customer {
		holder = "Customer"
	}
	return rpsl("NetRange", n.Prefix.Addr().String()+" - "+netipx.PrefixLastIP(n.Prefix).String(), "CIDR", n.Prefix.String(), "NetName", n.Name,
		"NetHandle", s.handle(n), "Parent", "("+s.parent(chain)+")", "NetType", s.kind(n), holder, n.Org+" ("+s.org(n)+")", "Comment", n.Remark) +
		s.holder(n, place)
}

func (arin) holder(n Network, place []string) string {
	if n.Quirk == Customer {
		return rpsl(append([]string{"CustName", n.Org}, place...)...)
	}
	out := rpsl(append([]string{"OrgName", n.Org, "OrgId", n.Handle}, place...)...)
	switch {
	case n.Abuse == "":
		return out
	case n.Quirk == Direct:
		return out + rpsl("RAbuseHandle", "ABUSE-"+n.Handle+"-ARIN", "RAbuseName", "Abuse desk", "RAbuseEmail", n.Abuse)
	}
	return out + rpsl("OrgAbuseHandle", "ABUSE-"+n.Handle+"-ARIN", "OrgAbuseName", "Abuse desk", "OrgAbuseEmail", n.Abuse)
}

func (arin) elsewhere(query, host string) string {
	registry := strings.ToUpper(strings.TrimSuffix(strings.TrimPrefix(host, "whois."), ".net"))
	if registry == "" {
		return "No match found for n + " + query + ".\n"
	}
	return rpsl("NetRange", "192.0.0.0 - 203.255.255.255", "NetName", registry+"-ERX", "NetType", "Early Registrations, Transferred to "+registry, "Organization", registry+" ("+registry+")") +
		rpsl("OrgName", registry, "OrgId", registry, "ReferralServer", "whois://"+host)
}

// lacnic writes as LACNIC: contacts by handle, addresses in parts, and the
// length of a prefix as text.
type lacnic struct{}

func (lacnic) rdap(chain []Network) any {
	n := chain[0]
	entities := list{object{"objectClassName": "entity", "handle": n.Country + "-" + n.Handle + "-LACNIC", "roles": list{"registrant"},
		"vcardArray": vcard(n.Org, "org", parts(n))}}
	if n.Abuse != "" {
		contact := object{"objectClassName": "entity", "handle": n.Handle, "roles": list{"administrative", "technical", "abuse"},
			"vcardArray": vcard("Equipo de seguridad", "individual", parts(n), email(n.Abuse, object{}))}
		if n.Quirk == WHOISOnly { // as registro.br does
			contact["vcardArray"] = vcard("Seguranca", "individual", list{"lang", object{}, "language-tag", first(n.Language, "pt")})
			contact["remarks"] = list{remark("object truncated due to server policy", "Some of the data in this object has been removed")}
		}
		entities = append(entities, contact)
	}
	o := network(n, "whois.lacnic.net", entities)
	o["handle"], o["country"], o["type"] = n.Prefix.String(), n.Country, "ALLOCATED"
	if n.Prefix.IsValid() {
		key := "v4prefix"
		if n.Prefix.Addr().Is6() {
			key = "v6prefix"
		}
		o["cidr0_cidrs"] = list{object{key: n.Prefix.Addr().String(), "length": fmt.Sprint(n.Prefix.Bits())}}
	} else {
		o["handle"] = span(n)
	}
	if n.Language != "" {
		o["lang"] = n.Language
	}
	if len(chain) > 1 {
		o["parentHandle"] = chain[1].Prefix.String()
	}
	return o
}

// parts is an address in the seven components of RFC 6350 section 6.3.1; the
// last line is "code city" or "city - state".
func parts(n Network) list {
	street, place := n.Address, ""
	if k := len(street); k > 1 {
		street, place = street[:k-1], street[k-1]
	}
	return list{"adr", object{}, "text", list{"", "", strings.Join(street, ", "), place, "", "", n.Country}}
}

func (lacnic) whois(chain []Network) string {
	n := chain[0]
	key, _ := class(n)
	abuse := ""
	if n.Abuse != "" {
		abuse = n.Handle
	}
	up := ""
	if len(chain) > 1 {
		up = chain[1].Prefix.String()
	}
	id := span(n)
	if n.Prefix.IsValid() {
		id = n.Prefix.String()
	}
	text := "% Joint Whois - whois.lacnic.net\n%  This server accepts single ASN, IPv4 or IPv6 queries\n\n% LACNIC resource: whois.lacnic.net\n\n" +
		rpsl(key, id, "status", "allocated", "owner", n.Org, "ownerid", n.Country+"-"+n.Handle+"-LACNIC", "address", strings.Join(n.Address, "\n"),
			"country", n.Country, "owner-c", "ADM"+n.Handle, "tech-c", "ADM"+n.Handle, "abuse-c", abuse, "inetnum-up", up, "created", "20200102") +
		rpsl("nic-hdl", "ADM"+n.Handle, "person", "Administracion", "country", n.Country, "created", "20200102")
	if abuse != "" {
		text += rpsl("nic-hdl", abuse, "person", "Seguridad", "e-mail", strings.ToUpper(n.Abuse), "address", strings.Join(n.Address, "\n"), "country", n.Country, "created", "20200102")
	}
	return text
}

func (lacnic) elsewhere(query, _ string) string {
	return "% Joint Whois - whois.lacnic.net\n\n% Unallocated and unassigned in LACNIC block: " + query + "\n"
}
