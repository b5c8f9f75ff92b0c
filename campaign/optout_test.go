package campaign_test

import (
	"errors"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/letter"
)

func TestOneClickSuppressesOnlyByItsToken(t *testing.T) {
	c, code := campaigntest.Open(t, campaigntest.Approved(t), nil), letter.Campaign{CodeKey: []byte(campaigntest.Key)}.Code
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
	for _, want := range []campaign.Result{campaign.Recorded, campaign.Known} { // the same wish twice is one, and is honoured again once it was undone
		in, ok, err := c.OptOut(t.Context(), id+"-"+code(id))
		if !ok || err != nil || suppressed() != 1 || in.Result != want || in.To != campaigntest.To {
			t.Errorf("the letter's own token: %+v, %v, %v, %d suppressed", in, ok, err, suppressed())
		}
		must(t, c.Undo(t.Context(), []string{campaigntest.To}, "tester"))
	}
	e, err := c.Entry(t.Context(), id)
	must(t, err)
	if e.State != letter.Suppressed {
		t.Errorf("the letter that waited is %s", e.State)
	}
}

func TestNobodyIsBelievedWhereCodesHaveNoSecret(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, `code_key = "code.key"`, "")
	c := campaigntest.Open(t, dir, nil)
	token := campaigntest.Letter + "-" + letter.Campaign{}.Code(campaigntest.Letter)
	if _, ok, err := c.OptOut(t.Context(), token); ok || !errors.Is(err, settings.ErrNoCodeKey) {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := c.Site(t.Context(), t.TempDir(), nil); !errors.Is(err, settings.ErrNoCodeKey) {
		t.Error(err)
	}
}
