package advice

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headsup/finding"
	"headsup/sheet"
)

// scanAdvice says which flag helps where a scan cannot be read, with the
// columns of the very file in the example, or nothing.
func scanAdvice(err error) string {
	var (
		head   *finding.HeaderError
		column *finding.ColumnsError
		report *finding.ReportError
		none   *finding.NoScanError
		tag    *finding.TagError
		binary *sheet.NotTextError
	)
	switch {
	case errors.As(err, &binary):
		return textOf(binary.Is)
	case errors.As(err, &head):
		ours := cmp.Or(map[string]string{"timestamp": "seen"}[head.Missing], head.Missing)
		near := cmp.Or(guess(ours, head.Head), first(head.Head))
		return fmt.Sprintf("--column %s=%s, if that is the one; the file has %s", ours, quote(near), list(head.Head))
	case errors.As(err, &column):
		return perhaps(column.Near, "there are "+strings.Join(column.Ours, ", "))
	case errors.As(err, &report):
		return perhaps(report.Near, "the type stands in the file's name as it came: 2026-03-01-scan_mqtt-….csv")
	case errors.As(err, &none):
		return "its rows are attackers, victims or devices, and no letter here is about them: leave the file out"
	case errors.As(err, &tag):
		return "--report says what it is: the type in the file's name as it came, such as scan_mqtt"
	case errors.Is(err, finding.ErrForPeople):
		return "let the scanner write for programs: nmap -oX FILE, masscan -oX or -oJ FILE"
	}
	return rowAdvice(err)
}

// textOf says how a file of another program becomes text.
func textOf(is string) string {
	switch is {
	case sheet.Workbook, sheet.OldWorkbook, sheet.OpenSheet:
		return "save it as CSV (UTF-8) there, each sheet as a file of its own"
	case sheet.ZIP:
		return "unpack it first, or: unzip -p FILE | headsup check -"
	case sheet.Packed, sheet.Archive:
		return "unpack it first; of scans, gzip and Zstandard are unpacked here"
	case sheet.PDF:
		return "ask whoever made it for the table itself, as CSV"
	case sheet.Capture:
		return "only what a scanner says of it can be read: nmap -oX FILE, zgrab2, CSV"
	}
	return "export the table that is meant, as CSV"
}

// rowAdvice is about one row of a scan.
func rowAdvice(err error) string {
	var row *finding.RowError
	var columns []string
	if errors.As(err, &row) {
		columns = row.Head
	}
	named := func(ours string) string {
		if len(columns) == 0 || slices.ContainsFunc(columns, func(c string) bool { return sheet.Name(c) == ours }) {
			return ""
		}
		if near := guess(ours, columns); near != "" {
			return fmt.Sprintf("; --column %s=%s, if that is where it stands, of %s", ours, quote(near), list(columns))
		}
		return fmt.Sprintf("; --column %s=NAME names its column, if it has one: %s", ours, list(columns))
	}
	var at *sheet.TimeError
	var value *sheet.ValueError
	var wide *sheet.WidthError
	switch {
	case errors.Is(err, finding.ErrNoTime):
		return "--seen 2026-03-01T10:00:00Z says when" + named("seen")
	case errors.Is(err, finding.ErrNoPort):
		return "--port 25 says which" + named("port")
	case errors.Is(err, finding.ErrNoKind):
		return "--kind open-relay (open-proxy, exposed-service) says what the list is of" + named("kind")
	case errors.As(err, &at) && len(at.Readings) > 0:
		return "write the day as " + at.Readings[0][:min(10, len(at.Readings[0]))] + " in the file, or --seen " + at.Readings[0] + " overrules the column"
	case errors.As(err, &at) && strings.Contains(at.Why, "zone"):
		return "--zone Europe/Berlin, or America/Chicago, says where those letters are from; --seen overrules the column"
	case errors.As(err, &at):
		return "--seen 2026-03-01T10:00:00Z overrules it" + named("seen")
	case errors.As(err, &value) && value.Kind == "address" && value.Why == "":
		return "one address in each row, as 192.0.2.7 or 2001:db8::7" + named("ip")
	case errors.As(err, &value) && value.Kind == "address":
		return "a row is about one address that can be reached from anywhere"
	case errors.As(err, &value) && value.Kind == "port":
		return "one port in each row, as 25 or 25/tcp" + named("port")
	case errors.As(err, &wide):
		return "does a value hold what separates the columns? it has to stand in quotes then"
	case errors.Is(err, sheet.ErrCut):
		return "was the file, or the copy of it, cut short?"
	case errors.Is(err, sheet.ErrUnclosed):
		return "a quote within a value is written twice; the rows behind it were not read"
	}
	return ""
}

// perhaps says what was probably meant, or else.
func perhaps(near, otherwise string) string {
	if near != "" {
		return "perhaps " + near + "; " + otherwise
	}
	return otherwise
}

// likely are words that stand in the names of columns of ours.
var likely = map[string][]string{
	"ip":   {"ip", "addr", "host", "target"},
	"port": {"port"},
	"seen": {"time", "date", "seen", "when", "stamp"},
	"kind": {"kind", "type", "class", "issue", "vuln"},
}

// guess returns the column that is probably one of ours, or "".
func guess(ours string, columns []string) string {
	for _, word := range append([]string{ours}, likely[ours]...) {
		for _, c := range columns {
			if strings.Contains(sheet.Name(c), word) {
				return c
			}
		}
	}
	return sheet.Nearest(ours, columns)
}

// first returns the first column that has a name.
func first(columns []string) string {
	for _, c := range columns {
		if c != "" {
			return c
		}
	}
	return "NAME"
}

// quote writes a column as a shell takes it.
func quote(s string) string {
	s = finding.Clean(s, 40)
	if strings.ContainsAny(s, " \t;|&<>()$`\"'*?#~") {
		return strconv.Quote(s)
	}
	return s
}

// list writes the columns of a file, as many as fit on a line.
func list(columns []string) string {
	var out []string
	for i, c := range columns {
		if i == 12 {
			out = append(out, "…")
			break
		}
		if c != "" {
			out = append(out, finding.Clean(c, 30))
		}
	}
	return strings.Join(out, ", ")
}
