package report

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// notes are what a colleague writes above a report that is passed on, with the
// line above the fields of the mail, by language.
var notes = map[string][2]string{
	"en": {"FYI, please handle.\n\nThanks\nJana", "-----Original Message-----"},
	"de": {"Zur Kenntnis, bitte bearbeiten.\n\nGruß\nJana", "-----Ursprüngliche Nachricht-----"},
	"fr": {"Pour info, merci de traiter.\n\nCordialement\nJana", "-----Message d'origine-----"},
	"es": {"Para su información, por favor gestionar.\n\nSaludos\nJana", "-----Mensaje original-----"},
	"pt": {"Para conhecimento, favor tratar.\n\nAtenciosamente\nJana", "-----Mensagem original-----"},
	"it": {"Per conoscenza, da gestire per favore.\n\nSaluti\nJana", "-----Messaggio originale-----"},
	"nl": {"Ter info, graag oppakken.\n\nMet vriendelijke groet\nJana", "-----Oorspronkelijk bericht-----"},
	"pl": {"Do wiadomości, proszę się zająć.\n\nPozdrawiam\nJana", "-----Wiadomość oryginalna-----"},
	"ru": {"К сведению, прошу обработать.\n\nС уважением\nЯна", "-----Исходное сообщение-----"},
	"ja": {"ご参考まで。対応をお願いします。", "-----Original Message-----"},
}

// passOn is a message as a colleague passes it on: in the text, or enclosed.
func passOn(text []byte, lang string, enclosed bool) []byte {
	var o opener
	m := o.parse(unmbox(text), 0)
	note, ok := notes[lang]
	if !ok {
		note = notes["en"]
	}
	subject := m.head.get("Subject")
	head := "From: Jana <jana@nordlicht.example>\nTo: abuse@nordlicht.example\nDate: " + m.head.get("Date") +
		"\nSubject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte("Fwd: "+subject)) + "?=\nMIME-Version: 1.0\n"
	if enclosed {
		return []byte(head + "Content-Type: multipart/mixed; boundary=\"passed\"\n\n--passed\nContent-Type: text/plain; charset=utf-8\n" +
			"Content-Transfer-Encoding: 8bit\n\n" + note[0] + "\n\n--passed\nContent-Type: message/rfc822\n\n" + string(text) + "\n--passed--\n")
	}
	r := &reader{o: testHouse(), m: m, outer: m}
	body := fmt.Sprintf("%s\n\n%s\nFrom: %s\nSent: %s\nTo: abuse@nordlicht.example\nSubject: %s\n\n", note[0], note[1], m.head.get("From"), m.head.get("Date"), subject)
	for _, p := range r.shown() {
		body += p.text + "\n"
	}
	return []byte(head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body)
}

// TestPassedOnWithNote passes mails of others on, and looks whether verdict and
// addresses stay: some by default, all with HEADSUP_LONG.
func TestPassedOnWithNote(t *testing.T) {
	o, long := testHouse(), os.Getenv("HEADSUP_LONG") != ""
	for _, enclosed := range []bool{false, true} {
		all, wrong, lost, more, mail := 0, 0, 0, 0, 0
		for _, dir := range mailDirs {
			for _, row := range rowsOf(t, filepath.Join("testdata", dir, "expected.tsv")) {
				if mail++; !long && mail%29 != 0 {
					continue
				}
				name := filepath.Join("testdata", dir, row[0])
				text := mailOf(t, name)
				var op opener
				m := op.parse(unmbox(text), 0)
				if !enclosed && slices.ContainsFunc(m.parts, func(p *part) bool { return p.attach || p.inner != nil }) {
					continue // what is enclosed is lost in the text
				}
				before, after := readOrForeign(text, o), readOrForeign(passOn(text, row[4], enclosed), o)
				was, is := strings.Fields(strings.ReplaceAll(addrsOf(before), ",", " ")), strings.Fields(strings.ReplaceAll(addrsOf(after), ",", " "))
				all++
				switch {
				case after.Status == Understood && slices.ContainsFunc(is, func(a string) bool { return !slices.Contains(was, a) && !strings.Contains(row[3], a) }):
					wrong++
					t.Logf("%s (%s %s, enclosed %v): %s is %s now (%s)", name, row[4], row[5], enclosed, was, is, after.Why)
				case before.Status == Understood && after.Status != Understood:
					lost++
					t.Logf("%s (%s %s, enclosed %v): %s now: %s", name, row[4], row[5], enclosed, after.Status, after.Why)
				case before.Status != Understood && after.Status == Understood:
					more++
					t.Logf("%s (%s %s, enclosed %v): understood now: %s", name, row[4], row[5], enclosed, after.Why)
				}
			}
		}
		t.Logf("enclosed %v: of %d mails %d have a wrong address, %d are lost, %d are understood that were not", enclosed, all, wrong, lost, more)
		most := 2 + all/50 // lists and newsletters tell by their header, which the text has not
		if enclosed {
			most = all / 100
		}
		if wrong > most || lost > most {
			t.Errorf("enclosed %v: of %d mails %d have a wrong address, and %d are lost", enclosed, all, wrong, lost)
		}
	}
}
