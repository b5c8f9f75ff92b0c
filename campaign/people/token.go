package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/ledger"
)

// TokenLife is how long a token is good where nothing else is said.
const TokenLife = 90 * 24 * time.Hour

// tokenMark begins every token, so that one that has got into a file or a log
// is known for what it is.
const tokenMark = "headsup_"

var (
	// ErrToken means that a token is nobody's, or has ended: which of them is not told.
	ErrToken = errors.New("the token is nobody's, or has ended")
	// ErrNoToken means that somebody has to show that they are who they say.
	ErrNoToken = errors.New("it takes two people, each with a token of their own")
	// ErrMayNot means that somebody is not trusted with what they want to do.
	ErrMayNot = errors.New("has no role for this")
)

// A Token is one that somebody has, without its text, which is kept nowhere.
type Token struct {
	ID    string // the beginning of its hash
	Name  string
	Roles Roles
	Since time.Time
	Until time.Time
	By    string
	Used  time.Time // when it was shown last, to the minute; zero: never
}

// tokenID is how much of a hash names a token.
const tokenID = 12

func hashOfToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Token gives a person one that is good until a time, for these roles and no
// more than the person's own; without any, for those.
func (d *Door) Token(ctx context.Context, name string, roles Roles, until time.Time, by string) (token string, err error) {
	token = tokenMark + rand.Text()
	if len(roles) == 0 {
		roles = All
	}
	return token, ledger.AddToken(ctx, d.ledger, ledger.Token{Hash: hashOfToken(token), Name: name, Roles: texts(roles), Until: until, By: by})
}

// Bearer returns whose a token is, with the roles that it is good for, or
// [ErrToken]. What the ledger compares is a hash, so that the time it takes
// tells nothing of the token.
func (d *Door) Bearer(ctx context.Context, token string) (Person, error) {
	k, err := ledger.TokenOf(ctx, d.ledger, hashOfToken(strings.TrimSpace(token)))
	if errors.Is(err, ledger.ErrNobody) {
		return Person{}, ErrToken
	}
	if err != nil {
		return Person{}, err
	}
	if err := ledger.UseToken(ctx, d.ledger, k); err != nil {
		return Person{}, err
	}
	p, err := d.Known(ctx, k.Name)
	p.Roles = slices.DeleteFunc(p.Roles, func(r Role) bool { return !slices.Contains(k.Roles, string(r)) })
	return p, err
}

// Tokens lists those that are good still.
func (d *Door) Tokens(ctx context.Context) (all []Token, err error) {
	list, err := ledger.Tokens(ctx, d.ledger)
	for _, k := range list {
		all = append(all, Token{k.Hash[:tokenID], k.Name, rolesOf(k.Roles), k.Since, k.Until, k.By, k.Used})
	}
	return all, err
}

// EndTokens ends the token of a person that has this ID, or all with "". It
// returns [ErrToken] where there is none.
func (d *Door) EndTokens(ctx context.Context, name, id string) error {
	if id != "" && len(id) != tokenID {
		return ErrToken
	}
	n, err := ledger.EndTokens(ctx, d.ledger, name, id)
	if err == nil && n == 0 {
		err = ErrToken
	}
	return err
}

// A Credential is who somebody at the shell says they are.
type Credential struct {
	Label string // what they call themselves
	Token string // what shows it; "": nothing does
}

// Acting returns who acts at the shell of the ledger's own machine. Whoever
// shows a token is its person, and may do what that one may. Without one the
// shell may do everything under its label, but where it takes several people:
// then it is [ErrNoToken].
func (d *Door) Acting(ctx context.Context, c Credential, a Act, several bool) (name string, err error) {
	if c.Token == "" {
		if several {
			return "", ErrNoToken
		}
		return c.Label, nil
	}
	p, err := d.Bearer(ctx, c.Token)
	if err != nil {
		return "", err
	}
	if !p.Roles.May(a) {
		return "", fmt.Errorf("%q %w: to %s", p.Name, ErrMayNot, a)
	}
	return p.Name, nil
}
