package pdf

import (
	"fmt"
	"strings"

	"headsup/render/typeset"
)

// seen is a line as it is seen: its width, and its pieces with size and font.
func seen(l typeset.Line) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%.1f wide", l.Width/mm)
	font := ""
	for _, p := range l.Pieces {
		if p.Silent {
			continue
		}
		if f := fmt.Sprintf("%.1f %s", p.Size, p.Font.Name); f != font {
			font = f
			fmt.Fprintf(&b, " [%s]", font)
		}
		b.WriteString(" " + p.String())
	}
	return b.String()
}

// Places says where everything of a letter stands, a line for each thing:
// millimetres from the left and upper edges of the page, size, fonts, text as
// it is seen from left to right.
func (wr *Writer) Places(l Letter) (string, error) {
	form := Forms[l.Form]
	pages, _, err := wr.layout(l, form)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i, p := range pages {
		fmt.Fprintf(&b, "page %d of %.1f × %.1f mm\n", i+1, form.Paper[0], form.Paper[1])
		for _, it := range p {
			fmt.Fprintf(&b, "%6.1f %6.1f  ", it.x/mm, it.y/mm)
			switch {
			case it.rule > 0:
				fmt.Fprintf(&b, "rule of %.1f\n", it.rule/mm)
			case it.area != nil:
				fmt.Fprintf(&b, "%d rectangles\n", len(it.area.rects)/4)
			default:
				b.WriteString(seen(it.line) + "\n")
			}
		}
	}
	return b.String(), nil
}
