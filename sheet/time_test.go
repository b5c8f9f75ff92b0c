package sheet

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zones on this machine: %v", err)
	}
	return l
}

// TestTimes runs in a zone far from UTC: a time that names none must not be
// read in the zone of the machine.
func TestTimes(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.FixedZone("HERE", 9*3600+1800)
	const want = "2026-03-06T23:41:05Z"
	for _, tt := range []struct{ name, in, want string }{
		{"RFC 3339", "2026-03-06T23:41:05Z", want},
		{"RFC 3339 with an offset", "2026-03-07T00:41:05+01:00", want},
		{"RFC 3339 with a fraction", "2026-03-06T23:41:05.999999999Z", "2026-03-06T23:41:05.999999999Z"},
		{"a comma before the fraction", "2026-03-06 23:41:05,5", "2026-03-06T23:41:05.5Z"},
		{"small letters", "2026-03-06t23:41:05z", want},
		{"no zone is UTC", "2026-03-06 23:41:05", want},
		{"no zone, with T", "2026-03-06T23:41:05", want},
		{"no seconds", "2026-03-06 23:41", "2026-03-06T23:41:00Z"},
		{"no seconds, with T and zone", "2026-03-06T23:41Z", "2026-03-06T23:41:00Z"},
		{"PostgreSQL", "2026-03-06 23:41:05+00", want},
		{"PostgreSQL with a fraction", "2026-03-06 22:41:05.25-01", "2026-03-06T23:41:05.25Z"},
		{"a blank before the zone", "2026-03-06 23:41:05 Z", want},
		{"UTC in letters", "2026-03-06 23:41:05 UTC", want},
		{"GMT with an offset", "2026-03-07 00:41:05 GMT+1", want},
		{"an offset and its letters, as Go prints", "2026-03-07 00:41:05 +0100 CET", want},
		{"letters that mean one thing", "2026-03-07 00:41:05 CET", want},
		{"summer time in letters", "2026-07-07 01:41:05 CEST", "2026-07-06T23:41:05Z"},
		{"ISO 8601 without hyphens", "20260306T234105Z", want},
		{"digits alone", "20260306234105", want},
		{"digits without seconds", "202603062341", "2026-03-06T23:41:00Z"},
		{"a day in digits", "20260306", "2026-03-06T00:00:00Z"},
		{"a day in digits and a time", "20260306 23:41:05", want},
		{"a day", "2026-03-06", "2026-03-06T00:00:00Z"},
		{"strokes, year first", "2026/3/6 23:41:05", want},
		{"points, year first", "2026.03.06 23:41:05", want},
		{"points, day first", "06.03.2026 23:41:05", want},
		{"points and a comma", "6.3.2026, 23:41:05", want},
		{"points and blanks", "6. 3. 2026 23:41:05", want},
		{"a day with points", "06.03.2026", "2026-03-06T00:00:00Z"},
		{"the time before the day", "23:41:05 06.03.2026", want},
		{"seconds", "1772840465", want},
		{"seconds and a fraction", "1772840465.25", "2026-03-06T23:41:05.25Z"},
		{"milliseconds", "1772840465000", want},
		{"microseconds", "1772840465000000", want},
		{"nanoseconds", "1772840465000000000", want},
		{"RFC 2822", "Fri, 06 Mar 2026 23:41:05 +0000", want},
		{"RFC 2822 with a comment", "Fri, 06 Mar 2026 18:41:05 -0500 (EST)", want},
		{"RFC 2822 with American letters", "Fri, 06 Mar 2026 18:41:05 EST", want},
		{"RFC 2822 without the weekday", "6 Mar 2026 23:41:05 +0000", want},
		{"HTTP", "Fri, 06 Mar 2026 23:41:05 GMT", want},
		{"RFC 850, whose weekday tells the year", "Friday, 06-Mar-26 23:41:05 GMT", want},
		{"ctime", "Fri Mar  6 23:41:05 2026", want},
		{"date(1)", "Fri Mar  6 23:41:05 UTC 2026", want},
		{"date(1) since 2018", "Fri 06 Mar 2026 11:41:05 PM UTC", want},
		{"a web server's log", "06/Mar/2026:23:41:05 +0000", want},
		{"twelve hours", "2026-03-06 11:41:05 PM", want},
		{"twelve hours, no blank", "2026-03-06 11:41:05pm", want},
		{"twelve hours, with points", "2026-03-06 11:41:05 p.m.", want},
		{"before noon", "2026-03-06 09:41:05 AM", "2026-03-06T09:41:05Z"},
		{"midnight", "2026-03-06 12:41:05 AM", "2026-03-06T00:41:05Z"},
		{"noon", "2026-03-06 12:41:05 PM", "2026-03-06T12:41:05Z"},
		{"an hour alone", "6 March 2026 11 pm", "2026-03-06T23:00:00Z"},
		{"English", "March 6th, 2026 at 23:41:05", want},
		{"English, day first", "6th March 2026 23:41:05", want},
		{"a month by name, year first", "2026-Mar-06 23:41:05", want},
		{"German", "6. März 2026 um 23:41:05 Uhr", want},
		{"German, short", "06. Mrz. 2026 23:41:05", want},
		{"French", "6 mars 2026 à 23:41:05", want},
		{"French, short, with the hour as h", "06 févr. 2026 23h41", "2026-02-06T23:41:00Z"},
		{"the h of hours, with minutes and seconds", "2026-03-06 23h41m05s", want},
		{"Spanish", "6 de marzo de 2026 a las 23:41:05", want},
		{"Spanish, twelve hours", "6/mar/2026 11:41:05 p. m.", want},
		{"Italian in capitals", "6 LUGLIO 2026", "2026-07-06T00:00:00Z"},
		{"French in capitals", "6 MARS 2026 23:41:05", want},
		{"a name that begins another", "6. červen 2026", "2026-06-06T00:00:00Z"},
		{"Polish", "6 marca 2026 23:41:05", want},
		{"Russian", "6 марта 2026 г. 23:41:05", want},
		{"Greek", "6 Μαρτίου 2026", "2026-03-06T00:00:00Z"},
		{"Turkish", "06 Mart 2026 23:41:05", want},
		{"Hungarian", "2026. március 6. 23:41:05", want},
		{"Hungarian and Korean in figures", "2026. 03. 06. 23:41:05", want},
		{"Finnish, points in the time", "6.3.2026 klo 23.41.05", want},
		{"points in the time, without seconds", "06.03.2026 23.41", "2026-03-06T23:41:00Z"},
		{"points in the time, year first", "2026-03-06 23.41.05", want},
		{"Japanese", "2026年3月6日 23:41:05", want},
		{"Japanese, all in signs", "2026年03月06日23時41分05秒", want},
		{"Chinese, twelve hours", "2026年3月6日 下午11:41:05", want},
		{"Korean", "2026년 3월 6일 오후 11:41:05", want},
		{"Korean in figures", "2026. 3. 6. 오후 11:41:05", want},
		{"Chinese before noon", "2026/3/6 上午9:41:05", "2026-03-06T09:41:05Z"},
		{"a log's brackets", "[06/Mar/2026:23:41:05 +0000]", want},
		{"RFC 9557", "2026-03-07T00:41:05+01:00[Europe/Berlin]", want},
		{"RFC 9557, UTC", "2026-03-06T23:41:05Z[UTC]", want},
		{"a zone's name alone in brackets", "2026-03-07T00:41:05[Europe/Berlin]", want},
		{"strokes that have one reading, day first", "25/03/2026 23:41:05", "2026-03-25T23:41:05Z"},
		{"strokes that have one reading, month first", "03/25/2026 11:41:05 PM", "2026-03-25T23:41:05Z"},
		{"strokes that mean the same both ways", "03/03/2026", "2026-03-03T00:00:00Z"},
		{"two figures for the year, and one reading", "3/25/26 23:41", "2026-03-25T23:41:00Z"},
		{"the last century", "25 Mar 1999", "1999-03-25T00:00:00Z"},
		{"a weekday chooses the reading", "Wed 04/03/2026", "2026-03-04T00:00:00Z"},
		{"quoted", `"2026-03-06 23:41:05"`, want},
		{"a leap day", "29.02.2024", "2024-02-29T00:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var times Times
			got, err := times.Parse(tt.in)
			if err != nil || got.UTC().Format(time.RFC3339Nano) != tt.want {
				t.Errorf("%q: %s, %v; want %s", tt.in, got.UTC().Format(time.RFC3339Nano), err, tt.want)
			}
		})
	}
}

func TestNoTimes(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"two readings", "03/04/2026", `time "03/04/2026" may be 2026-03-04 or 2026-04-03`},
		{"two readings with hyphens", "03-04-2026 10:00", "may be 2026-03-04 or 2026-04-03"},
		{"two figures for the year", "3/6/26 23:41", "may be 2026-03-06 or 2026-06-03"},
		{"two figures for the year that may stand first", "12/11/10", "may be 2010-11-12 or 2010-12-11 or 2012-11-10"},
		{"points and two figures", "06.03.26", "may be 2006-03-26 or 2026-03-06 or 2026-06-03"},
		{"a month by name and two figures", "06-Mar-26", "may be 2006-03-26 or 2026-03-06"},
		{"the hour 24", "2026-03-06 24:00:00", `time "2026-03-06 24:00:00"`},
		{"the hour 25", "2026-03-06T25:00:00Z", "time"},
		{"the minute 60", "2026-03-06 23:60", "time"},
		{"the second 60", "2026-03-06 23:59:60", "time"},
		{"13 pm", "2026-03-06 13:00 pm", "time"},
		{"0 am", "2026-03-06 00:10 am", "time"},
		{"no such day", "31.02.2026", "time"},
		{"no leap day", "2026-02-29", "time"},
		{"no such month", "2026-13-01", "time"},
		{"the weekday of another day", "Mon, 06 Mar 2026 23:41:05 +0000", "time"},
		{"an offset beyond the earth", "2026-03-06 23:41:05 +1500", "time"},
		{"an offset with too many minutes", "2026-03-06 23:41:05 +0160", "time"},
		{"letters that several countries use", "2026-03-06 23:41:05 IST", `names a zone "IST" that is not known`},
		{"American letters outside mail", "2026-03-06 23:41:05 CST", `names a zone "CST"`},
		{"a day before any scan", "1969-12-31", "time"},
		{"an hour in digits or seconds", "2026030623", "time"},
		{"a small number", "2026", "time"},
		{"a large number", "177284046500000000000", "time"},
		{"a negative number", "-1772840465", "time"},
		{"a word", "yesterday", "time"},
		{"a time without a day", "23:41:05", "time"},
		{"a word before the time", "yesterday 23:41 2026-03-06", "time"},
		{"a word behind the time", "2026-03-06 23:41 sharp", "time"},
		{"a word between the day and the time", "2026-03-06 sharp 23:41", "time"},
		{"a word before an hour of twelve", "yesterday 11 pm 2026-03-06", "time"},
		{"a word behind an hour of twelve", "2026-03-06 11 pm sharp", "time"},
		{"an hour of twelve that is none", "2026-03-06 13 pm", "time"},
		{"a year without a month", "2026 23:41", "time"},
		{"mixed punctuation", "06-03.2026", "time"},
		{"mixed punctuation, year first", "2026-03/06", "time"},
		{"a comment that is never closed", "Fri, 06 Mar 2026 23:41:05 +0000 (UTC", "time"},
		{"a month that two languages name alike", "6 listopad 2026", "may be 2026-10-06 or 2026-11-06"},
		{"the beginning of several months", "6 jui 2026", "may be 2026-06-06 or 2026-07-06"},
		{"two figures for the year, in words", "06 mars 26", "may be 2006-03-26 or 2026-03-06"},
		{"points in an hour that is none", "06.03.2026 24.41", "time"},
		{"points that are no time", "2026 23.41", "time"},
		{"a version of four parts", "1.2.2026 3.4", "time"},
		{"an h that is no hour", "2026-03-06 23h4", "time"},
		{"half of a log's brackets", "[06/Mar/2026:23:41:05 +0000", "time"},
		{"a zone that is none", "2026-03-06T23:41:05[Nowhere/Else]", "time"},
		{"signs of no day", "2026年13月6日", "time"},
		{"a month that is none", "6 Foo 2026", "time"},
		{"a year of three figures", "6 Mar 202", "time"},
		{"a long text is cut", strings.Repeat("x", 100), "…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var times Times
			got, err := times.Parse(tt.in)
			var e *TimeError
			if !errors.As(err, &e) || !strings.Contains(err.Error(), tt.want) || !got.IsZero() {
				t.Errorf("%q: %v, %v; want %s", tt.in, got, err, tt.want)
			}
		})
	}
	if got, err := new(Times).Parse(" "); !got.IsZero() || err != nil {
		t.Errorf("an empty text: %v, %v", got, err)
	}
}

func TestTimesOfAZone(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, tt := range []struct{ name, in, want string }{
		{"winter", "2026-03-06 10:00", "2026-03-06T09:00:00Z"},
		{"summer", "06.07.2026 10:00", "2026-07-06T08:00:00Z"},
		{"full seconds", "2026-07-06 10:00:00", "2026-07-06T08:00:00Z"},
		{"a zone of its own counts", "2026-07-06 10:00 UTC", "2026-07-06T10:00:00Z"},
		{"a number has a zone", "1772840465", "2026-03-06T23:41:05Z"},
		{"the hour that was there twice", "2026-10-25 02:30", "may be 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z"},
		{"the hour that was not", "2026-03-29 02:30", "clocks left out in Europe/Berlin"},
		{"right after it", "2026-03-29 03:00", "2026-03-29T01:00:00Z"},
	} {
		times := Times{Zone: berlin}
		got, err := times.Parse(tt.in)
		if err == nil && got.UTC().Format(time.RFC3339) != tt.want || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, %v; want %s", tt.name, got.UTC(), err, tt.want)
		}
	}
	times := Times{Zone: zone(t, "America/Chicago")}
	for in, want := range map[string]string{
		"2026-03-06 10:00 CST": "2026-03-06T16:00:00Z", "2026-07-06 10:00 CDT": "2026-07-06T15:00:00Z",
		"2026-11-01 01:30 CDT": "2026-11-01T06:30:00Z", "2026-11-01 01:30 CST": "2026-11-01T07:30:00Z",
	} {
		if got, err := times.Parse(in); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", in, got.UTC(), err)
		}
	}
	if _, err := times.Parse("2026-07-06 10:00 CST"); err == nil {
		t.Error("winter's letters in summer")
	}
	if _, err := times.Parse("2026-03-08 03:30 CST"); err == nil {
		t.Error("winter's letters in the first hour of summer")
	}
}

func TestTimesTellThatTheyNameNoZone(t *testing.T) {
	for in, want := range map[string]bool{"2026-03-06 10:00:00": true, "06.03.2026": true, "2026-03-06T10:00:00Z": false,
		"1772840465": false, "Fri, 06 Mar 2026 18:41:05 -0500": false, "": false, "03/04/2026": false} {
		var times Times
		times.Parse(in)
		if times.Bare != want {
			t.Errorf("%q: %v", in, times.Bare)
		}
	}
}

func FuzzTimes(f *testing.F) {
	for _, s := range []string{"2026-03-06 23:41:05 +0100 (CET)", "Fri Mar  6 23:41:05 2026", "3/25/26 11:41 PM", "20260306T234105Z", "1772840465.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var times Times
		at, err := times.Parse(s)
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Fatal(err)
			}
			return
		}
		// What was read is read again as the same.
		if back, err := times.Parse(at.UTC().Format(time.RFC3339Nano)); !at.IsZero() && at.Year() < 10000 && (err != nil || !back.Equal(at)) {
			t.Fatalf("%q is %v, and again %v, %v", s, at, back, err)
		}
	})
}

func BenchmarkTimes(b *testing.B) {
	for _, s := range []string{"2026-03-06T23:41:05Z", "2026-03-06 23:41:05", "06.03.2026 23:41", "Fri, 06 Mar 2026 23:41:05 +0000"} {
		b.Run(s, func(b *testing.B) {
			var times Times
			for b.Loop() {
				times.Parse(s)
			}
		})
	}
}

func TestAZoneIsReadOnce(t *testing.T) {
	first, err := ParseZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ParseZone("Europe/Berlin"); again != first || err != nil {
		t.Errorf("%p and %p, %v", first, again, err)
	}
}
