package ends

import (
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/usage"
)

var (
	// errFailedLookups means that some addresses could not be looked up.
	errFailedLookups = advice.Error("look-ups failed", "run it again later: only those that failed are asked again")
	// errPutOff means that nobody has been asked about some addresses yet.
	errPutOff = advice.Error("look-ups were put off", "run it again without --offline: only those that were put off are asked about")
)

// Asked says, as an error, that look-ups failed, or were put off.
func Asked(failed, due int) error {
	switch {
	case failed > 0:
		return usage.LeftOver{Err: errFailedLookups}
	case due > 0:
		return usage.LeftOver{Err: errPutOff}
	}
	return nil
}
