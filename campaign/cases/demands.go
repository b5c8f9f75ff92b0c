package cases

import (
	"strings"

	"headsup/pattern"
)

// demandWords are words of who wants money or a name instead of an end to an
// infringement, in the languages of Canada. One of them is enough: a notice that
// says that it demands nothing waits for a person, too.
var demandWords = []string{"settle", "settlement", "settling", "payment", "pay", "invoice", "fee", "credit card", "compensation", "reimburse", "amicable",
	"licence fee", "license fee", "your personal information", "provide your name", "your full name", "disclose the identity", "subscriber's name",
	"règlement à l'amiable", "régler à l'amiable", "transaction à l'amiable", "transiger", "paiement", "payer", "facture", "indemnité", "indemnisation",
	"dédommagement", "carte de crédit", "renseignements personnels", "vos coordonnées", "votre nom"}

// moneyAmount is an amount of money, in either order.
var moneyAmount = pattern.New(`(?i)(?:[$€£]|\b(?:CAD|USD|C\$|US\$|EUR))\s?[0-9][0-9.,]*|[0-9][0-9.,]*\s?(?:[$€£]|\b(?:CAD|USD|EUR|dollars?|euros?)\b)`)

// demands returns what in a text looks like an offer to settle, a demand for money
// or personal data, or a link to one; or "".
func demands(text string) string {
	low := strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	for _, word := range demandWords {
		if wordIn(low, word) {
			return word
		}
	}
	return moneyAmount.FindString(text)
}

// wordIn reports whether a text holds words that begin and end where words do;
// a dot, dash or slash of a link ends one.
func wordIn(low, word string) bool {
	for at := 0; ; {
		i := strings.Index(low[at:], word)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(word)
		if (from == 0 || !wordByte(low[from-1])) && (to == len(low) || !wordByte(low[to])) {
			return true
		}
		at = to
	}
}

// wordByte reports whether a byte is of a word; those of letters beyond ASCII are.
func wordByte(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }
