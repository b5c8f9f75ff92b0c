package pdf

import (
	"fmt"
	"sync"

	"rsc.io/qr/coding"
)

// Measures of the foot in millimetres.
const (
	footLine = 12 // of its base line above the edge of the paper
	codeSize = 18
)

// code sets the address of the verification page as a QR code into the foot
// of the first page, above the line with the address itself.
func (s *setting) code(p *page) error {
	if s.l.Verify == "" {
		return nil
	}
	qr, err := qrCode(short(s.l.Verify))
	if err != nil {
		return fmt.Errorf("QR code: %w", err)
	}
	x := s.f.Left
	if s.l.RTL {
		x = s.f.Paper[0] - s.f.Right - codeSize
	}
	area := dots{size: codeSize * mm / float64(qr.Size), rects: make([]int32, 0, 2*qr.Size*qr.Size)}
	for row := range qr.Size {
		for from := 0; from < qr.Size; from++ {
			to := from
			for to < qr.Size && qr.Black(to, row) {
				to++
			}
			if to > from {
				area.rects = append(area.rects, int32(from), int32(row), int32(to-from), 1)
				from = to
			}
		}
	}
	*p = append(*p, item{x: x * mm, y: (s.f.Paper[1] - footLine - codeSize) * mm, area: &area, tag: s.foot.add("Figure")})
	s.foot.kids[0].set().alt = short(s.l.Verify)
	return nil
}

// plans are where things stand in a code, by its version.
var plans sync.Map

// qrCode is the smallest QR code of a text that can be read where up to 15 % of it
// are damaged.
func qrCode(text string) (*coding.Code, error) {
	const level = coding.M
	data, version := coding.String(text), coding.Version(coding.MinVersion)
	for version < coding.MaxVersion && data.Bits(version) > version.DataBytes(level)*8 {
		version++
	}
	plan, ok := plans.Load(version)
	if !ok {
		p, err := coding.NewPlan(version, level, 0)
		if err != nil {
			return nil, err
		}
		plan, _ = plans.LoadOrStore(version, p)
	}
	return plan.(*coding.Plan).Encode(data) // says where it is too long for any
}

// toward is a distance in millimetres from where lines begin, in points.
func (s *setting) toward(d float64) float64 {
	if s.l.RTL {
		d = -d
	}
	return d * mm
}
