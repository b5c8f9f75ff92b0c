package campaign

import (
	"context"
	"os"
	"path/filepath"

	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
)

// Confirmed are those of letters that somebody may hold in hands, or is
// about to.
var Confirmed = []letter.State{letter.Approved, letter.Sending, letter.Sent, letter.Deferred, letter.Unknown, letter.Bounced}

// A Site is what was written for the web server. Its JSON names are settled.
type Site struct {
	Dir       string `json:"dir"`
	Languages int    `json:"languages"`
	Pages     int    `json:"pages"`
	Confirmed int    `json:"confirmed"`
	OtherKey  int    `json:"-"` // letters that went to review before the key was there: their codes are made without it
}

// Site writes the pages of advice, and a page that confirms each letter past
// review, of all or of those named. It returns [settings.ErrNoCodeKey] where
// codes have no secret, and [ledger.ErrNotFound] for a letter that is named and
// not past review.
func (c *Campaign) Site(ctx context.Context, dir string, ids []string) (s Site, err error) {
	if err := c.CheckCodes(); err != nil {
		return s, err
	}
	renderer, err := c.renderer()
	if err != nil {
		return s, err
	}
	pages, err := renderer.Site(c.rules.Agencies[0], c.rules.Language)
	if err != nil {
		return s, err
	}
	for _, p := range pages {
		if err := writePage(dir, p); err != nil {
			return s, err
		}
	}
	s = Site{Dir: dir, Languages: renderer.SiteLanguages(), Pages: len(pages)}
	takenBack, err := ledger.TakenBackIn(ctx, c.ledger, c.rules.ID)
	if err != nil {
		return s, err
	}
	var found []string
	for e, err := range c.Letters(ctx, ledger.Filter{IDs: ids, States: Confirmed}) {
		if err != nil {
			return s, err
		}
		found = append(found, e.ID)
		r, err := c.ledger.Letter(ctx, e.ID)
		if err != nil {
			return s, err
		}
		page, err := renderer.Confirmation(r.Letter, render.Confirming{TakenBack: takenBack[e.ID]})
		if err != nil {
			return s, err
		}
		if err := writePage(dir, page); err != nil {
			return s, err
		}
		s.Confirmed++
		if !c.rules.Coded(e.ID, r.Letter.Code) {
			s.OtherKey++
		}
	}
	return s, Missing(Within(c).Full(ids), found)
}

func writePage(dir string, p render.SitePage) error {
	name := filepath.Join(dir, filepath.FromSlash(p.Name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, p.Data, 0o644)
}
