package report

import (
	"slices"
	"strings"
	"testing"
)

// TestAsides reads a report with words beside the matter that name an address of
// the house, 192.0.2.99.
func TestAsides(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"an example in English", "Please name the address in your answer (e.g. 192.0.2.99)."},
		{"an example in German", "Nennen Sie bitte die Adresse, z. B. 192.0.2.99, in der Antwort."},
		{"an example in French", "Indiquez l'adresse, par exemple 192.0.2.99, dans la réponse."},
		{"an example in Spanish", "Indique la dirección (por ejemplo, 192.0.2.99)."},
		{"an example in Portuguese", "Indique o endereço, por exemplo 192.0.2.99."},
		{"an example in Italian", "Indicare l'indirizzo, ad esempio 192.0.2.99."},
		{"an example in Dutch", "Vermeld het adres, bijvoorbeeld 192.0.2.99."},
		{"an example in Polish", "Prosimy podać adres, np. 192.0.2.99."},
		{"an example in Russian", "Укажите адрес, например 192.0.2.99."},
		{"an example in Ukrainian", "Вкажіть адресу, наприклад 192.0.2.99."},
		{"an example in Czech", "Uveďte adresu, např. 192.0.2.99."},
		{"an example in Slovak", "Uveďte adresu, napríklad 192.0.2.99."},
		{"an example in Swedish", "Ange adressen, t.ex. 192.0.2.99."},
		{"an example in Danish", "Angiv adressen, for eksempel 192.0.2.99."},
		{"an example in Finnish", "Mainitse osoite, esim. 192.0.2.99."},
		{"an example in Hungarian", "Adja meg a címet, például 192.0.2.99."},
		{"an example in Romanian", "Indicați adresa, de exemplu 192.0.2.99."},
		{"an example in Greek", "Αναφέρετε τη διεύθυνση, π.χ. 192.0.2.99."},
		{"an example in Turkish", "Adresi yazınız, örneğin 192.0.2.99."},
		{"an example in Vietnamese", "Vui lòng ghi địa chỉ, ví dụ 192.0.2.99."},
		{"an example in Indonesian", "Sebutkan alamatnya, misalnya 192.0.2.99."},
		{"an example in Japanese", "アドレスをご記入ください(例:192.0.2.99)。"},
		{"an example in Chinese", "请注明地址,例如:192.0.2.99。"},
		{"an example in Korean", "주소를 적어 주십시오(예: 192.0.2.99)."},
		{"an example in Arabic", "يرجى ذكر العنوان، على سبيل المثال 192.0.2.99"},
		{"an example in Hebrew", "נא לציין כתובת, למשל 192.0.2.99"},
		{"a range as an example", "You may block ranges such as 192.0.2.0/24."},
		{"a command below advice", "To see whether it is open:\n    nmap -sU -p 53 192.0.2.99"},
		{"a rule of a sensor", "alert tcp 192.0.2.99 any -> any 23 (msg:\"telnet\";)"},
		{"a link in advice", "Open for example http://192.0.2.99:9200/ in a browser."},
		{"a notice below the mail", "CONFIDENTIAL: for the intended recipient alone. It was sent from 192.0.2.99."},
		{"who measured", "Our measurements are made from the address 192.0.2.99."},
		{"who measured, in German", "Unsere Messungen erfolgen von den Adressen 192.0.2.99."},
		{"who measured, in Japanese", "当方の観測は192.0.2.99から行っています。"},
		{"who sent, in Spanish", "Este mensaje se envió desde 192.0.2.99."},
		{"those who were attacked", "The following hosts of your customers were attacked:\n192.0.2.99"},
		{"those who were attacked, in French", "Adresses IP ciblées : 203.0.113.7, 192.0.2.99"},
		{"those who were attacked, in Polish", "Ofiary ataku: 203.0.113.7, 192.0.2.99"},
		{"those who were attacked, in a sentence", "Among the victims are hosts of your own, 192.0.2.99."},
		{"a sentence below a table", "Source IP    Port\n192.0.2.7   22\n\nWe saw that 192.0.2.99 is well."},
		{"an earlier mail", "On Mon, 2 Mar 2026 at 10:12, Desk <desk@isp.example> wrote:\n> attack from 192.0.2.99 port 4000\n> Source IP: 192.0.2.99"},
		{"an earlier case", "You solved a similar case with 192.0.2.99 quickly, thanks."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := addressesOf("Attack on our server.\n\nSource IP: 192.0.2.7\nTime: 2026-03-10 10:00 UTC\n\n" + tt.text + "\n"); got != "192.0.2.7" {
				t.Errorf("below a report: %s", got)
			}
			if got := addressesOf("Hello,\n\n" + tt.text + "\n"); strings.HasPrefix(tt.name, "an example") && got != "" {
				t.Errorf("alone: %s", got)
			}
		})
	}
}

// TestExamplesOfAttackers reads examples of those who attack, where no other is
// named.
func TestExamplesOfAttackers(t *testing.T) {
	for _, text := range []string{
		"We are under attack by several of your hosts, for example 192.0.2.99, since 2026-03-10 10:00 UTC.",
		"Mehrere Ihrer Rechner senden uns Spam, z. B. 192.0.2.99 am 10.03.2026 um 10:00 Uhr.",
		"Our servers were attacked from these addresses:\n192.0.2.99",
	} {
		if got := addressesOf(text + "\n"); got != "192.0.2.99" {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// addressesOf are the addresses of the events of a mail with this text.
func addressesOf(text string) string {
	mail := "From: a@reporter.example\nTo: abuse@isp.example\nSubject: Report\nDate: Tue, 10 Mar 2026 12:00:00 +0000\n" +
		"Content-Type: text/plain; charset=utf-8\n\n" + text
	var out []string
	for _, e := range Read([]byte(mail), testHouse()).Events {
		if e.Addr.IsValid() && !slices.Contains(out, e.Addr.String()) {
			out = append(out, e.Addr.String())
		}
	}
	return strings.Join(out, " ")
}
