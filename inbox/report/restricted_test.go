package report

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestRestricted reads letters of the police, of courts and lawyers, of people who
// ask for their data and of those who fear for a life, and ordinary reports that
// mention these, in each language. The words were mended by these texts, so that
// the floors, a little below what is reached, hold them.
func TestRestricted(t *testing.T) {
	a, err := txtar.ParseFile("testdata/restricted/texts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	f := tallies{}
	for _, text := range a.Files {
		class := text.Name[strings.LastIndexByte(text.Name, ' ')+1:]
		want := Restricted
		if class == "plain" {
			want = Open
		}
		got := readText(string(text.Data))
		if f.add(class, got.Queue == want); got.Queue != want {
			t.Logf("%s: queue %q, want %q: %s %s", text.Name, got.Queue, want, got.Status, got.Why)
		}
		if class == "plain" {
			f.add("plain and understood", got.Status == Understood)
		}
	}
	for what, least := range map[string]float64{
		"police": 0.97, "court": 0.97, "data": 0.97, "life": 0.97, "plain": 0.97, "plain and understood": 0.97,
	} {
		if n := f[what]; n[0] < 45 || f.share(what) < least {
			t.Errorf("%s: %d of %d, want %.2f of one for each language", what, n[1], n[0], least)
		}
	}
}

// TestAuthoritiesInPassing reads texts that only speak of authorities, and texts that ask for
// something all the same.
func TestAuthoritiesInPassing(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Queue
	}{
		{"a threat to go to the police", "If this goes on we will inform the police.", Open},
		{"a threat over the end of a line", "If this goes on we will inform the\npolice.", Open},
		{"a threat in Ukrainian", "Інакше повідомимо поліцію.", Open},
		{"a threat, and the police who write", "We may report this to other offices. The police of Leeds ask you.", Restricted},
		{"a threat, and a question who it is", "Please provide the subscriber information, or we will inform the police.", Restricted},
		{"who fears for a life went to the police", "He wrote that he will kill himself; we may report this to the police.", Restricted},
		{"a script without ends of sentences", strings.Repeat("เซิร์ฟเวอร์ของเราถูกโจมตี", 8) + "\nผู้เสียหายแจ้งความแล้ว\nตำรวจขอข้อมูลจากท่าน", Restricted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText("192.0.2.44 attacks our server, 2026-11-14 21:17:03 UTC.\n\n" + tt.text + "\n")
			if got.Queue != tt.want {
				t.Errorf("queue %q, want %q: %s", got.Queue, tt.want, got.Why)
			}
		})
	}
}

// readText reads a mail with this text.
func readText(text string) Report {
	return Read([]byte("From: someone@reporter.example\nTo: abuse@isp.example\nSubject: 192.0.2.44\n"+
		"Date: Sun, 15 Nov 2026 12:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"+text), testHouse())
}
