package settings

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
)

// Webhook is a program of the house that is told what happens to letters, while
// headsup serve runs.
type Webhook struct {
	URL        string `toml:"url"`         // https
	SecretFile string `toml:"secret_file"` // what messages are signed with, 16 bytes or more
}

// Secret reads what messages are signed with, or returns [ErrShortKey].
func (w Webhook) Secret(s *Settings) ([]byte, error) {
	secret, err := os.ReadFile(s.Path(w.SecretFile))
	if secret = bytes.TrimSpace(secret); err == nil && len(secret) < 16 {
		err = fmt.Errorf("webhook.secret_file: %w", ErrShortKey)
	}
	return secret, err
}

// checkWebhook finds what cannot be meant.
func checkWebhook(s *Settings) error {
	w := s.Webhook
	if w == nil {
		return nil
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return s.Fault("url", w.URL, "webhook.url: %q is no https URL", w.URL)
	}
	if w.SecretFile == "" {
		return s.Fault("url", w.URL, "webhook: it has no secret_file to sign with")
	}
	return nil
}
