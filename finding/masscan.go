package finding

import (
	"strings"

	"headsup/pattern"
	"headsup/sheet"
)

// A masscanPort is what masscan says of one port. It asks none of them
// anything that could show more than that they are open, and reads what some
// say by themselves.
type masscanPort struct {
	Port    raw    `json:"port"`
	Proto   string `json:"proto"`
	Status  string `json:"status"`
	Service struct {
		Name   string `json:"name"`
		Banner string `json:"banner"`
	} `json:"service"`
}

// masscan yields the open ports of one host (-oJ).
func (rd *reader) masscan(text []byte) error {
	var o struct {
		IP        string        `json:"ip"`
		Timestamp raw           `json:"timestamp"`
		Ports     []masscanPort `json:"ports"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	for _, p := range o.Ports {
		if p.Status != "" && p.Status != "open" {
			continue
		}
		if err := masscanRow(rd, o.IP, word(p.Port), p.Proto, word(o.Timestamp), p.Service.Banner); err != nil {
			return err
		}
	}
	return nil
}

// masscanRecord yields one record of NDJSON (-oD).
func (rd *reader) masscanRecord(text []byte) error {
	var o struct {
		IP        string `json:"ip"`
		Timestamp raw    `json:"timestamp"`
		Port      raw    `json:"port"`
		Proto     string `json:"proto"`
		Data      struct {
			Status string `json:"status"`
			Banner string `json:"banner"`
		} `json:"data"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	if o.Data.Status != "" && o.Data.Status != "open" {
		return nil
	}
	return masscanRow(rd, o.IP, word(o.Port), o.Proto, word(o.Timestamp), o.Data.Banner)
}

// masscanEnd is how versions before 1.3 end an array (out-json.c). It is no JSON.
var masscanEnd = pattern.New(`^\{ *finished: *1 *\}$`)

// masscanList is a line of -oL.
var masscanList = pattern.New(`^(?:#masscan$|(open|closed|banner) (tcp|udp|sctp|icmp) (\d+) (\S+) (\d+)(?: (\S+) ?(.*))?$)`)

// readList reads masscan's list (-oL).
func readList(rd *reader, in *sheet.Text) error {
	lines := sheet.NewLines(in)
	for {
		text, err := lines.Next()
		rd.line = lines.Line()
		text = strings.TrimSpace(text)
		switch {
		case err == sheet.ErrLong:
			err = rd.row(Finding{}, tooLong(err))
		case err != nil:
			return endOf(err, nil)
		case text == "" || text[0] == '#':
		default:
			err = listLine(rd, text)
		}
		if err != nil {
			return err
		}
	}
}

func listLine(rd *reader, text string) error {
	m := masscanList.FindStringSubmatch(text)
	switch {
	case m == nil:
		return rd.row(Finding{}, badValue("line", text))
	case m[1] == "closed":
		return nil
	}
	return masscanRow(rd, m[4], m[3], m[2], m[5], m[7])
}

func masscanRow(rd *reader, ip, number, proto, at, banner string) error {
	addr, err := parseAddr(ip)
	var p uint16
	if err == nil {
		p, _, err = rd.port(number)
	}
	seen, timeErr := rd.utc(at)
	if err == nil {
		err = timeErr
	}
	return rd.row(portAlone(port{banner: banner}, p).of(addr, p, proto, seen), err)
}
