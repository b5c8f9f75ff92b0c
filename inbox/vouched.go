package inbox

import "headsup/letter"

// Vouched returns what the topmost Authentication-Results field of a message
// says of its sender. It is for the caller to know whether the server that
// wrote it is to be trusted.
func Vouched(text []byte) letter.Verdict {
	head, _ := cutHeader(unmbox(text))
	return vouch(rawFields(string(head)))
}
