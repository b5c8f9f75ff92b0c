package desk

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/ledger"
)

func TestAListIsReadPageByPageBothWays(t *testing.T) {
	c := drafted(t, 5)
	d, base := serve(t, c)
	v, all := enter(t, d, base, "anna"), ids(t, c)
	for _, order := range ledger.Orders {
		for _, down := range []bool{false, true} {
			p := listPage{frame: &frame{}}
			w := view{Query: ledger.Query{Order: order, Descending: down}}
			campaigntest.Must(t, p.fill(t.Context(), c, w))
			if len(p.Rows) != 5 || p.Next != "" || p.Before != "" || p.Count != 5 {
				t.Fatalf("by %s: %d letters, next %q, before %q", order, len(p.Rows), p.Next, p.Before)
			}
			// Behind the second stand the last three, and before the third the first two.
			behind := order.Cursor(p.Rows[1].Entry)
			next := listPage{frame: &frame{}}
			campaigntest.Must(t, next.fill(t.Context(), c, place(t, w.at(behind, false))))
			if len(next.Rows) != 3 || next.Rows[0].ID != p.Rows[2].ID || next.Before == "" {
				t.Errorf("by %s: behind the second are %d", order, len(next.Rows))
				continue
			}
			before := listPage{frame: &frame{}}
			campaigntest.Must(t, before.fill(t.Context(), c, place(t, next.Before)))
			if len(before.Rows) != 2 || before.Rows[0].ID != p.Rows[0].ID || before.Next == "" || before.Before != "" {
				t.Errorf("by %s: before the third are %d, next %q, before %q", order, len(before.Rows), before.Next, before.Before)
			}
		}
	}
	v.get("/letters?language=de").has(t, 200, "2 letters", "of 5")
	v.get("/letters?q=isp3").has(t, 200, "abuse3@isp3.example")
	v.get("/letters?least=9").has(t, 200, "No letter is like this")
	v.get("/letters?sort=findings&key=many&id=x").has(t, 400)
	v.get("/letters?first=yes&round=1&round=x&state=drafted&state=held&kind=open-relay").has(t, 200, all[0])
}

// place reads the view of a URL.
func place(t *testing.T, u string) view {
	t.Helper()
	parsed, err := url.Parse(u)
	campaigntest.Must(t, err)
	return readView(parsed.Query())
}

func FuzzAViewIsWhatItsURLSays(f *testing.F) {
	for _, q := range []string{"", "state=drafted&state=held&country=DE&q=a+b", "sort=findings&down=1&key=3&id=x&back=1", "first=no&least=2&most=x&round=1", "q=%ff%00" + strings.Repeat("x", 300)} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		v := readView(q)
		if again := readView(v.values()); !reflect.DeepEqual(again.Filter, v.Filter) || again.Descending != v.Descending || again.order() != v.order() {
			t.Errorf("%q: %+v, again %+v", raw, v, again)
		}
	})
}

func TestOnlyPathsOfTheDeskAreGoneTo(t *testing.T) {
	for path, want := range map[string]string{
		"/letters?state=held":   "/letters?state=held",
		"/":                     "/",
		"":                      "/",
		"//evil.example":        "/",
		"/\\evil.example":       "/",
		"https://evil.example/": "/",
		"javascript:alert(1)":   "/",
		"letters":               "/",
		"/a\r\nSet-Cookie: x":   "/",
	} {
		if got := local(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
