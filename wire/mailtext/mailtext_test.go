package mailtext_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"headsup/wire/mailtext"
)

func TestCheckAddress(t *testing.T) {
	long := strings.Repeat("d.", 94) + "example" // with 64 before the @, as long as may be
	for _, tt := range []struct {
		name, spec string
		ok         bool
	}{
		{"an address", "abuse@example.net", true},
		{"with a tag", "notices+relay26-k3v9xq2m7d@example.org", true},
		{"with the signs that an atom may have", "a!#$%&'*+-/=?^_`{|}~z@example.net", true},
		{"as long as may be", strings.Repeat("x", 64) + "@" + long[:189], true},
		{"longer than may be", strings.Repeat("x", 64) + "@" + long[:189] + "e", false},
		{"a local part that is too long", strings.Repeat("x", 65) + "@example.net", false},
		{"nothing", "", false},
		{"no domain", "abuse@", false},
		{"no local part", "@example.net", false},
		{"no @", "abuse.example.net", false},
		{"two of them", "a@b@example.net", false},
		{"two dots", "a..b@example.net", false},
		{"a dot at the end", "a.@example.net", false},
		{"a quoted local part", `"a b"@example.net`, false},
		{"a quoted one that needs none", `"abuse"@example.net`, false},
		{"an address literal", "abuse@[192.0.2.1]", false},
		{"another command", "abuse@example.net\r\nRCPT TO:<x@example.net>", false},
		{"an end of the path", "abuse@example.net>", false},
		{"a list", "abuse@example.net,x@example.net", false},
		{"a comment", "abuse(x)@example.net", false},
		{"a name before it", "Desk <abuse@example.net>", false},
		{"spaces around it", " abuse@example.net ", false},
		{"a local part that is not ASCII", "größe@example.net", false},
		{"a domain that is not ASCII", "abuse@größe.example", false},
		{"DEL", "abuse\x7f@example.net", false},
		{"NUL", "abuse\x00@example.net", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := mailtext.CheckAddress(tt.spec)
			if (err == nil) != tt.ok {
				t.Errorf("CheckAddress(%q) = %v", tt.spec, err)
			}
			if err != nil && !strings.Contains(err.Error(), "not a mail address: \"") {
				t.Errorf("it says %q", err)
			}
		})
	}
}

func TestBase64HasLinesOf76Characters(t *testing.T) {
	for _, n := range []int{0, 1, 56, 57, 58, 114, 1000} {
		data := bytes.Repeat([]byte{0xfe}, n)
		text := string(mailtext.Base64(data))
		if n > 0 && !strings.HasSuffix(text, "\r\n") {
			t.Errorf("%d bytes: the last line has no end", n)
		}
		lines := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
		for i, line := range lines {
			if len(line) > 76 || i < len(lines)-1 && len(line) != 76 {
				t.Errorf("%d bytes: line %d has %d characters", n, i+1, len(line))
			}
		}
		if back, err := base64.StdEncoding.DecodeString(strings.Join(lines, "")); err != nil || !bytes.Equal(back, data) {
			t.Errorf("%d bytes: read back as %q, %v", n, back, err)
		}
	}
}
