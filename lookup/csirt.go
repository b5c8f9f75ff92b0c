package lookup

import "strings"

// CSIRT returns the national CSIRT of a country (ISO 3166-1 alpha-2), as the
// last rung: the team coordinates, it does not run the network, and whoever
// writes to it must want to.
func CSIRT(country string) (Contact, bool) {
	t, ok := nationalCSIRTs[strings.ToUpper(country)]
	if !ok {
		return Contact{}, false
	}
	return Contact{
		Email: t.mail, Role: "abuse", Name: t.name, Org: t.name, Country: strings.ToUpper(country),
		Rule: "national-csirt", Handle: t.name, Attribute: "e-mail", Flags: []string{"csirt", "low-confidence"},
	}, true
}

// Names and incident mailboxes as the teams publish them on their own sites
// and in the member list of FIRST (https://www.first.org/members/teams/).
// A country is missing where they do not agree or there is only a web form.
var nationalCSIRTs = map[string]struct{ name, mail string }{
	"AT": {"CERT.at", "reports@cert.at"},
	"BR": {"CERT.br", "cert@cert.br"},
	"CA": {"Canadian Centre for Cyber Security", "contact@cyber.gc.ca"},
	"CH": {"GovCERT.ch", "incidents@govcert.ch"},
	"CN": {"CNCERT/CC", "cncert@cert.org.cn"},
	"CZ": {"CSIRT.CZ", "abuse@csirt.cz"},
	"DE": {"CERT-Bund", "certbund@bsi.bund.de"},
	"EE": {"CERT-EE", "cert@cert.ee"},
	"ES": {"INCIBE-CERT", "incidencias@incibe-cert.es"},
	"FI": {"NCSC-FI", "cert@traficom.fi"},
	"FR": {"CERT-FR", "cert-fr@ssi.gouv.fr"},
	"GR": {"GR-CSIRT", "csirt@cd.mil.gr"},
	"HK": {"HKCERT", "hkcert@hkcert.org"},
	"HR": {"CERT.hr", "incident@cert.hr"},
	"ID": {"ID-SIRTII/CC", "bantuan70@bssn.go.id"},
	"IN": {"CERT-In", "incident@cert-in.org.in"},
	"JP": {"JPCERT/CC", "info@jpcert.or.jp"},
	"KR": {"KrCERT/CC", "cert@krcert.or.kr"},
	"LT": {"NCSC-LT", "cert@nksc.lt"},
	"LU": {"CIRCL", "info@circl.lu"},
	"LV": {"CERT.LV", "cert@cert.lv"},
	"NL": {"NCSC-NL", "cert@ncsc.nl"},
	"PL": {"CERT Polska", "cert@cert.pl"},
	"PT": {"CERT.PT", "cert@cert.pt"},
	"SE": {"CERT-SE", "cert@cert.se"},
	"SG": {"SingCERT", "singcert@csa.gov.sg"},
	"SI": {"SI-CERT", "cert@cert.si"},
	"SK": {"SK-CERT", "incident@nbu.gov.sk"},
	"TR": {"TR-CERT", "ihbar@usom.gov.tr"},
	"TW": {"TWCERT/CC", "twcert@cert.org.tw"},
	"UA": {"CERT-UA", "cert@cert.gov.ua"},
	"UY": {"CERTuy", "cert@cert.uy"},
}
