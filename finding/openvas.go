package finding

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"strings"

	"headsup/sheet"
)

// An openvasReader is a report of OpenVAS (Greenbone) on its way.
type openvasReader struct {
	*reader
	path   []string // the elements that we are in, from result on
	result map[string]string
	line   int
}

// What of a result counts, by its path from there. A name stands in the result
// in newer reports, in the test in older ones.
var openvasPaths = []string{"host", "port", "name", "nvt/name", "qod/value", "description", "creation_time", "modification_time"}

func (o *openvasReader) begin(el xml.StartElement, line int) {
	if el.Name.Local == "result" && o.result == nil {
		o.result, o.path, o.line = map[string]string{}, nil, line
		return
	}
	if o.result != nil {
		o.path = append(o.path, el.Name.Local)
	}
}

func (o *openvasReader) text(b []byte) {
	if o.result == nil || len(o.path) == 0 || len(o.path) > 2 {
		return
	}
	where := strings.Join(o.path, "/")
	for _, p := range openvasPaths {
		if p == where && len(o.result[p]) < maxWords {
			o.result[p] += string(b[:min(len(b), maxWords)])
		}
	}
}

func (o *openvasReader) end(name string) error {
	if o.result == nil {
		return nil
	}
	if len(o.path) > 0 {
		o.path = o.path[:len(o.path)-1]
		return nil
	}
	r := o.result
	o.result, o.reader.line = nil, o.line
	p := place{addr: strings.TrimSpace(r["host"]), port: strings.TrimSpace(r["port"])}
	p.seen, p.err = o.time(cmp.Or(r["creation_time"], r["modification_time"]))
	return o.judged(o.judgeNVT(cmp.Or(r["nvt/name"], r["name"]), r["description"], r["qod/value"]), p)
}

// judgeNVT judges a test of Greenbone, which says how sure it is.
func (rd *reader) judgeNVT(name, output, qod string) verdict {
	v := rd.judgeTest("", strings.TrimSpace(name), output)
	n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(qod), "%"), 64)
	if err == nil && n < 70 && v.Strength == Observed {
		v.by(testUnsure, strings.TrimSpace(qod), Clean(name, 120))
	}
	return v
}

// openvasTable reads the CSV of a report.
func (rd *reader) openvasTable(*sheet.Head) (func(sheet.Row) (Finding, error), error) {
	return func(r sheet.Row) (Finding, error) {
		p := place{addr: r.Get("ip"), port: r.Get("port"), proto: strings.ToLower(cmp.Or(r.Get("port_protocol"), r.Get("protocol")))}
		p.seen, p.err = rd.time(r.Get("timestamp"))
		return placed(rd, rd.judgeNVT(r.Get("nvt_name"), cmp.Or(r.Get("specific_result"), r.Get("summary")), r.Get("qod")), p)
	}, nil
}
