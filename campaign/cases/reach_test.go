package cases

import (
	"strings"
	"testing"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/lookup/lease"
)

func TestNothingGoesToAMailboxThatItIsAbout(t *testing.T) {
	both := &lease.Customer{ID: "1", Email: "Anna@isp.example", Other: "anna@elsewhere.example", Address: []string{"1 Road"}}
	one := &lease.Customer{ID: "2", Email: "bob@isp.example"}
	home := &lease.Customer{ID: "3", Email: "eve@isp.example", Address: []string{"3 Road"}}
	mute := &lease.Customer{ID: "4", Address: []string{"4 Road"}}
	for _, tt := range []struct {
		name           string
		who            *lease.Customer
		kind, evidence string
		account        string
		room           string
		want           string // mailbox, "paper", or why not
	}{
		{"a scan", both, "scan", "", "", "", "Anna@isp.example"},
		{"a scan that names the mailbox", both, "scan", "from anna@isp.example", "", "", "Anna@isp.example"},
		{"an account that nobody names", both, "account", "", "*", "", "it is about an account"},
		{"an account that nobody names, and a mail room", both, "account", "", "*", "post@isp.example", "paper"},
		{"the account that is named", both, "account", "Login of ANNA@isp.example.", "anna@isp.example", "post@isp.example", "anna@elsewhere.example"},
		{"the other account", both, "account", "<anna@elsewhere.example>", "anna@elsewhere.example", "", "Anna@isp.example"},
		{"both accounts", both, "account", "anna@isp.example anna@elsewhere.example", "anna@isp.example anna@elsewhere.example", "", "it is about an account"},
		{"both accounts, and a mail room", both, "account", "anna@isp.example anna@elsewhere.example", "anna@isp.example anna@elsewhere.example", "post@isp.example", "paper"},
		{"spam from the mailbox", both, "spam", "From: anna@isp.example", "anna@isp.example", "", "anna@elsewhere.example"},
		{"spam from elsewhere", both, "spam", "From: joanna@isp.example", "", "", "Anna@isp.example"},
		{"the only mailbox", one, "account", "bob@isp.example", "bob@isp.example", "post@isp.example", "it is about an account"},
		{"the only mailbox, and an address", home, "spam", "eve@isp.example", "eve@isp.example", "post@isp.example", "paper"},
		{"the only mailbox, an address, and no mail room", home, "spam", "eve@isp.example", "eve@isp.example", "", "it is about an account"},
		{"an address alone", mute, "scan", "", "", "post@isp.example", "paper"},
		{"an address alone, and no mail room", mute, "scan", "", "", "", "the customer has no mailbox"},
		{"another's mailbox", one, "spam", "anna@isp.example", "", "", "bob@isp.example"},
	} {
		d := &Desk{Settings: &settings.Settings{ISP: &settings.ISP{MailRoom: tt.room}}}
		account := accountOf(ledger.Incident{Kind: tt.kind, Evidence: tt.evidence}, tt.who)
		by, why := reaching(d, tt.who, "", account)
		got := by.mailbox + why
		if by.paper {
			got = "paper"
			if by.mailbox != tt.room {
				t.Errorf("%s: it goes to %q", tt.name, by.mailbox)
			}
		}
		if account != tt.account || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: about %q, by %q, want %q and %q", tt.name, account, got, tt.account, tt.want)
		}
	}
}
