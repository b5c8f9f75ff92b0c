// Package access has the verbs about who may do what, and says who is at the
// shell.
//
// It decides nothing: what somebody may do is said by campaign/people.
package access

import (
	"cmp"
	"os"
	"os/user"
	"strings"

	"headsup/campaign/people"
)

// Operator names the person at the keyboard, as --by does or the system.
func Operator(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "unknown")
}

// Where a token is: never in a flag, which others on the machine can read.
const (
	tokenEnv     = "HEADSUP_TOKEN"
	tokenFileEnv = "HEADSUP_TOKEN_FILE"
)

// Credential is who the person at the keyboard says they are, and the token
// that shows it, if there is one.
func Credential(by string) (people.Credential, error) {
	c := people.Credential{Label: Operator(by), Token: os.Getenv(tokenEnv)}
	if name := os.Getenv(tokenFileEnv); c.Token == "" && name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return c, err
		}
		c.Token = strings.TrimSpace(string(text))
	}
	return c, nil
}
