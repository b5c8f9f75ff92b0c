package cases

import (
	"bytes"
	"net/mail"
	"slices"
	"strings"

	"headsup/campaign/settings"
	"headsup/inbox/report"
	"headsup/letter"
	"headsup/pattern"
)

// What proves who reported.
const (
	ByDMARC = "dmarc" // a mail server that the settings trust says so
	ByList  = "known" // the settings name the mailbox or its domain
)

// proven says how it is known that a report is from its reporter, or "".
func (d *Desk) proven(r report.Report) string {
	_, domain, _ := strings.Cut(strings.ToLower(r.Reporter), "@")
	trusted := slices.ContainsFunc(d.Settings.Inbox.Trusted, func(s string) bool { return strings.EqualFold(s, r.Server) })
	switch {
	case domain == "":
		return ""
	case trusted && r.Server != "" && strings.EqualFold(r.Proven, domain):
		return ByDMARC
	case settings.Known(d.Settings.ISP.Reporter, r.Reporter):
		return ByList
	}
	return ""
}

var (
	// nobodyReads are the local parts of mailboxes that nobody reads.
	nobodyReads = pattern.New(`(?i)^(?:no|not|do-?not|dont)[-_.]?(?:reply|response|respond|answer)|^(?:mailer-daemon|postmaster|bounces?|daemon|autoreply|auto-reply|nobody|root|owner-.*|.*-(?:request|bounces?))(?:[+-]|$)`)
	ownMark     = "X-Headsup-Report-Id"
	listFields  = []string{"List-Id", "List-Post", "Mailing-List", "X-Beenthere", "X-Mailing-List", "X-Autoreply", "X-Autorespond",
		"X-Autoresponder", "X-Auto-Reply-From", "X-Loop", "X-Vacation", ownMark}
)

// machine reports whether an answer to a message would reach a machine, a list
// or ourselves: by its header, which may say so in many ways.
func machine(text []byte, reporter string) bool {
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return true
	}
	auto, _, _ := strings.Cut(strings.ToLower(m.Header.Get("Auto-Submitted")), ";")
	if auto = strings.TrimSpace(auto); auto != "" && auto != "no" {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(m.Header.Get("Precedence"))) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	if back := strings.TrimSpace(m.Header.Get("Return-Path")); back == "<>" {
		return true
	}
	local, _, ok := strings.Cut(reporter, "@")
	if !ok || nobodyReads.MatchString(local) {
		return true
	}
	return slices.ContainsFunc(listFields, func(name string) bool { return m.Header.Get(name) != "" })
}

// ours returns the letter of the campaign that a message answers or returns, by
// its keyed part, or "".
func ownLetter(c letter.Campaign, text []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return ""
	}
	for _, name := range []string{"In-Reply-To", "References", "To", "Delivered-To", "X-Original-To", "Message-Id", ownMark} {
		for _, value := range m.Header[name] {
			for _, t := range letter.Tokens(value, 20) {
				if t.Key != "" && c.Keyed(t.ID, t.Key) {
					return t.ID
				}
			}
		}
	}
	return ""
}
