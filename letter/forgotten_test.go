package letter_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/lookup"
)

func TestAForgottenWishStillStopsALetter(t *testing.T) {
	now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	wish := letter.Suppression{Scope: letter.ByAddress, Value: "jane@isp.example", Campaign: "relay26", Reason: "asked by jane@isp.example",
		Since: now, Until: now.Add(time.Hour), By: "jane@isp.example", Letter: "relay26-x", Message: "m1@isp.example"}
	left := wish.Forgotten("k")
	if s := left.String() + left.By + left.Letter + left.Message; strings.Contains(s, "jane") || strings.Contains(s, "isp.example") || strings.Contains(s, "relay26-x") {
		t.Errorf("it names somebody: %+v", left)
	}
	other := wish.Forgotten("another key")
	for _, tt := range []struct {
		name, to, campaign string
		list               []letter.Suppression
		at                 time.Time
		want               bool
	}{
		{"the same mailbox in another case", "Jane@ISP.example", "relay26", []letter.Suppression{left}, now, true},
		{"another mailbox", "john@isp.example", "relay26", []letter.Suppression{left}, now, false},
		{"another campaign", "jane@isp.example", "relay27", []letter.Suppression{left}, now, false},
		{"when it has run out", "jane@isp.example", "relay26", []letter.Suppression{left}, now.Add(time.Hour), false},
		{"beside a wish of somebody known", "jane@isp.example", "relay26", []letter.Suppression{{Scope: letter.ByAddress, Value: "x@y.example"}, left}, now, true},
		{"who is known, beside it", "x@y.example", "relay26", []letter.Suppression{left, {Scope: letter.ByAddress, Value: "x@y.example"}}, now, true},
		{"a mailbox that is called like a hash", left.Value, "relay26", []letter.Suppression{other}, now, false},
	} {
		to, addr := lookup.Contact{Email: tt.to}, netip.MustParseAddr("192.0.2.1")
		if s, found := letter.NewSuppressions(tt.list).Find(tt.campaign, to, lookup.Network{}, addr, tt.at); found != tt.want {
			t.Errorf("%s: %v by %+v", tt.name, found, s)
		}
	}
	if letter.HashOf("", "jane@isp.example") != "" {
		t.Error("a hash without a key")
	}
}

func TestWithoutAMailbox(t *testing.T) {
	for text, want := range map[string]string{
		"550 <Jane@isp.example>: user unknown":     "550 <(forgotten)>: user unknown",
		"jane@isp.example":                         "(forgotten)",
		"mary.jane@isp.example, jane@isp.example.": "mary.jane@isp.example, (forgotten).",
		"jane@isp.example.net is another":          "jane@isp.example.net is another",
		"jane@isp.example... and JANE@ISP.EXAMPLE": "(forgotten)... and (forgotten)",
		"jane@isp.example2, jane@isp.example-1, x": "jane@isp.example2, jane@isp.example-1, x",
		"nobody":             "nobody",
		"é jane@isp.example": "é (forgotten)",
		"éjane@isp.example":  "éjane@isp.example",
		"jane@isp.example: opt-out (until 2026-01-01)":     "(forgotten): opt-out (until 2026-01-01)",
		"mailto:jane@isp.example?subject=jane@isp.example": "mailto:(forgotten)?subject=(forgotten)",
	} {
		if got := letter.Without(text, "jane@isp.example"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzWithout(f *testing.F) {
	f.Add("550 <Jane@isp.example>", "jane@isp.example")
	f.Add("İ a@b", "a@b")
	f.Fuzz(func(t *testing.T, text, mailbox string) {
		once := letter.Without(text, mailbox)
		if !strings.Contains(mailbox, "forgotten") && !strings.Contains("(forgotten)", strings.ToLower(mailbox)) && letter.Without(once, mailbox) != once {
			t.Errorf("%q without %q is %q, and then %q", text, mailbox, once, letter.Without(once, mailbox))
		}
	})
}
