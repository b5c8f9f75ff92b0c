package doctor

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"
)

// tooOpen are the rights by which others than a file's owner read or write it.
// Its group may read: a service that reads keys of root has them by its group,
// as OpenDKIM takes them too.
const tooOpen fs.FileMode = 0o027

// Private says whether others can read or change a file that is ours alone.
func Private(sort, name string) Check {
	c := Check{Check: sort, About: name}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return c.fault("put the file back, or name the one that is there in headsup.toml", "%v", err)
	case runtime.GOOS == "windows":
		return c.notChecked("see to it that only the user who runs headsup may read it", "it has no mode on this system")
	case info.Mode().Perm()&tooOpen != 0 && info.IsDir():
		return c.fault(fmt.Sprintf("chmod 700 %q", name), "others can look into it or change it: %v", info.Mode().Perm())
	case info.Mode().Perm()&tooOpen != 0:
		return c.fault(fmt.Sprintf("chmod 600 %q", name), "others can read or change it: %v", info.Mode().Perm())
	}
	return c.ok("%v", info.Mode().Perm())
}

// MaxSkew is how far two clocks may be apart.
const MaxSkew = 2 * time.Minute

// Clock compares another clock with ours. Theirs was read at some time from
// before to after, by ours.
func Clock(whose string, theirs, before, after time.Time) Check {
	c := Check{Check: "clock", About: whose}
	off := time.Duration(0)
	switch {
	case theirs.Before(before):
		off = theirs.Sub(before)
	case theirs.After(after):
		off = theirs.Sub(after)
	}
	if off.Abs() <= MaxSkew {
		return c.ok("within %v of this machine's", MaxSkew)
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	return c.fault("set both clocks by NTP (timedatectl set-ntp true)", "%v %s this machine's", off.Abs().Round(time.Second), way)
}

// Search says whether letters are found by their words through an index, or
// why not: then each search reads the words of all.
func Search(ledger string, whyNot error) Check {
	c := Check{Check: "search", About: ledger}
	if whyNot != nil {
		return c.fault("let the ledger's owner run CREATE EXTENSION pg_trgm (Debian: it comes with postgresql), and start any verb again",
			"every search by words reads all letters: %v", whyNot)
	}
	return c.ok("words have an index")
}
