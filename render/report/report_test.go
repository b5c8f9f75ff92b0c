package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/outcome/figures"
	"headsup/render/report"
)

func sample(t *testing.T) (r figures.Report) {
	t.Helper()
	text, err := os.ReadFile("testdata/sample.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func write(t *testing.T, r figures.Report, lang string) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r, lang); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var verbs = regexp.MustCompile(`%(\[\d\])?.`)

// TestEveryLanguageHasEveryWord compares keys, and what belongs into the words.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	read := func(lang string) (words map[string]string) {
		text, err := os.ReadFile(filepath.Join("words", lang+".toml"))
		if err == nil {
			err = toml.Unmarshal(text, &words)
		}
		if err != nil {
			t.Fatal(err)
		}
		return words
	}
	english := read("en")
	for _, lang := range report.Languages() {
		words := read(lang)
		for key, text := range english {
			if words[key] == "" {
				t.Errorf("%s: %s is missing", lang, key)
			}
			count := func(s string) (n int) {
				for _, v := range verbs.FindAllString(s, -1) {
					if v != "%%" {
						n++
					}
				}
				return n
			}
			if count(words[key]) != count(text) {
				t.Errorf("%s: %s says %q, which takes other things than %q", lang, key, words[key], text)
			}
		}
		for key := range words {
			if english[key] == "" {
				t.Errorf("%s: %s is no word of the report", lang, key)
			}
		}
	}
}

// TestWordsAreWhole writes the sample, and a report with every limit, in every language.
func TestWordsAreWhole(t *testing.T) {
	r := sample(t)
	r.Compare(r)
	r.Repeats = repeats()
	for _, code := range []string{figures.NoLetters, figures.NoLooks, figures.NoControl, figures.NoCommon, figures.NotFrozen, figures.PlanChanged, figures.ArmsUneven,
		figures.LooksUneven, figures.Unlooked, figures.Uncertain, figures.SilentOnce, figures.FewOrgs, figures.NotRead, figures.NotRandom, figures.BetweenLooks} {
		r.Limits = append(r.Limits, figures.Limit{Code: code, N: 3, Of: 7})
	}
	for _, lang := range append(report.Languages(), "eo", "de-AT", "nonsense") {
		text := write(t, r, lang)
		if i := strings.Index(text, "%!"); i >= 0 {
			t.Errorf("%s: %.60q", lang, text[i:])
		}
		if strings.Contains(text, "<li></li>") || strings.Contains(text, "<p></p>") || strings.Contains(text, "%%") {
			t.Errorf("%s: words are missing", lang)
		}
		want := `lang="en" dir="ltr"`
		switch lang {
		case "ar", "fa", "he", "ur":
			want = fmt.Sprintf(`lang=%q dir="rtl"`, lang)
		case "de-AT":
			want = `lang="de"`
		case "nonsense", "eo":
		default:
			want = fmt.Sprintf(`lang=%q dir="ltr"`, lang)
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s: not %s", lang, want)
		}
		if len(text) > 2<<20 {
			t.Errorf("%s: %d bytes", lang, len(text))
		}
		whole(t, lang, text)
	}
}

// repeats has four customers with letters, of whom one was reported again, and
// three with the command, of whom none was.
func repeats() *figures.Repeats {
	var acts []figures.Act
	for i, way := range []string{figures.ByLetter, figures.ByLetter, figures.ByLetter, figures.ByLetter, figures.ByHook, figures.ByHook, figures.ByHook} {
		acts = append(acts, figures.Act{Way: way, Customer: fmt.Sprint(i), At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	}
	return figures.RepeatsOf(acts, []figures.Event{{Customer: "2", At: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}}, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
}

func TestAProvidersReportSaysWhoWasReportedAgain(t *testing.T) {
	r := sample(t)
	if strings.Contains(write(t, r, "en"), `id="repeats"`) {
		t.Error("a campaign without customers has a table of theirs")
	}
	r.Repeats = repeats()
	text := write(t, r, "en")
	for _, want := range []string{"Reported again within 14 days", "repeats-chart", ">letter</th><td>4</td><td>4</td><td>1</td><td>4</td><td>25%</td><td>4.6% to 69.9%</td>", ">command</th><td>3</td><td>3</td><td>0</td><td>3</td><td>0%</td><td>0% to 56.1%</td>", "−25"} {
		if !strings.Contains(text, want) {
			i := strings.Index(text, "repeats-table")
			t.Errorf("no %q in %s", want, text[i:min(len(text), i+2500)])
		}
	}
}

// whole reads the page as XML is read, but for the first line and elements
// without an end.
func whole(t *testing.T, lang, text string) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta"}, xml.HTMLEntity
	ids := map[string]bool{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", lang, err)
			return
		}
		if e, ok := tok.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("%s: two elements are called %s", lang, a.Value)
				}
				ids[a.Value] = ids[a.Value] || a.Name.Local == "id"
			}
			if e.Name.Local == "script" || e.Name.Local == "img" || e.Name.Local == "link" {
				t.Errorf("%s: an element %s", lang, e.Name.Local)
			}
		}
	}
}

func TestTheSameFiguresGiveTheSameBytes(t *testing.T) {
	if a, b := write(t, sample(t), "de"), write(t, sample(t), "de"); a != b {
		t.Error("they differ")
	}
}

// TestDatesStayInTheirOrder: from right to left, 2026-10-01 would read 01-10-2026.
func TestDatesStayInTheirOrder(t *testing.T) {
	if text := write(t, sample(t), "ar"); !strings.Contains(text, "\u20662026-10-01\u2069") {
		t.Error("a date is not isolated")
	}
	if text := write(t, sample(t), "de"); strings.Contains(text, "\u2066") {
		t.Error("an isolate where nothing runs from right to left")
	}
}

func TestStrangersWordsStayWords(t *testing.T) {
	r := sample(t)
	const evil = `"><script>alert(1)</script>`
	r.Title, r.Campaign = evil, evil
	r.Tables[0].Rows[0].Value = evil
	r.Experiment.Arms[1].Name, r.Experiment.Differences[0].Arm = evil, evil
	if text := write(t, r, "en"); strings.Contains(text, "<script") {
		t.Error("a script")
	}
}

// TestAPlanThatDoesNotHoldIsSaidFirst looks at what stands before the title.
func TestAPlanThatDoesNotHoldIsSaidFirst(t *testing.T) {
	r := sample(t) // whose plan was changed
	text := write(t, r, "en")
	alarm := strings.Index(text, "is not the one that was sealed")
	if title := strings.Index(text, "<h1>"); alarm < 0 || title < alarm {
		t.Errorf("the alarm is at %d, the title at %d", alarm, title)
	}
	r.Limits, r.Experiment.Changed = nil, false
	if text := write(t, r, "en"); strings.Contains(text, `class="alarm"`) {
		t.Error("an alarm without a reason")
	}
}

func TestWhatIsSaidOfADifference(t *testing.T) {
	r := sample(t)
	for _, tt := range []struct {
		name string
		d    figures.Difference
		want string
	}{
		{"found", figures.Difference{ByOrg: figures.Estimate{Value: .173, Low: .063, High: .28}, Adjusted: .004, Found: true}, "17.3 percentage points above that of arm “control (waits)” (95 % interval 6.3 to 28)"},
		{"found, and harm", figures.Difference{ByOrg: figures.Estimate{Value: -.173, Low: -.28, High: -.063}, Adjusted: .0001, Found: true}, "17.3 percentage points below that of arm “control (waits)” (95 % interval 6.3 to 28). By chance alone, so large a difference has a probability of &lt; 0.001."},
		{"not found", figures.Difference{ByOrg: figures.Estimate{Value: .06, Low: -.064, High: .186}, Adjusted: .335}, "no difference to arm “control (waits)” was found: 6 percentage points (95 % interval −6.4 to 18.6, p = 0.335). That does not show"},
	} {
		tt.d.Arm, tt.d.Base = "letters", "control"
		r.Experiment.Differences = []figures.Difference{tt.d}
		if text := write(t, r, "en"); !strings.Contains(text, tt.want) {
			t.Errorf("%s: not %q in %q", tt.name, tt.want, regexp.MustCompile(`<p>Arm[^<]*`).FindAllString(text, -1))
		}
	}
}

func TestAnEmptyCampaignHasAReport(t *testing.T) {
	text := write(t, figures.Report{Campaign: "relay26", Limits: []figures.Limit{{Code: figures.NoLetters}}}, "en")
	if !strings.Contains(text, "No letter has left") || !strings.Contains(text, "cannot be said") {
		t.Error("it does not say that there is nothing")
	}
}
