package report

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// differs says how a time of day and a zone behind a day are read otherwise as
// figures than by the forms of words, or "".
func differs(rest string) string {
	var figures, words stamp
	figures.clockBehind(rest)
	words.searchClock(rest)
	if !sameStamp(figures, words) {
		return fmt.Sprintf("%q: %+v, want %+v", rest, figures, words)
	}
	for i := range rest { // a zone may stand anywhere
		z, letters, n := figureZone(rest[i:])
		if z == nil {
			continue
		}
		var words stamp
		words.searchZone(rest[i:])
		if figures := (stamp{zone: z, letters: letters, to: n}); !sameStamp(figures, words) {
			return fmt.Sprintf("%q: %+v, want %+v", rest[i:], figures, words)
		}
	}
	return ""
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
				if why := differs(clock + zone + behind); why != "" {
					t.Error(why)
				}
			}
		}
	}
}

func TestWhereNoZoneStoodNoneIsLookedForAgain(t *testing.T) {
	long := strings.Repeat("x", 120) // so that no other line is seen behind a time
	text := "2026-11-12 10:22:03 bastion sshd[1]\n2026-11-12 10:22:04 bastion sshd[2]\n2026-11-12 10:22:05 bastion +02:00\n2026-11-12 10:22:06 (UTC+1) x\n2026-11-12 10:22:07 (UTC+2) x\n2026-11-12 10:22:08 +15 " + long + "\n2026-11-12 10:22:09 +05 " + long + "\n"
	var got []string
	for _, s := range stamps(text, time.Time{}) {
		got = append(got, s.time(nil).String())
	}
	want := "2026-11-12T10:22:03 2026-11-12T10:22:04 2026-11-12T10:22:05 2026-11-12T10:22:06+01:00 2026-11-12T10:22:07+02:00 2026-11-12T10:22:08 2026-11-12T10:22:09+05:00"
	if strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func FuzzTimesInFigures(f *testing.F) {
	for _, s := range []string{"T10:22:03Z", " 10:22:03 +0100]", " 10:22:03.5 am", " 10:22:03 s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rest string) {
		if why := differs(tidy(rest)); why != "" {
			t.Error(why)
		}
	})
}
