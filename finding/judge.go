package finding

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A verdict is what a scanner's words are worth.
type verdict struct {
	Kind     Kind
	Service  string
	Strength Strength
	Reason   string
	Evidence string
}

// best returns the strongest verdict, the first of equals.
func best(vs []verdict) verdict {
	return slices.MinFunc(vs, func(a, b verdict) int {
		return slices.Index(strengths, a.Strength) - slices.Index(strengths, b.Strength)
	})
}

// refusal is how services say that they serve only those they know.
var refusal = regexp.MustCompile(`(?i)\bnoauth\b|\bwrongpass\b|-DENIED|protected mode|need to login|locked out` +
	`|(authentication|login|token auth|authorization|password) (is )?(required|needed|failed)` +
	`|requires (authentication|login)|not authori[sz]ed|unauthori[sz]ed|(access|permission) denied` +
	`|operation not permitted|connection rejected|\b407 Proxy|(^|\n)530[ -]`)

// waiver is how they say the opposite in the same words.
var waiver = regexp.MustCompile(`(?i)\b(no|not|without) (authentication|login|password|authorization) (is )?(required|needed)`)

func refused(words string) bool { return refusal.MatchString(waiver.ReplaceAllString(words, "")) }

// judgeWords judges the evidence of a list, where only its words are known.
func judgeWords(kind Kind, evidence string) verdict {
	switch {
	case kind == OpenRelay && relayResult.MatchString(evidence):
		return judgeRelay(evidence)
	case kind == OpenProxy && strings.Contains(evidence, "Methods supported"):
		return judgeHTTPProxy(evidence, scanArgs{})
	case refused(evidence):
		return verdict{Strength: Contradicted, Reason: "its own evidence says that it refused"}
	}
	return verdict{Strength: Observed, Reason: "the list names it; there are no words of a scanner to weigh"}
}

var (
	relayResult = regexp.MustCompile(`is an open relay \((\d{1,3})/(\d{1,3}) tests\)|doesn't seem to be an open relay|isn't an open relay`)
	relayPair   = regexp.MustCompile(`MAIL FROM:<[^>\n]*> -> RCPT TO:<([^>\n]*)>`)

	// plainRecipient is an address of RFC 5321 as people write it: no percent
	// hack, no bang path, no source route, no quoted local part.
	plainRecipient = regexp.MustCompile(`^[A-Za-z0-9.+_=-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
)

// Of the 16 forms that smtp-open-relay tries, this many write the recipient in
// an odd way. More than these accepted means that a plain one was among them.
const relayTests, oddForms = 16, 12

// judgeRelay judges what nmap's smtp-open-relay says. The script counts the
// RCPT commands that were accepted; it sends no mail. Many servers accept a
// percent hack or a bang path as a name of their own, and deliver it nowhere.
// The accepted forms are listed only with -vv.
func judgeRelay(output string) verdict {
	v := verdict{Kind: OpenRelay, Service: "smtp", Strength: Contradicted, Evidence: output,
		Reason: "the scanner could not test whether it relays"}
	m := relayResult.FindStringSubmatch(output)
	switch {
	case m == nil:
		return v
	case m[1] == "":
		v.Reason = "the server refused every recipient that the scanner tried"
		return v
	}
	n, _ := strconv.Atoi(m[1])
	of, _ := strconv.Atoi(m[2])
	pairs := relayPair.FindAllStringSubmatch(output, -1)
	plain := slices.ContainsFunc(pairs, func(p []string) bool { return plainRecipient.MatchString(p[1]) })
	switch {
	case n == 0:
		v.Reason = "the server refused every recipient that the scanner tried"
	case plain:
		v.Strength = Observed
		v.Reason = fmt.Sprintf("the server accepted a plain recipient elsewhere from a stranger (%d of %d forms accepted)", n, of)
	case len(pairs) >= n:
		v.Strength = Weak
		v.Reason = fmt.Sprintf("the server accepted only odd recipients such as user%%host or host!user (%d of %d forms), which many take for their own and deliver nowhere", n, of)
	case n == of:
		v.Strength = Observed
		v.Reason = fmt.Sprintf("the server accepted each of %d recipients elsewhere from a stranger", of)
	case of == relayTests && n > oddForms:
		v.Strength = Observed
		v.Reason = fmt.Sprintf("the server accepted %d of %d recipients elsewhere from a stranger, more than the odd forms among them", n, of)
	default:
		v.Strength = Weak
		v.Reason = fmt.Sprintf("the server accepted %d of %d recipients, perhaps only odd ones such as user%%host or host!user; nmap -vv lists them", n, of)
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
	v := verdict{Kind: OpenProxy, Service: "http", Strength: Weak, Evidence: output}
	_, list, found := strings.Cut(output, "Methods supported:")
	methods := strings.Fields(list)
	fetched := slices.Contains(methods, "GET") || slices.Contains(methods, "HEAD")
	switch {
	case strings.Contains(output, "might be redirecting"):
		v.Reason = "every page asked for through it was the same one: it may only redirect"
	case !found || len(methods) == 0:
		v.Strength, v.Reason = Contradicted, "the scanner asked for a page through it and got none"
	case !fetched:
		v.Reason = "only CONNECT was answered with success, which any web server may do; nothing was fetched through it"
	case args.pattern:
		v.Strength, v.Reason = Verified, "the scanner fetched its own test page through it"
	case args.url:
		v.Reason = "a page asked for through it was answered with success, but its content was not checked"
	default:
		v.Strength, v.Reason = Observed, "the scanner fetched a page of another site through it"
	}
	return v
}

// judgeSOCKS judges what nmap's socks-open-proxy says.
func judgeSOCKS(output string) verdict {
	v := verdict{Kind: OpenProxy, Service: "socks5", Strength: Weak, Evidence: output}
	if !strings.Contains(output, "socks5") {
		v.Service = "socks4"
	}
	_, rest, _ := strings.Cut(output, "status:")
	status, _, _ := strings.Cut(rest, "\n")
	switch strings.TrimSpace(status) {
	case "open":
		v.Strength, v.Reason = Observed, "the scanner reached another site through it without a password"
	case "pattern not matched":
		// Only a SOCKS server grants a SOCKS request: unlike an HTTP answer to
		// CONNECT, the grant itself says that strangers are served.
		v.Strength, v.Reason = Observed, "it let the scanner in without a password, but the test page did not come back through it"
	case "redirecting":
		v.Reason = "every page asked for through it was the same one: it may only redirect"
	default:
		v.Strength, v.Reason = Contradicted, "the scanner asked for a page through it and got none"
	}
	return v
}
