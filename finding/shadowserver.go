package finding

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"headsup/pattern"
	"headsup/sheet"
)

// A report's file is called 2015-01-01-scan_ics-sample-asn.csv: date, type of
// the report, and then whatever its receiver chose
// (github.com/The-Shadowserver-Foundation/report_schema, report-filename.md).
var reportName = pattern.New(`^(\d{4}-\d{2}-\d{2}-)?([a-z0-9_]+)(?:[-.]|$)`)

// otherReports are the types of reports that are not of a scan (types.md,
// severity.md). They are told by name: their rows are about attackers, victims
// and devices, whatever their tags say. "_" at the end stands for any ending.
var otherReports = []string{
	"blocklist", "compromised_account", "compromised_iot", "compromised_website", "device_id", "event4_", "event6_",
	"iot_exposed_device_stats", "iot_infected_device_stats", "malware_url", "phish_url", "ransomware_victim",
	"sandbox_conn", "sandbox_dns", "sandbox_url", "spam_url", "special", "targeted_host",
}

// isOther reports whether a type of report is not of a scan.
func isOther(report string) bool {
	return slices.ContainsFunc(otherReports, func(other string) bool {
		return report == other || report == other+"6" || strings.HasSuffix(other, "_") && strings.HasPrefix(report, other)
	})
}

var scanName = pattern.New(`^(scan|population)6?_`)

// A NoScanError means that a Shadowserver report is not about services that
// somebody scanned: its rows are attackers, victims or something else.
type NoScanError struct{ Report string }

func (e *NoScanError) Error() string {
	return fmt.Sprintf("the Shadowserver report %s is not of a scan", e.Report)
}

// A ReportError means that no Shadowserver report has this name.
type ReportError struct {
	Name string
	Near string // the one that was probably meant, or ""
}

func (e *ReportError) Error() string {
	return fmt.Sprintf("%q is no Shadowserver report", e.Name)
}

// typeOf returns the type of a report as the name of its file writes it, or "".
// Behind a date, any word is one: Shadowserver adds types, and had others once.
func typeOf(name string) string {
	m := reportName.FindStringSubmatch(strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/"))))
	if m == nil || m[1] == "" && !scanName.MatchString(m[2]) && !isOther(m[2]) {
		return ""
	}
	return m[2]
}

// reportOf returns the type of a Shadowserver report from the name of its
// file, as it is called now and without the 6 of IPv6; "" if the name does not
// tell.
func reportOf(name string) string {
	report := typeOf(name)
	if ours, ok := formerReports[report]; ok {
		report = ours
	} else if reportByName(report) != nil {
		report = "scan_" + report
	}
	for _, group := range []string{"scan", "population"} {
		if rest, ok := strings.CutPrefix(report, group+"6_"); ok {
			return group + "_" + rest
		}
	}
	return report
}

// CheckReport returns the type of a report that somebody names: scan_mqtt,
// scan6_mqtt, mqtt. The error is a [*ReportError] or a [*NoScanError].
func CheckReport(name string) (string, error) {
	s := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
	if now, ok := formerReports[s]; ok {
		return now, nil
	}
	if r := reportOf(s + "."); scanName.MatchString(r) && (reportByName(subjectOf(r)) != nil || strings.HasPrefix(r, "population_")) {
		return r, nil
	} else if r != "" && !scanName.MatchString(r) {
		return "", &NoScanError{r}
	}
	if reportByName(s) != nil {
		return "scan_" + s, nil
	}
	near := sheet.Nearest(s, Reports())
	if near == "" {
		near = sheet.Nearest("scan_"+s, Reports())
	}
	return "", &ReportError{name, near}
}

// Reports returns the types of Shadowserver's reports for which there is a rule.
func Reports() []string {
	names := make([]string, len(reports))
	for i, r := range reports {
		names[i] = "scan_" + r.name
	}
	return names
}

// subjectOf returns what a report of a scan is about.
func subjectOf(report string) string {
	_, subject, _ := strings.Cut(report, "_")
	return subject
}

// reportOfTag tells the type of a report from the tags of a row, for reports
// that were renamed or come from a pipe.
func reportOfTag(tags string) string {
	for _, tag := range strings.FieldsFunc(strings.ToLower(tags), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		switch {
		case strings.HasSuffix(tag, "-proxy-closed"):
			return "population_http_proxy"
		case strings.HasSuffix(tag, "-proxy"):
			return "scan_http_proxy"
		case tag == "socks4", tag == "socks5":
			return "scan_socks"
		case tag == "openresolver":
			return "scan_dns"
		case tag == "dvrdhcpdiscover":
			return "scan_dvr_dhcpdiscover"
		case tag == "netis_vulnerability":
			return "scan_netis_router"
		}
		test, _ := strings.CutSuffix(tag, "-vulnerable")
		port, _ := strings.CutSuffix(tag, "-alt") // of another port than the usual one
		for _, name := range []string{tag, test, port} {
			if name = strings.ReplaceAll(name, "-", "_"); reportByName(name) != nil {
				return "scan_" + name
			}
		}
	}
	return ""
}

// isReport reports whether a table is of Shadowserver: by columns that its
// reports have, or by the type in the name of its file. A name alone counts if
// nobody else would choose it: special.csv and 2026-03-01-redis.csv may be lists.
func isReport(rd *reader, head *sheet.Head) bool {
	report := typeOf(rd.name)
	switch {
	case !head.Has("timestamp"):
		return false
	case head.Has("ip", "asn", "geo"), ofEvents(head), isOther(report) && strings.Contains(report, "_"):
		return true
	}
	return head.Has("ip") && (rd.o.Report != "" || scanName.MatchString(report))
}

// ofEvents reports whether a report has an attacker or a referrer in each row,
// in place of a service.
func ofEvents(head *sheet.Head) bool {
	return !head.Has("ip") && (head.Has("src_ip", "src_asn", "src_geo") || head.Has("http_referer_ip", "http_referer_asn", "http_referer_geo"))
}

// report reads the rows of a Shadowserver report.
func (rd *reader) report(head *sheet.Head) (func(sheet.Row) (Finding, error), error) {
	report := reportOf(rd.name)
	if rd.o.Report != "" {
		var err error
		if report, err = CheckReport(rd.o.Report); err != nil {
			return nil, err
		}
	}
	switch {
	case report != "" && !scanName.MatchString(report):
		return nil, wrong(&NoScanError{report})
	case ofEvents(head):
		return nil, wrong(&NoScanError{cmp.Or(report, "of events")})
	}
	for _, needed := range []string{"timestamp", "ip"} {
		if !head.Has(needed) {
			return nil, wrong(&HeaderError{needed, head.Columns})
		}
	}
	if !head.Has("port") && rd.o.Port == 0 {
		return nil, wrong(&HeaderError{"port", head.Columns})
	}
	return func(r sheet.Row) (Finding, error) { return reportRow(rd, report, head, r) }, nil
}

// reportRow reads one row of a report. Its times are UTC.
func reportRow(rd *reader, report string, head *sheet.Head, r sheet.Row) (f Finding, err error) {
	if f.Addr, err = parseAddr(r.Get("ip")); err != nil {
		return f, err
	}
	if f.Port, _, err = rd.port(r.Get("port")); err != nil {
		return f, err
	}
	if f.Seen, err = rd.utc(r.Get("timestamp")); err != nil {
		return f, err
	}
	tag := strings.ToLower(r.Get("tag"))
	if report == "" {
		report = reportOfTag(tag)
	}
	if !scanName.MatchString(report) {
		return f, wrong(&TagError{Clean(tag, 40)})
	}
	f.Reporter = cmp.Or(rd.o.Reporter, "Shadowserver")
	v := judgeReport(report, tag, func(column string) (string, bool) { return r.Get(column), head.Has(column) })
	if f.Proto = r.Get("protocol"); f.Proto == "" {
		f.Proto = v.proto
	}
	if f.Proto, err = protoBeside("", f.Proto); err != nil {
		return f, err
	}
	v.Evidence = evidence(head, r)
	got := v.of(f.Addr, f.Port, f.Proto, f.Seen)
	got.Reporter = f.Reporter
	return got, nil
}

// A TagError means that neither the name of a Shadowserver report's file nor
// the tag of a row tells what the report is about.
type TagError struct{ Tag string }

func (e *TagError) Error() string {
	return fmt.Sprintf("neither the name of the file nor the tag %q is of a Shadowserver scan report", e.Tag)
}

// Columns that every row has and no operator needs to be shown.
var noEvidence = []string{"timestamp", "ip", "protocol", "port", "asn", "geo", "region", "city", "naics", "sic", "sector", "severity", "hostname_source"}

// evidence is what a report says about a service, column by column.
func evidence(head *sheet.Head, r sheet.Row) string {
	var b strings.Builder
	for i, name := range head.Columns {
		name = sheet.Name(name)
		if i < len(r.Cells) && r.Cells[i] != "" && !slices.Contains(noEvidence, name) && b.Len() < 2*maxEvidence {
			fmt.Fprintf(&b, "%s=%s ", name, clip(r.Cells[i], maxEvidence))
		}
	}
	return b.String()
}
