package finding

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
)

// columns are our names for the columns of a list, in the order they have in
// one without a header, each with the other names it is known by, the plainest
// first: a header in the words of the house's own language is no oddity.
var columns = [][]string{
	{"ip", "addr", "address", "ip_address", "ipaddress", "ip_addr", "ipaddr", "ipv4", "ipv6", "saddr", "source.ip", "host_ip", "host",
		"ipv4_address", "ipv6_address", "ip_str", "target_ip", "server_ip", "ip_addresses", "target",
		"ip_adresse", "ipv4_adresse", "ip_adres", "ip_adress", "ip_osoite", "ip_adresa", "ip_cím", "ip_adresi", "adres_ip", "adresse_ip", "adresa_ip",
		"dirección_ip", "direccion_ip", "endereço_ip", "endereco_ip", "indirizzo_ip", "ip_адрес", "ip_адреса", "διεύθυνση_ip",
		"ipアドレス", "ip地址", "ip位址", "ip_주소", "ip주소", "عنوان_ip", "כתובת_ip"},
	{"port", "dst_port", "dport", "dest_port", "destination_port", "port_number", "portid", "source.port", "port/protocol", "port/proto", "tcp_port",
		"ports", "portnummer", "port_nr", "poort", "portti", "puerto", "porta", "porto", "порт", "θύρα", "ポート", "ポート番号", "端口", "端口号", "通訊埠", "포트"},
	{"proto", "protocol", "transport", "port_protocol", "ip_proto", "l4_proto", "protocol.transport"},
	{"kind"},
	{"seen", "timestamp", "time", "datetime", "date_time", "last_seen", "lastseen", "seen_at", "observed", "observed_at", "time.source", "date",
		"date/time", "@timestamp", "scan_time", "scan_date", "scanned_at", "detected_at", "detection_time", "event_time", "detected", "first_seen",
		"zeitpunkt", "zeitstempel", "zeit", "datum", "tijdstip", "tijd", "tidpunkt", "tid", "dato", "aika", "horodatage", "date_et_heure", "fecha_y_hora", "fecha",
		"data_e_ora", "data_e_hora", "data_i_godzina", "czas", "čas", "dátum", "időpont", "tarih", "zaman", "время", "дата", "час", "ημερομηνία",
		"日時", "時刻", "日付", "时间", "日期", "時間", "일시", "시간", "날짜", "data"},
	{"service", "service_name"},
	{"evidence", "banner", "output", "detail", "details"},
	{"strength"},
	{"reason"},
	{"reporter"},
}

// others are names of columns by which the tables of programs are told.
var others = []string{"asn", "geo", "tag", "hostname", "src_ip", "dst_ip", "plugin_id", "plugin_name", "name", "nvt_oid", "nvt_name", "qod",
	"sport", "classification", "success", "tls", "cdn_name"}

// columnNames are our names for columns.
func columnNames() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c[0]
	}
	return names
}

// A HeaderError means that a table lacks a column that each row needs.
type HeaderError struct {
	Missing string   // our name for it, or the name that the options have for it
	Head    []string // the columns that there are
}

func (e *HeaderError) Error() string { return fmt.Sprintf("no column %q in the header", e.Missing) }

// A ColumnsError is about a name in [Options.Columns] that is none of ours.
type ColumnsError struct {
	Name string
	Near string   // the one that was probably meant, or ""
	Ours []string // all there are
}

func (e *ColumnsError) Error() string {
	return fmt.Sprintf("%q is none of the columns that are read", e.Name)
}

// tooLong marks a row that is too long as such.
func tooLong(err error) error { return fmt.Errorf("%w: %w", ErrTooLarge, err) }

// endOf turns what ended a table into what its reader is told.
func endOf(err, eof error) error {
	switch {
	case err == io.EOF:
		return eof
	case errors.Is(err, sheet.ErrUnclosed):
		return wrong(err)
	case errors.Is(err, sheet.ErrLong):
		return tooLong(err)
	}
	return err
}

// readCSV reads a table: that of a program, which its columns tell, or a list.
// Columns go by the names in the header, never by their place: reports gain
// columns in the middle.
func (rd *reader) readCSV(in *sheet.Text) error {
	t := sheet.NewTable(in, rd.known)
	head, err := t.Head()
	if err != nil {
		rd.line = 1
		return endOf(err, ErrEmpty)
	}
	rd.line, rd.head = head.Line, head.Columns
	free := len(rd.o.Columns) == 0 // the options do not say what the columns are
	for _, f := range []struct {
		format Format
		is     bool
		read   func(*sheet.Head) (func(sheet.Row) (Finding, error), error)
	}{
		{Shadowserver, isReport(rd, head), rd.report},
		{Nessus, head.Has("plugin_id", "host", "port") || head.Has("plugin", "plugin_name", "ip_address"), rd.nessusTable},
		{OpenVAS, head.Has("nvt_oid", "ip") || head.Has("nvt_name", "ip"), rd.openvasTable},
		{ZMap, head.Has("saddr"), rd.zmapTable},
		{Naabu, head.Has("host", "ip", "port") && (head.Has("tls") || head.Has("cdn_name")), rd.naabuTable},
	} {
		if rd.o.Format != f.format && (rd.o.Format != Auto || !free || !f.is) {
			continue
		}
		if bare(head) && f.format != Shadowserver {
			break
		}
		parse, err := f.read(head)
		if err != nil {
			return err
		}
		return readRows(rd, t, parse)
	}
	if bare(head) && free {
		return readBare(rd, t)
	}
	if err := listColumns(rd, head); err != nil {
		return err
	}
	return readRows(rd, t, rd.listRow)
}

// known reports whether a column has a name that is read.
func (rd *reader) known(name string) bool {
	for _, theirs := range rd.o.Columns {
		if sheet.Name(theirs) == name {
			return true
		}
	}
	if m := timeHead.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	return slices.Contains(others, name) || slices.ContainsFunc(columns, func(c []string) bool { return slices.Contains(c, name) })
}

// bare reports whether a table has no header: its first value is an address.
func bare(head *sheet.Head) bool {
	_, _, err := sheet.Addr(head.Columns[0])
	return err == nil
}

// readBare reads a table without a header. One column of addresses with their
// ports is what naabu prints, and one of addresses what ZMap does, unless the
// options say what they are.
func readBare(rd *reader, t *sheet.Table) error {
	first, err := t.Head()
	if err != nil {
		return err
	}
	names := columnNames()
	for len(names) < len(first.Columns) {
		names = append(names, "")
	}
	rd.head = nil
	row, parse := t.First(sheet.NewHead(names[:len(first.Columns)])), rd.listRow
	if len(first.Columns) == 1 && (rd.o.Kind == "" && rd.o.Format != CSV || rd.o.Format == ZMap || rd.o.Format == Naabu) {
		parse = rd.openPort
	}
	rd.line = row.Line
	if err := rd.row(parse(row)); err != nil {
		return err
	}
	return readRows(rd, t, parse)
}

// openPort reads an address that says no more than that a port of it is open.
func (rd *reader) openPort(r sheet.Row) (Finding, error) {
	addr, number, err := addrPort(r.Get("ip"))
	if number == 0 {
		number = rd.o.Port
	}
	return portAlone(port{}, number).of(addr, number, "tcp", rd.o.Seen), err
}

// readRows yields the rows of a table.
func readRows(rd *reader, t *sheet.Table, parse func(sheet.Row) (Finding, error)) error {
	for {
		row, err := t.Next()
		rd.line = row.Line
		var wide *sheet.WidthError
		var f Finding
		switch {
		case err == nil:
			f, err = parse(row)
		case errors.Is(err, sheet.ErrLong):
			err = tooLong(err)
		case errors.Is(err, sheet.ErrCut), errors.As(err, &wide):
			err = wrong(err)
		default:
			return endOf(err, nil)
		}
		if err := rd.row(f, err); err != nil {
			return err
		}
	}
}

// listColumns finds our columns in the header of a list.
func listColumns(rd *reader, head *sheet.Head) error {
	ours := columnNames()
	for _, name := range slices.Sorted(maps.Keys(rd.o.Columns)) {
		if !slices.Contains(ours, name) {
			return &ColumnsError{Name: name, Near: sheet.Nearest(name, ours), Ours: ours}
		}
	}
	for _, names := range columns {
		theirs, told := rd.o.Columns[names[0]]
		if told {
			names = []string{names[0], theirs}
			if !head.Alias(names[0], theirs) {
				return wrong(&HeaderError{theirs, head.Columns})
			}
			continue
		}
		if head.Has(names[0]) {
			continue
		}
		for _, name := range names[1:] {
			if head.Alias(names[0], name) {
				break
			}
		}
	}
	if !head.Has("ip") {
		return wrong(&HeaderError{"ip", head.Columns})
	}
	timeInUTC(rd, head)
	return nil
}

// timeHead is how the name of a column says that its times are UTC.
var timeHead = pattern.New(`^(.+?)_?[([_](?:utc|gmt)[)\]]?$`)

// timeInUTC finds the column of times by a name such as "Timestamp (UTC)",
// which says more than the options do.
func timeInUTC(rd *reader, head *sheet.Head) {
	theirs, told := rd.o.Columns["seen"]
	for _, c := range head.Columns {
		m := timeHead.FindStringSubmatch(sheet.Name(c))
		switch {
		case m == nil:
		case told && sheet.Name(theirs) == sheet.Name(c),
			!told && !head.Has("seen") && slices.Contains(columns[seenIndex], m[1]) && head.Alias("seen", c):
			rd.times.Zone = time.UTC
			return
		}
	}
}

const seenIndex = 4 // in columns

// listRow reads one row of a list.
func (rd *reader) listRow(r sheet.Row) (f Finding, err error) {
	f.Addr, f.Port, err = addrPort(r.Get("ip"))
	if err != nil {
		return f, err
	}
	number, proto, err := portBeside(rd, f.Port, r.Get("port"))
	if err != nil {
		return f, err
	}
	f.Port = number
	if f.Seen, err = rd.time(seenOf(r)); err != nil {
		return f, err
	}
	word := func(name string) string { return strings.ToLower(strings.TrimSpace(r.Get(name))) }
	if f.Proto, err = protoBeside(proto, word("proto")); err != nil {
		return f, err
	}
	f.Kind = cmp.Or(kindOf(word("kind")), rd.o.Kind)
	f.Service = strings.TrimSpace(r.Get("service"))
	f.Evidence = clip(r.Get("evidence"), maxWords)
	f.Reporter = r.Get("reporter")
	if f.Kind == "" {
		return f, ErrNoKind
	}
	v := judgeWords(f.Kind, f.Evidence)
	if s := Strength(word("strength")); s != "" {
		v.by(listSays)
		if s == Contradicted {
			v.by(listNothing)
		}
		v.Strength, v.Reason = s, cmp.Or(r.Get("reason"), v.Reason)
	}
	f.Strength, f.Reason, f.Rule = v.Strength, v.Reason, v.rule.ID
	return f, nil
}

// kindOf returns the kind that a list names, in small letters. People write
// "open relay", "open_proxy" and "SMTP open relay".
func kindOf(s string) Kind {
	s = strings.NewReplacer(" ", "-", "_", "-").Replace(s)
	if m := kindNames.FindStringSubmatch(s); m != nil {
		return Kind(m[1] + "-" + m[2])
	}
	return Kind(s)
}

var kindNames = pattern.New(`^(?:smtp-|http-|socks[45]?-)?(open)-?(?:mail-|smtp-|http-|socks[45]?-)?(relay|proxy)$`)

// seenOf returns the text of the time of a row: that of the column seen, with
// that of a column time where it holds the day alone.
func seenOf(r sheet.Row) string {
	seen := r.Get("seen")
	if day, clock := r.Get("date"), r.Get("time"); day != "" && clock != "" && (seen == day || seen == clock) {
		return day + " " + clock
	}
	return seen
}

// portBeside reads the port of a row; beside is the one that stands behind its
// address, or 0.
func portBeside(rd *reader, beside uint16, s string) (uint16, string, error) {
	if beside != 0 && strings.TrimSpace(s) == "" {
		return beside, "", nil
	}
	number, proto, err := rd.port(s)
	if err == nil && beside != 0 && beside != number {
		err = badValue("port", s)
	}
	return number, proto, err
}

// protoBeside reads the protocol of a row; beside is the one that stands beside
// its port, or "".
func protoBeside(beside, s string) (string, error) {
	switch proto := sheet.Proto(s); {
	case s == "":
		return cmp.Or(beside, "tcp"), nil
	case proto == "" || beside != "" && beside != proto:
		return "", badValue("proto", s)
	default:
		return proto, nil
	}
}
