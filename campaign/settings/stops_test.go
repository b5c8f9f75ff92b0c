package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loaded reads the example with more lines in its [campaign].
func loaded(t *testing.T, more string) (*Settings, error) {
	t.Helper()
	dir := t.TempDir()
	text := strings.Replace(string(Example), "[campaign]\n", "[campaign]\n"+more+"\n", 1)
	if err := os.WriteFile(filepath.Join(dir, File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(dir)
}

func TestStopsThatCannotBeMeant(t *testing.T) {
	for more, want := range map[string]string{
		"approvals = 3":  "campaign.approvals: 3 is neither 1 nor 2",
		"approvals = -1": "campaign.approvals: -1 is neither 1 nor 2",
		"approvals = 1":  "",
		"approvals = 2":  "",
	} {
		_, err := loaded(t, more)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
}

// A campaign of that name could not be told from all of them.
func TestACampaignIsNotCalledAll(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(string(Example), `"relay26"`, `"all"`, 1)
	if err := os.WriteFile(filepath.Join(dir, File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.HasSuffix(err.Error(), `campaign.id: "all" means every campaign`) {
		t.Error(err)
	}
}
