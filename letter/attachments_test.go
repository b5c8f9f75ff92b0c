package letter_test

import (
	"strings"
	"testing"

	"headsup/letter"
	"headsup/lookup"
)

func TestWhatComesWithAMail(t *testing.T) {
	customer, machine, person := lookup.Contact{Role: lookup.Customer}, lookup.Contact{Role: "abuse"}, lookup.Contact{Role: "abuse", Reports: lookup.NoReports}
	for _, tt := range []struct {
		name, set string
		to        lookup.Contact
		corrects  letter.Correction
		want      string
	}{
		{"nobody says otherwise", "", machine, "", "csv xarf pdf"},
		{"a customer has no machines", "", customer, "", "csv pdf"},
		{"a contact has none", "", person, "", "csv pdf"},
		{"a correction is nothing for machines", "", machine, letter.Corrects, "csv pdf"},
		{"the campaign attaches one", "pdf", machine, "", "pdf"},
		{"the campaign attaches reports alone", "xarf", machine, "", "xarf"},
		{"of reports alone, a customer gets none", "xarf", customer, "", ""},
		{"nothing", lookup.NoAttachments, machine, "", ""},
		{"a contact asks for reports that the campaign does not attach", "csv", lookup.Contact{Role: "abuse", Reports: lookup.DigestReports}, "", "csv xarf"},
		{"a customer asks for reports", "csv xarf", lookup.Contact{Role: lookup.Customer, Attachments: "csv xarf"}, "", "csv xarf"},
		{"a contact asks for a table and a digest", "csv", lookup.Contact{Attachments: "csv", Reports: lookup.DigestReports}, "", "csv"},
		{"a contact asks for reports and says that it has no machines", "xarf", lookup.Contact{Attachments: "xarf", Reports: lookup.NoReports}, "", ""},
	} {
		l := letter.Letter{Attachments: tt.set, To: tt.to, Corrects: tt.corrects}
		var got []string
		for _, a := range lookup.Attachments {
			if l.Attaches(a) {
				got = append(got, a)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}
