package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/lookup/lease"
	"headsup/mailer"
	"headsup/outcome"
	"headsup/wire"
)

// A usageError is a command line that does not make sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// explain is the one place that knows what a user can do about an error, and
// which exit code it has. said means that the error has been reported already.
func explain(err error) (hint string, code int, said bool) {
	var (
		usage  usageError
		over   leftOver
		broken brokenFile
	)
	switch {
	case errors.As(err, &usage):
		return "headsup -h shows the verbs; headsup VERB -h shows one with its flags", exitUsage, false
	case errors.As(err, &broken):
		return advice(err), exitError, true
	case errors.As(err, &over):
		return advice(err), exitLeftOver, true
	}
	return advice(err), exitError, false
}

// advice says what to do about an error, or nothing.
func advice(err error) string {
	switch ledger.Trouble(err) {
	case ledger.ErrFull:
		return advice(syscall.ENOSPC)
	case ledger.ErrDamaged:
		return "send nothing: the ledger says who was written to; put back your copy of it (headsup send says then what left since, and waits), or look at it with sqlite3"
	case ledger.ErrReadOnly:
		return advice(fs.ErrPermission)
	}
	if hint := scanAdvice(err); hint != "" {
		return hint
	}
	for _, h := range hints {
		if errors.Is(err, h.is) {
			return h.hint
		}
	}
	return ""
}

// hints say what to do about an error. The first that fits is said.
var hints = []struct {
	is   error
	hint string
}{
	{wire.ErrExpired, "nothing was sent; only who runs the mail server can renew its certificate"},
	{wire.ErrUnknownAuthority, "nothing was sent; ca_file names the certificate of who issued the server's"},
	{wire.ErrOtherName, "nothing was sent; host must be the name in the server's certificate"},
	{wire.ErrWantsCertificate, "nothing was sent; cert_file and key_file are what the server wants to see"},
	{wire.ErrProxy, "nothing was sent; is proxy the right one, and does it let you through?"},
	{mailer.ErrLogin, "are user and password those of this mail server? auth = \"plain\" names a mechanism"},
	{mailer.ErrSign, "nothing was sent; the agency needs a new certificate or key"},
	{campaign.ErrNoAgency, "its letters wait until the agency is in headsup.toml again"},
	{mailer.ErrStuck, "nothing was sent; does [smtp] name the right server, and is it up?"},
	{syscall.ENOSPC, "make room on the disk and run it again: what was not recorded is looked into then"},
	{settings.ErrNone, "headsup init DIR makes a campaign folder; -C DIR names one"},
	{errFailedLookups, "run it again later: only those that failed are asked again"},
	{errPutOff, "run it again without --offline: only those that were put off are asked about"},
	{campaign.ErrNoQuery, "one a line: 192.0.2.7, 2001:db8::/32, AS64500, www.example.net"},
	{errUnknown, "headsup status --state unknown lists them; headsup resolve --log looks for them in the mail server's log"},
	{errNoTrace, "an older log may (mail.log.1, mail.log.2.gz); else ask who runs the mail server, and say what you know: headsup resolve -h"},
	{errNotSent, "headsup status --letters says why; run it again to try those that are due"},
	{campaign.ErrNoOrigin, "lookup.cymru = true asks Team Cymru's DNS; networks that are known already are asked for again after lookup.max_age"},
	{errNotOurs, "look at them yourself; a message that names no letter may still be about one"},
	{campaign.ErrDumps, "download the dump again; the index that was there is unchanged"},
	{lookup.ErrInTheWay, "-o names another file for the index"},
	{lookup.ErrSnapshotVersion, "build it again from the dumps: headsup snapshot"},
	{lookup.ErrSnapshot, "build it again from the dumps: headsup snapshot"},
	{lease.ErrZone, "nothing was imported; --zone names the zone of its times, such as Europe/Berlin or UTC"},
	{lease.ErrWrongZone, "nothing was imported; is --zone the zone of that log, and the clock of this machine right?"},
	{lease.ErrFormat, "nothing was imported; --format names it, and headsup leases -h lists what is read"},
	{lease.ErrRefused, "nothing was imported; is that the right --format?"},
	{lease.ErrBusy, "wait for it; imports go one after the other"},
	{lease.ErrNoIndex, "headsup leases FILE… makes one; --index names its folder"},
	{lease.ErrDamaged, "headsup leases, with the same --index and no file, puts right what can be"},
	{errNotRead, "the others were imported; each refused entry is named above"},
	{errNotClear, "nobody should be told before a person has looked"},
	{lookup.ErrTable, "nothing was changed; download it again from " + ianaURL},
	{campaign.ErrNoCoverage, "--scanned FILE lists what was scanned; --feed says that what is not in the file was not looked at; nothing of it was kept"},
	{outcome.ErrNoTime, "write when it was scanned behind the addresses or on a line of its own: 2026-03-20T10:00:00Z"},
	{outcome.ErrScanned, "a line for each address, prefix or range, then ports and the time if you like: 192.0.2.0/24 25,3128 2026-03-20T10:00:00Z"},
	{errNotCounted, "scan again now that the letters have left: only what is seen since then shows what they changed"},
	{finding.ErrFormat, "is this the right --format? headsup check FILE --all shows how rows are read"},
	{finding.ErrEmpty, "the scan may not have finished; the other files were read"},
	{finding.ErrTooLarge, "no scanner writes that; was the file damaged?"},
	{ledger.ErrURL, "postgres://user@host/database, the password in PGPASSWORD or ~/.pgpass; in a URL, / @ : # ? % of a password are written %2F %40 %3A %23 %3F %25"},
	{ledger.ErrNewer, "use the newer headsup that wrote it"},
	{ledger.ErrSending, "one sender for each SQLite file; wait for the other, or use a postgres:// ledger"},
	{settings.ErrNoCodeKey, "a file of random bytes: head -c 32 /dev/urandom | base64 > code.key, and code_key = \"code.key\"; letters get their codes when they are drafted again"},
	{campaign.ErrNothingToPrint, "only letters past review, with a postal address and a page: headsup status --letters"},
	{campaign.ErrRehearsal, "headsup init makes a campaign that sends; a rehearsal has its own folder"},
	{campaign.ErrExample, "put your own agency into headsup.toml, then draft again: letters say who signs them"},
	{errNotPrinted, "headsup export writes their mail; contacts.csv can give a contact a postal address"},
	{campaign.ErrNotSuppressed, "headsup suppress --list shows who is, until when, and by which message"},
	{settings.ErrShortKey, "headsup init makes a good one"},
	{ledger.ErrOtherKey, "put that key back as code_key, or name its file in retired_keys; only a person can decide about what comes back with a lost one"},
	{settings.ErrKeyMissing, "put back the copy of that file: what comes back about letters that have left proves itself with it"},
	{settings.ErrNoRoom, "a shorter mailbox, or a bounce_address and a reply_to such as \"*@returns.example.org\"; plus_addressing = false where the server knows neither"},
	{ledger.ErrChanged, "read it again: headsup export, then approve what you read"},
	{errUnwell, "each line that begins with fault, or with not checked, ends with what mends it"},
	{errStage, "headsup status --state bounced (failed, unknown) and headsup inbox say what came back; headsup send --confirm-stage goes on"},
	{ledger.ErrStageOpen, "headsup send, without --confirm-stage, goes on with it"},
	{ledger.ErrHalted, "headsup resume goes on, once the reason is gone; headsup stop --list says who stopped what"},
	{ledger.ErrNotHalted, "headsup stop --list says who stopped what: what was stopped as \"all\" is resumed as that"},
	{letter.ErrSamePerson, "approvals = 2 in headsup.toml: another person says headsup resume --by NAME"},
	{campaign.ErrNoCampaign, "nothing was stopped; without a name it is the campaign of this folder, and \"all\" is every one"},
	{ledger.ErrRedraft, "headsup draft writes it anew, without what is suppressed or too old, or says why it cannot"},
	{ledger.ErrState, "headsup status ID says what happened to it"},
	{ledger.ErrTwice, "headsup status says where its findings stand"},
	{ledger.ErrLinked, "under its other name it would write to everybody again; find that with find . -samefile FILE and remove it, and copy a ledger with headsup ledger copy"},
	{ledger.ErrBehind, "nothing was sent, so that nobody is written to twice: put the newest ledger back, whole, with its -wal file, or name it in headsup.toml; where it is lost, headsup resolve --log has the mail server's logs say what left, and resolve covered you"},
	{ledger.ErrMark, "nothing was sent; put the file back from its copy in the state folder (or from marks in this one), and look into who changed it, or campaign.code_key; headsup resolve covered goes on without it"},
	{ledger.ErrRestored, "nothing was sent, so that nobody is written to twice: headsup resolve --log has the mail server's logs say what left, then headsup resolve covered --why says that this is all"},
	{campaign.ErrOtherLog, "are they of the server that sent, and of that time? letters that are not in this ledger are found once their scan is drafted again; nothing is sent until logs show what left, or you say what you know: headsup resolve covered --why, as headsup resolve -h explains"},
	{campaign.ErrLateLog, "give the older ones too (mail.log.1, mail.log.2.gz), or say what you know: headsup resolve covered --why, as headsup resolve -h explains"},
	{campaign.ErrNotInLogs, "give all logs of that time, or say what you know: headsup resolve covered --why, as headsup resolve -h explains"},
	{campaign.ErrLock, "--recipient age1… (headsup restore: --identity FILE), as age-keygen makes them, or --passphrase-file FILE; secrets stand in files, not on the command line"},
	{campaign.ErrWrongKey, "is it the key, or the passphrase, that this backup was made with?"},
	{campaign.ErrBackup, "was the file, or the copy of it, cut short? headsup backup writes such files"},
	{campaign.ErrOccupied, "name a new folder, and look at it before it takes another's place"},
	{campaign.ErrNotClosed, "headsup status --state approved lists what waits; headsup hold keeps it from leaving"},
	{ledger.ErrMoved, "work goes on where it was copied to"},
	{ledger.ErrNotEmpty, "copy to a new file, or to a new database (createdb)"},
	{ledger.ErrLost, "another sender took the letter over; was this one asleep? run it again"},
	{letter.ErrUnaccounted, "was a draft interrupted? headsup draft, without a file, goes on with it"},
	{campaign.ErrSums, "send from neither before you know why"},
	{campaign.ErrBounces, "headsup status --state failed (and bounced) shows what servers said; look where these contacts come from, then raise max_bounces"},
	{campaign.ErrOurs, "headsup status says what to repair; then headsup resolve again --reason ours, and send; max_ours is how many may be"},
	{campaign.ErrComplaints, "read what they say (headsup status ID) before you go on, then raise max_complaints"},
	{mailer.ErrRefused, "headsup status --state deferred shows what it said; talk to who runs it, and see whether a block list names you"},
	{ledger.ErrNoFile, "name it as it was named when it was read: headsup status --unwritten and headsup export show the sources"},
	{ledger.ErrNotFound, "headsup status --letters lists the letters"},
	{io.ErrUnexpectedEOF, "was the file, or the copy of it, cut short?"},
	{fs.ErrNotExist, "is the name right? in the settings it is relative to their folder, on the command line to the one that you are in"},
	{fs.ErrPermission, "is the file yours, and the folder writable?"},
}

// printable makes text from outside safe for a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// some counts things in words: "1 letter", "3 letters".
func some(n int, thing string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, thing)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// sentence says where all rows of a campaign went, for people.
func sentence(s letter.Sum) string {
	return account(s, fmt.Sprintf("%d in %s", s.Lettered, some(s.Letters, "letter")))
}

// account lists where rows went, after what comes first.
func account(s letter.Sum, first string) string {
	parts := []string{first}
	for _, p := range []struct {
		n    int
		word string
	}{
		{s.Held - s.ByRule, "held"}, {s.ByRule, "held by your rules"}, {s.Suppressed, "suppressed"}, {s.NoContact, "without a contact"}, {s.Failed - s.Due, "with a failed look-up"}, {s.Due, "not looked up yet"},
		{s.Special, "special-use"}, {s.Duplicate, "duplicate"}, {s.Rejected, "rejected"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return fmt.Sprintf("%s: %s", some(s.Rows, "row"), strings.Join(parts, ", ")) + notFindings(s)
}

// notFindings lists what was read and is no finding, by what it is, the most
// frequent first.
func notFindings(s letter.Sum) string {
	if len(s.NotFindings) == 0 {
		return ""
	}
	names := slices.SortedFunc(maps.Keys(s.NotFindings), func(a, b string) int {
		return cmp.Or(s.NotFindings[b]-s.NotFindings[a], strings.Compare(a, b))
	})
	for i, name := range names {
		n := s.NotFindings[name]
		if n == 1 {
			name = finding.Singular(name)
		}
		names[i] = fmt.Sprintf("%d %s", n, name)
	}
	return "; no findings: " + strings.Join(names, ", ")
}
