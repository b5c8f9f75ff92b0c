package report_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"headsup/inbox/report"
)

const top = "From: a@example.org\r\nSubject: abuse report\r\nMIME-Version: 1.0\r\n"

// attached is a message with one file in base64.
func attached(name string, data []byte) []byte {
	return []byte(top + "Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: text/plain\r\n\r\nPlease investigate the attack.\r\n--bb\r\n" +
		"Content-Type: application/octet-stream; name=\"" + name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(data) + "\r\n--bb--\r\n")
}

func zipped(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	z.Close()
	return b.Bytes()
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

func TestWhatIsTooMuchIsLeftOut(t *testing.T) {
	bomb := make([]byte, 40<<20)
	deep := top
	for i := range 10_000 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	wide := top + "Content-Type: multipart/mixed; boundary=bb\n\n" + strings.Repeat("--bb\nContent-Type: text/plain\n\nx\n", 10_000) + "--bb--\n"
	nested := strings.Repeat("Content-Type: message/rfc822\n\nSubject: x\n", 10_000)
	for _, tt := range []struct {
		name string
		mail []byte
		want string
	}{
		{"a zip that unpacks to 40 MB", attached("x.csv.zip", zipped(t, "x.csv", bomb)), "unpacks to too much"},
		{"a gzip that does", attached("x.csv.gz", gzipped(bomb)), "unpacks to too much"},
		{"a zip that is cut off", attached("x.zip", zipped(t, "x.csv", []byte("ip,port\n"))[:30]), "cannot be read"},
		{"10,000 parts in one another", []byte(deep), "deep"},
		{"10,000 parts beside one another", []byte(wide), "more than 300 parts"},
		{"10,000 messages in one another", []byte(top + nested), "deep"},
		{"a message that a mailbox cut at 32 MB", append([]byte(top+"\n"), bytes.Repeat([]byte("x y\n"), 9<<20)...)[:32<<20], "too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := report.Read(tt.mail, report.Options{})
			if got.Status != report.Person || !strings.Contains(strings.Join(got.Limits, "; "), tt.want) {
				t.Errorf("%s, %q; want a person because of %q", got.Status, got.Limits, tt.want)
			}
			if got.Reporter != "a@example.org" {
				t.Errorf("nobody to answer: %q", got.Reporter)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	mail := attached("x.csv.zip", zipped(t, "x.csv", make([]byte, 200<<20)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report.Read(mail, report.Options{})
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 200 {
		t.Errorf("%d MB for a bomb", used)
	}
}

func TestALargeTableIsReadWhole(t *testing.T) {
	var b strings.Builder
	b.WriteString("timestamp,ip,protocol,port,asn\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "2026-03-01 00:00:%02d,192.0.%d.%d,udp,53,64500\n", i%60, i/250%250, i%250+1)
	}
	got := report.Read(attached("2026-03-01-scan_dns-isp-asn.csv.zip", zipped(t, "x.csv", []byte(b.String()))), report.Options{Special: true})
	if n := len(got.Events); n < 60_000 || got.Events[0].Kind != report.ExposedService || got.Events[0].Port != 53 {
		t.Fatalf("%d events, the first %+v", n, got.Events[:min(n, 1)])
	}
	if s := got.Events[0].Seen.String(); s != "2026-03-01T00:00:00" {
		t.Errorf("seen %s: the table states no zone", s)
	}
}

func TestHostileNamesAndTextsArePrintable(t *testing.T) {
	mail := top + "Content-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: text/plain\n\nattack from 192.0.2.9\x1b[2J http://evil.example.com/\x1b]0;x\x07 \u202e please stop this abuse\n--bb\n" +
		"Content-Type: text/plain; name=\"../../etc/\x1b[31mpasswd\u202e.txt\"\n\nattacker: 192.0.2.9 \x1b[31m\n--bb--\n"
	got := report.Read([]byte(mail), report.Options{Special: true})
	if len(got.Events) == 0 {
		t.Fatal("nothing read", got.Why)
	}
	text, _ := json.Marshal(got.Events)
	names := ""
	for _, p := range got.Parts {
		names += p.Name
	}
	if s := string(text) + names + got.Why; strings.ContainsAny(s, "\x1b\x07\u202e") || strings.Contains(s, `\u001b`) || strings.Contains(names, "../") {
		t.Errorf("control characters or paths in %q", s)
	}
}

func TestXARFSamples(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/samples/xarf/reports/*.json")
	if len(files) == 0 {
		t.Skip("the samples of XARF are not at hand")
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var x struct {
			Source    string `json:"source_identifier"`
			Timestamp string `json:"timestamp"`
			Port      int    `json:"source_port"`
		}
		if err := json.Unmarshal(data, &x); err != nil {
			t.Fatal(err)
		}
		got := report.Read(attached("xarf.json", data), report.Options{Special: true})
		if got.Status != report.Understood || len(got.Events) != 1 {
			t.Errorf("%s: %s, %d events (%s)", filepath.Base(f), got.Status, len(got.Events), got.Why)
			continue
		}
		e := got.Events[0]
		if e.Addr.IsValid() && e.Addr.String() != x.Source || !e.Addr.IsValid() && e.URL == "" && got.Queue != report.Secret {
			t.Errorf("%s: address %s, URL %q, want %s", filepath.Base(f), e.Addr, e.URL, x.Source)
		}
		if !sameTime(e.Seen.String(), x.Timestamp) || got.Queue != report.Secret && x.Port > 0 && int(e.Port) != x.Port || e.Kind == "" {
			t.Errorf("%s: %s %d %s, want %s %d", filepath.Base(f), e.Seen, e.Port, e.Kind, x.Timestamp, x.Port)
		}
		if strings.Contains(f, "csem") && (got.Queue != report.Secret || len(got.Parts) > 0 || e.Evidence != "" || e.URL != "") {
			t.Errorf("%s is shown: %+v", filepath.Base(f), got)
		}
	}
}
