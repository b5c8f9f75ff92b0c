package mailer

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// What mail servers write into their logs about a message that they have
// taken: Postfix names its Message-ID when it comes, and its sender once it is
// in the queue; Exim both in one line.
var (
	postfixComes  = regexp.MustCompile(`postfix\S*/cleanup\[\d+\]: (\w+): message-id=<([^>]+)>`)
	postfixQueued = regexp.MustCompile(`postfix\S*/n?qmgr\[\d+\]: (\w+): from=<([^>]*)>, .*\(queue active\)`)
	eximTakes     = regexp.MustCompile(` <= (\S+) .*\bid=(\S+)`)
)

// maxLogLine is more than any server writes into one line.
const maxLogLine = 1 << 20

// Taken reads the log of a mail server, of Postfix or Exim, for messages that
// it took responsibility for. senders holds the envelope sender of each by its
// Message-ID; a message from somebody else is not ours, whatever it calls
// itself. It returns the line that proves it, by Message-ID. A message that
// is not in the log may be in an older one.
func Taken(log io.Reader, senders map[string]string) (proof map[string]string, err error) {
	proof = map[string]string{}
	coming := map[string]string{} // Message-ID by Postfix's queue ID, which it uses again
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, maxLogLine)
	for lines.Scan() {
		line := lines.Text()
		id, from := "", ""
		if m := postfixComes.FindStringSubmatch(line); m != nil {
			coming[m[1]] = m[2]
			continue
		} else if m := postfixQueued.FindStringSubmatch(line); m != nil {
			id, from = coming[m[1]], m[2]
		} else if m := eximTakes.FindStringSubmatch(line); m != nil {
			id, from = m[2], m[1]
		}
		if want := senders[id]; want != "" && strings.EqualFold(from, want) {
			proof[id] = clean(line)
		}
	}
	return proof, lines.Err()
}
