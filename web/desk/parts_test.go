package desk

import (
	"strings"
	"testing"
)

func TestAMailIsTakenApart(t *testing.T) {
	const mixed = "Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--b--\r\n" +
		"--a\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"a/../b.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--a--\r\n"
	m, err := readMail([]byte(mixed))
	if err != nil || len(m.Bodies) != 1 || m.Bodies[0].Text != "Grüße" || m.Bodies[0].HTML != "<p>hi</p>" {
		t.Fatalf("%v: %+v", err, m)
	}
	if len(m.Files) != 1 || m.Files[0].Name != "b.csv" || string(m.Files[0].Data) != "abc" || !strings.HasPrefix(m.Header, "Subject: x\n") {
		t.Errorf("%+v", m)
	}
	deep := "Content-Type: multipart/mixed; boundary=a0\r\n\r\n"
	for i := range 9 {
		deep += strings.ReplaceAll("--aX\r\nContent-Type: multipart/mixed; boundary=aY\r\n\r\n", "X", string(rune('0'+i)))
		deep = strings.ReplaceAll(deep, "Y", string(rune('1'+i)))
	}
	if _, err := readMail([]byte(deep)); err == nil {
		t.Error("parts in parts without end are read")
	}
}

func FuzzAMailIsTakenApart(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n"))
	f.Add([]byte("\r\n\r\n"))
	f.Add([]byte("Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ=="))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := readMail(raw)
		n := 0
		for _, b := range m.Bodies {
			n += len(b.Text) + len(b.HTML)
		}
		if err == nil && n > 4*len(raw) {
			t.Errorf("%d bytes of %d", n, len(raw))
		}
	})
}
