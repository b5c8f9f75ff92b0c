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
	"headsup/sheet"
)

var suppressionColumns = []string{"value", "campaign", "until", "reason"}

const maxSuppressions = 1 << 20

// ReadSuppressions reads a table with a header, in any spelling that [sheet]
// reads.
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
	t := sheet.NewTable(sheet.NewText(r), func(c string) bool { return slices.Contains(suppressionColumns, c) })
	head, err := t.Head()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: no header; expected %s", name, strings.Join(suppressionColumns, ","))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := head.Only(suppressionColumns, "value"); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, head.Line, err)
	}
	var list []Suppression
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		var s Suppression
		if err == nil {
			s, err = suppressionOf(func(h string) string { return strings.TrimSpace(row.Get(h)) })
		}
		if err == nil && len(list) == maxSuppressions {
			err = fmt.Errorf("more than %d rows", maxSuppressions)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, row.Line, err)
		}
		list = append(list, s)
	}
}

func suppressionOf(get func(string) string) (Suppression, error) {
	// What a spreadsheet was kept from taking for a formula is written back.
	s, err := ParseSuppression(sheet.Written(get("value")))
	if err != nil {
		return s, err
	}
	s.Campaign, s.Reason = get("campaign"), finding.Clean(sheet.Written(get("reason")), 300)
	if s.Campaign != "" && !ValidCampaignID.MatchString(s.Campaign) {
		return s, fmt.Errorf("campaign: %q is none", finding.Clean(s.Campaign, 40))
	}
	if until := get("until"); until != "" {
		var days sheet.Times
		var told *sheet.TimeError
		s.Until, err = days.Parse(until)
		switch {
		case errors.As(err, &told) && len(told.Readings) > 0:
			return s, fmt.Errorf("until: %w", err)
		case err != nil || !s.Until.Equal(s.Until.Truncate(24*time.Hour)):
			return s, fmt.Errorf("until: %q is not a day such as 2027-01-31", finding.Clean(until, 40))
		}
	}
	return s, nil
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
		value := sheet.Inert(s.Value)
		if strings.HasPrefix(value, "#") {
			value = "'" + value // no comment
		}
		rows = append(rows, []string{value, s.Campaign, until, sheet.Inert(s.Reason)})
	}
	return out.WriteAll(rows)
}
