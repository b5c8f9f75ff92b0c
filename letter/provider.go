package letter

import "strings"

// MailGroup returns the name of the provider that takes the mail of a domain,
// where it is one of the few that hold very many mailboxes under several
// domains, or nothing.
func MailGroup(domain string) string {
	domain = strings.ToLower(domain)
	for rest := domain; rest != ""; {
		if g := giants[rest]; g != "" {
			return g
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
	brand, rest, _ := strings.Cut(domain, ".")
	if strings.Count(rest, ".") > 1 {
		return ""
	}
	return brands[brand]
}

// giants are domains that stand for themselves and everything below them.
var giants = map[string]string{
	"gmail.com": "google", "googlemail.com": "google", "google.com": "google",
	"outlook.com": "microsoft", "onmicrosoft.com": "microsoft", "msn.com": "microsoft", "microsoft.com": "microsoft",
	"aol.com": "yahoo", "ymail.com": "yahoo", "rocketmail.com": "yahoo",
	"icloud.com": "apple", "me.com": "apple", "mac.com": "apple",
	"web.de": "united-internet", "mail.com": "united-internet",
	"mail.ru": "vk", "bk.ru": "vk", "inbox.ru": "vk", "list.ru": "vk",
	"ya.ru": "yandex", "qq.com": "tencent", "foxmail.com": "tencent",
	"163.com": "netease", "126.com": "netease", "yeah.net": "netease",
	"wanadoo.fr": "orange", "orange.fr": "orange", "t-online.de": "telekom", "magenta.de": "telekom",
}

// brands are first labels that a provider has below many top-level domains.
var brands = map[string]string{
	"hotmail": "microsoft", "live": "microsoft", "outlook": "microsoft", "yahoo": "yahoo", "gmx": "united-internet", "yandex": "yandex",
}
