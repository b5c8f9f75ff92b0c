package report

import (
	"net/netip"
	"testing"
)

// TestLogForms reads lines of logs in the forms of many programs, where both
// ends are ours: the direction alone tells who did it.
func TestLogForms(t *testing.T) {
	ours := func(a netip.Addr) bool {
		return netip.MustParsePrefix("192.0.2.0/24").Contains(a) || netip.MustParsePrefix("203.0.113.0/24").Contains(a)
	}
	for _, c := range []struct {
		name, log string
		port      uint16
	}{
		{"sshd", "Nov 16 10:00:00 h sshd[991]: Failed password for root from 192.0.2.7 port 45678 ssh2", 45678},
		{"sshd closes", "Nov 16 10:00:00 h sshd[991]: Connection closed by authenticating user root 192.0.2.7 port 45678 [preauth]", 45678},
		{"sshd disconnects", "Nov 16 10:00:00 h sshd[991]: Received disconnect from 192.0.2.7 port 45678:11: Bye Bye [preauth]", 45678},
		{"pam", "Nov 16 10:00:00 h sshd[9]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=root", 0},
		{"fail2ban", "2026-11-16 10:00:00,881 fail2ban.actions [641]: NOTICE [sshd] Ban 192.0.2.7", 0},
		{"iptables", "Nov 16 10:00:00 fw kernel: DROP IN=eth0 OUT= SRC=192.0.2.7 DST=203.0.113.1 LEN=40 PROTO=TCP SPT=45678 DPT=22", 45678},
		{"ufw", "[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:aa:bb:01 SRC=192.0.2.7 DST=203.0.113.1 PROTO=UDP SPT=45678 DPT=5060", 45678},
		{"cisco list", "Nov 16 10:00:00 gw %SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.7(45678) -> 203.0.113.1(22), 1 packet", 45678},
		{"cisco asa", "%ASA-4-106023: Deny tcp src outside:192.0.2.7/45678 dst inside:203.0.113.1/22 by access-group \"out\"", 45678},
		{"juniper", "RT_FLOW: RT_FLOW_SESSION_DENY: session denied 192.0.2.7/45678->203.0.113.1/22 junos-ssh 6(0)", 45678},
		{"mikrotik", "firewall,info forward: in:ether1 out:bridge, proto TCP (SYN), 192.0.2.7:45678->203.0.113.1:22, len 60", 45678},
		{"fortigate", "date=2026-11-16 time=10:00:00 srcip=192.0.2.7 srcport=45678 dstip=203.0.113.1 dstport=22 action=\"deny\"", 45678},
		{"pfsense", "Nov 16 10:00:00 fw filterlog: 5,,,1000,em0,match,block,in,4,0x0,,52,1,0,none,6,tcp,60,192.0.2.7,203.0.113.1,45678,22,0,S", 45678},
		{"nfdump", "2026-11-16 10:00:00.000     0.000 UDP      192.0.2.7:45678 ->    203.0.113.1:22        1       64     1", 45678},
		{"tcpdump", "10:00:00.119201 IP 192.0.2.7.45678 > 203.0.113.1.22: Flags [S], length 0", 45678},
		{"snort", "11/16-10:00:00.118201 192.0.2.7:45678 -> 203.0.113.1:22", 45678},
		{"suricata", "11/16/2026-10:00:00.118201  [**] [1:2001219:20] ET SCAN Potential SSH Scan [**] {TCP} 192.0.2.7:45678 -> 203.0.113.1:22", 45678},
		{"apache", "192.0.2.7 - - [16/Nov/2026:10:00:00 +0000] \"POST /wp-login.php HTTP/1.1\" 200 1 \"https://203.0.113.1/\" \"Mozilla/5.0\"", 0},
		{"apache error", "[Mon Nov 16 10:00:00.123456 2026] [:error] [pid 1] [client 192.0.2.7:45678] ModSecurity: Access denied [hostname \"203.0.113.1\"]", 45678},
		{"virtual host", "shop.example:443 192.0.2.7 - - [16/Nov/2026:10:00:00 +0000] \"GET /.env HTTP/1.1\" 404 1", 0},
		{"nginx error", "2026/11/16 10:00:00 [error] 12#0: *1 limiting requests, client: 192.0.2.7, server: shop.example, request: \"GET / HTTP/1.1\", host: \"203.0.113.1\"", 0},
		{"haproxy", "Nov 16 10:00:00 lb haproxy[1]: 192.0.2.7:45678 [16/Nov/2026:10:00:00.123] http-in web/203.0.113.1 0/0/1/1/2 200 1", 45678},
		{"postfix", "Nov 16 10:00:00 mx postfix/smtpd[1]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: authentication failure", 0},
		{"postfix rejects", "Nov 16 10:00:00 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 Service unavailable; to=<a@shop.example>", 0},
		{"exim", "2026-11-16 10:00:00 login authenticator failed for (ylmf-pc) [192.0.2.7]: 535 Incorrect authentication data", 0},
		{"exim with a port", "2026-11-16 10:00:00 no host name found for IP address 192.0.2.7 H=[192.0.2.7]:45678 I=[203.0.113.1]:25", 45678},
		{"dovecot", "Nov 16 10:00:00 mx dovecot: imap-login: Disconnected (auth failed, 3 attempts): user=<a>, method=PLAIN, rip=192.0.2.7, lip=203.0.113.1", 0},
		{"asterisk", "NOTICE[1]: chan_sip.c: Registration from '\"100\"<sip:100@203.0.113.1>' failed for '192.0.2.7:45678' - Wrong password", 45678},
		{"windows", "An account failed to log on.\nSource Network Address: 192.0.2.7\nSource Port: 45678", 45678},
		{"iis", "#Fields: date time s-ip cs-method cs-uri-stem s-port c-ip sc-status\n2026-11-16 10:00:00 203.0.113.1 GET /wp-login.php 80 192.0.2.7 404", 0},
		{"netscan", "time                protocol src_ip src_port          dest_ip dest_port\n-----\nMon Nov 16 10:00:01 2026 TCP      192.0.2.7 45678 =>      203.0.113.1 22", 45678},
		{"flow records", "dateTime                   srcIp:srcPort           dstIp:dstPort           protocol flags       bytes reason\n2026.11.16 10:00:00 CET    192.0.2.7:45678         203.0.113.1:80          UDP      ---         444 ATTACK:UDP", 45678},
		{"spamcop", "Email from 192.0.2.7 / Mon, 16 Nov 2026 10:00:00 -0000", 0},
		{"wordfence", "A user with IP addr 192.0.2.7 has been locked out from signing in or using the password recovery form.", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: root@shop.example\nTo: abuse@isp.example\nSubject: Attack on our server\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n\n" +
				"Please investigate this abuse from your network.\n\n" + c.log + "\n"
			got := Read([]byte(mail), Options{Special: true, Ours: ours})
			if len(got.Events) != 1 || got.Events[0].Addr.String() != "192.0.2.7" {
				t.Fatalf("%s (%s): %+v", got.Status, got.Why, got.Events)
			}
			if e := got.Events[0]; e.Port != c.port {
				t.Errorf("port %d, want %d", e.Port, c.port)
			}
		})
	}
}
