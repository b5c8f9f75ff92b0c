package campaign

import (
	"context"

	"headsup/ledger"
	"headsup/letter"
)

// StageOf says which stage a campaign is in; its Of is 0 where it is in none.
func StageOf(ctx context.Context, c *Campaign) (letter.Stage, error) {
	return ledger.StageOf(ctx, c.ledger, c.rules.ID, c.settings.Campaign.StageSizes())
}

// Confirm says that somebody looked at what came back after a stage, and lets
// the letters of the next one go. It returns that stage, or
// [ledger.ErrStageOpen] while letters of the one before wait.
func Confirm(ctx context.Context, c *Campaign, by string) (letter.Stage, error) {
	return ledger.ConfirmStage(ctx, c.ledger, c.rules.ID, c.settings.Campaign.StageSizes(), by)
}
