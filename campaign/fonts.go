package campaign

import (
	"context"
	"strings"

	"headsup/letter"
)

// letterKinds are rows that stand for all others: letters about them are in
// every language and signed by every agency, as far as one network tells.
type letterKinds map[letterKind]letter.Row

// A letterKind is what decides in which language a letter is, and who signs it.
type letterKind struct{ contact, network, language, languages string }

func (ks letterKinds) meet(r letter.Row) {
	to := r.Network.Contacts[0]
	k := letterKind{to.Country, r.Network.Country, to.Language, strings.Join(r.Network.Languages, " ")}
	if _, ok := ks[k]; !ok {
		ks[k] = r
	}
}

// A signedIn is what a font may be missing for.
type signedIn struct{ agency, lang string }

// fonts prints samples of a letter's agency in its languages, unless that was
// done before. There is an error where a font is missing.
func (w *composer) fonts(l letter.Letter) error {
	w.trying.Lock()
	defer w.trying.Unlock()
	for _, lang := range l.Languages {
		k := signedIn{l.Agency.ID, lang}
		err, tried := w.fontsOf[k]
		if !tried {
			err = w.renderer.TryFonts(lang, l.Agency, l.CoSponsors)
			w.fontsOf[k] = err
		}
		if err != nil {
			return w.c.settings.Fault("id", l.Agency.ID, "%w", err)
		}
	}
	return nil
}

// tryFonts finds out whether a font is missing before any letter is written. A
// contact of several networks may have a letter like none of these; its font is
// found missing when it is written.
func (w *composer) tryFonts(ctx context.Context) error {
	missing := false
	for _, r := range w.kinds {
		p := openPile{pile: &pile{round: 1}, rows: []letter.Row{r}}
		p.add(r)
		missing = w.fonts(w.letterFor(p)) != nil || missing
	}
	if !missing {
		return nil
	}
	for some, err := range w.open(ctx) { // is there a letter that needs it?
		if err != nil {
			return err
		}
		for _, p := range some {
			if err := w.fonts(w.letterFor(p)); err != nil {
				return err
			}
		}
	}
	return nil
}
