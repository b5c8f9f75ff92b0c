package typeset

import (
	"bytes"
	"fmt"
	"math"
	"os"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

func (f *Fonts) open(s *source, st style) (*Font, error) {
	if b := s.builtin[st]; b != nil {
		return parse(bytes.NewReader(b), s.name+suffix[st], "", nil)
	}
	if int(st) >= len(s.files) {
		return nil, nil
	}
	path, ok := f.files[s.files[st]]
	if !ok {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	defer file.Close()
	var like *Font
	if s.like != nil {
		if like, err = f.load(s.like, st); err != nil {
			return nil, err
		}
	}
	ft, err := parse(file, s.name+suffix[st], s.family, like)
	if err != nil {
		return nil, fmt.Errorf("font %q: %w", path, err)
	}
	return ft, nil
}

// parse reads the member of a collection called family, or the only font. It
// shares the shapes of another member, if those are the same.
func parse(r font.Resource, name, family string, like *Font) (*Font, error) {
	members, err := opentype.NewLoaders(r)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if family != "" {
			if d, _ := font.Describe(m, nil); d.Family != family {
				continue
			}
		}
		if like != nil {
			if f, err := variant(like, m); err != nil || f != nil {
				return &Font{name, f, like.outlines}, err
			}
		}
		f, err := font.NewFont(m)
		if err != nil {
			return nil, err
		}
		return newFont(name, f), nil
	}
	return nil, fmt.Errorf("no %q in the collection", family)
}

// variant reads a member of a collection without its outlines, which are those
// of another one: in Noto Sans CJK, 15 MB for each weight. It returns nil if the
// shapes are as many, but not as wide.
func variant(of *Font, m *opentype.Loader) (*font.Font, error) {
	var tables []opentype.Table
	for _, tag := range m.Tables() {
		if tag == opentype.MustNewTag("CFF ") {
			continue
		}
		raw, err := m.RawTable(tag)
		if err != nil {
			return nil, err
		}
		tables = append(tables, opentype.Table{Content: raw, Tag: tag})
	}
	light, err := opentype.NewLoader(bytes.NewReader(opentype.WriteTTF(tables)))
	if err != nil {
		return nil, err
	}
	own, err := font.NewFont(light)
	if err != nil {
		return nil, err
	}
	both := *of.font
	both.Cmap, both.GSUB, both.GPOS = own.Cmap, own.GSUB, own.GPOS
	a, b := font.NewFace(of.font), font.NewFace(own)
	for id := font.GID(0); ; id++ {
		switch x, y := a.HorizontalAdvance(id), b.HorizontalAdvance(id); {
		case x != y:
			return nil, nil
		case id == math.MaxUint16:
			return &both, nil
		}
	}
}
