package lookup

import (
	"slices"
	"strings"
	"testing"
)

// What holders write beside a mailbox that is not to be written to, and what
// only looks like it. Lines are separated by " | ".
func TestNotForAbuse(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"whois@example.net is only for whois corrections", "whois@example.net"},
		{"The mailbox whois@example.net is for whois corrections only.", "whois@example.net"},
		{"Only for whois corrections: whois@example.net", "whois@example.net"},
		{"For whois corrections only, write to whois@example.net", "whois@example.net"},
		{"Corrections of this record only: whois@example.net", "whois@example.net"},
		{"whois@example.net (only for whois corrections)", "whois@example.net"},
		{"whois@example.net, only for whois corrections", "whois@example.net"},
		{"whois@example.net - database updates only", "whois@example.net"},
		{"hostmaster@example.net is used exclusively for registration matters", "hostmaster@example.net"},
		{"hostmaster@example.net: RIPE database only", "hostmaster@example.net"},
		{"peering@example.net is solely for peering requests", "peering@example.net"},
		{"Use noc@example.net only for routing questions; abuse goes to abuse@example.net", "noc@example.net"},
		{"Abuse to abuse@example.net, whois corrections only to whois@example.net", "whois@example.net"},
		{"Whois corrections only: whois@example.net. Abuse: abuse@example.net.", "whois@example.net"},
		{"whois@example.net only for whois corrections abuse@example.net for abuse", "whois@example.net"},
		{"a@example.net and b@example.net are only for whois corrections", "a@example.net b@example.net"},
		{"Only for whois corrections: a@example.net and b@example.net", "a@example.net b@example.net"},
		{"Abuse to a@example.net and b@example.net, whois corrections only to c@example.net", "c@example.net"},
		{"o'neil@example.net is only for whois corrections", "o'neil@example.net"},
		{"whois [at] example [dot] net is only for whois corrections", "whois@example.net"},
		{"Only for whois corrections: | whois@example.net", "whois@example.net"},
		{"whois@example.net is reserved for | corrections of this object", "whois@example.net"},
		{"whois@example.net | (only for whois corrections)", "whois@example.net"},
		{"not for abuse: noc@example.net", "noc@example.net"},
		{"noc@example.net is not for abuse reports", "noc@example.net"},
		{"Do not send abuse reports to noc@example.net", "noc@example.net"},
		{"Please don't mail spam complaints to noc@example.net, use abuse@example.net", "noc@example.net"},
		{"Mail to noc@example.net is not read", "noc@example.net"},
		{"old@example.net is unattended", "old@example.net"},
		{"abuse@example.net is not monitored; use our form", "abuse@example.net"},
		{"All messages to noc@example.net will be discarded", "noc@example.net"},

		{"whois@example.net ist nur für WHOIS-Korrekturen", "whois@example.net"},
		{"Ausschließlich für Änderungen am Eintrag: whois@example.net", "whois@example.net"},
		{"Kein Abuse an noc@example.net", "noc@example.net"},
		{"noc@example.net wird nicht gelesen", "noc@example.net"},
		{"whois@example.net : uniquement pour les corrections whois", "whois@example.net"},
		{"whois@example.net est réservé aux corrections de la base", "whois@example.net"},
		{"whois@example.net es solo para correcciones de whois", "whois@example.net"},
		{"Únicamente para actualizar el registro: whois@example.net", "whois@example.net"},
		{"whois@example.net apenas para correções do whois", "whois@example.net"},
		{"whois@example.net soltanto per correzioni whois", "whois@example.net"},
		{"whois@example.net alleen voor wijzigingen in whois", "whois@example.net"},
		{"whois@example.net tylko do zmian w whois", "whois@example.net"},
		{"whois@example.net pouze pro změny ve whois", "whois@example.net"},
		{"whois@example.net endast för ändringar i whois", "whois@example.net"},
		{"whois@example.net yalnızca kayıt düzeltmeleri için", "whois@example.net"},
		{"whois@example.net только для исправления записей whois", "whois@example.net"},
		{"whois@example.netはWHOIS訂正専用です", "whois@example.net"},
		{"WHOIS登録の訂正のみ: whois@example.net", "whois@example.net"},
		{"whois@example.net 仅用于更正WHOIS信息", "whois@example.net"},
		{"whois@example.net 僅限更正註冊資料", "whois@example.net"},
		{"whois@example.net WHOIS 정정 전용", "whois@example.net"},

		// Guards: these are for abuse, or say nothing.
		{"abuse@example.net", ""},
		{"Only for abuse: desk@example.net", ""},
		{"desk@example.net is for abuse reports only", ""},
		{"Please send abuse reports only to desk@example.net", ""},
		{"Please write only to desk@example.net", ""},
		{"Abuse reports in English only: desk@example.net", ""},
		{"English only please: noc@example.net", ""},
		{"Phone for emergencies only +1 202 555 0100, mail noc@example.net", ""},
		{"For whois corrections: whois@example.net", ""},
		{"whois@example.net: whois corrections, nothing else.", "whois@example.net"},
		{"whois@example.net is for whois corrections; exclusively.", "whois@example.net"},
		{"Abuse to desk@example.net, only.", ""},
		{"Report abuse to desk@example.net and not by phone", ""},
		{"Report abuse to desk@example.net, not to whois", ""},
		{"Do not hesitate to report abuse to desk@example.net", ""},
		{"We do not tolerate spam. Report it to noc@example.net", ""},
		{"We do not tolerate spam, mail noc@example.net", ""},
		{"Do not send spam to abuse@example.net", ""},
		{"Spam to abuse@example.net will be ignored", ""},
		{"Reports without logs to abuse@example.net are ignored", ""},
		{"HTML mail to noc@example.net will be discarded", ""},
		{"All rights reserved noc@example.net", ""},
		{"Example Limited noc@example.net", ""},
		{"Solo Networks noc@example.net", ""},
		{"Missbrauch bitte nur an desk@example.net", ""},
		{"Abuse uniquement : desk@example.net", ""},
		{"Жалобы только на desk@example.net", ""},
		{"Peering only via our portal | noc@example.net", ""},
		{"Whois corrections only by post. | noc@example.net", ""},
		{"Peering: peer@example.net", ""},
		{"for whois corrections only", ""},
		{"", ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			got := notForAbuse(strings.Split(c.in, " | "))
			slices.Sort(got)
			if got = slices.Compact(got); strings.Join(got, " ") != c.out {
				t.Errorf("%q, want %q", got, c.out)
			}
		})
	}
}

// What the remarks of a contact say about that contact.
func TestNotForAbuseItself(t *testing.T) {
	for in, want := range map[string]bool{
		"Only for whois corrections":                                            true,
		"For whois corrections only":                                            true,
		"WHOIS corrections only":                                                true,
		"This address is only for whois corrections":                            true,
		"This mailbox is not for abuse":                                         true,
		"Not for abuse":                                                         true,
		"This mailbox is not read":                                              true,
		"Diese Adresse ist nur für Korrekturen":                                 true,
		"Cette adresse est uniquement pour les corrections":                     true,
		"Esta dirección es solo para correcciones":                              true,
		"Этот адрес только для исправлений":                                     true,
		"この連絡先は登録情報の訂正のみ":                                                       true,
		"此邮箱仅用于更正注册信息":                                                          true,
		"This address is for | whois corrections only":                          true,
		"For abuse only":                                                        false,
		"This address is for abuse only":                                        false,
		"Only English please":                                                   false,
		"whois@example.net is only for whois corrections":                       false, // another one
		"For NOC emergencies only +49 30 1234567":                               false,
		"This network is operated by Example":                                   false,
		"We answer on weekdays only":                                            false,
		"Abuse reports without logs are ignored":                                false,
		"Please do not send abuse reports by post":                              false,
		"This company does not tolerate spam":                                   false,
		"Please contact our abuse desk only by mail":                            false,
		"Used for updating the whois database and nothing else":                 true,
		"This contact handles whois inaccuracy reports, nothing else.":          true,
		"この連絡先は登録情報の訂正、のみ。":                                                     true,
		"This contact handles abuse reports, nothing else.":                     false,
		"Corrections to the registry data are the sole purpose of this mailbox": true,
		"Spam reports sent here will be ignored":                                true,
		"Anfragen zu Missbrauch werden hier nicht bearbeitet":                   true,
		"本アドレスへのabuse報告は受け付けておりません":                                             true,
		"สำหรับแก้ไขข้อมูล whois เท่านั้น":                                      true,
		"لتصحيح بيانات whois فقط":                                               true,
		"Report abuse here":                                                     false,
		"Abuse wird hier bearbeitet":                                            false,
		"Our office is here | Use the form for everything":                      false,
		"ติดต่อเรื่อง abuse เท่านั้น":                                           false,
		"This object describes our office | Only visitors by train":             false,
	} {
		t.Run(in, func(t *testing.T) {
			if got := notForAbuseItself(strings.Split(in, " | ")); got != want {
				t.Errorf("%v", got)
			}
		})
	}
}

func FuzzNotForAbuse(f *testing.F) {
	for _, s := range []string{"whois@example.net is only for\nwhois corrections", "This address is not for abuse", "a@example.net and b@example.net: peering only"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		for _, m := range notForAbuse(lines) {
			if !strings.Contains(m, "@") {
				t.Errorf("%q is no mailbox", m)
			}
		}
		notForAbuseItself(lines)
	})
}
