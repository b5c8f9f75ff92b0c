package settings

import (
	"errors"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
)

// secretKeys are the keys of the settings whose files are for their owner alone.
var secretKeys = []string{"code_key", "retired_keys", "key", "key_file", "password_file", "proxy_password_file", "file", "passphrase_file", "secret_file"}

// Secrets lists the files with keys and passwords that the settings name, each
// once. A file that is absent is listed too.
func (s *Settings) Secrets() (names []string) {
	collectSecrets(reflect.ValueOf(s).Elem(), func(name string) { names = append(names, s.Path(name)) })
	slices.Sort(names)
	return slices.Compact(names)
}

// collectSecrets calls f with each text of the keys in [secretKeys]. A printed
// fingerprint, which is a key of agencies, is none of them.
func collectSecrets(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collectSecrets(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectSecrets(v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
			switch {
			case !field.IsExported():
			case slices.Contains(secretKeys, key) && v.Type() != reflect.TypeFor[Agency]():
				eachString(v.Field(i), f)
			default:
				collectSecrets(v.Field(i), f)
			}
		}
	}
}

// LedgerFiles lists the files of an SQLite ledger that are there; none of a
// database server's.
func (s *Settings) LedgerFiles() (names []string) {
	if s.LedgerOnServer() {
		return nil
	}
	for _, name := range []string{s.LedgerName(), s.LedgerName() + "-wal"} {
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			names = append(names, name)
		}
	}
	return names
}

// LedgerOnServer reports whether the ledger is on a database server.
func (s *Settings) LedgerOnServer() bool { return strings.Contains(s.LedgerName(), "://") }
