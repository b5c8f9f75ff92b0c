package mailer

import (
	"bufio"
	"io"
	"strings"

	"headsup/pattern"
)

// What mail servers write into their logs about a message that they have
// taken: Postfix names its Message-ID when it comes, and its sender once it is
// in the queue; Exim both in one line.
var (
	postfixComes  = pattern.New(`cleanup\[\d+\]: (\w+): message-id=[^<]*<?([^>]*)`)
	postfixQueued = pattern.New(`qmgr\[\d+\]: (\w+): from=<([^>]*)>, .*\(queue active\)`)
	eximTakes     = pattern.New(` <= (\S+) .*? id=(\S+)`)
)

// maxLogLine is more than any server writes into one line. What is longer,
// such as the zeros that a crash leaves behind, is read in pieces.
const maxLogLine = 64 << 10

// Taken reads the log of a mail server, of Postfix or Exim, for messages that
// it took responsibility for. senders holds the envelope sender of each by its
// Message-ID; a message from somebody else is not ours, whatever it calls
// itself. It returns the line that proves it, by Message-ID, also of a log that
// cannot be read to its end. A message that is not in the log may be in an
// older one.
func Taken(log io.Reader, senders map[string]string) (proof map[string]string, err error) {
	proof = map[string]string{}
	coming := map[string]string{} // our Message-IDs by Postfix's queue ID, which it uses again
	for lines := bufio.NewReaderSize(log, maxLogLine); ; {
		line, _, err := lines.ReadLine()
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return proof, err
		}
		id, from := "", ""
		if m := postfixComes.FindSubmatch(line); m != nil {
			delete(coming, string(m[1]))
			if senders[string(m[2])] != "" {
				coming[string(m[1])] = string(m[2])
			}
		} else if m := postfixQueued.FindSubmatch(line); m != nil {
			id, from = coming[string(m[1])], string(m[2])
		} else if m := eximTakes.FindSubmatch(line); m != nil {
			id, from = string(m[2]), string(m[1])
		}
		if want := senders[id]; want != "" && strings.EqualFold(from, want) {
			proof[id] = clean(string(line))
		}
	}
}
