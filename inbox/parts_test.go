package inbox

import (
	"strings"
	"testing"
)

func TestTrimmedAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"a@example.net": "a@example.net", "'a@example.net": "a@example.net", "''a@example.net": "a@example.net", "SMTP=a@example.net": "a@example.net",
		"'smtp=a@example.net": "a@example.net", "smtp=": "smtp=", "smtpa@example.net": "smtpa@example.net", "": "", "'": "",
	} {
		if got := trimmed(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestBlocksOfAReport(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       string // the first field of each block
	}{
		{"one block", "Reporting-MTA: dns; a\n", "a"},
		{"two", "Reporting-MTA: dns; a\n\nReporting-MTA: dns; b\n", "a b"},
		{"empty lines between and around", "\n\nReporting-MTA: dns; a\n\n\n\nReporting-MTA: dns; b\n\n\n", "a b"},
		{"words that are no fields", "Reporting-MTA: dns; a\n\nThat is all.\n\nReporting-MTA: dns; b\n", "a b"},
		{"recipients without a line between them", "Final-Recipient: dns; a\nFinal-Recipient: dns; b\nFinal-Recipient: dns; c\n", "a b c"},
		{"nothing", "", ""},
	} {
		var got []string
		for _, f := range blocks(tt.text) {
			value := f.Get("Reporting-Mta") + f.Get("Final-Recipient")
			got = append(got, strings.TrimPrefix(value, "dns; "))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReportedAddresses(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    fields
		want string
	}{
		{"the final one", fields{"Final-Recipient": {"rfc822; a@example.net"}, "Original-Recipient": {"rfc822; b@example.net"}}, "a@example.net"},
		{"without its type", fields{"Final-Recipient": {"a@example.net"}}, "a@example.net"},
		{"not what stands for its type", fields{"Final-Recipient": {"x@local.example; a@example.net"}}, "a@example.net"},
		{"the one that was asked for, where it is of no domain", fields{"Final-Recipient": {"rfc822; a@host"}, "Original-Recipient": {"rfc822; b@example.net"}}, "b@example.net"},
		{"an actual one", fields{"X-Actual-Recipient": {"rfc822; c@example.net"}}, "c@example.net"},
		{"the first where none has a domain", fields{"Final-Recipient": {"rfc822; a@host"}, "Original-Recipient": {"rfc822; b@other"}}, "a@host"},
		{"nobody", fields{}, ""},
	} {
		if got := reportedAddress(tt.f); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What MIME cannot take apart is read as it stands.
func TestMIMEBeyondRepair(t *testing.T) {
	for name, kind := range map[string]string{
		"a boundary that never comes": `multipart/mixed; boundary="b"`, "no boundary": "multipart/mixed", "no type": "", "a type that is none": "x", "an image": "image/png",
	} {
		m, err := parse([]byte("From: a@example.net\nContent-Type: " + kind + "\n\nPlease stop.\n"))
		if err != nil || !strings.Contains(m.text, "Please stop.") {
			t.Errorf("%s: %q, %v", name, m.text, err)
		}
	}
}

func TestWhatIsKeptOfAReturnedLetter(t *testing.T) {
	for _, tt := range []struct {
		name       string
		lines      []string
		end, start int
		text, to   string
	}{
		{"below empty lines", []string{"sorry\n", "---\n", "\n", " \n", "To: a@example.net\n", "\n", "x\n"}, 1, 2, "sorry\n", "a@example.net"},
		{"at once", []string{"sorry\n", "To: a@example.net\n", "\n"}, 1, 1, "sorry\n", "a@example.net"},
		{"nothing but empty lines", []string{"sorry\n", "---\n", "\n"}, 1, 2, "sorry\n", ""},
		{"nothing at all", []string{"sorry\n"}, 1, 1, "sorry\n", ""},
	} {
		m := &parsed{original: fields{}}
		m.keep(tt.lines, tt.end, tt.start)
		if m.text != tt.text || m.original.Get("To") != tt.to {
			t.Errorf("%s: %q, %q", tt.name, m.text, m.original.Get("To"))
		}
	}
}
