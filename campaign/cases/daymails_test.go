package cases_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"time"

	"headsup/inbox"
)

// A day is what a provider's desk receives: reports of every form, half of them
// larger than 15 KB and some of 4 MB, as in a public collection (median 15 KB,
// 95th percentile 447 KB, largest 3.8 MB), and in the middle one file with a row
// for each report. A report in ten tells what the one before told.
type day struct {
	provider
	reports int
	rows    int // of the one large file
	seed    uint64
}

const (
	largestMail = 4 << 20
	medianMail  = 15 << 10
	spreadMail  = 2.0 // of the logarithm
)

// mails yields them all, in their order.
func (d day) mails() iter.Seq2[inbox.Message, error] {
	return func(yield func(inbox.Message, error) bool) {
		for i := range d.reports {
			if !yield(inbox.Message{Name: fmt.Sprint("mail", i), Text: d.mail(i)}, nil) {
				return
			}
		}
	}
}

// An offence is what a mail reports.
type offence struct {
	addr netip.Addr
	at   time.Time
	port int
}

func (d day) offence(r *rand.Rand) offence {
	line := int(float64(d.lines) * math.Pow(r.Float64(), 3)) // a few lines do most of it
	slot := d.slots - 1 - r.IntN(min(d.slots, 3*24*3))
	return offence{d.address(line), d.at(slot, r.IntN(600)), 1024 + r.IntN(60000)}
}

// mail is report i.
func (d day) mail(i int) []byte {
	switch {
	case i == d.reports/2:
		return d.largeFile()
	case i%10 == 9:
		return d.written(i-1, i)
	}
	return d.written(i, i)
}

// A writer of mails puts one together.
type mailWriter struct {
	bytes.Buffer
	r    *rand.Rand
	i    int
	size int
	offence
}

// written is what tells event n, as mail i.
func (d day) written(n, i int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), d.seed))
	w := &mailWriter{r: r, i: i, offence: d.offence(r)}
	w.size = int(min(largestMail, medianMail*math.Exp(spreadMail*r.NormFloat64())))
	if n%1000 == 502 {
		w.size = largestMail
	}
	w.Grow(w.size + 8<<10)
	mailForms[r.IntN(len(mailForms))](w, d)
	return w.Bytes()
}

// mailForms are the forms of mails, each as often as it stands here.
var mailForms = []func(*mailWriter, day){
	logMail, logMail, prose, xarf, arf, htmlPage, logMail, table, prose, copyrightNotice,
	logMail, arf, logMail, acknowledgement, htmlPage, xarf, logMail, prose, table, newsletter,
}

var reporters = []string{"soc@reporter.example", "cert@other.example", "abuse@hoster.example", "fail2ban@shop.example", "report@feed.example"}

// head begins a mail as it comes: behind a few servers that handed it over.
func (w *mailWriter) head(subject, more string) {
	from := reporters[w.i%len(reporters)]
	for hop := range 4 {
		fmt.Fprintf(w, "Received: from mx%d.reporter.example (mx%[1]d.reporter.example [203.0.113.%d])\r\n\tby mail%[1]d.isp.example (Postfix) with ESMTPS id 4T%07[3]d\r\n\tfor <abuse@isp26.example>; %[4]s\r\n",
			hop, 10+hop, w.i, w.at.Add(time.Hour).Format(time.RFC1123Z))
	}
	fmt.Fprintf(w, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=reporter.example; s=k1;\r\n\th=from:to:subject:date;\r\n\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\tb=%s\r\n", blob(w.r, 340))
	fmt.Fprintf(w, "From: Abuse Team <%s>\r\nTo: abuse@isp26.example\r\nSubject: %s\r\nMessage-ID: <%d.%d@reporter.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\n%s",
		from, subject, w.i, w.port, w.at.Add(time.Hour).Format(time.RFC1123Z), more)
}

// noise is what attachments are filled with: base64 in lines, of which each
// mail has another stretch.
var noise = sync.OnceValue(func() []byte {
	var raw [57]byte
	r := rand.NewChaCha8([32]byte{16})
	b := make([]byte, 0, 2*largestMail)
	for range 2 * largestMail / 78 {
		r.Read(raw[:])
		b = append(base64.StdEncoding.AppendEncode(b, raw[:]), '\r', '\n')
	}
	return b
})

// blob is a stretch of base64 in lines, of about so many bytes.
func blob(r *rand.Rand, size int) []byte {
	all := noise()
	at := r.IntN(len(all)/78-size/78-1) * 78
	return all[at : at+max(size/78, 1)*78-2]
}

// picture fills a mail up with one.
func (w *mailWriter) picture(boundary string) {
	if left := w.size - w.Len(); left > 400 {
		fmt.Fprintf(w, "--%s\r\nContent-Type: image/png; name=\"screen.png\"\r\nContent-Disposition: attachment; filename=\"screen.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", boundary, blob(w.r, left))
	}
}

const mixed = "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"

// logForms are the times and words of logs about an address; UTC is stated.
var logForms = []struct{ time, line string }{
	{"2006-01-02T15:04:05Z", " bastion sshd[%d]: Failed password for %s from %s port %d ssh2\r\n"},
	{"2006-01-02 15:04:05", " bastion sshd[%d]: Invalid user %s from %s port %d\r\n"},
	{"Jan _2 15:04:05", " mx postfix/smtpd[%d]: warning: unknown user %s: client [%s]:%d: SASL LOGIN authentication failed\r\n"},
	{"2006-01-02 15:04:05,000", " fail2ban.actions [%d]: NOTICE [%s] Ban %s port %d\r\n"},
}

// logLines are the lines of a server's log about one address.
func (w *mailWriter) logLines(size int) {
	users := []string{"root", "admin", "test", "oracle", "git", "ubuntu"}
	form := logForms[w.i%len(logForms)]
	for n := 0; size > 0; n++ {
		was := w.Len()
		w.Write(w.at.Add(time.Duration(n/40)*time.Second).AppendFormat(w.AvailableBuffer(), form.time))
		fmt.Fprintf(w, form.line, 2000+n, users[n%len(users)], w.addr, 1024+(w.port+n)%60000)
		size -= w.Len() - was
	}
}

func logMail(w *mailWriter, _ day) {
	text := "Dear abuse team,\r\n\r\nthe host %s of your network tried to log in to our servers. Our server is 203.0.113.5, all times are in UTC. Please stop this attack.\r\n\r\n"
	if w.size > 64<<10 { // of the log an extract, and a picture of the chart
		w.head("SSH brute force from your network", mixed)
		fmt.Fprintf(w, text, w.addr)
		w.logLines(20 << 10)
		w.picture("b1")
		w.WriteString("--b1--\r\n")
		return
	}
	w.head(fmt.Sprintf("[abuse] brute force from %s", w.addr), "Content-Type: text/plain; charset=utf-8\r\n\r\n")
	fmt.Fprintf(w, text, w.addr)
	w.logLines(max(w.size-w.Len(), 200))
	w.WriteString("\r\nKind regards\r\nSecurity Operations\r\nphone +49 30 1234567\r\n")
}

// proseTexts are reports as people write them.
var proseTexts = []string{
	"Hello,\r\n\r\non %s a customer of yours scanned our network. The source of the port scan was %s, source port %d.\r\nPlease look into this.\r\n\r\nBest regards\r\nJane\r\n",
	"Guten Tag,\r\n\r\nam %s gingen von einem Rechner Ihres Netzes Angriffe auf unseren Server aus. Die Adresse des Angreifers: %s, Quellport %d.\r\nBitte unterbinden Sie das.\r\n\r\nMit freundlichen Grüßen\r\nMax\r\n",
	"Bonjour,\r\n\r\nle %s, une machine de votre réseau a attaqué notre serveur. Adresse source : %s, port source %d.\r\nMerci d'y mettre fin.\r\n\r\nCordialement\r\nLuc\r\n",
	"Hola,\r\n\r\nel %s un equipo de su red atacó nuestro servidor. Dirección de origen: %s, puerto de origen %d.\r\nPor favor, tomen medidas.\r\n\r\nSaludos\r\nAna\r\n",
	"お世話になっております。\r\n\r\n%s に貴社のネットワークから当方のサーバーへ攻撃がありました。攻撃元IPアドレス: %s 送信元ポート %d\r\nご対応をお願いいたします。\r\n\r\n敬具\r\n",
}

func prose(w *mailWriter, _ day) {
	w.head("Attack from your network", mixed)
	fmt.Fprintf(w, proseTexts[w.r.IntN(len(proseTexts))], w.at.Format("2006-01-02 15:04:05")+" UTC", w.addr, w.port)
	w.WriteString("\r\n-----\r\n" + strings.Repeat("This message and its attachments are confidential and meant for the addressee alone. Whoever received it by mistake is asked to delete it.\r\n", 1+w.r.IntN(8)))
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

func xarf(w *mailWriter, _ day) {
	w.head(fmt.Sprintf("XARF report about %s", w.addr), mixed)
	fmt.Fprintf(w, "This is a report in XARF 4 about %s.\r\n--b1\r\nContent-Type: application/json; name=\"xarf.json\"\r\nContent-Disposition: attachment; filename=\"xarf.json\"\r\n\r\n", w.addr)
	fmt.Fprintf(w, `{"xarf_version":"4.2.0","report_id":"550e8400-e29b-41d4-a716-%012d","timestamp":"%s","reporter":{"org":"Feed","contact":"report@feed.example","domain":"feed.example"},`+
		`"sender":{"org":"Feed","contact":"report@feed.example","domain":"feed.example"},"source_identifier":"%s","source_port":%d,"category":"connection","type":"login_attack","destination_ip":"203.0.113.5","destination_port":22,"protocol":"tcp","first_seen":"%s","evidence_source":"honeypot","evidence":[{"content_type":"text/plain","description":"log","payload":"%s"}]}`,
		w.i, w.at.Format(time.RFC3339), w.addr, w.port, w.at.Format(time.RFC3339), bytes.ReplaceAll(blob(w.r, max(min(w.size-w.Len(), 60<<10), 200)), []byte("\r\n"), nil))
	w.WriteString("\r\n")
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

func arf(w *mailWriter, _ day) {
	w.head("Abuse report", "Content-Type: multipart/report; report-type=feedback-report; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report for a message received from your network.\r\n")
	fmt.Fprintf(w, "--b1\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\nArrival-Date: %s\r\nSource-IP: %s\r\nSource-Port: %d\r\n\r\n",
		w.at.Format(time.RFC1123Z), w.addr, w.port)
	fmt.Fprintf(w, "--b1\r\nContent-Type: message/rfc822\r\n\r\nReceived: from pc (unknown [%s])\r\n\tby mx.feed.example with ESMTP id 12; %s\r\nFrom: winner@lottery.example\r\nTo: you@feed.example\r\nSubject: You have won\r\n",
		w.addr, w.at.Format(time.RFC1123Z))
	if left := w.size - w.Len(); left > 20<<10 {
		fmt.Fprintf(w, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b2\"\r\n\r\n--b2\r\nContent-Type: text/html\r\n\r\n<html><body><p>You have won a lottery.</p></body></html>\r\n")
		w.picture("b2")
		w.WriteString("--b2--\r\n")
	} else {
		w.WriteString("Content-Type: text/html\r\n\r\n<html><body>\r\n")
		for n := 0; w.Len() < w.size; n++ {
			fmt.Fprintf(w, "<p style=\"font:12px sans-serif\">Click <a href=\"http://shop%d.example/offer?id=%d\">here</a> to claim your prize of %d dollars now.</p>\r\n", n, n, n*1000)
		}
		w.WriteString("</body></html>\r\n")
	}
	w.WriteString("--b1--\r\n")
}

func htmlPage(w *mailWriter, _ day) {
	w.head("Security incident notification", "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n")
	fmt.Fprintf(w, "<html><head><style>td { padding: 4px; border: 1px solid #ccc }</style></head><body><h1>Security incident</h1><p>We detected attacks from your network. Please investigate.</p>\r\n"+
		"<table><tr><td>Source IP</td><td>%s</td></tr><tr><td>Source port</td><td>%d</td></tr><tr><td>Time (UTC)</td><td>%s</td></tr><tr><td>Target IP</td><td>203.0.113.5</td></tr><tr><td>Type</td><td>Port scan</td></tr></table>\r\n",
		w.addr, w.port, w.at.Format(time.DateTime))
	for n := 0; n < 60 && w.Len() < w.size; n++ {
		fmt.Fprintf(w, "<p class=\"legal%d\">This notice was generated by a machine. <b>Information</b> about incidents is provided as it is, &copy; Reporter &amp; Sons.</p>\r\n", n)
	}
	w.WriteString("</body></html>\r\n")
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

const tableHead = "timestamp,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,sector,severity\r\n"

func (w *mailWriter) tableRow(o offence, n int) {
	fmt.Fprintf(w, "%s,%s,tcp,%d,host-%d.dsl.isp.example,ssh;scan,64500,DE,BERLIN,BERLIN,517311,\"Communications, Service Provider, and Hosting Service\",info\r\n",
		o.at.Format(time.DateTime), o.addr, 22, n)
}

func table(w *mailWriter, d day) {
	w.head("[Shadowserver] accessible SSH report", mixed)
	w.WriteString("Attached is a report of accessible services in your network. All times are in UTC.\r\n--b1\r\nContent-Type: text/csv; name=\"2026-11-30-scan_ssh-isp-asn.csv\"\r\nContent-Disposition: attachment; filename=\"2026-11-30-scan_ssh-isp-asn.csv\"\r\n\r\n" + tableHead)
	rows := 1 + w.r.IntN(12)
	for n := range rows {
		w.tableRow(d.offence(w.r), n)
	}
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

func copyrightNotice(w *mailWriter, _ day) {
	w.head("Notice of claimed infringement", mixed)
	fmt.Fprintf(w, "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nDear Sir or Madam,\r\n\r\nwe represent the owner of the copyright in the work below. A customer of yours shared it without authorization.\r\n\r\n"+
		"Title: The Long Film\r\nInfringing IP address: %s\r\nInfringing port: %d\r\nTimestamp: %s\r\nProtocol: BitTorrent\r\nFile name: The.Long.Film.2026.mkv\r\nFile size: 4123456789\r\nInfringement URL: http://tracker.example/announce\r\n\r\n",
		w.addr, w.port, w.at.Format("2006-01-02T15:04:05Z"))
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Infringement><Case><ID>%d</ID><Status>Open</Status></Case><Service_Provider><Entity>Example Net</Entity></Service_Provider>"+
		"<Source><TimeStamp>%s</TimeStamp><IP_Address>%s</IP_Address><Port>%d</Port><Type>BitTorrent</Type></Source></Infringement>\r\n", w.i, w.at.Format("2006-01-02T15:04:05Z"), w.addr, w.port)
	w.WriteString("-----BEGIN PGP SIGNATURE-----\r\n\r\n")
	w.Write(blob(w.r, 600))
	w.WriteString("\r\n-----END PGP SIGNATURE-----\r\n")
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

func acknowledgement(w *mailWriter, _ day) {
	w.head(fmt.Sprintf("[Ticket#%d] We received your report", w.i), mixed)
	w.WriteString("Thank you for your message. Your ticket has been created and will be handled by our staff. Please do not answer this automatic message.\r\n")
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

func newsletter(w *mailWriter, _ day) {
	w.head("Our offers of this month", "List-Unsubscribe: <mailto:leave@shop.example>\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n")
	w.WriteString("<html><body>")
	for n := 0; n < 80 && w.Len() < w.size; n++ {
		fmt.Fprintf(w, "<tr><td><a href=\"https://shop.example/item/%d\"><img src=\"https://cdn.shop.example/%d.png\" width=\"120\"></a></td><td>Now only %d euros, while stocks last.</td></tr>\r\n", n, n, n+9)
	}
	w.WriteString("</body></html>\r\n")
	w.picture("b1")
	w.WriteString("--b1--\r\n")
}

// largeFile is a mail whose packed file has a row for each of many lines.
func (d day) largeFile() []byte {
	r := rand.New(rand.NewPCG(uint64(d.rows), d.seed))
	w := &mailWriter{r: r, i: d.reports / 2, offence: d.offence(r)}
	rows := &mailWriter{}
	rows.WriteString(tableHead)
	for n := range d.rows {
		slot := d.slots - 2 - n/d.lines%min(d.slots-2, 200)
		rows.tableRow(offence{d.address(n % d.lines), d.at(slot, n), 22}, n)
	}
	w.head("[Shadowserver] accessible SSH report", mixed)
	w.WriteString("Attached is a report of accessible services in your network. All times are in UTC.\r\n--b1\r\nContent-Type: application/zip; name=\"2026-11-30-scan_ssh-isp-asn.zip\"\r\n" +
		"Content-Disposition: attachment; filename=\"2026-11-30-scan_ssh-isp-asn.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	f, err := z.Create("2026-11-30-scan_ssh-isp-asn.csv")
	if err == nil {
		_, err = f.Write(rows.Bytes())
	}
	if err != nil || z.Close() != nil {
		panic("a file in memory is not written")
	}
	lines := base64.StdEncoding.EncodeToString(packed.Bytes())
	for len(lines) > 76 {
		w.WriteString(lines[:76] + "\r\n")
		lines = lines[76:]
	}
	w.WriteString(lines + "\r\n--b1--\r\n")
	return w.Bytes()
}
