package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
)

// meta is what a file says about itself.
type meta struct {
	id, title, author, lang string
	date                    time.Time
	unaddressed             bool
	tagged                  bool // its structure is that of PDF/UA
}

// about describes a letter.
func about(l Letter) meta {
	return meta{id: l.ID, title: plain(l.Title), author: plain(l.Author), lang: tag(l.Lang), date: l.Date.UTC(), unaddressed: len(l.To) == 0 && len(l.Instead) > 0}
}

func (m meta) info() string {
	date := m.date.Format("D:20060102150405+00'00'")
	end := ">>"
	if m.unaddressed {
		end = notForThePost
	}
	return fmt.Sprintf("<</Title %s /Author %s /Subject %s /Creator (headsup) /Producer (headsup) /CreationDate (%s) /ModDate (%s)%s",
		text(m.title), text(m.author), text(plain(m.id)), date, date, end)
}

// notForThePost ends what the file of a letter says of itself whose window has
// something else in it than an address.
const notForThePost = " /NotForThePost true>>"

// xmp says the same as info once more, and that the file is made to be kept:
// PDF/A-2b (ISO 19005-2, 6.6.2 and 6.6.4), and, with its structure, to be read
// by everybody: PDF/UA-1 (ISO 14289-1, 5).
func (m meta) xmp() []byte {
	date := m.date.Format("2006-01-02T15:04:05+00:00")
	universal := ""
	if m.tagged {
		universal = pdfua
	}
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>%s
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>headsup</xmp:CreatorTool>
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>headsup</pdf:Producer></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\uFEFF", universal, escape(m.title), escape(m.author), escape(plain(m.id)), date, date)
}

// pdfua says that a file is PDF/UA-1, in a word that PDF/A wants explained
// (ISO 19005-2, 6.6.2.3.3).
const pdfua = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"` +
	` xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>` +
	`<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>` +
	`<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`

func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // to memory: cannot fail
	return b.String()
}

// plain makes a value fit for what a file says about itself.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == 0xFFFE || r == 0xFFFF:
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(short(s), "\uFFFD"))
}

// tag keeps of a language tag what may stand in one (RFC 5646, 4.4.1).
func tag(s string) string {
	s = s[:min(len(s), 35)]
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// srgb is a profile of the colours that screens and printers expect
// (IEC 61966-2-1), in the form of the ICC (ICC.1:2004).
func srgb() []byte {
	be := binary.BigEndian
	fixed := func(b []byte, v ...float64) []byte {
		for _, f := range v {
			b = be.AppendUint32(b, uint32(int32(math.Round(f*65536))))
		}
		return b
	}
	xyz := func(v ...float64) []byte { return fixed([]byte("XYZ \x00\x00\x00\x00"), v...) }
	words := func(s string) []byte {
		b := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0CenUS")
		b = be.AppendUint32(b, uint32(2*len(s)))
		b = be.AppendUint32(b, 28)
		for _, c := range s {
			b = be.AppendUint16(b, uint16(c))
		}
		return b
	}
	curve := fixed([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", words("sRGB")}, {"cprt", words("No copyright, use freely")},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"chad", fixed([]byte("sf32\x00\x00\x00\x00"), 1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)}, {"gXYZ", xyz(0.38515, 0.71687, 0.09708)}, {"bXYZ", xyz(0.14307, 0.06061, 0.71410)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	table := be.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	for _, t := range tags {
		table = append(table, t.name...)
		table = be.AppendUint32(table, uint32(128+4+12*len(tags)+len(data)))
		table = be.AppendUint32(table, uint32(len(t.data)))
		data = append(data, t.data...)
		for len(data)%4 != 0 {
			data = append(data, 0)
		}
	}
	head := make([]byte, 128)
	be.PutUint32(head, uint32(len(head)+len(table)+len(data)))
	copy(head[8:], "\x04\x20\x00\x00mntrRGB XYZ \x07\xEA\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00acsp")
	copy(head[68:], fixed(nil, 0.9642, 1, 0.8249))
	return append(append(head, table...), data...)
}
