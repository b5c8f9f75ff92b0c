package settings

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// elsewhere are the keys of what a campaign can be taken up without, because it
// can be made again, and of the ledger.
var elsewhere = []string{"ledger", "state", "files", "fonts", "snapshot", "bootstrap"}

// Kept lists the files without which the campaign could not be taken up
// elsewhere, as the settings name them, each once: the settings themselves, and
// the keys, certificates, password files, logos and contacts that they name,
// and the house's own templates. A file that is named and absent is left out.
func (s *Settings) Kept() (names []string, err error) {
	add := func(name string) {
		if info, err := os.Stat(s.Path(name)); err == nil && info.Mode().IsRegular() {
			names = append(names, filepath.Clean(name))
		}
	}
	add(File)
	add(CodeKeyFile)
	add(ContactsFile)
	eachString(reflect.ValueOf(s).Elem(), add)
	if dir := s.Letters.Templates; dir != "" {
		err = fs.WalkDir(os.DirFS(s.Path(dir)), ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				names = append(names, filepath.Join(dir, filepath.FromSlash(name)))
			}
			return err
		})
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

// eachString calls f with each text that a key has, but those of [elsewhere].
func eachString(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" {
			f(v.String())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachString(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachString(v.Index(i), f)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			eachString(v.MapIndex(key), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
			if field.IsExported() && !slices.Contains(elsewhere, key) {
				eachString(v.Field(i), f)
			}
		}
	}
}
