package campaign

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
)

var (
	// ErrNoFunction means that the settings do not name a function in which words are released.
	ErrNoFunction = errors.New("nobody releases words in this function")
	// ErrNoName means that nobody is named who releases words.
	ErrNoName = errors.New("it has no name of who releases the words")
	// ErrOtherWords means that the words are not those that somebody read any more.
	ErrOtherWords = errors.New("the words have changed since they were read")
)

// terms are what it takes to approve a letter of the campaign.
func terms(c *Campaign) ledger.Terms {
	return ledger.Terms{People: Approvers(c), Releasers: c.settings.Campaign.ReleasedBy}
}

// Words are the words of letters in a language as they are now.
type Words struct {
	Language string                `json:"language"`
	Version  string                `json:"version"`
	Released []ledger.WordsRelease `json:"released,omitempty"` // of this version
	Needed   []string              `json:"needed,omitempty"`   // functions in which nobody has released it
	Letters  int                   `json:"letters"`            // that wait to be approved or to leave
}

// WordsOf says of each language of the campaign's letters who has released its
// words and who has yet to. Languages without a letter are left out, unless
// somebody released them.
func WordsOf(ctx context.Context, c *Campaign) ([]Words, error) {
	said, err := ledger.Releases(ctx, c.ledger, c.rules.ID)
	if err != nil {
		return nil, err
	}
	waiting := map[string]int{}
	for e, err := range c.Letters(ctx, ledger.Filter{States: []letter.State{letter.Drafted, letter.Approved, letter.Deferred, letter.Held}}) {
		if err != nil {
			return nil, err
		}
		for of := range strings.FieldsSeq(e.Words) {
			lang, _, _ := strings.Cut(of, "=")
			waiting[lang]++
		}
	}
	var out []Words
	for _, lang := range c.words.Languages() {
		w := Words{Language: lang, Version: c.words.Version(lang), Letters: waiting[lang]}
		for _, r := range said {
			if r.Language == lang && r.Version == w.Version {
				w.Released = append(w.Released, r)
			}
		}
		for _, f := range c.settings.Campaign.ReleasedBy {
			if !slices.ContainsFunc(w.Released, func(r ledger.WordsRelease) bool { return r.Function == f }) {
				w.Needed = append(w.Needed, f)
			}
		}
		if w.Letters > 0 || len(w.Released) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// ReleaseWords writes down that somebody lets the words of a language leave:
// r.By in r.Function, told by r.Recorded. A version that is not empty has to be
// that of the words as they are: [ErrOtherWords]. It returns what was written.
func ReleaseWords(ctx context.Context, c *Campaign, r ledger.WordsRelease) (ledger.WordsRelease, error) {
	if err := complete(c, &r); err != nil {
		return r, err
	}
	if strings.TrimSpace(r.By) == "" {
		return r, ErrNoName
	}
	return r, ledger.ReleaseWords(ctx, c.ledger, c.rules.ID, r)
}

// WithdrawWords takes back that somebody let the words of a language leave, and
// reports whether anybody had.
func WithdrawWords(ctx context.Context, c *Campaign, r ledger.WordsRelease) (bool, error) {
	if err := complete(c, &r); err != nil {
		return false, err
	}
	return ledger.WithdrawWords(ctx, c.ledger, c.rules.ID, r)
}

func complete(c *Campaign, r *ledger.WordsRelease) error {
	if !slices.Contains(c.settings.Campaign.ReleasedBy, r.Function) {
		return fmt.Errorf("%w: %q", ErrNoFunction, r.Function)
	}
	if !slices.Contains(c.words.Languages(), r.Language) {
		return fmt.Errorf("%w in %q", ErrNoLanguage, r.Language)
	}
	now := c.words.Version(r.Language)
	if r.Version != "" && r.Version != now {
		return fmt.Errorf("%w: %s is %s now", ErrOtherWords, r.Language, now)
	}
	r.Version = now
	return nil
}

// WritePack writes what somebody reads who releases the words of a language: a
// letter of each kind under the house's letterhead, as mail and as page, and the
// same ones in English, in a ZIP file.
func WritePack(c *Campaign, w io.Writer, lang string) error {
	if !slices.Contains(c.words.Languages(), lang) {
		return fmt.Errorf("%w in %q", ErrNoLanguage, lang)
	}
	renderer, err := c.renderer()
	if err != nil {
		return err
	}
	pack := zip.NewWriter(w)
	for _, lang := range slices.Compact([]string{lang, "en"}) {
		for i, l := range render.Samples(c.words, lang) {
			out, err := renderer.Render(signed(l, c.rules))
			if err != nil {
				return fmt.Errorf("%s: %w", lang, err)
			}
			for ending, data := range map[string][]byte{".eml": out.Mail, ".pdf": out.PDF} {
				if len(data) == 0 {
					continue
				}
				part, err := pack.Create(sampleName(lang, i) + ending)
				if err != nil {
					return err
				}
				if _, err := part.Write(data); err != nil {
					return err
				}
			}
		}
	}
	return pack.Close()
}
