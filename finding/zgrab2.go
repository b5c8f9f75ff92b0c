package finding

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A module is what one zgrab2 module says about one host.
type module struct {
	Status    string          `json:"status"`
	Protocol  string          `json:"protocol"`
	Port      json.Number     `json:"port"`
	Timestamp time.Time       `json:"timestamp"`
	Error     string          `json:"error"`
	Result    json.RawMessage `json:"result"`
}

// zgrabPorts are the ports that modules ask by default; old versions of zgrab2
// do not say which port they asked.
var zgrabPorts = map[string]string{"http": "80", "smtp": "25", "redis": "6379", "socks5": "1080", "mongodb": "27017"}

// zgrab2 yields one row for each module that looked at a host.
func (rd *reader) zgrab2(o object) error {
	addr, addrErr := parseAddr(o.IP)
	if len(o.Data) == 0 {
		return rd.row(Finding{}, fmt.Errorf("%w: no module of zgrab2", ErrFormat))
	}
	for _, name := range slices.Sorted(maps.Keys(o.Data)) {
		m := o.Data[name]
		if m.Protocol == "" {
			m.Protocol = name
		}
		if m.Port == "" {
			m.Port = json.Number(zgrabPorts[m.Protocol])
		}
		number, err := parsePort(m.Port.String())
		if addrErr != nil {
			err = addrErr
		}
		var v verdict
		if err == nil {
			v, err = judgeModule(m, number)
		}
		if err := rd.row(v.of(addr, number, "tcp", m.Timestamp), err); err != nil {
			return err
		}
	}
	return nil
}

// A result holds what the results of the modules have that decides.
type result struct {
	Banner string `json:"banner"` // smtp
	EHLO   string `json:"ehlo"`

	PingResponse string `json:"ping_response"` // redis
	InfoResponse string `json:"info_response"`

	MethodSelection    string `json:"method_selection"` // socks5, both in hex
	ConnectionResponse string `json:"connection_response"`

	Response struct { // http
		StatusLine string              `json:"status_line"`
		StatusCode int                 `json:"status_code"`
		Headers    map[string][]string `json:"headers"`
		Body       string              `json:"body"`
		Request    struct {
			Method string `json:"method"`
		} `json:"request"`
	} `json:"response"`
}

// judgeModule weighs what a module says.
func judgeModule(m module, number uint16) (verdict, error) {
	v := portAlone(port{name: m.Protocol, probed: true}, number)
	if m.Protocol != "redis" && m.Status != "success" {
		v.Reason, v.Evidence = "the scanner got no answer that it could use: "+m.Status, m.Error
		return v, nil
	}
	var r result
	if len(m.Result) > 0 {
		if err := json.Unmarshal(m.Result, &r); err != nil {
			return v, fmt.Errorf("%w: %s", ErrFormat, Clean(err.Error(), 120))
		}
	}
	switch m.Protocol {
	case "smtp":
		v.Evidence = strings.TrimSpace(r.Banner)
	case "http":
		r.http(&v)
	case "redis":
		r.redis(&v, m)
	case "socks5":
		r.socks(&v)
	}
	return v, nil
}

func (r result) http(v *verdict) {
	res := r.Response
	v.Evidence = strings.TrimSpace(res.StatusLine + " " + strings.Join(res.Headers["server"], " "))
	ok := res.StatusCode >= 200 && res.StatusCode < 300
	switch {
	case res.StatusCode == 407:
		v.Kind, v.Reason = OpenProxy, "the proxy asked for a password (407)"
	case ok && res.Request.Method == "CONNECT":
		v.Kind, v.Strength = OpenProxy, Weak
		v.Reason = "only CONNECT was answered with success, which any web server may do; nothing was fetched through it"
	case ok && strings.Contains(res.Body, "You Know, for Search"):
		v.Service, v.Strength = "elasticsearch", Verified
		v.Reason = "the scanner used it without a password"
		v.Evidence = res.Body
	}
}

func (r result) redis(v *verdict, m module) {
	v.Evidence = strings.TrimSpace(r.PingResponse + " " + r.InfoResponse)
	switch {
	case strings.Contains(r.InfoResponse, "redis_version:"):
		v.Strength, v.Reason = Verified, "the scanner used it without a password"
	case refused(r.PingResponse), refused(r.InfoResponse), refused(m.Error):
		v.Reason = "it refused the scanner, as it should"
	case r.PingResponse == "PONG":
		v.Strength, v.Reason = Observed, "it answered the scanner without a password"
	case m.Status != "success":
		v.Reason, v.Evidence = "the scanner got no answer that it could use: "+m.Status, m.Error
	}
}

// socks goes by the bytes of RFC 1928: method 0 is "no authentication", reply
// 0 is "succeeded".
func (r result) socks(v *verdict) {
	v.Kind, v.Service = OpenProxy, "socks5"
	v.Evidence = strings.TrimSpace("method " + r.MethodSelection + " reply " + r.ConnectionResponse)
	free := strings.HasPrefix(r.MethodSelection, "0500")
	switch {
	case free && strings.HasPrefix(r.ConnectionResponse, "0500"):
		v.Strength, v.Reason = Observed, "the scanner reached another site through it without a password"
	case free && r.ConnectionResponse != "" && !strings.HasPrefix(r.ConnectionResponse, "0502"):
		v.Strength, v.Reason = Weak, "it let the scanner in without a password, but reached nothing for it"
	default:
		v.Reason = "it refused the scanner, as it should"
	}
}
