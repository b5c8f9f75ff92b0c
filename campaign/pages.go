package campaign

import (
	"context"

	"headsup/campaign/people"
	"headsup/ledger"
	"headsup/letter"
)

// Page returns a part of a list of the campaign's letters, as [ledger.Ledger.Page] does.
func Page(ctx context.Context, c *Campaign, q ledger.Query) (ledger.Page, error) {
	q.Campaign = c.rules.ID
	return c.ledger.Page(ctx, q)
}

// Count returns how many of the campaign's letters f chooses, or a number that
// there are more of.
func Count(ctx context.Context, c *Campaign, f ledger.Filter) (n int, more bool, err error) {
	f.Campaign = c.rules.ID
	return c.ledger.Count(ctx, f)
}

// Counts says how many of the campaign's letters there are of what.
func Counts(ctx context.Context, c *Campaign) (ledger.Counts, error) {
	return c.ledger.Counts(ctx, c.rules.ID)
}

// Unapprove takes back the approvals of letters that no sender has: they are
// drafts again.
func Unapprove(ctx context.Context, c *Campaign, ids []string, by string) (Decisions, error) {
	return each(ctx, c, ids, func(id string) error { return ledger.Unapprove(ctx, c.ledger, id, by) })
}

// Sessions are those of people at the desk of this campaign's ledger.
func Sessions(c *Campaign) ledger.Sessions { return ledger.NewSessions(c.ledger) }

// Door lets people in at the desk of this campaign's ledger.
func Door(c *Campaign) *people.Door {
	return people.New(c.ledger, append([][]byte{c.rules.CodeKey}, c.rules.RetiredKeys...)...)
}

// Acting returns who acts at the shell of this machine, as [people.Door.Acting] says.
func Acting(ctx context.Context, c *Campaign, who people.Credential, a people.Act) (string, error) {
	return Door(c).Acting(ctx, who, a, Approvers(c) > 1)
}

// Approvers is how many people it takes to approve a letter, or to let sending
// go on after a stop.
func Approvers(c *Campaign) int { return c.settings.Campaign.People() }

// English writes a letter in English alone, for a reader who does not know its
// language. What is sent is not touched.
func English(c *Campaign, l letter.Letter) (letter.Rendered, error) {
	renderer, err := c.renderer()
	if err != nil {
		return letter.Rendered{}, err
	}
	l.Languages = []string{"en"}
	return renderer.Render(l)
}
