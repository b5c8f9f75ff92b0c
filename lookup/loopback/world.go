package loopback

import "net/netip"

func ip(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// Default returns the world of the demo: holders in many countries, with the
// oddities that registries have. All names and places are made up or generic,
// all mailboxes are at example domains.
func Default() []Network {
	var all []Network
	for _, part := range [][]Network{europe(), northAmerica(), latinAmerica(), africa(), asia()} {
		all = append(all, part...)
	}
	return all
}

func europe() []Network {
	netz := Network{
		Registry: "ripe", Prefix: ip("192.0.2.0/28"), Name: "BEISPIELNETZ", Org: "Beispielnetz GmbH", Handle: "BN", Country: "DE",
		Address: []string{"Musterstraße 12", "10115 Berlin"}, Language: "de", Abuse: "abuse@beispielnetz.example",
	}
	hosting, six, as := netz, netz, netz // the same holder and mailbox
	hosting.Prefix, hosting.Name = ip("192.0.2.192/27"), "BEISPIELNETZ-HOSTING"
	six.Prefix, six.Name = ip("2001:db8:1::/48"), "BEISPIELNETZ-V6"
	as.Prefix, as.AS, as.Name = netip.Prefix{}, 64500, "BEISPIELNETZ-AS"
	exemple := Network{
		Registry: "ripe", Prefix: ip("192.0.2.32/28"), Name: "RESEAU-EXEMPLE", Org: "Réseau Exemple SAS", Handle: "RE", Country: "FR",
		Address: []string{"12 rue de l’Exemple", "75002 PARIS"}, Language: "fr", Abuse: "abuse@reseau-exemple.example",
	}
	exemple6 := exemple
	exemple6.Prefix, exemple6.Name = ip("2001:db8:5::/48"), "RESEAU-EXEMPLE-V6"
	return []Network{
		netz, hosting, six, as, exemple, exemple6,
		{Registry: "ripe", Prefix: ip("192.0.2.16/28"), Name: "UNI-MUSTERSTADT", Org: "Universität Musterstadt, Rechenzentrum", Handle: "UM", Country: "DE",
			Address: []string{"Hochschulring 1", "12345 Musterstadt"}, Language: "de", Abuse: "cert@uni-musterstadt.example"},
		{Registry: "ripe", Prefix: ip("192.0.2.48/28"), Name: "RED-EJEMPLO", Org: "Red de Ejemplo S.L.", Handle: "RJ", Country: "ES",
			Address: []string{"Calle Mayor 3, 2.º B", "28013 MADRID"}, Language: "es", Abuse: "abuse@red-ejemplo.example"},
		{Registry: "ripe", Prefix: ip("192.0.2.64/28"), Name: "EXAMPLE-HOSTING", Org: "Example Hosting Ltd", Handle: "EH", Country: "GB",
			Address: []string{"4 Sample Lane", "LONDON", "EC1A 1BB"}, Language: "en", Abuse: "abuse@example-hosting.example"},
		{Registry: "ripe", Prefix: ip("192.0.2.80/28"), Name: "MUSTER-HOSTING", Org: "Muster Hosting AG", Handle: "MH", Country: "CH",
			Address: []string{"Musterweg 5", "8001 Zürich"}, Abuse: "abuse@muster-hosting.example"},
		{Registry: "ripe", Prefix: ip("192.0.2.96/28"), Name: "LEGACY-PLACEHOLDER", Org: "Voorbeeld Stichting", Handle: "VS", Country: "NL",
			Address: []string{"Voorbeeldplein 1", "1011 AB AMSTERDAM"}, Abuse: "abuse@ripe.net"}, // the registry's own: nobody's
		{Registry: "ripe", Prefix: ip("192.0.2.112/28"), Name: "RETE-ESEMPIO", Org: "Rete Esempio S.p.A.", Handle: "RI", Country: "IT",
			Address: []string{"Via Esempio 7", "00184 ROMA RM"}, Language: "it", Abuse: "abuse@rete-esempio.example", Quirk: WHOISOnly},
		{Registry: "apnic", From: "ripe", Prefix: ip("192.0.2.128/28"), Name: "SAMPLE-AU", Org: "Sample Internet Pty Ltd", Handle: "SAMPLEINT", Country: "AU",
			Address: []string{"1 Example Street", "SYDNEY NSW 2000"}, Abuse: "abuse@sample-internet.example"}, // RIPE redirects
		{Registry: "ripe", Prefix: ip("192.0.2.144/28"), Name: "BROKEN-ENTRY", Org: "Sieć Przykładowa Sp. z o.o.", Handle: "SP", Country: "PL", Quirk: Broken},
		{Registry: "ripe", Prefix: ip("192.0.2.160/28"), Name: "EXEMPELNAT", Org: "Exempelnät AB", Handle: "EA", Country: "SE",
			Address: []string{"Exempelgatan 2", "111 22 STOCKHOLM"}}, // nobody
		{Registry: "ripe", Prefix: ip("192.0.2.176/28"), Name: "HOSTILE", Org: `<script>alert(1)</script> **x** [y](javascript:alert(1)) =cmd()`, Handle: "HO", Country: "NL",
			Address: []string{"=1+1", "<b>1012 AB</b> AMSTERDAM"}, Abuse: "abuse@hostile.example"},
	}
}

// northAmerica leaves no address of the carrier's to itself: an answer about
// the carrier would serve for its neighbours, its customers.
func northAmerica() []Network {
	return []Network{
		{Registry: "arin", Prefix: ip("198.51.100.0/26"), Name: "EXAMPLE-CARRIER", Org: "Example Carrier Inc.", Handle: "EXCAR", Country: "US",
			Address: []string{"100 Main Street", "Suite 200", "Springfield, IL 62701"}, Abuse: "abuse@carrier.example"},
		{Registry: "arin", Prefix: ip("198.51.100.0/28"), Name: "EXCAR-CUST-0", Org: "Illustration Freight Co.", Handle: "1234566", Country: "US",
			Address: []string{"7 Harbor Road", "Oakland, CA 94607"}, Quirk: Customer}, // the carrier answers
		{Registry: "arin", Prefix: ip("198.51.100.16/28"), Name: "EXCAR-CUST-16", Org: "Sample Dental Group", Handle: "1234567", Country: "US",
			Address: []string{"22 Oak Avenue", "Portland, OR 97201"}, Quirk: Customer}, // the carrier answers
		{Registry: "arin", Prefix: ip("198.51.100.32/28"), Name: "MAPLE-DC", Org: "Maple Sample Datacentres Inc.", Handle: "MAPLE", Country: "CA",
			Address: []string{"50 Example Street W", "Toronto, ON M5H 2N2"}, Abuse: "abuse@maple-dc.example", Quirk: Direct},
		{Registry: "arin", Prefix: ip("198.51.100.48/28"), Name: "EXCAR-POP", Org: "Example Carrier Inc.", Handle: "EXCAR", Country: "US",
			Address: []string{"100 Main Street", "Suite 200", "Springfield, IL 62701"}, Abuse: "abuse@carrier.example"},
		{Registry: "arin", Prefix: ip("198.51.100.64/27"), Name: "EXAMPLE-CLOUD", Org: "Example Cloud LLC", Handle: "EXCLO", Country: "US",
			Address: []string{"1 Sample Drive", "Austin, TX 78701"}, Abuse: "abuse@cloud.example"},
		{Registry: "arin", Prefix: ip("198.51.100.96/28"), Name: "ERABLE", Org: "Réseau Érable inc.", Handle: "ERABL", Country: "CA",
			Address: []string{"1200, rue de l’Exemple", "Montréal, QC H2Y 1C6"}, Abuse: "abus@reseau-erable.example"},
		{Registry: "arin", Prefix: ip("2001:db8:2::/48"), Name: "EXAMPLE-CLOUD-V6", Org: "Example Cloud LLC", Handle: "EXCLO", Country: "US",
			Address: []string{"1 Sample Drive", "Austin, TX 78701"}, Abuse: "abuse@cloud.example"},
	}
}

func latinAmerica() []Network {
	return []Network{
		{Registry: "lacnic", Prefix: ip("198.51.100.128/28"), Name: "EXEMPLO-TELECOM", Org: "Exemplo Telecomunicações Ltda.", Handle: "EXT", Country: "BR",
			Address: []string{"Avenida Paulista, 1000", "01310-100 São Paulo - SP"}, Language: "pt", Abuse: "abuse@exemplo-telecom.example"},
		{Registry: "lacnic", Prefix: ip("198.51.100.144/28"), Name: "EJEMPLO-REDES", Org: "Ejemplo Redes S.A. de C.V.", Handle: "EJR", Country: "MX",
			Address: []string{"Av. Ejemplo 45, Col. Centro", "06000 Ciudad de México, CDMX"}, Language: "es", Abuse: "abuse@ejemplo-redes.example"},
		{Registry: "lacnic", Prefix: ip("198.51.100.160/28"), Name: "REDE-MODELO", Org: "Rede Modelo S.A.", Handle: "RMO", Country: "BR",
			Address: []string{"Rua Modelo, 12", "20040-002 Rio de Janeiro - RJ"}, Language: "pt", Abuse: "seguranca@rede-modelo.example", Quirk: WHOISOnly},
		{Registry: "lacnic", Prefix: ip("2001:db8:4::/48"), Name: "EXEMPLO-TELECOM-V6", Org: "Exemplo Telecomunicações Ltda.", Handle: "EXT", Country: "BR",
			Address: []string{"Avenida Paulista, 1000", "01310-100 São Paulo - SP"}, Language: "pt", Abuse: "abuse@exemplo-telecom.example"},
	}
}

func africa() []Network {
	return []Network{
		{Registry: "afrinic", Prefix: ip("198.51.100.192/28"), Name: "EXAMPLE-ZA", Org: "Example Networks (Pty) Ltd", Handle: "ENPL1", Country: "ZA",
			Address: []string{"10 Sample Road", "Sandton", "JOHANNESBURG", "2196"}, Abuse: "abuse@example-networks.example"},
		{Registry: "afrinic", Prefix: ip("198.51.100.208/28"), Name: "MFANO", Org: "Mfano Communications Ltd", Handle: "MCL1", Country: "KE",
			Address: []string{"P.O. Box 12345", "00100 NAIROBI"}, Abuse: "abuse@mfano.example", Quirk: WHOISOnly},
	}
}

func asia() []Network {
	return []Network{
		{Registry: "apnic", Prefix: ip("203.0.113.0/28"), Name: "REIJI-NET", Org: "例示ネットワーク株式会社", Handle: "REIJI", Country: "JP",
			Address: []string{"〒100-0005", "東京都千代田区丸の内1丁目1番1号"}, Abuse: "abuse@reiji-net.example"},
		{Registry: "apnic", Prefix: ip("203.0.113.16/28"), Name: "MIHON-NET", Org: "Mihon Internet K.K.", Handle: "MIHON", Country: "JP",
			Address: []string{"2-3-4 Umeda, Kita-ku", "Osaka 530-0001"}, Abuse: "abuse@mihon.example", Quirk: National,
			Remark: "Email address for spam or abuse complaints : abuse@mihon.example"},
		{Registry: "apnic", Prefix: ip("203.0.113.32/28"), Name: "NAMUNA", Org: "Namuna Broadband Private Limited", Handle: "NAMUNA", Country: "IN",
			Address: []string{"12, Udaharan Marg", "NEW DELHI 110001"}, Abuse: "abuse@namuna.example"},
		{Registry: "apnic", Prefix: ip("203.0.113.48/28"), Name: "SAMPLE-SG", Org: "Sample Cloud Pte. Ltd.", Handle: "SAMPLESG", Country: "SG",
			Address: []string{"8 Example Quay #12-34", "SINGAPORE 049909"}, Abuse: "abuse@sample-cloud.example"},
		{Registry: "apnic", Prefix: ip("2001:db8:3::/48"), Name: "REIJI-NET-V6", Org: "例示ネットワーク株式会社", Handle: "REIJI", Country: "JP",
			Address: []string{"〒100-0005", "東京都千代田区丸の内1丁目1番1号"}, Abuse: "abuse@reiji-net.example"},
	}
}
