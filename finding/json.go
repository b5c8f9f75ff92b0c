package finding

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"headsup/sheet"
)

// A raw value is one of JSON that several scanners write differently.
type raw = json.RawMessage

// An object is one of JSON. Which program wrote it, its names tell; what it
// says, that program's reader reads.
type object struct {
	// A Finding, and the sum that check prints last.
	Addr     string `json:"addr"`
	Kind     Kind   `json:"kind"`
	Strength string `json:"strength"`
	Rows     raw    `json:"rows"`

	IP    raw `json:"ip"`    // zgrab2, masscan, naabu, nuclei, Censys
	Port  raw `json:"port"`  // masscan -oD, naabu, Shodan, zgrab2
	Ports raw `json:"ports"` // masscan -oJ
	Data  raw `json:"data"`  // zgrab2, masscan -oD, Shodan

	RecType  string `json:"rec_type"` // masscan -oD
	Finished raw    `json:"finished"` // masscan -oJ

	TemplateID  string `json:"template-id"` // nuclei
	TemplateID2 string `json:"templateID"`

	Type1   string `json:"classification.type"` // IntelMQ
	Source1 string `json:"source.ip"`
	Class   raw    `json:"classification"`

	IPStr    string `json:"ip_str"`   // Shodan
	Services raw    `json:"services"` // Censys
	Host     raw    `json:"host"`     // Censys, naabu, httpx

	URL    string `json:"url"`         // httpx
	Status raw    `json:"status_code"` // httpx
	Input  raw    `json:"input"`       // httpx

	// What a search's answer holds its hosts in.
	Matches raw `json:"matches"` // Shodan
	Result  raw `json:"result"`  // Censys
	Hits    raw `json:"hits"`    // Censys
}

// is reports whether a value is there and begins with c.
func is(v raw, c byte) bool { return len(v) > 0 && v[0] == c }

// readJSON reads JSON objects: one a line, one after another, or in an array.
func (rd *reader) readJSON(in *sheet.Text) error {
	objects := objectReader{in: in, line: 1}
	for {
		text, err := objects.next()
		rd.line = objects.begin
		switch {
		case err == io.EOF:
			return nil
		case err == errBroken || err == errObject:
			if err == errBroken {
				err = wrong(err)
			}
			err = rd.row(Finding{}, err)
		case err == nil:
			err = rd.object(text, 0)
		}
		if err != nil {
			return err
		}
	}
}

// object reads one object. depth counts those that hold it.
func (rd *reader) object(text []byte, depth int) error {
	var o object
	if rd.accepts(Masscan) && masscanEnd.Match(text) {
		return nil
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return rd.row(Finding{}, wrong(errors.New(Clean(err.Error(), 120))))
	}
	for _, f := range []struct {
		format Format
		is     bool
		read   func([]byte) error
	}{
		{JSONLines, o.Strength != "" && o.Kind != "", rd.own},
		{JSONLines, o.Rows != nil && o.Addr == "" && o.IP == nil, skip},
		{Masscan, o.Finished != nil && o.IP == nil, skip},
		{Masscan, o.RecType != "" && o.IP != nil, rd.masscanRecord},
		{Masscan, is(o.Ports, '['), rd.masscan},
		{Nuclei, o.TemplateID != "" || o.TemplateID2 != "", rd.nuclei},
		{Shodan, o.IPStr != "" && o.Port != nil, rd.shodan},
		{Censys, is(o.Services, '['), rd.censys},
		{Censys, is(o.Host, '{'), rd.censys},
		{IntelMQ, o.Type1 != "" || o.Source1 != "" || is(o.Class, '{'), rd.intelmq},
		{ZGrab2, is(o.Data, '{'), rd.zgrab2},
		{HTTPX, o.URL != "" && (o.Status != nil || o.Input != nil), rd.httpx},
		{Naabu, o.Port != nil && (o.IP != nil || o.Host != nil), rd.naabu},
		{Shodan, is(o.Matches, '[') && depth == 0, func([]byte) error { return inner(rd, o.Matches) }},
		{Censys, is(o.Hits, '[') && depth < 2, func([]byte) error { return inner(rd, o.Hits) }},
		{Censys, is(o.Result, '{') && depth < 2, func([]byte) error { return rd.object(o.Result, depth+1) }},
	} {
		if f.is && rd.accepts(f.format) {
			return f.read(text)
		}
	}
	return rd.row(Finding{}, fmt.Errorf("%w: not an object of a scanner that is read", ErrFormat))
}

// skip is for objects that are no row.
func skip([]byte) error { return nil }

// inner reads the objects of an array in an object. All have the line of that.
func inner(rd *reader, list raw) error {
	var objects []raw
	if err := json.Unmarshal(list, &objects); err != nil {
		return rd.row(Finding{}, wrong(errors.New(Clean(err.Error(), 120))))
	}
	for _, o := range objects {
		if err := rd.object(o, 2); err != nil {
			return err
		}
	}
	return nil
}

// decode reads an object into v, or yields the row that it cannot be.
func (rd *reader) decode(text []byte, v any) (ok bool, err error) {
	if err := json.Unmarshal(text, v); err != nil {
		return false, rd.row(Finding{}, wrong(errors.New(Clean(err.Error(), 120))))
	}
	return true, nil
}

// word returns a text or a number as text, "" for anything else.
func word(v raw) string {
	v = bytes.TrimSpace(v)
	var s string
	if is(v, '"') && json.Unmarshal(v, &s) == nil {
		return s
	}
	if len(v) > 0 && (v[0] == '-' || v[0] >= '0' && v[0] <= '9') {
		return string(v)
	}
	return ""
}

// own reads a Finding of headsup.
func (rd *reader) own(text []byte) error {
	var o struct {
		Finding
		Addr string `json:"addr"`
		Port raw    `json:"port"`
		Seen string `json:"seen"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	f := o.Finding
	none := f.Strength == Contradicted
	f.Rule = ownFinding.ID
	if none {
		f.Rule = listNothing.ID
	}
	var err error
	if !none || o.Addr != "" {
		f.Addr, err = parseAddr(o.Addr)
	}
	if err == nil && (!none || word(o.Port) != "") {
		f.Port, _, err = rd.port(word(o.Port))
	}
	if err == nil && o.Seen != "" {
		if f.Seen, err = time.Parse(time.RFC3339, o.Seen); err != nil {
			err = badValue("time", o.Seen)
		}
	}
	return rd.row(f, err)
}
