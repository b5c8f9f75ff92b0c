package letter_test

import (
	"strings"
	"testing"

	"headsup/letter"
)

func TestOwnIsWhatAPersonWrote(t *testing.T) {
	const quote = "> Dear network operator,\n> the systems below\n"
	for _, c := range []struct{ name, text, want string }{
		{"no quote", "Stop.\n", "Stop."},
		{"a quote alone", quote, ""},
		{"a quote below", "Stop.\n\nOn Sun, 1 Mar 2026, Office wrote:\n" + quote, "Stop."},
		{"a quote above", "On Sun, 1 Mar 2026, Office wrote:\n" + quote + "\nStop.\n", "Stop."},
		{"a quote on both sides", "Hello\nOn Sun, 1 Mar 2026, Office wrote:\n" + quote + "\nStop.\n", "Hello\n\nStop."},
		{"an announcement on two lines", "Stop.\n\nOn Sun, 1 Mar 2026 at 10:00, Office for Communications\nNetworks <notices@example.org> wrote:\n\n" + quote, "Stop."},
		{"in German", "Halt.\n\nAm 01.03.2026 um 10:00 schrieb Office:\n" + quote, "Halt."},
		{"in French", "Stop.\n\nLe 1 mars 2026 à 10:00, Office a écrit :\n" + quote, "Stop."},
		{"in Japanese", "停止\n\n2026年3月1日(日) 10:00 Office <notices@example.org>:\n" + quote, "停止"},
		{"in Chinese", "退订\n\nOffice <notices@example.org> 于2026年3月1日周日 10:00写道：\n" + quote, "退订"},
		{"in Korean", "수신거부\n\n2026년 3월 1일 (일) 오전 10:00, Office <notices@example.org>님이 작성:\n" + quote, "수신거부"},
		{"in Arabic", "قف\n\nفي الأحد، 1 مارس 2026 كتب Office:\n" + quote, "قف"},
		{"in Hebrew", "הסר\n\n\u200fבתאריך יום א׳, 1 במרץ 2026 ב-10:00 מאת \u202aOffice\u202c\u200f <\u202anotices@example.org\u202c\u200f>:\u202c\n" + quote, "הסר"},
		{"in Russian", "Стоп\n\nвс, 1 мар. 2026 г. в 10:00, Office <notices@example.org>:\n" + quote, "Стоп"},
		{"an announcement of a quote without marks", "Stop.\n\nOn Sun, 1 Mar 2026 10:00 Office wrote:\n\nDear network operator,\n", "Stop."},
		{"a separator of Outlook", "Stop.\n\n-----Original Message-----\nFrom: Office\nSent: Sunday\nTo: abuse\nSubject: x\n\nDear\n", "Stop."},
		{"in another language", "Stopp.\n\n-----Ursprüngliche Nachricht-----\nVon: Office\nGesendet: Sonntag\nAn: abuse\nBetreff: x\n\nDear\n", "Stopp."},
		{"a line of Outlook", "Stop.\n\n________________________________\nDe : Office\nEnvoyé : dimanche\nÀ : abuse\nObjet : x\n\nDear\n", "Stop."},
		{"a head alone", "Stop.\n\n发件人：Office\n发送时间：2026年3月1日\n收件人：abuse\n主题：x\n\nDear\n", "Stop."},
		{"a signature", "Stop.\n\n-- \nJane\nExample Ltd\n", "Stop."},
		{"a signature above a quote", "Stop.\n\n-- \nJane\n" + quote, "Stop."},
		{"our letter without marks", "Stop.\n\nThe systems below appear to serve anybody.\n", "Stop."},
		{"contacts are no head of a letter", "Stop.\nContact: abuse@example.org\nPhone: 1\nHours: 9-17\n", "Stop.\nContact: abuse@example.org\nPhone: 1\nHours: 9-17"},
		{"a colon above a quote of something else", "We changed this rule:\n> allow all\n", "We changed this rule:"},
		{"a long sentence that speaks of writing", "As our colleague wrote to your office in the spring, and once more in the summer, every one of the systems named below has been closed:\n" + quote,
			"As our colleague wrote to your office in the spring, and once more in the summer, every one of the systems named below has been closed:"},
		{"a line of dashes", "One\n----- two -----\nthree\n", "One\n----- two -----\nthree"},
		{"our line of twenty letters", "One.\nTwenty letters, ours\n", "One."},
		{"our line of nineteen, which others write too", "One.\nNineteen, all ours.\n", "One.\nNineteen, all ours."},
		{"line ends of Windows", "Stop.\r\n\r\n> quote\r\n", "Stop."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := letter.Own(c.text, "Hello,\nThe systems below appear to serve anybody.\nStop.\nTwenty letters, ours\nNineteen, all ours.\n"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// FuzzOwn: what a message says itself is lines of it, and says nothing of its own.
func FuzzOwn(f *testing.F) {
	f.Add("Stop.\n\nOn Sun, 1 Mar 2026, Office wrote:\n> quote\n")
	f.Add("-----Original Message-----\nFrom: a\nTo: b\nSubject: c\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		own := letter.Own(text, "")
		if letter.Own(own, "") != own && len(own) > len(text) {
			t.Error("it grows")
		}
		lines := map[string]bool{"": true}
		for line := range strings.SplitSeq(strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), 64<<10)], "\r", ""), "\uFFFD"), "\n") {
			lines[strings.TrimSpace(line)] = true
		}
		for line := range strings.SplitSeq(own, "\n") {
			if !lines[strings.TrimSpace(line)] {
				t.Errorf("%q is no line of it", line)
			}
		}
	})
}
