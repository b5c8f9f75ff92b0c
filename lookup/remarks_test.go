package lookup

import (
	"slices"
	"testing"
)

func TestAbuseMails(t *testing.T) {
	for _, c := range []struct {
		name, prev, line string
		want             []string
	}{
		{"a label names the purpose", "", "Email address for spam or abuse complaints : net@example.net", []string{"net@example.net"}},
		{"a mailbox called abuse needs none", "", "| abuse@example.net |", []string{"abuse@example.net"}},
		{"another purpose is not ours", "", "noc e-mail: <noc@example.net>, phone: +1", nil},
		{"two purposes on a line are told apart", "", "Abuse: desk@example.net Peering: peer@example.net", []string{"desk@example.net"}},
		{"in either order", "", "Peering: peer@example.net, abuse: desk@example.net", []string{"desk@example.net"}},
		{"a list keeps its label", "", "Security issues to one@example.net or two@example.net", []string{"one@example.net", "two@example.net"}},
		{"the purpose may follow", "", "desk@example.net for abuse and spam", []string{"desk@example.net"}},
		{"or stand on the line before", "Complaints can be sent to", "(desk@example.net)", []string{"desk@example.net"}},
		{"but not where that line has its own mailbox", "Abuse: a@example.net", "b@example.net", nil},
		{"a denial is no offer", "", "Not for abuse: noc@example.net", nil},
		{"brackets for the signs are read", "", "Abuse: desk [at] example (dot) net", []string{"desk@example.net"}},
		{"and words for them", "", "Abuse: DESK at example DOT net", []string{"desk@example.net"}},
		{"at alone is a word", "", "abuse desk at example, dot matrix", nil},
		{"text without spaces does not stick", "", "投诉:desk@example.net谢谢", []string{"desk@example.net"}},
		{"German", "", "Missbrauch bitte an netz@example.net melden", []string{"netz@example.net"}},
		{"Spanish", "", "Seguridad: red@example.net", []string{"red@example.net"}},
		{"Russian", "", "Жалобы: net@example.net", []string{"net@example.net"}},
		{"Japanese", "", "迷惑行為 net@example.net", []string{"net@example.net"}},
		{"an attribute's name does not stick", "", "e-mail=abuse@example.net", []string{"abuse@example.net"}},
		{"a web address is no mailbox", "", "Abuse: https://example.net/abuse", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := abuseMails(c.line, c.prev); !slices.Equal(got, c.want) {
				t.Errorf("%q: %q, want %q", c.line, got, c.want)
			}
		})
	}
}

func TestForAbuse(t *testing.T) {
	for mail, want := range map[string]bool{
		"abuse@example.net": true, "internet.abuse@example.net": true, "nw-abuse-2@example.net": true, "anti-spam@example.net": true,
		"csirt@example.net": true, "SOC@example.net": true, "cert-team@example.net": true, "security@example.net": true, "incidents@example.net": true,
		"noc@example.net": false, "society@example.net": false, "certificates@example.net": false, "social@example.net": false, "support@abuse.example.net": false,
	} {
		if got := forAbuse(mail); got != want {
			t.Errorf("%s: %v", mail, got)
		}
	}
}
