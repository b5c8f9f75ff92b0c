package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

// A clock knows all the times in a message and the zone that it states.
type clock struct {
	zone   *time.Location
	stamps map[*doc][]timed
	docs   []*doc
	sent   time.Time
}

type timed struct {
	stamp
	line  int
	score int // what the words before it are worth
}

var (
	// decoy stands before times at which nothing happened.
	decoy = re(`(?:notice|report\w*|sent|generated|created|updated|last.modified|modified|changed|registered|` +
		`registration|expir\w*|received|issued|printed|today|deadline|respond by|due|until|before|by|` +
		`as of|status|validity|valid|copyright|published|release|revision|version|database|submitted|` +
		`list\w* (?:on|since)|notification|processed|ticket|opened|closed|delivery-date|mail date|gemeldet|` +
		`erstellt|gesendet|aktualisiert|envoyé|créé|généré|enviado|creado|gerado|emitido|inviat\w|generat\w|` +
		`verzonden|aangemaakt|wysłan\w|wygenerowan\w|отправлен\w*|создан\w*|сформирован\w*|сформован\w*|` +
		`створен\w*|надіслан\w*|отримано|vytvořen\w*|odeslán\w*|vygenerován\w*|skapad\w*|skickad\w*|oprettet|` +
		`opprettet|sendt|luotu|lähetetty|létrehozva|elküldve|készült|creat|trimis|създаден\w*|изпратен\w*|` +
		`δημιουργήθηκε|στάλθηκε|oluşturul\w*|gönderil\w*|تاريخ البلاغ|أرسل|tạo lúc|` +
		`gửi lúc|nhận được\P{L}*(?:\p{L}+ )*|` +
		`dibuat|dikirim|sukurta|išsiųsta|izrađeno|poslano|נשלח|נוצר|สร้างเมื่อ|` +
		`ส่งเมื่อ|收文|报告|上报|發文|受付|` +
		`送信日|作成|通知|报告|发送|生成|신고|발송|작성)[ _-]?(?:date|time|on|at|am|le|el|em|il|op|dnia|дата|` +
		`日|日時|时间|일시)?[\s:：=|` +
		`"'>(]*(?:on |at )?$`)
	// telling stands before the time that is meant.
	telling = re(`(?:epoch|unix ?time|time ?stamp|date ?/ ?time|date and time|time of (?:the )?\w+|incident (?:date|` +
		`time)|event (?:date|time)|attack(?:ed)? ?(?:date|time|on|at)?|first.?seen|last.?seen|seen|detected|` +
		`observed|occurr\w+|happened|infringement (?:date|time\w*)|infraction|started?|start ?time|begin\w*|` +
		`began|ended?|last (?:activity|attempt|attack)|first (?:activity|attempt|attack)|recorded|log(?:ged)?|` +
		`arrival-date|received-date|zeitpunkt|zeitstempel|uhrzeit|datum|tatzeit|beobachtet|horodatage|` +
		`date et heure|heure|fecha y hora|hora|marca de tiempo|data e hora|horário|data e ora|orario|` +
		`datum en tijd|tijdstip|tijd|data i godzina|czas|дата и время|время|дата|発生日時|日時|時刻|` +
		`检测时间|攻击时间|` +
		`时间|發生時間|발생 ?일?시|시각|시간|التاريخ|الوقت|tarih|zaman|saat|time|date|when|on|at|um|` +
		`am)[\s:：=|"'>(*_-]*(?:is |` +
		`was |on |at )?$`)
)

var han = pattern.New(`\p{Han}`)

// times finds all the times of a message.
func (r *reader) times(docs []*doc) *clock {
	c := &clock{stamps: map[*doc][]timed{}, docs: docs, sent: r.outer.date()}
	c.zone = r.zone
	for _, d := range docs {
		for _, s := range slices.Concat(d.times(c.sent), d.bareClocks(c.sent), d.relatives(c.sent, c.zone)) {
			t := timed{stamp: s, line: d.lineAt(s.from)}
			l := d.lines[t.line]
			left := tail(d.low[l.from:s.from], 60)
			if bare := strings.TrimRight(left, " ."); strings.HasPrefix(left[len(bare):], " ..") || strings.HasPrefix(left[len(bare):], "..") {
				left = bare + ": " // "first seen ......."
			}
			if m := dayBefore.FindStringSubmatchIndex(left); m != nil && len(weekdays()[left[m[2]:m[3]]]) > 0 {
				left = left[:m[0]] // "Detected: Fri, 27 Nov"
			}
			if t.letters == "CST" && han.MatchString(d.text) {
				t.stamp.zone = fixed(8 * 3600) // of China, in a text of China
			}
			if t.local && t.letters != "" {
				if z := r.ofSender(t.letters); z != nil {
					t.stamp.zone, t.local = z, false
				}
			}
			if t.stamp.zone == nil && !t.local && t.clock {
				t.stamp.zone = d.fieldZone(t.line, s.from, tail(d.text[l.from:s.from], 60))
				if at := s.to - 1; t.stamp.zone == nil && at < l.to { // the time of day has a column of its own
					t.stamp.zone = d.fieldZone(t.line, at, "")
				}
			}
			if t.stamp.zone == nil && t.clock {
				t.stamp.zone = rowZone(d, t.line)
				if at := strings.Index(d.low, w3cFields); t.stamp.zone == nil && at >= 0 && at < s.from && s.from == l.from {
					t.stamp.zone = time.UTC
				}
			}
			if s.ordered {
				t.score = -20
			}
			switch {
			case l.section == registry, l.section == mailHead:
				t.score -= 9
			case decoy.MatchString(left), d.passedField(t.line), wrote.MatchString(strings.TrimLeft(d.words(t.line), "> ")):
				t.score -= 6
			case telling.MatchString(left):
				t.score += 3
			}
			if l.section == quoted || l.section == signature {
				t.score--
			}
			c.stamps[d] = append(c.stamps[d], t)
		}
	}
	c.share()
	return c
}

// dayBefore is where the day of the week may stand before a time.
var dayBefore = pattern.New(`[(（]?(\p{L}{2,14})\.?[)）]?,?\s{0,2}$`)

// w3cFields is the header of a log in the extended format of the W3C, whose times
// are UTC by its definition.
const w3cFields = "#fields: date time "

// share gives a time without a zone that of the same minute with one, which is
// the same clock: "16:33 (UTC-3)" above a log of 16:33:07.
func (c *clock) share() {
	zones := map[[5]int]*time.Location{}
	for _, ts := range c.stamps {
		for _, t := range ts {
			at := t.minute()
			if known, ok := zones[at]; t.zone == nil || !t.clock {
				continue
			} else if ok && (known == nil || offsetOf(known, c.sent) != offsetOf(t.zone, c.sent)) {
				zones[at] = nil // two clocks
			} else {
				zones[at] = t.zone
			}
		}
	}
	for d, ts := range c.stamps {
		for i := range ts {
			if t := &ts[i]; t.zone == nil && !t.local && t.clock {
				t.zone = zones[t.minute()]
				if i+1 < len(ts) && t.zone == nil && ts[i+1].clock && t.to < ts[i+1].from && between.MatchString(head(d.text[t.to:ts[i+1].from], 20)) {
					t.zone = ts[i+1].zone
				}
			}
		}
	}
}

// between stands between two times, the zone of the last being that of both.
var between = pattern.New(`^\s{0,2}(?:[-–—/~→]|->|\.\.\.?|to|until|till|through|bis|à|au|a|al|até|tot|do|по|до|至|` +
	`から|～|부터)\s{0,2}$`)

func (t timed) minute() [5]int { return [5]int{t.y, t.m, t.d, t.h, t.min} }

// bareClock is a time of day at the beginning of a line of a log.
var bareClock = pattern.New(`^[\s>\[]*([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:[.,]\d+)?[\]\s]`)

// bareClocks finds the times of lines that state a time of day alone, where the
// text states one day alone.
func (d *doc) bareClocks(base time.Time) (out []stamp) {
	day, at, several := stamp{}, map[int]bool{}, false
	for _, s := range d.times(base) {
		n := d.lineAt(s.from)
		at[n] = true
		switch sect := d.lines[n].section; {
		case sect == registry, sect == mailHead, s.ordered:
		case day.y == 0:
			day = s
		case day.y == s.y && day.m == s.m && day.d == s.d && (day.zone == nil) != (s.zone == nil):
			day.zone, day.local = nil, true // two clocks
		case day.y != s.y || day.m != s.m || day.d != s.d:
			several = true
		}
	}
	if day.y == 0 {
		return nil
	}
	for n, l := range d.lines {
		if at[n] || len(out) >= maxStamps {
			continue
		}
		m := bareClock.FindStringSubmatchIndex(d.text[l.from:min(l.to, l.from+40)])
		if m == nil {
			continue
		}
		if several {
			var ok bool
			if day, ok = dayAbove(d, n, base); !ok {
				return nil
			}
			several = false
		}
		num := func(g int) int { v, _ := strconv.Atoi(d.text[l.from+m[g] : l.from+m[g+1]]); return v }
		t := stamp{from: l.from + m[2], to: l.from + m[7], y: day.y, m: day.m, d: day.d, h: num(2), min: num(4), sec: num(6), clock: true}
		if t.readZone(d.text); t.zone == nil {
			t.zone, t.local = day.zone, t.local || day.local // what follows is of the same clock
		}
		out = append(out, t)
	}
	return out
}

// dayAbove is the day that stands alone right above a log whose lines state none,
// with the zone in its line.
func dayAbove(d *doc, n int, base time.Time) (day stamp, ok bool) {
	for _, s := range d.times(base) {
		at := d.lineAt(s.from)
		l := d.lines[at]
		if at >= n || n-at > 6 || s.clock || s.ordered || l.section == registry || l.section == mailHead {
			continue
		}
		day, ok = s, true
		day.zone, _, _ = tokenIn(d.text[l.from:l.to])
	}
	return day, ok
}

// choose finds the time at which a suspect did what is reported: the one on
// its line, in its block, or the one that the message states for all.
func (c *clock) choose(e *Event, s *suspect) {
	best, bestAt, bestDoc := -1000, timed{}, (*doc)(nil)
	for _, d := range c.docs {
		for _, t := range c.stamps[d] {
			near, far := nearness(d, t.line, s)
			if d.file && near < 5 {
				near--
			}
			if score := 10*(c.worth(t)+near) - far; score > best {
				best, bestAt, bestDoc = score, t, d
			}
		}
	}
	if bestDoc == nil || best < -9 {
		return
	}
	bestAt = c.lastRow(bestDoc, bestAt, s)
	e.Seen = bestAt.time(c.zone)
	e.SeenAt = Span{bestDoc.part, bestAt.from, bestAt.to}
}

// lastRow is the latest time in the column in which a time stands, where the rows
// hold no address: they count for one suspect, and no row is better than the next.
func (c *clock) lastRow(d *doc, t timed, s *suspect) timed {
	if near, _ := nearness(d, t.line, s); near >= 5 || !t.clock || t.score != 0 {
		return t
	}
	column := func(o timed) int { return o.from - d.lines[o.line].from }
	best, row := t, t.line
	for _, o := range c.stamps[d] {
		if o.line == row+1 && column(o) == column(t) && column(t) > 0 && o.clock {
			if row = o.line; o.time(c.zone).at.After(best.time(c.zone).at) {
				best = o
			}
		}
	}
	return best
}

// worth is what a time is worth for any suspect.
func (c *clock) worth(t timed) int {
	score := t.score
	if t.clock {
		score += 3
	} else {
		score = min(score, 2) // whatever stands before it, the hour is better
	}
	if t.zone != nil || c.zone != nil && !t.local {
		score++
	}
	if t.guessed {
		score--
	}
	if !c.sent.IsZero() && t.time(c.zone).at.After(c.sent.Add(49*time.Hour)) {
		score -= 8
	}
	return score
}

// nearness says how near a line is to the places of a suspect. Of lines that
// are as near, the one with fewer lines between has the smaller far, to 9; an
// empty line between counts three.
func nearness(d *doc, line int, s *suspect) (near, far int) {
	far = 9
	for _, p := range s.places {
		if p.d != d || p.score < 0 {
			continue
		}
		n, dist := 0, line-p.line
		switch {
		case dist == 0 && p.slot != "subject":
			n = 5
		case dist == 0:
			n = 3
		case near <= 3 && dist > -16 && dist < 16 && d.together(line, p.line):
			n = 3
		case dist > -7 && dist < 9:
			n = 2
		}
		if n > near {
			near, far = n, 9
		}
		if n < near {
			continue
		}
		if dist > -9 && dist < 9 {
			apart := 0
			for i := min(line, p.line); i < max(line, p.line); i++ {
				apart++
				if strings.TrimSpace(d.words(i)) == "" {
					apart += 2
				}
			}
			far = min(far, apart)
		}
	}
	return near, far
}

// chooseFor is choose for a URL.
func (c *clock) chooseFor(e *Event, d *doc, line int) {
	p := &place{d: d, line: line}
	c.choose(e, &suspect{places: []*place{p}})
}
