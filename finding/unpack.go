package finding

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"headsup/sheet"
)

// A compressed input may unpack to maxRatio times its size, and to freeOutput
// in any case. Scans reach 20 to 60; bombs need 1,000 and more.
const (
	maxRatio   = 250
	freeOutput = 16 << 20
)

// unpack returns the text of r: unpacked if it is compressed, and in UTF-8
// whatever it was written in.
func unpack(r io.Reader) (*sheet.Text, error) {
	packed := &counter{r: r}
	in := bufio.NewReaderSize(packed, 64<<10)
	magic, err := in.Peek(4)
	if len(magic) == 0 {
		if err == io.EOF {
			err = ErrEmpty
		}
		return nil, err
	}
	var plain io.Reader
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		plain, err = gzip.NewReader(in)
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		// One goroutine less to leave behind; 128 MiB is the most that the
		// zstd program itself unpacks without being told.
		plain, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
	default:
		return sheet.NewText(in), nil
	}
	if err != nil {
		return nil, err
	}
	return sheet.NewText(&guard{plain, packed, 0}), nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// A guard stops a decompressor that makes too much out of too little.
type guard struct {
	plain  io.Reader
	packed *counter
	n      int64
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.plain.Read(p)
	g.n += int64(n)
	if g.n > freeOutput && g.n > maxRatio*g.packed.n {
		return 0, fmt.Errorf("%w: %d bytes unpack to more than %d times as many", ErrTooLarge, g.packed.n, maxRatio)
	}
	return n, err
}
