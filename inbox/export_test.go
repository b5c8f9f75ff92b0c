package inbox

import "headsup/wire"

// By is b, reached by dial.
func (b IMAP) By(dial wire.Dial) IMAP {
	b.dial = dial
	return b
}
