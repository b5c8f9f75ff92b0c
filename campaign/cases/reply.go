package cases

import (
	"context"

	"headsup/campaign/said"
	"headsup/ledger"
)

// OwnLetter returns the letter of the campaign that a message answers or
// returns, by its keyed part, or "".
func (d *Desk) OwnLetter(text []byte) string { return ownLetter(d.Rules, text) }

// CustomerSays notes with each report that a letter tells what its customer
// answered. Where that is not "fixed", the notes say that a person has to read
// the answer. It returns no words for a letter that tells of no report, such as
// an answer to a reporter.
func CustomerSays(ctx context.Context, cs ledger.Cases, id, text string) (Said, error) {
	ids, err := cs.OfLetter(ctx, id)
	if err != nil || len(ids) == 0 {
		return Said{}, err
	}
	answer := Said{Letter: id, What: said.Means(text)}
	for _, c := range ids {
		if err := cs.Log(ctx, ledger.CaseEvent{Case: c, By: "customer", What: "customer says", Text: answer.What}); err != nil {
			return Said{}, err
		}
	}
	return answer, nil
}

// Said is what a customer answered to a letter. Its JSON names are settled.
type Said struct {
	Letter string `json:"letter"`
	What   string `json:"says"`
}

func (Said) event() {}
