package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"

	"headsup/render/svg"
)

// logoRoom is how large a logo may be: the sender's words need most of the
// letterhead.
func logoRoom(form Form) (width, height float64) {
	return min(45, 0.35*form.Head.W) * mm, min(16, form.Head.H) * mm
}

// CheckLogo says what is wrong with a logo that letters could not show.
func CheckLogo(b []byte) error {
	_, err := newDraft(newCommon(nil, nil)).logo(&canvas{}, b, Forms["din-5008-b"])
	return err
}

// logo puts a logo flush right into the letterhead, or flush left if the
// letterhead's text is flush right. If it is an image, it is returned.
func (d *draft) logo(c *canvas, b []byte, form Form) (ref, error) {
	if len(b) == 0 {
		return 0, nil
	}
	most, h := logoRoom(form)
	x := func(w float64) float64 {
		if form.HeadRight {
			return form.Head.X * mm
		}
		return (form.Head.X+form.Head.W)*mm - w
	}
	if bytes.HasPrefix(b, []byte("\x89PNG")) {
		return d.png(c, b, most, h, x, form.Head.Y*mm)
	}
	s, err := d.common.sketches.of(b, most, h)
	if err != nil {
		return 0, err
	}
	c.op("q")
	c.op("cm", 1, 0, 0, 1, x(s.width), c.height-form.Head.Y*mm-s.height)
	c.op("/Logo Do")
	c.op("Q")
	return s.put(d.file), nil
}

// sketches remembers logos: all letters of an agency have the same.
type sketches struct {
	mu  sync.Mutex
	all map[sketchKey]*sketch
}

type sketchKey struct {
	logo          string
	width, height float64
}

// mostSketches is how many logos are remembered: more than a campaign has agencies.
const mostSketches = 64

// of returns a logo in SVG as it is drawn into a box.
func (ss *sketches) of(b []byte, width, height float64) (*sketch, error) {
	ss.mu.Lock()
	s := ss.all[sketchKey{string(b), width, height}]
	ss.mu.Unlock()
	if s != nil {
		return s, nil
	}
	if !svg.Is(b) {
		return nil, errors.New("neither PNG nor SVG")
	}
	drawing, err := svg.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("logo in SVG: %w", err)
	}
	s = newSketch(drawing, width, height)
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if len(ss.all) >= mostSketches || ss.all == nil {
		ss.all = map[sketchKey]*sketch{}
	}
	ss.all[sketchKey{string(b), width, height}] = s
	return s, nil
}

// png puts an image in on white: what is kept must not be transparent.
func (d *draft) png(c *canvas, b []byte, most, h float64, x func(float64) float64, y float64) (ref, error) {
	r, size, err := d.image(b)
	if err != nil {
		return 0, err
	}
	w := h * float64(size.X) / float64(size.Y)
	if w > most {
		w, h = most, h*most/w
	}
	c.op("q")
	c.op("cm", w, 0, 0, h, x(w), c.height-y-h)
	c.op("/Logo Do")
	c.op("Q")
	return r, nil
}

// image embeds an image once.
func (d *draft) image(b []byte) (ref, image.Point, error) {
	const most = 4 << 20 // dots
	if c, err := png.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > most {
		return 0, image.Point{}, fmt.Errorf("%d × %d dots are too many", c.Width, c.Height)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return 0, image.Point{}, err
	}
	size := img.Bounds().Size()
	if r, ok := d.images[string(b)]; ok {
		return r, size, nil
	}
	on := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(on, on.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(on, on.Rect, img, img.Bounds().Min, draw.Over)
	data := make([]byte, 0, 3*size.X*size.Y)
	for i := 0; i < len(on.Pix); i += 4 {
		data = append(data, on.Pix[i:i+3]...)
	}
	r := d.packed(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8", size.X, size.Y), data, fast)
	d.images[string(b)] = r
	return r, size, nil
}
