package outcome

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"headsup/finding"
	"headsup/pattern"
	"headsup/sheet"
)

var (
	// ErrScanned means that a line of a list of what was scanned cannot be read.
	ErrScanned = errors.New("not a list of what was scanned")
	// ErrNoTime means that such a list does not say when.
	ErrNoTime = fmt.Errorf("%w: no time", ErrScanned)
)

// ReadScanned reads what a scan covered that does not say so itself: a line
// for each address, prefix or range, behind which its ports and the time of the
// scan may stand. A line with ports or a time alone says them for all lines
// that have none. Without ports all were tried. "#" begins a comment.
//
//	ports 25,3128 2026-03-20T10:00:00Z
//	192.0.2.0/24
//	198.51.100.7 6379/tcp
//
// seen, unless zero, overrules the times. Errors name the line.
func ReadScanned(r io.Reader, name string, seen time.Time) (covers []finding.Cover, err error) {
	lines := sheet.NewLines(sheet.NewText(r))
	all := finding.Cover{Seen: seen}
	for {
		text, err := lines.Next()
		if err == io.EOF {
			break
		}
		var c finding.Cover
		if err == nil {
			c, err = scannedLine(text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w: %w", name, lines.Line(), ErrScanned, err)
		}
		c.Source = fmt.Sprintf("%s:%d", name, lines.Line())
		if len(c.Addrs) > 0 {
			covers = append(covers, c)
			continue
		}
		all.Ports = append(all.Ports, c.Ports...)
		if all.Seen.IsZero() {
			all.Seen = c.Seen
		}
	}
	if len(covers) == 0 {
		return nil, fmt.Errorf("%s: %w: no address in it", name, ErrScanned)
	}
	for i := range covers {
		c := &covers[i]
		c.Answer = finding.AnswerSilent
		if len(c.Ports) == 0 {
			c.Ports = all.Ports
		}
		if c.Seen.IsZero() || !seen.IsZero() {
			c.Seen = all.Seen
		}
		if c.Seen.IsZero() {
			return nil, fmt.Errorf("%s: %w", c.Source, ErrNoTime)
		}
		c.Seen = c.Seen.UTC().Truncate(time.Second)
	}
	return covers, nil
}

var somePorts = pattern.New(`^([tuTU]:)?(\d{1,5}(-\d{1,5})?|-)(/(tcp|udp))?(,([tuTU]:)?\d{1,5}(-\d{1,5})?(/(tcp|udp))?)*$`)

// scannedLine reads one line: addresses, ports and a time, any of which may be
// missing.
func scannedLine(text string) (c finding.Cover, err error) {
	text, _, _ = strings.Cut(text, "#")
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n;", r) })
	var at []string
	for _, w := range words {
		switch {
		case strings.EqualFold(w, "port"), strings.EqualFold(w, "ports"):
		case somePorts.MatchString(w):
			ports, err := finding.ParsePorts(w, "")
			if err != nil {
				return c, err
			}
			c.Ports = append(c.Ports, ports...)
		case len(at) == 0 && isNetwork(w):
			ps, _ := sheet.Networks(w)
			c.Addrs = append(c.Addrs, ps...)
		default:
			at = append(at, w)
		}
	}
	var times sheet.Times
	c.Seen, err = times.Parse(strings.Join(at, " "))
	return c, err
}

func isNetwork(text string) bool {
	_, err := sheet.Networks(text)
	return err == nil
}
