package render

import (
	"fmt"
	"time"

	"github.com/gohugoio/locales"
)

// solar writes a day in the calendar of Iran and Afghanistan, and behind it, in
// brackets, in that of the times in the table.
//
// Its year begins with spring and has 31 days in the first six months. The rule
// for leap years, eight of 33, is that of ICU.
func solar(country string, locale locales.Translator, t time.Time) string {
	day := int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix()/(24*60*60)) + julian1970
	year := t.Year() - 621
	if day < firstOf(year) {
		year--
	}
	day -= firstOf(year)
	month := day / 31
	if day -= 31 * month; month >= 6 {
		day += 31*month - 186
		month, day = 6+day/30, day%30
	}
	months := solarMonths
	if country == "AF" {
		months = afghanMonths
	}
	return fmt.Sprintf("%d %s %d (%s)", day+1, months[month], year, locale.FmtDateLong(t))
}

// julian1970 is the Julian day of the first of January 1970.
const julian1970 = 2440588

// firstOf is the Julian day of the first of Farvardin.
func firstOf(year int) int { return 1948320 + 365*(year-1) + (8*year+21)/33 }

// The months of CLDR's calendar "persian", in Persian and in that of Afghanistan.
var (
	solarMonths = [12]string{"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"}

	afghanMonths = [12]string{"حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"}
)
