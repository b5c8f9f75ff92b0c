package doctor

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"

	"headsup/mailer"
)

// strangers are addresses that nobody sends from (RFC 5737, RFC 3849): an SPF
// record that lets one of them send lets everybody.
var strangers = []netip.Addr{
	netip.MustParseAddr("192.0.2.254"), netip.MustParseAddr("203.0.113.253"),
	netip.MustParseAddr("2001:db8:ffff::254"), netip.MustParseAddr("2001:db8:1:ffff::253"),
}

// SPF says whether an address may send with an envelope sender (RFC 7208). Not
// ours to judge is what else the record allows, except everybody.
func SPF(ctx context.Context, dns DNS, from netip.Addr, sender string) Check {
	_, domain, _ := strings.Cut(sender, "@")
	c := Check{Check: "spf", About: fmt.Sprintf("%s from %s", domain, from)}
	us := "ip4:" + from.String()
	if from.Is6() {
		us = "ip6:" + from.String()
	}
	add := fmt.Sprintf("add %s to the SPF record of %s, in front of its all", us, domain)
	result, err := checkHost(ctx, dns, from, sender)
	switch result {
	case spf.Pass:
		if everybody(ctx, dns, from, sender) {
			return c.fault(fmt.Sprintf("end the SPF record of %s with -all or ~all, and name in it only who sends for it", domain),
				"the record lets everybody send (%v)", err)
		}
		return c.ok("%v", err)
	case spf.None:
		return c.fault(fmt.Sprintf("publish a TXT record for %s: %q", domain, "v=spf1 "+us+" -all"), "there is no SPF record")
	case spf.TempError:
		return c.noAnswer(err)
	case spf.PermError:
		return c.fault(fmt.Sprintf("repair the SPF record of %s: there is one, it has no mistake, and takes ten look-ups at most", domain),
			"the record cannot be used: %v", err)
	}
	return c.fault(add, "the record does not let the address send: %s", result)
}

func checkHost(ctx context.Context, dns DNS, from netip.Addr, sender string) (spf.Result, error) {
	return spf.CheckHostWithSender(net.IP(from.AsSlice()), "", sender, spf.WithResolver(dns), spf.WithContext(ctx))
}

// everybody reports whether strangers may send too.
func everybody(ctx context.Context, dns DNS, from netip.Addr, sender string) bool {
	may := 0
	for _, a := range strangers {
		if a.Is6() != from.Is6() {
			continue
		}
		if result, _ := checkHost(ctx, dns, a, sender); result == spf.Pass {
			may++
		}
	}
	return may == 2
}

// DKIM says whether receivers check a key's signatures with its public half
// (RFC 6376): something is signed with the key, and checked as they would.
func DKIM(ctx context.Context, dns DNS, key mailer.Key) Check {
	name := key.Selector + "._domainkey." + key.Domain
	c := Check{Check: "dkim", About: name}
	record, err := publicRecord(key)
	if err != nil {
		return c.fault("make a new key, RSA of 2048 bits, for [[dkim]]", "%v", err)
	}
	publish := fmt.Sprintf("publish a TXT record for %s: %q", name, record)
	texts, err := dns.LookupTXT(ctx, name)
	switch {
	case absent(err) || err == nil && len(texts) == 0:
		return c.fault(publish, "there is no record")
	case err != nil:
		return c.noAnswer(err)
	case len(texts) > 1:
		return c.fault(fmt.Sprintf("leave one TXT record for %s: %q", name, record),
			"there are %d records, of which receivers may use none", len(texts))
	}
	if err := verify(key, texts); err != nil {
		return c.fault(fmt.Sprintf("replace the TXT record for %s, or name the private key that belongs to it in [[dkim]]: %q", name, record),
			"a signature of this key is not valid by the record: %v", err)
	}
	if isTesting(texts[0]) {
		return c.fault("take t=y out of the TXT record for "+name, "the record says that the domain is only testing")
	}
	return c.ok("the record belongs to the key")
}

// verify signs a message with the key, and checks it with these records.
func verify(key mailer.Key, texts []string) error {
	const message = "From: doctor\r\nSubject: nothing\r\n\r\nNothing.\r\n"
	var signed strings.Builder
	err := dkim.Sign(&signed, strings.NewReader(message), &dkim.SignOptions{Domain: key.Domain, Selector: key.Selector, Signer: key.Signer})
	if err != nil {
		return err
	}
	found, err := dkim.VerifyWithOptions(strings.NewReader(signed.String()), &dkim.VerifyOptions{
		LookupTXT: func(string) ([]string, error) { return texts, nil },
	})
	switch {
	case err != nil:
		return err
	case len(found) != 1:
		return errors.New("no signature")
	}
	return found[0].Err
}

// publicRecord is the TXT record for a key.
func publicRecord(key mailer.Key) (string, error) {
	switch public := key.Signer.Public().(type) {
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(public)
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), err
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public), nil
	}
	return "", errors.New("neither an RSA nor an Ed25519 key")
}

// isTesting reports whether a DKIM record has the flag y (RFC 6376 §3.6.1).
func isTesting(record string) bool {
	for tag := range strings.SplitSeq(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) == "t" && slices.Contains(strings.Split(strings.ReplaceAll(value, " ", ""), ":"), "y") {
			return true
		}
	}
	return false
}

// Reverse says whether a sending address has a name that leads back to it, which
// large providers ask for (forward-confirmed reverse DNS).
func Reverse(ctx context.Context, dns DNS, from netip.Addr) Check {
	c := Check{Check: "reverse", About: from.String()}
	const who = "whoever gave you the address can set its PTR record"
	names, err := dns.LookupAddr(ctx, from.String())
	switch {
	case absent(err) || err == nil && len(names) == 0:
		return c.fault(fmt.Sprintf("give %s a PTR record with the mail server's name: %s", from, who), "the address has no name")
	case err != nil:
		return c.noAnswer(err)
	}
	for _, name := range names {
		addrs, err := dns.LookupIPAddr(ctx, name)
		if err != nil && !absent(err) {
			return c.noAnswer(err)
		}
		for _, a := range addrs {
			if ip, ok := netip.AddrFromSlice(a.IP); ok && ip.Unmap() == from {
				return c.ok("%s, and back", strings.TrimSuffix(name, "."))
			}
		}
	}
	return c.fault(fmt.Sprintf("give %s an address record with %s, or let the PTR record name a host that has one: %s", strings.TrimSuffix(names[0], "."), from, who),
		"its name is %s, which has other addresses, or none", strings.TrimSuffix(names[0], "."))
}
