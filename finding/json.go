package finding

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// An object is one line of JSON: a Finding, a host of zgrab2 or one of
// masscan, or the sum that check prints last. Which, its names tell.
type object struct {
	// Finding
	Addr     string      `json:"addr"`
	Port     json.Number `json:"port"`
	Proto    string      `json:"proto"`
	Kind     Kind        `json:"kind"`
	Service  string      `json:"service"`
	Strength Strength    `json:"strength"`
	Reason   string      `json:"reason"`
	Seen     string      `json:"seen"`
	Source   string      `json:"source"`
	Evidence string      `json:"evidence"`
	Reporter string      `json:"reporter"`

	// sum
	Rows json.Number `json:"rows"`

	// zgrab2 and masscan
	IP        string            `json:"ip"`
	Data      map[string]module `json:"data"`
	Timestamp json.RawMessage   `json:"timestamp"`
	Ports     []masscanPort     `json:"ports"`
}

// readJSON reads one JSON object a line. Masscan writes its objects so too,
// with the brackets and commas of an array around them.
func (rd *reader) readJSON(in *bufio.Reader) error {
	lines := lineReader{in: in}
	for {
		line, err := lines.next()
		rd.line++
		if err == io.EOF {
			return nil
		}
		if err == errLong {
			if err := rd.row(Finding{}, err); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		line = bytes.Trim(line, " \t\r\n,")
		if len(line) == 0 || len(line) == 1 && (line[0] == '[' || line[0] == ']') {
			continue
		}
		if err := rd.object(line); err != nil {
			return err
		}
	}
}

func (rd *reader) object(line []byte) error {
	var o object
	if err := json.Unmarshal(line, &o); err != nil {
		return rd.row(Finding{}, fmt.Errorf("%w: %s", ErrFormat, Clean(err.Error(), 120)))
	}
	accepts := func(f Format) bool { return rd.o.Format == Auto || rd.o.Format == f }
	switch {
	case o.Addr != "" && accepts(JSONLines):
		return rd.row(o.finding())
	case o.Rows != "" && o.Addr == "" && o.IP == "" && accepts(JSONLines):
		return nil // the sum of an earlier check: not a row
	case o.Data != nil && accepts(ZGrab2):
		return rd.zgrab2(o)
	case o.Ports != nil && accepts(Masscan):
		return rd.masscan(o)
	}
	return rd.row(Finding{}, fmt.Errorf("%w: neither a finding nor a host of zgrab2 or masscan", ErrFormat))
}

// finding returns the Finding that o is.
func (o object) finding() (f Finding, err error) {
	if f.Addr, err = parseAddr(o.Addr); err != nil {
		return f, err
	}
	if f.Port, err = parsePort(o.Port.String()); err != nil {
		return f, err
	}
	if o.Seen != "" {
		if f.Seen, err = time.Parse(time.RFC3339, o.Seen); err != nil {
			return f, badValue("time", o.Seen)
		}
	}
	f.Proto, f.Kind, f.Service = o.Proto, o.Kind, o.Service
	f.Strength, f.Reason, f.Source = o.Strength, o.Reason, o.Source
	f.Evidence, f.Reporter = o.Evidence, o.Reporter
	return f, nil
}

type masscanPort struct {
	Port    json.Number `json:"port"`
	Proto   string      `json:"proto"`
	Status  string      `json:"status"`
	Service struct {
		Name   string `json:"name"`
		Banner string `json:"banner"`
	} `json:"service"`
}

// masscan yields the open ports of one host. Masscan asks none of them
// anything that could show more than that they are open.
func (rd *reader) masscan(o object) error {
	addr, addrErr := parseAddr(o.IP)
	seen, timeErr := parseTime(string(bytes.Trim(o.Timestamp, `"`)))
	for _, p := range o.Ports {
		if p.Status != "" && p.Status != "open" {
			continue
		}
		number, err := parsePort(p.Port.String())
		for _, e := range []error{timeErr, addrErr} {
			if e != nil {
				err = e
			}
		}
		v := portAlone(port{banner: p.Service.Banner}, number)
		if err := rd.row(v.of(addr, number, p.Proto, seen), err); err != nil {
			return err
		}
	}
	return nil
}

// A lineReader reads lines in constant memory.
type lineReader struct {
	in   *bufio.Reader
	long []byte
}

// next returns the next line, which is good until the next call. errLong
// is about that line alone; any other error, io.EOF too, is the end.
func (l *lineReader) next() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = l.long[:0]
		size := 0
		for ; err == bufio.ErrBufferFull; line, err = l.in.ReadSlice('\n') {
			if size += len(line); size <= maxLine {
				l.long = append(l.long, line...)
			}
		}
		if size += len(line); size > maxLine && (err == nil || err == io.EOF) {
			return nil, errLong
		}
		line = append(l.long, line...)
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	return line, err
}
