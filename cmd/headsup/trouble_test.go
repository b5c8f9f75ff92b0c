package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
)

func TestTwoSendersOnOneFile(t *testing.T) {
	dir := campaigntest.Approved(t)
	box, err := openLedger(t, dir).Outbox(t.Context(), ledger.OutboxOptions{})
	must(t, err)
	code, said := runIn(t, dir, "send")
	if code != usage.Failed || !strings.Contains(said, "another process is sending from this ledger\nhint: one sender for each SQLite file") {
		t.Errorf("exit %d\n%s", code, said)
	}
	if _, said := runIn(t, dir, "status"); !strings.Contains(said, "approved\t1\n") {
		t.Error(said)
	}
	must(t, box.Close(t.Context()))
	if code, said := runIn(t, dir, "send"); code != usage.Done {
		t.Errorf("after the other: exit %d\n%s", code, said)
	}
}

func TestALedgerOfANewerVersion(t *testing.T) {
	dir := campaigntest.Approved(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "headsup.db"))
	must(t, err)
	defer db.Close()
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	must(t, err)
	for _, verb := range []string{"send", "status", "inbox"} {
		code, said := runIn(t, dir, verb)
		if code != usage.Failed || !strings.Contains(said, "the ledger is of a newer version") || !strings.Contains(said, "hint: use the newer headsup that wrote it") {
			t.Errorf("%s: exit %d\n%s", verb, code, said)
		}
	}
	var state string
	must(t, db.QueryRow("SELECT state FROM letters").Scan(&state))
	if state != "approved" {
		t.Errorf("the letter is %s", state)
	}
}

func TestAFullDiskIsExplained(t *testing.T) {
	if got := advice.For(fmt.Errorf("write: %w", syscall.ENOSPC)); !strings.Contains(got, "make room") {
		t.Errorf("%q", got)
	}
}

func TestADamagedLedgerIsExplained(t *testing.T) {
	dir := campaigntest.Approved(t)
	must(t, os.WriteFile(filepath.Join(dir, "headsup.db"), []byte(strings.Repeat("no database ", 1000)), 0o600))
	if code, said := runIn(t, dir, "status"); code != usage.Failed || !strings.Contains(said, "\nhint: send nothing: ") {
		t.Errorf("exit %d\n%s", code, said)
	}
}
