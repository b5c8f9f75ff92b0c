package prose_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"headsup/render/prose"
)

func read(t testing.TB, source string, b *prose.Book) []prose.Block {
	t.Helper()
	if b == nil {
		b = &prose.Book{}
	}
	blocks, err := prose.Read(source, b)
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

func para(spans ...prose.Span) prose.Block {
	return prose.Block{Kind: prose.Paragraph, Spans: spans}
}

func TestRead(t *testing.T) {
	plain := func(s string) prose.Span { return prose.Span{Text: s} }
	for _, c := range []struct {
		name, source string
		want         []prose.Block
	}{
		{"a paragraph on two lines is one line of text", "one\ntwo", []prose.Block{para(plain("one two"))}},
		{"Japanese lines join without a space", "日本語の\n文章。\nABC", []prose.Block{para(plain("日本語の文章。 ABC"))}},
		{"a backslash breaks the line", "one\\\ntwo", []prose.Block{para(prose.Span{Text: "one", Break: true}, plain("two"))}},
		{"two spaces break the line", "one  \ntwo", []prose.Block{para(prose.Span{Text: "one", Break: true}, plain("two"))}},
		{"styles nest", "a **b *c* `d`**", []prose.Block{para(plain("a "), prose.Span{Text: "b ", Strong: true}, prose.Span{Text: "c", Strong: true, Emph: true}, prose.Span{Text: " ", Strong: true}, prose.Span{Text: "d", Strong: true, Code: true})}},
		{"escapes and entities are what they stand for", `\*a\* &amp; &lt;b&gt; &#38;`, []prose.Block{para(plain("*a* & <b> &"))}},
		{"but not in code", "`\\* &amp;`", []prose.Block{para(prose.Span{Text: `\* &amp;`, Code: true})}},
		{"links", "<https://www.example.org/?a=b&c> [mail](mailto:a@example.org) <a@example.org>", []prose.Block{para(
			prose.Span{Text: "https://www.example.org/?a=b&c", Link: "https://www.example.org/?a=b&c"}, plain(" "),
			prose.Span{Text: "mail", Link: "mailto:a@example.org"}, plain(" "), prose.Span{Text: "a@example.org", Link: "mailto:a@example.org"})}},
		{"headings", "# a\n\n### *b*", []prose.Block{{Kind: prose.Heading, Level: 1, Spans: []prose.Span{plain("a")}}, {Kind: prose.Heading, Level: 3, Spans: []prose.Span{{Text: "b", Emph: true}}}}},
		{"lists nest", "1. a\n2. b\n   - c", []prose.Block{{Kind: prose.List, Ordered: true, Items: [][]prose.Block{{para(plain("a"))}, {para(plain("b")), {Kind: prose.List, Items: [][]prose.Block{{para(plain("c"))}}}}}}}},
		{"nothing", " \n\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, read(t, c.source, nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, source, want string
	}{
		{"HTML in a paragraph", "a\n\nb <b>c</b>", "line 3: HTML cannot stand in a letter"},
		{"an HTML block", "a\n\n<div>\n", "line 3: HTML cannot stand in a letter"},
		{"an image", "![a](https://www.example.org/a.png)", "line 1: an image cannot stand in a letter"},
		{"a quotation", "a\n\n> b", "line 3: a quotation cannot stand in a letter"},
		{"a code block", "a\n\n    b", "line 3: a code block (a paragraph"},
		{"a fenced code block", "```\nb\n```", "line 1: a code block cannot"},
		{"a line across the page", "a\n\n---", "line 3: a line across the page cannot"},
		{"a small heading", "a\n\n#### b", "line 3: a heading of level 4"},
		{"a script as a link", "[a](javascript:alert)", `line 1: a link to "javascript:alert"`},
		{"a link without TLS", "<http://www.example.org/>", `a link to "http://www.example.org/"`},
		{"data as a link", "a [b](data:text/html,x)", "only https: and mailto:"},
		{"a character that stands for no value", "a \ue010", "line 1: U+E010 stands for no value"},
		{"the same as an entity", "a &#xe010;", "line 1: a private-use character"},
		{"HTML in a list", "1. a\n2. <br>", "line 2: HTML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := prose.Read(c.source, &prose.Book{})
			var fault *prose.Error
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

var nasty = []string{"<script>alert(1)</script>", "**x** [y](javascript:alert(1))", "a\n\n# b\n\n- c", "`", "\\", "&amp;", "![x](y)", "<https://www.example.com/>", "\ue000\ue010", "1. a", "]("}

func TestValuesAreNeverMarkdown(t *testing.T) {
	for _, v := range nasty {
		t.Run(fmt.Sprintf("%q", v), func(t *testing.T) {
			var b prose.Book
			mark := b.Value(v)
			for _, source := range []string{mark, "a " + mark + " b", "**" + mark + "**", "- " + mark, "# " + mark, mark + mark, "`" + mark + "`", "a\n" + mark, "[a " + mark + "](https://www.example.org/)"} {
				blocks := read(t, source, &b)
				if got, want := values(blocks), strings.Repeat(v, strings.Count(source, mark)); got != want {
					t.Errorf("values of %q are %q, want %q", source, got, want)
				}
			}
			if got := b.Expand("<" + mark + ">"); got != "<"+v+">" {
				t.Errorf("expanded to %q", got)
			}
		})
	}
}

// values joins all values in blocks.
func values(blocks []prose.Block) (all string) {
	for _, b := range blocks {
		for _, s := range b.Spans {
			if s.Value {
				all += s.Text
			}
		}
		for _, item := range b.Items {
			all += values(item)
		}
	}
	return all
}

func TestBook(t *testing.T) {
	var b prose.Book
	if got := b.Value(""); got != "" {
		t.Errorf("nothing is %q, so that {{if}} would find something", got)
	}
	link := b.Link("a@example.org", "mailto:a@example.org")
	want := []prose.Block{para(prose.Span{Text: "a@example.org", Value: true, Link: "mailto:a@example.org"})}
	if diff := cmp.Diff(want, read(t, link, &b)); diff != "" {
		t.Error(diff)
	}
	if _, err := prose.Read("["+link+"]("+link+")", &b); err == nil {
		t.Error("a value inside a URL")
	}
	table := prose.Block{Kind: prose.Table, Head: []string{"a"}}
	b.Insert('\ue000', []prose.Block{table})
	if diff := cmp.Diff([]prose.Block{para(prose.Span{Text: "x"}), table}, read(t, "x\n\n\ue000", &b)); diff != "" {
		t.Error(diff)
	}
	if _, err := prose.Read("x \ue000", &b); err == nil {
		t.Error("a table in the middle of a sentence")
	}
}

func TestText(t *testing.T) {
	var b prose.Book
	url := b.Link("https://advice.example.org/verify/relay26-k3v9xq2m7d-7k3q-9xmd", "https://advice.example.org/verify/relay26-k3v9xq2m7d-7k3q-9xmd")
	for _, c := range []struct {
		name, source, want string
	}{
		{"lines of 72 columns", strings.Repeat("word ", 20), strings.Repeat("word ", 13) + "word\nword word word word word word\n"},
		{"an address is not broken", "You can verify that this letter comes from us at " + url + ", now.", "You can verify that this letter comes from us at\nhttps://advice.example.org/verify/relay26-k3v9xq2m7d-7k3q-9xmd, now.\n"},
		{"wide characters count twice", strings.Repeat("語", 40), strings.Repeat("語", 36) + "\n" + strings.Repeat("語", 4) + "\n"},
		{"a heading is underlined", "## 日本 a", "日本 a\n------\n"},
		{"items hang", "1. " + strings.Repeat("word ", 16), "1. " + strings.Repeat("word ", 13) + "word\n   word word\n"},
		{"nested lists", "- a\n- b\n  1. c\n  2. d", "- a\n\n- b\n\n  1. c\n  2. d\n"},
		{"line breaks stay", "a\\\nb", "a\nb\n"},
		{"a link says where it leads", "[site](https://www.example.org/)", "site <https://www.example.org/>\n"},
		{"a bare link says so once", "<https://www.example.org/> <a@example.org>", "https://www.example.org/ a@example.org\n"},
		{"a command stands alone", "a\n\n`b --c`", "a\n\n    b --c\n"},
		{"code in a sentence is marked", "say `b`", "say `b`\n"},
		{"styles leave no trace", "**a** *b*", "a b\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := prose.Text(prose.Head{}, prose.Doc{Lang: "en", Blocks: read(t, c.source, &b)})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoLineEndsInAHyphenThatJoinsAnArticle has the same words in two languages,
// one after the other, because lines of the same words are remembered.
func TestNoLineEndsInAHyphenThatJoinsAnArticle(t *testing.T) {
	words := strings.Repeat("word ", 13) + "għall-internet"
	for lang, want := range map[string]string{
		"en": strings.Repeat("word ", 13) + "għall-\ninternet\n",
		"mt": strings.Repeat("word ", 12) + "word\ngħall-internet\n",
	} {
		doc := prose.Doc{Lang: lang, Title: words, Blocks: read(t, words, new(prose.Book))}
		got := prose.Text(prose.Head{}, doc)
		if title, text, _ := strings.Cut(got, "=\n\n"); !strings.HasPrefix(title, want) || text != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
	for lang, want := range map[string]bool{"ga": true, "ga-IE": true, "mt": true, "sv": false, "pt-BR": false, "": false} {
		if got := prose.Joined(lang); got != want {
			t.Errorf("%s: %v", lang, got)
		}
	}
}

func TestValuesAreIsolatedWhereTheyCouldTurnTheText(t *testing.T) {
	for _, c := range []struct {
		name, value string
		rtl, want   bool
	}{
		{"an address from left to right", "192.0.2.7", false, false},
		{"a Hebrew name from left to right", "שלום", false, true},
		{"Arabic digits from left to right", "٣", false, true},
		{"an address from right to left", "192.0.2.7", true, true},
	} {
		page := prose.Fragment([]prose.Block{{Spans: []prose.Span{{Text: c.value, Value: true}}}}, c.rtl, nil)
		if want := map[bool]string{true: "<p><bdi>" + c.value + "</bdi></p>\n", false: "<p>" + c.value + "</p>\n"}[c.want]; page != want {
			t.Errorf("%s: %s, want %s", c.name, page, want)
		}
	}
}

func TestTables(t *testing.T) {
	table := prose.Block{Kind: prose.Table, Head: []string{"アドレス", "Port"}, LTR: []bool{true, true},
		Rows: [][]string{{"192.0.2.7", "25/tcp"}, {"<b>", "="}}}
	if diff := cmp.Diff("アドレス   Port\n---------  ------\n192.0.2.7  25/tcp\n<b>        =\n", prose.Text(prose.Head{}, prose.Doc{Blocks: []prose.Block{table}})); diff != "" {
		t.Error(diff)
	}
	page := prose.HTML("t", prose.Head{}, prose.Doc{Lang: "ar", RTL: true, Blocks: []prose.Block{table}})
	for _, want := range []string{`<th scope="col" style="text-align:start;`, `>アドレス</th>`, `<td><bdi dir="ltr">&lt;b&gt;</bdi></td>`, `<html lang="ar" dir="rtl">`, `<div lang="ar" dir="rtl">`,
		`.t0 td:nth-child(2)::before{content:"Port"}`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

// A table stays a table in fewer columns than a terminal has.
func TestWideTables(t *testing.T) {
	for _, c := range []struct {
		name string
		head string
		row  []string
		want string
	}{
		{"words are wrapped in their column", "Was festgestellt wurde", []string{"192.0.2.7", "25/tcp", "smtp", "offener Server, der E-Mail von jedem an jeden weitergibt", "2026-03-01 10:30"}, `
IP address  Port    Service  Was festgestellt wurde            Seen (UTC)
----------  ------  -------  --------------------------------  ----------------
192.0.2.7   25/tcp  smtp     offener Server, der E-Mail von    2026-03-01 10:30
                             jedem an jeden weitergibt
`},
		{"a long address has a line of its own", "Finding", []string{"2001:db8:1234:5678:9abc:def0:1234:5678", "65535/tcp", "elasticsearch", "exposed service", "2026-03-01 10:30"}, `
IP address                     Port       Service        Finding     Seen (UTC)
-----------------------------  ---------  -------------  ----------  ----------
2001:db8:1234:5678:9abc:def0:1234:5678
                               65535/tcp  elasticsearch  exposed     2026-03-01
                                                         service     10:30
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := prose.Block{Kind: prose.Table, Head: []string{"IP address", "Port", "Service", c.head, "Seen (UTC)"}, Rows: [][]string{c.row}}
			got := prose.Text(prose.Head{}, prose.Doc{Blocks: []prose.Block{table}})
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), got); diff != "" {
				t.Error(diff)
			}
			for line := range strings.Lines(got) {
				if prose.Cells(strings.TrimSuffix(line, "\n")) >= 80 {
					t.Errorf("%d cells: %s", prose.Cells(line), line)
				}
			}
		})
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		name, text string
		columns    int
		want       string
	}{
		{"what fits stays", "open relay", 10, "open relay"},
		{"it is cut between words", "open mail relay", 12, "open mail…"},
		{"without the comma before the cut", "open relay, open proxy", 14, "open relay…"},
		{"no bracket is left open", "a server for mail (open relay)", 25, "a server for mail…"},
		{"nor at a hyphen within one", "åpent e-postrelé", 12, "åpent…"},
		{"wide characters count twice", "オープンメールリレー", 10, "オープン…"},
		{"a long word is cut between characters as readers see them", "அஞ்சல்ரிலேசேவையகம்", 6, "அஞ்சல்…"},
	} {
		if got := prose.Shorten(c.text, c.columns); got != c.want || prose.Cells(got) > c.columns {
			t.Errorf("%s: %q (%d cells), want %q", c.name, got, prose.Cells(got), c.want)
		}
	}
}

func TestValuesAreIsolatedInRightToLeftText(t *testing.T) {
	var b prose.Book
	blocks := read(t, "العنوان "+b.Value("192.0.2.7")+" `open`", &b)
	blocks = append(blocks, prose.Block{Kind: prose.Table, Head: []string{"ا"}, Rows: [][]string{{"192.0.2.7"}}})
	got := prose.Text(prose.Head{}, prose.Doc{Lang: "ar", RTL: true, Blocks: blocks})
	if want := "العنوان \u2068192.0.2.7\u2069 \u2068`open`\u2069\n\nا\n---------\n\u2068192.0.2.7\u2069\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := prose.Text(prose.Head{}, prose.Doc{Lang: "en", Blocks: blocks}); strings.ContainsAny(got, "\u2068\u2069") {
		t.Errorf("isolates where none are needed: %q", got)
	}
}

func TestHTML(t *testing.T) {
	var b prose.Book
	v := b.Value(`<script>"&'`)
	page := prose.HTML(`<"&>`, prose.Head{}, prose.Doc{Lang: "en", Blocks: read(t, "a "+v+" **b**\\\n`c` [d](https://www.example.org/?a=\"b)\n\n- e", &b)})
	for _, want := range []string{"<title>&lt;&#34;&amp;&gt;</title>", ">a &lt;script&gt;&#34;&amp;&#39; ", "<strong>b</strong><br>", `>c</code>`, `<a href="https://www.example.org/?a=&#34;b" style="color:#0b57d0">d</a>`, ">e</li>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	for _, foreign := range []string{"<img", "<script", "<link", "@import", "src=", "url("} {
		if strings.Contains(page, foreign) {
			t.Errorf("%s in\n%s", foreign, page)
		}
	}
}

// FuzzRead: whatever stands in a template is refused, or gives text and HTML
// in which values are what they were.
func FuzzRead(f *testing.F) {
	for _, v := range nasty {
		f.Add("# a\n\n"+v+"\n\nb \ue010 c", v)
	}
	f.Add("1. a\n2. b\n\n   c\\\n   \ue010", "d")
	f.Add("a\n\ue010\n*\ue010*", " x ")
	f.Fuzz(func(t *testing.T, source, value string) {
		if !utf8.ValidString(source) || !utf8.ValidString(value) || value == "" {
			return
		}
		var b prose.Book
		mark := b.Value(value)
		blocks, err := prose.Read(source, &b)
		if err != nil {
			var fault *prose.Error
			if !errors.As(err, &fault) || fault.Line < 1 || fault.Line > 1+strings.Count(source, "\n") {
				t.Errorf("error %v", err)
			}
			return
		}
		if strings.Count(source, mark)*len(value) < len(values(blocks)) {
			t.Errorf("values %q", values(blocks))
		}
		doc := prose.Doc{Lang: "en", RTL: true, Blocks: blocks}
		if page := prose.HTML("t", prose.Head{}, doc); strings.Count(page, "<script") > 0 || strings.Count(page, "<bdi>") != strings.Count(page, "</bdi>") {
			t.Error(page)
		}
		if text := prose.Text(prose.Head{}, doc); !strings.HasSuffix(text, "\n") {
			t.Errorf("text %q", text)
		}
		if _, err := json.Marshal(doc); err != nil {
			t.Error(err)
		}
	})
}

// FuzzWrap: no line is longer than it must be, and no character is lost.
func FuzzWrap(f *testing.F) {
	f.Add("some words to be wrapped at the end of the line, and 日本語の文章も", "192.0.2.7")
	f.Add("\u200b\u00ad\u2066", "👩‍👩‍👧")
	f.Fuzz(func(t *testing.T, words, value string) {
		if !utf8.ValidString(words) || !utf8.ValidString(value) || strings.ContainsAny(words+value, "\n\r\v\f\u0085\u2028\u2029") {
			return
		}
		text := prose.Text(prose.Head{}, prose.Doc{Blocks: []prose.Block{para(prose.Span{Text: words}, prose.Span{Text: value, Value: true})}})
		squeeze := func(s string) string {
			return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n"+prose.WordBreak, r) }), "")
		}
		if squeeze(text) != squeeze(words+value) {
			t.Errorf("%q became %q", words+value, text)
		}
		if ordinary.MatchString(words + value) { // where the rules of UAX #14 are simple
			for line := range strings.Lines(text) {
				if line = strings.TrimSuffix(line, "\n"); len(line) > prose.Columns && strings.Contains(line, " ") {
					t.Errorf("%q is too wide", line)
				}
			}
		}
	})
}

var ordinary = regexp.MustCompile(`^[a-z]+( [a-z]+)*$`)
