package report

import (
	"net/netip"
	"strings"
	"testing"
)

// TestSigns reads mails in words that the lexicon does not know: what their form
// says must do.
func TestSigns(t *testing.T) {
	const head = "From: x@haus.example\nTo: abuse@isp.example\nDate: Tue, 10 Mar 2026 12:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n"
	ours := netip.MustParsePrefix("192.0.2.0/24")
	o := Options{Special: true, Ours: ours.Contains}
	for _, tt := range []struct {
		name, mail string
		want       Status
	}{
		{"a line of a log says all", "Subject: qqq\n\nmmm nnn\nMar 10 10:00:00 k sshd[7]: Failed password for root from 192.0.2.7 port 4000 ssh2\n", Understood},
		{"a field says it", "Subject: qqq\n\nmmm nnn\nIP: 192.0.2.7\n", Understood},
		{"a sentence and an hour", "Subject: qqq\n\nmmm nnn from 192.0.2.7, 2026-03-10 10:00:00 UTC, kkk\n", Understood},
		{"a sentence without an hour is for a person", "Subject: qqq\n\nmmm nnn from 192.0.2.7 kkk\n", Person},
		{"a sentence that accuses needs no hour", "Subject: qqq\n\nA port scan comes from 192.0.2.7, please investigate.\n", Understood},
		{"an address that merely stands there is for a person", "Subject: qqq\n\nmmm 192.0.2.7 kkk\n", Person},
		{"a defanged URL beside it says it", "Subject: qqq\n\nhxxp://qqq.example[.]org/a 192.0.2.7\n", Understood},
		{"the way to a host is a question of routes",
			"Subject: qqq\n\nmmm 192.0.2.7\n 1  203.0.113.1  0.5 ms  0.4 ms\n 2  203.0.113.2  1.0 ms  1.1 ms\n 3  192.0.2.1  9.0 ms  9.1 ms\n", None},
		{"amounts of money are a bill", "Subject: qqq\n\nmmm 192.0.2.7 kkk\n 1 x 12,00 EUR\n 2 x 24,00 EUR\n", None},
		{"one amount is none", "Subject: qqq\n\nmmm 192.0.2.7 kkk 12,00 EUR\n", Person},
		{"hours to come are an announcement", "Subject: qqq 192.0.2.7\n\nmmm 2026-03-20 02:00 CET\nnnn 2026-03-20 04:00 CET\nIP: 192.0.2.7\n", None},
		{"hours to come beside one that is past are none",
			"Subject: qqq 192.0.2.7\n\n2026-03-10 02:00 CET\nmmm 2026-03-20 02:00 CET\nnnn 2026-03-20 04:00 CET\nIP: 192.0.2.7\n", Understood},
		{"an automatic answer is none, whatever it repeats", "Subject: qqq: phishing 192.0.2.7\nAuto-Submitted: auto-replied\n\nmmm phishing, malware, attack 192.0.2.7 kkk\n", None},
		{"our own mail comes back", "Subject: qqq\n\nmmm nnn\n\nOn Tue, 10 Mar 2026 at 10:00, <abuse@isp.example> wrote:\n> 2026-03-10 09:00:00 203.0.113.9:4000 -> 192.0.2.7:23 SYN\n", None},
		{"another's mail is passed on", "Subject: qqq\n\nmmm nnn\n\nOn Tue, 10 Mar 2026 at 10:00, <a@kunde.example> wrote:\n> 2026-03-10 09:00:00 192.0.2.7:4000 -> 203.0.113.9:23 SYN\n", Understood},
		{"somebody who says next to nothing of abuse", "Subject: qqq\n\nSomebody hacked my mail, please help. You are in my computer.\n", Person},
		{"a list that says so", "Subject: qqq\nList-Unsubscribe: <https://x.example/u>\n\nSomebody hacked my mail, please help. You are in my computer.\n", None},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := Read([]byte(head+tt.mail), o); r.Status != tt.want {
				t.Errorf("%s (%s), want %s", r.Status, r.Why, tt.want)
			}
		})
	}
}

// TestKindSigns tells kinds by the form of the evidence.
func TestKindSigns(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"sshd", "Mar 10 10:00:00 k sshd[7]: x from 192.0.2.7 port 4000 ssh2", "bruteforce"},
		{"a failed logon of Windows", "Event ID 4625 qqq 192.0.2.7", "bruteforce"},
		{"a login page", `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "POST /wp-login.php HTTP/1.1" 200 12`, "bruteforce"},
		{"a login page of one's own", `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "POST /account/login HTTP/1.1" 401 12`, "bruteforce"},
		{"a login page among others", `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "GET /wp-login.php HTTP/1.1" 404 12` + "\n" +
			`192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 404 12` + "\n" + `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "GET /b HTTP/1.1" 404 12`, "scan"},
		{"a refused sender", "postfix/smtpd[1]: NOQUEUE: reject: RCPT from qqq[192.0.2.7]: 550", "spam"},
		{"a line of packets", "src 192.0.2.7:4000 | dst 203.0.113.9:3306 | proto tcp | syn", "scan"},
		{"a name of a feed", "report: scan_memcached 192.0.2.7", "exposed-service"},
		{"a class of an IDS", "[Classification: A Network Trojan was detected] 192.0.2.7", "botnet"},
		{"a jail of fail2ban", "[nginx-botsearch] Ban 192.0.2.7", "scan"},
		{"a file of secrets", `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "GET /.env HTTP/1.1" 404 12`, "scan"},
		{"a page that is not there", `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "GET /q HTTP/1.1" 404 12`, "scan"},
		{"a page that is there", `192.0.2.7 - - [10/Mar/2026:10:00:00 +0000] "GET /q HTTP/1.1" 200 12`, "other"},
		{"a filter of packets", "IN=eth0 OUT= MAC=aa SRC=192.0.2.7 DST=203.0.113.9 SPT=4000 DPT=23 WINDOW=9", "scan"},
		{"a program to fetch", "192.0.2.7 http://qqq.example/a/b.apk", "malware"},
		{"a torrent", "192.0.2.7 infohash: 0123456789abcdef0123456789abcdef01234567", "copyright"},
		{"a file of that length", "192.0.2.7 sha1: 0123456789abcdef0123456789abcdef01234567", "other"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			points := map[Kind]int{}
			signsOfKind(lower(tt.line), 1, points)
			if got := weighedWith(points, Other); string(got) != tt.want {
				t.Errorf("%q is %s, want %s", tt.line, got, tt.want)
			}
		})
	}
}

// TestKindSignsWeigh asks what each form is worth: words of another kind beside it
// may weigh more, or not.
func TestKindSignsWeigh(t *testing.T) {
	for _, tt := range []struct {
		line   string
		kind   Kind
		points int
	}{
		{"sshd[7]: x", BruteForce, 10},
		{"in=eth0 out= mac=aa src=192.0.2.7 dst=203.0.113.9", Scan, 6},
		{"http://qqq.example/a/b.apk", Malware, 6},
		{"infohash: 0123456789abcdef0123456789abcdef01234567", Copyright, 6},
		{"feedback-type: abuse", Spam, 6},
		{"report: scan_memcached", ExposedService, 16},
		{"a network trojan was detected", Botnet, 12},
		{"[apache-badbots] ban", Scan, 12},
		{"mail from:<a@b>\n250 ok\nrcpt to:<c@d>\n250 ok", OpenRelay, 8},
		{`"post /wp-login.php http/1.1" 200`, BruteForce, 16},
		{`"get /a http/1.1" 200 "get /b http/1.1" 200 "get /wp-login.php http/1.1" 200`, Scan, 6},
	} {
		points := map[Kind]int{}
		if signsOfKind(tt.line, 1, points); points[tt.kind] != tt.points {
			t.Errorf("%q is worth %d for %s, want %d", tt.line, points[tt.kind], tt.kind, tt.points)
		}
		if signsOfKind(tt.line, 2, points); points[tt.kind] != 3*tt.points {
			t.Errorf("%q twice more is worth %d, want %d", tt.line, points[tt.kind], 3*tt.points)
		}
	}
}

// TestPortBesideTheAddress reads the columns of tables whose address and port are of
// one host: that port is no target.
func TestPortBesideTheAddress(t *testing.T) {
	for _, tt := range []struct {
		name         string
		columns      []string
		addr         int // which holds an address of ours
		port, target int
	}{
		{"of the victim who is ours", []string{"time", "victim_ip", "victim_port"}, 1, 2, -1},
		{"of the source", []string{"src_ip", "src_port", "dst_ip", "dst_port"}, 0, 1, 3},
	} {
		got := columnsOf(tt.columns, func(i int) (is, ours bool) {
			return strings.HasSuffix(tt.columns[i], "ip") && i == tt.addr, i == tt.addr
		})
		if got.port != tt.port || got.target != tt.target {
			t.Errorf("%s: port in column %d, target in %d, want %d and %d", tt.name, got.port, got.target, tt.port, tt.target)
		}
	}
}

// TestShortPorts reads ports by the short names of logs.
func TestShortPorts(t *testing.T) {
	for _, line := range []string{"192.0.2.7 sp=4000 dp=23 syn", "192.0.2.7 SPT=4000 DPT=23 syn", "192.0.2.7 sport=4000 dport=23 syn"} {
		mail := "Subject: port scan\nDate: Tue, 10 Mar 2026 12:00:00 +0000\n\nAttack:\n2026-03-10 10:00:00 " + line + "\n"
		r := Read([]byte(mail), Options{Special: true})
		if len(r.Events) != 1 || r.Events[0].Port != 4000 || r.Events[0].Target != 23 {
			t.Errorf("%q: %+v", line, r.Events)
		}
	}
}

// TestWordsOfAdvice reads words that stand in advice of every kind: they say
// nothing of the kind that is reported.
func TestWordsOfAdvice(t *testing.T) {
	for _, text := range []string{
		"Network operators must have a contact.", "Run an anti-virus program.", "It may have been compromised through old software.",
		"Change all passwords.",
	} {
		if k := kindOf(lower(text), ""); k != "" {
			t.Errorf("%q speaks of %s", text, k)
		}
	}
}
