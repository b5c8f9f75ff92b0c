package campaign_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/letter"
)

// withKey makes a campaign with an approved letter whose codes have a secret,
// and returns the code of any letter.
func withKey(t *testing.T) (c *campaign.Campaign, code func(id string) string) {
	t.Helper()
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\ncode_key = \"code.key\"")
	const key = "0123456789abcdef"
	must(t, os.WriteFile(filepath.Join(dir, "code.key"), []byte(key+"\n"), 0o600))
	return campaigntest.Open(t, dir, nil), letter.Campaign{CodeKey: []byte(key)}.Code
}

func TestOneClickSuppressesOnlyByItsToken(t *testing.T) {
	c, code := withKey(t)
	const id = campaigntest.Letter
	suppressed := func() int {
		t.Helper()
		list, err := c.Suppressions(t.Context())
		must(t, err)
		return len(list)
	}
	other := letter.Campaign{CodeKey: []byte("another key of 16")}
	for _, token := range []string{"", "-", id, id + "-0000-0000", id + "-" + other.Code(id), "-" + code(""), code(id),
		"demo26-0000000000-" + code("demo26-0000000000")} {
		if _, ok, err := c.OptOut(t.Context(), token); ok || err != nil || suppressed() != 0 {
			t.Errorf("%s: %v, %v, %d suppressed", token, ok, err, suppressed())
		}
	}
	for _, want := range []campaign.Result{campaign.Recorded, campaign.Known} { // the same wish twice is one, and is honoured again once it was lifted
		in, ok, err := c.OptOut(t.Context(), id+"-"+code(id))
		if !ok || err != nil || suppressed() != 1 || in.Result != want || in.To != campaigntest.To {
			t.Errorf("the letter's own token: %+v, %v, %v, %d suppressed", in, ok, err, suppressed())
		}
		must(t, c.Lift(t.Context(), []letter.Suppression{{Scope: letter.ByAddress, Value: campaigntest.To}}))
	}
	e, err := c.Entry(t.Context(), id)
	must(t, err)
	if e.State != letter.Suppressed {
		t.Errorf("the letter that waited is %s", e.State)
	}
}

func TestNobodyIsBelievedWhereCodesHaveNoSecret(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	token := campaigntest.Letter + "-" + letter.Campaign{}.Code(campaigntest.Letter)
	if _, ok, err := c.OptOut(t.Context(), token); ok || !errors.Is(err, settings.ErrNoCodeKey) {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := c.Site(t.Context(), t.TempDir(), nil); !errors.Is(err, settings.ErrNoCodeKey) {
		t.Error(err)
	}
}
