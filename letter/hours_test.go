package letter_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the zones are not the machine's

	"headsup/letter"
	"headsup/lookup"
)

func TestHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	office, err := letter.ParseHours("08:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	daily := office
	daily.Weekends = true
	for _, tt := range []struct {
		name     string
		hours    letter.Hours
		at, want string
	}{
		{"in office hours at once", office, "2026-03-02T09:30", "2026-03-02T09:30"},
		{"in the morning at eight", office, "2026-03-02T03:00", "2026-03-02T08:00"},
		{"at eight sharp at once", office, "2026-03-02T08:00", "2026-03-02T08:00"},
		{"in the evening the next day", office, "2026-03-02T18:00", "2026-03-03T08:00"},
		{"on Friday evening on Monday", office, "2026-03-06T20:00", "2026-03-09T08:00"},
		{"on Sunday on Monday", office, "2026-03-08T12:00", "2026-03-09T08:00"},
		{"on Sunday where they work on Sundays", daily, "2026-03-08T12:00", "2026-03-08T12:00"},
		{"eight o'clock is on the wall when summer time begins", daily, "2026-03-28T20:00", "2026-03-29T08:00"},
		{"at any time where there are no hours", letter.Hours{}, "2026-03-08T03:00", "2026-03-08T03:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02T15:04", tt.at, berlin)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.hours.Next(at, berlin).In(berlin).Format("2006-01-02T15:04"); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	for _, bad := range []string{"8-18", "18:00-08:00", "08:00", "25:00-26:00", "08:00-08:00"} {
		if h, err := letter.ParseHours(bad); err == nil {
			t.Errorf("%q was read as %v", bad, h)
		}
	}
	known := 0
	for i := range 26 * 26 {
		zone := letter.Zone(string([]byte{byte('a' + i/26), byte('A' + i%26)}))
		if _, err := time.LoadLocation(zone); err != nil {
			t.Error(err)
		}
		if zone != "UTC" {
			known++
		}
	}
	if known < 240 || letter.Zone("") != "UTC" {
		t.Errorf("the zones of %d countries are known", known)
	}
}

func TestLanes(t *testing.T) {
	for _, tt := range []struct {
		email, country string
		want           []string
		mx             []string
	}{
		{"Abuse@ISP.example", "DE", []string{"campaign:relay26", "hours:Europe/Berlin", "domain:isp.example"}, nil},
		{"x@gmail.com", "", []string{"campaign:relay26", "hours:UTC", "group:google", "domain:gmail.com"}, nil},
		{"x@hotmail.co.uk", "GB", []string{"campaign:relay26", "hours:Europe/London", "group:microsoft", "domain:hotmail.co.uk"}, nil},
		{"x@isp.onmicrosoft.com", "JP", []string{"campaign:relay26", "hours:Asia/Tokyo", "group:microsoft", "domain:isp.onmicrosoft.com"}, nil},
		{"x@live.in.a.example", "JP", []string{"campaign:relay26", "hours:Asia/Tokyo", "domain:live.in.a.example"}, nil},
		{"x@notgmail.com", "BR", []string{"campaign:relay26", "hours:America/Sao_Paulo", "domain:notgmail.com"}, nil},
		{"x@a.example", "", []string{"campaign:relay26", "hours:UTC", "group:google", "domain:a.example"}, []string{"aspmx.l.google.com.", "alt1.aspmx.l.google.com."}},
		{"x@b.example", "", []string{"campaign:relay26", "hours:UTC", "group:microsoft", "domain:b.example"}, []string{"mx1.b.example.", "B-EXAMPLE.mail.protection.outlook.com."}},
		{"x@c.example", "", []string{"campaign:relay26", "hours:UTC", "mx:hoster.example", "domain:c.example"}, []string{"mx1.eu.hoster.example."}},
		{"x@mail.d.example", "", []string{"campaign:relay26", "hours:UTC", "domain:mail.d.example"}, []string{"mx.d.example."}},
		{"x@e.example", "", []string{"campaign:relay26", "hours:UTC", "domain:e.example"}, []string{"."}},
		{"x@gmail.com", "", []string{"campaign:relay26", "hours:UTC", "group:google", "domain:gmail.com"}, []string{"filter.hoster.example."}},
	} {
		l := letter.Letter{Campaign: "relay26", To: lookup.Contact{Email: tt.email, Country: tt.country}}
		if got := l.Lanes(tt.mx...); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.email, got, tt.want)
		}
	}
}

func TestWarmUp(t *testing.T) {
	fast, slow := letter.Pace{Every: time.Second, Burst: 5}, letter.Pace{Every: time.Hour}
	for _, tt := range []struct {
		name  string
		pace  letter.Pace
		after time.Duration
		want  letter.Pace
	}{
		{"before the first letter", fast, -1, letter.Pace{Every: 432 * time.Second, Burst: 1}},
		{"on the first day", fast, 23 * time.Hour, letter.Pace{Every: 432 * time.Second, Burst: 1}},
		{"on the second", fast, 25 * time.Hour, letter.Pace{Every: 172800 * time.Millisecond, Burst: 1}},
		{"when it is over", fast, 49 * time.Hour, fast},
		{"a slow campaign stays slow", slow, 0, slow},
	} {
		started := day
		if tt.after < 0 {
			started = time.Time{}
		}
		if got := tt.pace.WarmUp([]int{200, 500}, started, day.Add(tt.after)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
