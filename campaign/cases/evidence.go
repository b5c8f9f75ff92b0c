package cases

import (
	"net/netip"
	"strings"

	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/pattern"
)

var (
	anAddress = pattern.New(`[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?i)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})?`)
	aMailbox  = pattern.New(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)
	aName     = pattern.New(`(?i)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]`)
)

// cut leaves of an incident's evidence what is about this customer: a line that
// holds another address of ours, or a name or mailbox of another customer, is
// left out. Unless the settings show the reporter, its mailbox and domain are
// taken out, and so are mailboxes of others.
func (d *Desk) cut(i ledger.Incident, reporter string) string {
	var kept []string
	for line := range strings.SplitSeq(i.Evidence, "\n") {
		if d.foreign(line, i) {
			continue
		}
		if !d.Settings.ISP.ShowReporter {
			line = redact(line, reporter)
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// foreign reports whether a line tells of another customer, or may.
func (d *Desk) foreign(line string, i ledger.Incident) bool {
	for _, text := range anAddress.FindAllString(line, -1) {
		if a, err := netip.ParseAddr(text); err == nil && a.Unmap() != i.Addr && d.ours(a) {
			return true
		}
	}
	for _, name := range aName.FindAllString(line, -1) {
		if who := d.Holders.Customers.ByName(name); who != nil && who.ID != i.Customer {
			return true
		}
	}
	for _, m := range aMailbox.FindAllString(line, -1) {
		if d.mailboxOf(m) != "" && d.mailboxOf(m) != i.Customer {
			return true
		}
	}
	return false
}

// mailboxOf returns the customer who has a mailbox, or "".
func (d *Desk) mailboxOf(mailbox string) string {
	if who := d.Holders.Customers.ByEmail(mailbox); who != nil {
		return who.ID
	}
	return ""
}

// redact takes who reported out of a line, and whoever else is named there.
func redact(line, reporter string) string {
	line = aMailbox.ReplaceAllString(line, "[…]")
	_, domain, _ := strings.Cut(reporter, "@")
	if domain == "" {
		return line
	}
	for {
		at := strings.Index(strings.ToLower(line), domain)
		if at < 0 || at+len(domain) > len(line) {
			return line
		}
		line = line[:at] + "[…]" + line[at+len(domain):]
	}
}

// namesOurs reports whether a text holds an address of the house, however it
// was read.
func (d *Desk) namesOurs(r report.Report) bool {
	for _, p := range r.Parts {
		for line := range strings.SplitSeq(p.Text, "\n") {
			if strings.Count(line, ".") < 3 && strings.Count(line, ":") < 2 { // many texts are long and hold none
				continue
			}
			for _, text := range anAddress.FindAllString(line, -1) {
				if a, err := netip.ParseAddr(text); err == nil && d.ours(a) {
					return true
				}
			}
		}
	}
	return false
}
