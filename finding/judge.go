package finding

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"headsup/pattern"
)

// A verdict is what a scanner's words are worth.
type verdict struct {
	Kind     Kind
	Service  string
	Evidence string
	Strength Strength
	Reason   string
	rule     *Rule
}

// by takes over what a rule says. args stand in its reason.
func (v *verdict) by(r *Rule, args ...any) {
	v.rule, v.Strength, v.Reason = r, r.Strength, r.Reason
	if len(args) > 0 {
		v.Reason = fmt.Sprintf(r.Reason, args...)
	}
}

// of makes the Finding that a verdict about one port is.
func (v verdict) of(addr netip.Addr, port uint16, proto string, seen time.Time) Finding {
	f := Finding{Addr: addr, Port: port, Proto: proto, Kind: v.Kind, Service: v.Service,
		Strength: v.Strength, Reason: v.Reason, Seen: seen, Evidence: v.Evidence}
	if v.rule != nil {
		f.Rule = v.rule.ID
	}
	return f
}

// best returns the strongest verdict, the first of equals.
func best(vs []verdict) verdict {
	return slices.MinFunc(vs, func(a, b verdict) int {
		return slices.Index(strengths, a.Strength) - slices.Index(strengths, b.Strength)
	})
}

// refusal is how services say that they serve only those they know.
var refusal = pattern.New(`(?i)\bnoauth\b|\bwrongpass\b|-DENIED|protected mode|need to login|locked out` +
	`|(authentication|login|token auth|authorization|password) (is )?(required|needed|failed|enabled)` +
	`|requires (authentication|login)|not authori[sz]ed|unauthori[sz]ed|(access|permission) denied` +
	`|operation not permitted|connection rejected|\b407 Proxy|(^|\n)530[ -]`)

// waiver is how they say the opposite in the same words.
var waiver = pattern.New(`(?i)\b(no|not|without) (authentication|login|password|authorization) (is )?(required|needed|enabled)` +
	`|\bunauthori[sz]ed (access|login|read|write|use)( is| was)? (possible|allowed|granted|enabled|accepted)`)

// denial is how lists say in a few words that there is nothing to write about:
// a house writes down what came of a test, too.
var denial = pattern.New(`(?i)\brelay(ing)?( access| to \S+)? (is |was )?(denied|rejected|refused|prohibited|not (allowed|permitted))` +
	`|\b(unable|not allowed|not permitted) to relay|\b(cannot|can't|do(es)? not|doesn't|don't|will not|won't) relay` +
	`|\b(no|not an?) open (mail |smtp |http |socks\d? )?(relay|proxy|resolver)|\bnot (vulnerable|open|exposed|accessible|reachable)\b` +
	`|\bconnection (was )?(refused|reset|closed|timed ?out)|\btimed out\b|\bno (answer|response|reply)\b` +
	`|\b(HTTP/\d(\.\d)? |status[ :=]*|code[ :=]*)(401|403|407)\b|\b(401 unauthori[sz]ed|403 forbidden)\b` +
	`|^\W*(closed|filtered|refused|denied|blocked|secured|fixed|patched|resolved|false|no|none|ok)\W*$`)

// locked is how they say that a service asks for a password.
var locked = pattern.New(`(?i)\bpassword[- ]protected|\b(auth|passwords?|credentials?|login) (is |are )?(required|needed|set|enabled)` +
	`|\brequir(es?|ing) (an? )?(user(name)? and )?(password|auth\b|credentials?)|\brequirepass\b|\basks? for (an? )?(password|login|credentials?)` +
	`|\banonymous[ _](login|access|bind|read)( is)?[ :=]+(no|n|0|false|disabled|denied|not (allowed|permitted))\b`)

// unlocked is how they say the opposite in the same words.
var unlocked = pattern.New(`(?i)\b(no|not|without|never|doesn't|does not|do not|don't|isn't)( \w+)? (an? |any )?` +
	`(asks? for|requir(es?|ing)|password\S*|auth\w*|credentials?|login|requirepass)[^.;,]{0,30}`)

func refused(words string) bool {
	return refusals.of(words, func() bool {
		return refusal.MatchString(words) && refusal.MatchString(waiver.ReplaceAllString(words, ""))
	})
}

// A memo keeps what was read out of the last words: a scan has the same ones
// again and again, and to read them takes longer than all else of a row.
type memo[T any] struct {
	mu   sync.Mutex
	said map[string]T
}

const maxMemo = 1024

var (
	refusals memo[bool]
	lists    memo[*Rule]
)

func (m *memo[T]) of(words string, read func() T) T {
	m.mu.Lock()
	said, known := m.said[words]
	m.mu.Unlock()
	if known {
		return said
	}
	said = read()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.said == nil || len(m.said) == maxMemo {
		m.said = map[string]T{}
	}
	m.said[words] = said
	return said
}

// judgeWords judges the evidence of a list, where only its words are known.
func judgeWords(kind Kind, evidence string) (v verdict) {
	switch {
	case kind == OpenRelay && relayResult.MatchString(evidence):
		return judgeRelay(evidence)
	case kind == OpenProxy && strings.Contains(evidence, "Methods supported"):
		return judgeHTTPProxy(evidence, scanArgs{})
	default:
		v.by(lists.of(evidence, func() *Rule { return listed(evidence) }))
	}
	return v
}

// listed returns what the words of a list are worth that are not a scanner's.
func listed(words string) *Rule {
	switch {
	case denial.MatchString(words):
		return listNothing
	case refused(words), locked.MatchString(unlocked.ReplaceAllString(words, "")):
		return listRefused
	}
	return listNames
}

var (
	relayResult = pattern.New(`is an open relay \((\d{1,3})/(\d{1,3}) tests\)|doesn't seem to be an open relay|isn't an open relay`)
	relayPair   = pattern.New(`MAIL FROM:<[^>\n]*> -> RCPT TO:<([^>\n]*)>`)

	// plainRecipient is an address of RFC 5321 as people write it: no percent
	// hack, no bang path, no source route, no quoted local part.
	plainRecipient = pattern.New(`^[A-Za-z0-9.+_=-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
)

// Of the 16 forms that smtp-open-relay tries, this many write the recipient in
// an odd way. More than these accepted means that a plain one was among them.
const relayTests, oddForms = 16, 12

// judgeRelay judges what nmap's smtp-open-relay says. The script counts the
// RCPT commands that were accepted; it sends no mail. Many servers accept a
// percent hack or a bang path as a name of their own, and deliver it nowhere.
// The accepted forms are listed only with -vv.
func judgeRelay(output string) verdict {
	v := verdict{Kind: OpenRelay, Service: "smtp", Evidence: output}
	m := relayResult.FindStringSubmatch(output)
	switch {
	case m == nil:
		v.by(relayUntested)
		return v
	case m[1] == "":
		v.by(relayNone)
		return v
	}
	n, _ := strconv.Atoi(m[1])
	of, _ := strconv.Atoi(m[2])
	pairs := relayPair.FindAllStringSubmatch(output, -1)
	plain := slices.ContainsFunc(pairs, func(p []string) bool { return plainRecipient.MatchString(p[1]) })
	switch {
	case n == 0:
		v.by(relayNone)
	case plain:
		v.by(relayPlain, n, of)
	case len(pairs) >= n:
		v.by(relayOdd, n, of)
	case n == of:
		v.by(relayEach, of)
	case of == relayTests && n > oddForms:
		v.by(relayMost, n, of)
	default:
		v.by(relayFew, n, of)
	}
	return v
}

// scanArgs are the script arguments that decide what nmap's words mean.
type scanArgs struct{ url, pattern bool }

func parseArgs(s string) scanArgs {
	return scanArgs{url: strings.Contains(s, "proxy.url="), pattern: strings.Contains(s, "proxy.pattern=")}
}

// judgeHTTPProxy judges what nmap's http-open-proxy says. Only GET and HEAD
// are held against a pattern; CONNECT counts as soon as the answer is 200,
// which any web server may give that answers everything alike.
func judgeHTTPProxy(output string, args scanArgs) verdict {
	v := verdict{Kind: OpenProxy, Service: "http", Evidence: output}
	_, list, found := strings.Cut(output, "Methods supported:")
	methods := strings.Fields(list)
	fetched := slices.Contains(methods, "GET") || slices.Contains(methods, "HEAD")
	switch {
	case strings.Contains(output, "might be redirecting"):
		v.by(proxyRedirect)
	case !found || len(methods) == 0:
		v.by(proxyNone)
	case !fetched:
		v.by(proxyConnect)
	case args.pattern:
		v.by(proxyPattern)
	case args.url:
		v.by(proxyURL)
	default:
		v.by(proxyFetched)
	}
	return v
}

// judgeSOCKS judges what nmap's socks-open-proxy says.
func judgeSOCKS(output string) verdict {
	v := verdict{Kind: OpenProxy, Service: "socks5", Evidence: output}
	if !strings.Contains(output, "socks5") {
		v.Service = "socks4"
	}
	_, rest, _ := strings.Cut(output, "status:")
	status, _, _ := strings.Cut(rest, "\n")
	switch strings.TrimSpace(status) {
	case "open":
		v.by(socksOpen)
	case "pattern not matched":
		// Only a SOCKS server grants a SOCKS request: unlike an HTTP answer to
		// CONNECT, the grant itself says that strangers are served.
		v.by(socksPattern)
	case "redirecting":
		v.by(socksRedirect)
	default:
		v.by(proxyNone)
	}
	return v
}
