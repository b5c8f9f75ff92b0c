package holder

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/lookup/lease"
)

func customers(t testing.TB) *lease.Customers {
	t.Helper()
	c, err := lease.ReadCustomers(strings.NewReader("customer,name,prefix\n4711,Anna Muster,192.0.2.0/24\n"), "customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var asked = lease.Question{Addr: netip.MustParseAddr("::ffff:192.0.2.10"), Port: 44022, Role: lease.SourcePort,
	Time: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Within: 59 * time.Second}

// What a URL says is one JSON object of the form that is documented, or nothing.
func TestAnswers(t *testing.T) {
	for says, want := range map[string]struct {
		status   lease.Status
		customer string
		fault    string
	}{
		`{"status":"customer","customer":"4711"}`: {lease.IsCustomer, "4711", ""},
		`{"status":"customer","customer":"4712"}`: {lease.Unclear, "", ""},
		`{"status":"nobody","why":"free\u202e"}`:  {lease.Nobody, "", ""},
		`{"status":"gone"}`:                       {lease.Gone, "", ""},
		`{"status":"unclear"}`:                    {lease.Unclear, "", ""},
		`{"status":"customer"}`:                   {"", "", "names no customer"},
		`{"status":"nobody","customer":"4711"}`:   {"", "", "and names a customer"},
		`{"status":"yes","customer":""}`:          {"", "", "is none of"},
		`{}`:                                      {"", "", "is none of"},
		``:                                        {"", "", "no JSON object"},
		`[]`:                                      {"", "", "no JSON object"},
		`{"status":"nobody"}{"status":"gone"}`:    {"", "", "more than one"},
		`{"status":"nobody","why":"` + strings.Repeat("a", 70_000) + `"}`: {"", "", "more than 65536 bytes"},
	} {
		t.Run(says[:min(40, len(says))], func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var q map[string]any
				if json.NewDecoder(r.Body).Decode(&q) != nil || r.Header.Get("Authorization") != "Bearer s3cret" || r.Method != "POST" ||
					q["addr"] != "192.0.2.10" || q["port"] != 44022.0 || q["from"] != "2026-03-01T10:00:00Z" || q["to"] != "2026-03-01T10:00:59Z" {
					t.Errorf("%s %v", r.Method, q)
				}
				io.WriteString(w, says)
			}))
			defer server.Close()
			s := &System{Settings: settings.Holder{URL: server.URL}, Customers: customers(t), Token: "s3cret"}
			a, err := s.Who(t.Context(), asked)
			if want.fault != "" {
				if !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), want.fault) {
					t.Errorf("%v, want %q", err, want.fault)
				}
				return
			}
			if err != nil || a.Status != want.status || (a.Customer != nil) != (want.customer != "") || a.Customer == nil && a.Why == "" || strings.Contains(a.Why, "\u202e") {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

// A port that is not the holder's own is not handed on, and a redirect is not followed.
func TestWhatIsAskedAndOfWhom(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked elsewhere") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, _ := io.ReadAll(r.Body); strings.Contains(string(text), "port") || !strings.Contains(string(text), `"no_zone":true`) {
			t.Errorf("%s", text)
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	q := asked
	q.Role, q.NoZone = lease.DestinationPort, true
	s := &System{Settings: settings.Holder{URL: server.URL}, Customers: customers(t)}
	if _, err := s.Who(t.Context(), q); !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), "307") {
		t.Errorf("%v", err)
	}
}

// One that is silent five times in a row is not asked a sixth time; one answer
// begins the count anew.
func TestASystemThatIsSilentIsLeftAlone(t *testing.T) {
	times, fine := 0, 4
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if times++; times == fine {
			io.WriteString(w, `{"status":"nobody"}`)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer server.Close()
	s := &System{Settings: settings.Holder{URL: server.URL}, Customers: customers(t)}
	for range 12 {
		s.Who(t.Context(), asked)
	}
	if times != fine+silentAtMost || s.Silent() == nil {
		t.Errorf("asked %d times, want %d; %v", times, fine+silentAtMost, s.Silent())
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"status":"customer","customer":"4711","rows":[{"source":"a:1","login":"b","from":"2026-03-01T10:00:00Z"}]}`))
	f.Add([]byte(`{"status":"nobody"}{}`))
	s := &System{Customers: customers(f)}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := replyOf(text)
		if err != nil {
			return
		}
		if a := s.answer(lease.Answer{}, r); (a.Status == lease.IsCustomer) != (a.Customer != nil) || len(a.Rows) > rowsAtMost || len(a.Why) > 2*wordsAtMost {
			t.Errorf("%q: %+v", text, a)
		}
	})
}
