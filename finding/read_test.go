package finding

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// lines reads r to its end and says what came, a line for each row or error.
func lines(r io.Reader, name string, o Options) []string {
	var out []string
	for f, err := range Read(r, name, o) {
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		_, line, _ := strings.Cut(f.Source, ":")
		out = append(out, fmt.Sprintf("%s %s %d/%s %s %s %s", line, f.Addr, f.Port, f.Proto, f.Kind, f.Service, f.Strength))
	}
	return out
}

func file(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// What real scanners said about real servers on one machine.
func TestSamples(t *testing.T) {
	dir := "../../shared/samples/scans"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no samples: %v", err)
	}
	for name, want := range map[string][]string{
		"nmap-httpproxy-default.xml": {
			"19 127.0.0.1 13128/tcp open-proxy http observed",
			"20 127.0.0.1 18080/tcp open-proxy http weak",
			"21 127.0.0.1 18123/tcp exposed-service  contradicted",
		},
		"nmap-httpproxy-pattern.xml": {
			"19 127.0.0.1 13128/tcp open-proxy http verified",
			"20 127.0.0.1 18080/tcp open-proxy http weak",
			"21 127.0.0.1 18123/tcp open-proxy http contradicted",
		},
		"nmap-smtp-relay.xml": {
			"13 127.0.0.1 10025/tcp open-relay smtp observed",
			"14 127.0.0.1 10026/tcp open-relay smtp weak",
			"15 127.0.0.1 10027/tcp open-relay smtp contradicted",
		},
		"nmap-smtp-relay-vv.xml": {
			"19 127.0.0.1 10025/tcp open-relay smtp observed",
			"20 127.0.0.1 10026/tcp open-relay smtp weak",
			"21 127.0.0.1 10027/tcp open-relay smtp contradicted",
		},
		"nmap-smtp-open-relay.xml": {
			"13 127.0.0.25 25/tcp open-relay smtp observed",
			"21 127.0.0.26 25/tcp open-relay smtp contradicted",
		},
		"nmap-socks.xml":            {"13 127.0.0.1 11080/tcp open-proxy socks5 observed"},
		"nmap-socks-open-proxy.xml": {"13 127.0.0.32 1080/tcp open-proxy socks5 observed"},
		"nmap-all.xml": {
			"13 127.0.0.25 25/tcp open-relay smtp observed",
			"25 127.0.0.26 25/tcp open-relay smtp contradicted",
			"40 127.0.0.31 3128/tcp open-proxy http verified",
			"52 127.0.0.32 1080/tcp open-proxy socks5 observed",
			"70 127.0.0.33 6379/tcp exposed-service redis verified",
		},
		"nmap-24-open.xml": {
			"16 127.0.0.25 25/tcp open-relay smtp contradicted",
			"27 127.0.0.26 25/tcp open-relay smtp contradicted",
			"38 127.0.0.31 3128/tcp open-proxy squid-http contradicted",
			"49 127.0.0.32 1080/tcp open-proxy socks contradicted",
			"60 127.0.0.33 6379/tcp exposed-service redis contradicted",
			"71 127.0.0.35 53/tcp exposed-service dns contradicted",
		},
		"masscan.xml": {
			"5 127.0.0.33 6379/tcp exposed-service redis contradicted",
			"6 127.0.0.25 25/tcp open-relay smtp contradicted",
			"7 127.0.0.35 53/tcp exposed-service dns contradicted",
			"8 127.0.0.31 3128/tcp open-proxy http contradicted",
			"9 127.0.0.26 25/tcp open-relay smtp contradicted",
		},
		"masscan.json": {
			"2 127.0.0.32 1080/tcp open-proxy socks5 contradicted",
			"4 127.0.0.25 25/tcp open-relay smtp contradicted",
			"6 127.0.0.31 3128/tcp open-proxy http contradicted",
			"8 127.0.0.26 25/tcp open-relay smtp contradicted",
		},
		"zgrab2-http.jsonl":  {"1 127.0.0.31 3128/tcp exposed-service http contradicted"},
		"zgrab2-redis.jsonl": {"1 127.0.0.33 6379/tcp exposed-service redis verified"},
		"zgrab2-smtp.jsonl": {
			"1 127.0.0.40 25/tcp open-relay smtp contradicted",
			"2 127.0.0.25 25/tcp open-relay smtp contradicted",
			"3 127.0.0.26 25/tcp open-relay smtp contradicted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := lines(file(t, filepath.Join(dir, name)), name, Options{})
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNmapServices(t *testing.T) {
	got := lines(file(t, "testdata/services.xml"), "services.xml", Options{})
	want := []string{
		"9 192.0.2.10 22/tcp exposed-service ssh contradicted",
		"10 192.0.2.10 23/tcp exposed-service telnet weak",
		"11 192.0.2.10 53/udp exposed-service dns observed",
		"12 192.0.2.10 53/tcp exposed-service dns contradicted",
		"15 192.0.2.10 161/udp exposed-service snmp observed",
		"16 192.0.2.10 502/tcp exposed-service modbus observed",
		"17 192.0.2.10 3389/tcp exposed-service rdp contradicted",
		"18 192.0.2.10 5555/tcp exposed-service adb contradicted",
		"19 192.0.2.10 5900/tcp exposed-service vnc verified",
		"20 192.0.2.10 6379/tcp exposed-service redis contradicted",
		"21 192.0.2.10 6380/tcp exposed-service redis observed",
		"22 192.0.2.10 9200/tcp exposed-service elasticsearch observed",
		"23 192.0.2.10 11211/tcp exposed-service memcached contradicted",
		"24 192.0.2.10 27017/tcp exposed-service mongodb weak",
		"29 2001:db8::10 25/tcp open-relay smtp contradicted",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNmapTellsWhen(t *testing.T) {
	var seen []int64
	for f := range Read(file(t, "testdata/services.xml"), "services.xml", Options{}) {
		seen = append(seen, f.Seen.Unix())
	}
	if end, start := seen[0], seen[len(seen)-1]; end != 1772359260 || start != 1772359230 {
		t.Errorf("seen at %d, where the host has an end, and at %d, where it has only a start", end, start)
	}
}

const (
	header = "ip,port,proto,kind,seen,service,evidence\n"
	good   = "192.0.2.7,6379,tcp,exposed-service,2026-03-01T10:00:00Z,redis,PONG\n"
	goodAs = " 192.0.2.7 6379/tcp exposed-service redis observed"
	jsonOK = `{"addr":"192.0.2.7","port":6379,"proto":"tcp","kind":"exposed-service","service":"redis","strength":"observed","reason":"r","seen":"2026-03-01T10:00:00Z","source":"a:9"}` + "\n"
)

func TestRows(t *testing.T) {
	const bad = "in:2: not in the expected format: "
	for _, tt := range []struct {
		name, in string
		o        Options
		want     []string
	}{
		{"a bad port names itself and its line, and the next row is read",
			header + "192.0.2.8,65536,tcp,open-relay,2026-03-01T10:00:00Z,,\n" + good, Options{},
			[]string{bad + `port "65536"`, "3" + goodAs}},
		{"port 0 is none", header + "192.0.2.8,0,tcp,open-relay,2026-03-01T10:00:00Z,,\n", Options{}, []string{bad + `port "0"`}},
		{"a name is no address", header + "host.example,25,tcp,open-relay,2026-03-01T10:00:00Z,,\n", Options{}, []string{bad + `address "host.example"`}},
		{"a zone is refused", header + "fe80::1%eth0,25,tcp,open-relay,2026-03-01T10:00:00Z,,\n", Options{}, []string{bad + `address "fe80::1%eth0" holds on one link only`}},
		{"IPv4 in IPv6 is IPv4", header + "::ffff:192.0.2.7,6379,tcp,exposed-service,2026-03-01T10:00:00Z,redis,\n", Options{}, []string{"2" + goodAs}},
		{"sctp is neither tcp nor udp", header + "192.0.2.8,25,sctp,open-relay,2026-03-01T10:00:00Z,,\n", Options{}, []string{bad + `proto "sctp"`}},
		{"a kind that no letter is about", header + "192.0.2.8,25,tcp,open-door,2026-03-01T10:00:00Z,,\n", Options{}, []string{bad + `kind "open-door"`}},
		{"a service that is not UTF-8", header + "192.0.2.8,25,tcp,open-relay,2026-03-01T10:00:00Z,\xff\xfe,\n", Options{}, []string{bad + `service "ÿþ"`}},
		{"no time", header + "192.0.2.8,25,tcp,open-relay,,,\n", Options{}, []string{bad + "no time at which it was seen"}},
		{"the time of the options", header + "192.0.2.7,6379,tcp,exposed-service,,redis,\n", Options{Seen: time.Unix(1772359200, 0)}, []string{"2" + goodAs}},
		{"columns that a spreadsheet left out are empty", header + "192.0.2.8,25\n" + good, Options{}, []string{bad + "no kind", "3" + goodAs}},
		{"a last line that breaks off", header + good + "192.0.2.8,25,tcp,open-rel", Options{Kind: OpenRelay}, []string{"2" + goodAs, "in:3: not in the expected format: the last line breaks off"}},
		{"too many columns", header + "192.0.2.8,25,tcp,open-relay,2026-03-01T10:00:00Z,,,x\n" + good, Options{}, []string{bad + "8 columns, want 7", "3" + goodAs}},
		{"blank lines are no rows", header + "\n" + good + "\r\n", Options{}, []string{"3" + goodAs}},
		{"a value over two lines is one row", header + "192.0.2.7,6379,tcp,exposed-service,2026-03-01T10:00:00Z,redis,\"a\n192.0.2.9,25\"\n" + good, Options{}, []string{"2" + goodAs, "4" + goodAs}},
		{"a quote inside a value stands for itself", header + strings.Replace(good, "PONG", `a "b" c`, 1) + good, Options{}, []string{"2" + goodAs, "3" + goodAs}},
		{"semicolons and CRLF, as Excel writes", strings.NewReplacer(",", ";", "\n", "\r\n").Replace(header + good), Options{}, []string{"2" + goodAs}},
		{"a carriage return is cut only from the last value", "ip,port\r,kind,\n192.0.2.7,25,open-relay,\n", Options{Seen: time.Unix(1772359200, 0)}, []string{"2 192.0.2.7 25/tcp open-relay  observed"}},
		{"no header, our order", good, Options{}, []string{"1" + goodAs}},
		{"no kind", "ip,port,seen\n192.0.2.8,25,2026-03-01 10:00:00\n", Options{}, []string{bad + "no kind"}},
		{"the kind of the options", "ip,port,seen\n192.0.2.8,25,2026-03-01 10:00:00\n", Options{Kind: OpenRelay}, []string{"2 192.0.2.8 25/tcp open-relay  observed"}},
		{"columns under other names", "Host,Dst Port,When\n192.0.2.8,25,1772359200\n",
			Options{Kind: OpenRelay, Columns: map[string]string{"ip": "host", "port": "Dst Port", "seen": "WHEN"}}, []string{"2 192.0.2.8 25/tcp open-relay  observed"}},
		{"a column that is not there", "ip,port\n", Options{Columns: map[string]string{"seen": "When"}}, []string{`in:1: not in the expected format: no column "When" in the header`}},
		{"a column that nobody knows", "ip,port\n", Options{Columns: map[string]string{"color": "ip"}}, []string{`in:1: "color" is none of the columns that are read`}},
		{"words that contradict are heard in lists too", header + "192.0.2.8,3128,tcp,open-proxy,2026-03-01T10:00:00Z,http,Potentially OPEN proxy. Methods supported:CONNECTION\n", Options{}, []string{"2 192.0.2.8 3128/tcp open-proxy http weak"}},
		{"a strength of the list", "ip,port,kind,seen,strength,reason\n192.0.2.8,25,open-relay,1772359200,Verified,mail came back\n", Options{}, []string{"2 192.0.2.8 25/tcp open-relay  verified"}},
		{"a strength that is none", "ip,port,kind,seen,strength\n192.0.2.8,25,open-relay,1772359200,certain\n", Options{}, []string{bad + `strength "certain"`}},

		{"own lines, and the sum is no row", jsonOK + `{"rows":1,"lettered":0,"rejected":0}` + "\n", Options{}, []string{"9" + goodAs}},
		{"JSON that is none, and the next line is read", jsonOK + "{\n" + jsonOK, Options{}, []string{"9" + goodAs, bad + "an object that is no JSON", "9" + goodAs}},
		{"a port that masscan saw closed is no row", `{"ip":"192.0.2.7","timestamp":"1772359200","ports":[{"port":25,"proto":"tcp","status":"closed"},{"port":80,"proto":"tcp","status":"open"}]}`, Options{}, []string{"1 192.0.2.7 80/tcp exposed-service  contradicted"}},
		{"JSON of another program", jsonOK + `{"a":1}`, Options{}, []string{"9" + goodAs, bad + "not an object of a scanner that is read"}},
		{"a port too large in JSON", "\n" + strings.Replace(jsonOK, "6379", "65536", 1), Options{}, []string{bad + `port "65536"`}},
		{"the format of the options holds for each line", jsonOK, Options{Format: ZGrab2}, []string{"in:1: not in the expected format: not an object of a scanner that is read"}},

		{"nothing", "", Options{}, []string{"in: nothing in it"}},
		{"blanks", " \n\n", Options{}, []string{"in: nothing in it"}},
		{"prose", "Dear Sir,\n", Options{}, []string{`in:1: not in the expected format: no column "ip" in the header`}},
		{"XML of another program", "<html><body/></html>", Options{}, []string{"in:1: not in the expected format: <html> is not the XML of a scanner that is read"}},
		{"an unknown format", good, Options{Format: "xls"}, []string{`in: format "xls" is none of ["nmap" "masscan" "zgrab2" "shadowserver" "csv" "headsup" "nuclei" "naabu" "httpx" "intelmq" "nessus" "openvas" "shodan" "censys" "zmap"]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(strings.NewReader(tt.in), "in", tt.o)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	last := func(r io.Reader) (err error) {
		for _, err = range Read(r, "in", Options{}) {
		}
		return err
	}
	var row *RowError
	if err := last(strings.NewReader(header + "x,25,tcp,open-relay,,,\n")); !errors.As(err, &row) || row.Source != "in:2" || !errors.Is(err, ErrFormat) {
		t.Errorf("a bad row: %v", err)
	}
	if err := last(strings.NewReader("")); !errors.Is(err, ErrEmpty) || errors.As(err, &row) {
		t.Errorf("an empty input: %v", err)
	}
	gone := errors.New("is a directory")
	for _, in := range []string{"", header + good, jsonOK, "<nmaprun>"} {
		if err := last(io.MultiReader(strings.NewReader(in), iotest.ErrReader(gone))); !errors.Is(err, gone) || errors.As(err, &row) {
			t.Errorf("a failing read after %q: %v", in, err)
		}
	}
}

// What breaks off ends with an error, after everything before it.
func TestBroken(t *testing.T) {
	xml, err := os.ReadFile("testdata/services.xml")
	if err != nil {
		t.Fatal(err)
	}
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	w.Write([]byte(header + strings.Repeat(good, 5000)))
	w.Close()
	for _, tt := range []struct {
		name string
		in   []byte
		rows int
		want error
	}{
		{"XML without its end", xml[:bytes.LastIndex(xml, []byte("</ports>"))], 15, io.ErrUnexpectedEOF},
		{"XML that only begins", []byte(`<?xml version="1.0"?>` + "\n"), 0, io.ErrUnexpectedEOF},
		{"XML cut within a tag", xml[:bytes.Index(xml, []byte(`portid="53"`))], 2, io.ErrUnexpectedEOF},
		{"XML with tags that do not match", bytes.Replace(xml, []byte("</hostscript>"), []byte("</host>"), 1), 14, ErrFormat},
		{"gzip cut short", gz.Bytes()[:gz.Len()-9], 5000, io.ErrUnexpectedEOF},
		{"gzip with a wrong checksum", slices.Concat(gz.Bytes()[:gz.Len()-8], []byte("12345678")), 5000, gzip.ErrChecksum},
		{"a quote without its pair", []byte(header + good + `192.0.2.8,25,tcp,open-relay,2026-03-01T10:00:00Z,,"` + "\n" + good), 1, ErrFormat},
		{"XML nested too deep", []byte("<nmaprun>" + strings.Repeat("<table>", 100)), 0, ErrFormat},
		{"an XML element too large", []byte(`<nmaprun a="` + strings.Repeat("a", maxToken) + `">`), 0, ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, last := 0, error(nil)
			for _, err := range Read(bytes.NewReader(tt.in), "in", Options{}) {
				if last != nil {
					t.Fatalf("%v, and more after it", last)
				}
				if last = err; err == nil {
					rows++
				}
			}
			if rows < tt.rows-50 || rows > tt.rows || !errors.Is(last, tt.want) {
				t.Errorf("%d rows, %v; want %d, %v", rows, last, tt.rows, tt.want)
			}
			if row := new(RowError); errors.As(last, &row) {
				t.Errorf("%v is of one row", last)
			}
		})
	}
}

// A line of 10 MB is one rejected row.
func TestLongLines(t *testing.T) {
	const ten = 10 << 20
	for _, tt := range []struct{ name, before, open, fill, end, after string }{
		{"CSV", header + good, "192.0.2.8,25,tcp,open-relay,2026-03-01T10:00:00Z,,", "x", "\n", good},
		{"CSV, quoted, with rows inside", header + good, `192.0.2.8,25,tcp,open-relay,2026-03-01T10:00:00Z,,"`, good, "\"\n", good},
		{"JSON lines", "\n" + jsonOK, `{"addr":"`, "x", "\"}\n", jsonOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := ten / len(tt.fill)
			in := io.MultiReader(strings.NewReader(tt.before+tt.open), &repeat{tt.fill, n * len(tt.fill), 0}, strings.NewReader(tt.end+tt.after))
			var got []string
			for f, err := range Read(in, "in", Options{}) {
				if err != nil {
					got = append(got, err.Error())
				} else {
					got = append(got, f.Addr.String())
				}
			}
			if len(got) != 3 || got[0] != "192.0.2.7" || !strings.HasPrefix(got[1], "in:3: too large: ") || got[2] != "192.0.2.7" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A repeat is n bytes of s, over and over.
type repeat struct {
	s     string
	n, at int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), r.n)]
	for i := range p {
		p[i] = r.s[(r.at+i)%len(r.s)]
	}
	r.at, r.n = r.at+len(p), r.n-len(p)
	return len(p), nil
}

func TestPacked(t *testing.T) {
	plain := header + strings.Repeat(good, 1000)
	var gz, zst bytes.Buffer
	zw := gzip.NewWriter(&gz)
	zw.Write([]byte(plain))
	zw.Close()
	ew, _ := zstd.NewWriter(&zst)
	ew.Write([]byte(plain))
	ew.Close()
	utf16 := []byte("\xff\xfe")
	for _, b := range []byte(plain) {
		utf16 = append(utf16, b, 0)
	}
	for name, in := range map[string][]byte{"gzip": gz.Bytes(), "zstd": zst.Bytes(), "UTF-16": utf16, "byte order mark": []byte("\xef\xbb\xbf" + plain)} {
		t.Run(name, func(t *testing.T) {
			got := lines(bytes.NewReader(in), "in", Options{})
			if len(got) != 1000 || got[999] != "1001"+goodAs {
				t.Errorf("%d rows, the last %q", len(got), got[len(got)-1])
			}
		})
	}
}

// A bomb goes off early, without memory.
func TestBombs(t *testing.T) {
	zeros := func(w io.WriteCloser) {
		io.Copy(w, io.MultiReader(strings.NewReader(header+good), &repeat{"0", 64 << 20, 0}))
		w.Close()
	}
	var gz, zst bytes.Buffer
	zeros(gzip.NewWriter(&gz))
	zw, _ := zstd.NewWriter(&zst)
	zeros(zw)
	for name, in := range map[string][]byte{"gzip": gz.Bytes(), "zstd": zst.Bytes()} {
		t.Run(name, func(t *testing.T) {
			rows, last := 0, error(nil)
			for _, err := range Read(bytes.NewReader(in), "in", Options{}) {
				if last = err; err == nil {
					rows++
				}
			}
			if rows != 1 || !errors.Is(last, ErrTooLarge) || !strings.Contains(last.Error(), "unpack") {
				t.Errorf("%d rows, %v", rows, last)
			}
		})
	}
}

func TestReadStopsWhenTold(t *testing.T) {
	for _, in := range []string{header + good + good, jsonOK + jsonOK, header + "x\nx\n"} {
		n := 0
		for range Read(strings.NewReader(in), "in", Options{}) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%d rows", n)
		}
	}
}

func TestTextIsCleaned(t *testing.T) {
	in := header + "192.0.2.7,25,tcp,open-relay,2026-03-01T10:00:00.9+01:00,smtp,\"é220 \x1b[31mm\xffx\u202e\n  ok" + strings.Repeat("é", 2000) + "\"\n"
	for f, err := range Read(strings.NewReader(in), "a\nb\u202e.csv", Options{Reporter: "CERT\x00 Example"}) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(f.Evidence, "é220 [31mm?x oké") || len(f.Evidence) > maxEvidence || len(f.Evidence) < maxEvidence-2 {
			t.Errorf("evidence %q", f.Evidence)
		}
		if f.Source != "a b.csv:2" || f.Reporter != "CERT Example" {
			t.Errorf("source %q, reporter %q", f.Source, f.Reporter)
		}
		if want := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC); f.Seen != want {
			t.Errorf("seen %v, want %v", f.Seen, want)
		}
	}
}

func TestCompare(t *testing.T) {
	old, new := time.Unix(1, 0), time.Unix(2, 0)
	sorted := []Finding{
		{Addr: netip.MustParseAddr("192.0.2.1"), Port: 80},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "tcp", Kind: OpenProxy},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "tcp", Kind: OpenRelay, Service: "a", Strength: Weak},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "tcp", Kind: OpenRelay, Service: "smtp", Strength: Verified, Seen: new},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "tcp", Kind: OpenRelay, Service: "smtp", Strength: Verified, Seen: old, Source: "a"},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "tcp", Kind: OpenRelay, Service: "smtp", Strength: Verified, Seen: old, Source: "b"},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "tcp", Kind: OpenRelay, Service: "smtp", Strength: Contradicted, Seen: new},
		{Addr: netip.MustParseAddr("192.0.2.10"), Port: 25, Proto: "udp"},
		{Addr: netip.MustParseAddr("2001:db8::1"), Port: 1},
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := Compare(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("Compare(%d, %d) = %d", i, j, got)
			}
		}
	}
}
