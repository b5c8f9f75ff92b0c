package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"headsup/render/typeset"
)

// font embeds a cut font whose codes are its glyphs (ISO 32000-1, 9.7.4), at a
// level of compression.
func (f *file) font(c *typeset.Cut, level int) ref {
	ttf := c.TTF()
	name := subsetTag(ttf) + "+" + c.Name
	m := c.Metrics()
	flags := 32 // not symbolic
	if strings.Contains(name, "Mono") {
		flags |= 1
	}
	descriptor := f.add("<</Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0"+
		" /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %v>>",
		name, flags, m.Box[0], m.Box[1], m.Box[2], m.Box[3], m.Ascent, m.Descent, m.Ascent,
		f.packed(fmt.Sprintf("/Length1 %d", len(ttf)), ttf, level))
	descendant := f.add("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDToGIDMap /Identity"+
		" /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %v /DW 0 /W [0 [%s]]>>",
		name, descriptor, widths(c.Widths()))
	return f.add("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%v] /ToUnicode %v>>",
		name, descendant, f.packed("", toUnicode(c.Texts()), level))
}

// subsetTag is six capitals made of the font's bytes.
func subsetTag(ttf []byte) string {
	sum := sha256.Sum256(ttf)
	var tag [6]byte
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag[:])
}

func widths(w []float64) string {
	var b []byte
	for _, v := range w {
		b = append(appendNumber(b, v), ' ')
	}
	return string(b)
}

// toUnicode says what text each code stands for (ISO 32000-1, 9.10.3). One that
// stands for its text only together with others is a space without width to
// those who pass over what replaces them.
func toUnicode(texts []string) []byte {
	const most = 100 // entries of one list
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var row []byte
	var units []uint16
	var known []int
	for code := 1; code < len(texts); code++ { // 0 is the shape for what is not there
		known = append(known, code)
	}
	for len(known) > 0 {
		n := min(most, len(known))
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, code := range known[:n] {
			row = append(appendHex(append(row[:0], '<'), uint16(code)), "> <"...)
			for _, r := range cmp.Or(texts[code], "\u200b") {
				units = utf16.AppendRune(units[:0], r)
				for _, u := range units {
					row = appendHex(row, u)
				}
			}
			b.Write(append(row, ">\n"...))
		}
		b.WriteString("endbfchar\n")
		known = known[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// rounded is a number as it is written.
func rounded(v float64) float64 { return math.Round(v*100) / 100 }

// appendNumber writes a number as short as a hundredth allows.
func appendNumber(b []byte, v float64) []byte {
	n := int64(math.Round(v * 100))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	switch tenths, rest := byte(n/10%10), byte(n%10); {
	case rest > 0:
		b = append(b, '.', '0'+tenths, '0'+rest)
	case tenths > 0:
		b = append(b, '.', '0'+tenths)
	}
	return b
}
