package typeset

import (
	"bytes"
	"os"
	"testing"
)

// A member of a collection that shares another's shapes is the one that was
// read whole.
func TestMembersOfACollectionShareTheirShapes(t *testing.T) {
	f, err := Load(SystemDirs...)
	if err != nil {
		t.Fatal(err)
	}
	path := f.files[cjkSC.files[regular]]
	if path == "" {
		if os.Getenv("HEADSUP_REAL") == "1" {
			t.Fatal("fonts-noto-cjk is not installed")
		}
		t.Skip("takes fonts-noto-cjk")
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	whole, err := parse(file, "SC", cjkSC.family, nil)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := f.get(cjkSC, regular)
	if err != nil {
		t.Fatal(err)
	}
	jp, err := f.get(cjkJP, regular)
	if err != nil {
		t.Fatal(err)
	}
	if shared.outlines != jp.outlines || shared.font == jp.font {
		t.Error("the shapes are there twice, or the fonts are one")
	}
	a, b := newSetter(f).face(whole), newSetter(f).face(shared)
	for _, c := range "直接确认 骨角 직접 “—” Aa1" {
		x, _ := a.NominalGlyph(c)
		y, _ := b.NominalGlyph(c)
		if g, h := whole.glyph(x), shared.glyph(y); x != y || g.advance != h.advance || !bytes.Equal(g.data, h.data) {
			t.Errorf("%q is another shape: %d, %d", c, x, y)
		}
	}
}
