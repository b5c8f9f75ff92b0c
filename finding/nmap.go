package finding

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// Caps for XML, where nothing can be skipped: beyond them the input is broken.
const (
	maxToken   = 4 << 20
	maxDepth   = 64
	maxScripts = 64
)

// A nmapReader is one nmap or masscan run on its way through its XML. Ports
// are judged one by one: a host may have 65,535 of them.
type nmapReader struct {
	*reader
	args    scanArgs
	start   time.Time // of the run
	seen    time.Time // of the host
	addr    netip.Addr
	addrErr error
	port    *port // the one we are in
	number  string
	proto   string
	open    bool
}

// readXML reads what nmap and masscan write with -oX.
func (rd *reader) readXML(in *bufio.Reader) error {
	tokens := &tokenReader{Reader: bufio.NewReaderSize(transform.NewReader(in, runes.ReplaceIllFormed()), 64<<10)}
	dec := xml.NewDecoder(tokens)
	// What a header claims is not believed: the bytes are UTF-8 by now.
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	n := &nmapReader{reader: rd}
	for depth, whole := 0, false; ; {
		tokens.left = maxToken
		tok, err := dec.Token()
		line, _ := dec.InputPos()
		if err != nil || depth > maxDepth {
			rd.line = line
			return xmlEnd(err, whole)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 1 && el.Name.Local != "nmaprun" {
				rd.line = line
				return fmt.Errorf("%w: <%s> is not the XML of nmap or masscan", ErrFormat, Clean(el.Name.Local, 40))
			}
			n.begin(el, line)
		case xml.EndElement:
			if depth--; depth == 0 {
				whole = true
			}
			if err := n.end(el.Name.Local); err != nil {
				return err
			}
		}
	}
}

// xmlEnd turns what ended the XML into what the caller is told.
func xmlEnd(err error, whole bool) error {
	var syntax *xml.SyntaxError
	switch {
	case err == nil:
		return fmt.Errorf("%w: elements nested more than %d deep", ErrFormat, maxDepth)
	case err == io.EOF && whole:
		return nil
	case err == io.EOF, errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return fmt.Errorf("the XML breaks off: %w", io.ErrUnexpectedEOF)
	case syntax != nil:
		return fmt.Errorf("%w: %s", ErrFormat, Clean(syntax.Msg, 100))
	}
	return err
}

// begin takes in what an element says. Only what decides is kept.
func (n *nmapReader) begin(el xml.StartElement, line int) {
	at := func(name string) string {
		for _, a := range el.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	switch el.Name.Local {
	case "nmaprun":
		n.args, n.start = parseArgs(at("args")), unixTime(at("start"))
	case "host":
		n.addr, n.addrErr = netip.Addr{}, badValue("address", "")
		n.seen = unixTime(at("endtime"))
		if n.seen.IsZero() {
			n.seen = unixTime(at("starttime"))
		}
	case "address":
		if t := at("addrtype"); t == "ipv4" || t == "ipv6" {
			n.addr, n.addrErr = parseAddr(at("addr"))
		}
	case "port":
		n.port, n.open, n.line = &port{}, false, line
		n.number, n.proto = at("portid"), at("protocol")
	case "state":
		n.open = at("state") == "open"
	case "service":
		if n.port != nil {
			n.port.service(at)
		}
	case "script":
		if n.port != nil && len(n.port.scripts) < maxScripts {
			n.port.scripts = append(n.port.scripts, script{at("id"), clip(at("output"), maxWords)})
		}
	}
}

// end yields a port that is open. Others are not rows.
func (n *nmapReader) end(element string) error {
	if element != "port" || n.port == nil {
		return nil
	}
	p := *n.port
	n.port = nil
	if !n.open {
		return nil
	}
	if n.addrErr != nil {
		return n.row(Finding{}, n.addrErr)
	}
	number, err := parsePort(n.number)
	if err != nil {
		return n.row(Finding{}, err)
	}
	seen := n.seen
	if seen.IsZero() {
		seen = n.start
	}
	return n.row(judgePort(p, number, n.args).of(n.addr, number, n.proto, seen), nil)
}

// of makes the Finding that a verdict about one port is.
func (v verdict) of(addr netip.Addr, port uint16, proto string, seen time.Time) Finding {
	return Finding{Addr: addr, Port: port, Proto: proto, Kind: v.Kind, Service: v.Service,
		Strength: v.Strength, Reason: v.Reason, Seen: seen, Evidence: v.Evidence}
}

func unixTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}

// A tokenReader ends an XML input whose next token is larger than maxToken.
// It counts the bytes as the decoder takes them.
type tokenReader struct {
	*bufio.Reader
	left int
}

func (t *tokenReader) ReadByte() (byte, error) {
	if t.left--; t.left < 0 {
		return 0, fmt.Errorf("%w: an XML element of more than %d bytes", ErrTooLarge, maxToken)
	}
	return t.Reader.ReadByte()
}
