package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"headsup/letter"
)

// ErrUnreleased means that nobody has released the words that a letter is made of.
var ErrUnreleased = errors.New("its words are not released")

// A WordsRelease says that somebody lets a version of the words of a language leave.
type WordsRelease struct {
	Language string    `json:"language"` // BCP 47
	Version  string    `json:"version"`  // templates.Set.Version
	Function string    `json:"function"` // in which they say so: one of campaign.released_by
	By       string    `json:"by"`       // their name
	Recorded string    `json:"recorded"` // who wrote it down
	At       time.Time `json:"at"`
}

// Releases lists what was released in a campaign, the earliest first.
func Releases(ctx context.Context, l *Ledger, campaign string) ([]WordsRelease, error) {
	return releasesOf(ctx, l.r, campaign)
}

func releasesOf(ctx context.Context, q querier, campaign string) (out []WordsRelease, err error) {
	rows, err := q.QueryContext(ctx, `
SELECT language, version, function, by_whom, recorded, at FROM releases WHERE campaign = $1 ORDER BY at, language, function`, campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r WordsRelease
		var at int64
		if err := rows.Scan(&r.Language, &r.Version, &r.Function, &r.By, &r.Recorded, &at); err != nil {
			return nil, err
		}
		r.At = timeOf(at)
		out = append(out, r)
	}
	return out, rows.Err()
}

// ReleaseWords writes down that somebody lets words leave. Said again in the same
// function it changes nothing.
func ReleaseWords(ctx context.Context, l *Ledger, campaign string, r WordsRelease) error {
	return inTx(ctx, l, func(t *tx) error {
		return t.must(ctx, `
INSERT INTO releases (campaign, language, version, function, by_whom, recorded, at) VALUES ($1, $2, $3, $4, $5, $6, `+t.d.now+`)
    ON CONFLICT (campaign, language, version, function) DO UPDATE SET at = releases.at`,
			campaign, r.Language, r.Version, r.Function, text(r.By), text(r.Recorded))
	})
}

// WithdrawWords takes back what was said of a version in a function, and reports
// whether anything was. Letters that are approved go back to the drafts when
// their turn to leave comes.
func WithdrawWords(ctx context.Context, l *Ledger, campaign string, r WordsRelease) (was bool, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM releases WHERE campaign = $1 AND language = $2 AND version = $3 AND function = $4", campaign, r.Language, r.Version, r.Function)
		was = n > 0
		return err
	})
	return was, err
}

// unreleased says which of the functions have not released the words of a letter
// (letter.Rendered.Words), or "".
func unreleased(ctx context.Context, q querier, campaign, words string, functions []string) (string, error) {
	if len(functions) == 0 {
		return "", nil
	}
	if words == "" {
		return "drafted before words were counted: draft it again", nil
	}
	all, err := releasesOf(ctx, q, campaign)
	if err != nil {
		return "", err
	}
	said := map[string]bool{}
	for _, r := range all {
		said[r.Language+"="+r.Version+" "+r.Function] = true
	}
	var lack []string
	for of := range strings.FieldsSeq(words) {
		lang, _, _ := strings.Cut(of, "=")
		for _, f := range functions {
			if !said[of+" "+f] {
				lack = append(lack, fmt.Sprintf("%s by %s", lang, f))
			}
		}
	}
	if len(lack) == 0 {
		return "", nil
	}
	return "words not released: " + strings.Join(lack, ", "), nil
}

// unreleased puts a letter back among the drafts whose words are not released, or
// no longer, and reports whether it did.
func (c *claim) unreleased(ctx context.Context, e Entry) (bool, error) {
	why, err := unreleased(ctx, c.t, e.Campaign, e.Words, c.o.Releasers)
	if why == "" || err != nil {
		return false, err
	}
	if err := c.t.must(ctx, "UPDATE letters SET state = 'drafted', reason = $2, changed_at = $3 WHERE id = $1 AND state = $4",
		e.ID, text(why), msOf(c.now), string(e.State)); err != nil {
		return false, err
	}
	return true, c.t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "withheld", State: letter.Drafted, By: c.o.Owner, Text: why})
}
