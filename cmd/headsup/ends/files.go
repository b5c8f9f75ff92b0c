package ends

import (
	"fmt"

	"headsup/campaign"
	"headsup/campaign/post"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
)

var errNotPrinted = advice.Error("some letters cannot be printed", "headsup export writes their mail; contacts.csv can give a contact a postal address")

// Printed says what a print batch holds.
func Printed(out *console.Console, b post.Batch) error {
	words := fmt.Sprintf("%s: %s on %s, and a cover list, which is in %s too", b.PDF, console.Count(b.Letters, "letter"), console.Count(b.Pages, "page"), b.List)
	if err := out.Print(b, words); err != nil {
		return err
	}
	return LeftOut(out, b.Without)
}

// LeftOut says how many letters are in no batch.
func LeftOut(out *console.Console, letters int) error {
	if letters == 0 {
		return nil
	}
	out.Say("%s left out", console.Count(letters, "letter"))
	return usage.LeftOver{Err: errNotPrinted}
}

// SiteWritten says what the pages of advice are.
func SiteWritten(out *console.Console, dir string, s campaign.Site) error {
	if s.OtherKey > 0 {
		out.Say("%s went to review before this campaign.code_key was there: their codes are made without it", console.Count(s.OtherKey, "letter"))
	}
	return out.Print(s, fmt.Sprintf("%s: %s in %s, and %s confirmed", dir, console.Count(s.Pages, "file"), console.Count(s.Languages, "language"), console.Count(s.Confirmed, "letter")))
}

var errNotPosted = advice.Error("not everything could be recorded", "headsup post lists the batches; a line has to hold the reference of a letter, as its page shows it")

// Posted says what was recorded of letters on paper.
func Posted(out *console.Console, r post.Posted) error {
	out.Say("%s recorded, %d known", console.Count(r.Changed, "letter"), r.Known)
	if r.Refused != nil || r.Unread > 0 {
		return usage.LeftOver{Err: errNotPosted}
	}
	return nil
}
