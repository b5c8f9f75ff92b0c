package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign/settings"
	"headsup/lookup"
)

const ianaURL = "https://data.iana.org/rdap/"

func (p *program) bootstrapCommand() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "bootstrap [FILE…]",
		Short: "Which registry is asked first: IANA's tables, checked and put to use",
		Long: `Put newer tables of IANA (RFC 9224) to use: ipv4.json, ipv6.json and asn.json
from ` + ianaURL + `. They say which registry to ask first; headsup
was built with some, and an old one costs a redirect more, no answer. Without a
file or --url, show those in use.

All files are checked before the first is put in its place: version, date not
older than that in use, every entry and server, no less than half of what is
known, something for each of the five registries, and no server that the
settings do not know. One that fails changes nothing. They are kept in the
folder that the settings name: [lookup] bootstrap.`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if from != "" && len(files) > 0 {
				return usageError{errors.New("--url downloads the tables; it takes no file")}
			}
			return p.bootstrap(cmd.Context(), files, from)
		},
	}
	cmd.Flags().StringVar(&from, "url", "", "download the tables from this base `URL`; IANA's is "+ianaURL)
	return cmd
}

func (p *program) bootstrap(ctx context.Context, files []string, from string) error {
	s, err := settings.Load(p.dir)
	if errors.Is(err, settings.ErrNone) && from == "" && len(files) == 0 {
		s, err = &settings.Settings{}, nil // what is built in
	}
	if err != nil {
		return err
	}
	kept, err := keptTables(s)
	if err != nil && from == "" && len(files) == 0 {
		return err
	} // else newer ones may mend it
	var fresh []namedTable
	if from != "" {
		fresh, err = fetchTables(ctx, from)
	} else {
		fresh, err = readTables(files)
	}
	if err != nil {
		return err
	}
	if err := checkTables(fresh, lookup.Newest(kept), s.Lookup.Registries); err != nil {
		return err
	}
	for _, t := range fresh {
		if !slices.Contains(lookup.TableKinds, t.Kind) {
			p.say("%s: not kept: look-ups ask about hosts, not names", t.name)
			continue
		}
		if err := keepTable(s.Path(s.Lookup.Tables()), t.Table); err != nil {
			return err
		}
		kept = append(kept, t.Table)
	}
	return p.printTables(lookup.Newest(kept))
}

// A namedTable is a table and the file or URL that it came from.
type namedTable struct {
	lookup.Table
	name string
}

func checkTables(fresh []namedTable, used []lookup.Table, settings lookup.Registries) error {
	for _, t := range fresh {
		for _, u := range used {
			if u.Kind != t.Kind {
				continue
			}
			if err := t.Check(u, settings, time.Now()); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	return nil
}

// printTables shows the tables in use.
func (p *program) printTables(tables []lookup.Table) error {
	built := lookup.BuiltInTables()
	for i, t := range tables {
		source := "kept"
		if t.Published.Equal(built[i].Published) {
			source = "built in"
		}
		if err := p.print(struct {
			Table     string    `json:"table"`
			Published time.Time `json:"published"`
			Entries   int       `json:"entries"`
			Source    string    `json:"source"`
		}{t.Kind, t.Published, t.Entries, source}, t.Kind, t.Published.Format(time.DateOnly), strconv.Itoa(t.Entries)+" entries", source); err != nil {
			return err
		}
	}
	return nil
}

// sayTables says how old the tables are that chose whom to ask.
func (p *program) sayTables() error {
	s, err := settings.LoadOrBuiltIn(p.dir)
	if err != nil {
		return err
	}
	kept, err := keptTables(s)
	if err != nil {
		return err
	}
	var dates []string
	for _, t := range lookup.Newest(kept) {
		dates = append(dates, t.Kind+" "+t.Published.Format(time.DateOnly))
	}
	p.say("whom to ask: IANA's tables %s", strings.Join(dates, ", "))
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

func readTables(files []string) (all []namedTable, err error) {
	for _, name := range files {
		t, err := readTable(name)
		if err != nil {
			return nil, err
		}
		all = append(all, namedTable{t, name})
	}
	return all, nil
}

func fetchTables(ctx context.Context, from string) (all []namedTable, err error) {
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
		all = append(all, namedTable{t, name})
	}
	return all, nil
}

// keepTable replaces a table whole or not at all.
func keepTable(folder string, t lookup.Table) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return replaceFile(filepath.Join(folder, t.Kind+".json"), func(w io.Writer) error {
		_, err := w.Write(t.Bytes())
		return err
	})
}

// replaceFile writes a file beside the old one and puts it in its place.
func replaceFile(name string, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".*."+filepath.Base(name))
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err = write(temp); err == nil {
		err = temp.Sync()
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
