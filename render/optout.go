package render

import (
	"fmt"
	"slices"

	"headsup/render/prose"
	"headsup/templates"
)

// A Notice is what the page of one-click opt-outs says, in one language. All
// of it is plain text.
type Notice struct{ Lang, Dir, Title, Text, Button string }

// Notices returns what that page can say, by language and by the name of its
// template. The maps are the renderer's own: they are not to be changed.
func (r *Renderer) Notices() map[string]map[string]Notice { return r.notices() }

func notices(set *templates.Set) map[string]map[string]Notice {
	all := map[string]map[string]Notice{}
	for _, lang := range set.Languages() {
		f := set.File(templates.OptOut, lang)
		if f == nil {
			continue
		}
		byName, err := noticesOf(f)
		if err != nil {
			panic(err) // New tried a house's own, and the tests those that come with headsup
		}
		all[lang] = byName
	}
	return all
}

// noticesOf reads one file: a button, and notices of a heading and a paragraph.
func noticesOf(f *templates.File) (map[string]Notice, error) {
	button, err := plain(f, "button", prose.Paragraph)
	if err != nil {
		return nil, err
	}
	byName := map[string]Notice{}
	for _, name := range f.Blocks() {
		if name == "button" {
			continue
		}
		words, err := plain(f, name, prose.Heading, prose.Paragraph)
		if err != nil {
			return nil, err
		}
		byName[name] = Notice{Lang: f.Lang, Dir: dir(f.Lang), Title: words[0], Text: words[1], Button: button[0]}
	}
	return byName, nil
}

// plain returns the text of a template that is built of certain blocks.
func plain(f *templates.File, name string, kinds ...prose.BlockKind) (words []string, err error) {
	var b prose.Book
	blocks, err := run(f, name, nil, &b)
	if err != nil {
		return nil, err
	}
	var got []prose.BlockKind
	for _, block := range blocks {
		got, words = append(got, block.Kind), append(words, prose.Plain(block.Spans))
	}
	if !slices.Equal(got, kinds) {
		return nil, fmt.Errorf("%s: template %q is not built as in %s/en.md", f.Path, name, f.Part)
	}
	return words, nil
}
