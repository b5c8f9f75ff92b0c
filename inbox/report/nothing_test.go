package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestNothing reads mails that name an address of the house, and report nothing.
func TestNothing(t *testing.T) {
	ours := netip.MustParsePrefix("192.0.2.0/24").Contains
	for _, c := range []struct{ name, head, subject, body string }{
		{"a delisting", "", "192.0.2.5 has been delisted", "The IP address 192.0.2.5 was listed for spam on 2026-11-10 and has been removed from our block list on 2026-11-16 10:00 UTC.\n"},
		{"a delisting in the body alone", "", "Blocklist update", "192.0.2.5 has been removed from our list. It was listed as a source of spam.\n"},
		{"a delisting, in German", "", "Austragung aus der Sperrliste", "Die Adresse 192.0.2.5 wurde am 16.11.2026 um 10:00 UTC aus unserer Sperrliste ausgetragen. Grund der Listung war Spam.\n"},
		{"a delisting, in French", "", "Retrait de la liste noire", "L'adresse 192.0.2.5 a été retirée de notre liste noire le 16/11/2026 à 10:00 UTC. Elle y figurait pour spam.\n"},
		{"a delisting, in Spanish", "", "Baja de la lista negra", "La dirección 192.0.2.5 ha sido eliminada de nuestra lista negra el 16/11/2026 a las 10:00 UTC. Motivo: spam.\n"},
		{"thanks, it stopped", "", "Re: SSH attack from 192.0.2.5", "Thank you, the attack from 192.0.2.5 has stopped since 10:00 UTC. You may close the case.\n"},
		{"thanks, in German", "", "AW: Angriff von 192.0.2.5", "Vielen Dank, seit 10:00 UTC kommt nichts mehr von 192.0.2.5. Das Ticket kann geschlossen werden.\n"},
		{"thanks, in French", "", "RE: Attaque depuis 192.0.2.5", "Merci, l'attaque depuis 192.0.2.5 a cessé. Vous pouvez clôturer le dossier.\n"},
		{"thanks, in Spanish", "", "RE: Ataque desde 192.0.2.5", "Gracias, el ataque desde 192.0.2.5 ya paró. Pueden cerrar el caso.\n"},
		{"thanks, in Italian", "", "R: Attacco da 192.0.2.5", "Grazie, l'attacco da 192.0.2.5 è cessato. Potete chiudere la segnalazione.\n"},
		{"thanks, in Dutch", "", "Re: Aanval vanaf 192.0.2.5", "Bedankt, de aanval vanaf 192.0.2.5 is gestopt. U kunt de melding sluiten.\n"},
		{"thanks, in Polish", "", "Odp: Atak z 192.0.2.5", "Dziękuję, atak z 192.0.2.5 ustał. Można zamknąć zgłoszenie.\n"},
		{"thanks, in Russian", "", "Re: Атака с 192.0.2.5", "Спасибо, атака с адреса 192.0.2.5 прекратилась. Заявку можно закрыть.\n"},
		{"thanks, in Japanese", "", "Re: 192.0.2.5 からの攻撃", "ご対応ありがとうございます。192.0.2.5 からの攻撃は止まりました。本件は終了してください。\n"},
		{"thanks, in Chinese", "", "回复: 来自 192.0.2.5 的攻击", "谢谢，来自 192.0.2.5 的攻击已经停止，可以关闭此工单。\n"},
		{"thanks, in Portuguese", "", "RES: Ataque de 192.0.2.5", "Obrigado, o ataque de 192.0.2.5 parou. Podem encerrar o chamado.\n"},
		{"thanks, in Czech", "", "Re: Útok z 192.0.2.5", "Děkujeme, útok z 192.0.2.5 ustal. Případ můžete uzavřít.\n"},
		{"thanks, in Swedish", "", "SV: Attack från 192.0.2.5", "Tack, attacken från 192.0.2.5 har upphört. Ni kan stänga ärendet.\n"},
		{"thanks, in Turkish", "", "YNT: 192.0.2.5 adresinden saldırı", "Teşekkürler, 192.0.2.5 adresinden gelen saldırı durdu. Kaydı kapatabilirsiniz.\n"},
		{"fixed by the customer, above the chain", "", "Re: Malware on 192.0.2.5", "Hello,\n\nwe have cleaned our server, please close the case.\n\nOn Mon, 16 Nov 2026, abuse@isp.example wrote:\n> Malware on 192.0.2.5, seen 2026-11-15 10:00 UTC\n> hxxp://192.0.2.5/a.exe\n"},
		{"a statistic without a finding", "", "Weekly abuse report for AS64500", "Network: 192.0.2.0/24\nHosts checked: 256\nMalware: 0 events\nSpam: 0 events\nPhishing: 0 events\nLast event: none\nGateway: 192.0.2.1\n"},
		{"nothing found", "", "Your daily report", "No incidents were detected for your network 192.0.2.0/24 (contact host 192.0.2.5) between 2026-11-15 00:00 UTC and 2026-11-16 00:00 UTC.\n"},
		{"nothing found, in German", "", "Ihr Tagesbericht", "Für Ihr Netz 192.0.2.0/24 (Ansprechpunkt 192.0.2.5) wurden am 16.11.2026 keine Vorfälle festgestellt.\n"},
		{"a scan that is announced", "", "Announcement: security scan", "Our institute will scan the Internet for research, starting 2026-12-01 08:00 UTC until 2026-12-05 08:00 UTC. Your network 192.0.2.0/24 with 192.0.2.5 is among the targets. You can opt out.\n"},
		{"a scan without a date, announced", "", "Notice of planned penetration test", "As agreed, we will carry out a penetration test against 192.0.2.5 next week. The test traffic comes from 203.0.113.9. No action is needed.\n"},
		{"maintenance", "", "Planned maintenance 192.0.2.5", "Maintenance window: 2026-12-01 01:00 UTC to 2026-12-01 03:00 UTC\nHost: 192.0.2.5\n"},
		{"a shop of security", "List-Unsubscribe: <https://x.example/u>\n", "Is 192.0.2.5 secure?", "We found that your server 192.0.2.5 may be at risk. Our DDoS protection stops attacks, malware and botnets. Book a demo today and get 20% off.\n"},
		{"a shop without a list", "", "Protect 192.0.2.5 against DDoS", "Hi, I noticed that 192.0.2.5 runs your website. Companies like yours lose money by DDoS attacks and malware. Would you have 15 minutes this week for a quick call about our protection?\nBest,\nTim\n"},
		{"a test", "", "Test", "This is a test message, please ignore. 192.0.2.5\n"},
		{"a vacation note", "", "Out of office: Re: SSH attack from 192.0.2.5", "I am away until 30 November.\n\n> SSH attack from 192.0.2.5, 2026-11-16 10:00 UTC\n"},
		{"a ticket", "", "[Ticket#4711] Received: SSH attack from 192.0.2.5", "Your message about 192.0.2.5 was received and has the number 4711.\n\nYour message:\nSSH attack from 192.0.2.5 at 2026-11-16 10:00 UTC\n"},
		{"a bounce in words", "Return-Path: <>\n", "Mail could not be delivered", "Your message to x@y.example could not be delivered: host mx.y.example said: 554 5.7.1 Service unavailable; client [192.0.2.5] blocked using bl.example\n"},
		{"an invoice", "", "Invoice 4711 for server 192.0.2.5", "Server 192.0.2.5, October: 49.00 EUR\nVAT: 9.31 EUR\nTotal: 58.31 EUR\nDue 2026-12-01\n"},
		{"a question about reverse names", "", "Reverse DNS for 192.0.2.5", "Dear team, could you please set the PTR record of 192.0.2.5 to mail.shop.example? Thanks.\n"},
		{"a false alarm", "", "Correction: 192.0.2.5", "Please disregard our report of this morning about 192.0.2.5. It was a false positive of our sensor.\n"},
		{"a false alarm, in German", "", "Rücknahme unserer Meldung zu 192.0.2.5", "Bitte betrachten Sie unsere Meldung von heute Morgen zu 192.0.2.5 als gegenstandslos. Es war ein Fehlalarm unseres Sensors.\n"},
		{"a monitor", "", "RECOVERY: 192.0.2.5 is UP", "Host: 192.0.2.5\nState: UP\nDate/Time: 2026-11-16 10:00 UTC\n"},
		{"a survey", "", "How did we do? Ticket about 192.0.2.5", "You contacted us about spam from 192.0.2.5. Please rate our support.\n"},
		{"what a desk did with ours", "", "Re: [Abuse] phishing on 192.0.2.5", "Hello,\n\nwe forwarded your complaint to the customer, who took the page down. The case is closed on our side.\n\n> URL: hxxp://192.0.2.5/bank\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: noc@shop.example\nTo: abuse@isp.example\nSubject: " + c.subject + "\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n" + c.head +
				"Content-Type: text/plain; charset=utf-8\n\n" + c.body
			got := Read([]byte(mail), Options{Special: true, Ours: ours})
			if got.Status == Understood {
				t.Errorf("%s (%s)", got.Status, got.Why)
			}
			if testing.Verbose() && got.Status == Person {
				t.Logf("%s (%s)", got.Status, got.Why)
			}
		})
	}
}

// TestStillReports reads reports that use the words of those that report nothing.
func TestStillReports(t *testing.T) {
	ours := netip.MustParsePrefix("192.0.2.0/24").Contains
	for _, c := range []struct{ name, subject, body string }{
		{"blocked until it is solved", "Spam from 192.0.2.5", "We blocked 192.0.2.5 after spam on 2026-11-16 10:00 UTC. It will be removed from our list when the problem is solved.\n"},
		{"how to be delisted", "192.0.2.5 listed", "192.0.2.5 has been listed on 2026-11-16 10:00 UTC for spam. To request delisting, visit https://bl.example/delist\n"},
		{"it did not stop", "Re: SSH attack from 192.0.2.5", "Thank you for your answer, but the attack from 192.0.2.5 has not stopped. The last attempt was on 2026-11-16 10:00 UTC.\n"},
		{"a log below an answer", "Re: [#1] SSH attack", "Still going on:\nNov 16 10:00:00 h sshd[1]: Failed password for root from 192.0.2.5 port 4000 ssh2\n"},
		{"an invoice that was phished", "Phishing", "Fake invoice emails lead to http://192.0.2.5/pay (2026-11-16 10:00 UTC). Please take it down.\n"},
		{"a table with zeros", "Report", "IP,Spam,Malware,Last seen\n192.0.2.5,12,0,2026-11-16 10:00 UTC\n"},
		{"an attack on a customer's account", "Login attempts", "Please close the case when done. Source: 192.0.2.5, 2026-11-16 10:00 UTC, brute force.\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: noc@shop.example\nTo: abuse@isp.example\nSubject: " + c.subject + "\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n" +
				"Content-Type: text/plain; charset=utf-8\n\n" + c.body
			if got := Read([]byte(mail), Options{Special: true, Ours: ours}); got.Status != Understood {
				t.Errorf("%s (%s)", got.Status, got.Why)
			}
		})
	}
}

// TestKinds tells kinds by the subject, by titles, and by names that feeds and
// programs give to what they report.
func TestKinds(t *testing.T) {
	ours := netip.MustParsePrefix("192.0.2.0/24").Contains
	const footer = "\nWhat you can do: scan your computer for malware and viruses, change passwords, close open ports, and beware of phishing and spam.\n" +
		"We also report copyright infringements, botnets and DDoS attacks.\n"
	for _, c := range []struct {
		name, subject, body string
		want                string
	}{
		{"the subject and not the advice", "Spam from 192.0.2.5", "IP: 192.0.2.5\nTime: 2026-11-16 10:00 UTC\n" + footer, "spam"},
		{"a field and not the advice", "Abuse from 192.0.2.5", "IP: 192.0.2.5\nType: port scan\nTime: 2026-11-16 10:00 UTC\n" + footer, "scan"},
		{"a category", "Incident 4711", "Category: Brute-Force\nSource: 192.0.2.5\nTime: 2026-11-16 10:00 UTC\n" + footer, "bruteforce"},
		{"a field in German", "Vorfall 4711", "Art des Vorfalls: Portscan\nQuelle: 192.0.2.5\nZeit: 16.11.2026 10:00 UTC\n" + footer, "scan"},
		{"a feed of open services", "[Feed] Open-Memcached 2026-11-16", "report: scan_memcached\n192.0.2.5\n2026-11-16 10:00:00 UTC\n", "exposed-service"},
		{"accessible RDP", "Accessible RDP Report", "192.0.2.5, 2026-11-16 10:00:00 UTC, port 3389\n", "exposed-service"},
		{"vulnerable SMB", "Shadowserver Accessible SMB", "192.0.2.5, 2026-11-16 10:00:00 UTC, port 445\n", "exposed-service"},
		{"a sinkhole", "Sinkhole HTTP Events Report", "192.0.2.5, 2026-11-16 10:00:00 UTC, family avalanche\n", "botnet"},
		{"a honeypot of that feed", "Honeypot Brute Force Events Report", "192.0.2.5, 2026-11-16 10:00:00 UTC\n", "bruteforce"},
		{"darknet events", "Darknet Events Report", "192.0.2.5, 2026-11-16 10:00:00 UTC\n", "scan|botnet"},
		{"a jail for ssh", "[Fail2Ban] sshd: banned 192.0.2.5", "The IP 192.0.2.5 has just been banned by Fail2Ban after 5 attempts against sshd. 2026-11-16 10:00:00 UTC\n", "bruteforce"},
		{"a jail for mail", "[Fail2Ban] postfix-sasl: banned 192.0.2.5", "The IP 192.0.2.5 has just been banned after 5 attempts. 2026-11-16 10:00:00 UTC\n", "bruteforce"},
		{"a jail for a site", "[Fail2Ban] apache-badbots: banned 192.0.2.5", "The IP 192.0.2.5 has just been banned after 5 attempts. 2026-11-16 10:00:00 UTC\n", "scan|other"},
		{"a class of an IDS", "IDS alert", "[**] [1:2019401:5] ET POLICY x [**] [Classification: Attempted Administrator Privilege Gain] [Priority: 1] {TCP} 192.0.2.5:4000 -> 203.0.113.9:80\n2026-11-16 10:00:00 UTC\n", "scan|other"},
		{"a trojan of an IDS", "IDS alert", "[**] [1:2019401:5] ET TROJAN Win32 checkin [**] [Classification: A Network Trojan was detected] {TCP} 192.0.2.5:4000 -> 203.0.113.9:80\n2026-11-16 10:00:00 UTC\n", "botnet|malware"},
		{"a list of exploited hosts", "XBL listing of 192.0.2.5", "192.0.2.5 is listed in the XBL since 2026-11-16 10:00 UTC.\n", "botnet|malware|spam"},
		{"a list of spam sources", "CSS listing", "192.0.2.5 is listed in the SBL CSS since 2026-11-16 10:00 UTC.\n", "spam"},
		{"a report type", "abuse report", "Report-Type: login-attack\nSource: 192.0.2.5\nDate: Mon, 16 Nov 2026 10:00:00 +0000\n", "bruteforce"},
		{"a web shell", "Compromised site", "A web shell was found at http://192.0.2.5/up/c99.php on 2026-11-16 10:00 UTC.\n" + footer, "malware"},
		{"a login page tried", "Attack on our WordPress", "192.0.2.5 - - [16/Nov/2026:10:00:00 +0000] \"POST /xmlrpc.php HTTP/1.1\" 200 1\n" + footer, "bruteforce"},
		{"an exploit of a site", "Attack on our shop", "192.0.2.5 - - [16/Nov/2026:10:00:00 +0000] \"GET /?id=1%20union%20select%201 HTTP/1.1\" 403 1\n", "scan|other"},
		{"an open resolver that was used", "Open recursive resolver used for an attack: 192.0.2.5", "192.0.2.5 was used in a DNS amplification attack on 2026-11-16 10:00 UTC. It is an open recursive resolver; please restrict it.\n", "exposed-service|ddos"},
		{"a seller of copies", "Notice of infringement", "Title: Some Film\nProtocol: BitTorrent\nIP Address: 192.0.2.5\nPort: 51413\nTimestamp: 2026-11-16T10:00:00Z\n" + footer, "copyright"},
		{"a bank", "Fraudulent website", "A site that imitates our bank is at http://192.0.2.5/login, seen 2026-11-16 10:00 UTC. It collects credentials; visitors get malware warnings.\n", "phishing"},
		{"a C2", "C2 server on 192.0.2.5", "Cobalt Strike team server at 192.0.2.5:443, seen 2026-11-16 10:00 UTC\n", "botnet|malware"},
		{"a tag", "Event 4711", "tags: rsit:fraud=\"phishing\"\nip-dst: 192.0.2.5\nurl: hxxp://192.0.2.5/bank\n2026-11-16 10:00 UTC\n", "phishing"},
		{"taxonomy of CERTs", "Incident", "classification.taxonomy: availability\nclassification.type: ddos\nsource.ip: 192.0.2.5\ntime.source: 2026-11-16T10:00:00Z\n", "ddos"},
		{"a kind in Finnish", "Haavoittuva palvelu", "Osoitteessa 192.0.2.5 on avoin palvelu, 16.11.2026 10:00 UTC\n", "exposed-service"},
		{"a kind in Polish", "Skanowanie portów z 192.0.2.5", "192.0.2.5, 16.11.2026 10:00 UTC\n", "scan"},
		{"a kind in Turkish", "Kaba kuvvet saldırısı 192.0.2.5", "192.0.2.5, 16.11.2026 10:00 UTC\n", "bruteforce"},
		{"a kind in Vietnamese", "Tấn công dò mật khẩu từ 192.0.2.5", "192.0.2.5, 16/11/2026 10:00 UTC\n", "bruteforce"},
		{"a kind in Korean", "무차별 대입 공격 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "bruteforce"},
		{"a kind in Japanese", "不正ログイン試行 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "bruteforce"},
		{"a kind in Arabic", "هجوم حجب الخدمة من 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "ddos"},
		{"a kind in Indonesian", "Pemindaian port dari 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Hungarian", "Portszkennelés a 192.0.2.5 címről", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Romanian", "Scanare de porturi de la 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Greek", "Σάρωση θυρών από 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Ukrainian", "Сканування портів з 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Czech", "Skenování portů z 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Swedish", "Portskanning från 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "scan"},
		{"a kind in Chinese", "暴力破解攻击 192.0.2.5", "192.0.2.5, 2026-11-16 10:00 UTC\n", "bruteforce"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: noc@shop.example\nTo: abuse@isp.example\nSubject: " + c.subject + "\nDate: Mon, 16 Nov 2026 12:00:00 +0000\n" +
				"Content-Type: text/plain; charset=utf-8\n\n" + c.body
			got := Read([]byte(mail), Options{Special: true, Ours: ours})
			if len(got.Events) != 1 || got.Status != Understood {
				t.Fatalf("%s (%s)", got.Status, got.Why)
			}
			if kind := string(got.Events[0].Kind); !slices.Contains(strings.Split(c.want, "|"), kind) {
				t.Errorf("%s, want %s", kind, c.want)
			}
		})
	}
}
