package finding

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// An nmap host with an open relay, and what stands around it.
func nmapHost(ip, service string) string {
	return `<host endtime="1772355600"><address addr="` + ip + `" addrtype="ipv4"/><ports><port protocol="tcp" portid="25"><state state="open"/><service name="` + service +
		`" method="probed" conf="10"/><script id="smtp-open-relay" output="Server is an open relay (16/16 tests)"/></port></ports></host>` + "\n"
}

const nmapTop = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<nmaprun scanner="nmap" args="nmap" start="1772355600">` + "\n"

// What a service said must not cost the hosts around it.
func TestXMLThatIsNone(t *testing.T) {
	for _, said := range []string{"a\x1b[31m", "\x00", "a\x7fb", "&#x1b;[0m", "&#27;", "&#xfffe;", "&#xFFFF;", "\xef\xbf\xbe", "\xef\xbf\xbf", "&#xd800;", "&#x110000;", "&#99999999999999;", "&nbsp;", "a & b", "&", "&;", "&#;", "\xff\xfe", "&#x9;&#10;", "é", "\u2028", "𝄞",
		"&amp;&lt;&gt;&quot;&apos;", "&#x41;", "&#xE9;"} {
		in := nmapTop + nmapHost("192.0.2.1", "smtp") + nmapHost("192.0.2.2", said) + nmapHost("192.0.2.3", "smtp") + "</nmaprun>"
		for how, r := range map[string]io.Reader{"at once": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in))} {
			got := lines(r, "in", Options{})
			if len(got) != 3 || got[0] != "3 192.0.2.1 25/tcp open-relay smtp observed" || !strings.HasPrefix(got[1], "4 192.0.2.2 25/tcp open-relay") || got[2] != "5 192.0.2.3 25/tcp open-relay smtp observed" {
				t.Errorf("%q, %s: %q", said, how, got)
			}
		}
	}
	in := nmapTop + strings.Replace(nmapHost("192.0.2.2", "x"), "16/16 tests", "16/16 tests) &#x41;&#xe9;&#2;&amp;&lt; é", 1) + "</nmaprun>"
	for f := range Read(strings.NewReader(in), "in", Options{}) {
		if !strings.Contains(f.Evidence, "tests) Aé?&< é") {
			t.Errorf("evidence %q", f.Evidence)
		}
	}
}

func TestWordsAboveXML(t *testing.T) {
	rest := strings.TrimPrefix(nmapTop, `<?xml version="1.0" encoding="UTF-8"?>`+"\n")
	body := nmapHost("192.0.2.1", "smtp") + "</nmaprun>"
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", nmapTop + body, "3 192.0.2.1 "},
		{"nmap's greeting", "Starting Nmap 7.94 ( https://nmap.org ) at 2026-03-01 09:00 UTC\n" + nmapTop + body, "4 192.0.2.1 "},
		{"what sudo asked", "[sudo] password for jane: \n\n" + nmapTop + body, "5 192.0.2.1 "},
		{"no declaration", "Starting Nmap\n" + rest + body, "3 192.0.2.1 "},
		{"a type of document", "x\n<!DOCTYPE nmaprun>\n" + rest + body, "4 192.0.2.1 "},
		{"CRLF", "Starting Nmap\r\n" + strings.ReplaceAll(nmapTop+body, "\n", "\r\n"), "4 192.0.2.1 "},
		{"another scanner's", "x\n" + `<NessusClientData_v2><Report><ReportHost name="192.0.2.1"><ReportItem port="25" pluginName="x"/></ReportHost></Report></NessusClientData_v2>`, "2 192.0.2.1 "},
		{"a list that holds XML in a value", "ip,port,kind,seen,evidence\n192.0.2.1,80,open-proxy,2026-03-01T09:00:00Z,\"200\n<?xml version=\"\"1.0\"\"?>\n<nmaprun >\"\n", "2 192.0.2.1 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := lines(strings.NewReader(tt.in), "in", Options{}); len(got) != 1 || !strings.HasPrefix(got[0], tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for _, in := range []string{"Starting Nmap 7.94 ( https://nmap.org )\nNmap scan report for 192.0.2.1\n", "# Nmap 7.94 scan initiated\n", "Host: 192.0.2.1 ()\tPorts: 25/open/tcp//smtp///\n", "Discovered open port 25/tcp on 192.0.2.1\n"} {
		if got := lines(strings.NewReader(in), "in", Options{}); len(got) != 1 || got[0] != "in:1: "+ErrForPeople.Error() {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// One document breaks off, another begins: what is missing is one row.
func TestAppendedXML(t *testing.T) {
	whole := nmapTop + nmapHost("192.0.2.1", "smtp") + "</nmaprun>\n"
	cut := nmapTop + nmapHost("192.0.2.2", "smtp") + `<host><address addr="192.0.2.9" addrtype="ipv4"/><ports>` + "\n"
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"two that are whole", whole + whole, []string{"3 192.0.2.1 25/tcp open-relay smtp observed", "7 192.0.2.1 25/tcp open-relay smtp observed"}},
		{"one that is cut before one that is whole", cut + whole, []string{"3 192.0.2.2 25/tcp open-relay smtp observed", "in:5: not in the expected format: the XML before breaks off", "7 192.0.2.1 25/tcp open-relay smtp observed"}},
		{"two that are cut", cut + cut, []string{"3 192.0.2.2 25/tcp open-relay smtp observed", "in:5: not in the expected format: the XML before breaks off", "7 192.0.2.2 25/tcp open-relay smtp observed", "in:9: the XML breaks off: unexpected EOF"}},
		{"cut behind a bad row", strings.Replace(cut, `portid="25"`, `portid="0"`, 1), []string{`in:3: not in the expected format: port "0"`, "in:5: the XML breaks off: unexpected EOF"}},
		{"words behind it", whole + "\nNmap done: 1 IP address & more\n", []string{"3 192.0.2.1 25/tcp open-relay smtp observed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(strings.NewReader(tt.in), "in", Options{})); d != "" {
				t.Error(d)
			}
		})
	}
}

// What is broken costs itself and nothing behind it.
func TestBrokenJSON(t *testing.T) {
	ok := strings.TrimSpace(jsonOK)
	const broken = ": not in the expected format: an object that is no JSON"
	for _, tt := range []struct {
		name, in string
		want     []string // "9" stands for a row that was read
	}{
		{"cut within a text", `{"addr":"192` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"cut within a text, CR", `{"addr":"192` + "\r" + ok, []string{"in:1" + broken, "9"}},
		{"cut behind a text", `{"addr":"192"` + "\n" + ok + "\n" + ok, []string{"in:1" + broken, "9", "9"}},
		{"cut within an array", `{"a":[` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"cut within an object", `{"a":{` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"cut behind a colon", `{"a":` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"a word that is none", ok + "\nnonsense\n" + ok, []string{"9", "in:2" + broken, "9"}},
		{"a message among them", ok + "\n[INF] done\n" + ok, []string{"9", "in:2" + broken, "9"}},
		{"brackets that do not match", `{"a":[1}` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"a closing one too many", ok + "\n}\n" + ok, []string{"9", "in:2" + broken, "9"}},
		{"two texts without a comma", `{"a" "b"}` + "\n" + ok, []string{"in:1: not in the expected format: invalid character '\"' after object key", "9"}},
		{"two numbers without a comma", strings.Replace(ok, "6379", "6 379", 1) + "\n" + ok, []string{"in:1: not in the expected format: invalid character '3' after object key:value pair", "9"}},
		{"a number behind a text", `{"a":"b"1}` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"a key without quotes", `{a:1}` + "\n" + ok, []string{"in:1: not in the expected format: invalid character 'a' looking for beginning of object key string", "9"}},
		{"an object as a key", `{{}:1}` + "\n" + ok, []string{"in:1" + broken, "9"}},
		{"one of many lines, broken", "[\n  {\n    \"a\": \"b\n    \"c\": {\n      \"d\": 1\n    }\n  },\n  " + ok + "\n]", []string{"in:2" + broken, "9"}},
		{"one of many lines, broken, and the last", "[\n  {\n    \"a\": \"b\n    \"c\": 1\n  }\n]\n" + ok, []string{"in:2" + broken, "9"}},
		{"one of many lines that never ends", "{\n  \"a\": {\n    \"b\": 1\n" + ok, []string{"in:1" + broken, "9"}},
		{"the input ends within one", ok + "\n{\"a\":", []string{"9", "in:2" + broken}},
		{"the input ends within a text", ok + "\n{\"a", []string{"9", "in:2" + broken}},
		{"the input ends behind a bad line", ok + "\nx", []string{"9", "in:2" + broken}},
		{"a quote that is written with \\", strings.Replace(ok, `"r"`, `"r\"{"`, 1), []string{"9"}},
		{"objects without anything between", ok + ok, []string{"9", "9"}},
		{"another's object in an answer", `{"matches":[{"x":1},7],"total":1}`, []string{"in:1: not in the expected format: not an object of a scanner that is read", "in:1: not in the expected format: json: cannot unmarshal number into Go value of type finding.object"}},
		{"a list that is none", `{"matches":["x",]}`, []string{"in:1: not in the expected format: invalid character ']' looking for beginning of value"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for f, err := range Read(strings.NewReader(tt.in), "in", Options{}) {
				if err == nil {
					got = append(got, strings.TrimPrefix(f.Source, "a:"))
				} else {
					got = append(got, err.Error())
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestLargeObjects(t *testing.T) {
	fill := strings.Repeat("x", maxObject)
	for name, in := range map[string]string{
		"in a text":         `{"addr":"` + fill + `"}` + "\n" + jsonOK,
		"between texts":     `{"a":[` + strings.Repeat(`1,`, maxObject/2) + `1]}` + "\n" + jsonOK,
		"a list's long row": "open tcp 25 192.0.2.1 1772355600\nopen " + fill + "\nopen tcp 25 192.0.2.1 1772355600\n",
	} {
		got := lines(strings.NewReader(in), "in", Options{})
		i := slices.IndexFunc(got, func(s string) bool { return strings.Contains(s, ": too large: ") })
		if i < 0 || len(got) != i+2 {
			t.Errorf("%s: %.200q", name, got)
		}
	}
}

// each is one small file of each format. All say the same in every encoding
// and with every line end.
func each() map[string]string {
	return map[string]string{
		"nmap.xml":                    nmapTop + strings.Replace(nmapHost("192.0.2.1", "smtp"), "16/16 tests)", "16/16 tests) prüfen", 1) + nmapHost("192.0.2.2", "smtp") + "</nmaprun>\n",
		"masscan.json":                "[\n{\"ip\":\"192.0.2.9\",\"timestamp\":\"1772355671\",\"ports\":[{\"port\":25,\"proto\":\"tcp\",\"status\":\"open\"}]},\n{\"ip\":\"192.0.2.10\",\"timestamp\":\"1772355671\",\"ports\":[{\"port\":25,\"proto\":\"tcp\",\"service\":{\"banner\":\"prüfen\"}}]}\n]\n",
		"masscan.list":                "#masscan\nopen tcp 25 192.0.2.9 1772355671\nbanner tcp 25 192.0.2.9 1772355671 smtp 220 prüfen\n# end\n",
		"zgrab2.jsonl":                `{"ip":"192.0.2.22","port":6379,"data":{"redis":{"status":"success","result":{"ping_response":"PONG","info_response":"prüfen"},"timestamp":"2026-03-01T09:00:00Z"}}}` + "\n",
		"2026-03-01-scan_redis-x.csv": reportTable(`,"version"`, `,"prüfen"`, `,"7"`),
		"list.csv":                    "ip,port,kind,seen,evidence\n192.0.2.1,25,open-relay,2026-03-01T09:00:00Z,\"pr\u00fcfen\nzwei\"\n192.0.2.2,25,open-relay,2026-03-01T09:00:00Z,\n",
		"semicolons.csv":              "sep=;\n# x\n\nip;port;kind;seen;evidence\n192.0.2.1;25;open-relay;2026-03-01T09:00:00Z;prüfen\n",
		"headsup.jsonl":               strings.Replace(jsonOK, `"r"`, `"prüfen"`, 1) + jsonOK,
		"nuclei.jsonl":                `{"template-id":"exposed-redis","info":{"name":"Redis - Unauthenticated Access prüfen"},"matched-at":"192.0.2.30:6379","ip":"192.0.2.30","timestamp":"2026-03-01T09:00:00Z"}` + "\n",
		"naabu.jsonl":                 `{"host":"prüfen","ip":"192.0.2.32","port":25,"timestamp":"2026-03-01T09:00:00Z"}` + "\n",
		"naabu.csv":                   "host,ip,port,tls\nprüfen,192.0.2.32,25,false\n",
		"naabu.txt":                   "192.0.2.32:25\n192.0.2.33:25\n",
		"httpx.jsonl":                 `{"url":"http://192.0.2.40","title":"prüfen","status_code":200}` + "\n",
		"intelmq.json":                "[\n  {\n    \"source.ip\": \"192.0.2.40\",\n    \"source.port\": 25,\n    \"time.source\": \"2026-03-01T09:00:00+00:00\",\n    \"classification.type\": \"vulnerable-system\",\n    \"classification.identifier\": \"open-relay\",\n    \"event_description.text\": \"prüfen\"\n  }\n]\n",
		"nessus.nessus":               strings.Replace(nessusFile, "Nessus was able", "prüfen", 1),
		"nessus.csv":                  "Plugin ID,Host,Protocol,Port,Name,Plugin Output\n1,192.0.2.1,tcp,22,SSH,prüfen\n",
		"openvas.xml":                 "<?xml version=\"1.0\"?>\n" + openvasFile(`<result><host>192.0.2.62</host><port>6379/tcp</port><nvt><name>Redis Server No Password</name></nvt><description>prüfen</description><creation_time>2026-03-01T09:00:00Z</creation_time></result>`) + "\n",
		"openvas.csv":                 "IP,Port,Port Protocol,QoD,NVT Name,NVT OID,Timestamp,Summary\n192.0.2.62,6379,tcp,98,Redis Server No Password,1.3.6,2026-03-01T09:00:00Z,prüfen\n",
		"shodan.jsonl":                `{"ip_str":"192.0.2.70","port":6379,"transport":"tcp","timestamp":"2026-03-01T09:00:00","_shodan":{"module":"redis"},"data":"redis_version:7 prüfen"}` + "\n",
		"censys.json":                 "{\n  \"ip\": \"192.0.2.80\",\n  \"services\": [\n    {\n      \"port\": 22,\n      \"service_name\": \"SSH\",\n      \"transport_protocol\": \"TCP\",\n      \"banner\": \"prüfen\"\n    }\n  ]\n}\n",
		"zmap.csv":                    "saddr,sport,classification\n192.0.2.9,25,synack\n192.0.2.10,25,rst\n",
	}
}

func TestEveryFormatInEverySpelling(t *testing.T) {
	wide := func(order binary.AppendByteOrder, mark bool) func(string) string {
		return func(s string) string {
			var b []byte
			if mark {
				b = order.AppendUint16(b, 0xfeff)
			}
			for _, u := range utf16.Encode([]rune(s)) {
				b = order.AppendUint16(b, u)
			}
			return string(b)
		}
	}
	encodings := map[string]func(string) string{
		"UTF-8":                   func(s string) string { return s },
		"UTF-8 mark":              func(s string) string { return "\ufeff" + s },
		"UTF-16LE":                wide(binary.LittleEndian, true),
		"UTF-16BE":                wide(binary.BigEndian, true),
		"UTF-16LE without a mark": wide(binary.LittleEndian, false),
		"one byte each": func(s string) string {
			var b []byte
			for _, r := range s {
				b = append(b, byte(r))
			}
			return string(b)
		},
	}
	for name, in := range each() {
		want := spelled(in, name)
		if len(want) == 0 || strings.Contains(strings.Join(want, ""), "not in the") && name != "nessus.nessus" {
			t.Errorf("%s: %q", name, want)
		}
		for end, s := range map[string]string{"LF": "\n", "CRLF": "\r\n", "CR": "\r"} {
			for encoding, encode := range encodings {
				got := spelled(encode(strings.ReplaceAll(in, "\n", s)), name)
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s, %s, %s: %s", name, end, encoding, d)
				}
			}
		}
	}
}

// spelled says what came of each row, all of it but the lines in errors.
func spelled(in, name string) (out []string) {
	for f, err := range Read(strings.NewReader(in), name, Options{}) {
		f.Source = ""
		if err != nil {
			err = errors.Unwrap(err)
		}
		out = append(out, fmt.Sprintf("%+v %v", f, err))
	}
	return out
}

func TestNotes(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		o        Options
		want     []string
	}{
		{"nothing to say", header + good, Options{}, nil},
		{"an encoding", header + strings.Replace(good, "PONG", "pr\xfcfen", 1), Options{}, []string{"in: read as Windows-1252 or ISO 8859-1"}},
		{"Windows-1252", header + strings.Replace(good, "PONG", "\x84x\x93", 1), Options{}, []string{"in: read as Windows-1252"}},
		{"UTF-16 says so itself", "\xff\xfei\x00p\x00\n\x00", Options{}, nil},
		{"times without a zone", header + strings.Replace(good, "T10:00:00Z", " 10:00", 1), Options{}, []string{"in: times without a zone are read as UTC"}},
		{"a zone of the options", header + strings.Replace(good, "T10:00:00Z", " 10:00", 1), Options{Zone: time.UTC}, nil},
		{"a time of the options", header + strings.Replace(good, "T10:00:00Z", " 10:00", 1), Options{Seen: time.Unix(1772355600, 0)}, nil},
		{"Shadowserver's times are UTC", reportTable("", ""), Options{Report: "scan_redis"}, nil},
		{"a header alone", header, Options{}, []string{"in: no row in it"}},
		{"a run that found nothing", nmapTop + "</nmaprun>", Options{}, []string{"in: no row in it"}},
		{"an empty list", "[]", Options{}, []string{"in: no row in it"}},
		{"what broke off says so itself", nmapTop, Options{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			tt.o.Note = func(s string) { got = append(got, s) }
			for range Read(strings.NewReader(tt.in), "in", tt.o) {
			}
			if !slices.Equal(got, tt.want) && tt.name != "UTF-16 says so itself" || tt.name == "UTF-16 says so itself" && len(got) > 1 {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Times without a zone are UTC in every zone that the machine may be in.
func TestTimesOfLists(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.FixedZone("HERE", 9*3600)
	row := func(columns, values string) string {
		return "ip,port,kind," + columns + "\n192.0.2.1,25,open-relay," + values + "\n"
	}
	for _, tt := range []struct {
		name, in string
		o        Options
		want     string
	}{
		{"UTC", row("seen", "2026-03-06 23:41:05"), Options{}, "2026-03-06T23:41:05Z"},
		{"a zone of the options", row("seen", "2026-03-06 23:41:05"), Options{Zone: time.FixedZone("", 3600)}, "2026-03-06T22:41:05Z"},
		{"a day and a time", row("date,time", "06.03.2026,23:41:05"), Options{}, "2026-03-06T23:41:05Z"},
		{"a time, and the day beside it", row("time,date", "23:41:05,06.03.2026"), Options{}, "2026-03-06T23:41:05Z"},
		{"a column that says UTC", row("Timestamp (UTC)", "2026-03-06 23:41:05"), Options{Zone: time.FixedZone("", 3600)}, "2026-03-06T23:41:05Z"},
		{"and without brackets", row("time_utc", "2026-03-06 23:41:05"), Options{Zone: time.FixedZone("", 3600)}, "2026-03-06T23:41:05Z"},
		{"and named by the options", row("When GMT", "2026-03-06 23:41:05"), Options{Columns: map[string]string{"seen": "when gmt"}, Zone: time.FixedZone("", 3600)}, "2026-03-06T23:41:05Z"},
		{"German", row("Zeitpunkt", "06.03.2026 23:41:05"), Options{}, "2026-03-06T23:41:05Z"},
		{"Japanese", row("日時", "2026/03/06 23:41:05"), Options{}, "2026-03-06T23:41:05Z"},
		{"another column for it", row("last_seen", "06.03.2026"), Options{}, "2026-03-06T00:00:00Z"},
		{"the time of the options overrules", row("seen", "2026-03-06 23:41:05"), Options{Seen: time.Unix(1772355600, 0)}, march},
		{"and what cannot be read", row("seen", "03/04/2026"), Options{Seen: time.Unix(1772355600, 0)}, march},
		{"two readings", row("seen", "03/04/2026"), Options{}, `in:2: not in the expected format: time "03/04/2026" may be 2026-03-04 or 2026-04-03`},
		{"a year before any scan", row("seen", "1989-12-31"), Options{}, `in:2: not in the expected format: time "1989-12-31T00:00:00Z"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := judged(tt.in, "in", tt.o)
			if len(got) != 1 || !strings.HasSuffix(got[0], tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	in := reportTable("", "")
	if got := judged(in, "scan_redis.csv", Options{Zone: time.FixedZone("", 3600)}); !strings.HasSuffix(got[0], march) {
		t.Errorf("Shadowserver's time is read in the zone of the options: %q", got)
	}
}

func TestPlacesOfLists(t *testing.T) {
	row := func(columns, values string) string {
		return columns + ",kind,seen\n" + values + ",open-relay,2026-03-01T09:00:00Z\n"
	}
	const want = "192.0.2.1 25/tcp open-relay  observed csv/named " + march
	for _, tt := range []struct {
		name, in string
		o        Options
		want     string
	}{
		{"a port beside the address", row("ip", "192.0.2.1:25"), Options{}, want},
		{"and in its column", row("ip,port", "192.0.2.1:25,25"), Options{}, want},
		{"which says another", row("ip,port", "192.0.2.1:25,26"), Options{}, `in:2: not in the expected format: port "26"`},
		{"and none in its column", row("ip,port", "192.0.2.1:25,"), Options{Port: 1}, want},
		{"a protocol beside the port", row("ip,port", "192.0.2.1,25/tcp"), Options{}, want},
		{"and in its column", row("ip,port,proto", "192.0.2.1,25/udp,UDP"), Options{}, strings.Replace(want, "tcp", "udp", 1)},
		{"which says another", row("ip,port,proto", "192.0.2.1,25/tcp,udp"), Options{}, `in:2: not in the expected format: proto "udp"`},
		{"a protocol by its number", row("ip,port,proto", "192.0.2.1,25,17"), Options{}, strings.Replace(want, "tcp", "udp", 1)},
		{"no column for the port", row("ip", "192.0.2.1"), Options{}, "in:2: not in the expected format: no port"},
		{"the port of the options", row("ip", "192.0.2.1"), Options{Port: 25}, want},
		{"the input's own counts", row("ip,port", "192.0.2.1,25"), Options{Port: 1}, want},
		{"an address under another name", row("IP Address,Dst-Port", "192.0.2.1,25"), Options{}, want},
		{"a name where an address should be", row("host,port", "mx.example,25"), Options{}, `in:2: not in the expected format: address "mx.example"`},
		{"strength", "ip,port,kind,seen,strength\n192.0.2.1,25,open-relay,2026-03-01T09:00:00Z,contradicted\n", Options{}, "192.0.2.1 25/tcp open-relay  contradicted csv/nothing " + march},
		{"evidence that refuses", "ip,port,kind,seen,banner\n192.0.2.1,6379,exposed-service,2026-03-01T09:00:00Z,-NOAUTH Authentication required\n", Options{}, "192.0.2.1 6379/tcp exposed-service  contradicted csv/refused " + march},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := judged(tt.in, "in", tt.o); len(got) != 1 || got[0] != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHeadersThatLackSomething(t *testing.T) {
	last := func(in string, o Options) (err error) {
		for _, err = range Read(strings.NewReader(in), "in", o) {
		}
		return err
	}
	var head *HeaderError
	if err := last("Host Name,Dst Port\nx,25\n", Options{}); !errors.As(err, &head) || head.Missing != "ip" || !slices.Equal(head.Head, []string{"Host Name", "Dst Port"}) || !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
	if err := last("ip,port\n", Options{Columns: map[string]string{"seen": "When"}}); !errors.As(err, &head) || head.Missing != "When" {
		t.Errorf("%v", err)
	}
	var none *ColumnsError
	if err := last("ip,port\n", Options{Columns: map[string]string{"prot": "x"}}); !errors.As(err, &none) || none.Near != "port" || len(none.Ours) != len(columns) {
		t.Errorf("%v", err)
	}
	var row *RowError
	if err := last("Address;Port\n192.0.2.1;25\n", Options{Kind: OpenRelay}); !errors.As(err, &row) || !errors.Is(err, ErrNoTime) || !slices.Equal(row.Head, []string{"Address", "Port"}) {
		t.Errorf("%v", err)
	}
	if err := last("192.0.2.1,25\n", Options{}); !errors.As(err, &row) || !errors.Is(err, ErrNoKind) && !errors.Is(err, ErrNoTime) || row.Head != nil {
		t.Errorf("%v, %+v", err, row)
	}
}

// A run that never ends is read in the same memory. HEADSUP_LONG reads 1 GB of
// each.
func TestMemory(t *testing.T) {
	size := 1 << 20
	if os.Getenv("HEADSUP_LONG") != "" {
		size = 1 << 30
	}
	runs := []run{
		{"CSV", header, good, ""},
		{"JSON lines", "", jsonOK, ""},
		{"a list on one line", "[", strings.TrimSpace(jsonOK) + ",", ""},
		{"nmap", nmapTop, nmapHost("192.0.2.1", "smtp"), "</nmaprun>"},
		{"Nessus", `<NessusClientData_v2><Report name="r"><ReportHost name="192.0.2.1">`, `<ReportItem port="22" protocol="tcp" pluginName="SSH"><plugin_output>x</plugin_output></ReportItem>`, ""},
		{"OpenVAS", `<report><results>`, `<result><host>192.0.2.1</host><port>22/tcp</port><nvt><name>SSH</name></nvt></result>`, ""},
		{"masscan's list", "#masscan\n", "open tcp 25 192.0.2.9 1772355671\n", ""},
	}
	for name, in := range each() {
		if r, ok := endless(name, in); ok {
			runs = append(runs, r)
		}
	}
	for _, tt := range runs {
		t.Run(tt.name, func(t *testing.T) {
			in := io.MultiReader(strings.NewReader(tt.head), &repeat{tt.row, size / len(tt.row) * len(tt.row), 0}, strings.NewReader(tt.tail))
			var before, now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			most, n := uint64(0), 0
			for _, err := range Read(in, tt.name, Options{Kind: OpenRelay, Seen: time.Unix(1772359200, 0)}) {
				if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatal(err)
				}
				if n++; n%1_000 == 0 && (n <= 5_000 || n%500_000 == 0) {
					runtime.GC()
					runtime.ReadMemStats(&now)
					most = max(most, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
				}
			}
			if most > 4<<20 || n < size/len(tt.row) {
				t.Errorf("%d bytes of heap for %d rows", most, n)
			}
		})
	}
}

// A run is a file with a row that is repeated.
type run struct{ name, head, row, tail string }

// endless makes a run of a small file: its last line, or its last object, over
// and over. Of XML, which has no lines, it makes none.
func endless(name, in string) (run, bool) {
	switch path.Ext(name) {
	case ".csv", ".jsonl", ".txt":
		at := strings.LastIndexByte(strings.TrimSpace(in), '\n') + 1
		return run{name, in[:at], in[at:], ""}, true
	case ".json":
		if list, ok := strings.CutPrefix(in, "["); ok {
			list, _ = strings.CutSuffix(strings.TrimSpace(list), "]")
			objects := strings.Split(list, "},\n{")
			return run{name, "[", "{" + strings.TrimPrefix(strings.TrimSpace(objects[len(objects)-1]), "{") + ",\n", ""}, true
		}
		return run{name, "", in, ""}, true
	}
	return run{}, false
}

// Each rule can be counted and explained.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if r.ID == "" || r.Words == "" || r.Reason == "" || r.Source == "" || seen[r.ID] || (r.Class != "") != (r.Strength == Contradicted) {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
		if r.Class != "" && (strings.ContainsAny(r.Class.Name(), "{|}") || Singular(r.Class.Name()) == r.Class.Name()) {
			t.Errorf("%s: %s, %s", r.ID, r.Class.Name(), Singular(r.Class.Name()))
		}
	}
	if got := portClass.Name() + "; " + Singular(portClass.Name()) + "; " + Singular(proxyClass.Name()) + "; " + Singular("none of ours"); got !=
		"open ports without a word about the service; open port without a word about the service; proxy that fetched nothing for a stranger; none of ours" {
		t.Error(got)
	}
	if _, ok := RuleOf(Finding{}); ok {
		t.Error("a finding without a rule has one")
	}
}
