package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
)

// confirmedStates are those of letters that somebody may hold in hands, or is
// about to.
var confirmedStates = []letter.State{letter.Approved, letter.Sending, letter.Sent, letter.Deferred, letter.Unknown, letter.Bounced}

// A siteReport says what was written, as --json prints it.
type siteReport struct {
	Dir       string `json:"dir"`
	Languages int    `json:"languages"`
	Pages     int    `json:"pages"`
	Confirmed int    `json:"confirmed"`
}

// site writes the pages of advice, and a page that confirms each letter past
// review.
func (h *house) site(ctx context.Context, dir string, ids []string) error {
	if len(h.campaign.CodeKey) == 0 {
		return settings.ErrNoCodeKey
	}
	pages, err := h.renderer.Site(h.campaign.Agencies[0], h.campaign.Language)
	if err != nil {
		return err
	}
	for _, p := range pages {
		if err := writePage(dir, p); err != nil {
			return err
		}
	}
	report := siteReport{Dir: dir, Languages: h.renderer.SiteLanguages(), Pages: len(pages)}
	otherKey := 0
	for e, err := range h.ledger.Letters(ctx, ledger.Filter{Campaign: h.campaign.ID, IDs: ids, States: confirmedStates}) {
		if err != nil {
			return err
		}
		r, err := h.ledger.Letter(ctx, e.ID)
		if err != nil {
			return err
		}
		page, err := h.renderer.Confirmation(r.Letter)
		if err != nil {
			return err
		}
		if err := writePage(dir, page); err != nil {
			return err
		}
		report.Confirmed++
		if r.Letter.Code != h.campaign.Code(e.ID) {
			otherKey++
		}
	}
	if otherKey > 0 {
		h.p.say("%s went to review before this campaign.code_key was there: their codes are made without it", some(otherKey, "letter"))
	}
	return h.p.print(report, fmt.Sprintf("%s: %s in %s, and %s confirmed", dir, some(report.Pages, "file"), some(report.Languages, "language"), some(report.Confirmed, "letter")))
}

func writePage(dir string, p render.SitePage) error {
	name := filepath.Join(dir, filepath.FromSlash(p.Name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, p.Data, 0o644)
}
