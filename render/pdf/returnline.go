package pdf

import (
	"math"
	"slices"
	"strings"

	"headsup/render/typeset"
)

// returnLine sets who sends the letter, above the address: on one row, in the
// smaller letters that it may have, or on two.
func (s *setting) returnLine(p *page, x, y, width float64) error {
	pieces := slices.DeleteFunc(slices.Clone(s.l.Return), func(t string) bool { return strings.TrimSpace(t) == "" })
	if len(pieces) == 0 {
		return nil
	}
	rows, size, err := returnRows(s, pieces, width)
	if err != nil {
		return err
	}
	at := left(x)
	if rightToLeft(pieces...) {
		at = right(x + width)
	}
	for i, l := range rows {
		*p = append(*p, item{x: at(l.Width), y: y - float64(len(rows)-1-i)*size*tight, line: l, grey: grey})
	}
	*p = append(*p, item{x: x, y: y + size*0.3, rule: width, grey: pale})
	return nil
}

// leastReturn is the smallest size of the return line (DIN 5008), and tiny the
// one for which there is no better than to cut.
const (
	leastReturn = 6
	tiny        = 4
)

func returnRows(s *setting, pieces []string, width float64) ([]typeset.Line, float64, error) {
	whole, err := returnRow(s, pieces, returnSize)
	if err != nil {
		return nil, 0, err
	}
	one := math.Min(returnSize, math.Floor(4*returnSize*width/whole.Width)/4)
	if two := s.f.ReturnZone*mm > 4*leastReturn; one < leastReturn && two && len(pieces) > 1 {
		for size := float64(returnSize); size >= leastReturn; size -= sizeStep {
			for at := len(pieces) - 1; at > 0; at-- {
				above, err := returnRow(s, pieces[:at], size)
				if err != nil {
					return nil, 0, err
				}
				below, err := returnRow(s, pieces[at:], size)
				if err != nil {
					return nil, 0, err
				}
				if max(above.Width, below.Width) <= width {
					return []typeset.Line{above, below}, size, nil
				}
			}
		}
	}
	if one >= tiny {
		line, err := returnRow(s, pieces, one)
		return []typeset.Line{line}, one, err
	}
	line, size, err := s.fit(typeset.Run{Text: strings.Join(pieces, " · "), Value: true, Known: true}, returnSize, tiny, width)
	return []typeset.Line{line}, size, err
}

func returnRow(s *setting, pieces []string, size float64) (typeset.Line, error) {
	cut := make([]string, len(pieces))
	for i, p := range pieces {
		cut[i] = short(p)
	}
	return beside(s, cut, func(string) string { return " · " }, s.l.Lang, size, true)
}
