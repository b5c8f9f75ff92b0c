package letter

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Lanes of those who take mail for many domains: GroupLane names a provider of
// [MailGroup] or of the table of this file, MXLane any other.
const (
	GroupLane = "group:"
	MXLane    = "mx:"
)

// ExchangeLane returns the lane of who takes a domain's mail, by its mail
// servers (MX), the most preferred first. It is empty where the domain does
// that itself, or nobody knows: then the domain's own lane is all there is.
func ExchangeLane(domain string, mx []string) string {
	domain = strings.ToLower(domain)
	for _, host := range mx {
		if g := provider(host); g != "" {
			return GroupLane + g
		}
	}
	if g := MailGroup(domain); g != "" {
		return GroupLane + g
	}
	if len(mx) == 0 {
		return ""
	}
	theirs, err := publicsuffix.EffectiveTLDPlusOne(hostName(mx[0]))
	own, _ := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil || theirs == own {
		return ""
	}
	return MXLane + theirs
}

func hostName(mx string) string { return strings.ToLower(strings.TrimSuffix(mx, ".")) }

// provider returns who runs a mail server, or "".
func provider(mx string) string {
	for rest := hostName(mx); rest != ""; {
		if g := exchanges[rest]; g != "" {
			return g
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
	return ""
}

// exchanges are domains below which the mail servers of providers are that
// take mail for the domains of others.
var exchanges = map[string]string{
	"google.com": "google", "googlemail.com": "google",
	"protection.outlook.com": "microsoft", "mx.microsoft": "microsoft",
	"yahoodns.net": "yahoo", "icloud.com": "apple",
	"gmx.net": "united-internet", "web.de": "united-internet", "kundenserver.de": "united-internet", "ionos.com": "united-internet",
	"1and1.com": "united-internet", "perfora.net": "united-internet",
	"mail.ru": "vk", "yandex.net": "yandex", "yandex.ru": "yandex",
	"qq.com": "tencent", "netease.com": "netease", "163.com": "netease", "qiye163.com": "netease",
	"mxhichina.com": "alibaba", "aliyun.com": "alibaba",
	"pphosted.com": "proofpoint", "ppe-hosted.com": "proofpoint",
	"mimecast.com": "mimecast", "mimecast.co.za": "mimecast", "messagelabs.com": "broadcom", "iphmx.com": "cisco",
	"barracudanetworks.com": "barracuda", "antispameurope.com": "hornetsecurity", "hornetsecurity.com": "hornetsecurity",
	"zoho.com": "zoho", "zoho.eu": "zoho", "zoho.in": "zoho", "messagingengine.com": "fastmail", "protonmail.ch": "proton",
	"emailsrvr.com": "rackspace", "secureserver.net": "godaddy", "ovh.net": "ovh", "gandi.net": "gandi", "hostinger.com": "hostinger",
}
