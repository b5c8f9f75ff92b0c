package letter_test

import (
	"fmt"
	"testing"

	"headsup/letter"
)

// Ledgers, JSON and other people's programs hold these words.
func TestStoredWordsStayWhatTheyAre(t *testing.T) {
	for want, got := range map[string]any{
		"[drafted held approved sending sent deferred failed unknown bounced suppressed]": letter.States,
		"[lettered held suppressed no_contact failed special duplicate rejected]": []letter.Fate{letter.FateLettered, letter.FateHeld,
			letter.FateSuppressed, letter.FateNoContact, letter.FateFailed, letter.FateSpecial, letter.FateDuplicate, letter.FateRejected},
		"[claimed connected dot replied]":                            []letter.Phase{letter.Claimed, letter.Connected, letter.Dot, letter.Replied},
		"[mailbox domain full ours size network unclear]":            letter.Classes,
		"[failed delayed delivered relayed expanded]":                []letter.Action{letter.ActionFailed, letter.ActionDelayed, letter.ActionDelivered, letter.ActionRelayed, letter.ActionExpanded},
		"[address domain prefix as]":                                 []letter.Scope{letter.ByAddress, letter.ByDomain, letter.ByPrefix, letter.ByAS},
		"[direct csirt-in-copy through-csirt never telephone-first]": []letter.Way{letter.Direct, letter.CSIRTInCopy, letter.ThroughCSIRT, letter.Never, letter.TelephoneFirst},
		"[delivery complaint auto-reply opt-out answer report not-ours]": []letter.ReturnKind{letter.Delivery, letter.Complaint, letter.AutoReply, letter.OptOut,
			letter.Reply, letter.Report, letter.NotOurs},
		"[ possible clear]": []letter.Wish{letter.NoWish, letter.PossibleWish, letter.ClearWish},
		"due address":       letter.WaitsDue + " " + letter.WaitsApart,
		"bounce expired":    letter.Bounce + " " + letter.Expired,
	} {
		if fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}
