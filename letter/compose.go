package letter

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"headsup/finding"
	"headsup/lookup"
	"headsup/pattern"
)

// Compose writes what the campaign has to say to one contact in one round.
//
// The contact is the first of every network given, and all findings are of one
// [PileKey]. The letter's ID depends on campaign, that key and round alone, so
// that composing again, with more findings or in another order, writes to
// nobody twice.
func Compose(c Campaign, round int, date time.Time, nets []lookup.Network, fs []finding.Finding) Letter {
	nets = slices.Clone(nets)
	slices.SortFunc(nets, func(a, b lookup.Network) int {
		return cmp.Or(a.First.Compare(b.First), a.Last.Compare(b.Last), cmp.Compare(a.Handle, b.Handle))
	})
	nets = slices.CompactFunc(nets, func(a, b lookup.Network) bool {
		return a.First == b.First && a.Last == b.Last && a.Handle == b.Handle
	})
	fs = slices.Clone(fs)
	slices.SortFunc(fs, finding.Compare)
	to := addressee(nets)
	agency := c.Agency(to.Country)
	l := Letter{
		Campaign: c.ID, Round: round,
		To: to, Networks: nets, Findings: fs,
		Languages: c.Languages(agency, to, nets), Agency: agency,
		Date: date.UTC().Truncate(24 * time.Hour), Site: c.Site, CoSponsors: c.CoSponsors, CoSponsorsIn: c.CoSponsorsIn,
		Attachments: cmp.Or(to.Attachments, c.Attachments),
	}
	l.Copies = c.Whom.copies(l)
	return c.named(l)
}

// named gives a letter what depends on its pile and round alone.
func (c Campaign) named(l Letter) Letter {
	l.ID = Reference(c.ID, l.Pile(), l.Round)
	l.Code, l.ReturnKey = c.Code(l.ID), c.ReturnKey(l.ID)
	return l
}

// Forward writes what was reported about one of a provider's customers. The
// customer's number makes the letter one of a round, whatever its mailbox: two
// customers may share that, and neither reads what is about the other.
func Forward(c Campaign, customer string, round int, date time.Time, nets []lookup.Network, fs []finding.Finding) Letter {
	l := Compose(c, round, date, nets, fs)
	l.Customer, l.Copies = customer, nil
	return c.named(l)
}

// Answer writes to the sender of a report what became of it: there is one answer
// to each.
func Answer(c Campaign, report string, to lookup.Contact, date time.Time) Letter {
	l := Letter{Campaign: c.ID, Round: 1, To: to, Agency: c.Agency(to.Country), Answers: report,
		Date: date.UTC().Truncate(24 * time.Hour), Site: c.Site}
	l.Languages = c.Languages(l.Agency, to, nil)
	return c.named(l)
}

// Resolved writes to the sender of a report again, once the cause was removed.
func Resolved(c Campaign, report string, to lookup.Contact, date time.Time) Letter {
	l := Answer(c, report, to, date)
	l.Round = 2
	return c.named(l)
}

// Receipt writes to the sender of a report that it came, where the law wants that
// beside the answer.
func Receipt(c Campaign, report string, to lookup.Contact, date time.Time) Letter {
	l := Answer(c, report, to, date)
	l.Round = 3
	return c.named(l)
}

// Alert tells people of the house of a report that is kept apart: there is one
// letter of each.
func Alert(c Campaign, report string, to lookup.Contact, date time.Time) Letter {
	l := Answer(c, report, to, date)
	l.Answers, l.Alerts = "", report
	return c.named(l)
}

// addressee is the contact as the first network describes it, with what that
// one leaves out (a postal address, a country) taken from the others.
func addressee(nets []lookup.Network) lookup.Contact {
	to := nets[0].Contacts[0]
	for _, n := range nets {
		c := n.Contacts[0]
		if len(to.Address) == 0 && len(c.Address) > 0 {
			to.Address, to.Org, to.Name = c.Address, c.Org, c.Name
			to.Country = cmp.Or(c.Country, to.Country)
		}
		to.Country = cmp.Or(to.Country, c.Country, n.Country)
		to.Org = cmp.Or(to.Org, c.Org, n.Org)
		to.Language = cmp.Or(to.Language, c.Language)
	}
	return to
}

// ValidCampaignID matches what a Campaign's ID may be: it stands in every
// subject and reference, where lower case keeps spam filters calm and the
// dash separates it from the rest.
var ValidCampaignID = pattern.New(`^` + campaignID + `$`)

const campaignID = `[a-z][a-z0-9]{1,15}`

// ContactKey is the same for contacts that are written to as one.
func ContactKey(c lookup.Contact) string { return strings.ToLower(c.Email) }

// PileKey is the same for findings that one letter of a round tells a contact:
// all of them, or, if the contact asked for it, those at one address.
func PileKey(c lookup.Contact, addr netip.Addr) string {
	if c.Reports == lookup.EachReports {
		return ContactKey(c) + " " + addr.String()
	}
	return ContactKey(c)
}

// CustomerPile is the key of what a provider's customer is told.
func CustomerPile(customer string) string { return "customer " + customer }

// Pile is the key of what the letter tells.
func (l Letter) Pile() string {
	switch {
	case l.Customer != "":
		return CustomerPile(l.Customer)
	case l.Answers != "":
		return "answer " + l.Answers
	case l.Alerts != "":
		return "alert " + l.Alerts
	}
	if len(l.Findings) == 0 {
		return ContactKey(l.To)
	}
	return PileKey(l.To, l.Findings[0].Addr)
}

// Reference makes the ID of a letter: the campaign, a dash, ten characters
// that stand for the contact (its [PileKey]), and for a reminder the round: "relay26-k3v9xq2m7d",
// "relay26-k3v9xq2m7d-2".
func Reference(campaign, pile string, round int) string {
	h := sha256.Sum256([]byte(campaign + "\n" + strings.ToLower(pile)))
	id := campaign + "-" + alphabet.EncodeToString(h[:])[:10]
	if round > 1 {
		id += fmt.Sprintf("-%d", round)
	}
	return id
}

// reference is the form of what Reference makes.
var reference = pattern.New(`\b` + campaignID + `-` + contactPart + `\b`)

const contactPart = `[0-9a-hjkmnp-tv-z]{10}(?:-\d{1,3})?`

// ownPart is a reference that leaves out its campaign.
var ownPart = pattern.New(`^` + contactPart + `$`)

// FullReference returns the ID of a letter for what people write of it: with
// its campaign where that was left out, in lower case, out of the brackets in
// which subjects have it.
func FullReference(campaign, said string) string {
	id := strings.ToLower(strings.Trim(strings.TrimSpace(said), "[]"))
	if ownPart.MatchString(id) {
		return campaign + "-" + id
	}
	return id
}

// References finds in a text what may be IDs of letters, at most n of them.
func References(text string, n int) []string { return reference.FindAllString(text, n) }

// Code makes the short code that, together with the reference, confirms a
// letter on the verification page without saying to whom it went. Nobody can
// make one without the key, because the reference can be made of an address.
func (c Campaign) Code(id string) string { return printedCode(c.CodeKey, id) }

func printedCode(key []byte, id string) string {
	s := alphabet.EncodeToString(keyed(key, id))
	return s[:4] + "-" + s[4:8]
}

// alphabet has no letter that reads like a digit (no i, l, o, u): Crockford's base 32.
var alphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Lanes lists the paces that a letter must keep, the widest first: of the
// campaign, the hours where the contact is, who takes the mail of many domains,
// and the recipient's mail domain. mx are the domain's mail servers, if known.
func (l Letter) Lanes(mx ...string) []string {
	_, domain, _ := strings.Cut(strings.ToLower(l.To.Email), "@")
	lanes := []string{"campaign:" + l.Campaign, HoursLane + Zone(l.To.Country)}
	if lane := ExchangeLane(domain, mx); lane != "" {
		lanes = append(lanes, lane)
	}
	return append(lanes, "domain:"+domain)
}
