package lookup

import (
	"net/netip"
	"slices"
	"strings"

	"headsup/pattern"
)

// Local parts that say themselves that nobody reads.
var unread = pattern.New(`(?i)^(unread|nobody|no-?one|no-?e?mail|no-?reply|do-?not-?reply|dev-?null|null|none|dummy|not-?available)$`)

// A registry hands out numbers and answers for nobody who got them. Its
// mailboxes stand in many records because its software puts them there.
type registry struct {
	nir     bool     // national, under APNIC or LACNIC
	domains []string // its mail
	handles []string // objects of it that stand in for the holder's
	names   []string // how it is called as the holder of a network
	numbers []string // its AS numbers, where its record does not tell them from its members'
}

// Handles and mailboxes: the registries' own databases and manuals.
var registries = []registry{
	{domains: []string{"ripe.net"}, handles: []string{"RIPE", "ORG-NCC1-RIPE"}, names: []string{"ripe ncc", "ripe network coordination cent", "reseaux ip europeens"}},
	{domains: []string{"arin.net"}, handles: []string{"ARIN"}, names: []string{"arin", "american registry for internet numbers"}},
	{domains: []string{"apnic.net"}, handles: []string{"APNIC", "IRT-APNIC-AP", "IRT-STUB-AP"}, names: []string{"apnic", "asia pacific network information cent"}},
	{domains: []string{"lacnic.net"}, handles: []string{"LACNIC"}, names: []string{"lacnic", "latin american and caribbean ip address regional registry"}},
	{domains: []string{"afrinic.net"}, handles: []string{"AFRINIC"}, names: []string{"afrinic", "african network information cent"}},
	{domains: []string{"iana.org"}, handles: []string{"IANA"}}, // never a holder that letters go to
	{nir: true, domains: []string{"nic.ad.jp"}, handles: []string{"IRT-JPNIC-JP", "JNIC1-AP"}, names: []string{"jpnic", "japan network information cent"}, numbers: []string{"AS2515"}},
	{nir: true, domains: []string{"nic.or.kr", "krnic.or.kr", "krnic.net", "kisa.or.kr"}, handles: []string{"IRT-KRNIC-KR"}, names: []string{"krnic", "kisa", "korea network information cent", "korea internet security agency", "korea internet & security agency"}},
	{nir: true, domains: []string{"twnic.net.tw", "twnic.net", "twnic.tw"}, handles: []string{"IRT-TWNIC-AP", "IRT-TWNIC-TW"}, names: []string{"twnic", "taiwan network information cent"}},
	{nir: true, domains: []string{"cnnic.cn", "cnnic.net.cn"}, handles: []string{"IRT-CNNIC-CN"}, names: []string{"cnnic", "china internet network information cent"}},
	{nir: true, domains: []string{"vnnic.vn", "vnnic.net.vn"}, handles: []string{"IRT-VNNIC-AP"}, names: []string{"vnnic", "vietnam internet network information cent", "viet nam internet network information cent"}},
	{nir: true, domains: []string{"idnic.net", "idnic.id", "apjii.or.id"}, handles: []string{"IRT-IDNIC-ID", "IRT-APJII-ID"}, names: []string{"idnic", "apjii", "asosiasi penyelenggara jasa internet indonesia"}},
	{nir: true, domains: []string{"irinn.in", "nixi.in"}, handles: []string{"IRT-IRINN-IN", "IRT-NIXI-IN"}, names: []string{"irinn", "nixi", "national internet exchange of india", "indian registry for internet names and numbers"}},
	{nir: true, domains: []string{"nic.br", "registro.br", "cert.br"}, names: []string{"nic.br", "registro.br", "ponto br", "comite gestor da internet"}},
	{nir: true, domains: []string{"nic.mx"}, names: []string{"nic mexico", "nic.mx"}},
}

// registryOf finds the registry whose mailbox this is, by its domain or by the
// object it stands in.
func registryOf(c Contact) *registry {
	domain, handle := mailDomain(c.Email), strings.ToUpper(c.Handle)
	for i, r := range registries {
		if slices.Contains(r.handles, handle) {
			return &registries[i]
		}
		for _, d := range r.domains {
			if domain == d || strings.HasSuffix(domain, "."+d) {
				return &registries[i]
			}
		}
	}
	return nil
}

// owns reports whether the network is the registry's own to run, such as its
// office or its resolver, and not one that it hands out from.
func (g *registry) owns(r *record, handle string) bool {
	if slices.Contains(g.numbers, r.net.Handle) {
		return true
	}
	limit4, limit6 := 16, 32
	if slices.Contains(g.handles, strings.ToUpper(handle)) {
		limit4, limit6 = 20, 40 // stand-ins also mark the pools; the registry's own networks are small
	}
	return !r.container && within(r.net.First, r.net.Last, limit4, limit6) &&
		(g.named(r.net.Org, false) || g.named(r.net.Name, true))
}

// named reports whether the words of name hold one of the registry's names.
// A netname must start with it: holders append "-ARIN" and the like to theirs.
func (g *registry) named(name string, atStart bool) bool {
	words := " " + strings.Join(strings.FieldsFunc(fold(name), func(r rune) bool {
		return strings.ContainsRune(" -_,()/", r)
	}), " ") + " "
	return slices.ContainsFunc(g.names, func(n string) bool {
		if strings.HasSuffix(n, "cent") { // center, centre
			return strings.Contains(words, " "+n)
		}
		if atStart {
			return strings.HasPrefix(words, " "+n+" ")
		}
		return strings.Contains(words, " "+n+" ")
	})
}

// within reports whether the range is no larger than a prefix of the given
// length. An AS number has no range and is within.
func within(first, last netip.Addr, bits4, bits6 int) bool {
	if !first.IsValid() {
		return true
	}
	bits := bits6
	if first.Is4() {
		bits = bits4
	}
	p, err := first.Prefix(bits)
	return err == nil && p.Contains(last)
}

// judge says why c is not to be written to, or returns "".
func judge(r *record, c Contact) string {
	if r.elsewhere {
		return "not this server's space"
	}
	if g := registryOf(c); g != nil && !g.owns(r, c.Handle) {
		return "registry mailbox"
	}
	if saysUnread(c.Email) {
		return "placeholder"
	}
	return ""
}

func saysUnread(mail string) bool {
	local, _, _ := strings.Cut(mail, "@")
	return unread.MatchString(local)
}
