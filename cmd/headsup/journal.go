package main

import (
	"errors"
	"log/slog"
	"os"

	"headsup/campaign"
)

// journal opens the file that events of letters are appended to: "-" is stderr,
// and nothing is nowhere.
func (p *program) journal(name string) (tell func(campaign.Event), closes func() error, err error) {
	switch name {
	case "":
		return func(campaign.Event) {}, func() error { return nil }, nil
	case "-":
		return campaign.Journal(slog.New(slog.NewJSONHandler(p.Stderr, nil))), func() error { return nil }, nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return campaign.Journal(slog.New(slog.NewJSONHandler(f, nil))), func() error { return errors.Join(f.Sync(), f.Close()) }, nil
}
