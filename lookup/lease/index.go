package lease

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"headsup/disk"
)

// An Index holds who held what, on disk. It may be asked from many goroutines,
// and while an import adds to it: it answers by what was there when it was
// opened or last reloaded.
type Index struct {
	dir string

	mu       sync.RWMutex // Reload waits for searches
	manifest manifest
	segments []*segment
	lost     []lostRange
}

const (
	manifestName    = "leases.json"
	manifestVersion = 1
)

// ErrVersion means that a newer headsup wrote the index.
var ErrVersion = errors.New("an index of another version of headsup")

// ErrNoIndex means that a folder holds no index.
var ErrNoIndex = errors.New("no index of leases")

// A manifest says which files an index is made of. It is replaced whole.
type manifest struct {
	Version  int                  `json:"version"`
	Number   int                  `json:"number"` // of the manifest; the next segments are named after the next one
	Segments []string             `json:"segments"`
	Keep     int64                `json:"keep"` // seconds
	Sources  map[string]*coverage `json:"sources"`
	Lost     []lostRange          `json:"lost,omitempty"`
}

func readManifest(dir string) (m manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return m, fmt.Errorf("%s: %w", dir, ErrNoIndex)
	case err != nil:
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Version < 1 {
		return m, fmt.Errorf("%s: %w", manifestName, ErrDamaged)
	}
	if m.Version > manifestVersion {
		return m, fmt.Errorf("%s: %w", dir, ErrVersion)
	}
	for _, name := range m.Segments {
		if name != filepath.Base(name) || !strings.HasPrefix(name, "leases-") {
			return m, fmt.Errorf("%s: %w", manifestName, ErrDamaged)
		}
	}
	if m.Sources == nil {
		m.Sources = map[string]*coverage{}
	}
	return m, nil
}

// write puts the manifest in the place of the one before: from then on it is
// the index.
func (m *manifest) write(dir string) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, manifestName+".new")
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeSynced(temp, append(b, '\n')); err != nil {
		return err
	}
	if err := disk.SyncFolder(dir); err != nil { // the segments are there first
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, manifestName)); err != nil {
		return err
	}
	return disk.SyncFolder(dir)
}

// Open opens the index in a folder. [ErrDamaged] means that a file of it was
// cut or changed: [Import] puts right what can be.
func Open(dir string) (*Index, error) {
	ix := &Index{dir: dir}
	return ix, ix.Reload()
}

// Reload takes up what was imported since.
func (ix *Index) Reload() error {
	for {
		m, err := readManifest(ix.dir)
		if err != nil {
			return err
		}
		if ix.manifest.Number == m.Number && m.Number > 0 {
			return nil
		}
		segments, err := openSegments(ix.dir, m.Segments)
		if errors.Is(err, fs.ErrNotExist) {
			if again, aerr := readManifest(ix.dir); aerr == nil && again.Number != m.Number {
				continue // an import replaced it meanwhile
			}
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if err != nil {
			return err
		}
		ix.mu.Lock()
		old := ix.segments
		ix.manifest, ix.segments, ix.lost = m, segments, m.Lost
		ix.mu.Unlock()
		closeAll(old)
		return nil
	}
}

func openSegments(dir string, names []string) (all []*segment, err error) {
	for _, name := range names {
		s, err := openSegment(dir, name)
		if err != nil {
			if s != nil {
				s.close()
			}
			closeAll(all)
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func closeAll(segments []*segment) {
	for _, s := range segments {
		s.close()
	}
}

// Close closes the files of the index.
func (ix *Index) Close() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	closeAll(ix.segments)
	ix.segments = nil
}

// Size returns how many rows the index holds, and how many bytes they take on
// disk and what is kept of them in memory, without the names of holders.
func (ix *Index) Size() (rows, bytes int64) {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	for _, s := range ix.segments {
		rows += s.top.entries()
		for _, t := range s.top.tables {
			bytes += int64(len(t.fences)) * pageSize
		}
		bytes += int64(len(s.top.bytes()))
	}
	return rows, bytes
}
