package lookup_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/lookup"
)

func TestParseAttachments(t *testing.T) {
	for list, want := range map[string]string{
		"":             "none",
		"none":         "none",
		"csv":          "csv",
		"pdf csv":      "csv pdf",
		"PDF XARF CSV": "csv xarf pdf",
		"zip":          `attachments: none of csv, xarf, pdf: "zip"`,
		"csv csv":      `attachments: "csv" twice`,
		"none csv":     `attachments: none of csv, xarf, pdf: "none"`,
	} {
		got, err := lookup.ParseAttachments(strings.Fields(list))
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", list, got, want)
		}
	}
}

func TestAContactSaysWhatComesWithItsMail(t *testing.T) {
	for cell, want := range map[string]string{"": "", "none": "none", "pdf, csv": "csv pdf", "xarf+csv": "csv xarf", "zip": "error"} {
		o, err := lookup.ReadOverrides(strings.NewReader("match;email;attachments\n192.0.2.0/24;abuse@isp.example;\""+cell+"\"\n"), "contacts.csv", time.Time{})
		got := "error"
		if err == nil {
			n, _, err := o.Lookup(t.Context(), netip.MustParseAddr("192.0.2.1"))
			if err != nil {
				t.Fatal(err)
			}
			got = n.Contacts[0].Attachments
		}
		if got != want {
			t.Errorf("%q: %q, want %q (%v)", cell, got, want, err)
		}
	}
}
