package loopback

import (
	"fmt"
	"strings"
)

// ripe writes as the RIPE NCC: entities side by side, the abuse role last.
type ripe struct{}

func (ripe) rdap(chain []Network) any {
	n := chain[0]
	entities := list{
		object{"objectClassName": "entity", "handle": n.Handle + "-MNT", "roles": list{"registrant"},
			"vcardArray": vcard(n.Handle+"-MNT", "individual")},
		object{"objectClassName": "entity", "handle": "ORG-" + n.Handle + "-RIPE", "roles": list{"registrant"},
			"vcardArray": vcard(n.Org, "org", label("\n", address(n)...))},
		object{"objectClassName": "entity", "handle": n.Handle + "9-RIPE", "roles": list{"administrative", "technical"},
			"vcardArray": vcard("Network Operations", "group")},
	}
	if n.Abuse != "" && n.Quirk != WHOISOnly {
		entities = append(entities, object{"objectClassName": "entity", "handle": n.Handle + "1-RIPE", "roles": list{"abuse"},
			"vcardArray": vcard("Abuse desk", "group", label("\n", address(n)...), email(n.Abuse, object{"type": "abuse"}))})
	}
	o := network(n, "whois.ripe.net", entities)
	o["handle"], o["country"], o["type"] = span(n), n.Country, "ASSIGNED PA"
	o["remarks"] = list{remark("", n.Org)}
	if n.Language != "" {
		o["lang"] = n.Language
	}
	if len(chain) > 1 {
		o["parentHandle"] = span(chain[1])
	}
	return o
}

func (ripe) whois(chain []Network) string {
	n := chain[0]
	var b strings.Builder
	b.WriteString("% This is the RIPE Database query service.\n% The objects are in RPSL format.\n\n")
	fmt.Fprintf(&b, "%% Information related to '%s'\n\n", span(n))
	b.WriteString(abuseLine(n, n.Abuse))
	b.WriteString(rpslNetwork(n, "org", "ORG-"+n.Handle+"-RIPE", "admin-c", n.Handle+"9-RIPE", "tech-c", n.Handle+"9-RIPE",
		"status", "ASSIGNED PA", "mnt-by", n.Handle+"-MNT", "source", "RIPE"))
	b.WriteString(rpsl("organisation", "ORG-"+n.Handle+"-RIPE", "org-name", n.Org, "country", n.Country, "org-type", "OTHER",
		"address", strings.Join(address(n), "\n"), "language", n.Language, "abuse-c", n.Handle+"1-RIPE", "mnt-by", n.Handle+"-MNT", "source", "RIPE # Filtered"))
	return b.String() + "% This query was served by the RIPE Database Query Service\n"
}

func (ripe) elsewhere(query, _ string) string {
	if strings.Contains(query, ":") || !strings.Contains(query, ".") {
		return "%ERROR:101: no entries found\n%\n% No entries found in source RIPE.\n"
	}
	return rpsl("inetnum", "192.0.0.0 - 203.255.255.255", "netname", "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK",
		"descr", "IPv4 address block not managed by the RIPE NCC", "country", "EU # Country is really world wide",
		"status", "ALLOCATED UNSPECIFIED", "mnt-by", "RIPE-NCC-HM-MNT", "source", "RIPE")
}

func abuseLine(n Network, mail string) string {
	if mail == "" {
		return fmt.Sprintf("%% No abuse contact registered for %s\n\n", span(n))
	}
	return fmt.Sprintf("%% Abuse contact for '%s' is '%s'\n\n", span(n), mail)
}

func rpslNetwork(n Network, more ...string) string {
	key, name := class(n)
	attributes := []string{key, span(n), name, n.Name, "descr", n.Org}
	if n.Prefix.IsValid() {
		attributes = append(attributes, "country", n.Country)
	}
	return rpsl(append(append(attributes, "remarks", n.Remark), more...)...)
}

// apnic writes as APNIC: an incident response team (IRT) for each network, whose
// preferred mailbox is the one for abuse, and \n as two characters.
type apnic struct{}

func (apnic) team(n Network) (handle, mail string) {
	switch {
	case n.Quirk == National:
		return "IRT-JPNIC-JP", "hostmaster@nic.ad.jp"
	case n.Abuse == "":
		return "", ""
	}
	return "IRT-" + n.Handle + "-" + n.Country, n.Abuse
}

func (s apnic) rdap(chain []Network) any {
	n := chain[0]
	entities := list{}
	if handle, mail := s.team(n); handle != "" && n.Quirk != WHOISOnly {
		entities = append(entities, object{"objectClassName": "entity", "handle": handle, "roles": list{"abuse"},
			"remarks": list{remark("remarks", mail+" was validated on 2026-01-02")},
			"vcardArray": vcard(handle, "group", label(`\n`, address(n)...),
				email("noc@"+domain(mail), object{}), email(mail, object{"pref": "1"}))})
	}
	entities = append(entities,
		object{"objectClassName": "entity", "handle": "ORG-" + n.Handle + "1-AP", "roles": list{"registrant"},
			"vcardArray": vcard(n.Org, "org", label(`\n`, address(n)...))},
		object{"objectClassName": "entity", "handle": n.Handle + "1-AP", "roles": list{"administrative", "technical"},
			"vcardArray": vcard("Network Operations", "group")})
	o := network(n, "whois.apnic.net", entities)
	o["handle"], o["country"], o["type"] = span(n), n.Country, "ASSIGNED NON-PORTABLE"
	o["remarks"] = list{remark("description", append([]string{n.Org}, n.Address...)...)}
	if n.Remark != "" {
		o["remarks"] = append(o["remarks"].(list), remark("remarks", n.Remark))
	}
	if len(chain) > 1 {
		o["parentHandle"] = span(chain[1])
	}
	return o
}

func (s apnic) whois(chain []Network) string {
	n := chain[0]
	handle, mail := s.team(n)
	var b strings.Builder
	fmt.Fprintf(&b, "%% [whois.apnic.net]\n%% Whois data copyright terms    http://www.apnic.net/db/dbcopyright.html\n\n%% Information related to '%s'\n\n", span(n))
	b.WriteString(abuseLine(n, mail))
	b.WriteString(rpslNetwork(n, "admin-c", n.Handle+"1-AP", "tech-c", n.Handle+"1-AP", "status", "ASSIGNED NON-PORTABLE",
		"mnt-irt", handle, "mnt-by", "MAINT-"+n.Handle, "source", "APNIC"))
	if handle != "" {
		b.WriteString(rpsl("irt", handle, "address", strings.Join(address(n), "\n"), "e-mail", "noc@"+domain(mail), "abuse-mailbox", mail,
			"admin-c", n.Handle+"1-AP", "remarks", mail+" was validated on 2026-01-02", "mnt-by", "MAINT-"+n.Handle, "source", "APNIC"))
	}
	return b.String() + "% This query was served by the APNIC Whois Service\n"
}

func (apnic) elsewhere(query, _ string) string {
	key, all := "inetnum", "0.0.0.0 - 255.255.255.255"
	if strings.Contains(query, ":") {
		key, all = "inet6num", "::/0"
	}
	return rpsl(key, all, "netname", "IANA-BLOCK", "descr", "General placeholder reference for all addresses", "country", "AU",
		"admin-c", "IANA1-AP", "status", "ALLOCATED PORTABLE", "mnt-by", "APNIC-HM", "source", "APNIC")
}

// afrinic writes as AFRINIC: no abuse roles in RDAP, and in WHOIS a mailbox in
// a role that the abuse line does not know of.
type afrinic struct{}

func (afrinic) rdap(chain []Network) any {
	n := chain[0]
	var mails []list
	if n.Abuse != "" && n.Quirk != WHOISOnly {
		mails = []list{email("noc@"+domain(n.Abuse), object{}), email(n.Abuse, object{})}
	}
	entities := list{
		object{"objectClassName": "entity", "handle": "ORG-" + n.Handle + "-AFRINIC", "roles": list{"registrant"},
			"vcardArray": vcard(n.Org, "org", append([]list{label("\n", address(n)...)}, mails...)...)},
		object{"objectClassName": "entity", "handle": n.Handle + "1-AFRINIC", "roles": list{"administrative", "technical"},
			"vcardArray": vcard("Network Operations", "group")},
	}
	o := network(n, "whois.afrinic.net", entities)
	o["handle"], o["country"], o["type"] = span(n), n.Country, "ASSIGNED PA"
	if len(chain) > 1 {
		o["parentHandle"] = span(chain[1])
	}
	return o
}

func (afrinic) whois(chain []Network) string {
	n := chain[0]
	var b strings.Builder
	b.WriteString("% This is the AfriNIC Whois server.\n\n")
	fmt.Fprintf(&b, "%% Information related to '%s'\n\n", span(n))
	b.WriteString(abuseLine(n, ""))
	b.WriteString(rpslNetwork(n, "org", "ORG-"+n.Handle+"-AFRINIC", "admin-c", n.Handle+"1-AFRINIC", "tech-c", n.Handle+"1-AFRINIC",
		"status", "ASSIGNED PA", "mnt-by", n.Handle+"-MNT", "source", "AFRINIC # Filtered"))
	b.WriteString(rpsl("organisation", "ORG-"+n.Handle+"-AFRINIC", "org-name", n.Org, "country", n.Country,
		"address", strings.Join(address(n), "\n"), "source", "AFRINIC # Filtered"))
	b.WriteString(rpsl("role", "Network Operations", "address", strings.Join(address(n), "\n"), "nic-hdl", n.Handle+"1-AFRINIC",
		"abuse-mailbox", n.Abuse, "source", "AFRINIC # Filtered"))
	return b.String()
}

func (afrinic) elsewhere(query, _ string) string {
	key, all := "inetnum", "0.0.0.0 - 255.255.255.255"
	if strings.Contains(query, ":") {
		key, all = "inet6num", "::/0"
	}
	return rpsl(key, all, "netname", "IANA-BLK", "descr", "The whole IPv4 address space", "country", "EU # Country is really world wide",
		"status", "ALLOCATED UNSPECIFIED", "source", "AFRINIC # Filtered")
}

func domain(mail string) string { return mail[strings.LastIndexByte(mail, '@')+1:] }
