package chart_test

import (
	"encoding/xml"
	"flag"
	"fmt"
	"html/template"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"headsup/render/chart"
)

var update = flag.Bool("update", false, "write the golden charts anew; look at them before you commit them")

// A drawing is any chart.
type drawing interface{ HTML() template.HTML }

func percent(v float64) string {
	return strings.Replace(fmt.Sprintf("%.0f %%", 100*v), "-", "−", 1)
}

func english(id, title, text string) chart.Figure {
	return chart.Figure{ID: id, Title: title, Text: text, Number: percent}
}

func arabic(id, title, text string) chart.Figure {
	f := english(id, title, text)
	f.RTL = true
	return f
}

// drawings are charts as reports have them.
func drawings() map[string]drawing {
	nan, inf := math.NaN(), math.Inf(1)
	count := func(v float64) string { return fmt.Sprint(v) }
	counts := func(f chart.Figure) chart.Figure { f.Number = count; return f }
	weeks := []chart.Series{
		{Label: "Letters at once", Points: []chart.Point{
			{0, 1, 1, 1}, {14, .71, .62, .79}, {42, .48, .39, .57}, {90, .31, .23, .4}},
		},
		{Label: "Letters after the first look", Points: []chart.Point{
			{0, 1, 1, 1}, {14, .86, .79, .91}, {42, .66, .57, .74}, {90, .5, .41, .59}},
		},
	}
	return map[string]drawing{
		"forest": chart.Forest{
			Figure: english("effect", "What letters changed", "Each mark is the difference of fixed shares; the line is no difference."),
			Heads:  [3]string{"Arm", "Difference", "95 % interval"},
			Rows: []chart.Row{
				{Label: "E-mail in the contact's own language with a page to print", Value: .17, Low: .05, High: .29},
				{Label: "English alone", Value: .02, Low: -.11, High: .14},
				{Label: "Letter on paper", Value: .09, Low: -.08, High: inf},
				{Label: "No look yet", Value: nan, Low: nan, High: nan},
				{Label: "All", Value: .1, Low: .03, High: .18, Sum: true},
			},
		},
		"forest-rtl": chart.Forest{
			Figure: arabic("effect", "ما الذي غيّرته الرسائل", "كل علامة هي فرق الحصص المُصلَحة؛ والخط يعني لا فرق."),
			Heads:  [3]string{"المجموعة", "الفرق", "فاصل الثقة 95 %"},
			Rows: []chart.Row{
				{Label: "بريد إلكتروني بلغة جهة الاتصال", Value: .17, Low: .05, High: .29},
				{Label: "بالإنجليزية فقط", Value: -.02, Low: -.11, High: .14},
				{Label: "AS64500 Example Networks", Value: .1, Low: .03, High: .18, Sum: true},
			},
		},
		"curves": chart.Curves{
			Figure: english("time", "Still open after days", "Both arms fall; the one with letters at once falls faster."),
			Head:   "Day", Series: weeks,
		},
		"curves-steps": chart.Curves{
			Figure: english("steps", "Still open", "One step at each event, and a curve that ends near another."),
			Head:   "Day", Steps: true,
			Series: []chart.Series{
				{Label: "A", Points: []chart.Point{
					{0, 1, 1, 1}, {6, .86, .62, .95}, {13, .69, .43, .85}, {23, .45, .19, .68}, {35, .45, .19, .68}},
				},
				{Label: "B", Points: []chart.Point{{0, 1, nan, nan}, {8, .5, nan, nan}, {20, .44, nan, nan}, {35, .44, nan, nan}}},
			},
		},
		"curves-rtl": chart.Curves{
			Figure: arabic("time", "ما زال مفتوحًا بعد أيام", "تنخفض المجموعتان، وتنخفض التي تلقت الرسائل فورًا أسرع."),
			Head:   "اليوم",
			Series: []chart.Series{{Label: "رسائل فورية", Points: weeks[0].Points}, {Label: "بعد النظرة الأولى", Points: weeks[1].Points}},
		},
		"funnel": chart.Bars{
			Figure: counts(english("funnel", "From findings to fixed hosts", "Of 2,120 findings 1,480 were in letters that arrived.")),
			Head:   "Step", Parts: []string{"Findings"},
			Bars: []chart.Bar{{"Found", []float64{2120}}, {"In letters", []float64{1830}}, {"Delivered", []float64{1480}}, {"Fixed", []float64{610}}},
		},
		"parts": chart.Bars{
			Figure: counts(english("fate", "What became of hosts, by country", "Each bar is a country's hosts.")),
			Head:   "Country", Parts: []string{"Fixed", "Open", "Silent", "Not looked at"}, Sum: "All",
			Bars: []chart.Bar{{"Norway", []float64{120, 60, 11, 4}}, {"Ελλάδα", []float64{40, 160, 20, 0}}, {"日本", []float64{0, 0, 0, 0}}},
		},
		"parts-rtl": chart.Bars{
			Figure: counts(arabic("fate", "ما آل إليه كل جهاز", "كل شريط هو أجهزة بلد.")),
			Head:   "البلد", Parts: []string{"أُصلح", "مفتوح", "صامت"}, Sum: "الكل", Whole: true,
			Bars: []chart.Bar{{"المغرب", []float64{120, 60, 11}}, {"مصر", []float64{40, 160, 20}}},
		},
	}
}

// TestGoldenCharts compares with what was looked at in a browser.
func TestGoldenCharts(t *testing.T) {
	for name, d := range drawings() {
		file := filepath.Join("testdata", name+".html")
		got := string(d.HTML())
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s has changed: go test ./render/chart -update writes it anew", file)
		}
	}
}

// TestChartsAreWhole: every number is finite, every tag is closed, every name
// that is pointed at is there, and nothing needs a style or a script of its own.
func TestChartsAreWhole(t *testing.T) {
	for name, d := range drawings() {
		text := string(d.HTML())
		for _, bad := range []string{"NaN", "Inf", "%!", "style=", "<script", `=""`, "-0\""} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q in it", name, bad)
			}
		}
		for _, tag := range []string{"<title id=", "<desc id=", `role="img"`, "<table ", `<th scope="row">`} {
			if !strings.Contains(text, tag) {
				t.Errorf("%s lacks %s", name, tag)
			}
		}
		var whole struct{}
		if err := xml.Unmarshal([]byte(text), &whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, refs := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(text, -1) {
			for id := range strings.FieldsSeq(refs[1]) {
				if strings.Count(text, `id="`+id+`"`) != 1 {
					t.Errorf("%s points at %s", name, id)
				}
			}
		}
		for _, class := range regexp.MustCompile(`chart-[a-z0-9]+`).FindAllString(text, -1) {
			if !strings.Contains(string(chart.Style), "."+class) {
				t.Errorf("%s: the style sheet does not know %s", name, class)
			}
		}
	}
}

// TestFromRightToLeftIsMirrored: what is at x from the left is as far from the right.
func TestFromRightToLeftIsMirrored(t *testing.T) {
	f := chart.Forest{Rows: []chart.Row{{Label: "A", Value: 1, Low: 0, High: 2}}}
	places := func() (list []float64) {
		for _, m := range regexp.MustCompile(`<line x1="([0-9.]*)"`).FindAllStringSubmatch(string(f.HTML()), -1) {
			x, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, x)
		}
		return list
	}
	left := places()
	f.RTL = true
	right := places()
	if len(left) == 0 || len(left) != len(right) {
		t.Fatalf("%v and %v", left, right)
	}
	for i := range left {
		if left[i]+right[i] != 720 {
			t.Errorf("%v and %v", left[i], right[i])
		}
	}
	if text := string(f.HTML()); !strings.Contains(text, `direction="rtl"`) || !strings.Contains(text, "\u20661\u2069") {
		t.Errorf("numbers should be isolated, and the image should run from the right: %s", text)
	}
}

func TestStrangersWordsStayWords(t *testing.T) {
	bad := `<script>"&'`
	f := chart.Figure{ID: bad, Title: bad, Text: bad, Missing: bad, Number: func(float64) string { return bad }}
	for _, d := range []drawing{
		chart.Forest{Figure: f, Heads: [3]string{bad, bad, bad}, Rows: []chart.Row{{Label: bad, Low: math.NaN()}}},
		chart.Curves{Figure: f, Head: bad, Series: []chart.Series{{Label: bad, Points: []chart.Point{{}}}}},
		chart.Bars{Figure: f, Head: bad, Parts: []string{bad, bad}, Sum: bad, Bars: []chart.Bar{{bad, []float64{3, 4}}}},
	} {
		text := string(d.HTML())
		if strings.Contains(text, "<script") || strings.Contains(text, `"&'`) {
			t.Errorf("%T: %s", d, text)
		}
	}
}

func TestALongLabelIsCutInTheImageAlone(t *testing.T) {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 4)
	text := string(chart.Forest{Rows: []chart.Row{{Label: long}}}.HTML())
	image, table, _ := strings.Cut(text, "</svg>")
	if !strings.Contains(table, long) || strings.Contains(image, long) || strings.Count(image, "…") != 2 {
		t.Errorf("%s", text)
	}
}

func TestTheTableHasWhatStepsSayBetweenPoints(t *testing.T) {
	c := chart.Curves{Steps: true, Series: []chart.Series{
		{Label: "A", Points: []chart.Point{{1, .9, .8, .95}, {3, .5, .4, .6}}},
		{Label: "B", Points: []chart.Point{{2, .7, math.NaN(), math.NaN()}}},
	}}
	rows := "<tr><th scope=\"row\">1</th><td>0.9 (0.8 – 0.95)</td><td>–</td></tr>\n" +
		"<tr><th scope=\"row\">2</th><td>0.9 (0.8 – 0.95)</td><td>0.7</td></tr>\n" +
		"<tr><th scope=\"row\">3</th><td>0.5 (0.4 – 0.6)</td><td>0.7</td></tr>\n"
	if text := string(c.HTML()); !strings.Contains(text, rows) {
		t.Errorf("%s", text)
	}
	c.Steps = false // looks: nothing is known between them
	if text := string(c.HTML()); !strings.Contains(text, "<th scope=\"row\">2</th><td>–</td><td>0.7</td>") {
		t.Errorf("%s", text)
	}
}

func TestSumsOfPartsStandBesideThem(t *testing.T) {
	text := string(chart.Bars{Parts: []string{"a", "b"}, Bars: []chart.Bar{{"x", []float64{1, 2}}, {"y", []float64{4}}}}.HTML())
	for _, row := range []string{"x</th><td>1</td><td>2</td><td>3</td>", "y</th><td>4</td><td>–</td><td>4</td>"} {
		if !strings.Contains(text, row) {
			t.Errorf("no %q in %s", row, text)
		}
	}
}

var coordinates = regexp.MustCompile(`(?: x| y|x1|y1|x2|y2|width|height| d)="([^"]*)"`)

// FuzzCharts draws any numbers: each is drawn within the image, or is missing.
func FuzzCharts(f *testing.F) {
	f.Add(0., 1., .5, 3., "A label", true)
	f.Add(math.NaN(), math.Inf(1), math.Inf(-1), 1e308, "", false)
	f.Add(5e-324, 1e-300, 1e14, -1e14, "\x00\xff", false)
	f.Fuzz(func(t *testing.T, a, b, c, d float64, label string, flag bool) {
		figure := chart.Figure{ID: "x", Title: label, RTL: flag}
		for _, drawn := range []drawing{
			chart.Forest{Figure: figure, Rows: []chart.Row{{label, a, b, c, flag}, {label, d, b, a, false}}, Reference: d},
			chart.Curves{Figure: figure, Steps: flag, Series: []chart.Series{
				{label, []chart.Point{{a, b, c, d}, {d, c, b, a}}}, {Label: label}}},
			chart.Bars{Figure: figure, Parts: []string{label, label}, Whole: flag, Bars: []chart.Bar{
				{label, []float64{a, b, c}}, {label, nil}, {label, []float64{d}}}},
		} {
			image, _, _ := strings.Cut(string(drawn.HTML()), "</svg>")
			for _, m := range coordinates.FindAllStringSubmatch(image, -1) {
				for number := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return strings.ContainsRune("ML Z", r) }) {
					if v, err := strconv.ParseFloat(number, 64); err != nil || v < -10 || v > 2000 {
						t.Fatalf("%q in %s", number, image)
					}
				}
			}
		}
	})
}
