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
//	value     a mailbox, a domain, a prefix, a range, an IP address or an AS number
//	campaign  only in this campaign; empty: in all
//	until     a day such as 2027-01-31; empty: for ever
//	reason    for those who come after
//
// Only value is needed in the header; other columns are an error. Lines that
// begin with "#" are comments. A row that cannot be read is an error in bad,
// and those after it are read; err ends the reading. Each error starts with
// "name:line".
func ReadSuppressions(r io.Reader, name string) (list []Suppression, bad []error, err error) {
	t := sheet.NewTable(sheet.NewText(r), func(c string) bool { return slices.Contains(suppressionColumns, c) })
	head, err := t.Head()
	if errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("%s:1: no header; expected %s", name, strings.Join(suppressionColumns, ","))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := head.Only(suppressionColumns, "value"); err != nil {
		return nil, nil, fmt.Errorf("%s:%d: %w", name, head.Line, err)
	}
	for {
		row, err := t.Next()
		var of []Suppression
		switch {
		case errors.Is(err, io.EOF):
			return list, bad, nil
		case err == nil:
			of, err = suppressionsOf(func(h string) string { return strings.TrimSpace(row.Get(h)) })
		case !sheet.OfRow(err):
			return list, bad, fmt.Errorf("%s:%d: %w", name, row.Line, err)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s:%d: %w", name, row.Line, err))
		}
		if list = append(list, of...); len(list)+len(bad) > maxSuppressions {
			return nil, nil, fmt.Errorf("%s:%d: more than %d rows", name, row.Line, maxSuppressions)
		}
	}
}

func suppressionsOf(get func(string) string) ([]Suppression, error) {
	// What a spreadsheet was kept from taking for a formula is written back.
	list, err := ParseSuppressions(sheet.Written(get("value")))
	if err != nil {
		return nil, err
	}
	campaign, reason := get("campaign"), finding.Clean(sheet.Written(get("reason")), 300)
	if campaign != "" && !ValidCampaignID.MatchString(campaign) {
		return nil, fmt.Errorf("campaign: %q is none", finding.Clean(campaign, 40))
	}
	until, err := untilDay(get("until"))
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Campaign, list[i].Reason, list[i].Until = campaign, reason, until
	}
	return list, nil
}

// untilDay reads a day, or nothing, which is for ever.
func untilDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	var days sheet.Times
	var told *sheet.TimeError
	day, err := days.Parse(s)
	switch {
	case errors.As(err, &told) && len(told.Readings) > 0:
		return day, fmt.Errorf("until: %w", err)
	case err != nil || !day.Equal(day.Truncate(24*time.Hour)):
		return day, fmt.Errorf("until: %q is not a day such as 2027-01-31", finding.Clean(s, 40))
	}
	return day, nil
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
