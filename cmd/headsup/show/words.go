package show

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
)

// Words prints the words of each language, and who has yet to release them.
func Words(out *console.Console, all []campaign.Words) (err error) {
	for _, w := range all {
		err = errors.Join(err, out.Print(w, w.Language, w.Version, fmt.Sprintf("%d letters", w.Letters), cmp.Or(strings.Join(w.Needed, ", "), "-")))
	}
	return err
}
