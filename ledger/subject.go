package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

// A Subject is everything that a ledger keeps about who reads a mailbox. Its JSON
// names are settled.
type Subject struct {
	Mailbox  string               `json:"mailbox"`
	Letters  []Written            `json:"letters"`
	Answers  []Answer             `json:"answers"` // to their letters, and by them to others
	Networks []ContactOf          `json:"networks"`
	Wishes   []letter.Suppression `json:"wishes"`   // not to be written to, also where only a hash is kept
	Mentions []HistoryEntry       `json:"mentions"` // in the histories of letters to others, and of what waits for a person
}

// A Written is a letter to a person, and what happened to it.
type Written struct {
	Entry
	Told    []finding.Finding `json:"told"`
	History []HistoryEntry    `json:"history"`
}

// A ContactOf is a network with one of its contacts, as a registry named it.
type ContactOf struct {
	First   netip.Addr     `json:"first"`
	Last    netip.Addr     `json:"last"`
	Handle  string         `json:"handle"`
	Source  string         `json:"source"`
	Server  string         `json:"server"`
	Fetched time.Time      `json:"fetched"`
	Contact lookup.Contact `json:"contact"`
}

// SubjectOf collects what is kept about who reads a mailbox, in all campaigns.
func SubjectOf(ctx context.Context, l *Ledger, mailbox string) (p Subject, err error) {
	mailbox = strings.ToLower(mailbox)
	p = Subject{Mailbox: mailbox, Letters: []Written{}, Answers: []Answer{}, Networks: []ContactOf{}, Wishes: []letter.Suppression{}, Mentions: []HistoryEntry{}}
	rows, err := l.r.QueryContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE mailbox = $1 ORDER BY id", mailbox)
	if err != nil {
		return p, err
	}
	entries, err := scanEntries(rows)
	if err != nil {
		return p, err
	}
	for _, e := range entries {
		w := Written{Entry: e}
		if w.Told, err = findingsOf(ctx, l, e.ID); err != nil {
			return p, err
		}
		if w.History, err = l.History(ctx, e.ID); err != nil {
			return p, err
		}
		p.Letters = append(p.Letters, w)
	}
	rows, err = l.r.QueryContext(ctx, "SELECT "+answerColumns+answerTables+" WHERE l.mailbox = $1 OR lower(e.by_whom) = $1 ORDER BY a.id", mailbox)
	if err != nil {
		return p, err
	}
	if err := scanAll(rows, func(rows *sql.Rows) error {
		a, err := scanAnswer(rows)
		p.Answers = append(p.Answers, a)
		return err
	}); err != nil {
		return p, err
	}
	if p.Networks, err = contactOf(ctx, l, mailbox); err != nil {
		return p, err
	}
	if p.Mentions, err = mentionsOf(ctx, l, mailbox); err != nil {
		return p, err
	}
	all, err := l.Suppressions(ctx)
	for _, s := range all {
		if s.Scope == letter.ByAddress && (s.Value == mailbox || s.Value == letter.HashOf(s.Key, mailbox)) {
			p.Wishes = append(p.Wishes, s)
		}
	}
	return p, err
}

// contactOf finds the networks of which a mailbox is a contact, or was refused as one.
func contactOf(ctx context.Context, l *Ledger, mailbox string) ([]ContactOf, error) {
	out := []ContactOf{}
	rows, err := l.r.QueryContext(ctx, "SELECT data, fetched FROM networks WHERE "+naming("data")+" ORDER BY id", mailbox)
	if err != nil {
		return nil, err
	}
	return out, scanAll(rows, func(rows *sql.Rows) error {
		var data []byte
		var fetched int64
		var n lookup.Network
		if err := rows.Scan(&data, &fetched); err != nil {
			return err
		}
		if err := json.Unmarshal(data, &n); err != nil {
			return err
		}
		for _, c := range slices.Concat(n.Contacts, n.Rejected) {
			if letter.ContactKey(c) == mailbox {
				out = append(out, ContactOf{n.First, n.Last, n.Handle, n.Source, n.Server, timeOf(fetched), c})
			}
		}
		return nil
	})
}

// mentionsOf finds what names a mailbox in the histories of letters to others.
func mentionsOf(ctx context.Context, l *Ledger, mailbox string) ([]HistoryEntry, error) {
	out := []HistoryEntry{}
	rows, err := l.r.QueryContext(ctx, `
SELECT e.letter_id, e.at, e.kind, e.state, e.by_whom, e.text, e.ref FROM events e LEFT JOIN letters l ON l.id = e.letter_id
 WHERE COALESCE(l.mailbox, '') <> $1 AND (`+naming("e.text")+" OR "+naming("e.by_whom")+" OR "+naming("e.data")+") ORDER BY e.id", mailbox)
	if err != nil {
		return nil, err
	}
	if err := scanAll(rows, func(rows *sql.Rows) error {
		var e HistoryEntry
		var at int64
		if err := rows.Scan(&e.Letter, &at, &e.Kind, &e.State, &e.By, &e.Text, &e.Ref); err != nil {
			return err
		}
		e.At = timeOf(at)
		out = append(out, e)
		return nil
	}); err != nil {
		return nil, err
	}
	asked, err := l.r.QueryContext(ctx, "SELECT at, by_whom, text FROM enquiries WHERE "+naming("text")+" ORDER BY id", mailbox)
	if err != nil {
		return nil, err
	}
	err = scanAll(asked, func(rows *sql.Rows) error {
		e := HistoryEntry{Kind: "enquiry"}
		var at int64
		err := rows.Scan(&at, &e.By, &e.Text)
		e.At = timeOf(at)
		out = append(out, e)
		return err
	})
	return out, err
}
