package finding

import (
	"cmp"
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
	Port      raw             `json:"port"`
	Timestamp time.Time       `json:"timestamp"`
	Error     string          `json:"error"`
	Result    json.RawMessage `json:"result"`
}

// zgrabPorts are the ports that modules ask by default. Until 2023, zgrab2 did
// not say which port it asked; from February 2024 to September 2025, it said so
// beside "ip" and not in the module.
var zgrabPorts = map[string]uint16{"http": 80, "smtp": 25, "redis": 6379, "socks5": 1080, "mongodb": 27017, "ftp": 21, "ssh": 22,
	"telnet": 23, "tls": 443, "imap": 143, "pop3": 110, "mysql": 3306, "postgres": 5432, "mssql": 1433, "oracle": 1521, "ntp": 123,
	"modbus": 502, "bacnet": 47808, "fox": 1911, "dnp3": 20000, "siemens": 102, "ipp": 631, "smb": 445, "banner": 80, "memcached": 11211,
	"mqtt": 1883, "amqp091": 5672, "pptp": 1723, "jarm": 443}

// zgrab2 yields one row for each module that looked at a host.
func (rd *reader) zgrab2(text []byte) error {
	var o struct {
		IP     string            `json:"ip"`
		Domain string            `json:"domain"`
		Port   raw               `json:"port"`
		Data   map[string]module `json:"data"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	addr, addrErr := parseAddr(o.IP)
	if !rd.told {
		rd.told = true
		covers(rd, Cover{})
	}
	if len(o.Data) == 0 {
		return rd.row(Finding{}, fmt.Errorf("%w: no module of zgrab2", ErrFormat))
	}
	for _, name := range slices.Sorted(maps.Keys(o.Data)) {
		m := o.Data[name]
		m.Protocol = cmp.Or(m.Protocol, name)
		number, guessed, err := zgrabPort(rd, m, word(o.Port))
		var v verdict
		if err == nil {
			v, err = judgeModule(m, number)
		}
		if guessed && v.Strength != Contradicted {
			v.by(zgrabGuess, number)
		}
		if addrErr != nil && !(o.IP == "" && v.Strength == Contradicted) {
			err = addrErr
		}
		f := v.of(addr, number, "tcp", m.Timestamp)
		if v.rule == zgrabSilent {
			f.Answer = zgrabAnswers[m.Status]
		}
		if f.Name = o.Domain; rd.o.Cover == nil {
			f.Name = ""
		}
		if err := rd.row(f, err); err != nil {
			return err
		}
	}
	return nil
}

// zgrabAnswers are the statuses of modules that used nothing. One that was
// hung up on may have come at a bad time, so that is taken for silence.
var zgrabAnswers = map[string]Answer{
	"connection-refused": AnswerRefused,
	"protocol-error":     AnswerDenied,
	"connection-timeout": AnswerSilent,
	"io-timeout":         AnswerSilent,
	"connection-closed":  AnswerSilent,
}

// zgrabPort returns the port that a module asked. It is guessed where neither
// the module, the host nor the options say.
func zgrabPort(rd *reader, m module, host string) (number uint16, guessed bool, err error) {
	said := cmp.Or(word(m.Port), host)
	if said == "" && rd.o.Port == 0 {
		return zgrabPorts[m.Protocol], true, nil
	}
	number, _, err = rd.port(said)
	return number, false, err
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
		v.by(zgrabSilent, m.Status)
		v.Evidence = m.Error
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
		v.Kind = OpenProxy
		v.by(zgrabPassword)
	case ok && res.Request.Method == "CONNECT":
		v.Kind = OpenProxy
		v.by(zgrabConnect)
	case ok && strings.Contains(res.Body, searchPage):
		v.Service, v.Evidence = "elasticsearch", res.Body
		v.by(zgrabSearch)
	}
}

// searchPage stands on the front page of Elasticsearch for whom it lets in.
const searchPage = "You Know, for Search"

func (r result) redis(v *verdict, m module) {
	v.Evidence = strings.TrimSpace(r.PingResponse + " " + r.InfoResponse)
	switch {
	case strings.Contains(r.InfoResponse, "redis_version:"):
		v.by(zgrabInfo)
	case refused(r.PingResponse), refused(r.InfoResponse), refused(m.Error):
		v.by(zgrabRefused)
	case r.PingResponse == "PONG":
		v.by(zgrabPong)
	case m.Status != "success":
		v.by(zgrabSilent, m.Status)
		v.Evidence = m.Error
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
		v.by(zgrabSOCKS)
	case free && r.ConnectionResponse != "" && !strings.HasPrefix(r.ConnectionResponse, "0502"):
		v.by(zgrabNowhere)
	default:
		v.by(zgrabRefused)
	}
}
