package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"headsup/pattern"
	"headsup/sheet"
)

// readObjects reads objects in JSON, each an event: those of IntelMQ, of
// block lists, of whoever exports what he has. It reports whether there were
// any with an address.
func (r *reader) readObjects(name string, data []byte, kind Kind) bool {
	text := bytes.TrimSpace(data)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	before, part := len(r.out.Events), -1
	for len(r.out.Events) < maxEvents {
		at := int(d.InputOffset())
		var v any
		if d.Decode(&v) != nil {
			break
		}
		for _, o := range objects(v, 0) {
			e, ok := objectEvent(o, kind, r.o.Ours)
			if !ok {
				continue
			}
			e.Seen = e.Seen.in(r.zone)
			whole := tidy(string(text))
			if part < 0 {
				part = r.part(name, whole)
			}
			e.AddrAt = spanOf(whole, part, min(at, len(whole)), len(whole), e.Addr.String())
			r.add(e)
		}
	}
	return len(r.out.Events) > before || part >= 0
}

// objects finds the objects that hold values of their own.
func objects(v any, depth int) (out []map[string]any) {
	if depth > 4 {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			out = append(out, objects(inner, depth+1)...)
		}
	case map[string]any:
		lists := 0
		for _, inner := range v {
			if list, ok := inner.([]any); ok && len(list) > 0 {
				if _, ok := list[0].(map[string]any); ok {
					lists++
					for _, o := range objects(list, depth+1) {
						out = append(out, inherited(o, v))
					}
				}
			}
		}
		if lists == 0 || len(out) == 0 {
			out = append(out, v)
		}
	}
	return out
}

// inherited is an object with what the one around it says of time, kind and the
// suspect's port, where it says nothing itself.
func inherited(o, around map[string]any) map[string]any {
	out := maps.Clone(o)
	for name, v := range around {
		low := strings.ToLower(name)
		whose, isPort := columnPort(low)
		_, has := o[name]
		switch v.(type) {
		case string, json.Number:
			if !has && (timeColumn(jsonName(low)) > 0 || kindField.MatchString(low) || isPort && whose == mine) {
				out[name] = v
			}
		}
	}
	return out
}

func objectEvent(o map[string]any, kind Kind, ours func(netip.Addr) bool) (e Event, ok bool) {
	f := jsonFields{}
	dotted(o, "", f, 0)
	best, of := -100, ""
	for name, v := range f {
		a, p, err := sheet.Addr(refang(v))
		if err != nil || addressOfOther(jsonName(name)) && !(kind == Botnet && ours != nil && ours(a)) {
			continue
		}
		score, _ := labelled(strings.NewReplacer(".", " ", "_", " ").Replace(name))
		if strings.HasPrefix(name, "destination") || strings.HasPrefix(name, "reporter") || strings.HasPrefix(name, "target") {
			score = notIt
		}
		if kind == Botnet && score == notIt && ours != nil && ours(a) { // where bots go to
			score = sure
		}
		if score > best || score == best && a.Less(e.Addr) {
			best, of, e.Addr, e.Port = score, name, a, p
		}
	}
	if !e.Addr.IsValid() || best < 0 {
		return e, false
	}
	flat := jsonFields{}
	for name, v := range f {
		flat[jsonName(name)] = v
	}
	objectPorts(&e, f, of)
	best = 0
	for _, name := range slices.Sorted(maps.Keys(f)) {
		n := max(timeColumn(jsonName(name)), timeColumn(jsonName(name[strings.LastIndexByte(name, '.')+1:])))
		if n == 0 && best == 0 && wholeTime.MatchString(f[name]) && !notWhen.MatchString(name) {
			n = 1 // whatever it is called
		}
		if n > best {
			if t := exact(f[name]); !t.IsZero() {
				best, e.Seen = n, t
			}
		}
	}
	e.URL = urlIn(strings.TrimSpace(flat.get("sourceurl", "url", "uri", "infringingurl")))
	e.Kind = kind
	said := flat.get("classificationtype", "type", "category", "classification")
	k := cmp.Or(xarfKind(said), kindOf(lower(said), ""))
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if k == "" && kindField.MatchString(name) {
			k = cmp.Or(xarfKind(f[name]), kindOf(strings.ReplaceAll(lower(f[name]), "_", " "), ""))
		}
	}
	if k != "" { // it says it better than the message
		e.Kind = k
	} else if kind == "" || kind == Other {
		e.Kind = kindOf(lower(flat.get("type", "category", "eventdescriptiontext", "description", "classificationtype", "reason")), Other)
	}
	e.Score, e.Why = sure, "an object in JSON"
	return e, true
}

var (
	// wholeTime is a day and an hour, and nothing else.
	wholeTime = pattern.New(`^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)
	// notWhen is the name of a field whose time is that of the report.
	notWhen = pattern.New(`creat|updat|modif|report|receiv|regist|expir|notif|publi|gener|sent|emis|envo|erstell|creado|criad`)
	// kindField is the name of a field that says what happened.
	kindField = pattern.New(`(?:^|\.)(?:(?:class(?:ification)?|attack|abuse|event|incident|threat|report)?[._ -]?(?:type|typ|tipo|` +
		`kind|category|class)|` +
		`categ\p{L}+|kateg\p{L}+|classif\p{L}+|notice|tipo\p{L}*|typ\p{L}*|art|genre|nature|soort|aard|rodzaj|тип|` +
		`категория|種別|类型|類型|유형|النوع)$`)
)

// objectPorts reads the ports of an object whose address is in the field of.
func objectPorts(e *Event, f jsonFields, of string) {
	names := slices.Sorted(maps.Keys(f))
	beside := of[:strings.LastIndexByte(of, '.')+1] // of the same inner object
	for _, name := range names {
		whose, is := columnPort(strings.ReplaceAll(name, ".", " "))
		p, ok := portIn(f[name])
		switch {
		case !is || !ok:
		case whose == others && strings.HasPrefix(of, "dest") && strings.HasPrefix(name, "dest"): // it is the other side
			e.Port = uint16(p)
		case whose == mine && strings.HasPrefix(of, "dest"):
		case beside != "" && name[:strings.LastIndexByte(name, '.')+1] == beside, whose == mine:
			e.Port = uint16(p)
		case whose == others:
			e.Target = uint16(p)
		case e.Port == 0:
			e.Port = uint16(p)
		}
	}
}

func dotted(v any, name string, out jsonFields, depth int) {
	if depth > 4 || len(out) > 300 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			at := strings.ToLower(k)
			if name != "" {
				at = name + "." + at
			}
			dotted(inner, at, out, depth+1)
		}
	case string:
		out[name] = v
	case json.Number:
		out[name] = v.String()
	}
}
