package lookup

import (
	"cmp"
	"strings"

	"headsup/pattern"
)

var jpnicLine = pattern.New(`^(?:[a-z]\. ?)?\[([^\]]+)\]\s*(.*)$`)

// jpnic reads whois.nic.ad.jp, in Japanese and in English (/e).
func jpnic(lines []string) []*record {
	var records []*record
	var r *record
	for _, l := range lines {
		m := jpnicLine.FindStringSubmatch(strings.TrimSpace(l))
		if m == nil {
			continue
		}
		key, value := strings.ToLower(m[1]), strings.TrimSpace(m[2])
		switch key {
		case "network number", "ipネットワークアドレス":
			r = &record{net: Network{Handle: value, Country: "JP"}}
			if r.net.First, r.net.Last = span(value); !r.net.First.IsValid() {
				r = nil
				continue
			}
			if len(records) < maxRecords {
				records = append(records, r)
			}
		case "as number", "as番号":
			r = &record{net: Network{Handle: asOf(value), Country: "JP"}}
			if len(records) < maxRecords {
				records = append(records, r)
			}
		}
		if r == nil || value == "" {
			continue
		}
		switch key {
		case "network name", "ネットワーク名", "as name", "as名":
			r.net.Name = value
		case "organization":
			r.net.Org = value
		case "組織名":
			r.net.Org = cmp.Or(r.net.Org, value)
		case "abuse":
			r.claim(networkAbuse, value, Contact{Handle: r.net.Handle, Attribute: m[1], Role: "abuse"}, place{})
		case "e-mail", "電子メール", "電子メイル", "reply mail", "通知アドレス":
			r.claim(technical, value, Contact{Handle: r.net.Handle, Attribute: m[1], Role: technical}, place{})
		}
	}
	return records
}

// krnic reads whois.kisa.or.kr: the provider's block, then the customer's,
// often both in Korean and again in English.
func krnic(lines []string) []*record {
	var records []*record
	var r *record
	section := ""
	for _, l := range lines {
		if strings.HasPrefix(l, "[") {
			section = l
		}
		key, value, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		key, value = strings.ReplaceAll(fold(key), " ", ""), strings.TrimSpace(value)
		if key == fold("ipv4주소") || key == "ipv4address" || key == fold("ipv6주소") || key == "ipv6address" {
			r = nil
			value, _, _ = strings.Cut(value, " (")
			if from, to := span(value); from.IsValid() && len(records) < maxRecords {
				r = &record{net: Network{Handle: value, Country: "KR", First: from, Last: to}}
				records = append(records, r)
			}
			continue
		}
		if key == "asnumber" || key == fold("as번호") {
			r = &record{net: Network{Handle: asOf(value), Country: "KR"}}
			if len(records) < maxRecords {
				records = append(records, r)
			}
		}
		if r == nil || value == "" {
			continue
		}
		switch key {
		case "organizationname", fold("기관명"):
			r.net.Org = cmp.Or(r.net.Org, value)
		case "servicename", "asname", fold("서비스명"), fold("네트워크이름"), fold("as이름"):
			r.net.Name = cmp.Or(r.net.Name, value)
		case "address", fold("주소"), "zipcode", fold("우편번호"):
			r.holder.lines = append(r.holder.lines, value)
		case "e-mail", fold("전자우편"):
			rule, role := technical, technical
			switch {
			case forLabel(section):
				rule, role = networkAbuse, "abuse"
			case forAbuse(value):
				rule = roleMailbox
			}
			r.claim(rule, value, Contact{Handle: r.net.Handle, Attribute: strings.TrimSpace(l[:strings.IndexByte(l, ':')]), Role: role}, place{})
		}
	}
	return records
}

// twnic reads whois.twnic.net, whose mailboxes stand on the lines below their
// label, or beside it.
func twnic(lines []string) []*record {
	r := &record{net: Network{Country: "TW"}}
	var found [][2]string // label and mailbox; the block may come after them
	label := ""
	for _, l := range lines {
		key, value, ok := strings.Cut(strings.TrimSpace(l), ":")
		key, value = fold(key), strings.TrimSpace(value)
		switch {
		case ok && key == "netname":
			r.net.Name = value
		case ok && key == "netblock":
			r.net.Handle = value
			r.net.First, r.net.Last = span(value)
		case ok && (key == "organization name" || key == "organization"):
			r.net.Org = value
		case ok && strings.HasSuffix(key, "contact"):
			label, l = key, value
		case ok && value != "":
			label = ""
		}
		l = plain(l)
		for _, at := range findMails(l) {
			if label != "" && len(found) < maxContacts {
				found = append(found, [2]string{label, l[at[0]:at[1]]})
			}
		}
	}
	if !r.net.First.IsValid() {
		return nil
	}
	for _, f := range found {
		r.twnicMail(f[0], f[1])
	}
	return []*record{r}
}

func (r *record) twnicMail(label, mail string) {
	rule, role := technical, technical
	switch {
	case forLabel(label):
		rule, role = networkAbuse, "abuse"
	case forAbuse(mail):
		rule = roleMailbox
	case strings.HasPrefix(label, "admin"):
		rule, role = administrative, administrative
	}
	r.claim(rule, mail, Contact{Handle: r.net.Handle, Attribute: label, Role: role}, place{})
}
