package campaign_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/doctor"
	"headsup/ledger"
	"headsup/mailer/postfixtest"
	"headsup/web"
	"headsup/wire/dnstest"
)

// A house is what a campaign needs before it leaves, with nothing wrong: its
// folder, what DNS knows of it, its pages. Faults are planted in it.
type house struct {
	dir      string
	zone     dnstest.Zone
	settings map[string]string // by what stands for them in houseSettings
	site     http.Handler
	optOut   http.Handler
	options  campaign.ExamineOptions
	ahead    time.Duration
	touched  int // opt-outs that the page took
}

const houseSettings = `state = "state"
[campaign]
id = "relay26"
title = "Relays"
code_key = "code.key"
dns = "DNS"
site = "PAGES/site"
opt_out = "PAGES/optout"
[[agency]]
id = "oca"
name = "Office"
address = ["Office", "1 Street", "12345 Town", "Germany"]
from = "notices@agency.example"
bounce_address = "BOUNCE"
[smtp]
host = "HOST"
port = SMTPPORT
user = "USER"
password_file = "smtp.pass"
ca_file = "CAFILE"
sends_from = ["192.0.2.25"]
[[smtp.dkim]]
domain = "agency.example"
selector = "s1"
key = "dkim.pem"
[imap]
host = "IMAPHOST"
port = IMAPPORT
user = "IMAPUSER"
password_file = "smtp.pass"
ca_file = "CAFILE"
`

func dkimKey(t *testing.T) (private []byte, record string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)
}

// sound makes a house with nothing wrong, behind a mail server.
func sound(t *testing.T, server *postfixtest.Server, private []byte, record string) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), settings: map[string]string{
		"BOUNCE": "notices@returns.example", "HOST": server.Settings.Host, "SMTPPORT": fmt.Sprint(server.Settings.Port),
		"USER": server.Settings.User, "CAFILE": server.Settings.CAFile,
		"IMAPHOST": server.IMAP.Host, "IMAPPORT": fmt.Sprint(server.IMAP.Port), "IMAPUSER": server.IMAP.User,
	}}
	password, err := os.ReadFile(server.Settings.PasswordFile)
	must(t, err)
	for name, text := range map[string][]byte{"smtp.pass": password, "dkim.pem": private, "code.key": []byte(campaigntest.Key + "\n")} {
		must(t, os.WriteFile(filepath.Join(h.dir, name), text, 0o600))
	}
	h.zone = dnstest.Zone{
		"TXT returns.example":              {"v=spf1 ip4:192.0.2.25 -all"},
		"TXT agency.example":               {"v=spf1 ip4:192.0.2.25 -all"},
		"TXT s1._domainkey.agency.example": {record},
		"TXT _dmarc.agency.example":        {"v=DMARC1; p=quarantine"},
		"PTR 25.2.0.192.in-addr.arpa":      {"mail.agency.example"},
		"A mail.agency.example":            {"192.0.2.25"},
	}
	h.options.Patience = 30 * time.Second
	return h
}

// examine runs the doctor, and returns what it found.
func (h *house) examine(t *testing.T) (checks []doctor.Check) {
	t.Helper()
	pages := http.NewServeMux()
	pages.HandleFunc("/site/", func(w http.ResponseWriter, r *http.Request) { h.site.ServeHTTP(w, r) })
	pages.HandleFunc("/optout/", func(w http.ResponseWriter, r *http.Request) { h.optOut.ServeHTTP(w, r) })
	server := httptest.NewTLSServer(pages)
	defer server.Close()
	h.settings["PAGES"], h.settings["DNS"] = server.URL, dnstest.Serve(t, h.zone)
	var edits []string
	for old, value := range maps.All(h.settings) {
		edits = append(edits, `"`+old, `"`+value, " "+old+"\n", " "+value+"\n")
	}
	must(t, os.WriteFile(filepath.Join(h.dir, "headsup.toml"), []byte(strings.NewReplacer(edits...).Replace(houseSettings)), 0o600))
	c := campaigntest.Open(t, h.dir, nil)
	if h.optOut == nil {
		h.optOut = web.OptOuts(c, func(campaign.Incoming, error) { h.touched++ })
	}
	if h.site == nil {
		dir := t.TempDir()
		_, err := c.Site(t.Context(), dir, nil)
		must(t, err)
		h.site = http.StripPrefix("/site", http.FileServer(http.Dir(dir)))
	}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	must(t, campaign.Examine(t.Context(), h.dir, h.options.InATest(roots, h.ahead), func(c doctor.Check) { checks = append(checks, c) }))
	return checks
}

func faults(checks []doctor.Check) (left []doctor.Check) {
	for _, c := range checks {
		if c.Left() {
			left = append(left, c)
		}
	}
	return left
}

// TestTheDoctorFindsEachFault plants one fault after the other in a house in
// order, behind Postfix, Dovecot and a name server.
func TestTheDoctorFindsEachFault(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{Returns: []string{"returns.example"}, Gone: `^nobody-.*@agency\.example$`})
	private, record := dkimKey(t)
	_, other := dkimKey(t)
	const us, keyName, policy, arpa = "TXT returns.example", "TXT s1._domainkey.agency.example", "TXT _dmarc.agency.example", "PTR 25.2.0.192.in-addr.arpa"

	t.Run("nothing is wrong", func(t *testing.T) {
		h := sound(t, server, private, record)
		checks := h.examine(t)
		if left := faults(checks); len(left) > 0 {
			t.Errorf("%+v", left)
		}
		found := map[string]bool{}
		for _, c := range checks {
			found[c.Check] = found[c.Check] || c.Status == doctor.OK
		}
		for _, check := range []string{"secret", "proof", "spf", "dkim", "dmarc", "reverse", "site", "verification", "opt-out page", "bounce", "clock", "ledger"} {
			if !found[check] {
				t.Errorf("%s was not looked at: %+v", check, checks)
			}
		}
		c := campaigntest.Open(t, h.dir, nil)
		stopped, err := c.Suppressions(t.Context())
		if must(t, err); h.touched > 0 || len(stopped) > 0 {
			t.Errorf("a look at the page of opt-outs was a wish: %d, %v", h.touched, stopped)
		}
	})

	for _, tt := range []struct {
		name  string
		check string // that finds it
		mend  string
		loop  bool
		plant func(*house)
	}{
		{"no SPF", "spf", `publish a TXT record for returns.example: "v=spf1 ip4:192.0.2.25 -all"`, false, func(h *house) { delete(h.zone, us) }},
		{"SPF without our address", "spf", "add ip4:192.0.2.25 to the SPF record of returns.example", false, func(h *house) { h.zone[us] = []string{"v=spf1 ip4:192.0.2.26 -all"} }},
		{"SPF for everybody", "spf", "end the SPF record of returns.example with -all", false, func(h *house) { h.zone[us] = []string{"v=spf1 +all"} }},
		{"no DKIM record", "dkim", `publish a TXT record for s1._domainkey.agency.example: "` + record, false, func(h *house) { delete(h.zone, keyName) }},
		{"another key in DNS", "dkim", "replace the TXT record for s1._domainkey.agency.example", false, func(h *house) { h.zone[keyName] = []string{other} }},
		{"no DMARC", "dmarc", `publish a TXT record for _dmarc.agency.example`, false, func(h *house) { delete(h.zone, policy) }},
		{"DMARC of another domain", "dmarc", "sign with a key of agency.example", false, func(h *house) {
			must(t, os.Remove(filepath.Join(h.dir, "dkim.pem")))
			must(t, os.WriteFile(filepath.Join(h.dir, "dkim.pem"), []byte("no key"), 0o600))
		}},
		{"no reverse DNS", "reverse", "give 192.0.2.25 a PTR record", false, func(h *house) { delete(h.zone, arpa) }},
		{"reverse DNS of another", "reverse", "give mail.agency.example an address record with 192.0.2.25", false, func(h *house) { h.zone["A mail.agency.example"] = []string{"192.0.2.26"} }},
		{"no page of opt-outs", "opt-out page", "headsup inbox --listen", false, func(h *house) { h.optOut = http.NotFoundHandler() }},
		{"a site that confirms everything", "verification", "404.html", false, func(h *house) {
			h.site = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "this letter is from us") })
		}},
		{"a bounce that goes elsewhere", "bounce", "look into the mail server's log for notices+relay26-", true, func(h *house) {
			h.settings["BOUNCE"], h.options.Patience = "notices@elsewhere.example", 3*time.Second
			h.zone["TXT elsewhere.example"] = h.zone[us]
		}},
		{"a recipient who is there", "bounce", "see whether the probe's recipient exists", true, func(h *house) { h.options.LoopTo = "somebody@returns.example" }},
		{"a mail server that is not there", "bounce", "see whether [smtp] names the right server", true, func(h *house) { h.settings["SMTPPORT"] = "1" }},
		{"a mailbox of another", "bounce", "see whether [imap] names the right server", true, func(h *house) { h.settings["IMAPPORT"] = "1" }},
		{"a key that others can read", "secret", "chmod 600", false, func(h *house) { must(t, os.Chmod(filepath.Join(h.dir, "dkim.pem"), 0o644)) }},
		{"a clock that is ahead", "clock", "NTP", true, func(h *house) { h.ahead = -time.Hour }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := sound(t, server, private, record)
			h.options.NoLoop = !tt.loop
			tt.plant(h)
			left := faults(h.examine(t))
			named := false
			for _, c := range left {
				named = named || c.Check == tt.check && strings.Contains(c.Mend, tt.mend)
				if c.Mend == "" {
					t.Errorf("no mend: %+v", c)
				}
			}
			if !named {
				t.Errorf("left %+v, want %s with %q", left, tt.check, tt.mend)
			}
		})
	}
}

// A campaign that is stopped sends no probe.
func TestTheDoctorSendsNothingForACampaignThatIsStopped(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{Returns: []string{"returns.example"}})
	private, record := dkimKey(t)
	h := sound(t, server, private, record)
	h.options.NoLoop = true
	h.examine(t) // which makes the ledger
	h.options.NoLoop = false
	_, err := campaign.Stop(t.Context(), h.dir, "", "listed", "ann", 0)
	must(t, err)
	left := faults(h.examine(t))
	if len(left) != 1 || left[0].Check != "bounce" || !strings.Contains(left[0].Says, ledger.ErrHalted.Error()) {
		t.Errorf("%+v", left)
	}
}
