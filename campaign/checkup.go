package campaign

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"headsup/campaign/doctor"
	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
	"headsup/render"
)

// ExamineOptions says how to examine.
type ExamineOptions struct {
	NoLoop   bool          // write no probe
	LoopTo   string        // to whom it goes: an address that the mail server takes, and that bounces; default: a made-up one of From's domain
	Patience time.Duration // for its report to come back; 0: five minutes

	roots *x509.CertPool // in tests: whose certificates pages have
	ahead time.Duration  // in tests: by how much this machine's clock is
}

// An examination looks at what a campaign needs before it leaves.
type examination struct {
	ExamineOptions
	settings *settings.Settings
	rules    letter.Campaign
	dns      doctor.DNS
	client   *http.Client
	tell     func(doctor.Check)
	halted   error // why no probe may leave
}

// Examine looks, before a campaign leaves, at what keeps letters from arriving
// and reports from coming back, and tells each [doctor.Check]. It changes
// nothing, but that it opens the ledger as everybody does ([ledger.Open]); a
// probe, one for each way out, is the only thing that leaves, unless the
// campaign is stopped. An error means that it could not go on.
func Examine(ctx context.Context, folder string, o ExamineOptions, tell func(doctor.Check)) error {
	s, err := settings.Load(folder)
	if err != nil {
		return err
	}
	words, err := loadWords(s)
	if err != nil {
		return err
	}
	x := &examination{ExamineOptions: o, settings: s, dns: doctor.DNS{Resolver: nameServerAt(s.Campaign.DNS)}, tell: tell}
	if x.rules, err = s.Decisions(words.Languages()); err != nil {
		return err
	}
	x.client = doctor.Client(x.dns, o.roots)
	x.files()
	x.room()
	for _, look := range []func(context.Context){x.ledger, x.servers, x.pages, x.loop} {
		if look(ctx); ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

func (x *examination) now() time.Time { return time.Now().Add(x.ahead) }

// files looks at who can read what is secret, and who was written to.
func (x *examination) files() {
	for _, name := range x.settings.Secrets() {
		x.tell(doctor.Private("secret", name))
	}
	for _, name := range x.settings.LedgerFiles() {
		x.tell(doctor.Private("ledger", name))
	}
}

// warnOfOpenSecrets tells which keys and passwords others than their owner can read.
func warnOfOpenSecrets(c *Campaign) {
	for _, name := range c.settings.Secrets() {
		if look := doctor.Private("secret", name); look.Status == doctor.Fault {
			c.event(Noted{fmt.Sprintf("%s: %s", name, look.Says)})
		}
	}
}

// room looks at what carries the proof back. Too little room is an error of the settings.
func (x *examination) room() {
	if len(x.rules.CodeKey) == 0 {
		x.tell(doctor.Wrong("proof", "campaign.code_key", "letters have no keyed part: nothing that comes back can prove itself",
			"make a file of random bytes (head -c 32 /dev/urandom | base64 > code.key), and name it: code_key = \"code.key\""))
		return
	}
	seen := map[string]bool{}
	for _, a := range x.rules.Agencies {
		for _, address := range []string{cmp.Or(a.Bounce, a.From), cmp.Or(a.ReplyTo, a.From)} {
			if seen[address] {
				continue
			}
			seen[address] = true
			tagged, err := render.Tagged(address, strings.Repeat("x", letter.LongestTag(x.rules.ID)), a.Plain)
			local, _, _ := strings.Cut(tagged, "@")
			switch {
			case err != nil:
				x.tell(doctor.Wrong("proof", address, err.Error(), "take a shorter mailbox, or one such as \"*@returns.example.org\""))
			case tagged == address:
				x.tell(doctor.Good("proof", address, "it carries no keyed part: reports prove themselves by the letter that they return"))
			default:
				x.tell(doctor.Good("proof", address, fmt.Sprintf("with the longest keyed part %d of 64 characters", len(local))))
			}
		}
	}
}

// ledger looks at the clock that paces are kept by, and whether the campaign is stopped.
func (x *examination) ledger(ctx context.Context) {
	name := WithoutPassword(x.settings.LedgerName())
	if !x.settings.LedgerOnServer() {
		if _, err := os.Stat(x.settings.LedgerName()); err != nil {
			x.tell(doctor.Skip("ledger", name, "there is none yet"))
			return
		}
	}
	l, err := ledger.Open(ctx, x.settings.LedgerName())
	if err != nil {
		x.tell(doctor.Wrong("ledger", name, err.Error(), "start the database, or name the right one in headsup.toml: ledger"))
		return
	}
	defer l.Close()
	x.halted = ledger.Going(ctx, l, x.rules.ID)
	before := x.now()
	theirs, err := ledger.Clock(ctx, l)
	if err != nil {
		x.tell(doctor.NotDone("clock", name, err.Error(), "run it again when the database answers"))
		return
	}
	x.tell(doctor.Clock("ledger "+name, theirs, before, x.now()))
	x.tell(doctor.Search(name, l.SlowSearch))
}

// servers looks at what receivers look up about each mail server and whom it sends for.
func (x *examination) servers(ctx context.Context) {
	if len(x.settings.Servers()) == 0 {
		x.tell(doctor.Skip("mail server", "", "letters go to files: there is no [smtp]"))
		return
	}
	dmarc := map[string]bool{}
	for _, server := range x.settings.Servers() {
		var senders []letter.Agency
		for i, a := range x.settings.Agencies {
			if x.settings.ServerOf(a) == server {
				senders = append(senders, x.rules.Agencies[i])
			}
		}
		if len(senders) == 0 {
			continue
		}
		x.addresses(ctx, server, senders)
		signing := x.keys(ctx, server, senders)
		for _, a := range senders {
			from, envelope := mailDomain(a.From), mailDomain(cmp.Or(a.Bounce, a.From))
			if key := from + " " + envelope + " " + server.Name; !dmarc[key] {
				dmarc[key] = true
				x.ask("dmarc", from, func() doctor.Check {
					return doctor.DMARC(ctx, x.dns, doctor.Sender{From: from, Envelope: envelope, Signing: signers(from, signing)})
				})
			}
		}
	}
}

const forExample = "it is a domain for examples"

// unknown reports whether a domain is for examples: only a name server of the
// house's own can know it.
func (x *examination) unknown(domain string) bool {
	return x.settings.Campaign.DNS == "" && reserved(domain)
}

// ask makes a check that asks DNS about a domain.
func (x *examination) ask(check, domain string, look func() doctor.Check) {
	if x.unknown(domain) {
		x.tell(doctor.Skip(check, domain, forExample))
		return
	}
	x.tell(look())
}

// addresses looks at where a server sends from: its names, and whether it may
// send with the envelope senders.
func (x *examination) addresses(ctx context.Context, server *settings.SMTP, senders []letter.Agency) {
	addrs := server.SendsFrom
	if len(addrs) == 0 {
		addrs = x.hostAddresses(ctx, server)
	}
	seen := map[string]bool{}
	for _, addr := range addrs {
		addr = addr.Unmap()
		x.tell(doctor.Reverse(ctx, x.dns, addr))
		for _, a := range senders {
			sender := strings.Replace(cmp.Or(a.Bounce, a.From), "*", "doctor", 1)
			if key := addr.String() + mailDomain(sender); !seen[key] {
				seen[key] = true
				x.ask("spf", mailDomain(sender), func() doctor.Check { return doctor.SPF(ctx, x.dns, addr, sender) })
			}
		}
	}
}

// hostAddresses are those of a server's host that others can see.
func (x *examination) hostAddresses(ctx context.Context, server *settings.SMTP) (addrs []netip.Addr) {
	if !server.Here() && x.unknown(server.Host) {
		x.tell(doctor.Skip("sending address", server.Host, forExample))
		return nil
	}
	why := "others do not see it"
	found, err := x.dns.LookupIPAddr(ctx, server.Host)
	if err != nil {
		why = err.Error()
	}
	for _, ip := range found {
		if a, ok := netip.AddrFromSlice(ip.IP); ok && !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() {
			addrs = append(addrs, a)
		}
	}
	if len(addrs) == 0 {
		x.tell(doctor.NotDone("sending address", server.Host, why,
			"say from which addresses the mail server sends to others: sends_from = [\"192.0.2.25\"] below its host"))
	}
	return addrs
}

// keys looks at the keys of a server, and returns the domains that they sign for.
func (x *examination) keys(ctx context.Context, server *settings.SMTP, senders []letter.Agency) (domains []string) {
	if len(server.DKIM) == 0 {
		x.tell(doctor.Skip("dkim", server.Host, "there is no [[dkim]]: the mail server may sign"))
	}
	for _, k := range server.DKIM {
		key, err := mailer.ReadKey(k.Domain, k.Selector, x.settings.Path(k.Key))
		if err != nil {
			x.tell(doctor.Wrong("dkim", k.Domain, err.Error(), "let key name a PEM file with an RSA or Ed25519 private key, domain and selector where its other half is published"))
			continue
		}
		fits := func(a letter.Agency) bool { return len(signers(mailDomain(a.From), []string{key.Domain})) > 0 }
		if !slices.ContainsFunc(senders, fits) {
			x.tell(doctor.Wrong("dkim", key.Domain, "the key signs nothing: no agency of this server writes from that domain",
				"let its domain be that of the agency's from, or take the key out"))
			continue
		}
		domains = append(domains, key.Domain)
		x.ask("dkim", key.Domain, func() doctor.Check { return doctor.DKIM(ctx, x.dns, key) })
	}
	return domains
}

// signers are those of the domains whose keys sign what is from a domain.
func signers(from string, domains []string) []string {
	return slices.DeleteFunc(slices.Clone(domains), func(d string) bool { return from != d && !strings.HasSuffix(from, "."+d) })
}

// pages looks at what letters lead to, by addresses of a letter that there is none of.
func (x *examination) pages(ctx context.Context) {
	nobody := x.madeUp(letter.Agency{})
	type look = func(context.Context, *http.Client, string) (doctor.Check, doctor.Page)
	page := func(at string, look look) {
		u, err := url.Parse(at)
		if err == nil && x.unknown(u.Hostname()) {
			x.tell(doctor.Skip("page", at, forExample))
			return
		}
		before := x.now()
		c, p := look(ctx, x.client, at)
		x.tell(c)
		if !p.Date.IsZero() {
			x.tell(doctor.Clock("web server of "+at, p.Date, before.Truncate(time.Second), x.now()))
		}
	}
	if site := x.settings.Site(); site == "" {
		x.tell(doctor.Skip("site", "", "there is no campaign.site"))
	} else {
		page(site+"/", doctor.Site)
		page(site+"/verify/", doctor.Site)
		page(render.VerifyURL(site, nobody), doctor.Verification)
	}
	if server := x.settings.Campaign.OptOut; server == "" {
		x.tell(doctor.Skip("opt-out page", "", "there is no campaign.opt_out: people opt out by mail"))
	} else {
		page(render.OptOutURL(server, nobody), doctor.OptOut)
	}
}

// madeUp returns a letter that nobody gets, with its keyed part and with a code
// that is of no letter.
func (x *examination) madeUp(a letter.Agency) letter.Letter {
	id := x.rules.ID + "-" + strings.NewReplacer("i", "0", "l", "1", "o", "8", "u", "9").Replace(strings.ToLower(rand.Text()[:10]))
	code := strings.ToLower(rand.Text())
	return letter.Letter{ID: id, Agency: a, ReturnKey: x.rules.ReturnKey(id), Code: code[:4] + "-" + code[4:8]}
}
