package post

import (
	"context"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

// A Cost is what it would take to post letters. Its JSON names are settled.
type Cost struct {
	Letters   int     `json:"letters"`
	Pages     int     `json:"pages"`
	Sheets    int     `json:"sheets"`
	Price     float64 `json:"price"`
	Currency  string  `json:"currency,omitempty"`
	NoTariff  int     `json:"no_tariff"` // letters that no tariff takes
	Without   int     `json:"without"`   // letters that cannot go by post
	InBatches int     `json:"in_batches"`
}

// CostOf says what posting the letters that f chooses would cost, without those
// that are in a batch already. Of each that cannot go it tells [campaign.LeftOut].
func CostOf(ctx context.Context, c *campaign.Campaign, f ledger.Filter) (out Cost, err error) {
	room := campaign.Within(c)
	if len(f.States) == 0 {
		f.States = append([]letter.State{letter.Drafted}, campaign.Confirmed...)
	}
	list, left, _, err := enclosures(ctx, c, f)
	if err != nil {
		return out, err
	}
	in, err := ledger.InBatches(ctx, room.Ledger, room.Rules.ID)
	if err != nil {
		return out, err
	}
	for _, l := range left {
		room.Tell(l)
	}
	p := room.Settings.Post.Postage()
	out.Without, out.Currency = len(left), room.Settings.Post.Currency
	for _, e := range list {
		if in[e.ID] {
			out.InBatches++
			continue
		}
		out.Letters, out.Pages, out.Sheets = out.Letters+1, out.Pages+e.Pages, out.Sheets+p.Sheets(e.Pages)
		if n, ok := p.Of(e.Country, e.Pages); ok {
			out.Price += p.Tariffs[n].Price
		} else {
			out.NoTariff++
		}
	}
	return out, nil
}
