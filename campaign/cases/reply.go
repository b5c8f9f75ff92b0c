package cases

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"headsup/ledger"
	"headsup/render/prose"
)

// OwnLetter returns the letter of the campaign that a message answers or
// returns, by its keyed part, or "".
func (d *Desk) OwnLetter(text []byte) string { return ownLetter(d.Rules, text) }

// The words for what a customer says.
const (
	SaysFixed = "fixed"
	SaysHelp  = "help"
	SaysNotMe = "not me"
	SaysElse  = "something else"
)

// Means says what a customer's answer comes to. Where it says more than one
// thing, or none of them, a person has to read it.
func Means(text string) string {
	text = strings.ReplaceAll(text, prose.WordBreak, "")
	var own []string
	for line := range strings.Lines(text) {
		if l := strings.TrimSpace(line); !strings.HasPrefix(l, ">") {
			own = append(own, l)
		}
	}
	if what, ok := answered(own); ok {
		return what
	}
	low := " " + strings.ToLower(norm.NFC.String(strings.ReplaceAll(strings.Join(own, " "), "'", "’"))) + " "
	has := func(phrases []string) bool {
		return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(low, p) })
	}
	var help, notMe, fixed bool
	for _, s := range said {
		help, notMe, fixed = help || has(s.help), notMe || has(s.notMe), fixed || has(s.fixed)
	}
	switch {
	case help: // whoever asks for help gets it, whatever else is said
		return SaysHelp
	case notMe && !fixed:
		return SaysNotMe
	case fixed && !notMe:
		return SaysFixed
	}
	return SaysElse
}

// CustomerSays notes with each report that a letter tells what its customer
// answered. Where that is not "fixed", the notes say that a person has to read
// the answer. It returns no words for a letter that tells of no report, such as
// an answer to a reporter.
func CustomerSays(ctx context.Context, cs ledger.Cases, id, text string) (Said, error) {
	ids, err := cs.OfLetter(ctx, id)
	if err != nil || len(ids) == 0 {
		return Said{}, err
	}
	said := Said{Letter: id, What: Means(text)}
	for _, c := range ids {
		if err := cs.Log(ctx, ledger.CaseEvent{Case: c, By: "customer", What: "customer says", Text: said.What}); err != nil {
			return Said{}, err
		}
	}
	return said, nil
}

// Said is what a customer answered to a letter. Its JSON names are settled.
type Said struct {
	Letter string `json:"letter"`
	What   string `json:"says"`
}

func (Said) event() {}
