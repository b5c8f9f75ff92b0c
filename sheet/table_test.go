package sheet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"
)

func known(name string) bool { return name == "ip" || name == "port" || name == "note" }

// read says what is in a table, a line for each row.
func read(r io.Reader) (out []string) {
	t := NewTable(NewText(r), known)
	h, err := t.Head()
	if err != nil {
		return []string{err.Error()}
	}
	out = append(out, fmt.Sprintf("%d head %s", h.Line, strings.Join(h.Columns, "|")))
	for {
		row, err := t.Next()
		var wide *WidthError
		switch {
		case err == io.EOF:
			return append(out, string(t.Encoding()))
		case err != nil:
			out = append(out, fmt.Sprintf("%d %v", row.Line, err))
			if err != ErrLong && err != ErrCut && !errors.As(err, &wide) {
				return out
			}
		default:
			out = append(out, fmt.Sprintf("%d %s:%s %s", row.Line, row.Get("ip"), row.Get("port"), row.Get("note")))
		}
	}
}

func TestTitlesAboveATable(t *testing.T) {
	known := func(name string) bool { return slices.Contains([]string{"ip", "port", "seen"}, name) }
	for _, tt := range []struct{ name, in, head, row string }{
		{"a title", "Scan of March\nby: Jane, of the desk\n\nip,port\n192.0.2.1,25\n", "4 ip|port", "5 192.0.2.1|25"},
		{"and a comment of another kind", "// scan of March\nip;port\n192.0.2.1;25\n", "2 ip|port", "3 192.0.2.1|25"},
		{"and what says the separator", "sep=;\nScan, all of it\nip;port\n192.0.2.1;25\n", "3 ip|port", "4 192.0.2.1|25"},
		{"with carriage returns alone", "Scan\rip,port\r192.0.2.1,25\r", "2 ip|port", "3 192.0.2.1|25"},
		{"a row above names is no title", "192.0.2.1,25\nip,port\n", "1 192.0.2.1|25", "2 ip|port"},
		{"nor is a header with one name", "ip,x\nport,seen\n", "1 ip|x", "2 port|seen"},
		{"nor are names that nobody knows", "a,b\n192.0.2.1,25\nip,port\n", "1 a|b", "2 192.0.2.1|25"},
		{"nor what goes over lines", "\"a\nip,port\nb\",c\n1,2\n", "1 a\nip,port\nb|c", "4 1|2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := NewTable(NewText(strings.NewReader(tt.in)), known)
			head, err := table.Head()
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(head.Line, " ", strings.Join(head.Columns, "|")); got != tt.head {
				t.Errorf("head %q, want %q", got, tt.head)
			}
			row, err := table.Next()
			if got := fmt.Sprint(row.Line, " ", strings.Join(row.Cells, "|")); got != tt.row || err != nil {
				t.Errorf("row %q, %v, want %q", got, err, tt.row)
			}
		})
	}
}

func TestCellsThatAreFormulasOfText(t *testing.T) {
	in := "=\"ip\",port,\"=\"\"zip\"\"\"\n=\"192.0.2.1\",\"=\"\"0025\"\"\",=1+1\n"
	table := NewTable(NewText(strings.NewReader(in)), func(name string) bool { return name == "ip" || name == "port" })
	head, err := table.Head()
	if err != nil || !head.Has("ip", "port", "zip") {
		t.Fatal(head, err)
	}
	row, err := table.Next()
	if got := row.Get("ip") + " " + row.Get("port") + " " + row.Get("zip"); got != "192.0.2.1 0025 =1+1" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTable(t *testing.T) {
	two := []string{"1 head ip|port", "2 a:1 ", "3 b:2 ", "UTF-8"}
	at := func(line int) []string {
		return []string{fmt.Sprintf("%d head ip|port", line), fmt.Sprintf("%d a:1 ", line+1), fmt.Sprintf("%d b:2 ", line+2), "UTF-8"}
	}
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"commas", "ip,port\na,1\nb,2\n", two},
		{"no line end at the end", "ip,port\na,1\nb,2", two},
		{"CRLF", "ip,port\r\na,1\r\nb,2\r\n", two},
		{"CR", "ip,port\ra,1\rb,2\r", two},
		{"CR, and LF at the end", "ip,port\ra,1\rb,2\n", two},
		{"CR, and nothing at the end", "ip,port\ra,1\rb,2", two},
		{"one row, CR and LF at the end", "ip,port\ra,1\n", []string{"1 head ip|port", "2 a:1 ", "UTF-8"}},
		{"one line, CR", "ip,port\r", []string{"1 head ip|port", "UTF-8"}},
		{"semicolons", "ip;port\na;1\nb;2\n", two},
		{"tabs", "ip\tport\na\t1\nb\t2\n", two},
		{"strokes", "ip|port\na|1\nb|2\n", two},
		{"other punctuation in the header", "ip;port;a, b, c\na;1;\n", []string{"1 head ip|port|a, b, c", "2 a:1 ", "UTF-8"}},
		{"names decide between separators", "ip,port,x;y;z;w\na,1,\n", []string{"1 head ip|port|x;y;z;w", "2 a:1 ", "UTF-8"}},
		{"no name is known", "x;y\n1;2\n", []string{"1 head x|y", "2 : ", "UTF-8"}},
		{"sep=;", "sep=;\r\nip;port\r\na;1\r\nb;2\r\n", at(2)},
		{"sep= in quotes", "\"sep=;\"\nip;port\na;1\nb;2\n", at(2)},
		{"sep= and separators to fill the row", "SEP=|||\nip|port\na|1\nb|2\n", at(2)},
		{"sep= a tab", "sep=\t\nip\tport\na\t1\nb\t2\n", at(2)},
		{"sep= overrules what is usual", "sep=:\nip:port\na:1\nb:2\n", at(2)},
		{"sep=, CR", "sep=;\rip;port\ra;1\rb;2\r", at(2)},
		{"sep= and a comment behind it", "sep=;\n# x,y,z\nip;port\na;1\nb;2\n", at(3)},
		{"sep= of two letters is none, but a title", "sep=ab\nip,port\n", []string{"2 head ip|port", "UTF-8"}},
		{"a comment", "# a scan of ip ranges\nip,port\na,1\nb,2\n", at(2)},
		{"a comment with a quote", "# it's \"open\nip,port\na,1\nb,2\n", at(2)},
		{"the header behind #", "#ip,port\na,1\nb,2\n", two},
		{"the header behind # and a blank", "# ip;port\na;1\nb;2\n", two},
		{"a header of one name behind #", "#ip\na\n", []string{"1 head ip", "2 a: ", "UTF-8"}},
		{"one name among other words is a comment", "# ip, and so on\nip,port\na,1\nb,2\n", at(2)},
		{"blank lines", "\n \r\n\t\nip,port\na,1\nb,2\n", at(4)},
		{"rows without values above", ",\n\"\",\"\"\n;;\nip,port\na,1\nb,2\n", at(4)},
		{"comments and blank rows between", "ip,port\n\n# \"x\na,1\n,\nb,2\n#", []string{"1 head ip|port", "4 a:1 ", "6 b:2 ", "UTF-8"}},
		{"comments between, CR", "ip,port\r#x\ra,1\r", []string{"1 head ip|port", "3 a:1 ", "UTF-8"}},
		{"comments between, CR and CRLF", "ip,port\r#x\r\na,1\rb,2\r", []string{"1 head ip|port", "3 a:1 ", "4 b:2 ", "UTF-8"}},
		{"# in a value", "ip,port\na,#1\n", []string{"1 head ip|port", "2 a:#1 ", "UTF-8"}},
		{"# in quotes", "ip,port\n\"#a\",1\n", []string{"1 head ip|port", "2 #a:1 ", "UTF-8"}},
		{"a byte order mark", "\xef\xbb\xbfip,port\na,1\nb,2\n", two},
		{"a byte order mark and sep=", "\xef\xbb\xbfsep=;\r\nip;port\r\na;1\r\nb;2\r\n", at(2)},
		{"quotes", `"ip","port"` + "\n\"a\",\"1\"\n b , \"2\" \n", []string{"1 head ip|port", "2 a:1 ", "3  b : 2  ", "UTF-8"}},
		{"a line end in quotes", "ip,port,note\na,1,\"x\ny\"\nb,2,z\n", []string{"1 head ip|port|note", "2 a:1 x\ny", "4 b:2 z", "UTF-8"}},
		{"a line end in quotes, CR", "ip,port,note\ra,1,\"x\ry\"\rb,2,z\r", []string{"1 head ip|port|note", "2 a:1 x\ny", "4 b:2 z", "UTF-8"}},
		{"a separator in quotes", "ip,port,note\na,1,\"x,y\"\n", []string{"1 head ip|port|note", "2 a:1 x,y", "UTF-8"}},
		{"a quote in quotes", "ip,port,note\na,1,\"x\"\"y\"\n", []string{"1 head ip|port|note", "2 a:1 x\"y", "UTF-8"}},
		{"a quote in a value", "ip,port,note\na,1,x\"y\nb,2,z\n", []string{"1 head ip|port|note", "2 a:1 x\"y", "3 b:2 z", "UTF-8"}},
		{"text behind the closing quote", "ip,port,note\na,1,\"x\"y,\n", []string{"1 head ip|port|note", "2 a:1 xy", "UTF-8"}},
		{"a carriage return in a value, where lines end with LF", "ip,port,note\na,1,x\ry\nb,2,z\n", []string{"1 head ip|port|note", "2 a:1 x\ry", "3 b:2 z", "UTF-8"}},
		{"missing columns are empty", "ip,port,note\na\nb,2\n", []string{"1 head ip|port|note", "2 a: ", "3 b:2 ", "UTF-8"}},
		{"a last line that breaks off", "ip,port,note\na,1,\nb,2", []string{"1 head ip|port|note", "2 a:1 ", "3 the last line breaks off", "UTF-8"}},
		{"more columns, all empty", "ip,port\na,1,, \nb,2\n", two},
		{"more columns than the header", "ip,port\na,1,,x\nb,2\n", []string{"1 head ip|port", "2 4 columns, want 2", "3 b:2 ", "UTF-8"}},
		{"a quote that is never closed", "ip,port\na,1\n\"b,2\nc,3\n", []string{"1 head ip|port", "2 a:1 ", "3 a quote that opens here is never closed"}},
		{"nothing", "", []string{"EOF"}},
		{"comments alone", "# x\n#y\n\n", []string{"EOF"}},
		{"names in other spellings", "IP , Port\na,1\n", []string{"1 head IP|Port", "2 a:1 ", "UTF-8"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"at once": strings.NewReader(tt.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.in))} {
				if got := read(r); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
					t.Errorf("%s: got %q, want %q", how, got, tt.want)
				}
			}
		})
	}
}

func TestTableEndsWithItsInput(t *testing.T) {
	gone := errors.New("gone")
	for _, in := range []string{"", "ip,port\n", "ip,port\na,1", "ip,port\n# x"} {
		got := read(io.MultiReader(strings.NewReader(in), iotest.ErrReader(gone)))
		if got[len(got)-1] != "gone" && !strings.HasSuffix(got[len(got)-1], " gone") {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func utf16of(s string, order binary.AppendByteOrder, mark bool) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestEncodings(t *testing.T) {
	const in = "ip,port,note\na,1,prüfen\nb,2,«ça»\n"
	western := func(s string) string {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return string(b)
	}
	plain := strings.Repeat("a,1,x\n", 100_000)
	for _, tt := range []struct {
		name, in, want string
		encoding       Encoding
	}{
		{"UTF-8", in, "prüfen|«ça»", UTF8},
		{"UTF-8 with a mark", "\ufeff" + in, "prüfen|«ça»", UTF8},
		{"UTF-16, little end first", utf16of(in, binary.LittleEndian, true), "prüfen|«ça»", UTF16},
		{"UTF-16, big end first", utf16of(in, binary.BigEndian, true), "prüfen|«ça»", UTF16},
		{"UTF-16, little end first, no mark", utf16of(in, binary.LittleEndian, false), "prüfen|«ça»", UTF16},
		{"UTF-16, big end first, no mark", utf16of(in, binary.BigEndian, false), "prüfen|«ça»", UTF16},
		{"one byte each, the same in both", western(in), "prüfen|«ça»", Western},
		{"Windows-1252", "ip,port,note\na,1,pr\xfcfen\nb,2,\x84x\x93 \x80\n", "prüfen|„x“ €", CP1252},
		{"ISO 8859-1", "ip,port,note\na,1,pr\xfcfen\nb,2,\x81\n", "prüfen|\u0081", Latin1},
		{"damage in UTF-8", "ip,port,note\na,1,pr\u00fcfen\nb,2,\xfc\n", "prüfen|?", UTF8},
		{"damage behind a mark", "\ufeffip,port,note\na,1,\xfc\n", "?", UTF8},
		{"damage at the very end", "ip,port,note\na,1,ü\nb,2,\xc3", "ü|?", UTF8},
		{"far below", "ip,port,note\n" + plain + "a,1,pr\xfcfen\n", strings.Repeat("x|", 100_000) + "prüfen", Western},
		{"UTF-8 far below", "ip,port,note\n" + plain + "a,1,prüfen\n", strings.Repeat("x|", 100_000) + "prüfen", UTF8},
		{"zero bytes here and there are not UTF-16", "ip,port,note\na,1,\x00\x00\x00x\n", "\x00\x00\x00x", UTF8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tab := NewTable(NewText(iotest.HalfReader(strings.NewReader(tt.in))), known)
			if _, err := tab.Head(); err != nil {
				t.Fatal(err)
			}
			var notes []string
			for {
				row, err := tab.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				notes = append(notes, row.Get("note"))
			}
			if got := strings.Join(notes, "|"); got != tt.want || tab.Encoding() != tt.encoding {
				t.Errorf("%.200q in %s, want %.200q in %s", got, tab.Encoding(), tt.want, tt.encoding)
			}
		})
	}
}

func TestLongRows(t *testing.T) {
	fit := strings.Repeat("x", MaxRow-len("a,1,\n"))
	for _, tt := range []struct{ name, row, want string }{
		{"just fits", "a,1," + fit + "\n", "2 a:1 x"},
		{"one byte too long", "a,1,x" + fit + "\n", "2 more than"},
		{"quoted, with rows inside", "a,1,\"" + strings.Repeat("z,9\n", MaxRow/4+1) + "\"\n", "2 more than"},
		{"at the end of the input", "a,1,x" + fit, "2 more than"},
	} {
		got := read(strings.NewReader("ip,port,note\n" + tt.row + "b,2\n"))
		if !strings.HasPrefix(got[1], tt.want) {
			t.Errorf("%s: %.40q", tt.name, got[1])
		}
		if tt.row[len(tt.row)-1] == '\n' && !strings.HasSuffix(got[2], "b:2 ") {
			t.Errorf("%s: and then %.40q", tt.name, got[2])
		}
	}
}

func TestHead(t *testing.T) {
	h := NewHead([]string{"Dst-Port", "ip", "IP"})
	if !h.Has("dst_port", "ip") || h.Has("ip", "port") || h.Twice() != "IP" || NewHead([]string{"", "", "a"}).Twice() != "" {
		t.Errorf("%v", h.index)
	}
	if !h.Alias("port", "DST PORT") || h.Alias("x", "y") || !h.Has("port") || h.Has("x") {
		t.Errorf("%v", h.index)
	}
	if h.Text() != "Dst-Port,ip,IP" || len(NewHead([]string{strings.Repeat("é", 500)}).Text()) > 210 {
		t.Error(h.Text())
	}
}

// A table without a header is read from its first row on.
func TestFirst(t *testing.T) {
	tab := NewTable(NewText(strings.NewReader("a,1\nb,2\n")), known)
	if _, err := tab.Head(); err != nil {
		t.Fatal(err)
	}
	row := tab.First(NewHead([]string{"ip", "port"}))
	if row.Line != 1 || row.Get("ip") != "a" || row.Get("port") != "1" {
		t.Errorf("%+v", row)
	}
	if row, err := tab.Next(); err != nil || row.Get("port") != "2" || row.Line != 2 {
		t.Errorf("%+v, %v", row, err)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"ip", "port", "seen", "service", "evidence"}
	for in, want := range map[string]string{"prot": "port", "sevrice": "service", "Evidense": "evidence", "adress": "", "p": "ip", "": "", "colour": "",
		"serv": "seen", strings.Repeat("x", 100): ""} {
		if got := Nearest(in, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

// A stream is n bytes of s, over and over, after head.
type stream struct {
	head, s string
	n, at   int
}

func (r *stream) Read(p []byte) (int, error) {
	if r.head != "" {
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	if r.n <= 0 {
		return 0, io.EOF
	}
	n := copy(p, r.s[r.at:])
	r.at = (r.at + n) % len(r.s)
	r.n -= n
	return n, nil
}

func TestMemoryStaysTheSame(t *testing.T) {
	row := "192.0.2.7,25,\"a\nb\"\n"
	tab := NewTable(NewText(&stream{head: "ip,port,note\n", s: row, n: 32 << 20}), known)
	tab.Head()
	most := uint64(0)
	for i := 0; ; i++ {
		if _, err := tab.Next(); err != nil {
			break
		}
		if i%100_000 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if most > 8<<20 {
		t.Errorf("%d bytes of heap", most)
	}
}

func FuzzTable(f *testing.F) {
	for _, s := range []string{"ip,port\r\na,1\r\n", "sep=;\rip;port\ra;\"1\r2\"\r", "#ip|port\n\"a\"\"b\"|x\n", "\xff\xfei\x00p\x00\n\x00", "\xef\xbb\xbf\"sep=\t\"\nip\tport", "ip,port\n\xfc,\xc3\xbc"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		tab := NewTable(NewText(strings.NewReader(string(in))), known)
		h, err := tab.Head()
		if err != nil {
			return
		}
		last := h.Line
		for {
			row, err := tab.Next()
			if err == io.EOF || err == ErrUnclosed {
				return
			}
			if row.Line <= last {
				t.Fatalf("line %d after %d", row.Line, last)
			}
			last = row.Line
			if err == nil && len(row.Cells) > len(h.Columns) {
				t.Fatalf("%q is wider than %q", row.Cells, h.Columns)
			}
			for _, c := range row.Cells {
				if !utf8.ValidString(c) {
					t.Fatalf("%q", c)
				}
			}
		}
	})
}

func BenchmarkTable(b *testing.B) {
	const row = "192.0.2.7,6379,tcp,exposed-service,2026-03-01T10:00:00Z,redis,PONG\n"
	b.SetBytes(int64(len(row)))
	tab := NewTable(NewText(&stream{head: "ip,port,proto,kind,seen,service,evidence\n", s: row, n: 1 << 62}), known)
	tab.Head()
	for b.Loop() {
		if _, err := tab.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
