package letter_test

import (
	"testing"

	"headsup/letter"
)

func TestOnlyWhatAPersonWroteIsAWish(t *testing.T) {
	w := understood(t)
	wish := letter.Wording{Subject: "Re: Open relay", Text: "Please remove abuse@example.net from your list."}
	for _, tt := range []struct {
		name, mailbox string
		kind, want    letter.ReturnKind
		may           bool
	}{
		{"a person, about the letter's mailbox", "abuse@example.net", letter.Reply, letter.OptOut, false},
		{"a person, about another mailbox", "noc@example.org", letter.Reply, letter.Reply, false},
		{"a machine", "abuse@example.net", letter.AutoReply, letter.AutoReply, false},
		{"a complaint", "abuse@example.net", letter.Complaint, letter.Complaint, false},
	} {
		got := letter.Return{Kind: tt.kind, Wording: wish}.Understood(w, tt.mailbox)
		if got.Kind != tt.want || got.MayWish != tt.may {
			t.Errorf("%s: %s, may be a wish: %v", tt.name, got.Kind, got.MayWish)
		}
	}
}
