package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/letter"
)

var (
	// ErrNotSuppressed means that there is nothing to lift.
	ErrNotSuppressed = errors.New("was not suppressed")
	// ErrNoOrigin means that a suppression by AS number would stop nobody.
	ErrNoOrigin = errors.New("which AS announces an address is not looked up")
)

// Suppress sees to it that nobody in list is written to: all of them, or none
// if one could not be honoured ([ErrNoOrigin]). Letters to them that have not
// been sent are taken back, and told as [Stopped].
func (c *Campaign) Suppress(ctx context.Context, list []letter.Suppression, by string) error {
	if err := checkOrigins(c, list); err != nil {
		return err
	}
	for _, s := range list {
		stopped, err := c.ledger.Suppress(ctx, s, by)
		if err != nil {
			return err
		}
		for _, stop := range stopped {
			c.event(Stopped(stop))
		}
		c.event(Suppressed{s})
	}
	return nil
}

// ImportSuppressions does as [Campaign.Suppress] with each row of a table. A
// row that cannot be read, or honoured, is told as [BadRow] and returned; the
// others are kept all the same.
func (c *Campaign) ImportSuppressions(ctx context.Context, from Source, by string) (unread Unread, err error) {
	in, err := from.Open()
	if err != nil {
		return unread, err
	}
	defer in.Close()
	list, bad, err := letter.ReadSuppressions(in, from.Name)
	if err != nil {
		unread.File = err
		c.event(Unreadable{err})
	}
	for _, s := range list {
		err := c.Suppress(ctx, []letter.Suppression{s}, by)
		if errors.Is(err, ErrNoOrigin) {
			bad = append(bad, fmt.Errorf("%s: %w", from.Name, err))
		} else if err != nil {
			return unread, err
		}
	}
	for _, err := range bad {
		unread.Row = cmp.Or(unread.Row, err)
		c.event(BadRow{err})
	}
	c.event(FileRead{Name: from.Name, BadRows: len(bad)})
	return unread, nil
}

// Undo ends suppressions that the list shows, of all campaigns or of this one,
// and tells each as [Suppressed]: those of a value as [letter.ParseSuppressions]
// reads it, or all that rest on a message (its Message-ID) or came about a
// letter. The letters that they stopped are told as [Unstopped]. Where one of
// the names is of no suppression, it returns [ErrNotSuppressed] and ends none.
func (c *Campaign) Undo(ctx context.Context, names []string, by string) error {
	all, err := c.Suppressions(ctx)
	if err != nil {
		return err
	}
	var ends []letter.Suppression
	for _, name := range names {
		n := len(ends)
		values, err := letter.ParseSuppressions(name)
		message := strings.Trim(name, "<>")
		for _, s := range all {
			if s.Campaign != "" && s.Campaign != c.rules.ID {
				continue
			}
			meant := slices.ContainsFunc(values, func(v letter.Suppression) bool {
				return v.Scope == s.Scope && (v.Value == s.Value || s.Value == letter.HashOf(s.Key, v.Value))
			})
			if meant || s.Letter == name && name != "" || s.Message == message && message != "" {
				ends = append(ends, s)
			}
		}
		if len(ends) == n {
			return errors.Join(fmt.Errorf("%s: %w", name, ErrNotSuppressed), err)
		}
	}
	for _, s := range ends {
		stopped, ended, err := c.ledger.Unsuppress(ctx, s, by)
		if err != nil {
			return err
		}
		if ended { // else two names meant it
			c.event(Suppressed{s})
		}
		for _, id := range stopped {
			c.event(Unstopped{id})
		}
	}
	return nil
}

// Suppressions lists who is not to be written to, in all campaigns.
func (c *Campaign) Suppressions(ctx context.Context) ([]letter.Suppression, error) {
	return c.ledger.Suppressions(ctx)
}

// checkOrigins returns an error if one of list is by AS number, in this
// campaign at present, and nobody is asked for these.
func checkOrigins(c *Campaign, list []letter.Suppression) error {
	for _, s := range list {
		ours := s.Campaign == "" || s.Campaign == c.rules.ID
		if s.Scope == letter.ByAS && ours && (s.Until.IsZero() || time.Now().Before(s.Until)) && !c.settings.Lookup.Cymru {
			return fmt.Errorf("suppression of %s: %w", s.Value, ErrNoOrigin)
		}
	}
	return nil
}
