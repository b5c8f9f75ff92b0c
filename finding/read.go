package finding

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
)

// A Format is how an input is written.
type Format string

const (
	Auto         Format = ""             // found out from the content
	Nmap         Format = "nmap"         // XML (-oX), masscan's too
	Masscan      Format = "masscan"      // XML (-oX), JSON (-oJ, -oD) or list (-oL)
	ZGrab2       Format = "zgrab2"       // JSON lines
	Shadowserver Format = "shadowserver" // CSV report
	CSV          Format = "csv"          // columns named in the first line
	JSONLines    Format = "headsup"      // the JSON of Finding, one a line
	Nuclei       Format = "nuclei"       // JSON lines (-jsonl), or an array (-json-export)
	Naabu        Format = "naabu"        // JSON lines (-json), CSV (-csv) or host:port
	HTTPX        Format = "httpx"        // JSON lines (-json)
	IntelMQ      Format = "intelmq"      // events as JSON, flat or nested
	Nessus       Format = "nessus"       // .nessus, or CSV
	OpenVAS      Format = "openvas"      // XML of a report, or CSV
	Shodan       Format = "shodan"       // JSON lines (download), or a search's answer
	Censys       Format = "censys"       // JSON of hosts, or a search's answer
	ZMap         Format = "zmap"         // CSV
)

var formats = []Format{Nmap, Masscan, ZGrab2, Shadowserver, CSV, JSONLines, Nuclei, Naabu, HTTPX, IntelMQ, Nessus, OpenVAS,
	Shodan, Censys, ZMap}

// Formats returns the formats that are read, without [Auto].
func Formats() []Format { return slices.Clone(formats) }

// Options say what an input does not say itself, or not rightly. The zero
// value is useful.
type Options struct {
	Format Format

	// Columns maps our names to the names in a CSV header, compared as
	// [sheet.Name] writes them. Ours are ip, port, proto, kind, seen, service,
	// evidence, strength, reason, reporter.
	Columns map[string]string

	Kind     Kind           // of rows of a list that name none
	Port     uint16         // of rows that name none; a module's usual port is no port that it names
	Report   string         // the type of a Shadowserver report, whatever its file is called
	Reporter string         // who scanned, where the input names nobody
	Seen     time.Time      // when, whatever the input says
	Zone     *time.Location // of times that name no zone; nil is UTC

	// Note, unless nil, is told what was decided about an input as a whole that
	// its reader may want to know: how it is encoded, in which zone its times are.
	Note func(text string)

	// Cover, unless nil, is told what the input says that the scan tried. Then
	// places that answered nothing are rows too, as [Contradicted], and nmap's
	// output for grep (-oG) is read.
	Cover func(Cover)
}

var (
	// ErrEmpty means that there is nothing in the input at all.
	ErrEmpty = errors.New("nothing in it")

	// ErrTooLarge means that something in the input, a line or what a few
	// compressed bytes unpack to, is larger than any scanner writes.
	ErrTooLarge = errors.New("too large")

	// ErrNoTime, ErrNoPort and ErrNoKind mean that a row does not say when, on
	// which port or what, and neither do the options.
	ErrNoTime = fmt.Errorf("%w: no time at which it was seen", ErrFormat)
	ErrNoPort = fmt.Errorf("%w: no port", ErrFormat)
	ErrNoKind = fmt.Errorf("%w: no kind", ErrFormat)

	// ErrForPeople means that an input is what a scanner prints for people.
	ErrForPeople = fmt.Errorf("%w: what the scanner prints for people, not what it writes for programs", ErrFormat)
)

// A RowError is one row that could not be read. The rows after it were.
type RowError struct {
	Source string // "file:line"
	Err    error
	Head   []string // the columns of the table that it stands in, if it has a header
}

func (e *RowError) Error() string { return e.Source + ": " + e.Err.Error() }
func (e *RowError) Unwrap() error { return e.Err }

// Caps, in bytes.
const (
	maxObject   = 4 << 20  // of JSON
	maxWords    = 16 << 10 // of a scanner, to judge by
	maxEvidence = 2 << 10
	maxReason   = 300
	maxName     = 200
)

// Read yields every row of a scanner's output, in its order: as a [Finding],
// or as a [*RowError] that wraps [ErrFormat] or [ErrTooLarge], after which
// reading goes on. A Finding may be [Contradicted]: a row that was looked at
// and is none.
//
// Any other error is the last thing yielded: the input is of no known format
// (ErrFormat), has nothing in it (ErrEmpty), or broke off, and the rows before
// it have been yielded. It names the input and, where there is one, the line.
//
// Name stands for the input in Source and in errors; a Shadowserver report
// carries its kind in it. The input may be compressed with gzip or Zstandard,
// and in any encoding that [sheet.NewText] knows. Memory does not grow with
// the input.
func Read(r io.Reader, name string, o Options) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		rd := &reader{name: Clean(name, maxName), o: o, yield: yield, times: sheet.Times{Zone: o.Zone}}
		err := rd.read(r)
		if errors.Is(err, errStop) {
			return
		}
		notes(rd, err)
		if err == nil {
			return
		}
		source := rd.name
		if rd.line > 0 {
			source = rd.source()
		}
		yield(Finding{}, fmt.Errorf("%s: %w", source, err))
	}
}

// errStop means that the caller wants no more.
var errStop = errors.New("stopped")

// A reader is one input on its way through one format.
type reader struct {
	name  string
	line  int // of the row being read
	o     Options
	yield func(Finding, error) bool
	times sheet.Times
	text  *sheet.Text
	head  []string // of a table
	rows  int      // yielded so far

	titles map[[2]string]title
	told   bool // that the input names all that was tried
}

func (rd *reader) source() string { return rd.name + ":" + strconv.Itoa(rd.line) }

// notes tells what was decided about the input as a whole.
func notes(rd *reader, err error) {
	if rd.o.Note == nil || rd.text == nil {
		return
	}
	if e := rd.text.Encoding(); e != sheet.UTF8 && e != sheet.UTF16 {
		rd.o.Note(fmt.Sprintf("%s: read as %s", rd.name, e))
	}
	if rd.times.Bare && rd.o.Zone == nil && rd.o.Seen.IsZero() {
		rd.o.Note(fmt.Sprintf("%s: times without a zone are read as UTC", rd.name))
	}
	if rd.rows == 0 && err == nil {
		rd.o.Note(fmt.Sprintf("%s: no row in it", rd.name))
	}
}

func (rd *reader) read(r io.Reader) error {
	if rd.o.Format != Auto && !slices.Contains(formats, rd.o.Format) {
		return fmt.Errorf("format %q is none of %q", rd.o.Format, formats)
	}
	in, err := unpack(r)
	if err != nil {
		return err
	}
	rd.text = in
	first, err := firstByte(in)
	if err != nil {
		return err
	}
	if first != '<' {
		if skip, lines := aboveXML(in); skip > 0 {
			in.Discard(skip)
			rd.line, first = lines, '<'
		}
	}
	switch {
	case first == '<' && rd.accepts(Nmap, Masscan, Nessus, OpenVAS):
		return rd.readXML(in)
	case (first == '{' || first == '[') && !rd.table():
		return rd.readJSON(in)
	}
	switch f, head := rd.o.Format, firstLine(in); {
	case rd.accepts(Masscan) && masscanList.MatchString(head):
		return readList(rd, in)
	case f == ZGrab2, f == JSONLines, f == Nuclei, f == HTTPX, f == IntelMQ, f == Shodan, f == Censys, f == Masscan:
		return rd.readJSON(in)
	case rd.o.Cover != nil && rd.accepts(Nmap) && grepable.MatchString(head):
		return readGrepable(rd, in)
	case f == Auto && forPeople.MatchString(head):
		rd.line = 1
		return ErrForPeople
	case f == Nmap:
		return rd.readXML(in)
	}
	return rd.readCSV(in)
}

// accepts reports whether the format of the options is one of these or [Auto].
func (rd *reader) accepts(fs ...Format) bool {
	return rd.o.Format == Auto || slices.Contains(fs, rd.o.Format)
}

// table reports whether the format of the options is one of tables alone.
func (rd *reader) table() bool {
	return slices.Contains([]Format{CSV, Shadowserver, ZMap}, rd.o.Format)
}

// forPeople is how the outputs begin that scanners print for people, or for
// grep.
var forPeople = pattern.New(`^(# (Nmap|Masscan) \d|Starting (Nmap|masscan)|Nmap scan report for ` +
	`|Host: \S+ \(.*\)\s+(Ports|Status): |Discovered open port )`)

// firstLine returns the first line that is not blank, as far as it is at hand.
func firstLine(in *sheet.Text) string {
	head, _ := in.Peek(4 << 10)
	head = bytes.TrimLeft(head, " \t\r\n")
	if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
		head = head[:i]
	}
	return string(head)
}

// firstByte returns the first byte that is not white space, and reads none.
func firstByte(in *sheet.Text) (byte, error) {
	for n := 1; ; n++ {
		b, err := in.Peek(n)
		switch {
		case len(b) == n:
		case err == io.EOF:
			return 0, ErrEmpty
		case err != nil && n > in.Size():
			return 0, fmt.Errorf("%w: it begins with more than %d blanks", ErrFormat, len(b))
		default:
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(b[n-1])) {
			return b[n-1], nil
		}
	}
}

// row yields one row: f made fit to be one, or err.
func (rd *reader) row(f Finding, err error) error {
	if err == nil {
		f, err = rd.finish(f)
	}
	if err != nil {
		f, err = Finding{}, &RowError{rd.source(), err, rd.head}
	}
	rd.rows++
	if !rd.yield(f, err) {
		return errStop
	}
	return nil
}

// isService reports whether a text may name a service: up to 64 small letters,
// figures and " ._/+:-", of which a letter or figure comes first.
func isService(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (i == 0 || !strings.ContainsRune(" ._/+:-", rune(c))) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// finish is the one gate: it fills in what the options know, cleans all text,
// and keeps back whatever is not what Finding promises.
func (rd *reader) finish(f Finding) (Finding, error) {
	f.Addr = f.Addr.Unmap()
	service := strings.ToLower(f.Service)
	if !rd.o.Seen.IsZero() {
		f.Seen = rd.o.Seen
	}
	if f.Source = Clean(f.Source, maxName+20); f.Source == "" {
		f.Source = rd.source()
	}
	if f.Reporter = Clean(f.Reporter, maxName); f.Reporter == "" {
		f.Reporter = Clean(rd.o.Reporter, maxName)
	}
	f.Seen = f.Seen.UTC().Truncate(time.Second)
	f.Reason, f.Name = Clean(f.Reason, maxReason), Clean(f.Name, maxName)
	f.Evidence = Clean(f.Evidence, maxEvidence)
	none := f.Strength == Contradicted
	switch {
	case !f.Addr.IsValid() && !none || f.Addr.Zone() != "":
		return f, badValue("address", f.Addr.String())
	case f.Port == 0 && !none:
		return f, ErrNoPort
	case f.Proto != "tcp" && f.Proto != "udp" && !none:
		return f, badValue("proto", f.Proto)
	case !slices.Contains(kinds, f.Kind):
		return f, badValue("kind", string(f.Kind))
	case service != "" && !isService(service):
		return f, badValue("service", f.Service)
	case !slices.Contains(strengths, f.Strength):
		return f, badValue("strength", string(f.Strength))
	case f.Seen.IsZero() && !none:
		return f, ErrNoTime
	case !f.Seen.IsZero() && (f.Seen.Year() < 1990 || f.Seen.Year() > 9999):
		return f, badValue("time", f.Seen.Format(time.RFC3339))
	}
	f.Service = service
	return f, nil
}

// badValue names a value that is not what its field promises.
func badValue(field, value string) error {
	return fmt.Errorf("%w: %w", ErrFormat, &sheet.ValueError{Kind: field, Value: Clean(value, 60)})
}

// wrong marks an error about a value as one of the format.
func wrong(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrFormat, err)
}

// addrPort reads an address, and the port that may stand behind it.
func addrPort(s string) (netip.Addr, uint16, error) {
	a, port, err := sheet.Addr(s)
	return a, port, wrong(err)
}

func parseAddr(s string) (netip.Addr, error) {
	a, _, err := addrPort(s)
	return a, err
}

// port reads a port; where there is none, it is that of the options.
func (rd *reader) port(s string) (uint16, string, error) {
	if strings.TrimSpace(s) == "" {
		if rd.o.Port == 0 {
			return 0, "", ErrNoPort
		}
		return rd.o.Port, "", nil
	}
	port, proto, err := sheet.Port(s)
	return port, proto, wrong(err)
}

// time reads a time that the house or a scanner wrote; where the options say
// when, it is not looked at. An empty one is zero, for finish to refuse.
func (rd *reader) time(s string) (time.Time, error) {
	if !rd.o.Seen.IsZero() {
		return rd.o.Seen, nil
	}
	at, err := rd.times.Parse(s)
	return at, wrong(err)
}

// utc reads a time of a scanner that writes UTC, with or without saying so.
func (rd *reader) utc(s string) (time.Time, error) {
	if !rd.o.Seen.IsZero() {
		return rd.o.Seen, nil
	}
	var times sheet.Times
	at, err := times.Parse(s)
	return at, wrong(err)
}
