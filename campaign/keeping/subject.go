package keeping

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/ledger"
)

// A Subject is where everything was written that is kept about a person. Its
// JSON names are settled.
type Subject struct {
	Mailbox  string `json:"mailbox,omitempty"`
	Customer string `json:"customer,omitempty"` // in a provider's folder, in place of the mailbox
	JSON     string `json:"json"`
	Text     string `json:"text"`
	Letters  int    `json:"letters"`
	Files    int    `json:"files"` // mails and pages
}

// Export writes everything that the ledger keeps about a person, as
// [mailboxOf] finds one, into a folder: subject.json, subject.txt for people,
// and each letter as the mail and the page that it is. In a provider's folder the
// person is a customer, by the number; that it was handed out is noted with each
// report.
func Export(ctx context.Context, c *campaign.Campaign, who, dir, by string) (out Subject, err error) {
	in := campaign.Within(c)
	if in.Settings.IsProvider() {
		return exportCustomer(ctx, c, who, dir, by)
	}
	if out.Mailbox, err = mailboxOf(ctx, in, who); err != nil {
		return out, err
	}
	about, err := ledger.SubjectOf(ctx, in.Ledger, out.Mailbox)
	if err != nil {
		return out, err
	}
	err = write(ctx, c, dir, about, about.Letters, describe(about), &out)
	return out, err
}

// write writes what is known of a person into a folder, with the letters.
func write(ctx context.Context, c *campaign.Campaign, dir string, about any, letters []ledger.Written, text []byte, out *Subject) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	out.JSON, out.Text, out.Letters = filepath.Join(dir, "subject.json"), filepath.Join(dir, "subject.txt"), len(letters)
	for _, l := range letters {
		r, err := campaign.Within(c).Ledger.Letter(ctx, l.ID)
		if err != nil {
			return err
		}
		if err := campaign.WriteLetter(filepath.Join(dir, l.ID), r.Rendered); err != nil {
			return err
		}
		out.Files++
		if len(r.Rendered.PDF) > 0 {
			out.Files++
		}
	}
	data, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return err
	}
	if err := campaign.WriteFile(out.JSON, append(data, '\n')); err != nil {
		return err
	}
	return campaign.WriteFile(out.Text, text)
}

// describe says for people what is kept about a person.
func describe(p ledger.Subject) []byte {
	var b bytes.Buffer
	day := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
	section := func(title string, n int) {
		fmt.Fprintf(&b, "\n%s: %d\n", title, n)
	}
	fmt.Fprintf(&b, "Everything that is kept about %s\n", p.Mailbox)
	section("Letters", len(p.Letters))
	for _, l := range p.Letters {
		fmt.Fprintf(&b, "\n  %s to %s, %s, about %d findings: %s\n", l.ID, l.To, l.State, l.Findings, l.Subject)
		for _, f := range l.Told {
			fmt.Fprintf(&b, "    finding: %s %d/%s %s, seen %s\n", f.Addr, f.Port, f.Proto, f.Kind, day(f.Seen))
		}
		for _, e := range l.History {
			fmt.Fprintf(&b, "    %s %s %s %s\n", day(e.At), e.Kind, e.By, strings.ReplaceAll(e.Text, "\n", " / "))
		}
	}
	section("Answers", len(p.Answers))
	for _, a := range p.Answers {
		fmt.Fprintf(&b, "  %s about %s from %s: %s [%s %s]\n", day(a.At), a.Letter, a.From, strings.ReplaceAll(a.Text, "\n", " / "), a.Ruling, a.Note)
	}
	section("Networks of which this is a contact", len(p.Networks))
	for _, n := range p.Networks {
		c := n.Contact
		fmt.Fprintf(&b, "  %s-%s %s, as %s, read %s: %s, %s, %s\n", n.First, n.Last, n.Handle, c.Role, day(n.Fetched), c.Name, c.Org, strings.Join(c.Address, ", "))
	}
	section("Not written to", len(p.Wishes))
	for _, s := range p.Wishes {
		fmt.Fprintf(&b, "  since %s: %s\n", day(s.Since), s)
	}
	section("Mentioned otherwise", len(p.Mentions))
	for _, e := range p.Mentions {
		fmt.Fprintf(&b, "  %s %s %s: %s\n", day(e.At), e.Letter, e.Kind, strings.ReplaceAll(e.Text, "\n", " / "))
	}
	return b.Bytes()
}
