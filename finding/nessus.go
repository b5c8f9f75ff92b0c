package finding

import (
	"cmp"
	"encoding/xml"
	"strings"

	"headsup/sheet"
)

// A nessusReader is a .nessus file on its way (NessusClientData_v2).
type nessusReader struct {
	*reader
	host, ip, stamp, clock string // of the host we are in
	item                   map[string]string
	line                   int
	tag                    string // the element or property whose text is read
	words                  strings.Builder
}

func (n *nessusReader) begin(el xml.StartElement, line int) {
	n.tag = ""
	n.words.Reset()
	switch el.Name.Local {
	case "ReportHost":
		n.host, n.ip, n.stamp, n.clock = attribute(el, "name"), "", "", ""
	case "tag":
		n.tag = attribute(el, "name")
	case "ReportItem":
		n.line = line
		n.item = map[string]string{}
		for _, a := range []string{"port", "protocol", "pluginID", "pluginName"} {
			n.item[a] = attribute(el, a)
		}
	case "plugin_output":
		n.tag = "plugin_output"
	}
}

func (n *nessusReader) text(b []byte) {
	if n.tag != "" && n.words.Len() < maxWords {
		n.words.Write(b[:min(len(b), maxWords)])
	}
}

// keep takes in the text of an element that ends.
func (n *nessusReader) keep(name, text string) {
	switch {
	case name == "tag" && n.tag == "host-ip":
		n.ip = text
	case name == "tag" && (n.tag == "HOST_END_TIMESTAMP" || n.tag == "HOST_START_TIMESTAMP" && n.stamp == ""):
		n.stamp = text
	case name == "tag" && (n.tag == "HOST_END" || n.tag == "HOST_START" && n.clock == ""):
		n.clock = text
	case name == "plugin_output" && n.item != nil:
		n.item["output"] = text
	}
}

func (n *nessusReader) end(name string) error {
	n.keep(name, strings.TrimSpace(n.words.String()))
	n.tag = ""
	if name != "ReportItem" || n.item == nil {
		return nil
	}
	item := n.item
	n.item = nil
	n.reader.line = n.line
	p := place{addr: cmp.Or(n.ip, n.host), port: item["port"], proto: item["protocol"]}
	if n.stamp != "" {
		p.seen, p.err = n.utc(n.stamp)
	} else {
		p.seen, p.err = n.time(n.clock)
	}
	return n.judged(n.judgeTest("", item["pluginName"], item["output"]), p)
}

// nessusTable reads the CSV of Nessus, or of Tenable, which calls its columns
// differently. It does not say when.
func (rd *reader) nessusTable(*sheet.Head) (func(sheet.Row) (Finding, error), error) {
	return func(r sheet.Row) (Finding, error) {
		name := cmp.Or(r.Get("plugin_name"), r.Get("name"))
		p := place{addr: cmp.Or(r.Get("ip_address"), r.Get("host")), port: r.Get("port"), proto: strings.ToLower(r.Get("protocol"))}
		p.seen, p.err = rd.time(cmp.Or(r.Get("host_end"), r.Get("last_observed"), r.Get("last_seen")))
		return placed(rd, rd.judgeTest("", name, cmp.Or(r.Get("plugin_output"), r.Get("plugin_text"))), p)
	}, nil
}
