package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"headsup/campaign/settings"
	"headsup/lookup"
)

// A Table is one of IANA's (RFC 9224): which registry is asked first.
type Table struct {
	lookup.Table
	Name string // the file or the URL that it came from
}

// Tables returns the tables in use in a campaign folder, or those that headsup
// was built with where there is none.
func Tables(folder string) ([]lookup.Table, error) {
	s, err := settings.LoadOrBuiltIn(folder)
	if err != nil {
		return nil, err
	}
	kept, err := keptTables(s)
	return lookup.Newest(kept), err
}

// PutTables puts newer tables to use in a campaign folder, and returns those in
// use, and those that are of no use to look-ups. One that fails the check
// against the table in use changes nothing ([lookup.ErrTable]).
func PutTables(folder string, fresh []Table) (used []lookup.Table, idle []Table, err error) {
	s, err := settings.Load(folder)
	if err != nil {
		return nil, nil, err
	}
	kept, err := keptTables(s)
	if err != nil {
		kept = nil // newer ones may mend it
	}
	if err := checkTables(fresh, lookup.Newest(kept), s.Lookup.Registries); err != nil {
		return nil, nil, err
	}
	for _, t := range fresh {
		if !slices.Contains(lookup.TableKinds, t.Kind) {
			idle = append(idle, t)
			continue
		}
		if err := keepTable(s.Path(s.Lookup.Tables()), t.Table); err != nil {
			return nil, idle, err
		}
		kept = append(kept, t.Table)
	}
	return lookup.Newest(kept), idle, nil
}

func checkTables(fresh []Table, used []lookup.Table, registries lookup.Registries) error {
	for _, t := range fresh {
		for _, u := range used {
			if u.Kind != t.Kind {
				continue
			}
			if err := t.Check(u, registries, time.Now()); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
	}
	return nil
}

// keptTables reads the tables that are kept; there may be none.
func keptTables(s *settings.Settings) ([]lookup.Table, error) {
	if s.BuiltIn() {
		return nil, nil
	}
	var kept []lookup.Table
	for _, kind := range lookup.TableKinds {
		name := filepath.Join(s.Path(s.Lookup.Tables()), kind+".json")
		t, err := readTable(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && t.Kind != kind {
			err = fmt.Errorf("%s: %w: it is of %s", name, lookup.ErrTable, t.Kind)
		}
		if err != nil {
			return nil, fmt.Errorf("lookup.bootstrap: %w", err)
		}
		kept = append(kept, t)
	}
	return kept, nil
}

const maxTableFile = 8 << 20

func readTable(name string) (lookup.Table, error) {
	f, err := os.Open(name)
	if err != nil {
		return lookup.Table{}, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxTableFile))
	if err != nil {
		return lookup.Table{}, err
	}
	t, err := lookup.ParseTable(body)
	if err != nil {
		return t, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// ReadTables reads tables from files.
func ReadTables(files []string) (all []Table, err error) {
	for _, name := range files {
		t, err := readTable(name)
		if err != nil {
			return nil, err
		}
		all = append(all, Table{t, name})
	}
	return all, nil
}

// FetchTables downloads the tables that look-ups use from below a URL.
func FetchTables(ctx context.Context, from string) (all []Table, err error) {
	for _, kind := range lookup.TableKinds {
		name := strings.TrimRight(from, "/") + "/" + kind + ".json"
		body, err := lookup.FetchTable(ctx, from, kind)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t, err := lookup.ParseTable(body)
		if err == nil && t.Kind != kind {
			err = fmt.Errorf("%w: it is of %s", lookup.ErrTable, t.Kind)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, Table{t, name})
	}
	return all, nil
}

// keepTable replaces a table whole or not at all.
func keepTable(folder string, t lookup.Table) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return ReplaceFile(filepath.Join(folder, t.Kind+".json"), func(w io.Writer) error {
		_, err := w.Write(t.Bytes())
		return err
	})
}
