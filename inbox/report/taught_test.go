package report

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// What the house says of a sender's labels and columns is what they mean.
func TestFieldsThatTheHouseExplains(t *testing.T) {
	taught := map[string]Field{"knoten": FieldAddress, "anschluss": FieldPort, "ziel": FieldTarget, "ereignis": FieldTime, "fundstelle": FieldURL, "art": FieldKind}
	ours := netip.MustParsePrefix("192.0.2.0/24")
	o := Options{Special: true, Ours: ours.Contains, Fields: func(sender string) map[string]Field {
		if strings.HasSuffix(sender, "@siem.example") {
			return taught
		}
		return nil
	}}
	head := "Subject: Vorfall\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	for name, c := range map[string]struct {
		from, mail string
		want       string // of the events
		status     Status
	}{
		"labels": {"a@siem.example", head + "Meldesystem: 192.0.2.99\r\nKnoten: 192.0.2.7\r\nAnschluss: 51514\r\nZiel: 22\r\nEreignis: 2026-03-01T10:00:00Z\r\nArt: bruteforce\r\n",
			"192.0.2.7 51514 22 2026-03-01T10:00:00Z bruteforce ", Understood},
		"two of them": {"a@siem.example", head + "Knoten = 192.0.2.7\r\nEreignis = 2026-03-01T10:00:00Z\r\nKnoten = 192.0.2[.]8\r\nAnschluss = 4444\r\n",
			"192.0.2.7 0 0 2026-03-01T10:00:00Z other |192.0.2.8 4444 0  other ", Understood},
		"a page":           {"a@siem.example", head + "Art: phishing\r\nKnoten: 192.0.2.7\r\nFundstelle: hxxp://shop[.]example/login\r\n", "192.0.2.7 0 0  phishing http://shop.example/login", Understood},
		"another sender":   {"a@other.example", head + "Knoten: 192.0.2.7\r\n", "", Person},
		"of somebody else": {"a@siem.example", head + "Knoten: 203.0.113.7\r\n", "", Person},
		"what is quoted":   {"a@siem.example", head + "> Knoten: 192.0.2.7\r\n", "", None},
		"columns": {"a@siem.example", "Subject: Vorfall\r\nMIME-Version: 1.0\r\nContent-Type: text/csv; name=\"v.csv\"\r\nContent-Disposition: attachment; filename=\"v.csv\"\r\n\r\n" +
			"Meldesystem,Knoten,Anschluss,Ereignis,Fundstelle\r\n192.0.2.99,192.0.2.7,51514,2026-03-01T10:00:00Z,hxxp://a[.]example/x\r\n192.0.2.99,192.0.2.8,51515,2026-03-01T11:00:00Z,\r\n",
			"192.0.2.7 51514 0 2026-03-01T10:00:00Z other http://a.example/x|192.0.2.8 51515 0 2026-03-01T11:00:00Z other ", Understood},
	} {
		t.Run(name, func(t *testing.T) {
			got := Read([]byte("From: "+c.from+"\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\n"+c.mail), o)
			var all []string
			for _, e := range got.Events {
				all = append(all, strings.Join([]string{e.Addr.String(), fmt.Sprint(e.Port), fmt.Sprint(e.Target), e.Seen.String(), string(e.Kind), e.URL}, " "))
			}
			if text := strings.Join(all, "|"); text != c.want || got.Status != c.status && c.status != None || got.Status == Understood && c.status != Understood {
				t.Errorf("%s (%s) %s, want %s %s", got.Status, got.Why, text, c.status, c.want)
			}
			for _, e := range got.Events {
				if s := e.AddrAt; c.from == "a@siem.example" && name != "columns" && !strings.Contains(got.Parts[s.Part].Text[s.From:s.To], "192.0.2") {
					t.Errorf("the address was read from %q", got.Parts[s.Part].Text[s.From:s.To])
				}
			}
		})
	}
}
