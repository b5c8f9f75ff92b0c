package inbox

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// messagesOf are the texts of the messages of an mbox.
func messagesOf(t *testing.T, text string) (texts []string) {
	t.Helper()
	for m, err := range Messages("box", strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, strings.TrimRight(strings.ReplaceAll(string(m.Text), "\r", ""), "\n"))
	}
	return texts
}

func TestWhereMessagesOfAnMboxBegin(t *testing.T) {
	const one, two = "From a@example.net Mon Mar  2 09:00:01 2026\nSubject: one\n\n", "Subject: two\n\n2\n"
	for _, tt := range []struct {
		name, line string
		begins     bool
	}{
		{"as RFC 4155 has it", "From b@example.net Mon Mar  2 09:00:02 2026", true},
		{"a day of two digits", "From b@example.net Mon Mar 16 09:00:02 2026", true},
		{"no seconds", "From b@example.net Mon Mar  2 09:00 2026", true},
		{"a zone before the year", "From b@example.net Mon Mar  2 09:00:02 CET 2026", true},
		{"an offset before the year", "From 1842@xxx Mon Mar 02 09:00:02 +0000 2026", true},
		{"an offset behind the year, and two spaces", "From b@example.net  Mon Mar  2 09:00:02 2026 +0100", true},
		{"a zone behind the year", "From b@example.net Mon Mar  2 09:00:02 2026 GMT", true},
		{"no sender", "From - Mon Mar  2 09:00:02 2026", true},
		{"an empty sender", "From  Mon Mar  2 09:00:02 2026", true},
		{"a mail system", "From MAILER-DAEMON Mon Mar  2 09:00:02 2026", true},
		{"a sender with spaces", "From \"b c\"@example.net Mon Mar  2 09:00:02 2026", true},
		{"the date of mail", "From b@example.net Mon, 2 Mar 2026 09:00:02 +0100", true},
		{"the date of mail with a comment", "From b@example.net 2 Mar 2026 09:00:02 +0100 (CET)", true},
		{"the date of ISO 8601", "From b@example.net 2026-03-02T09:00:02Z", true},
		{"from another machine", "From b Mon Mar  2 09:00:02 2026 remote from hub", true},
		{"an hour", "From 09:00 tomorrow the relay is closed.", false},
		{"a list", "From 192.0.2.66: port 25, 587", false},
		{"a date in a sentence", "From Mon Mar  2 09:00:02 2026 on it is closed", false},
		{"a sentence", "From now on: call us", false},
		{"an address alone", "From b@example.net: see below", false},
		{"a year alone", "From 2026", false},
		{"no space", "From:b@example.net Mon Mar  2 09:00:02 2026", false},
		{"quoted", ">From b@example.net Mon Mar  2 09:00:02 2026", false},
	} {
		for _, gap := range []string{"", "\n"} { // programs that leave no empty line
			text := one + "1\n" + gap + tt.line + "\n" + two
			if got := messagesOf(t, text); (len(got) == 2) != tt.begins {
				t.Errorf("%s: %q", tt.name, got)
			}
			if got := messagesOf(t, strings.ReplaceAll(text, "\n", "\r\n")); (len(got) == 2) != tt.begins {
				t.Errorf("%s, with CRLF: %q", tt.name, got)
			}
		}
	}
}

func TestWhatStandsBelowASeparator(t *testing.T) {
	const first, second = "From a Mon Mar  2 09:00:01 2026\n", "From b Mon Mar  2 09:00:02 2026\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"one message without a separator", "Subject: one\n\nFrom b Mon Mar  2 09:00:02 2026\nx: y\n", []string{"Subject: one\n\nFrom b Mon Mar  2 09:00:02 2026\nx: y"}},
		{"no header", first + "Subject: one\n\n" + second + "that was the time\n", []string{"Subject: one\n\n" + second + "that was the time"}},
		{"the end", first + "Subject: one\n\n" + second, []string{"Subject: one\n\n" + strings.TrimSpace(second)}},
		{"a folded header is none", first + "Subject: one\n\n" + second + "  x: y\n", []string{"Subject: one\n\n" + second + "  x: y"}},
		{"a separator above the separator", first + second + "Subject: one\n\n1\n", []string{"Subject: one\n\n1"}},
		{"quoted lines lose one mark", first + "Subject: one\n\n>From me\n>>From you\n> From him\n", []string{"Subject: one\n\nFrom me\n>From you\n> From him"}},
		{"one message keeps its marks", "Subject: one\n\n>From me\n", []string{"Subject: one\n\n>From me"}},
		{"nothing", "", nil},
		{"empty lines", "\n\n", nil},
		{"a long line that has a separator in it", first + "Subject: one\n\n" + strings.Repeat("x", 64<<10) + second + "y: z\n", []string{"Subject: one\n\n" + strings.Repeat("x", 64<<10) + second + "y: z"}},
	} {
		if got := messagesOf(t, tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %.300q, want %.300q", tt.name, got, tt.want)
		}
	}
}

func TestAMailboxThatBreaksOff(t *testing.T) {
	broken := errors.New("disk")
	in := io.MultiReader(strings.NewReader("From a Mon Mar  2 09:00:01 2026\nSubject: one\n\nFrom b Mon Mar  2 09:00:02 2026\nSubject: two\n"), iotest.ErrReader(broken))
	var read, failed int
	for m, err := range Messages("box", in) {
		switch {
		case err == nil && m.Name == "box#1":
			read++
		case errors.Is(err, broken) && m.Name == "box":
			failed++
		default:
			t.Errorf("%q %v", m.Name, err)
		}
	}
	if read != 1 || failed != 1 {
		t.Errorf("%d read, %d failed", read, failed)
	}
	for range Messages("box", strings.NewReader("From a Mon Mar  2 09:00:01 2026\nx: 1\n\nFrom b Mon Mar  2 09:00:02 2026\nx: 2\n")) {
		break // who stops is not called again
	}
}

// FuzzMessages: an mbox loses nothing but separators, marks and what is over the cap.
func FuzzMessages(f *testing.F) {
	f.Add("From a Mon Mar  2 09:00:01 2026\nx: 1\n\nFrom b Mon Mar  2 09:00:02 2026\nx: 2\n")
	f.Add("x: 1\r\n\r\nFrom 09:00 on\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		total := 0
		for m, err := range Messages("box", strings.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			total += len(m.Text)
		}
		if total > len(text) || !strings.HasPrefix(text, "From ") && strings.TrimSpace(text) != "" && total != len(text) {
			t.Errorf("%d bytes of %d", total, len(text))
		}
	})
}
