package mailer_test

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"headsup/mailer"
)

func TestTakenReadsLogs(t *testing.T) {
	const (
		id   = "relay26-k3v9xq2m7d@example.org"
		from = "notices+relay26-k3v9xq2m7d@example.org"
	)
	for _, tt := range []struct {
		name, log string
		want      bool
	}{
		{"Postfix has it in its queue", `
Mar  2 09:00:01 mail postfix/smtpd[311]: 4F2A9C0: client=localhost[127.0.0.1]
Mar  2 09:00:01 mail postfix/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
Mar  2 09:00:01 mail postfix/qmgr[300]: 4F2A9C0: from=<` + from + `>, size=6123, nrcpt=1 (queue active)`, true},
		{"Postfix on submission, with long queue IDs", `
2026-03-02T09:00:01.1+00:00 mail postfix-out/submission/cleanup[312]: 4bKLGp1Zzqz9: message-id=<` + id + `>
2026-03-02T09:00:01.1+00:00 mail postfix-out/qmgr[300]: 4bKLGp1Zzqz9: from=<Notices+relay26-k3v9xq2m7d@EXAMPLE.org>, size=6123, nrcpt=1 (queue active)`, true},
		{"the connection was lost before the dot", `
Mar  2 09:00:01 mail postfix/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
Mar  2 09:00:01 mail postfix/smtpd[311]: lost connection after DATA (6000 bytes) from localhost[127.0.0.1]`, false},
		{"Postfix uses a queue ID again", `
Mar  2 09:00:01 mail postfix/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
Mar  2 09:00:02 mail postfix/cleanup[312]: 4F2A9C0: message-id=<another@example.org>
Mar  2 09:00:02 mail postfix/qmgr[300]: 4F2A9C0: from=<` + from + `>, size=6123, nrcpt=1 (queue active)`, false},
		{"Postfix uses a queue ID again for what has no Message-ID", `
Mar  2 09:00:01 mail postfix/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
Mar  2 09:00:02 mail postfix/cleanup[312]: 4F2A9C0: message-id=<>
Mar  2 09:00:02 mail postfix/qmgr[300]: 4F2A9C0: from=<` + from + `>, size=6123, nrcpt=1 (queue active)`, false},
		{"Postfix has a name of its own", `
Mar  2 09:00:01 mail smarthost/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
Mar  2 09:00:01 mail smarthost/qmgr[300]: 4F2A9C0: from=<` + from + `>, size=6123, nrcpt=1 (queue active)`, true},
		{"the machine crashed before", strings.Repeat("\x00", 200_000) + `
Mar  2 09:00:01 mail postfix/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
` + strings.Repeat("\x00", 200_000) + `Mar  2 09:00:01 mail postfix/qmgr[300]: 4F2A9C0: from=<` + from + `>, size=6123, nrcpt=1 (queue active)`, true},
		{"a stranger uses our Message-ID", `
Mar  2 09:00:01 mail postfix/cleanup[312]: 4F2A9C0: message-id=<` + id + `>
Mar  2 09:00:01 mail postfix/qmgr[300]: 4F2A9C0: from=<x@example.net>, size=6123, nrcpt=1 (queue active)`, false},
		{"Exim has taken it", `
2026-03-02 09:00:01 1tqXyZ-000000001Ab-2cDe <= ` + from + ` H=localhost [127.0.0.1] P=esmtps S=6123 id=` + id, true},
		{"Exim has taken it, and logs all that it can", `
2026-03-02 09:00:01.413 [528] 1tqXyZ-000000001Ab-2cDe <= ` + from + ` H=localhost (client.example) [127.0.0.1]:4711 P=esmtps L- S=6123 M8S=0 RT=0.042s id=` + id + ` T="[relay26-k3v9xq2m7d] is id=7" from <` + from + `> for abuse@example.net`, true},
		{"Exim has passed on another", `
2026-03-02 09:00:01 1tqXyZ-000000001Ab-2cDe => abuse@example.net R=dnslookup T=remote_smtp id=` + id, false},
		{"nothing about mail", "Mar  2 09:00:01 mail sshd[1]: hello", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			proof, err := mailer.Taken(strings.NewReader(tt.log), map[string]string{id: from})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := proof[id]; ok != tt.want || len(proof) > 1 {
				t.Errorf("taken: %q, want %v", slices.Collect(maps.Values(proof)), tt.want)
			}
		})
	}
}

// TestAPartOfALogIsProofToo has a log end in an error.
func TestAPartOfALogIsProofToo(t *testing.T) {
	broken := errors.New("disk")
	log := io.MultiReader(strings.NewReader("2026-03-02 09:00:01 1tqXyZ-000000001Ab-2cDe <= a@example.org S=6123 id=b@example.org\n"), iotest.ErrReader(broken))
	proof, err := mailer.Taken(log, map[string]string{"b@example.org": "a@example.org"})
	if len(proof) != 1 || !errors.Is(err, broken) {
		t.Errorf("%q, %v", proof, err)
	}
}

func FuzzTaken(f *testing.F) {
	const id, from = "relay26-k3v9xq2m7d@example.org", "notices+relay26-k3v9xq2m7d@example.org"
	f.Add("postfix/cleanup[1]: 4F: message-id=<" + id + ">\npostfix/qmgr[2]: 4F: from=<" + from + ">, size=1, nrcpt=1 (queue active)\n")
	f.Add("postfix/cleanup[1]: 4F: message-id=?<" + id + ">\nqmgr[2]: 4F: from=<>, (queue active)\n")
	f.Add("x <= " + from + " id=" + id)
	f.Fuzz(func(t *testing.T, log string) {
		proof, err := mailer.Taken(strings.NewReader(log), map[string]string{id: from, "nobody@example.org": ""})
		if err != nil {
			t.Fatal(err)
		}
		for key, line := range proof {
			if key != id || !strings.Contains(log, id) || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q proves %q", line, key)
			}
		}
	})
}
