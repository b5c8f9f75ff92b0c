package settings

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ISP says how a provider forwards the reports that it receives. A folder with
// it is for that alone: its letters go to customers, and no scan is drafted.
type ISP struct {
	Customers string `toml:"customers"` // file of customers; "headsup leases -h" says what is in it
	Leases    string `toml:"leases"`    // folder of the index that headsup leases writes; default "leases"
	NAT       string `toml:"nat"`       // file of translators whose ports follow from a formula (RFC 7422)

	// Auto is "shadow" (people approve every letter) or "earned": letters that
	// rest on reporters and kinds of which people confirmed Earn decisions, and
	// found none wrong since, are approved by that rule.
	Auto string `toml:"auto"`
	Earn int    `toml:"earn"` // default 50

	MaxAge    Duration            `toml:"max_age"`   // older events are too old; default "7d"
	Interval  Duration            `toml:"interval"`  // between two letters to one customer; default "24h"
	Intervals map[string]Duration `toml:"intervals"` // the same by kind, such as { phishing = "1h" }: the shortest of a letter's kinds counts
	Keep      Duration            `toml:"keep"`      // reports and their messages; default "90d"
	Keeps     map[string]Duration `toml:"keeps"`     // the same by kind, or by queue: restricted, secret

	ShowReporter bool `toml:"show_reporter"` // customers read who reported them; default false

	Answer   string   `toml:"answer"`     // "none", "draft" (people approve answers) or "send"; default "none"
	Resolved string   `toml:"resolved"`   // that the cause was removed: "none", "customer" (the customer's word is enough) or "person" (who confirms it); default "none"
	Answers  int      `toml:"answers"`    // to all reporters together in a day; default 200
	Reporter []string `toml:"reporters"`  // mailboxes and mail domains that are known, whether DMARC proves them or not
	Refused  []string `toml:"unanswered"` // mailboxes and mail domains that get no answer

	// MailRoom is a mailbox of the house that gets, in place of a customer who is not
	// to be written to by mail, the letter with its page: headsup export --print
	// --batch prints it. Empty: such letters wait for a person.
	MailRoom string `toml:"mail_room"`

	Country string   `toml:"country"` // where the house is, ISO 3166-1: which rules of law are followed; default none
	Soon    Duration `toml:"soon"`    // what "as soon as feasible" is; default "24h"
	Duties  string   `toml:"duties"`  // a file of rules of its own, as duties.tsv has them

	// Fields say what labels and columns of a sender mean, each as "SENDER: LABEL =
	// MEANING": a mailbox or mail domain, and one of the meanings in fieldMeanings.
	Fields []string `toml:"fields"`

	// DNS says that names in URLs which no customer has are looked up, so that a
	// report about a page reaches who hosts it.
	DNS bool `toml:"dns"`

	Holder     Holder     `toml:"holder"`     // a system that answers who held an address, in place of logs
	Tell       Tell       `toml:"tell"`       // whom of the house to tell of what is kept apart
	Escalation Escalation `toml:"escalation"` // what is done where letters do not help
}

// Holder is a system of the house that answers who held an address: a command, or
// a URL. Empty: the index of logs answers.
type Holder struct {
	Command   []string `toml:"command"`    // with its arguments, run without a shell: a JSON object in, one out ("headsup who -h")
	URL       string   `toml:"url"`        // the same as a POST
	TokenFile string   `toml:"token_file"` // sent to the URL as a Bearer token
	Timeout   Duration `toml:"timeout"`    // default "10s"
}

// Set reports whether a system is named.
func (h Holder) Set() bool { return len(h.Command) > 0 || h.URL != "" }

// Limit returns how long one answer may take.
func (h Holder) Limit() time.Duration { return cmp.Or(h.Timeout.Duration, 10*time.Second) }

func checkHolder(s *Settings, h Holder) error {
	at, err := url.Parse(h.URL)
	switch {
	case len(h.Command) > 0 && h.URL != "":
		return s.Fault("", "", "isp.holder: command and url: one of them answers")
	case len(h.Command) > 0 && h.Command[0] == "":
		return s.Fault("", "", "isp.holder.command: the command has no name")
	case h.URL != "" && (err != nil || at.Host == "" || at.User != nil || at.Scheme != "https" && at.Scheme != "http"):
		return s.Fault("url", h.URL, "isp.holder.url: not an https URL without a password: %q", h.URL)
	case h.URL != "" && at.Scheme == "http" && !loopback(at.Hostname()):
		return s.Fault("url", h.URL, "isp.holder.url: who held an address leaves this machine by https alone: %q", h.URL)
	case h.TokenFile != "" && h.URL == "":
		return s.Fault("token_file", h.TokenFile, "isp.holder.token_file: it is for a url")
	case h.Timeout.Duration < 0:
		return s.Fault("", "", "isp.holder.timeout: less than nothing")
	}
	return nil
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Tell names whom of the house to tell of reports that are kept apart, by their
// queue: the sender, the time and the number of each, once. Empty: nobody.
type Tell struct {
	Secret     string `toml:"secret"`     // mailbox; of child abuse and terror
	Restricted string `toml:"restricted"` // mailbox; of police, courts, lawyers and data subjects
	ADay       int    `toml:"a_day"`      // such messages in a day; the rest waits for the next; default 50
}

// Most returns how many reports a day is told of.
func (t Tell) Most() int { return cmp.Or(t.ADay, 50) }

// Escalation says when more than letters is done about a customer, and by which
// command. Without a command nothing is.
type Escalation struct {
	Sources int `toml:"sources"` // independent reporters, proven, of what customers were told; 0: their number is no reason
	Days    int `toml:"days"`    // that it goes on after the first letter; 0: time is no reason
	// The same for a letter that is firmer, before anything else is done; 0: none is.
	FirmSources int `toml:"firm_sources"`
	FirmDays    int `toml:"firm_days"`

	Within Duration `toml:"within"` // how far back events count; default "30d"

	// Hook is a command with its arguments, run without a shell. It reads one JSON
	// object: measure, action ("act" or "release"), customer, contract, class, why,
	// events (addr, port, seen, kind, url). What it says is recorded; it ends with 0
	// if it did it.
	Hook    []string `toml:"hook"`
	Timeout Duration `toml:"timeout"` // default "30s"
	ADay    int      `toml:"a_day"`   // measures in a day; default 10
	Exempt  []string `toml:"exempt"`  // classes, contracts and numbers of customers about whom nothing is done

	Unconfirmed bool `toml:"unconfirmed"` // no person confirms; default false
}

// Firms reports whether firmer letters are written.
func (e Escalation) Firms() bool { return e.FirmSources > 0 || e.FirmDays > 0 }

// Span returns how far back events count.
func (e Escalation) Span() time.Duration { return cmp.Or(e.Within.Duration, 30*24*time.Hour) }

// Limit returns how long the command may run.
func (e Escalation) Limit() time.Duration { return cmp.Or(e.Timeout.Duration, 30*time.Second) }

// Most returns how many measures a day has.
func (e Escalation) Most() int { return cmp.Or(e.ADay, 10) }

// The values of [ISP].Auto, [ISP].Answer and, with [NoAnswers], [ISP].Resolved.
const (
	Shadow = "shadow"
	Earned = "earned"

	NoAnswers    = "none"
	DraftAnswers = "draft"
	SendAnswers  = "send"

	ByCustomer = "customer"
	ByPerson   = "person"
)

// IsProvider reports whether the folder forwards reports.
func (s *Settings) IsProvider() bool { return s.ISP != nil }

// provide fits what a campaign sends to what a provider does: it writes every
// day, so that no stage waits for a person, and the intervals of its customers
// are the time between two letters to one of them.
func (s *Settings) provide() {
	if s.ISP == nil {
		return
	}
	if s.Campaign.Stages == nil {
		s.Campaign.Stages = []int{}
	}
	if s.Campaign.AddressPace.Duration == 0 {
		s.Campaign.AddressPace.Duration = time.Minute
	}
}

// IndexFolder returns the folder of the index of leases.
func (s *Settings) IndexFolder() string { return s.Path(cmp.Or(s.ISP.Leases, "leases")) }

// Age returns how old an event may be.
func (i *ISP) Age() time.Duration { return cmp.Or(i.MaxAge.Duration, 7*24*time.Hour) }

// Earns returns how many decisions have to be confirmed.
func (i *ISP) Earns() int { return cmp.Or(i.Earn, 50) }

// Every returns the time between two letters about these kinds.
func (i *ISP) Every(kinds ...string) time.Duration {
	every := cmp.Or(i.Interval.Duration, 24*time.Hour)
	for _, k := range kinds {
		if d, ok := i.Intervals[k]; ok {
			every = min(every, d.Duration)
		}
	}
	return every
}

// KeptFor returns how long a report of a kind, or in a queue, is kept.
func (i *ISP) KeptFor(queue, kind string) time.Duration {
	for _, k := range []string{queue, kind} {
		if d, ok := i.Keeps[k]; ok && k != "" {
			return d.Duration
		}
	}
	return cmp.Or(i.Keep.Duration, 90*24*time.Hour)
}

// Answering returns the value of Answer.
func (i *ISP) Answering() string { return cmp.Or(i.Answer, NoAnswers) }

// AnswersADay returns how many answers may be written in a day.
func (i *ISP) AnswersADay() int { return cmp.Or(i.Answers, 200) }

// Shortly returns how long "as soon as feasible" is.
func (i *ISP) Shortly() time.Duration { return cmp.Or(i.Soon.Duration, 24*time.Hour) }

// Known reports whether the settings name a mailbox, or its domain.
func Known(list []string, mailbox string) bool {
	mailbox = strings.ToLower(mailbox)
	_, domain, _ := strings.Cut(mailbox, "@")
	return mailbox != "" && slices.ContainsFunc(list, func(s string) bool {
		s = strings.ToLower(strings.TrimPrefix(s, "@"))
		return s == mailbox || s == domain
	})
}

// fieldMeanings are what a field can mean, as [headsup/inbox/report.Fields] has them.
var fieldMeanings = []string{"address", "port", "target", "time", "url", "kind"}

// fieldOf takes a line of Fields apart; the label is in small letters.
func fieldOf(line string) (sender, label, means string, ok bool) {
	sender, rest, ok := strings.Cut(line, ":")
	at := strings.LastIndex(rest, "=")
	if !ok || at < 0 {
		return "", "", "", false
	}
	sender, label, means = strings.TrimSpace(sender), strings.ToLower(strings.TrimSpace(rest[:at])), strings.TrimSpace(rest[at+1:])
	return sender, label, means, sender != "" && label != "" && slices.Contains(fieldMeanings, means)
}

// FieldsOf returns what the labels of a sender mean, by label in small letters.
func (i *ISP) FieldsOf(mailbox string) map[string]string {
	var all map[string]string
	for _, line := range i.Fields {
		sender, label, means, _ := fieldOf(line)
		if !Known([]string{sender}, mailbox) {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[label] = means
	}
	return all
}

// reportKinds are those that Intervals and Keeps may name.
var reportKinds = []string{"spam", "phishing", "malware", "copyright", "scan", "bruteforce", "ddos", "exposed-service", "open-relay",
	"open-proxy", "botnet", "account", "other"}

func (s *Settings) checkISP() error {
	i := s.ISP
	switch {
	case i == nil:
		return nil
	case i.Customers == "":
		return s.Fault("", "", "isp.customers: who are the customers?")
	case !slices.Contains([]string{"", Shadow, Earned}, i.Auto):
		return s.Fault("auto", i.Auto, "isp.auto: neither %q nor %q: %q", Shadow, Earned, i.Auto)
	case !slices.Contains([]string{"", NoAnswers, DraftAnswers, SendAnswers}, i.Answer):
		return s.Fault("answer", i.Answer, "isp.answer: neither %q, %q nor %q: %q", NoAnswers, DraftAnswers, SendAnswers, i.Answer)
	case !slices.Contains([]string{"", NoAnswers, ByCustomer, ByPerson}, i.Resolved):
		return s.Fault("resolved", i.Resolved, "isp.resolved: neither %q, %q nor %q: %q", NoAnswers, ByCustomer, ByPerson, i.Resolved)
	case i.MailRoom != "" && !isAddrSpec(i.MailRoom):
		return s.Fault("mail_room", i.MailRoom, "isp.mail_room: not a mailbox: %q", i.MailRoom)
	case i.MailRoom != "" && !s.Letters.Printed():
		return s.Fault("mail_room", i.MailRoom, "isp.mail_room: letters.pdf is off, so that there is nothing to print")
	case i.Country != "" && !isCountry(i.Country):
		return s.Fault("country", i.Country, "isp.country: not a country such as \"CA\": %q", i.Country)
	case i.Soon.Duration < 0:
		return s.Fault("", "", "isp.soon: less than nothing")
	case i.Earn < 0 || i.Answers < 0:
		return s.Fault("", "", "isp: earn and answers are not less than nothing")
	case i.Tell.Secret != "" && !isAddrSpec(i.Tell.Secret):
		return s.Fault("secret", i.Tell.Secret, "isp.tell.secret: not a mailbox: %q", i.Tell.Secret)
	case i.Tell.Restricted != "" && !isAddrSpec(i.Tell.Restricted):
		return s.Fault("restricted", i.Tell.Restricted, "isp.tell.restricted: not a mailbox: %q", i.Tell.Restricted)
	case i.Tell.ADay < 0:
		return s.Fault("", "", "isp.tell.a_day: less than nothing: %d", i.Tell.ADay)
	case i.Escalation.Sources < 0 || i.Escalation.Days < 0 || i.Escalation.FirmSources < 0 || i.Escalation.FirmDays < 0 || i.Escalation.ADay < 0 || i.Escalation.Within.Duration < 0 || i.Escalation.Timeout.Duration < 0:
		return s.Fault("", "", "isp.escalation: nothing is less than nothing")
	case len(i.Escalation.Hook) > 0 && i.Escalation.Sources == 0 && i.Escalation.Days == 0:
		return s.Fault("hook", i.Escalation.Hook[0], "isp.escalation.hook: when does it run? sources or days say so")
	case len(i.Escalation.Hook) > 0 && i.Escalation.Hook[0] == "":
		return s.Fault("", "", "isp.escalation.hook: the command has no name")
	}
	if err := checkHolder(s, i.Holder); err != nil {
		return err
	}
	for _, line := range i.Fields {
		if _, _, _, ok := fieldOf(line); !ok {
			return s.Fault("fields", line, "isp.fields: %q is not as \"siem.example: Offender = address\"; a field means one of %s", line, strings.Join(fieldMeanings, ", "))
		}
	}
	for key, m := range map[string]map[string]Duration{"intervals": i.Intervals, "keeps": i.Keeps} {
		for _, kind := range slices.Sorted(maps.Keys(m)) {
			queue := key == "keeps" && (kind == "secret" || kind == "restricted")
			if !slices.Contains(reportKinds, kind) && !queue {
				return s.Fault("", "", "isp.%s: no kind of report: %q", key, kind)
			}
			if m[kind].Duration < 0 {
				return s.Fault("", "", "isp.%s: %s is less than nothing", key, fmt.Sprint(m[kind]))
			}
		}
	}
	return nil
}
