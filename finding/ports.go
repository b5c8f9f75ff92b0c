package finding

import (
	"cmp"
	"strings"

	"headsup/sheet"
)

// zmapTable reads ZMap's CSV. What answered a SYN is an open port, and a row
// whose success is 0 or whose classification is another's answer (rst, icmp)
// is not even that.
func (rd *reader) zmapTable(*sheet.Head) (func(sheet.Row) (Finding, error), error) {
	return func(r sheet.Row) (f Finding, err error) {
		addr, err := parseAddr(r.Get("saddr"))
		if err != nil {
			return f, err
		}
		number, _, err := rd.port(r.Get("sport"))
		if err != nil && strings.TrimSpace(r.Get("sport")) != "" {
			return f, err
		}
		seen, err := rd.utc(cmp.Or(r.Get("timestamp_str"), r.Get("timestamp_ts"), r.Get("timestamp")))
		if err != nil {
			return f, err
		}
		v, proto, answer := portAlone(port{}, number), "tcp", strings.ToLower(r.Get("classification"))
		if answer == "udp" {
			proto = answer
		}
		switch success := strings.ToLower(r.Get("success")); {
		case success == "0", success == "false", answer != "" && answer != "synack" && answer != "udp":
			v.by(zmapClosed)
		}
		return v.of(addr, number, proto, seen), nil
	}, nil
}

// naabuTable reads naabu's CSV.
func (rd *reader) naabuTable(*sheet.Head) (func(sheet.Row) (Finding, error), error) {
	return func(r sheet.Row) (f Finding, err error) {
		addr, err := parseAddr(cmp.Or(r.Get("ip"), r.Get("host")))
		if err != nil {
			return f, err
		}
		number, beside, err := rd.port(r.Get("port"))
		if err != nil {
			return f, err
		}
		proto, err := protoBeside(beside, r.Get("protocol"))
		if err != nil {
			return f, err
		}
		seen, err := rd.utc(r.Get("timestamp"))
		return portAlone(port{}, number).of(addr, number, proto, seen), err
	}, nil
}

// naabu reads one object of naabu. Until 2022 its port was an object.
func (rd *reader) naabu(text []byte) error {
	var o struct {
		Host      string `json:"host"`
		IP        string `json:"ip"`
		Port      raw    `json:"port"`
		Protocol  string `json:"protocol"`
		Timestamp string `json:"timestamp"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	if is(o.Port, '{') {
		var p struct{ Port raw }
		if ok, err := rd.decode(o.Port, &p); !ok {
			return err
		}
		o.Port = p.Port
	}
	addr, err := parseAddr(cmp.Or(o.IP, o.Host))
	var number uint16
	if err == nil {
		number, _, err = rd.port(word(o.Port))
	}
	proto := "tcp"
	if err == nil && o.Protocol != "" {
		proto, err = protoBeside("", o.Protocol)
	}
	seen, timeErr := rd.utc(o.Timestamp)
	if err == nil {
		err = timeErr
	}
	return rd.row(portAlone(port{}, number).of(addr, number, proto, seen), err)
}
