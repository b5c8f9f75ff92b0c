package render

import (
	"strings"
	"testing"
	"time"

	"github.com/gohugoio/locales/fa"

	"headsup/templates"
)

func TestALabelHasTheFormOfItsNumber(t *testing.T) {
	l := templates.Labels{Rest: "other", RestZero: "zero", RestOne: "one", RestTwo: "two", RestFew: "few", RestMany: "many"}
	for lang, want := range map[string]string{
		"lv": "one other zero zero one zero", "sl": "one two other other one other", "hr": "one few other other one other",
		"mt": "one two few many other other", "ga": "one two many other other other", "fa": "one other other other other other", "sk": "one few other other other other",
	} {
		var got []string
		for _, n := range []int{1, 2, 10, 11, 21, 1000} {
			if lang == "sl" && n == 21 {
				n = 101
			}
			got = append(got, plural(dates[lang](), n, l))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := plural(dates["lv"](), 10, templates.Labels{Rest: "other"}); got != "other" {
		t.Errorf("without a form of its own: %q", got)
	}
}

// Days as the calendars of Iran's Institute of Geophysics have them: 1399,
// 1403 and 1408 are leap years.
func TestTheSolarYear(t *testing.T) {
	for day, want := range map[string]string{
		"2020-03-19": "29 اسفند 1398 ", "2020-03-20": "1 فروردین 1399 ", "2021-03-20": "30 اسفند 1399 ", "2021-03-21": "1 فروردین 1400 ",
		"2024-03-19": "29 اسفند 1402 ", "2024-03-20": "1 فروردین 1403 ", "2025-03-20": "30 اسفند 1403 ", "2025-03-21": "1 فروردین 1404 ",
		"2026-03-21": "1 فروردین 1405 ", "2029-03-20": "1 فروردین 1408 ", "2030-03-20": "30 اسفند 1408 ", "2030-03-21": "1 فروردین 1409 ",
		"2026-09-22": "31 شهریور 1405 ", "2026-09-23": "1 مهر 1405 ", "2026-12-31": "10 دی 1405 ", "2027-01-01": "11 دی 1405 ",
	} {
		at, err := time.Parse(time.DateOnly, day)
		if got := solar("IR", fa.New(), at.Add(23*time.Hour)); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s is %s, want %s", day, got, want)
		}
	}
}
