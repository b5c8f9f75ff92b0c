package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestAddressesOfOthers reads mails that name addresses of several people, all of
// them the house's own: the words around tell who did it. Where they leave it
// open, a person decides.
func TestAddressesOfOthers(t *testing.T) {
	ours := func(a netip.Addr) bool {
		return netip.MustParsePrefix("192.0.2.0/24").Contains(a) || netip.MustParsePrefix("203.0.113.0/24").Contains(a)
	}
	const person = ""
	for _, c := range []struct{ name, subject, body, want string }{
		{"columns of source and destination", "Scan report", "Time (UTC)           Source IP    SPort  Destination IP  DPort\n2026-11-16 10:00:00  192.0.2.7    40000  203.0.113.9     22\n2026-11-16 10:00:01  192.0.2.7    40001  203.0.113.9     23\n", "192.0.2.7"},
		{"columns in another order", "Port scans", "| Ziel-IP | Zielport | Zeit | Quell-IP | Quellport |\n|---|---|---|---|---|\n| 203.0.113.9 | 22 | 2026-11-16 10:00:00 UTC | 192.0.2.7 | 40000 |\n", "192.0.2.7"},
		{"columns of a honeypot", "Attack on our honeypot", "timestamp,attacker_ip,honeypot_ip,port\n2026-11-16T10:00:00Z,192.0.2.7,203.0.113.9,22\n", "192.0.2.7"},
		{"columns without a name that tells", "Attacks", "2026-11-16T10:00:00Z 192.0.2.7 203.0.113.9 22\n2026-11-16T10:00:05Z 192.0.2.7 203.0.113.9 23\n", person},
		{"columns with names that say nothing", "Attacks", "Time | Node A | Node B\n2026-11-16 10:00:00 | 192.0.2.7 | 203.0.113.9\n", person},
		{"our honeypot in prose", "SSH attack", "The host 192.0.2.7 attacked our honeypot 203.0.113.9 at 2026-11-16 10:00:00 UTC.", "192.0.2.7"},
		{"our server in prose", "Attack", "On 2026-11-16 at 10:00 UTC our server 203.0.113.9 got brute force login attempts from 192.0.2.7.", "192.0.2.7"},
		{"a server behind you", "Attack", "At 2026-11-16 10:00 UTC your address 192.0.2.7 tried to log in at our server, which stands with you as well (203.0.113.9).", "192.0.2.7"},
		{"an example in the advice", "Your server sends spam", "Your server 192.0.2.7 sends spam since 2026-11-16 10:00 UTC.\n\nWhat to do\nYou can block single addresses in your firewall, e.g. 203.0.113.9, or whole networks.\nFor example: iptables -A INPUT -s 203.0.113.10 -j DROP\n", "192.0.2.7"},
		{"an example in other words", "Spam", "IP: 192.0.2.7\nDate: 2026-11-16 10:00 UTC\n\nHinweis: Die Angabe kann so aussehen (z. B. 203.0.113.9).\nPar exemple : 203.0.113.10\nPor ejemplo, 203.0.113.11. Ad esempio: 203.0.113.12\nbijv. 203.0.113.13 np. 203.0.113.14, například 203.0.113.15, например 203.0.113.16\n例えば 203.0.113.17 例如 203.0.113.18\n", "192.0.2.7"},
		{"a network in prose", "Botnet", "Your network 203.0.113.0/24 (203.0.113.0 - 203.0.113.255) has the infected host 192.0.2.7, seen 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"what is not affected", "Malware", "192.0.2.7 hosts malware, seen 2026-11-16 10:00 UTC. 203.0.113.9 is not affected.", "192.0.2.7"},
		{"what is not affected any more", "Malware", "192.0.2.7 hosts malware, seen 2026-11-16 10:00 UTC. The malware on 203.0.113.9 that we reported last week has been removed, thank you.", "192.0.2.7"},
		{"what is clean, in German", "Malware", "Auf 192.0.2.7 liegt Schadsoftware, gesehen 16.11.2026 10:00 UTC. 203.0.113.9 ist nicht betroffen.", "192.0.2.7"},
		{"from the one to the other", "Port scan", "We saw a port scan from 192.0.2.7 to 203.0.113.9 on 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"from the one to the other, in French", "Scan de ports", "Scan de ports de 192.0.2.7 vers 203.0.113.9 le 16/11/2026 à 10:00 UTC.", "192.0.2.7"},
		{"from the one to the other, in Spanish", "Escaneo de puertos", "Escaneo de puertos desde 192.0.2.7 hacia 203.0.113.9 el 16/11/2026 a las 10:00 UTC.", "192.0.2.7"},
		{"from the one to the other, in Polish", "Skanowanie portów", "Skanowanie portów z 192.0.2.7 do 203.0.113.9 w dniu 16.11.2026 10:00 UTC.", "192.0.2.7"},
		{"from the one to the other, in Japanese", "ポートスキャン", "192.0.2.7 から 203.0.113.9 へのポートスキャンを 2026-11-16 10:00 UTC に検知しました。", "192.0.2.7"},
		{"from the one to the other, in Chinese", "端口扫描", "2026-11-16 10:00 UTC 检测到 192.0.2.7 对 203.0.113.9 进行端口扫描。", "192.0.2.7"},
		{"from the one to the other, in Russian", "Сканирование портов", "Сканирование портов с адреса 192.0.2.7 на адрес 203.0.113.9, 16.11.2026 10:00 UTC.", "192.0.2.7"},
		{"tcpdump with the answer", "SYN scan", "10:00:00.1 IP 192.0.2.7.40000 > 203.0.113.9.23: Flags [S], seq 1, win 1024, length 0\n10:00:00.1 IP 203.0.113.9.23 > 192.0.2.7.40000: Flags [R.], seq 0, ack 2, win 0, length 0\n", "192.0.2.7"},
		{"flows in both directions", "Port scan", "Date first seen          Proto  Src IP Addr:Port        Dst IP Addr:Port   Packets\n2026-11-16 10:00:00.000  TCP    192.0.2.7:40000   ->    203.0.113.9:23        1\n2026-11-16 10:00:00.000  TCP    203.0.113.9:23    ->    192.0.2.7:40000       1\n", "192.0.2.7"},
		{"a traceroute below", "Spam from 192.0.2.7", "Spam from 192.0.2.7 at 2026-11-16 10:00 UTC\n\ntraceroute to 192.0.2.7 (192.0.2.7), 30 hops max\n 1  203.0.113.1 (203.0.113.1)  0.5 ms  0.4 ms  0.4 ms\n 2  203.0.113.2 (203.0.113.2)  1.0 ms  1.1 ms  1.2 ms\n", "192.0.2.7"},
		{"whois below", "Spam", "Spam came from 192.0.2.7 at 2026-11-16 10:00 UTC.\n\ninetnum:        203.0.113.0 - 203.0.113.255\nnetname:        NL-NET\ndescr:          call 203.0.113.9\nremarks:        looking glass 203.0.113.10\nroute:          203.0.113.0/24\n", "192.0.2.7"},
		{"the name servers of a domain", "Phishing", "Phishing at hxxps://bank.example/login\n\nbank.example. 300 IN A 192.0.2.7\nbank.example. 300 IN NS ns1.dns.example.\nns1.dns.example. 300 IN A 203.0.113.53\n", "192.0.2.7"},
		{"the name servers as fields", "Phishing site", "URL: hxxps://bank.example/login\nIP: 192.0.2.7\nNameserver: ns1.dns.example (203.0.113.53)\nMX: mail.bank.example (203.0.113.25)\nDetected: 2026-11-16 10:00 UTC\n", "192.0.2.7"},
		{"an answer of a resolver", "Phishing", "The page https://bank.example/login is phishing (2026-11-16 10:00 UTC).\n\n$ nslookup bank.example\nServer:   203.0.113.53\nAddress:  203.0.113.53#53\n\nNon-authoritative answer:\nName: bank.example\nAddress: 192.0.2.7\n", "192.0.2.7"},
		{"an answer of dig", "Phishing", "The page https://bank.example/login is phishing (2026-11-16 10:00 UTC).\n\n;; ANSWER SECTION:\nbank.example.  300 IN A 192.0.2.7\n;; Query time: 3 msec\n;; SERVER: 203.0.113.53#53(203.0.113.53)\n;; WHEN: Mon Nov 16 10:00:00 UTC 2026\n", "192.0.2.7"},
		{"the office below", "Spam", "Spam from 192.0.2.7, 2026-11-16 10:00 UTC.\n\nBest regards\nThe NOC\nExample Ltd\nOur mail server: 203.0.113.25\n", "192.0.2.7"},
		{"the reporter's scanner", "Open DNS resolver", "Your host 192.0.2.7 runs an open resolver (2026-11-16 10:00 UTC). Our scans come from 203.0.113.9, please do not block it.", "192.0.2.7"},
		{"the reporter's scanner, in Dutch", "Open resolver", "Op 192.0.2.7 draait een open resolver (16-11-2026 10:00 UTC). Onze scans komen van 203.0.113.9.", "192.0.2.7"},
		{"the reporter's scanner, in German", "Offener Resolver", "Auf 192.0.2.7 läuft ein offener Resolver (16.11.2026 10:00 UTC). Unsere Messungen kommen von 203.0.113.9.", "192.0.2.7"},
		{"checks, in Czech", "Otevřený resolver", "Na adrese 192.0.2.7 běží otevřený resolver. Test byl proveden 16.11.2026 10:00 UTC z adresy 203.0.113.9.", "192.0.2.7"},
		{"checks, in Indonesian", "Situs phishing", "Situs phishing di http://192.0.2.7/bank (16/11/2026 10:00 UTC). Pemeriksaan dilakukan dari 203.0.113.9.", "192.0.2.7"},
		{"this mail, in Japanese", "フィッシングサイト", "http://192.0.2.7/bank にフィッシングサイトがあります。確認日時 2026-11-16 10:00 UTC。なお、本メールは 203.0.113.9 から送信しています。", "192.0.2.7"},
		{"what was browsed from, in Japanese", "フィッシング", "http://192.0.2.7/bank を 203.0.113.9 から閲覧し、2026-11-16 10:00 UTC に確認しました。フィッシングです。", "192.0.2.7"},
		{"an attack that was carried out", "Attack", "An attack was carried out from 192.0.2.7 against 203.0.113.9 on 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"a firewall of an application", "Attack on your site", "Url: [shop.example/wp-login.php]\nRemote connection: [192.0.2.7:40112]\nHeaders: [array (\n  'Host' => 'shop.example',\n  'Via' => '203.0.113.9',\n)]\n2026-11-16 10:00:00 UTC\n", "192.0.2.7"},
		{"our server at an address", "Scan", "On 2026-11-16 10:00 UTC our server at 203.0.113.9 was scanned by 192.0.2.7.", "192.0.2.7"},
		{"what our test shows", "Relais ouvert", "Notre essai du 16/11/2026 10:00 UTC montre que 192.0.2.7 (port 25) relaie le courrier de tous.", "192.0.2.7"},
		{"what our log shows", "Spam", "Our log shows that 192.0.2.7 sent spam to our server 203.0.113.9 on 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"a router at home", "DoS attack", "[DoS Attack: SYN/ACK Scan] from source: 192.0.2.7, port 443, Monday, November 16, 2026 10:00:00\n", "192.0.2.7"},
		{"an audit log", "Web attack", "--7f-A--\n[16/Nov/2026:10:00:00 +0000] aXz 192.0.2.7 40000 203.0.113.9 80\n--7f-B--\nPOST /wp-login.php HTTP/1.1\nHost: shop.example\n", "192.0.2.7|"},
		{"Zeek", "Scan", "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n1794823200.1\tCx\t192.0.2.7\t40000\t203.0.113.9\t22\ttcp\n", "192.0.2.7"},
		{"a firewall of Windows", "Scan", "#Fields: date time action protocol src-ip dst-ip src-port dst-port\n2026-11-16 10:00:00 DROP TCP 192.0.2.7 203.0.113.9 40000 3389\n", "192.0.2.7"},
		{"quoted fields of a log", "Scan", "time=\"2026-11-16 10:00:00\" action=\"drop\" srcip=\"192.0.2.7\" dstip=\"203.0.113.9\" dstport=\"22\"\n", "192.0.2.7"},
		{"fields with semicolons", "Scan", "Source: 192.0.2.7; Destination: 203.0.113.9; Service: 22; Time: 2026-11-16 10:00 UTC\n", "192.0.2.7"},
		{"columns of an attacker and a victim", "SSH attacks", "Attacker        Victim          Time (UTC)\n192.0.2.7       203.0.113.9     2026-11-16 10:00:00\n", "192.0.2.7"},
		{"an agent on the host", "Alert", "Rule: 5712 fired (level 10) -> \"SSHD brute force\"\nSrc IP: 192.0.2.7\nAgent: (web1) 203.0.113.9->/var/log/auth.log\n2026-11-16 10:00:00 UTC\n", "192.0.2.7"},
		{"a copyright notice in XML", "Notice of infringement", "<Infringement><Source><IP_Address>192.0.2.7</IP_Address><Port>51413</Port><TimeStamp>2026-11-16T10:00:00Z</TimeStamp></Source><Complainant><Address>203.0.113.9</Address></Complainant></Infringement>\n", "192.0.2.7"},
		{"a list with what is not meant", "Infected hosts", "Infected: 192.0.2.7 (2026-11-16 10:00 UTC)\nNot infected: 203.0.113.9\n", "192.0.2.7"},
		{"tests from there", "Phishing", "Phishing at http://192.0.2.7/bank/ (2026-11-16 10:00 UTC). We saw HTTP 404 from 203.0.113.9 and HTTP 200 from 203.0.113.10.", "192.0.2.7"},
		{"this mail was sent from", "Malware", "Malware at http://192.0.2.7/a.exe (2026-11-16 10:00 UTC).\nThis mail was sent from 203.0.113.9.", "192.0.2.7"},
		{"who filled in the form", "Complaint", "Kind: phishing\nURL: http://192.0.2.7/bank/\nTime: 2026-11-16 10:00 UTC\nSubmitted from IP: 203.0.113.9\n", "192.0.2.7"},
		{"who filled in the form, in German", "Beschwerde", "Art: Phishing\nURL: http://192.0.2.7/bank/\nZeit: 16.11.2026 10:00 UTC\nAbsender-IP des Formulars: 203.0.113.9\n", "192.0.2.7"},
		{"victims below", "SSH brute force from 192.0.2.7", "192.0.2.7 tried to log in, 2026-11-16 10:00 UTC.\n\nVictims:\n203.0.113.9\n203.0.113.10\n203.0.113.11\n", "192.0.2.7"},
		{"the attacked below", "DDoS attack", "Attack source: 192.0.2.7\nTime: 2026-11-16 10:00 UTC\n\nTargets of the attack\n- 203.0.113.9\n- 203.0.113.10\n", "192.0.2.7"},
		{"what the bot calls", "Botnet", "Infected host: 192.0.2.7\nC2 server: 203.0.113.9:443\nTime: 2026-11-16 10:00 UTC\n", "192.0.2.7"},
		{"what the bot calls in prose", "Botnet infection", "The infected host 192.0.2.7 contacted the command and control server 203.0.113.9 on port 443 at 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"a proxy before the victim", "Web attack", "Client IP: 192.0.2.7\nX-Forwarded-For: 192.0.2.7\nProxy: 203.0.113.9\nTime: 2026-11-16 10:00 UTC\nAttack: SQL injection\n", "192.0.2.7"},
		{"a visitor behind a proxy", "Attack on our shop", "203.0.113.9 - - [16/Nov/2026:10:00:00 +0000] \"GET /.env HTTP/1.1\" 404 1 \"-\" \"curl\" \"192.0.2.7\"\nThe first address is our load balancer 203.0.113.9, the last one is the visitor.\n", "192.0.2.7|"},
		{"a new case above an old one", "New SSH attack from 192.0.2.7", "A new attack from 192.0.2.7 on 2026-11-16 10:00 UTC.\n\nOn 2026-11-01, we wrote:\n> SSH attack from 203.0.113.9 on 2026-11-01 08:00 UTC\n", "192.0.2.7"},
		{"an old case in prose", "SSH attack from 192.0.2.7", "A new attack from 192.0.2.7 on 2026-11-16 10:00 UTC. Last month we reported 203.0.113.9 to you (ticket 4711), which you solved.", "192.0.2.7"},
		{"related cases below", "SSH attack from 192.0.2.7", "Attacker: 192.0.2.7\nTime: 2026-11-16 10:00 UTC\n\nPrevious reports:\n203.0.113.9 (closed)\n203.0.113.10 (closed)\n", "192.0.2.7"},
		{"relays in a header", "Spam", "Spam:\n\nReceived: from mx1.isp.example (mx1.isp.example [203.0.113.25]) by mx.isp.example with ESMTP; Mon, 16 Nov 2026 10:00:01 +0000\nReceived: from evil (dyn7.isp.example [192.0.2.7]) by mx1.isp.example with ESMTP; Mon, 16 Nov 2026 10:00:00 +0000\nFrom: a@b.example\nSubject: buy\n", "192.0.2.7|"},
		{"the reporter's own address in the field", "Abuse", "Attacker IP: 192.0.2.7\nReporter IP: 203.0.113.9\nTime: 2026-11-16 10:00 UTC\n", "192.0.2.7"},
		{"the reporter's own address in words", "Brute force", "I run a small server (203.0.113.9) and 192.0.2.7 tries passwords on it since 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"my address is", "Hacker", "My IP is 203.0.113.9. Someone with the IP 192.0.2.7 hacked me on 2026-11-16 at 10:00 UTC.", "192.0.2.7|"},
		{"my address is, in Spanish", "Ataque", "Mi IP es 203.0.113.9. La IP 192.0.2.7 me ataca desde el 16/11/2026 a las 10:00 UTC.", "192.0.2.7|"},
		{"a log server before the line", "Brute force", "203.0.113.9 Nov 16 10:00:00 web1 sshd[12]: Failed password for root from 192.0.2.7 port 40000 ssh2\n", "192.0.2.7"},
		{"the host of the log", "Brute force", "Nov 16 10:00:00 203.0.113.9 sshd[12]: Failed password for root from 192.0.2.7 port 40000 ssh2\n", "192.0.2.7"},
		{"a request that names the victim", "Web attack", "192.0.2.7 - - [16/Nov/2026:10:00:00 +0000] \"GET http://203.0.113.9/wp-login.php HTTP/1.1\" 404 1 \"http://203.0.113.10/\" \"x\"\n", "192.0.2.7"},
		{"an EHLO that names another", "Spam", "Nov 16 10:00:00 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<[203.0.113.9]>\n", "192.0.2.7"},
		{"Suricata in JSON", "IDS alert", "{\"timestamp\":\"2026-11-16T10:00:00Z\",\"event_type\":\"alert\",\"src_ip\":\"192.0.2.7\",\"src_port\":40000,\"dest_ip\":\"203.0.113.9\",\"dest_port\":22}\n", "192.0.2.7"},
		{"two fields on a line", "Attack", "Source 192.0.2.7, target 203.0.113.9, 2026-11-16 10:00 UTC, attack: UDP flood", "192.0.2.7"},
		{"two fields on a line, in Italian", "Attacco", "Sorgente 192.0.2.7, destinazione 203.0.113.9, 16/11/2026 10:00 UTC, attacco DDoS", "192.0.2.7"},
		{"a heading for each", "Intrusion attempt", "Source\n192.0.2.7\n\nDestination\n203.0.113.9\n\nTime\n2026-11-16 10:00 UTC\n", "192.0.2.7"},
		{"blocked after attacks on", "fail2ban: 192.0.2.7 banned on 203.0.113.9", "The IP 192.0.2.7 has just been banned by Fail2Ban on 203.0.113.9 after 5 attempts, 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"a DNS server that was asked", "DNS amplification", "192.0.2.7 answers queries for everybody (2026-11-16 10:00 UTC):\n\n$ dig +short @192.0.2.7 example.com A\n203.0.113.9\n", "192.0.2.7"},
		{"both are named as infected", "Infected hosts", "These hosts are infected:\n192.0.2.7 2026-11-16 10:00 UTC\n203.0.113.9 2026-11-16 10:05 UTC\n", "192.0.2.7,203.0.113.9"},
		{"both are sources", "SSH attack", "SSH login attempts from 192.0.2.7 and from 203.0.113.9 on 2026-11-16 10:00 UTC.", "192.0.2.7,203.0.113.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: noc@shop.example\nTo: abuse@isp.example\nSubject: " + c.subject + "\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n" +
				"Content-Type: text/plain; charset=utf-8\n\n" + c.body + "\n"
			for _, o := range []Options{{Special: true, Ours: ours}, {Special: true}} {
				got := Read([]byte(mail), o)
				if have := addrsOf(got); !slices.Contains(strings.Split(c.want, "|"), have) {
					t.Errorf("knowing what is ours: %t: %s %q (%s), want %q", o.Ours != nil, got.Status, have, got.Why, c.want)
				}
			}
		})
	}
}

// TestPassedOn reads mails that hold another as it came: what the outer one does
// not say, the inner one may.
func TestPassedOn(t *testing.T) {
	ours := netip.MustParsePrefix("192.0.2.0/24").Contains
	const log = "Nov 16 10:00:00 h sshd[1]: Failed password for root from 192.0.2.7 port 40000 ssh2\n"
	for _, c := range []struct{ name, words, from, inner, want string }{
		{"a provider passes a complaint on", "Our customer sent us this. The attacker is yours.", "a@shop.example", "Attacks on our shop:\n" + log, "192.0.2.7"},
		{"a provider names the address, and the complaint says what for", "192.0.2.7 is yours, please take over.", "a@shop.example", "Please look:\n" + log, "192.0.2.7"},
		{"our own letter comes back", "What is this? You sent it to me.", "abuse@isp.example", "Attacks:\n" + log, ""},
		{"a letter of love is enclosed", "Look what I got.", "a@shop.example", "I love you.\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: noc@hoster.example\nTo: abuse@isp.example\nSubject: Fwd\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n" +
				"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + c.words + "\n--b\nContent-Type: message/rfc822\n\n" +
				"From: " + c.from + "\nTo: abuse@hoster.example\nSubject: look\nDate: Mon, 16 Nov 2026 11:00:00 +0000\n\n" + c.inner + "--b--\n"
			got, have := Read([]byte(mail), Options{Special: true, Ours: ours}), ""
			for _, e := range got.Events {
				have += e.Addr.String()
			}
			if have != c.want || (got.Status == Understood) != (c.want != "") {
				t.Errorf("%s %q (%s), want %q", got.Status, have, got.Why, c.want)
			}
			if c.want != "" && got.Reporter != c.from {
				t.Errorf("of %q, want %q", got.Reporter, c.from)
			}
		})
	}
}

// TestEarlierCase reads answers whose subject names an address of a case that was
// before.
func TestEarlierCase(t *testing.T) {
	ours := netip.MustParsePrefix("192.0.2.0/24").Contains
	for _, c := range []struct{ name, subject, body, want string }{
		{"another address now", "Re: Spam from 192.0.2.5", "It goes on, now from 192.0.2.7, last at 2026-11-16 10:00 UTC.", "192.0.2.7"},
		{"the same again", "Re: Spam from 192.0.2.5", "It goes on from 192.0.2.5, last at 2026-11-16 10:00 UTC.", "192.0.2.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Read([]byte("From: noc@shop.example\nTo: abuse@isp.example\nSubject: "+c.subject+"\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n\n"+c.body+"\n"),
				Options{Special: true, Ours: ours})
			var have []string
			for _, e := range got.Events {
				have = append(have, e.Addr.String())
			}
			if slices.Sort(have); strings.Join(have, " ") != c.want {
				t.Errorf("%s %q (%s), want %q", got.Status, have, got.Why, c.want)
			}
		})
	}
}

// advice is what stands below reports of machines: it names what else there is,
// shows addresses, and says what will be once all is well.
const advice = `
What to do now
Isolate the machine, scan it for malware and viruses, change all passwords and close open ports (for example block 192.0.2.200 or
203.0.113.200 in your firewall). Open resolvers and proxies are misused for DDoS attacks, old plugins for phishing, and bots send spam.
When the problem has been resolved, you may close this ticket. If the address is listed, it will be removed from our list by itself; you
can ask for delisting at https://lists.example.com/remove. No action is needed if you have dealt with it already.
Wenn der Fall erledigt ist, wird die Adresse von der Sperrliste entfernt. Si le problème est résolu, le dossier sera clôturé.
Example House, 12 High Street, tel. +44 20 7946 0000. This e-mail was sent by relay 203.0.113.202 and scanned by Guard 7.1.3.22.
`

// TestAdvice reads the mails of testdata with advice below them: it changes
// nothing.
func TestAdvice(t *testing.T) {
	ours := func(a netip.Addr) bool { return netip.MustParsePrefix("192.0.2.0/24").Contains(a) }
	for _, name := range []string{"senders", "logs", "prose", "languages"} {
		a, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			_, mail, _ := strings.Cut(string(f.Data), "\n")
			if strings.Contains(mail, "multipart/") || strings.Contains(mail, "base64") || strings.Contains(mail, "text/html") || f.Name == "subject-only.eml" || f.Name == "several-unclear.eml" {
				continue
			}
			t.Run(name+"/"+f.Name, func(t *testing.T) {
				o := Options{Special: true, Ours: ours}
				bare, with := Read([]byte(mail), o), Read([]byte(strings.TrimRight(mail, "\n")+"\n"+advice), o)
				if bare.Status != Understood || bare.Queue != Open {
					return
				}
				if have, want := addrsOf(with), addrsOf(bare); have != want || with.Status != bare.Status {
					t.Errorf("%s %s (%s), want %s %s", with.Status, have, with.Why, bare.Status, want)
				}
			})
		}
	}
}

// addrsOf are the addresses of a report, each once.
func addrsOf(r Report) string {
	var addrs []string
	for _, e := range r.Events {
		if e.Addr.IsValid() && !slices.Contains(addrs, e.Addr.String()) {
			addrs = append(addrs, e.Addr.String())
		}
	}
	slices.Sort(addrs)
	return strings.Join(addrs, ",")
}
