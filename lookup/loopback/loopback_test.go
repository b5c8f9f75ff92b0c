package loopback_test

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"headsup/lookup"
	"headsup/lookup/loopback"
)

// resolver asks the world and nobody else.
func resolver(t *testing.T, networks []loopback.Network) (*loopback.World, *lookup.Resolver) {
	t.Helper()
	w, err := loopback.Start(t.Context(), networks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	c, err := lookup.NewClient(w.Registries(), lookup.Options{Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return w, &lookup.Resolver{Sources: []lookup.Source{c}, AllowSpecial: loopback.Special()}
}

func TestWorld(t *testing.T) {
	_, r := resolver(t, loopback.Default())
	for _, tt := range []struct {
		sentence, addr, email, rule, source, country, org string
		address                                           string
	}{
		{"RIPE's abuse role", "192.0.2.1", "abuse@beispielnetz.example", "network-abuse", "rdap", "DE", "Beispielnetz GmbH", "Musterstraße 12|10115 Berlin"},
		{"the same holder's other network", "192.0.2.200", "abuse@beispielnetz.example", "network-abuse", "rdap", "DE", "Beispielnetz GmbH", "Musterstraße 12|10115 Berlin"},
		{"and its IPv6", "2001:db8:1::25", "abuse@beispielnetz.example", "network-abuse", "rdap", "DE", "Beispielnetz GmbH", "Musterstraße 12|10115 Berlin"},
		{"a university", "192.0.2.17", "cert@uni-musterstadt.example", "network-abuse", "rdap", "DE", "Universität Musterstadt, Rechenzentrum", "Hochschulring 1|12345 Musterstadt"},
		{"France", "192.0.2.33", "abuse@reseau-exemple.example", "network-abuse", "rdap", "FR", "Réseau Exemple SAS", "12 rue de l’Exemple|75002 PARIS"},
		{"Spain", "192.0.2.49", "abuse@red-ejemplo.example", "network-abuse", "rdap", "ES", "Red de Ejemplo S.L.", "Calle Mayor 3, 2.º B|28013 MADRID"},
		{"Britain", "192.0.2.65", "abuse@example-hosting.example", "network-abuse", "rdap", "GB", "Example Hosting Ltd", "4 Sample Lane|LONDON|EC1A 1BB"},
		{"Switzerland", "192.0.2.81", "abuse@muster-hosting.example", "network-abuse", "rdap", "CH", "Muster Hosting AG", "Musterweg 5|8001 Zürich"},
		{"the registry's own mailbox is nobody's", "192.0.2.97", "", "", "rdap", "NL", "Voorbeeld Stichting", ""},
		{"only WHOIS names the mailbox", "192.0.2.113", "abuse@rete-esempio.example", "network-abuse", "whois", "IT", "Rete Esempio S.p.A.", "Via Esempio 7|00184 ROMA RM"},
		{"RIPE redirects to APNIC", "192.0.2.129", "abuse@sample-internet.example", "network-abuse", "rdap", "AU", "Sample Internet Pty Ltd", "1 Example Street|SYDNEY NSW 2000"},
		{"nobody is registered", "192.0.2.161", "", "", "rdap", "SE", "Exempelnät AB", ""},
		{"a hostile holder", "192.0.2.177", "abuse@hostile.example", "network-abuse", "rdap", "NL", "<script>alert(1)</script> **x** [y](javascript:alert(1)) =cmd()", "=1+1|<b>1012 AB</b> AMSTERDAM"},
		{"ARIN's organisation", "198.51.100.49", "abuse@carrier.example", "org-abuse", "rdap", "US", "Example Carrier Inc.", "100 Main Street|Suite 200|Springfield, IL 62701"},
		{"ARIN's customer, whom the carrier answers for", "198.51.100.17", "abuse@carrier.example", "parent-abuse", "whois", "US", "Sample Dental Group", "100 Main Street|Suite 200|Springfield, IL 62701"},
		{"ARIN's mailbox of the resource", "198.51.100.33", "abuse@maple-dc.example", "network-abuse", "rdap", "CA", "Maple Sample Datacentres Inc.", "50 Example Street W|Toronto, ON M5H 2N2"},
		{"ARIN in French", "198.51.100.97", "abus@reseau-erable.example", "org-abuse", "rdap", "CA", "Réseau Érable inc.", "1200, rue de l’Exemple|Montréal, QC H2Y 1C6"},
		{"LACNIC", "198.51.100.129", "abuse@exemplo-telecom.example", "network-abuse", "rdap", "BR", "Exemplo Telecomunicações Ltda.", ""},
		{"Mexico", "198.51.100.145", "abuse@ejemplo-redes.example", "network-abuse", "rdap", "MX", "Ejemplo Redes S.A. de C.V.", ""},
		{"registro.br hides the mailbox in RDAP", "198.51.100.161", "SEGURANCA@rede-modelo.example", "network-abuse", "whois", "BR", "Rede Modelo S.A.", "Rua Modelo, 12|20040-002 Rio de Janeiro - RJ"},
		{"AFRINIC has no roles", "198.51.100.193", "abuse@example-networks.example", "role-mailbox", "rdap", "ZA", "Example Networks (Pty) Ltd", "10 Sample Road|Sandton|JOHANNESBURG|2196"},
		{"AFRINIC's WHOIS knows more", "198.51.100.209", "abuse@mfano.example", "abuse-mailbox", "whois", "KE", "Mfano Communications Ltd", "P.O. Box 12345|00100 NAIROBI"},
		{"Japanese", "203.0.113.1", "abuse@reiji-net.example", "network-abuse", "rdap", "JP", "例示ネットワーク株式会社", "〒100-0005|東京都千代田区丸の内1丁目1番1号"},
		{"a national registry's stand-in gives way to the remark", "203.0.113.17", "abuse@mihon.example", "remark-abuse", "rdap", "JP", "Mihon Internet K.K.", "2-3-4 Umeda, Kita-ku|Osaka 530-0001"},
		{"nothing is registered at all", "198.51.100.230", "", "", "", "", "", ""},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			addr := netip.MustParseAddr(tt.addr)
			n, err := r.Lookup(t.Context(), addr)
			if err != nil {
				t.Fatal(err)
			}
			if n.Source != tt.source || n.Country != tt.country || n.Org != tt.org {
				t.Errorf("source %q, country %q, org %q", n.Source, n.Country, n.Org)
			}
			if addr.Less(n.First) || n.Last.Less(addr) {
				t.Errorf("the answer is about %s - %s", n.First, n.Last)
			}
			if tt.email == "" {
				if len(n.Contacts) > 0 {
					t.Fatalf("contact %+v, want none", n.Contacts[0])
				}
				return
			}
			if len(n.Contacts) == 0 {
				t.Fatalf("no contact in %+v", n)
			}
			c := n.Contacts[0]
			if c.Email != tt.email || c.Rule != tt.rule {
				t.Errorf("%s by %s, want %s by %s", c.Email, c.Rule, tt.email, tt.rule)
			}
			if got := strings.Join(c.Address, "|"); tt.address != "" && got != tt.address {
				t.Errorf("address %q, want %q", got, tt.address)
			}
			if len(c.Address) == 0 {
				t.Error("no postal address")
			}
		})
	}
}

func TestTrouble(t *testing.T) {
	limited := loopback.Network{Registry: "lacnic", Prefix: netip.MustParsePrefix("198.51.100.128/28"), Quirk: loopback.Limited}
	_, r := resolver(t, append(loopback.Default()[:14:14], limited))
	for _, tt := range []struct {
		sentence, addr string
		is, isNot      error
	}{
		{"a server that always fails is a failure, not nobody", "192.0.2.145", nil, lookup.ErrRefused},
		{"a server over its limit refuses", "198.51.100.129", lookup.ErrRefused, nil},
		{"a private address is not asked about", "10.0.0.1", lookup.ErrSpecial, nil},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			n, err := r.Lookup(t.Context(), netip.MustParseAddr(tt.addr))
			if err == nil {
				t.Fatalf("answered %+v", n)
			}
			if tt.is != nil && !errors.Is(err, tt.is) || tt.isNot != nil && errors.Is(err, tt.isNot) {
				t.Errorf("error %q", err)
			}
		})
	}
}

// Servers that are broken or mean harm cost neither time nor memory, lead
// nowhere, and take nothing from those around them.
func TestHostileServers(t *testing.T) {
	prefix := netip.MustParsePrefix("192.0.2.0/28")
	good := loopback.Network{Registry: "arin", Prefix: netip.MustParsePrefix("198.51.100.0/28"), Name: "GOOD", Org: "Good", Handle: "GOOD", Country: "US", Abuse: "abuse@good.example"}
	for _, quirk := range []loopback.Quirk{loopback.Drips, loopback.Floods, loopback.Bomb, loopback.Garbled, loopback.Inward, loopback.Loops} {
		t.Run(string(quirk), func(t *testing.T) {
			w, err := loopback.Start(t.Context(), []loopback.Network{{Registry: "ripe", Prefix: prefix, Quirk: quirk}, good})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			c, err := lookup.NewClient(w.Registries(), lookup.Options{Backoff: time.Millisecond, Timeout: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			r := &lookup.Resolver{Sources: []lookup.Source{c}, AllowSpecial: loopback.Special()}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			n, err := r.Lookup(t.Context(), prefix.Addr().Next())
			runtime.ReadMemStats(&after)
			if err == nil || errors.Is(err, lookup.ErrRefused) {
				t.Errorf("%+v, %v; want a failure", n, err)
			}
			if took := time.Since(begun); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
			if asked := w.Asked(); asked["ripe rdap"] == 0 || asked["ripe rdap"] > 6 || asked["ripe whois"] == 0 || asked["ripe whois"] > 6 {
				t.Errorf("asked %v", asked)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 32 { // both ends of the wire
				t.Errorf("%d MB", used)
			}
			if w.Trapped() > 0 {
				t.Errorf("%d connections were led inside", w.Trapped())
			}
			if n, err := r.Lookup(t.Context(), good.Prefix.Addr()); err != nil || len(n.Contacts) == 0 {
				t.Errorf("the neighbour's registry: %+v, %v", n, err)
			}
		})
	}
}

func TestLookupAS(t *testing.T) {
	_, r := resolver(t, loopback.Default())
	n, err := r.LookupAS(t.Context(), 64500)
	if err != nil || len(n.Contacts) == 0 || n.Contacts[0].Email != "abuse@beispielnetz.example" || n.Handle != "AS64500" {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestLookupDomain(t *testing.T) {
	_, r := resolver(t, loopback.Default())
	r.Hosts = func(_ context.Context, name string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.33")}, nil
	}
	n, err := r.LookupDomain(t.Context(), "WWW.Example.org.")
	if err != nil || len(n.Contacts) == 0 || n.Contacts[0].Email != "abuse@reseau-exemple.example" {
		t.Errorf("%+v, %v", n, err)
	}
}
