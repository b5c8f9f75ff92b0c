package finding

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A report's file is called 2015-01-01-scan_ics-sample-asn.csv: date, type of
// the report, and then whatever its receiver chose
// (github.com/The-Shadowserver-Foundation/report_schema, report-filename.md).
// Types that are not of a scan are told by name as well: their rows are about
// attackers and victims, whatever their tags say.
var reportName = regexp.MustCompile(`^(?:\d{4}-\d{2}-\d{2}-([a-z0-9_]+)` +
	`|((?:scan6?|population6?|event[46]|compromised|device|malware|ransomware|sandbox|spam|targeted)_[a-z0-9_]+))(?:[-.]|$)`)

// reportOf returns the type of a Shadowserver report from the name of its
// file, without the 6 of IPv6; "" if the name does not tell.
func reportOf(name string) string {
	m := reportName.FindStringSubmatch(strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/"))))
	if m == nil {
		return ""
	}
	report := m[1] + m[2]
	for _, group := range []string{"scan", "population"} {
		if rest, ok := strings.CutPrefix(report, group+"6_"); ok {
			return group + "_" + rest
		}
	}
	return report
}

// reportOfTag tells the type of a report from the tag of a row, for reports
// that were renamed or come from a pipe.
func reportOfTag(tag string) string {
	switch {
	case strings.HasSuffix(tag, "-proxy-closed"):
		return "population_http_proxy"
	case strings.HasSuffix(tag, "-proxy"):
		return "scan_http_proxy"
	case tag == "socks4", tag == "socks5":
		return "scan_socks"
	case tag == "openresolver":
		return "scan_dns"
	}
	if slices.ContainsFunc(services, func(s service) bool { return s.name == tag }) {
		return "scan_" + tag
	}
	return ""
}

// What Shadowserver calls accessible, with the severity info or low, is meant
// to be reached; what it calls vulnerable is old software or worse, which is
// another matter than one that headsup writes about (types.md, same place).
var (
	accessible = []string{"ftp", "gtp", "http", "imap", "pop3", "quic", "smtp", "ssh", "ssl", "ssl_freak", "ssl_poodle"}
	vulnerable = []string{"badsecrets", "ddos_middlebox", "exchange", "isakmp", "loop_dos", "netis_router", "post_exploitation_framework", "synfulknock"}
)

// shadowserver reads one row of a report.
func (rd *reader) shadowserver(report string, header []string, r record) (f Finding, err error) {
	if f.Addr, err = parseAddr(r.get("ip")); err != nil {
		return f, err
	}
	if f.Port, err = parsePort(r.get("port")); err != nil {
		return f, err
	}
	if f.Seen, err = parseTime(r.get("timestamp")); err != nil {
		return f, err
	}
	f.Proto = strings.ToLower(r.get("protocol"))
	tag := strings.ToLower(r.get("tag"))
	if report == "" {
		report = reportOfTag(tag)
	}
	group, subject, _ := strings.Cut(report, "_")
	if group != "scan" && group != "population" || subject == "" {
		return f, fmt.Errorf("%w: neither the name of the file nor the tag %q is of a Shadowserver scan report", ErrFormat, Clean(tag, 40))
	}
	v := judgeReport(report, group, subject, tag, r.get("http_code"))
	f.Kind, f.Service, f.Strength, f.Reason = v.Kind, v.Service, v.Strength, v.Reason
	f.Evidence = r.evidence(header)
	if f.Reporter = rd.o.Reporter; f.Reporter == "" {
		f.Reporter = "Shadowserver"
	}
	return f, nil
}

// judgeReport judges a row by the report it stands in.
func judgeReport(report, group, subject, tag, code string) verdict {
	v := verdict{Kind: ExposedService, Strength: Observed,
		Reason: "Shadowserver lists it in its report " + report}
	v.Service, _ = strings.CutSuffix(subject, "_tcp")
	v.Service, _ = strings.CutSuffix(v.Service, "_udp")
	v.Service, _ = strings.CutSuffix(v.Service, "_anon")
	switch subject {
	case "http_proxy":
		v.Kind, v.Service = OpenProxy, "http"
	case "socks":
		v.Kind, v.Service = OpenProxy, "socks5"
		if tag == "socks4" {
			v.Service = tag
		}
	}
	switch {
	case group == "population":
		v.Strength, v.Reason = Weak, "Shadowserver's report "+report+" counts what can be reached, not what is open"
	case subject == "http_proxy" && code == "407":
		v.Strength, v.Reason = Contradicted, "the proxy asked Shadowserver for a password (407)"
	case slices.Contains(accessible, subject):
		v.Strength, v.Reason = Weak, "Shadowserver's report "+report+" lists a service that is meant to be reached"
	case slices.Contains(vulnerable, subject), strings.HasSuffix(subject, "_vulnerable"):
		v.Service, _ = strings.CutSuffix(v.Service, "_vulnerable")
		v.Strength, v.Reason = Weak, "Shadowserver's report "+report+" is about the software behind the port, not about who may use it"
	}
	return v
}

// Columns that every row has and no operator needs to be shown.
var noEvidence = []string{"timestamp", "ip", "protocol", "port", "asn", "geo", "region", "city", "naics", "sic", "sector", "severity", "hostname_source"}

// evidence is what a report says about a service, column by column.
func (r record) evidence(header []string) string {
	var b strings.Builder
	for i, name := range header {
		if value := r.fields[i]; value != "" && !slices.Contains(noEvidence, name) && b.Len() < 2*maxEvidence {
			fmt.Fprintf(&b, "%s=%s ", name, clip(value, maxEvidence))
		}
	}
	return b.String()
}
