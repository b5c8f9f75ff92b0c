package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/letter"
	"headsup/render"
)

// listen serves the page of a campaign with a letter until the test ends.
func listen(t *testing.T, more string) (base string, c *campaign.Campaign, heard *[]campaign.Incoming) {
	t.Helper()
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\n"+more)
	c = campaigntest.Open(t, dir, nil)
	heard = new([]campaign.Incoming)
	server := httptest.NewServer(OptOuts(c, func(in campaign.Incoming, err error) {
		campaigntest.Must(t, err)
		*heard = append(*heard, in)
	}))
	t.Cleanup(server.Close)
	return server.URL, c, heard
}

var token = campaigntest.Letter + "-" + letter.Campaign{CodeKey: []byte(campaigntest.Key)}.Code(campaigntest.Letter)

func TestAPOSTOfALettersLinkIsAWish(t *testing.T) {
	base, c, heard := listen(t, "")
	for _, tt := range []struct {
		token string
		want  int
	}{
		{campaigntest.Letter + "-0000-0000", http.StatusNotFound}, {token, http.StatusOK}, {token, http.StatusOK},
	} {
		r, err := http.PostForm(base+"/"+tt.token, url.Values{"List-Unsubscribe": {"One-Click"}})
		campaigntest.Must(t, err)
		r.Body.Close()
		if r.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.token, r.StatusCode, tt.want)
		}
	}
	list, err := c.Suppressions(t.Context())
	campaigntest.Must(t, err)
	if got := *heard; len(list) != 1 || len(got) != 3 || got[0].Result != "" || got[1].Result != campaign.Recorded || got[2].Result != campaign.Known {
		t.Errorf("heard %+v, suppressed %+v", got, list)
	}
}

// A link that somebody made up is not to be told from that of a letter.
func TestAGETDoesNotTellALetter(t *testing.T) {
	base, c, heard := listen(t, "")
	for _, accept := range []string{"", "ar", "ja,en;q=0.5"} {
		page := func(token string) string {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), "GET", base+"/"+token, nil)
			campaigntest.Must(t, err)
			r.Header.Set("Accept-Language", accept)
			w := httptest.NewRecorder()
			OptOuts(c, nil).ServeHTTP(w, r)
			return fmt.Sprint(w.Code, w.Header(), w.Body)
		}
		known := page(token)
		if made := page("demo26-0000000000-0000-0000"); known != made || !strings.Contains(known, "<form") {
			t.Errorf("Accept-Language %q:\n%s\n%s", accept, known, made)
		}
	}
	if list, err := c.Suppressions(t.Context()); err != nil || len(list) > 0 || len(*heard) > 0 {
		t.Errorf("a GET suppressed %+v: %v", list, err)
	}
}

func TestThePageOfOptOutsSpeaksTheReadersLanguage(t *testing.T) {
	_, english, _ := listen(t, "")
	_, french, _ := listen(t, `language = "fr"`)
	for _, tt := range []struct {
		name   string
		c      *campaign.Campaign
		accept string
		want   string
	}{
		{"a browser's own", english, "de-AT,de;q=0.9,en;q=0.8", "de en"},
		{"the best by weight, not by place", english, "en;q=0.5, fr;q=0.7, fi;q=0.6", "fr en"},
		{"English once", english, "en-GB,de;q=0.5", "en"},
		{"the next that there is", english, "cy, eu;q=0.9, es-MX;q=0.8", "es en"},
		{"one that is not wanted", english, "de;q=0, it", "it en"},
		{"Taiwan", english, "zh-TW", "zh-Hant en"},
		{"Hong Kong", english, "zh-HK,zh;q=0.9", "zh-Hant en"},
		{"China", english, "zh-CN,zh-TW;q=0.9", "zh-Hans en"},
		{"Chinese of no country", english, "zh", "zh-Hans en"},
		{"a script and a country", english, "zh-Hant-MO", "zh-Hant en"},
		{"Brazil", english, "pt-BR,pt;q=0.9", "pt-BR en"},
		{"Portugal", english, "pt-PT", "pt-PT en"},
		{"Norwegian", english, "no", "nb en"},
		{"Nynorsk", english, "nn-NO,da;q=0.5", "nb en"},
		{"Serbian", english, "sr", "sr-Cyrl en"},
		{"Serbian in Latin", english, "sr-Latn-RS", "sr-Latn en"},
		{"Hebrew by its old name", english, "iw", "he en"},
		{"a likeness", english, "gl, be, nds", "en"},
		{"any", french, "*", "fr en"},
		{"none named", french, "", "fr en"},
		{"none that there is", french, "tlh", "fr en"},
		{"what is no header", english, "de; q=zwei", "en"},
		{"what is no language", english, "<script>,de", "en"},
		{"bytes that are no text", english, "\xff\x00\r\n", "en"},
		{"a header of 10 KB", english, strings.Repeat("ja,", 10<<10/3), "en"},
		{"a language of 10 KB", english, "ja" + strings.Repeat("-x", 5<<10), "en"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, answer := range []string{"ask", "noted", "unknown", "unclear", "failed"} {
				if got := spoken(t, tt.c, answer, tt.accept); got != tt.want {
					t.Errorf("%s: in %s, want %s", answer, got, tt.want)
				}
			}
		})
	}
}

// spoken lists the languages of an answer.
func spoken(t *testing.T, c *campaign.Campaign, answer, accept string) string {
	t.Helper()
	var langs []string
	for _, n := range OptOuts(c, nil).Say(answer, accept) {
		langs = append(langs, n.Lang)
		if n == (render.Notice{Lang: n.Lang, Dir: n.Dir, Button: n.Button}) || n.Text == "" {
			t.Errorf("%s in %s: %+v", answer, n.Lang, n)
		}
	}
	return strings.Join(langs, " ")
}

func TestThePageOfOptOutsHasEnglishBelowWhereLettersDo(t *testing.T) {
	_, c, _ := listen(t, "english = false")
	if got := spoken(t, c, "ask", "de"); got != "de" {
		t.Errorf("without English: %s", got)
	}
}
