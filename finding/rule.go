package finding

import (
	"slices"
	"strings"

	"headsup/pattern"
)

// A Rule says what some words of a scanner are worth, and where that is known
// from. [Rules] is the one table of them.
type Rule struct {
	ID       string   `json:"id"`       // "nmap/relay-each"
	Words    string   `json:"words"`    // what the scanner says
	Strength Strength `json:"strength"` // what that is worth
	Reason   string   `json:"-"`        // said to people; "%d" and "%s" stand for what the scanner said
	Class    Class    `json:"-"`        // what rows are counted as that are no finding
	Source   string   `json:"source"`   // where the meaning of the words is known from
}

// A Class says what rows are that are no finding. Braces hold what differs
// between one and several: {s}, {is|are}.
type Class string

var number = pattern.New(`\{([^|}]*)\|?([^}]*)\}`)

// Name returns the class without a number: "open ports without a word …".
func (c Class) Name() string { return c.of(2) }

// of returns the class as it is written behind the number n.
func (c Class) of(n int) string {
	return number.ReplaceAllStringFunc(string(c), func(s string) string {
		m := number.FindStringSubmatch(s)
		one, many := m[1], m[2]
		if !strings.Contains(s, "|") {
			one, many = "", m[1]
		}
		if n == 1 {
			return one
		}
		return many
	})
}

// ClassOf returns the name of what a row is counted as that is no finding.
func ClassOf(f Finding) string {
	if r, ok := RuleOf(f); ok && r.Class != "" {
		return r.Class.Name()
	}
	return earlierClass.Name()
}

// Singular returns the class behind the number 1, for one of its names.
func Singular(name string) string {
	for _, r := range table {
		if r.Class != "" && r.Class.Name() == name {
			return r.Class.of(1)
		}
	}
	return name
}

// table holds all rules, in the order of their scanners.
var table []*Rule

// Rules returns a copy of all rules.
func Rules() []Rule {
	rules := make([]Rule, len(table))
	for i, r := range table {
		rules[i] = *r
	}
	slices.SortStableFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// RuleOf returns the rule that a finding was judged by, while it is read; what
// was stored since has none.
func RuleOf(f Finding) (Rule, bool) {
	r, ok := byID[f.Rule]
	if !ok {
		return Rule{}, false
	}
	return *r, true
}

var byID = map[string]*Rule{}

func worth(s Strength, id, words, reason, source string) *Rule {
	r := &Rule{ID: id, Words: words, Strength: s, Reason: reason, Source: source}
	table = append(table, r)
	byID[id] = r
	return r
}

func nothing(class Class, id, words, reason, source string) *Rule {
	r := worth(Contradicted, id, words, reason, source)
	r.Class = class
	return r
}

// Classes that several rules share.
const (
	portClass    Class = "open port{s} without a word about the service"
	meantClass   Class = "service{s} that can be reached, which is no finding by itself"
	refusedClass Class = "service{s} that refused the scanner"
	silentClass  Class = "service{s} that gave no answer that could be used"
	relayClass   Class = "mail server{s} that refused to relay"
	proxyClass   Class = "prox{y|ies} that fetched nothing for a stranger"
	remarkClass  Class = "remark{s} about software or settings, which say nothing of who may use a service"
	bannerClass  Class = "banner{s} that say{s|} nothing of who may use the service"
	webClass     Class = "web page{s}"
	eventClass   Class = "event{s} of another kind than an exposed service"
	earlierClass Class = "row{s} that {is|are} called no finding in the file itself"
)

// Where the words of scanners are explained.
const (
	srcNSE     = "nmap.org/nsedoc, scripts/smtp-open-relay.nse, http-open-proxy.nse, socks-open-proxy.nse"
	srcLoop    = "nmap 7.93 against Postfix, Squid and web servers on loopback"
	srcXML     = "nmap.org/book/nmap-dtd.html"
	srcMasscan = "github.com/robertdavidgraham/masscan, out-json.c, out-ndjson.c, out-text.c"
	srcZGrab   = "github.com/zmap/zgrab2, modules; RFC 1928"
	srcShadow  = "github.com/The-Shadowserver-Foundation/report_schema, reports.json, types.md, severity.md"
	srcNuclei  = "github.com/projectdiscovery/nuclei, pkg/output; nuclei-templates, network/"
	srcVuln    = "the names of the tests, which say what each found (Tenable plugins, Greenbone NVTs, nuclei templates)"
	srcQoD     = "docs.greenbone.net, quality of detection: 70 and more are shown"
	srcNaabu   = "github.com/projectdiscovery/naabu, pkg/runner/output.go"
	srcHTTPX   = "github.com/projectdiscovery/httpx, runner/types.go"
	srcIntelMQ = "intelmq.readthedocs.io, data format, classification"
	srcShodan  = "datapedia.shodan.io"
	srcCensys  = "docs.censys.com, ls-hosts, ls-service-information"
	srcZMap    = "github.com/zmap/zmap, examples of output modules"
	srcHouse   = "the house that made the list"
)

// What each scanner's words are worth.
var (
	relayEach     = worth(Observed, "nmap/relay-each", "Server is an open relay (N/N tests)", "the server accepted each of %d recipients elsewhere from a stranger", srcNSE)
	relayMost     = worth(Observed, "nmap/relay-most", "Server is an open relay (13 or more of 16 tests)", "the server accepted %d of %d recipients elsewhere from a stranger, more than the odd forms among them", srcNSE)
	relayPlain    = worth(Observed, "nmap/relay-plain", "a pair with a plain recipient (-vv)", "the server accepted a plain recipient elsewhere from a stranger (%d of %d forms accepted)", srcNSE)
	relayOdd      = worth(Weak, "nmap/relay-odd", "pairs with odd recipients only (-vv)", "the server accepted only odd recipients such as user%%host or host!user (%d of %d forms), which many take for their own and deliver nowhere", srcNSE)
	relayFew      = worth(Weak, "nmap/relay-few", "Server is an open relay (12 or fewer of 16 tests)", "the server accepted %d of %d recipients, perhaps only odd ones such as user%%host or host!user; nmap -vv lists them", srcLoop)
	relayNone     = nothing(relayClass, "nmap/relay-none", "Server doesn't seem to be an open relay; isn't an open relay; 0 tests", "the server refused every recipient that the scanner tried", srcNSE)
	relayUntested = nothing("mail server{s} that could not be tested", "nmap/relay-untested", "any other output of smtp-open-relay", "the scanner could not test whether it relays", srcNSE)

	proxyPattern  = worth(Verified, "nmap/proxy-pattern", "Methods supported: GET or HEAD, and proxy.pattern in the arguments", "the scanner fetched its own test page through it", srcNSE)
	proxyFetched  = worth(Observed, "nmap/proxy-fetched", "Methods supported: GET or HEAD", "the scanner fetched a page of another site through it", srcNSE)
	proxyURL      = worth(Weak, "nmap/proxy-unchecked", "Methods supported: GET or HEAD, and proxy.url without proxy.pattern", "a page asked for through it was answered with success, but its content was not checked", srcNSE)
	proxyConnect  = worth(Weak, "nmap/proxy-connect", "Methods supported: CONNECTION alone", "only CONNECT was answered with success, which any web server may do; nothing was fetched through it", srcLoop)
	proxyRedirect = worth(Weak, "nmap/proxy-redirecting", "might be redirecting", "every page asked for through it was the same one: it may only redirect", srcNSE)
	proxyNone     = nothing(proxyClass, "nmap/proxy-none", "no method supported; status: false", "the scanner asked for a page through it and got none", srcNSE)

	socksOpen     = worth(Observed, "nmap/socks-open", "status: open", "the scanner reached another site through it without a password", srcNSE)
	socksPattern  = worth(Observed, "nmap/socks-granted", "status: pattern not matched", "it let the scanner in without a password, but the test page did not come back through it", srcNSE)
	socksRedirect = worth(Weak, "nmap/socks-redirecting", "status: redirecting", proxyRedirect.Reason, srcNSE)

	scriptUsed    = worth(Verified, "nmap/script-used", "a script that uses the service, and what it got (services.go)", "the scanner used it without a password (%s)", srcNSE)
	scriptSeen    = worth(Observed, "nmap/script-answered", "a script that the service answered (services.go)", "%s (%s)", srcNSE)
	scriptRefused = nothing(refusedClass, "nmap/script-refused", "NOAUTH, authentication required, not authorized, … from a script", "it refused the scanner, as it should (%s)", srcNSE)
	probeTold     = worth(Observed, "nmap/probe-told", "method probed, conf 10, and a product that names itself to those it lets in", "it told the scanner what it is without a password", srcXML)
	probeSeen     = worth(Observed, "nmap/probe-answered", "method probed, conf 10, of a service that should not face strangers", "%s", srcXML)
	probeThere    = worth(Weak, "nmap/probe-there", "method probed, conf 10, of a service that may ask for a password", "it is there, but nothing shows that it answers without a password", srcXML)
	probeRefused  = nothing(refusedClass, "nmap/probe-refused", "authentication required, protected mode, … in extrainfo", "it refused the scanner, as it should", srcXML)
	portOpen      = nothing(portClass, "port/open", "open, and nothing else (nmap, masscan, naabu, ZMap, zgrab2)", "an open port alone is no finding", srcXML+"; "+srcMasscan+"; "+srcNaabu+"; "+srcZMap)
	portProbed    = nothing(meantClass, "port/probed", "the name of a service, its banner or version", "it can be reached, which is no finding by itself", srcXML)

	zmapClosed = nothing("answer{s} that {is|are} no open port", "zmap/closed", "success 0, or another classification than synack and udp", "the port is not open", srcZMap)

	zgrabSilent   = nothing(silentClass, "zgrab2/no-answer", "status other than success", "the scanner got no answer that it could use: %s", srcZGrab)
	zgrabPassword = nothing(proxyClass, "zgrab2/http-407", "status_code 407", "the proxy asked for a password (407)", srcZGrab)
	zgrabConnect  = worth(Weak, "zgrab2/http-connect", "CONNECT answered with 2xx", proxyConnect.Reason, srcZGrab)
	zgrabSearch   = worth(Verified, "zgrab2/http-elasticsearch", "2xx and the words of Elasticsearch's front page", "the scanner used it without a password", srcZGrab)
	zgrabInfo     = worth(Verified, "zgrab2/redis-info", "info_response with redis_version", "the scanner used it without a password", srcZGrab)
	zgrabPong     = worth(Observed, "zgrab2/redis-pong", "ping_response PONG", "it answered the scanner without a password", srcZGrab)
	zgrabRefused  = nothing(refusedClass, "zgrab2/refused", "NOAUTH and the like; SOCKS methods or replies that refuse", "it refused the scanner, as it should", srcZGrab)
	zgrabSOCKS    = worth(Observed, "zgrab2/socks-open", "method 00 and reply 00", "the scanner reached another site through it without a password", srcZGrab)
	zgrabNowhere  = worth(Weak, "zgrab2/socks-nowhere", "method 00 and another reply", "it let the scanner in without a password, but reached nothing for it", srcZGrab)
	zgrabGuess    = worth(Weak, "zgrab2/guessed-port", "a result without a port", "the scanner does not say which port it asked; %d is only its usual one", srcZGrab)

	testAccess   = worth(Observed, "test/access", "the name of a test says: unauthenticated access, without authentication, unprotected, open relay, open proxy, … (or nuclei's tag unauth); and it names a service that is known", "the scanner's test says that strangers may use it: %s", srcVuln)
	testUnknown  = worth(Weak, "test/unknown-service", "the same words, about a service that is not known", "the scanner's test says that strangers may use something: %s", srcVuln)
	testPublic   = worth(Weak, "test/public", "anonymous FTP", "it serves anybody, which may be its purpose: %s", srcVuln)
	testLogin    = worth(Weak, "test/default-login", "default login, default credentials, default password", "the scanner says that it got in with a password that others know: %s", srcVuln)
	testUnsure   = worth(Weak, "test/low-quality", "Greenbone's quality of detection under 70", "the scanner itself is not sure (quality of detection %s): %s", srcQoD)
	testRemark   = nothing(remarkClass, "test/remark", "any other test: CVE, version, cipher, certificate, panel, detection", "it is about software or settings, not about who may use the service: %s", srcVuln)
	testRefused  = nothing(refusedClass, "test/refused", "NOAUTH, authentication required, not authorized, … in the output of a test", "its own output says that it refused: %s", srcVuln)
	testNegative = nothing("test{s} that did not match", "nuclei/no-match", "matcher-status false", "the scanner's test did not match: %s", srcNuclei)

	httpxPage   = nothing(webClass, "httpx/page", "a status, a title, a server's name", "a web server that answers is no finding", srcHTTPX)
	httpxSearch = worth(Verified, "httpx/elasticsearch", "2xx and the words of Elasticsearch's front page in the body", "the scanner used it without a password", srcHTTPX)

	intelmqNames   = worth(Observed, "intelmq/identifier", "classification.type vulnerable-system and an identifier such as open-relay, open-proxy, open-redis", "IntelMQ classifies it as %s", srcIntelMQ)
	intelmqOther   = nothing(eventClass, "intelmq/other", "any other classification.type", "IntelMQ classifies it as %s, which is no exposed service", srcIntelMQ)
	intelmqUnclear = worth(Weak, "intelmq/unclear", "classification.type vulnerable-system and another identifier", "IntelMQ classifies it as %s, which does not say that strangers may use it", srcIntelMQ)

	indexUsed    = worth(Verified, "index/used", "what the service shows only to those it lets in (redis_version, STAT pid, databases, indices, security type None)", "the search engine used it without a password", srcShodan+"; "+srcCensys)
	indexAnswers = worth(Weak, "index/answers", "a service that should not face strangers, and may still ask for a password", login, srcShodan+"; "+srcCensys)
	indexRefused = nothing(refusedClass, "index/refused", "NOAUTH, authentication required, authentication enabled, …", "it refused the search engine, as it should", srcShodan+"; "+srcCensys)
	indexBanner  = nothing(bannerClass, "index/banner", "any other banner, version or CVE", "a banner is no finding by itself", srcShodan+"; "+srcCensys)

	listNames   = worth(Observed, "csv/named", "a row of a list, with a kind", "the list names it; there are no words of a scanner to weigh", srcHouse)
	listSays    = worth(Observed, "csv/strength", "the column strength", "the list says so", srcHouse)
	listRefused = nothing(refusedClass, "csv/refused", "NOAUTH, authentication required, password protected, not authorized, … in the evidence", "its own evidence says that it refused", srcHouse)
	listNothing = nothing(earlierClass, "csv/nothing", "contradicted in the column strength, or in headsup's own JSON; relay access denied, not vulnerable, connection refused, closed, … in the evidence", "the list says so", srcHouse)
	ownFinding  = worth(Observed, "headsup/finding", "headsup's own JSON", "%s", "headsup check --json")
)
