package report

import (
	"strings"
	"testing"
	"time"
)

// asWords reads what stands behind a day as the forms of words do.
func asWords(rest string) (t stamp) {
	t.searchClock(rest)
	return t
}

func asFigures(rest string) (t stamp) {
	t.clockBehind(rest)
	return t
}

func sameStamp(a, b stamp) bool {
	az, bz := a.zone, b.zone
	a.zone, b.zone, a.quiet, b.quiet = nil, nil, nil, nil
	at := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)
	return a == b && (az == nil) == (bz == nil) && (az == nil || offsetOf(az, at) == offsetOf(bz, at))
}

func TestTimesInFiguresAreReadAsTheFormsOfWordsReadThem(t *testing.T) {
	for _, clock := range strings.Split("T10:22:03| 10:22:03|T23:59:60| 10:22:03.123| 10:22:03,5|:04:05:06| 25:00:00| 10:22", "|") {
		for _, zone := range strings.Split("|Z| Z|+00:00| +0200|-0330|+15:00|+01:60| UTC| -| +1|Z-05|.Z", "|") {
			for _, behind := range []string{"", " ", "\n", "]", ", next", " UTC+3 x", " bastion sshd[2211]: x", " pm", " p.m.", " s", " 10.1.2.3", ";a", "\t\tam Morgen",
				" (UTC+2)", " Moscow time", " to 11:22:03 UTC", "5", " 午後", "\n\nnext 2026-11-12"} {
				rest := clock + zone + behind
				if got, want := asFigures(rest), asWords(rest); !sameStamp(got, want) {
					t.Errorf("%q: %+v, want %+v", rest, got, want)
				}
			}
		}
	}
}

func TestWhereNoZoneStoodNoneIsLookedForAgain(t *testing.T) {
	const text = "2026-11-12 10:22:03 bastion sshd[1]\n2026-11-12 10:22:04 bastion sshd[2]\n2026-11-12 10:22:05 bastion +02:00\n2026-11-12 10:22:06 (UTC+1) x\n2026-11-12 10:22:07 (UTC+2) x\n"
	var got []string
	for _, s := range stamps(text, time.Time{}) {
		got = append(got, s.time(nil).String())
	}
	want := "2026-11-12T10:22:03 2026-11-12T10:22:04 2026-11-12T10:22:05 2026-11-12T10:22:06+01:00 2026-11-12T10:22:07+02:00"
	if strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func FuzzTimesInFigures(f *testing.F) {
	for _, s := range []string{"T10:22:03Z", " 10:22:03 +0100]", " 10:22:03.5 am", " 10:22:03 s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rest string) {
		if rest = tidy(rest); !sameStamp(asFigures(rest), asWords(rest)) {
			t.Errorf("%q: %+v, want %+v", rest, asFigures(rest), asWords(rest))
		}
	})
}
