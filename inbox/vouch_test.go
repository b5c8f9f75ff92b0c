package inbox

import (
	"strings"
	"testing"

	"headsup/letter"
)

func TestOnlyTheLastServersWordIsRead(t *testing.T) {
	const from = "From: Jane <jane@example.net>\n"
	const pass = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\n"
	jane := letter.Verdict{Server: "mx.example.org", From: "jane@example.net"}
	none := letter.Verdict{Server: "mx.example.org"}
	for _, tt := range []struct {
		name, header string
		want         letter.Verdict
	}{
		{"passed", pass + from, jane},
		{"in other capitals", "authentication-results: MX.Example.org; DMARC=Pass header.from=EXAMPLE.NET\n" + from, jane},
		{"with a version", "Authentication-Results: mx.example.org 1; dmarc=pass header.from=example.net\n" + from, jane},
		{"another version", "Authentication-Results: mx.example.org 2; dmarc=pass header.from=example.net\n" + from, letter.Verdict{}},
		{"over several lines, with comments", "Authentication-Results: mx.example.org (ours);\n\tspf=pass (1.2.3.4 is fine; really) smtp.mailfrom=jane@example.net;\n\tdkim=pass header.d=example.net;\n\tdmarc=pass (p=none (x) dis=none) header.from=example.net\n" + from, jane},
		{"failed", "Authentication-Results: mx.example.org; dmarc=fail header.from=example.net\n" + from, none},
		{"no policy", "Authentication-Results: mx.example.org; dmarc=none header.from=example.net\n" + from, none},
		{"only SPF and DKIM passed", "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=example.net; dkim=pass header.d=example.net\n" + from, none},
		{"no result", "Authentication-Results: mx.example.org; none\n" + from, none},
		{"another domain passed", "Authentication-Results: mx.example.org; dmarc=pass header.from=attacker.example\n" + from, none},
		{"nobody says whose", "Authentication-Results: mx.example.org; dmarc=pass\n" + from, none},
		{"two results", "Authentication-Results: mx.example.org; dmarc=fail header.from=example.net; dmarc=pass header.from=example.net\n" + from, none},
		{"two results, of which the first passed", "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net; dmarc=fail header.from=example.net\n" + from, none},
		{"a comment without a beginning", "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net )\n" + from, letter.Verdict{}},
		{"a comment that holds two words together", "Authentication-Results: mx.example.org; dmarc=pass(x)header.from=example.net\n" + from, jane},
		{"no field", from, letter.Verdict{}},
		{"an empty field", "Authentication-Results:\n" + from, letter.Verdict{}},
		{"a field that a stranger wrote below", "Authentication-Results: mx.example.org; dmarc=fail header.from=example.net\n" + pass + from, none},
		{"a field that a stranger wrote below another server's", "Authentication-Results: mx.attacker.example; none\n" + pass + from, letter.Verdict{Server: "mx.attacker.example"}},
		{"a sender's words in a comment", "Authentication-Results: mx.example.org; spf=fail (; dmarc=pass header.from=example.net) smtp.mailfrom=x\n" + from, none},
		{"in a comment in a comment", "Authentication-Results: mx.example.org; spf=fail (a (b) ; dmarc=pass header.from=example.net) smtp.mailfrom=x\n" + from, none},
		{"in a string", `Authentication-Results: mx.example.org; spf=fail smtp.mailfrom="; dmarc=pass header.from=example.net ;"@attacker.example` + "\n" + from, none},
		{"behind a quotation mark in a string", `Authentication-Results: mx.example.org; spf=fail smtp.mailfrom="\"; dmarc=pass header.from=example.net ;"@attacker.example` + "\n" + from, none},
		{"behind a parenthesis in a string", `Authentication-Results: mx.example.org; spf=fail smtp.mailfrom="("; dmarc=fail reason=")" header.from=example.net` + "\n" + from, none},
		{"a comment without an end", "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net (\n" + from, letter.Verdict{}},
		{"a string without an end", `Authentication-Results: mx.example.org; dmarc=pass header.from=example.net reason="` + "\n" + from, letter.Verdict{}},
		{"no result at all after the name", "Authentication-Results: mx.example.org; dmarc\n" + from, letter.Verdict{}},
		{"two authors in one field", pass + "From: jane@example.net, max@example.net\n", none},
		{"two fields of authors", pass + from + "From: max@example.net\n", none},
		{"no author", pass + "Subject: x\n", none},
		{"an author that is none", pass + "From: jane\n", none},
		{"an address in an author's encoded name", pass + "From: =?utf-8?q?jane=40example.net=2C?= <max@attacker.example>\n", none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ret, err := Read(strings.NewReader(tt.header + "\nDone.\n"))
			if err != nil {
				t.Fatal(err)
			}
			if ret.Verdict != tt.want {
				t.Errorf("got %+v, want %+v", ret.Verdict, tt.want)
			}
		})
	}
}

func FuzzVouch(f *testing.F) {
	f.Add("mx.example.org; spf=fail (x) smtp.mailfrom=\"a\\\"b\"@x; dmarc=pass header.from=example.net", "Jane <jane@example.net>")
	f.Fuzz(func(t *testing.T, results, from string) {
		v := vouch(fields{"Authentication-Results": {results}, "From": {from}})
		if v.From != "" && (v.Server == "" && !strings.HasPrefix(strings.TrimSpace(results), ";") || !strings.Contains(strings.ToLower(results), "dmarc")) {
			t.Errorf("%q says %+v", results, v)
		}
	})
}
