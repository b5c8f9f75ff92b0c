package hooks

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/ledger"
)

const secret = "0123456789abcdef0123456789abcdef"

func TestEventsAreSignedAndToldInOrder(t *testing.T) {
	var taken []ledger.Hooked
	var header http.Header
	var body []byte
	status := http.StatusOK
	house := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
		var e ledger.Hooked
		if err := json.Unmarshal(body, &e); err != nil {
			t.Error(err)
		}
		if status == http.StatusOK {
			taken = append(taken, e)
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(house.Close)
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", fmt.Sprintf("[webhook]\nurl = %q\nsecret_file = \"hook.secret\"\n[campaign]", house.URL))
	campaigntest.Must(t, os.WriteFile(filepath.Join(dir, "hook.secret"), []byte(secret+"\n"), 0o600))
	c := campaigntest.Open(t, dir, nil)
	teller := Teller{Settled: time.Hour, Lease: time.Minute}
	now := time.Unix(1_800_000_000, 0)
	next := func(want bool) error {
		t.Helper()
		told, err := teller.Next(t.Context(), c, now)
		if told != want {
			t.Errorf("told %v: %v", told, err)
		}
		return err
	}
	campaigntest.Must(t, next(false)) // from now on
	_, err := c.Hold(t.Context(), []string{campaigntest.Letter}, "why", "anna")
	campaigntest.Must(t, err)
	_, err = c.Release(t.Context(), []string{campaigntest.Letter}, "anna")
	campaigntest.Must(t, err)
	campaigntest.Must(t, next(false)) // not settled yet
	teller.Settled = 0
	for _, bad := range []int{http.StatusInternalServerError, http.StatusFound, http.StatusBadRequest} {
		status = bad
		if err := next(false); err == nil || !strings.Contains(err.Error(), fmt.Sprint(bad)) {
			t.Errorf("%d: %v", bad, err)
		}
	}
	status = http.StatusOK
	campaigntest.Must(t, next(true))
	if want := "sha256=" + Sign([]byte(secret), now.Unix(), body); !hmac.Equal([]byte(want), []byte(header.Get(SignatureField))) || header.Get(TimeField) != "1800000000" || header.Get(IDField) != fmt.Sprint(taken[0].ID) {
		t.Errorf("%v, want the signature %s", header, want)
	}
	campaigntest.Must(t, next(true))
	campaigntest.Must(t, next(false))
	if len(taken) != 2 || taken[0].Kind != "held" || taken[1].Kind != "drafted" || taken[0].ID >= taken[1].ID || taken[0].By != "anna" {
		t.Errorf("%+v", taken)
	}
}

// The signature is that of RFC 2104's method by another program:
// printf '1800000000.{}' | openssl dgst -sha256 -hmac key
func TestASignatureIsWhatOthersMake(t *testing.T) {
	const want = "7321475872b03ff21bdc2dfd86ea2d99ec29c479fbe4a77aa6acf4509505493f"
	if got := Sign([]byte("key"), 1_800_000_000, []byte("{}")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAWebhookHasAnAddressAndASecret(t *testing.T) {
	for text, ok := range map[string]bool{
		"url = \"https://hook.example.org/x\"\nsecret_file = \"s\"":    true,
		"url = \"http://127.0.0.1:8080/\"\nsecret_file = \"s\"":        true,
		"url = \"http://hook.example.org/\"\nsecret_file = \"s\"":      false,
		"url = \"https://u:p@hook.example.org/\"\nsecret_file = \"s\"": false,
		"url = \"https://hook.example.org/\"":                          false,
		"url = \"file:///etc/passwd\"\nsecret_file = \"s\"":            false,
	} {
		dir := campaigntest.Approved(t)
		campaigntest.Edit(t, dir, "[campaign]", "[webhook]\n"+text+"\n[campaign]")
		if _, err := settings.Load(dir); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
