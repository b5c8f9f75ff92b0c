package campaign

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// oneClick is who asked, in a letter's history.
const oneClick = "one click"

// CheckCodes returns [settings.ErrNoCodeKey] if the codes of letters could be
// made by others, so that nobody must be believed who has one.
func (c *Campaign) CheckCodes() error {
	if len(c.rules.CodeKey) == 0 {
		return settings.ErrNoCodeKey
	}
	return nil
}

// CheckOptOuts returns an error if wishes that come by a click cannot be
// honoured, or not answered.
func (c *Campaign) CheckOptOuts() error {
	_, err := c.renderer()
	return errors.Join(c.CheckCodes(), err)
}

// OptOut suppresses the address of the letter that a token names: its reference
// and its code, as in [render.OptOutURL]. ok is false if the token stands for no
// letter. in.Result is Recorded for the first wish, and Known for those after
// it, which are honoured as well.
func (c *Campaign) OptOut(ctx context.Context, token string) (in Incoming, ok bool, err error) {
	at := len(token) - len("-0000-0000")
	if err := c.CheckCodes(); err != nil || at < 1 {
		return in, false, err
	}
	id, code := token[:at], token[at:]
	if code, ok = strings.CutPrefix(code, "-"); !ok || !c.rules.Coded(id, code) {
		return in, false, nil
	}
	e, err := c.ledger.Entry(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return in, false, nil
	}
	if err != nil {
		return in, false, err
	}
	s := letter.Suppression{Scope: letter.ByAddress, Value: strings.ToLower(e.To), Reason: "opt-out by one click"}
	if _, err := c.ledger.Suppress(ctx, s, oneClick); err != nil {
		return in, false, err
	}
	means, _ := letter.Return{Kind: letter.OptOut}.Means(e.State, e.To) // of a letter that is being sent: nothing
	n := ledger.HistoryEntry{Letter: e.ID, Kind: means.History, State: means.State, By: oneClick, Ref: oneClick}
	added, err := c.ledger.Note(ctx, n)
	if err != nil {
		return in, false, err
	}
	in = Incoming{
		Letter:   e.ID,
		To:       e.To,
		Kind:     letter.OptOut,
		Proven:   letter.ByKey,
		Action:   Done,
		State:    cmp.Or(means.State, e.State),
		Result:   Recorded,
		Source:   oneClick,
		Campaign: e.Campaign,
		History:  n.Kind,
	}
	if !added {
		in.State, in.Result = e.State, Known
	}
	return in, true, nil
}

// Notices words an answer of the page of opt-outs ("ask", "noted", "unknown",
// "unclear" or "failed") as a letter would be: in the first of the languages,
// by BCP 47, that there is, else in the campaign's, with English below. There
// is always one, once [Campaign.CheckOptOuts] has found nothing. It does not ask in which language the letter was, which would
// tell a letter's link from one that somebody made up.
func (c *Campaign) Notices(answer string, languages []string) (notices []render.Notice) {
	renderer, err := c.renderer()
	if err != nil {
		return nil
	}
	words := renderer.Notices()
	rules := c.rules
	rules.Translations = slices.Collect(maps.Keys(words))
	for _, lang := range rules.Languages(letter.Agency{}, lookup.Contact{}, []lookup.Network{{Languages: languages}}) {
		notices = append(notices, words[lang][answer])
	}
	return notices
}
