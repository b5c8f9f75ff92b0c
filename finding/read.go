package finding

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Format is how an input is written.
type Format string

const (
	Auto         Format = ""             // found out from the content
	Nmap         Format = "nmap"         // XML (-oX), masscan's too
	Masscan      Format = "masscan"      // XML (-oX) or JSON (-oJ, -oD)
	ZGrab2       Format = "zgrab2"       // JSON lines
	Shadowserver Format = "shadowserver" // CSV report
	CSV          Format = "csv"          // columns named in the first line
	JSONLines    Format = "headsup"      // the JSON of Finding, one a line
)

var formats = []Format{Nmap, Masscan, ZGrab2, Shadowserver, CSV, JSONLines}

// Options say what an input does not say itself. The zero value is useful.
type Options struct {
	Format Format

	// Columns maps our names to the names in a CSV header, compared without
	// case. Ours are ip, port, proto, kind, seen, service, evidence, strength,
	// reason, reporter.
	Columns map[string]string

	Kind     Kind      // of CSV rows that name none
	Reporter string    // who scanned, where the input names nobody
	Seen     time.Time // when, where the input does not say
}

var (
	// ErrEmpty means that there is nothing in the input at all.
	ErrEmpty = errors.New("nothing in it")

	// ErrTooLarge means that something in the input, a line or what a few
	// compressed bytes unpack to, is larger than any scanner writes.
	ErrTooLarge = errors.New("too large")
)

// A RowError is one row that could not be read. The rows after it were.
type RowError struct {
	Source string // "file:line"
	Err    error
}

func (e *RowError) Error() string { return e.Source + ": " + e.Err.Error() }
func (e *RowError) Unwrap() error { return e.Err }

// Caps, in bytes.
const (
	maxLine     = 1 << 20
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
// carries its kind in it. The input may be compressed with gzip or Zstandard.
// Memory does not grow with the input.
func Read(r io.Reader, name string, o Options) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		rd := &reader{name: Clean(name, maxName), o: o, yield: yield}
		err := rd.read(r)
		if err == nil || errors.Is(err, errStop) {
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
}

func (rd *reader) source() string { return rd.name + ":" + strconv.Itoa(rd.line) }

func (rd *reader) read(r io.Reader) error {
	if rd.o.Format != Auto && !slices.Contains(formats, rd.o.Format) {
		return fmt.Errorf("format %q is none of %q", rd.o.Format, formats)
	}
	in, err := unpack(r)
	if err != nil {
		return err
	}
	first, err := firstByte(in)
	if err != nil {
		return err
	}
	switch f := rd.o.Format; {
	case f == Nmap, first == '<' && (f == Auto || f == Masscan):
		return rd.readXML(in)
	case f == ZGrab2, f == JSONLines, f == Masscan, f == Auto && (first == '{' || first == '['):
		return rd.readJSON(in)
	default:
		return rd.readCSV(in)
	}
}

// firstByte returns the first byte that is not white space, and reads none.
func firstByte(in *bufio.Reader) (byte, error) {
	for n := 1; ; n++ {
		b, err := in.Peek(n)
		switch {
		case len(b) == n:
		case err == io.EOF:
			return 0, ErrEmpty
		case err == bufio.ErrBufferFull:
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
		f, err = Finding{}, &RowError{rd.source(), err}
	}
	if !rd.yield(f, err) {
		return errStop
	}
	return nil
}

var serviceName = regexp.MustCompile(`^[a-z0-9][a-z0-9 ._/+:-]{0,63}$`)

// finish is the one gate: it fills in what the options know, cleans all text,
// and keeps back whatever is not what Finding promises.
func (rd *reader) finish(f Finding) (Finding, error) {
	f.Addr = f.Addr.Unmap()
	service := strings.ToLower(f.Service)
	if f.Seen.IsZero() {
		f.Seen = rd.o.Seen
	}
	if f.Source = Clean(f.Source, maxName+20); f.Source == "" {
		f.Source = rd.source()
	}
	if f.Reporter = Clean(f.Reporter, maxName); f.Reporter == "" {
		f.Reporter = Clean(rd.o.Reporter, maxName)
	}
	f.Seen = f.Seen.UTC().Truncate(time.Second)
	f.Reason = Clean(f.Reason, maxReason)
	f.Evidence = Clean(f.Evidence, maxEvidence)
	switch {
	case !f.Addr.IsValid() || f.Addr.Zone() != "":
		return f, badValue("address", f.Addr.String())
	case f.Port == 0:
		return f, badValue("port", "0")
	case f.Proto != "tcp" && f.Proto != "udp":
		return f, badValue("proto", f.Proto)
	case !slices.Contains(kinds, f.Kind):
		return f, badValue("kind", string(f.Kind))
	case service != "" && !serviceName.MatchString(service):
		return f, badValue("service", f.Service)
	case !slices.Contains(strengths, f.Strength):
		return f, badValue("strength", string(f.Strength))
	case f.Seen.Year() < 1990 || f.Seen.Year() > 9999:
		return f, fmt.Errorf("%w: no time at which it was seen", ErrFormat)
	}
	f.Service = service
	return f, nil
}

// badValue names a value that is not what its field promises.
func badValue(field, value string) error {
	return fmt.Errorf("%w: %s %q", ErrFormat, field, Clean(value, 60))
}

func parseAddr(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, badValue("address", s)
	}
	return a, nil
}

func parsePort(s string) (uint16, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 16)
	if err != nil || n == 0 {
		return 0, badValue("port", s)
	}
	return uint16(n), nil
}

// parseTime reads the times that scanners write. One without a zone is UTC; an
// empty one is zero, for finish to fill.
func parseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 0 || n > 253402300799 { // the year 9999
			return time.Time{}, badValue("time", s)
		}
		return time.Unix(n, 0), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, badValue("time", s)
}
