package lookup

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
)

var update = flag.Bool("update", false, "write what is decoded into testdata/answers/want")

// Each archive holds the shapes of one registry; the name of a file is the
// sentence that it proves, and the file of that name in want is the outcome.
func TestDecode(t *testing.T) {
	archives, err := filepath.Glob("testdata/answers/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no answers to decode: %v", err)
	}
	for _, name := range archives {
		in := readArchive(t, name)
		wantFile := filepath.Join("testdata/answers/want", filepath.Base(name))
		if *update {
			var b strings.Builder
			for _, f := range in {
				fmt.Fprintf(&b, "-- %s --\n%s", f.name, outcome(input(f)))
			}
			if err := os.WriteFile(wantFile, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want := readArchive(t, wantFile)
		if len(want) != len(in) {
			t.Fatalf("%s has %d cases, %s %d", name, len(in), wantFile, len(want))
		}
		for i, f := range in {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+f.name, func(t *testing.T) {
				if want[i].name != f.name {
					t.Fatalf("the outcome here is of %q", want[i].name)
				}
				if d := cmp.Diff(want[i].data, outcome(input(f))); d != "" {
					t.Errorf("(-want +got)\n%s", d)
				}
			})
		}
	}
}

type file struct{ name, data string }

// readArchive reads files in the txtar form: each below a line "-- name --".
func readArchive(tb testing.TB, name string) []file {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	var files []file
	for line := range strings.Lines(string(data)) {
		if m, ok := strings.CutPrefix(strings.TrimSuffix(line, " --\n"), "-- "); ok && strings.HasSuffix(line, " --\n") {
			files = append(files, file{name: m})
		} else if len(files) > 0 {
			files[len(files)-1].data += line
		}
	}
	return files
}

func encode(e encoding.Encoding, text string) []byte {
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

// input makes of a file what its name says about line ends and letters; an archive cannot hold them.
func input(f file) []byte {
	switch {
	case strings.HasPrefix(f.name, "ISO-2022-JP: "):
		return encode(japanese.ISO2022JP, f.data)
	case strings.HasPrefix(f.name, "EUC-KR: "):
		return encode(korean.EUCKR, f.data)
	case strings.HasPrefix(f.name, "ISO-8859-1: "):
		return encode(charmap.ISO8859_1, f.data)
	}
	if strings.HasPrefix(f.name, "CRLF") {
		return []byte(strings.TrimSpace(strings.ReplaceAll(f.data, "\n", "\r\n")))
	}
	return []byte(f.data)
}

// outcome writes down an answer, a line for each fact.
func outcome(body []byte) string {
	a, err := Decode(body, "whois.example", time.Unix(0, 0))
	switch {
	case errors.Is(err, ErrRefused):
		return "refused\n"
	case err != nil:
		return "no answer\n"
	}
	var b strings.Builder
	n := a.Network
	fmt.Fprintf(&b, "network %s - %s handle %q name %q org %q country %q languages %v %s\n", n.First, n.Last, n.Handle, n.Name, n.Org, n.Country, n.Languages, n.Source)
	if a.Elsewhere || a.Referral != "" {
		fmt.Fprintf(&b, "elsewhere %v referral %q\n", a.Elsewhere, a.Referral)
	}
	if a.Parent != "" {
		fmt.Fprintf(&b, "parent %q\n", a.Parent)
	}
	for _, c := range n.Contacts {
		fmt.Fprintf(&b, "%s %s role %q of %q in %q %v\n", c.Rule, c.Email, c.Role, c.Handle, c.Attribute, c.Flags)
		fmt.Fprintf(&b, "\tto %q, %q, %q, %q, %q\n", c.Name, c.Org, c.Address, c.Country, c.Language)
	}
	for _, c := range a.Rejected {
		fmt.Fprintf(&b, "not %s %s of %q %v\n", c.Rule, c.Email, c.Handle, c.Flags)
	}
	return b.String()
}

func TestDecodeCharsets(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"UTF-8 stays", "inetnum: 192.0.2.0/24\nowner: Montañez\n", "Montañez"},
		{"Latin-1 is read", "inetnum: 192.0.2.0/24\nowner: Monta\xf1ez\n", "Montañez"},
		{"each line for itself", "inetnum: 192.0.2.0/24\ndescr: \xf1\nowner: Montañez\n", "Montañez"},
		{"ISO-2022-JP is read", "[Network Number] 192.0.2.0/24\n[Organization] \x1b$B4t@n\x1b(B\n", "岐川"},
		{"a byte order mark is not an attribute", "\ufeffinetnum: 192.0.2.0/24\nowner: Example\n", "Example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Decode([]byte(c.body), "whois.example", time.Unix(0, 0))
			if err != nil || a.Network.Org != c.want {
				t.Errorf("org %q, %v; want %q", a.Network.Org, err, c.want)
			}
		})
	}
}

func TestDecodeStampsWhoSaidItAndWhen(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("CET", 3600))
	a, err := Decode([]byte("% Abuse contact for '192.0.2.0/24' is 'abuse@example.net'\n\ninetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\n"), "whois.ripe.net", at)
	if err != nil {
		t.Fatal(err)
	}
	if a.Network.Server != "whois.ripe.net" || a.Network.Contacts[0].Server != "whois.ripe.net" || a.Network.Fetched != at.UTC() || a.Network.Source != "whois" {
		t.Errorf("%+v", a.Network)
	}
}

// The decoder behind this turns such a body into 190 times its size.
func TestDecodeRefusesABombCheaply(t *testing.T) {
	for _, size := range []int{1500 << 10, 500 << 10} {
		bomb := []byte(`{"objectClassName":"ip network","entities":[` + strings.Repeat("{},", size/3) + `{}]}`)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(bomb, "rdap.example", time.Unix(0, 0))
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%d bytes of entities are an answer", size)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
			t.Errorf("%d bytes cost %d", size, used)
		}
	}
}

func TestDecodeCapsFields(t *testing.T) {
	long := strings.Repeat("long ", 300)
	a, err := Decode([]byte("inetnum: 192.0.2.0/24\nnetname: "+long+"\nowner: "+long+"\nabuse-c: A1\n"+strings.Repeat("address: a "+long+"\n", 50)+
		"\nnic-hdl: A1\nperson: "+long+"\ne-mail: "+strings.Repeat("a", 300)+"@example.net\n"+strings.Repeat("e-mail: "+long+"@example.org\n", 100)+
		"e-mail: abuse@example.net\n"), "whois.example", time.Unix(0, 0))
	if err != nil || len(a.Network.Contacts) != 1 {
		t.Fatalf("%v %v", a.Network.Contacts, err)
	}
	c := a.Network.Contacts[0]
	for name, got := range map[string]int{"org": len(a.Network.Org), "name": len(c.Name), "address lines": len(c.Address) * 10, "address": len(c.Address[0]), "rejected": len(a.Rejected) * 10} {
		if got > 200 {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, r := range a.Rejected {
		if len(r.Email) > 3*maxMail {
			t.Errorf("rejected mail of %d bytes", len(r.Email))
		}
	}
}

func TestDecodeCaps(t *testing.T) {
	var net strings.Builder
	net.WriteString("inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\nabuse-c: A1\n\nrole: Desk\nnic-hdl: A1\n")
	for i := range 100 {
		fmt.Fprintf(&net, "abuse-mailbox: abuse%d@example.net\nabuse-mailbox: abuse%d@localhost\n", i, i)
	}
	a, err := Decode([]byte(net.String()), "whois.example", time.Unix(0, 0))
	if err != nil || len(a.Network.Contacts) != maxContacts || len(a.Rejected) != maxContacts || a.Network.Contacts[0].Email != "abuse0@example.net" {
		t.Errorf("%d contacts, %d rejected, %v", len(a.Network.Contacts), len(a.Rejected), err)
	}
	net.WriteString(strings.Repeat("remarks: long\n", maxBody/10))
	if _, err := Decode([]byte(net.String()), "whois.example", time.Unix(0, 0)); err == nil {
		t.Errorf("%d bytes are an answer", net.Len())
	}
}

func FuzzDecode(f *testing.F) {
	archives, _ := filepath.Glob("testdata/answers/*.txtar")
	for _, name := range archives {
		for _, file := range readArchive(f, name) {
			f.Add([]byte(file.data))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := Decode(body, "whois.example", time.Unix(0, 0))
		if err != nil {
			return
		}
		n := a.Network
		if n.First.IsValid() != n.Last.IsValid() || n.First.IsValid() && (n.First.BitLen() != n.Last.BitLen() || n.Last.Less(n.First)) {
			t.Errorf("range %v - %v", n.First, n.Last)
		}
		if a.Elsewhere && len(n.Contacts) > 0 {
			t.Errorf("contacts for what is not here: %v", n.Contacts)
		}
		texts := []string{n.Handle, n.Name, n.Org, n.Country, a.Parent, a.Referral}
		for _, c := range n.Contacts {
			if m, err := addrSpec(c.Email); err != nil || m != c.Email {
				t.Errorf("contact %q: %q, %v", c.Email, m, err)
			}
			texts = append(append(texts, c.Name, c.Org, c.Handle, c.Attribute, c.Role, c.Country), c.Address...)
		}
		for _, c := range a.Rejected {
			texts = append(texts, c.Email, c.Name, c.Handle)
		}
		for _, s := range texts {
			if !utf8.ValidString(s) || clean(s, 1000) != s {
				t.Errorf("not clean: %q", s)
			}
		}
	})
}

func TestKoreanIsPairsOfHangul(t *testing.T) {
	for line, want := range map[string]bool{
		"\xc7\xd1\xb1\xb9 KT":               true,  // 한국
		"plain":                             false, // nothing that is not ASCII
		"\xc7\xd1\xb1":                      false, // half a pair at the end
		"\x93\xb0\xb0\xa1\xb1\xa1":          false, // begins with what no pair begins with
		"\xff\xb0\xb0\xa1\xb1\xa1":          false,
		"\xb0\x93\xb0\xa1\xb1\xa1":          false,
		"\xb0\xff\xb0\xa1\xb1\xa1":          false,
		"\xa1\xa1\xc7\xd1":                  false, // half of them syllables: not most
		"\xa1\xa1\xc7\xd1\xb1\xb9":          true,
		"\xaf\xa1\xaf\xa1\xb0\xa1":          false, // the row before the syllables'
		"\xc9\xa1\xc9\xa1\xc8\xa1":          false, // the row behind them
		"\xb0\xa1\xc8\xfe\xc8\xa1 \xc9\xa1": true,
	} {
		if got := isEUCKR([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// Ledgers, JSON and other people's contact lists hold these words.
func TestWordsOfLookUpsStayWhatTheyAre(t *testing.T) {
	got := fmt.Sprint([]Status{StatusFound, StatusNone, StatusFailed, StatusRefused, StatusSpecial, StatusDue}, []string{DigestReports, EachReports, NoReports})
	if got != "[found none failed refused special due] [digest each none]" {
		t.Error(got)
	}
}
