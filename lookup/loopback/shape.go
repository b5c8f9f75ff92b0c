package loopback

import (
	"fmt"
	"strings"

	"go4.org/netipx"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// An object is a JSON object.
type object map[string]any

type list []any

// remark is an RFC 9083 remark or notice.
func remark(title string, lines ...string) object {
	return object{"title": title, "description": lines}
}

// vcard is a jCard (RFC 7095) of the properties given.
func vcard(name, kind string, properties ...list) list {
	card := list{list{"version", object{}, "text", "4.0"}, list{"fn", object{}, "text", name}, list{"kind", object{}, "text", kind}}
	for _, p := range properties {
		if p != nil {
			card = append(card, p)
		}
	}
	return list{"vcard", card}
}

// label is an address as registries give it: one text, the parts empty.
func label(sep string, lines ...string) list {
	return list{"adr", object{"label": strings.Join(lines, sep)}, "text", list{"", "", "", "", "", "", ""}}
}

func email(address string, params object) list {
	if address == "" {
		return nil
	}
	return list{"email", params, "text", address}
}

// network is what all registries put into an IP network or AS number object.
func network(n Network, port43 string, entities list) object {
	o := object{
		"rdapConformance": list{"rdap_level_0"}, "name": n.Name, "port43": port43,
		"status": list{"active"}, "entities": entities,
		"links":  list{},
		"events": list{object{"eventAction": "registration", "eventDate": "2020-01-02T03:04:05Z"}},
	}
	if !n.Prefix.IsValid() {
		o["objectClassName"], o["handle"], o["startAutnum"], o["endAutnum"] = "autnum", fmt.Sprintf("AS%d", n.AS), n.AS, n.AS
		return o
	}
	o["objectClassName"], o["ipVersion"] = "ip network", "v4"
	if n.Prefix.Addr().Is6() {
		o["ipVersion"] = "v6"
	}
	o["startAddress"], o["endAddress"] = n.Prefix.Addr().String(), netipx.PrefixLastIP(n.Prefix).String()
	return o
}

// span is a network's range as RPSL has it.
func span(n Network) string {
	switch {
	case !n.Prefix.IsValid():
		return fmt.Sprintf("AS%d", n.AS)
	case n.Prefix.Addr().Is6():
		return n.Prefix.String()
	}
	return n.Prefix.Addr().String() + " - " + netipx.PrefixLastIP(n.Prefix).String()
}

// rpsl writes attributes, two strings each; those without a value are left out.
func rpsl(attributes ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(attributes); i += 2 {
		for _, line := range strings.Split(attributes[i+1], "\n") {
			if line != "" {
				fmt.Fprintf(&b, "%-16s%s\n", attributes[i]+":", line)
			}
		}
	}
	return b.String() + "\n"
}

// class is the RPSL class of a network, and its attribute for the name.
func class(n Network) (key, name string) {
	switch {
	case !n.Prefix.IsValid():
		return "aut-num", "as-name"
	case n.Prefix.Addr().Is6():
		return "inet6num", "netname"
	}
	return "inetnum", "netname"
}

func country(code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.English.Regions().Name(r)
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// address is the postal lines with the country in English below.
func address(n Network) []string {
	return append(n.Address[:len(n.Address):len(n.Address)], country(n.Country))
}
