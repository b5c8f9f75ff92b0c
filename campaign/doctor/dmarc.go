package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// A Sender is what a receiver compares: the domains by which a letter
// authenticates itself, and that of its From.
type Sender struct {
	From     string   // mail domain of the From field
	Envelope string   // mail domain of the envelope sender, which SPF is about
	Signing  []string // domains of the keys that sign what is From this domain
}

// DMARC says which policy receivers find for the From of letters, and whether
// the letters keep it (RFC 7489 §3.1): a domain that authenticates a letter has
// to be that of its From.
func DMARC(ctx context.Context, dns DNS, s Sender) Check {
	c := Check{Check: "dmarc", About: s.From}
	record, at, err := policyOf(ctx, dns, s.From)
	silent := errSilent{}
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return c.fault(fmt.Sprintf("publish a TXT record for _dmarc.%s: %q", s.From, "v=DMARC1; p=none; rua=mailto:postmaster@"+s.From),
			"there is no DMARC record")
	case errors.As(err, &silent):
		return c.noAnswer(err)
	case err != nil:
		return c.fault(fmt.Sprintf("repair the TXT record for _dmarc.%s: there is one, such as %q", at, "v=DMARC1; p=none"),
			"the record cannot be used: %v", err)
	}
	policy := record.Policy
	if at != s.From {
		policy = cmp.Or(record.SubdomainPolicy, policy)
	}
	byEnvelope := aligned(s.From, s.Envelope, record.SPFAlignment)
	byKey := slices.ContainsFunc(s.Signing, func(d string) bool { return aligned(s.From, d, record.DKIMAlignment) })
	switch says := fmt.Sprintf("policy %s of %s", policy, at); {
	case byEnvelope && byKey:
		return c.ok("%s; aligned by SPF and DKIM", says)
	case byEnvelope && len(s.Signing) == 0:
		return c.ok("%s; aligned by SPF alone, unless the mail server signs", says)
	case byEnvelope:
		return c.ok("%s; aligned by SPF alone: what is forwarded fails", says)
	case byKey:
		return c.ok("%s; aligned by DKIM alone", says)
	default:
		return c.fault(fmt.Sprintf("sign with a key of %s ([[dkim]]), or let bounce_address be of that domain", s.From),
			"%s: neither the envelope sender's domain %s nor that of a key%s is the From's", says, s.Envelope, list(s.Signing))
	}
}

func list(domains []string) string {
	if len(domains) == 0 {
		return ""
	}
	return " (" + strings.Join(domains, ", ") + ")"
}

// policyOf returns the record for a domain, which may be that of the domain
// that was registered (RFC 7489 §6.6.3), and at which domain it stands.
func policyOf(ctx context.Context, dns DNS, domain string) (*dmarc.Record, string, error) {
	record, err := policyAt(ctx, dns, domain)
	if above := registered(domain); errors.Is(err, dmarc.ErrNoPolicy) && above != domain {
		domain = above
		record, err = policyAt(ctx, dns, domain)
	}
	return record, domain, err
}

func policyAt(ctx context.Context, dns DNS, domain string) (*dmarc.Record, error) {
	texts, err := dns.LookupTXT(ctx, "_dmarc."+domain)
	texts = slices.DeleteFunc(texts, func(t string) bool { return !strings.HasPrefix(t, "v=DMARC1") })
	switch {
	case absent(err), err == nil && len(texts) == 0:
		return nil, dmarc.ErrNoPolicy
	case err != nil:
		return nil, errSilent{err}
	case len(texts) > 1: // which receivers take for none (§6.6.3)
		return nil, fmt.Errorf("%d records", len(texts))
	}
	return dmarc.Parse(texts[0])
}

// errSilent means that a name server did not answer.
type errSilent struct{ error }

// registered returns the domain that was registered, by the public suffix list.
func registered(domain string) string {
	above, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return above
}

// aligned reports whether a domain that authenticates a letter counts for its From.
func aligned(from, domain string, mode dmarc.AlignmentMode) bool {
	return strings.EqualFold(from, domain) || mode != dmarc.AlignmentStrict && strings.EqualFold(registered(from), registered(domain))
}
