package reports_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
)

// A world is a campaign of any size that was sent and looked at twice. It is
// the same whenever it is made, but for the times at which letters left.
//
// Its letters have no words: they are put into the ledger by its own calls,
// which takes minutes for a million findings where writing them takes an hour.
// As in a national campaign, a few networks have most of the findings, and a
// few holders most of the networks.
type world struct{ findings, letters int }

const worldID = "world26"

var (
	worldHomes = []string{"DE", "DE", "DE", "US", "US", "FR", "JP", "BR", "GB", "NL", "PL", "IT", "ES", "SE", "CH", ""}
	worldTold  = map[string]string{"DE": "de", "FR": "fr", "JP": "ja", "BR": "pt", "PL": "pl", "IT": "it", "ES": "es", "CH": "de"}
	worldFound = []struct {
		kind finding.Kind
		port uint16
	}{{finding.OpenRelay, 25}, {finding.OpenRelay, 587}, {finding.OpenProxy, 3128}, {finding.ExposedService, 6379}}
)

// folder makes the campaign's folder in dir, with its ledger there or in a database.
func (w world) folder(tb testing.TB, dir, database string) {
	tb.Helper()
	text := fmt.Sprintf(`state = %q
[campaign]
id = %q
title = "A world"
language = "en"
code_key = "code.key"
stages = []
[letters]
pdf = false
[[agency]]
id = "ocn"
name = "Office"
from = "notices@ocn.example.org"
`, filepath.Join(dir, "state"), worldID)
	if database != "" {
		text = fmt.Sprintf("ledger = %q\n", database) + text
	}
	campaigntest.Must(tb, os.WriteFile(filepath.Join(dir, settings.File), []byte(text), 0o644))
	campaigntest.Must(tb, os.WriteFile(filepath.Join(dir, "code.key"), []byte(campaigntest.Key+"\n"), 0o600))
}

// fill puts the campaign into its ledger.
func (w world) fill(tb testing.TB, c *campaign.Campaign) {
	tb.Helper()
	ctx, l := tb.Context(), campaign.Within(c).Ledger
	r := rand.New(rand.NewPCG(1, uint64(w.findings)))
	networks := w.networks(r)
	fs, answers := w.found(r, networks)
	_, err := l.AddFindings(ctx, worldID, fs)
	campaigntest.Must(tb, err)
	for len(answers) > 0 {
		n := min(5000, len(answers))
		campaigntest.Must(tb, l.AddLookups(ctx, worldID, answers[:n]))
		answers = answers[n:]
	}
	campaigntest.Must(tb, w.write(ctx, l))
	campaigntest.Must(tb, w.send(ctx, l))
	campaigntest.Must(tb, w.look(ctx, l, r, fs))
}

// networks makes /24s with their holders.
func (w world) networks(r *rand.Rand) []lookup.Network {
	list := make([]lookup.Network, max(4, w.findings*22/100))
	for i := range list {
		holder := int(float64(w.letters) * math.Pow(r.Float64(), 1.5))
		if i < w.letters {
			holder = i
		}
		home := worldHomes[holder%len(worldHomes)]
		first := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, 240<<24+uint32(i)<<8)))
		list[i] = lookup.Network{First: first, Last: netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, 240<<24+uint32(i)<<8+255))),
			Handle: fmt.Sprint("NET-", i), Name: fmt.Sprint("NET-", i), Org: fmt.Sprint("Holder ", holder), Country: home, Source: "RIPE", Server: "rdap.example",
			Contacts: []lookup.Contact{{Email: fmt.Sprintf("abuse@holder%d.example", holder), Handle: fmt.Sprintf("AR%d", holder), Server: "rdap.example", Role: "abuse", Country: home}}}
	}
	return list
}

// found makes findings and the answers about their addresses. Each network has one.
func (w world) found(r *rand.Rand, networks []lookup.Network) (fs []finding.Finding, answers []lookup.Result) {
	seen := map[netip.Addr]bool{}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range w.findings {
		n := i
		if i >= len(networks) {
			n = int(float64(len(networks)) * math.Pow(r.Float64(), 2.5))
		}
		n = n % len(networks)
		first := networks[n].First.As4()
		first[3] = byte(r.IntN(256))
		what, addr := worldFound[r.IntN(len(worldFound))], netip.AddrFrom4(first)
		f := finding.Finding{Addr: addr, Port: what.port, Proto: "tcp", Kind: what.kind, Service: "smtp", Strength: finding.Verified, Reason: "it worked",
			Seen: day.Add(time.Duration(i%86400) * time.Second), Source: fmt.Sprint("scan.csv:", i), Evidence: "250 2.1.5 recipient ok"}
		fs = append(fs, f)
		if !seen[addr] {
			seen[addr] = true
			answers = append(answers, lookup.Result{Addr: addr, Network: networks[n]})
		}
	}
	return fs, answers
}

// write stores a letter for each holder, approved. Of a service found twice one is a duplicate.
func (w world) write(ctx context.Context, l *ledger.Ledger) error {
	letters := map[string]*ledger.Draft{}
	var order []string
	var twice []letter.Placement
	var before finding.Finding
	for row, err := range l.Rows(ctx, worldID) {
		if err != nil {
			return err
		}
		if letter.SameService(before, row.Finding) {
			twice = append(twice, letter.Placement{Row: row.ID, Fate: letter.FateDuplicate, Reason: "found twice"})
			continue
		}
		before = row.Finding
		to := row.Network.Contacts[0]
		d := letters[to.Email]
		if d == nil {
			language := worldTold[to.Country]
			if language == "" {
				language = "en"
			}
			x := letter.Letter{Campaign: worldID, Round: 1, To: to, Networks: []lookup.Network{*row.Network}, Languages: []string{language},
				Agency: letter.Agency{ID: "ocn", From: "notices@ocn.example.org"}, Date: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
			x.ID = letter.Reference(worldID, x.Pile(), 1)
			d = &ledger.Draft{Letter: x, Lanes: []string{"campaign:" + worldID},
				Rendered: letter.Rendered{Subject: "[" + x.ID + "]", Mail: []byte("Message-ID: <" + x.ID + "@ocn.example.org>\r\n\r\nhello\r\n")}}
			letters[to.Email], order = d, append(order, to.Email)
		}
		d.Findings, d.Letter.Findings = append(d.Findings, row.ID), append(d.Letter.Findings, row.Finding)
	}
	if err := l.Place(ctx, worldID, twice); err != nil {
		return err
	}
	var set []ledger.ReadyDraft
	for i, to := range order {
		ready, err := letters[to].Ready()
		if err != nil {
			return err
		}
		if set = append(set, ready); len(set) < 64 && i+1 < len(order) {
			continue
		}
		if _, err := ledger.DraftAll(ctx, l, set); err != nil {
			return err
		}
		for _, d := range set {
			if err := l.Approve(ctx, d.Letter.ID, d.Hash(), "jane"); err != nil {
				return err
			}
		}
		set = set[:0]
	}
	return nil
}

// send lets the letters leave; of a hundred five come back at once.
func (w world) send(ctx context.Context, l *ledger.Ledger) error {
	o, err := l.Outbox(ctx, ledger.OutboxOptions{Owner: "world"})
	if err != nil {
		return err
	}
	if err := l.Lane(ctx, "campaign:"+worldID, letter.Pace{}); err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make(chan error, 32)
	for range cap(errs) {
		wg.Go(func() {
			for {
				es, _, err := o.Claim(ctx, 16)
				if err != nil || len(es) == 0 {
					errs <- err
					return
				}
				for _, e := range es {
					out := letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "2.0.0 Ok"}
					if e.LetterID[len(e.LetterID)-1] == 'q' {
						out = letter.Outcome{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "5.1.1 no such user"}
					}
					if err := o.Mark(ctx, e); err != nil {
						errs <- err
						return
					}
					if err := o.Settle(ctx, e, out)(); err != nil {
						errs <- err
						return
					}
				}
			}
		})
	}
	wg.Wait()
	for range cap(errs) {
		if err := <-errs; err != nil {
			return err
		}
	}
	return o.Close(ctx)
}

// look looks at nine of ten places, two and six weeks after the letters left:
// organisations are fixed more or less together.
func (w world) look(ctx context.Context, l *ledger.Ledger, r *rand.Rand, fs []finding.Finding) error {
	started, err := l.Started(ctx, worldID)
	if err != nil {
		return err
	}
	for round, weeks := range []int{2, 6} {
		var looks []outcome.Look
		at := started.AddDate(0, 0, 7*weeks).Truncate(24 * time.Hour)
		for i, f := range fs {
			a := f.Addr.As4()
			willing := float64(a[2]) / 512 // of a network
			state := outcome.Open
			switch x := r.Float64(); {
			case i%10 == 9:
				continue
			case x < willing*float64(round+1)/2:
				state = outcome.Closed
			case x > .97:
				state = outcome.Silent
			}
			looks = append(looks, outcome.Look{Place: outcome.PlaceOf(f), State: state, Service: f.Service, Source: fmt.Sprintf("look%d.csv:%d", round, i),
				Seen: at.Add(time.Duration(i/20) * time.Second)})
			if len(looks) == 50_000 || i+10 > len(fs) {
				if _, err := ledger.AddLooks(ctx, l, worldID, looks); err != nil {
					return err
				}
				looks = looks[:0]
			}
		}
	}
	return nil
}
