package lease

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
)

// A Format is a kind of log.
type Format string

const (
	Kea     Format = "kea"     // Kea's forensic log (legal log hook)
	Memfile Format = "memfile" // Kea's lease file, CSV
	Dhcpd   Format = "dhcpd"   // ISC dhcpd.leases
	Detail  Format = "detail"  // RADIUS accounting detail, as FreeRADIUS writes it
	Syslog  Format = "syslog"  // dhcpd's log, and port blocks of Juniper, A10 and Cisco
	Rows    Format = "csv"     // a table with a header: see [Source.Rows]
)

// Formats lists all of them.
var Formats = []Format{Kea, Memfile, Dhcpd, Detail, Syslog, Rows}

// A Source says how a log is read, and how far its clock is to be trusted.
type Source struct {
	// Name is what its logs have in common: a file belongs to the same source
	// as the files that it continues. Empty is the file's name without what
	// rotation adds.
	Name   string
	Format Format         // empty finds out
	Zone   *time.Location // of times that name none; nil refuses them
	Ahead  time.Duration  // by how much its clock is known to be fast; negative: slow
	Slack  time.Duration  // by how much it may be off besides; 0 is 2 s, less is none
	Now    time.Time      // when it is read: what is later is of a wrong zone

	bare *bool // is set once a time names no zone and Zone is taken for it
}

// DefaultSlack is how far a log's clock may be off where nothing is said.
const DefaultSlack = 2 * time.Second

func (s *Source) slack() time.Duration {
	switch {
	case s.Slack < 0:
		return 0
	case s.Slack == 0:
		return DefaultSlack
	}
	return s.Slack
}

var (
	// ErrFormat means that a file is no log that can be read here.
	ErrFormat = errors.New("not a log of leases that is known here")
	// ErrZone means that a time names no zone, and the source has none.
	ErrZone = errors.New("times without a zone")
	// ErrWrongZone means that times are none of the zone they are read in.
	ErrWrongZone = errors.New("times of another zone")
	// ErrCut means that the last entry is not whole: it is still being written,
	// or the file broke off.
	ErrCut = errors.New("the last entry breaks off")
)

// A RowError is about one entry alone: the next ones can be read.
type RowError struct {
	Source string // file:line
	Err    error
}

func (e *RowError) Error() string { return e.Source + ": " + e.Err.Error() }
func (e *RowError) Unwrap() error { return e.Err }

// Rows reads a log, plain or gzipped, in constant memory, and yields what it
// says, with times as its clock shows them, corrected by Ahead. A [*RowError]
// is about one entry alone; any other error is the end. Entries that are about
// nobody's address are passed over.
//
// A table of the format [Rows] has columns of these names:
//
//	address     an address or a network
//	start, end  times; an empty end is open, an empty start a bare end
//	holder      or one of user, mac, client, duid, circuit, remote, subscriber, inside
//	first, last ports, where it is about some of them
func (s Source) Rows(r io.Reader, file string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			z, err := gzip.NewReader(in)
			if err != nil {
				yield(Row{}, fmt.Errorf("%s: %w", file, err))
				return
			}
			in = bufio.NewReaderSize(z, 64<<10)
		}
		head, err := in.Peek(64 << 10)
		if err != nil && err != io.EOF {
			yield(Row{}, fmt.Errorf("%s: %w", file, err))
			return
		}
		format := s.Format
		if format == "" {
			format = formatOf(head)
		}
		read := readers[format]
		switch {
		case len(bytes.TrimSpace(head)) == 0:
			return
		case read == nil:
			yield(Row{}, fmt.Errorf("%s: %w", file, ErrFormat))
			return
		}
		l := &log{file: file, yield: yield, clock: clock{times: sheet.Times{Zone: s.Zone}, zone: s.Zone, bare: s.bare, ahead: s.Ahead, now: s.Now}}
		if err := read(l, in); err != nil && !l.over {
			yield(Row{}, fmt.Errorf("%s:%d: %w", file, l.line, err))
		}
	}
}

var readers = map[Format]func(*log, io.Reader) error{
	Kea:     readKea,
	Memfile: readMemfile,
	Dhcpd:   readDhcpd,
	Detail:  readDetail,
	Syslog:  readSyslog,
	Rows:    readTable,
}

var marks = []struct {
	format Format
	mark   *pattern.Pattern
}{
	{Memfile, pattern.New(`(?m)\A(\x{feff})?#?address,(hwaddr|duid),`)},
	{Kea, pattern.New(`(?:Address|Prefix): ?\S+ has been (?:assigned|renewed|released|leased)`)},
	{Detail, pattern.New(`(?m)^\s+(?:Acct-Status-Type|Acct-Session-Id|User-Name|NAS-IP-Address) = `)},
	{Dhcpd, pattern.New(`(?m)^(?:lease [0-9.]+ \{|ia-(?:na|pd) |server-duid |authoring-byte-order |# The format of this file is documented in the dhcpd\.leases)`)},
	{Syslog, pattern.New(`DHCPACK|DHCPREQUEST|DHCPDISCOVER|DHCPRELEASE|JSERVICES_NAT_PORT_BLOCK|CEF:0\|A10|FIXED-NAT-PORTS|Userbased[AW]|%ASA-\d-3050(?:14|15|17|18)`)},
}

// formatOf finds out which format a log has by its beginning, or returns "".
func formatOf(head []byte) Format {
	for _, m := range marks {
		if m.mark.Match(head) {
			return m.format
		}
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	known, timed := 0, false
	for cell := range strings.FieldsFuncSeq(string(first), func(r rune) bool { return strings.ContainsRune(",;\t|", r) }) {
		name := sheet.Name(cell)
		timed = timed || isColumn("start", name) || isColumn("end", name)
		if knownCell(name) {
			known++
		}
	}
	if known >= 3 && timed {
		return Rows
	}
	return ""
}

var rotated = pattern.New(`(\.\d{1,4}|[-._]\d{4}-?\d{2}-?\d{2}([-T_]?\d{2,6})?|\.(gz|old|log|txt|csv|completed|output))+$`)

var dated = pattern.New(`^[\d_-]+$`)

// sourceName returns a file's name without what rotation adds to it: the
// folder's, where nothing else is left.
func sourceName(file string) string {
	dir, base := path.Split(path.Clean(strings.ReplaceAll(file, `\`, "/")))
	if stem := rotated.ReplaceAllString(base, ""); stem != "" {
		base = stem
	}
	if dated.MatchString(base) {
		base = ""
	}
	return cmp.Or(dir+base, "log")
}

// A log is a log that is being read.
type log struct {
	clock
	file  string
	line  int
	yield func(Row, error) bool
	over  bool // nobody wants more
	cut   bool // the last line is not whole
}

func (l *log) where(line int) string { return l.file + ":" + strconv.Itoa(line) }

// row hands a row over, or what is wrong with it. It reports whether to go on.
func (l *log) row(r Row, line int) bool {
	r.Source = l.where(line)
	if r.First == 0 && r.Last == 0 {
		r.Last = 65535
	}
	if err := r.check(); err != nil {
		return l.bad(line, err)
	}
	l.over = !l.yield(r, nil)
	return !l.over
}

// bad hands over what is wrong with an entry. It reports whether to go on.
func (l *log) bad(line int, err error) bool {
	l.over = !l.yield(Row{}, &RowError{l.where(line), err})
	return !l.over
}

// timed takes in an entry of a time that cannot be read. It returns what ends
// the reading: a missing or wrong zone is no matter of one entry.
func (l *log) timed(line int, err error) error {
	if errors.Is(err, ErrZone) || errors.Is(err, ErrWrongZone) {
		l.line = line
		return err
	}
	l.bad(line, err)
	return nil
}

// lines yields the lines of a text; the last one only if it is whole.
func (l *log) lines(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		tail := &tail{r: r}
		in := sheet.NewLines(sheet.NewText(tail))
		last, at := "", 0
		give := func() bool {
			l.line = at
			return at == 0 || yield(last, nil)
		}
		for {
			text, err := in.Next()
			switch {
			case errors.Is(err, sheet.ErrLong):
				if !give() || !l.bad(in.Line(), err) {
					return
				}
				at = 0
			case errors.Is(err, io.EOF) && at > 0 && tail.last != '\n':
				l.cut = true
				l.bad(at, ErrCut)
				return
			case errors.Is(err, io.EOF):
				give()
				return
			case err != nil:
				l.line = at + 1
				yield("", err)
				return
			case !give():
				return
			default:
				last, at = text, in.Line()
			}
		}
	}
}

// A tail remembers the last byte that was read.
type tail struct {
	r    io.Reader
	last byte
}

func (t *tail) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	if n > 0 {
		t.last = b[n-1]
	}
	return n, err
}
