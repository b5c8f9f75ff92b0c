package report

import (
	"strings"

	"headsup/pattern"
)

// A kindSign is evidence of a kind that needs no word of any language, with
// what it is worth beside the words.
type kindSign struct {
	kind   Kind
	points int
	form   *pattern.Pattern // in the text in small letters
}

// kindSigns are looked for in what a message says and in its files.
var kindSigns = []kindSign{
	{BruteForce, 10, pattern.New(`sshd?(?:-session)?\[\d+\]|sasl (?:login|plain|cram-md5)|pam_unix|ssh2\b|authentication failure;|` +
		`(?:event ?id|ereignis-?id|eventid)\D{0,12}4625\b|\b4625\b.{0,60}logon|auth failed, \d+ attempts|` +
		`anmeldung des benutzers .{1,120} gescheitert|rip=[0-9a-f.:]+, lip=|cowrie|ssh-brute|brute[_-]?force`)},
	{Scan, 6, pattern.New(`\bin=\S* out=\S* (?:mac=\S* )?src=|\bdpt=\d+\b.*\bsyn\b|\bdpt=\d+ \w+=|flags \[s\]|\[\*\*\] \[\d+:\d+|` +
		`/\.env\b|/\.git/|/etc/passwd|\.\./\.\./|union(?:\+|%20| )select|/phpmyadmin|cgi-bin/|"(?:get|post|head|` +
		`connect|options) \S+ http/\d(?:\.\d)?" [345]\d\d |\bproto[ =:]tcp\b.{0,24}\bsyn\b`)},
	{Scan, 6, pattern.New(`src [0-9a-f.:]+ \| dst [0-9a-f.:]+ `)},
	{Malware, 6, pattern.New(`://[^\s<>"/]{4,200}/(?:[^\s<>"]{0,200}\.(?:exe|scr|apk|dll|msi|ps1|vbs|jar|bat|elf|sh|arm[567]?|` +
		`mips(?:el)?|x86(?:_64)?)|bins?/[a-z0-9]+)(?:[^a-z0-9./]|$)`)},
	{Copyright, 6, pattern.New(`\b(?:info-?hash|btih)\W{0,12}[0-9a-f]{40}\b|xmlns[^>]{0,60}acns|<infringement|` +
		`\.torrent\b|\.(?:mkv|avi|epub|flac)\b`)},
	{Spam, 6, pattern.New(`feedback-type: abuse|\brcpt to:|noqueue: reject: rcpt|rejected rcpt|spf fail|spamtraps?\b|spamtrap|` +
		`x-spam-|rbl-listed|status=sent \(250|nrcpt=\d{2}`)},
	{ExposedService, 16, pattern.New(`(?:^|[^a-z_])(?:scan6?|population6?)_[a-z]`)}, // Shadowserver's names of reports
	{Botnet, 12, pattern.New(`et (?:trojan|malware|cnc) |network trojan was detected|trojan-activity|domain-c2`)},
	{Scan, 12, pattern.New(`(?:apache|nginx|httpd?|php|web|traefik)-(?:badbots?|noscript|botsearch|overflows|` +
		`nohome|url-fopen|404|scan|modsecurity|limit-req)`)}, // jails of fail2ban
	{OpenRelay, 8, pattern.New(`mail from:(?s:.{1,300})rcpt to:(?s:.{1,300})\n[^\n]{0,3}250\b`)},
}

// signsOfKind adds what the form of a text says of the kind to the points of
// the kinds.
//
// What is tried tells the kinds apart that people mix up:
//
//   - A login that failed is brute force, one alone too, whatever the service: in
//     the log of the service, as an event of Windows, or as requests for a page of
//     logins where these are at least half of all.
//   - Packets and connections that a filter dropped, requests for pages that are
//     not there, and the strings of exploits are a scan: somebody looks for a way.
//   - An exploit that succeeded left something there, a shell or a file to be
//     fetched: malware.
//   - A host that was told to connect to a sinkhole or a command server is a
//     botnet's, whatever it tried there.
//   - A service on the host itself, of which no attack is told, is exposed; a port
//     that it went for is no service of its own.
func signsOfKind(low string, times int, points map[Kind]int) {
	for _, s := range kindSigns {
		if s.form.MatchString(low) {
			points[s.kind] += s.points * times
		}
	}
	logins, all := len(loginPage.FindAllStringIndex(low, 200)), len(request.FindAllStringIndex(low, 200))
	if logins > 0 && 2*logins >= all {
		points[BruteForce] += 16 * times
		points[Scan] = max(0, points[Scan]-6*times) // they are not looking around
	} else if all > 0 && logins > 0 {
		points[Scan] += 6 * times
	}
}

var (
	// request is one in the log of a web server.
	request = pattern.New(`"(?:get|post|head|put|options) [^" ]{1,300} http/`)
	// loginPage is what those ask for, or fail at, who guess passwords.
	loginPage = pattern.New(`wp-login\.php|xmlrpc\.php|"post [^" ?]{0,80}(?:log-?in|sign-?in|log-?on|/auth|` +
		`/session)[^" ]{0,80} http/[0-9.]+" (?:200|302|401|403|429)`)
)

// kindOfPlace is the kind that the row of a table or a log states for the
// address in it, or "".
func (p *place) kindOfPlace() Kind {
	l := p.d.lines[p.line]
	if p.d.subject || l.to-l.from > 600 {
		return ""
	}
	row := p.d.words(p.line)
	for _, c := range splitCells(row) { // the words of those who exchange such rows
		if k := xarfKind(c.text); k != "" && k != Other {
			return k
		}
	}
	for _, u := range urlSpans(row) { // the words of a path say little
		row = row[:u.from] + strings.Repeat(" ", u.to-u.from) + row[u.to:]
	}
	return kindOf(row, "")
}
