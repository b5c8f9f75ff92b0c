package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// An opener takes a message apart and unpacks what is in it, within limits.
type opener struct {
	limits   []string // what was left out
	parts    int      // taken apart so far
	unpacked int      // bytes
}

// limit notes what was left out, once.
func (o *opener) limit(why string) {
	if !slices.Contains(o.limits, why) {
		o.limits = append(o.limits, why)
	}
}

// A file is an attachment, or one of those packed in it.
type file struct {
	name  string
	data  []byte
	table bool // it says so itself, whatever it is called
}

const (
	maxFiles = 20 // read of one archive
	maxRatio = 250
)

// filesIn returns those that are packed in a part with zip or gzip: one archive
// deep, and within what a message may unpack to.
func (o *opener) filesIn(p *part) []file {
	if !p.opened {
		p.opened, p.files = true, o.unpack(p.name, p.raw)
	}
	return p.files
}

func (o *opener) unpack(name string, data []byte) []file {
	if data[0] == 'P' {
		return o.unzip(name, data)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		o.limit("a packed file that cannot be read")
		return nil
	}
	if text, ok := o.inflate(z, len(data)); ok {
		return []file{{name: strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".gzip"), data: text}}
	}
	return nil
}

func (o *opener) unzip(name string, data []byte) (files []file) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		o.limit("a packed file that cannot be read")
		return nil
	}
	for i, f := range z.File {
		if i >= maxFiles {
			o.limit(fmt.Sprintf("more than %d files in an archive", maxFiles))
			break
		}
		if f.FileInfo().IsDir() {
			continue
		}
		in, err := f.Open()
		if err != nil {
			o.limit("a packed file that cannot be read") // one with a password, too
			continue
		}
		if text, ok := o.inflate(in, len(data)); ok {
			files = append(files, file{name: name + "/" + path.Base(f.Name), data: text})
		}
		in.Close()
	}
	return files
}

// inflate reads what is packed, and gives up on what unpacks to too much.
func (o *opener) inflate(in io.Reader, packed int) ([]byte, bool) {
	most := min(maxUnpacked-o.unpacked, max(packed*maxRatio, 16<<20))
	if most <= 0 {
		o.limit(fmt.Sprintf("more than %d bytes in all parts", maxUnpacked))
		return nil, false
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(in, int64(most)+1))
	o.unpacked += int(n)
	switch {
	case n > int64(most):
		o.limit("a packed file that unpacks to too much")
		return nil, false
	case err != nil && n == 0:
		o.limit("a packed file that cannot be read")
		return nil, false
	}
	return b.Bytes(), true
}
