// Package advice knows what a user can do about an error: in words of the
// command line, whose flags and verbs it names.
package advice

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"headsup/campaign"
	"headsup/campaign/answers"
	"headsup/campaign/cases"
	"headsup/campaign/correct"
	"headsup/campaign/customers"
	"headsup/campaign/escalate"
	"headsup/campaign/holder"
	"headsup/campaign/keeping"
	"headsup/campaign/people"
	"headsup/campaign/post"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/lookup/lease"
	"headsup/mailer"
	"headsup/outcome"
	"headsup/outcome/experiment"
	"headsup/wire"
)

// IANA is where its tables of registries (RFC 9224) are.
const IANA = "https://data.iana.org/rdap/"

// owned is an error of a verb, with what helps.
type owned struct{ text, hint string }

func (e *owned) Error() string { return e.text }

// Error makes an error of a verb, for which [For] returns the hint.
func Error(text, hint string) error { return &owned{text, hint} }

// For says what to do about an error, or nothing.
func For(err error) string {
	switch ledger.Trouble(err) {
	case ledger.ErrFull:
		return For(syscall.ENOSPC)
	case ledger.ErrDamaged:
		return "send nothing: the ledger says who was written to; put back your copy of it (headsup send says then what left since, and waits), or look at it with sqlite3"
	case ledger.ErrReadOnly:
		return For(fs.ErrPermission)
	}
	if hint := scanAdvice(err); hint != "" {
		return hint
	}
	if own := new(owned); errors.As(err, &own) {
		return own.hint
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
	{campaign.ErrProvider, "scans are for another folder: headsup init makes one"},
	{campaign.ErrNoProvider, "[isp] names the file of customers; the example of it stands in the settings that headsup init writes"},
	{cases.ErrNoEvent, "headsup case ID is ADDRESS [PORT] TIME names the address first"},
	{cases.ErrNotOurs, "isp.customers says which networks are ours; headsup case ID not-ours closes the report"},
	{cases.ErrUnsaid, "headsup case ID shows what the customer said"},
	{cases.ErrNoDuty, "headsup case ID says what is due for a report, and by which rule"},
	{ledger.ErrHeld, "headsup cases --customer NUMBER --json says which reports the law has kept, and by which rule"},
	{cases.ErrNoCustomer, "the column customer of isp.customers has the numbers"},
	{ledger.ErrApart, "nothing of it is forwarded, by nobody; those who may see it answer it by their own mail program"},
	{ledger.ErrNoCase, "headsup cases lists the numbers"},
	{campaign.ErrNoAgency, "its letters wait until the agency is in headsup.toml again"},
	{mailer.ErrStuck, "nothing was sent; does [smtp] name the right server, and is it up?"},
	{syscall.ENOSPC, "make room on the disk and run it again: what was not recorded is looked into then"},
	{settings.ErrNone, "headsup init DIR makes a campaign folder; -C DIR names one"},
	{campaign.ErrNoQuery, "one a line: 192.0.2.7, 2001:db8::/32, AS64500, www.example.net"},
	{campaign.ErrNoOrigin, "lookup.cymru = true asks Team Cymru's DNS; networks that are known already are asked for again after lookup.max_age"},
	{campaign.ErrDumps, "download the dump again; the index that was there is unchanged"},
	{lookup.ErrInTheWay, "-o names another file for the index"},
	{lookup.ErrSnapshotVersion, "build it again from the dumps: headsup snapshot"},
	{lookup.ErrSnapshot, "build it again from the dumps: headsup snapshot"},
	{lease.ErrZone, "nothing was imported; --zone names the zone of its times, such as Europe/Berlin or UTC"},
	{lease.ErrWrongZone, "nothing was imported; is --zone the zone of that log, and the clock of this machine right?"},
	{lease.ErrFormat, "nothing was imported; --format names it, and headsup leases -h lists what is read"},
	{lease.ErrRefused, "nothing was imported; is that the right --format?"},
	{lease.ErrBusy, "wait for it; imports go one after the other"},
	{holder.ErrAnswer, "headsup who ADDR --time TIME asks what [isp.holder] names, and headsup who -h says what it has to answer; reports that were not stored stay in their mailbox"},
	{lease.ErrNoIndex, "headsup leases FILE… makes one; --index names its folder"},
	{lease.ErrDamaged, "headsup leases, with the same --index and no file, puts right what can be"},
	{lookup.ErrTable, "nothing was changed; download it again from " + IANA},
	{campaign.ErrNoCoverage, "--scanned FILE lists what was scanned; --feed says that what is not in the file was not looked at; nothing of it was kept"},
	{experiment.ErrNoArm, "somebody edited the ledger, or it is damaged: what was drawn is in the last backup (headsup restore); nothing is counted until then"},
	{experiment.ErrSmall, "draft more scans first: organisations that are drawn into arms need others to be compared with"},
	{experiment.ErrPlan, "headsup experiment -h says what [experiment] in headsup.toml may hold"},
	{ledger.ErrFrozen, "headsup experiment plan shows it; one that is sealed is never sealed anew"},
	{ledger.ErrBegun, "a plan is sealed before letters are approved: headsup hold takes approvals back; what has left cannot wait any more"},
	{ledger.ErrNotFrozen, "headsup experiment freeze seals one, before the first letter leaves"},
	{outcome.ErrNoTime, "write when it was scanned behind the addresses or on a line of its own: 2026-03-20T10:00:00Z"},
	{outcome.ErrScanned, "a line for each address, prefix or range, then ports and the time if you like: 192.0.2.0/24 25,3128 2026-03-20T10:00:00Z"},
	{finding.ErrFormat, "is this the right --format? headsup check FILE --all shows how rows are read"},
	{finding.ErrEmpty, "the scan may not have finished; the other files were read"},
	{finding.ErrTooLarge, "no scanner writes that; was the file damaged?"},
	{ledger.ErrURL, "postgres://user@host/database, the password in PGPASSWORD or ~/.pgpass; in a URL, / @ : # ? % of a password are written %2F %40 %3A %23 %3F %25"},
	{ledger.ErrNewer, "use the newer headsup that wrote it"},
	{ledger.ErrSending, "one sender for each SQLite file; wait for the other, or use a postgres:// ledger"},
	{settings.ErrNoCodeKey, "a file of random bytes: head -c 32 /dev/urandom | base64 > code.key, and code_key = \"code.key\"; letters get their codes when they are drafted again"},
	{post.ErrNothingToPrint, "only letters past review, with a postal address and a page: headsup status --letters"},
	{escalate.ErrNoHook, "headsup init writes an example of the settings; the command gets one JSON object on its standard input, and no shell"},
	{escalate.ErrEnough, "it stays as it is: confirm it tomorrow, or let the settings have more a day"},
	{ledger.ErrNoMeasure, "headsup measures lists them with their states; what runs, or may have run, can only be released"},
	{customers.ErrChanged, "look at the file: headsup customers shows what changed, and --accept uses it from now on; until then nothing is read or forwarded, and reports stay in their mailbox"},
	{campaign.ErrRehearsal, "headsup init makes a campaign that sends; a rehearsal has its own folder"},
	{campaign.ErrExample, "put your own agency into headsup.toml, then draft again: letters say who signs them"},
	{campaign.ErrNotSuppressed, "headsup suppress --list shows who is, until when, and by which message"},
	{settings.ErrShortKey, "headsup init makes a good one"},
	{ledger.ErrOtherKey, "put that key back as code_key, or name its file in retired_keys; only a person can decide about what comes back with a lost one"},
	{settings.ErrKeyMissing, "put back the copy of that file: what comes back about letters that have left proves itself with it"},
	{settings.ErrNoRoom, "a shorter mailbox, or a bounce_address and a reply_to such as \"*@returns.example.org\"; plus_addressing = false where the server knows neither"},
	{ledger.ErrChanged, "read it again: headsup export, then approve what you read"},
	{ledger.ErrStageOpen, "headsup send, without --confirm-stage, goes on with it"},
	{ledger.ErrHalted, "headsup resume goes on, once the reason is gone; headsup stop --list says who stopped what"},
	{ledger.ErrNotHalted, "headsup stop --list says who stopped what: what was stopped as \"all\" is resumed as that"},
	{letter.ErrSamePerson, "approvals = 2 in headsup.toml: another person says so, with a token of their own"},
	{people.ErrNoToken, "approvals = 2 in headsup.toml: headsup users add NAME --role approve, then headsup users token NAME > FILE; HEADSUP_TOKEN_FILE=FILE names it"},
	{people.ErrSecond, "they say the same command, with HEADSUP_TOKEN_FILE naming their own token"},
	{campaign.ErrOneChanged, "nothing was sent; headsup users agree, by two people with the role send, each with a token of their own; or put the settings back"},
	{people.ErrToken, "headsup users token NAME makes another one, for who may sign in (headsup users)"},
	{people.ErrMayNot, "headsup users shows who may do what; headsup users role changes it"},
	{campaign.ErrNoCampaign, "nothing was stopped; without a name it is the campaign of this folder, and \"all\" is every one"},
	{ledger.ErrRedraft, "headsup draft writes it anew, without what is suppressed or too old, or says why it cannot"},
	{ledger.ErrUnreleased, "headsup templates release shows who has yet to release them; without released_by in headsup.toml nobody has to"},
	{campaign.ErrNoFunction, "released_by in headsup.toml names the functions"},
	{campaign.ErrNoName, "--name says who releases them"},
	{campaign.ErrOtherWords, "headsup templates preview writes letters with the words as they are, to be read again"},
	{ledger.ErrRuled, "headsup answers shows how; headsup answer NUMBER --undo opens it again"},
	{answers.ErrSeveral, "headsup answers ID lists them by their numbers"},
	{answers.ErrRule, "headsup answer -h lists the rulings"},
	{keeping.ErrNotEnded, "[keep] in headsup.toml says on which day the campaign ended, and how long what is kept after it"},
	{keeping.ErrSeveralPersons, "name each by its mailbox"},
	{post.ErrFate, "headsup post -h says what is said of paper"},
	{correct.ErrNobodyToTell, "headsup status ID says what became of the letters; what was to be taken back is"},
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
