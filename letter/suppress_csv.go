package letter

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"headsup/finding"
)

var suppressionColumns = []string{"value", "campaign", "until", "reason"}

const maxSuppressions = 1 << 20

// ReadSuppressions reads a CSV file (RFC 4180, UTF-8) with a header.
//
//	value     a mailbox, a domain, a prefix, an IP address or an AS number
//	campaign  only in this campaign; empty: in all
//	until     a day such as 2027-01-31; empty: for ever
//	reason    for those who come after
//
// Only value is needed in the header; other columns are an error. Lines that
// begin with "#" are comments. The first error starts with "name:line", and
// then nothing is returned.
func ReadSuppressions(r io.Reader, name string) ([]Suppression, error) {
	in := csv.NewReader(r)
	in.Comment, in.TrimLeadingSpace = '#', true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: no header; expected %s", name, strings.Join(suppressionColumns, ","))
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, lineFirst(err))
	}
	column := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if _, twice := column[h]; twice || !slices.Contains(suppressionColumns, h) {
			return nil, fmt.Errorf("%s:1: unknown or repeated column %q; there are %s", name, finding.Clean(h, 40), strings.Join(suppressionColumns, ", "))
		}
		column[h] = i
	}
	if _, ok := column["value"]; !ok {
		return nil, fmt.Errorf("%s:1: no column %q", name, "value")
	}
	var list []Suppression
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, lineFirst(err))
		}
		line, _ := in.FieldPos(0)
		get := func(h string) string {
			if i, ok := column[h]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		s, err := suppressionOf(get)
		if err == nil && len(list) == maxSuppressions {
			err = fmt.Errorf("more than %d rows", maxSuppressions)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		list = append(list, s)
	}
}

func suppressionOf(get func(string) string) (Suppression, error) {
	// What a spreadsheet was kept from taking for a formula is written back.
	s, err := ParseSuppression(strings.TrimPrefix(get("value"), "'"))
	if err != nil {
		return s, err
	}
	s.Campaign, s.Reason = get("campaign"), finding.Clean(strings.TrimPrefix(get("reason"), "'"), 300)
	if s.Campaign != "" && !ValidCampaignID.MatchString(s.Campaign) {
		return s, fmt.Errorf("campaign: %q is none", finding.Clean(s.Campaign, 40))
	}
	if until := get("until"); until != "" {
		if s.Until, err = time.Parse(time.DateOnly, until); err != nil {
			return s, fmt.Errorf("until: %q is not a day such as 2027-01-31", finding.Clean(until, 40))
		}
	}
	return s, nil
}

// lineFirst puts the line where everybody looks for it.
func lineFirst(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return fmt.Errorf("%d: %w", p.Line, p.Err)
	}
	return fmt.Errorf(" %w", err)
}

// WriteSuppressions writes what ReadSuppressions reads. A cell that a
// spreadsheet would take for a formula has an apostrophe before it.
func WriteSuppressions(w io.Writer, list []Suppression) error {
	out := csv.NewWriter(w)
	rows := [][]string{suppressionColumns}
	for _, s := range list {
		until := ""
		if !s.Until.IsZero() {
			until = s.Until.UTC().Format(time.DateOnly)
		}
		rows = append(rows, []string{inert(s.Value), s.Campaign, until, inert(s.Reason)})
	}
	return out.WriteAll(rows)
}

func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
