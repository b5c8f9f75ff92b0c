package finding

import (
	"cmp"
	"net"
	"net/url"
	"strings"

	"headsup/pattern"
)

// nuclei reads one result. Names with a capital in them are those of 2020 and 2021.
func (rd *reader) nuclei(text []byte) error {
	var o struct {
		ID   string `json:"template-id"`
		ID2  string `json:"templateID"`
		Info struct {
			Name string `json:"name"`
			Tags raw    `json:"tags"` // a list, or a text with commas
		} `json:"info"`
		Host      string `json:"host"`
		IP        string `json:"ip"`
		Port      raw    `json:"port"`
		Type      string `json:"type"`
		MatchedAt string `json:"matched-at"`
		Matched   string `json:"matched"`
		Extracted raw    `json:"extracted-results"`
		Response  string `json:"response"`
		Timestamp string `json:"timestamp"`
		Status    *bool  `json:"matcher-status"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	id := cmp.Or(o.ID, o.ID2)
	words := id
	if unauthTag.Match(o.Info.Tags) {
		words += " unauth"
	}
	v := rd.judgeTest(words, o.Info.Name, strings.TrimSpace(string(o.Extracted)+" "+clip(o.Response, maxWords)))
	if o.Status != nil && !*o.Status {
		v.by(testNegative, Clean(cmp.Or(o.Info.Name, id), 120))
	}
	host, port := hostPort(cmp.Or(o.MatchedAt, o.Matched, o.Host))
	p := place{addr: cmp.Or(o.IP, host), port: cmp.Or(port, word(o.Port))}
	if o.Type == "udp" {
		p.proto = "udp"
	}
	p.seen, p.err = rd.utc(o.Timestamp)
	return rd.judged(v, p)
}

// unauthTag is how templates are tagged that use a service without a login,
// whatever they are called.
var unauthTag = pattern.New(`\bunauth\b`)

// hostPort takes host and port out of a URL, or of host:port.
func hostPort(s string) (host, port string) {
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil {
			return "", ""
		}
		port = u.Port()
		switch {
		case port != "":
		case u.Scheme == "https":
			port = "443"
		case u.Scheme == "http":
			port = "80"
		}
		return u.Hostname(), port
	}
	if host, port, err := net.SplitHostPort(s); err == nil {
		return host, port
	}
	return s, ""
}

// httpx reads one answer of a web server. The address is host_ip in newer
// versions and host in older ones; host is the name in newer ones.
func (rd *reader) httpx(text []byte) error {
	var o struct {
		Timestamp string   `json:"timestamp"`
		URL       string   `json:"url"`
		HostIP    string   `json:"host_ip"`
		Host      string   `json:"host"`
		A         []string `json:"a"`
		Port      raw      `json:"port"`
		Status    int      `json:"status_code"`
		Title     string   `json:"title"`
		Webserver string   `json:"webserver"`
		Body      string   `json:"body"`
		Raw       string   `json:"response"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	host, port := hostPort(o.URL)
	p := place{addr: cmp.Or(o.HostIP, o.Host), port: cmp.Or(word(o.Port), port)}
	if _, err := parseAddr(p.addr); err != nil && len(o.A) == 1 {
		p.addr = o.A[0]
	} else if err != nil && p.addr == "" {
		p.addr = host
	}
	p.seen, p.err = rd.utc(o.Timestamp)
	v := verdict{Kind: ExposedService, Service: "http", Evidence: strings.TrimSpace(o.URL + " " + o.Webserver + " " + o.Title)}
	v.by(httpxPage)
	body := o.Body + o.Raw
	if o.Status >= 200 && o.Status < 300 && strings.Contains(body, searchPage) {
		v.Service, v.Evidence = "elasticsearch", clip(body, maxWords)
		v.by(httpxSearch)
	}
	return rd.judged(v, p)
}
