package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/letter"
)

var (
	// ErrNobody means that nobody of that name may sign in.
	ErrNobody = errors.New("nobody of that name may sign in")
	// ErrNameTaken means that somebody has, or had, that name.
	ErrNameTaken = errors.New("the name is taken")
)

// A Person may sign in at the desk.
type Person struct {
	Name     string
	Roles    []string
	Hash     string // of the password
	Since    time.Time
	By       string // who let them in, or changed their roles last
	Code     string // what their one-time codes are made with, sealed; "": they have none
	Subject  string // by which the house's sign-in knows them; "": by none
	Language string // in which they read the desk, BCP 47; "": as their browser asks
}

// People returns who may sign in, by name.
func People(ctx context.Context, l *Ledger) ([]Person, error) {
	return people(ctx, l.r, "ended_at = 0")
}

// PersonOf returns who has a name, or [ErrNobody].
func PersonOf(ctx context.Context, l *Ledger, name string) (Person, error) {
	found, err := people(ctx, l.r, "ended_at = 0 AND name = $1", text(name))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%w: %q", ErrNobody, name)
	}
	if err != nil {
		return Person{}, err
	}
	return found[0], nil
}

func people(ctx context.Context, q querier, where string, args ...any) (all []Person, err error) {
	rows, err := q.QueryContext(ctx, "SELECT name, roles, hash, since, by_whom, language, code, subject FROM people WHERE "+where+" ORDER BY name", args...)
	if err != nil {
		return nil, err
	}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		var p Person
		var roles string
		var since int64
		err := rows.Scan(&p.Name, &roles, &p.Hash, &since, &p.By, &p.Language, &p.Code, &p.Subject)
		p.Roles, p.Since = strings.Fields(roles), timeOf(since)
		all = append(all, p)
		return err
	})
}

// AddPerson lets somebody in under a name that nobody had before, or returns
// [ErrNameTaken].
func AddPerson(ctx context.Context, l *Ledger, p Person) error {
	return inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO people (name, roles, hash, since, by_whom) VALUES ($1, $2, $3, "+t.d.now+", $4) ON CONFLICT (name) DO NOTHING",
			text(p.Name), strings.Join(p.Roles, " "), p.Hash, text(p.By))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: %q", ErrNameTaken, p.Name)
		}
		return err
	})
}

// SetRoles changes what somebody may do, or returns [ErrNobody].
func SetRoles(ctx context.Context, l *Ledger, name string, roles []string, by string) error {
	return changePerson(ctx, l, name, "roles = $2, by_whom = $3", strings.Join(roles, " "), text(by))
}

// SetPassword changes the hash of somebody's password, or returns [ErrNobody].
func SetPassword(ctx context.Context, l *Ledger, name, hash string) error {
	return changePerson(ctx, l, name, "hash = $2", hash)
}

// SetLanguage changes the language in which somebody reads the desk, or returns [ErrNobody].
func SetLanguage(ctx context.Context, l *Ledger, name, language string) error {
	return changePerson(ctx, l, name, "language = $2", text(language))
}

// PersonBySubject returns whom the house's sign-in knows by a subject, or [ErrNobody].
func PersonBySubject(ctx context.Context, l *Ledger, subject string) (Person, error) {
	found, err := people(ctx, l.r, "ended_at = 0 AND subject <> '' AND subject = $1", text(subject))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%w: subject %q", ErrNobody, subject)
	}
	if err != nil {
		return Person{}, err
	}
	return found[0], nil
}

// SetSubject binds a person to a subject of the house's sign-in; "" unbinds
// them. It returns [ErrNobody], or [ErrNameTaken] where another is bound to it.
func SetSubject(ctx context.Context, l *Ledger, name, subject string) error {
	return inTx(ctx, l, func(t *tx) error {
		var n int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM people WHERE subject = $1 AND subject <> '' AND name <> $2 AND ended_at = 0", text(subject), text(name)).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%w: subject %q is another person's", ErrNameTaken, subject)
		}
		return changeIn(ctx, t, name, "subject = $2", text(subject))
	})
}

// RemovePerson lets somebody in no more, or returns [ErrNobody].
func RemovePerson(ctx context.Context, l *Ledger, name, by string) error {
	return changePerson(ctx, l, name, "hash = '', by_whom = $2, ended_at = "+l.d.now, text(by))
}

func changePerson(ctx context.Context, l *Ledger, name, set string, args ...any) error {
	return inTx(ctx, l, func(t *tx) error { return changeIn(ctx, t, name, set, args...) })
}

func changeIn(ctx context.Context, t *tx, name, set string, args ...any) error {
	n, err := t.exec(ctx, "UPDATE people SET "+set+" WHERE name = $1 AND ended_at = 0", append([]any{text(name)}, args...)...)
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: %q", ErrNobody, name)
	}
	return err
}

// FirstApproval is the word in a letter's history for an approval that another
// person's has to follow.
const FirstApproval = "first approval"

// undoes are the events after which an approval that was given before counts no more.
var undoes = []string{"created", "replaced", "withheld", "outdated", "held", "released", "drafted", "unsuppressed"}

// Terms are what it takes to approve a letter.
type Terms struct {
	People    int      // different ones
	Releasers []string // functions in which somebody has released its words
}

// ApproveTogether does as [Ledger.Approve] where it takes so many people: of two,
// the first one's word is kept in the letter's history, and the letter awaits
// review still. Nobody is two people, in whatever case they write their name.
// Its words have to be released: [ErrUnreleased].
func ApproveTogether(ctx context.Context, l *Ledger, id, hash, by string, takes Terms) error {
	e, err := l.Entry(ctx, id)
	if err != nil {
		return err
	}
	switch why, err := unreleased(ctx, l.r, e.Campaign, e.Words, takes.Releasers); {
	case err != nil:
		return err
	case why != "" && e.Corrects == "":
		return fmt.Errorf("%w: letter %q: %s", ErrUnreleased, id, why)
	}
	if takes.People < 2 {
		return l.Approve(ctx, id, hash, by)
	}
	alone := false
	err = inTx(ctx, l, func(t *tx) error {
		alone = false
		e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1"+t.d.lock, id))
		if err != nil || e.State != letter.Drafted || e.Hash != hash || e.Redraft != "" {
			return notFound(err, id) // nil: Approve says why it cannot be
		}
		before, err := firstApprovals(ctx, t, id, hash)
		if err != nil {
			return err
		}
		another := func(name string) bool { return !strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(by)) }
		if slices.ContainsFunc(before, another) {
			return nil
		}
		alone = true
		if len(before) > 0 {
			return nil
		}
		return t.record(ctx, HistoryEntry{Letter: id, Kind: FirstApproval, By: by, Text: hash})
	})
	if err != nil || alone {
		return err
	}
	return l.Approve(ctx, id, hash, by)
}

// firstApprovals are the people whose word for these bytes counts still.
func firstApprovals(ctx context.Context, q querier, id, hash string) ([]string, error) {
	var words []string
	for _, w := range undoes {
		words = append(words, "'"+w+"'")
	}
	rows, err := q.QueryContext(ctx, `
SELECT by_whom FROM events WHERE letter_id = $1 AND kind = '`+FirstApproval+`' AND text = $2
   AND id > COALESCE((SELECT max(id) FROM events WHERE letter_id = $1 AND kind IN (`+strings.Join(words, ", ")+`)), 0)`, id, hash)
	if err != nil {
		return nil, err
	}
	return collect[string](rows)
}
