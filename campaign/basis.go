package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
)

// basisOf is a hash of what decides the bytes of all letters alike: the program,
// the words, the fonts with the patterns of hyphenation beside them, and those settings that stand in no letter. It is empty
// where one of them cannot be told.
//
// Program and fonts are known by name, size and time of their files, as make
// knows them: to read them takes longer than a small campaign.
func basisOf(c *Campaign) string {
	s, h := c.settings, sha256.New()
	if info, ok := debug.ReadBuildInfo(); ok {
		fmt.Fprintln(h, info)
	}
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	put := func(name string, info fs.FileInfo) {
		fmt.Fprintf(h, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	put(name, info)
	for _, f := range c.words.Own() { // the others are in the program
		fmt.Fprintf(h, "%q %s\n", f.Path, f.Hash())
	}
	fmt.Fprintf(h, "%q %q %v %v\n", s.Site(), s.Campaign.OptOut, s.Letters.MailWithoutPDF, s.Letters.Printed())
	for _, a := range c.rules.Agencies {
		fmt.Fprintf(h, "%q %x\n", a.ID, sha256.Sum256(a.Logo))
	}
	if !s.Letters.Printed() {
		return hex.EncodeToString(h.Sum(nil))
	}
	for _, dir := range s.FontFolders() {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
				return nil
			}
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil {
				put(path, info)
			}
			return err
		})
		if err != nil {
			return ""
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
