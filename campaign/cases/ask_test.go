package cases_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/campaign/cases"
	"headsup/campaign/holder"
	"headsup/ledger"
	"headsup/wire/dnstest"
)

// script writes a program that reads a question and says an answer.
func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "holder")
	must(t, os.WriteFile(file, []byte("#!/bin/sh\ncat >$0.asked\n"+text+"\n"), 0o700))
	return file
}

// What the house's own system says decides, in place of logs.
func TestAProgramOfTheHouseSaysWhoHeldAnAddress(t *testing.T) {
	for _, c := range []struct {
		says     string
		place    ledger.Place
		customer string
	}{
		{`echo '{"status":"customer","customer":"0815","rows":[{"source":"radius","login":"bob"}]}'`, ledger.ToCustomer, "0815"},
		{`echo '{"status":"nobody"}'`, ledger.NotOurs, ""},
		{`echo '{"status":"gone"}'`, ledger.TooOld, ""},
		{`echo '{"status":"unclear","why":"two of them"}'`, ledger.UnclearHolder, ""},
		{`echo '{"status":"customer","customer":"9999"}'`, ledger.UnclearHolder, ""},
		{`echo nonsense`, ledger.ToPerson, ""},
		{`exit 1`, ledger.ToPerson, ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			program := script(t, c.says)
			d, _ := desk(t, fmt.Sprintf("[isp.holder]\ncommand = [%q]", program))
			got := d.Read(cases.Message{Name: "mail", Text: message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022), "")})
			if len(got.Incidents) != 1 || got.Place != c.place || got.Incidents[0].Customer != c.customer {
				t.Fatalf("%s %+v, want %s %q", got.Place, got.Incidents, c.place, c.customer)
			}
			asked, err := os.ReadFile(program + ".asked")
			if want := `{"addr":"192.0.2.10","port":44022,`; err != nil || !strings.HasPrefix(string(asked), want) {
				t.Errorf("it was asked %s, %v", asked, err)
			}
		})
	}
}

// A system that is not there costs no report: they stay in their mailbox.
func TestASystemThatIsNotThereLeavesReportsWhereTheyAre(t *testing.T) {
	d, told := desk(t, "[isp.holder]\ncommand = [\"/nonexistent/holder\"]")
	var mails [][]byte
	for i := range 8 {
		mails = append(mails, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44000+i), ""))
	}
	if err := d.Take(t.Context(), box(mails), cases.Batch, func(err error) { t.Error(err) }); !errors.Is(err, holder.ErrAnswer) {
		t.Errorf("%v, want %v", err, holder.ErrAnswer)
	}
	if len(*told) != 0 {
		t.Errorf("%v were stored", *told)
	}
}

// A page reaches who hosts it, where DNS may be asked and the address is one
// customer's.
func TestNamesOfPagesAreAskedOfDNS(t *testing.T) {
	server := dnstest.Serve(t, dnstest.Zone{"A hosted.example": {"198.51.100.7"}, "A elsewhere.example": {"203.0.113.9"}})
	d, _ := desk(t, "")
	dns := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}}
	for name, c := range map[string]struct {
		names    bool
		place    ledger.Place
		customer string
	}{
		"hosted.example":    {true, ledger.ToCustomer, "77"},
		"elsewhere.example": {true, ledger.ToPerson, ""},
		"none.example":      {true, ledger.ToPerson, ""},
		"skipped.example":   {true, ledger.ToPerson, ""},
		"unasked.example":   {false, ledger.ToPerson, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if d.Names = nil; c.names {
				d.Names = cases.NewNames(dns, func(host string) bool { return host == "skipped.example" })
			}
			got := d.Read(cases.Message{Name: "mail", Text: message("phish@other.example", "Phishing page at your customer",
				"Please take down this phishing page: hxxp://"+strings.Replace(name, ".", "[.]", 1)+"/login.php\nSeen "+hour(2).Format("2006-01-02 15:04:05")+" UTC", "")})
			customer := ""
			for _, i := range got.Incidents {
				customer = i.Customer
			}
			if got.Place != c.place || customer != c.customer {
				t.Errorf("%s %q (%s), want %s %q", got.Place, customer, got.Why, c.place, c.customer)
			}
		})
	}
}
