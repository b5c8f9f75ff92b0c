package lookup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Hints asks others than the registries. None of them is authenticated, so a
// contact from them is flagged "hint" and serves only where no registry names
// anybody. The zero value asks nobody.
type Hints struct {
	Abusix      bool // abuse-contacts.abusix.zone, for addresses
	AbuseNet    bool // contacts.abuse.net, for domains
	SecurityTxt bool // https://domain/.well-known/security.txt (RFC 9116), for domains

	TXT  func(ctx context.Context, name string) ([]string, error) // nil: as the system resolves
	HTTP *http.Client                                             // nil: public addresses only, no redirects
}

// maxSecurityTxt is well above what RFC 9116 §6 expects of a file.
const maxSecurityTxt = 32 << 10

// Contacts returns what is said of an address.
func (h *Hints) Contacts(ctx context.Context, addr netip.Addr) ([]Contact, error) {
	if !h.Abusix {
		return nil, nil
	}
	const zone = "abuse-contacts.abusix.zone"
	texts, err := h.txt(ctx, reverse(addr)+"."+zone)
	return mailsIn(texts, "abusix", zone, addr.String()), err
}

// DomainContacts returns what is said of a domain.
func (h *Hints) DomainContacts(ctx context.Context, domain string) ([]Contact, error) {
	var all []Contact
	if h.SecurityTxt {
		found, err := h.securityTxt(ctx, domain)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if h.AbuseNet {
		const zone = "contacts.abuse.net"
		texts, err := h.txt(ctx, domain+"."+zone)
		if err != nil {
			return nil, err
		}
		all = append(all, mailsIn(texts, "abuse-net", zone, domain)...)
	}
	return all, nil
}

// CymruOrigin returns the AS number that announces an address, as Team Cymru's
// DNS zones say it, and 0 if nobody does. It serves as [Resolver.Origin].
func (h *Hints) CymruOrigin(ctx context.Context, addr netip.Addr) (uint32, error) {
	zone := ".origin.asn.cymru.com"
	if addr.Is6() {
		zone = ".origin6.asn.cymru.com"
	}
	texts, err := h.txt(ctx, reverse(addr)+zone)
	if err != nil || len(texts) == 0 {
		return 0, err
	}
	first, _, _ := strings.Cut(texts[0], "|")
	number, _, _ := strings.Cut(strings.TrimSpace(first), " ")
	as, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("origin of %s: not an AS number: %q", addr, clean(number, 20))
	}
	return uint32(as), nil
}

// txt asks for TXT records; a name that does not exist has none.
func (h *Hints) txt(ctx context.Context, name string) ([]string, error) {
	ask := h.TXT
	if ask == nil {
		ask = net.DefaultResolver.LookupTXT
	}
	texts, err := ask(ctx, name)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, nil
	}
	return texts[:min(len(texts), 20)], err
}

// reverse writes an address as DNS names it backwards (RFC 1035 §3.5, RFC 3596 §2.5).
func reverse(addr netip.Addr) string {
	var labels []string
	if addr.Is4() {
		for _, b := range addr.As4() {
			labels = append(labels, strconv.Itoa(int(b)))
		}
	} else {
		for _, b := range addr.As16() {
			labels = append(labels, strconv.FormatUint(uint64(b>>4), 16), strconv.FormatUint(uint64(b&15), 16))
		}
	}
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".")
}

// mailsIn reads mail addresses that stand in TXT records, separated by commas.
func mailsIn(texts []string, rule, server, handle string) (out []Contact) {
	for _, text := range texts {
		for _, s := range strings.Split(text[:min(len(text), 4*maxMail)], ",") {
			if c, ok := hint(s, rule, server, handle, "TXT"); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// hint makes a contact of an address that may be written to.
func hint(mail, rule, server, handle, attribute string) (Contact, bool) {
	list, _, err := mailboxes(mail)
	if err != nil {
		return Contact{}, false
	}
	c := Contact{Email: list[0], Role: "abuse", Rule: rule, Server: server, Handle: handle, Attribute: attribute, Flags: []string{"hint", "low-confidence"}}
	return c, registryOf(c) == nil
}

// securityTxt reads the Contact fields of a domain's security.txt.
func (h *Hints) securityTxt(ctx context.Context, domain string) ([]Contact, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+domain+"/.well-known/security.txt", nil)
	if err != nil {
		return nil, err
	}
	resp, err := h.client().Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		return nil, nil // there is none
	}
	return readSecurityTxt(io.LimitReader(resp.Body, maxSecurityTxt), domain), nil
}

// readSecurityTxt returns the mail addresses of Contact fields, in the order
// of preference in which RFC 9116 §2.5.3 has them.
func readSecurityTxt(r io.Reader, domain string) (out []Contact) {
	lines := bufio.NewScanner(r)
	for lines.Scan() && len(out) < 10 {
		name, value, ok := strings.Cut(lines.Text(), ":")
		value = strings.TrimSpace(value)
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "Contact") || !strings.HasPrefix(strings.ToLower(value), "mailto:") {
			continue
		}
		if c, ok := hint(value, "security-txt", domain, domain, "Contact"); ok {
			out = append(out, c)
		}
	}
	return out
}

func (h *Hints) client() *http.Client {
	if h.HTTP != nil {
		return h.HTTP
	}
	public := newGate(nil, Options{})
	return &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{DialContext: public.dialer().DialContext, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
