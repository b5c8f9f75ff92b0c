package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
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
	decoy = re(`(?:notice|report\w*|sent|generated|created|updated|last.modified|modified|changed|registered|registration|expir\w*|received|issued|printed|today|deadline|respond by|due|until|before|by|as of|status|validity|valid|copyright|published|release|revision|version|database|submitted|list\w* (?:on|since)|notification|processed|ticket|opened|closed|delivery-date|mail date|gemeldet|erstellt|gesendet|aktualisiert|envoyé|créé|généré|enviado|creado|gerado|emitido|inviat\w|generat\w|verzonden|aangemaakt|wysłan\w|wygenerowan\w|отправлен\w*|создан\w*|сформирован\w*|送信日|作成|通知|报告|发送|生成|신고|발송|작성)[ _-]?(?:date|time|on|at|am|le|el|em|il|op|dnia|дата|日|日時|时间|일시)?[\s:：=|"'>(]*(?:on |at )?$`)
	// telling stands before the time that is meant.
	telling = re(`(?:time ?stamp|date ?/ ?time|date and time|time of (?:the )?\w+|incident (?:date|time)|event (?:date|time)|attack(?:ed)? ?(?:date|time|on|at)?|first.?seen|last.?seen|seen|detected|observed|occurr\w+|happened|infringement (?:date|time\w*)|infraction|started?|start ?time|begin\w*|began|ended?|last (?:activity|attempt|attack)|first (?:activity|attempt|attack)|recorded|log(?:ged)?|arrival-date|received-date|zeitpunkt|zeitstempel|uhrzeit|datum|tatzeit|beobachtet|horodatage|date et heure|heure|fecha y hora|hora|marca de tiempo|data e hora|horário|data e ora|orario|datum en tijd|tijdstip|tijd|data i godzina|czas|дата и время|время|дата|発生日時|日時|時刻|检测时间|攻击时间|时间|發生時間|발생 ?일?시|시각|시간|التاريخ|الوقت|tarih|zaman|saat|time|date|when|on|at|um|am)[\s:：=|"'>(*_-]*(?:is |was |on |at )?$`)
)

// times finds all the times of a message.
func (r *reader) times(docs []*doc) *clock {
	c := &clock{stamps: map[*doc][]timed{}, docs: docs, sent: r.outer.date()}
	c.zone = zoneOfAll(docs)
	for _, d := range docs {
		for _, s := range stamps(d.text, c.sent) {
			t := timed{stamp: s, line: d.lineAt(s.from)}
			l := d.lines[t.line]
			left := tail(d.low[l.from:s.from], 60)
			if t.stamp.zone == nil && !t.local && t.clock {
				t.stamp.zone = d.fieldZone(t.line, s.from, tail(d.text[l.from:s.from], 60))
			}
			if s.ordered && !c.settle(&t.stamp) {
				t.score = -20
			}
			switch {
			case l.section == registry, l.section == mailHead:
				t.score -= 9
			case decoy.MatchString(left):
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
	return c
}

// settle finds out which of two numbers is the day where one of the days had
// not come yet when the message was sent.
func (c *clock) settle(t *stamp) bool {
	if c.sent.IsZero() {
		return false
	}
	limit := c.sent.Add(36 * time.Hour)
	first := time.Date(t.y, time.Month(t.m), t.d, t.h, t.min, 0, 0, time.UTC)
	second := time.Date(t.y, time.Month(t.d), t.m, t.h, t.min, 0, 0, time.UTC)
	switch late1, late2 := first.After(limit), second.After(limit); {
	case late1 && !late2:
		t.m, t.d = t.d, t.m
		return true
	case late2 && !late1:
		return true
	}
	return false
}

// choose finds the time at which a suspect did what is reported: the one on
// its line, in its block, or the one that the message states for all.
func (c *clock) choose(e *Event, s *suspect) {
	best, bestAt, bestDoc := -100, timed{}, (*doc)(nil)
	for _, d := range c.docs {
		for _, t := range c.stamps[d] {
			score := t.score
			if t.clock {
				score += 3
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
			near := 0
			for _, p := range s.places {
				if p.d != d || p.score < 0 {
					continue
				}
				switch dist := t.line - p.line; {
				case dist == 0 && p.slot != "subject":
					near = max(near, 5)
				case dist == 0:
					near = max(near, 3)
				case dist > -7 && dist < 9:
					near = max(near, 2)
				}
			}
			if d.file && near < 5 {
				near--
			}
			if score += near; score > best {
				best, bestAt, bestDoc = score, t, d
			}
		}
	}
	if bestDoc == nil || best < 0 {
		return
	}
	e.Seen = bestAt.time(c.zone)
	e.SeenAt = Span{bestDoc.part, bestAt.from, bestAt.to}
}

// chooseFor is choose for a URL.
func (c *clock) chooseFor(e *Event, d *doc, line int) {
	p := &place{d: d, line: line}
	c.choose(e, &suspect{places: []*place{p}})
}

var portForm = pattern.New(`(?i)([\p{L}'’]{0,14})[ _.-]{0,2}(?:([sd])pt|([sd])port|src_?port|dst_?port|port|порт|ポート(?:番号)?|端口(?:号)?|포트|puerto|porta|poort|منفذ|المنفذ)s?(?:\s?(?:number|no\.?|nr\.?|#|\(\w+\)|source|src|d'origine|origine|origen|origem|sorgente|destination|dest|destino|cible|destinazione))?["'*_]{0,3}\s*(?:\.{3,}|[:：=>|]{0,2})[\s"'*_(\[|]*(?:tcp|udp)?[/ :]?(\d{1,5})(?:[^\d.:-]|[.:-](?:\D|$)|$)`)

// ports finds the suspect's own port, and the one that it went for.
func ports(e *Event, s *suspect) {
	own := e.Kind == Copyright || e.Kind == ExposedService || e.Kind == OpenProxy || e.Kind == OpenRelay || e.Kind == Botnet
	set := func(n int, at Span, mine bool) {
		switch {
		case mine && e.Port == 0:
			e.Port, e.PortAt = uint16(n), at
		case !mine && e.Target == 0:
			e.Target = uint16(n)
		}
	}
	for _, p := range s.places {
		if p.port > 0 && p.score >= 0 && !p.inURL {
			set(int(p.port), Span{p.d.part, p.portFrom, p.to}, true)
		}
	}
	type around struct {
		d        *doc
		from, to int
	}
	var spans []around
	for _, p := range s.places {
		if p.score >= 0 && !p.d.subject && p.slot != "hop" && len(spans) < 40 {
			l := p.d.lines[p.line]
			spans = append(spans, around{p.d, l.from, l.to})
		}
	}
	for i, p := range s.places {
		if p.score >= 0 && !p.d.subject && p.slot != "hop" && i < 12 {
			a, b := max(0, p.line-6), min(len(p.d.lines)-1, p.line+8)
			spans = append(spans, around{p.d, p.d.lines[a].from, p.d.lines[b].to})
		}
	}
	for _, a := range spans {
		if a.to-a.from > 8000 {
			continue
		}
		for _, m := range portForm.FindAllStringSubmatchIndex(a.d.text[a.from:a.to], 20) {
			text := a.d.text[a.from:a.to]
			n, _ := strconv.Atoi(text[m[8]:m[9]])
			if n == 0 || n > 65535 {
				continue
			}
			at := Span{a.d.part, a.from + m[8], a.from + m[9]}
			whole := lower(text[m[0]:m[8]])
			before := lower(text[max(0, m[2]-30):m[8]])
			switch {
			case sourcePort.MatchString(whole):
				set(n, at, true)
			case targetPort.MatchString(whole):
				set(n, at, false)
			case ownPort.MatchString(before), own && !thePort.MatchString(before):
				set(n, at, true)
			case otherPort.MatchString(before):
				set(n, at, false)
			case behindFrom(a.d, s, a.from+m[0]):
				set(n, at, true)
			default:
				set(n, at, own)
			}
		}
	}
	columnPorts(e, s, set)
}

var (
	ownPort   = re(`(?:source|src|infring\w*|client|remote|offend\w*|attack(?:er|ing)'?s?|quell\w*|origen|origem|origine|sorgente|bron\w*|źródł\w*|источник\w*|исходящ\w*|送信元|接続元|発信元|源|来源|출발지|소스|kaynak|your|peer|from|المصدر)[^\n\p{L}]{0,4}[^\n:;,]{0,12}$`)
	otherPort = re(`(?:destination|dest|dst|target\w*|our|local|server|victim\w*|ziel\w*|destino|destination|cible|destinazione|bestemming\w*|doel\w*|docelow\w*|назначени\w*|целев\w*|宛先|送信先|目的|目标|목적지|hedef|to|on|against|at|الهدف|الوجهة)[^\n\p{L}]{0,4}[^\n:;,]{0,12}$`)
)

// The names of ports in logs and in columns, without signs between their words.
var (
	sourcePort = pattern.New(`spt|sport|src|sourceport|clientport`)
	targetPort = pattern.New(`dpt|dport|dst|destport|destinationport|targetport`)
	portName   = pattern.New(`port|ポート|端口|порт`)
)

// thePort names the other side's port even where the service is the suspect's.
var thePort = re(`(?:destination|dest|dst|target|our|victim|ziel|destino|cible|destinazione|docelow|назначени|целев|宛先|送信先|目的|目标|목적지|hedef|الهدف)[^\n:;,]{0,16}$`)

// behindFrom reports whether a port stands right behind the suspect's address.
func behindFrom(d *doc, s *suspect, at int) bool {
	return slices.ContainsFunc(s.places, func(p *place) bool { return p.d == d && at >= p.end && at-p.end <= 3 })
}

// columnPorts reads ports from the columns of the table that a suspect is in.
func columnPorts(e *Event, s *suspect, set func(int, Span, bool)) {
	for _, p := range s.places {
		if !p.is("column") || p.score <= 0 {
			continue
		}
		l := p.d.lines[p.line]
		for _, c := range splitCells(p.d.text[l.from:l.to]) {
			n, _, err := sheet.Port(strings.Trim(c.text, " \"'*"))
			if err != nil {
				continue
			}
			name := jsonName(sheet.Name(p.d.column(p.line, l.from+c.from)))
			at := Span{p.d.part, l.from + c.from, l.from + c.to}
			switch {
			case sourcePort.MatchString(name):
				set(int(n), at, true)
			case targetPort.MatchString(name):
				set(int(n), at, false)
			case portName.MatchString(name):
				set(int(n), at, e.Kind != Scan && e.Kind != BruteForce && e.Kind != DDoS)
			}
		}
		return
	}
}

// splitCells cuts a row of a table in a text.
func splitCells(s string) (out []cell) {
	for _, sep := range "|\t;," {
		if strings.Count(s, string(sep)) < 1 || sep == ',' && strings.Count(s, ",") < 2 {
			continue
		}
		at := 0
		for c := range strings.SplitSeq(s, string(sep)) {
			trimmed := strings.TrimLeft(c, " ")
			from := at + len(c) - len(trimmed)
			out = append(out, cell{from, from + len(strings.TrimRight(trimmed, " ")), strings.TrimRight(trimmed, " ")})
			at += len(c) + 1
		}
		return out
	}
	return fields2(s)
}
