package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"headsup/finding"
	"headsup/letter"
)

// Cases are the reports that a provider received. Its methods may be called by
// several goroutines.
type Cases struct {
	l        *Ledger
	campaign string
}

// NewCases returns the reports of a campaign.
func NewCases(l *Ledger, campaign string) Cases { return Cases{l, campaign} }

// A Filed says what became of a report that was added.
type Filed struct {
	ID    string
	Place Place
	Known bool // the same message is there already: nothing was added
	New   int  // incidents that nobody had told before
}

// Add stores reports with all that was decided about them, in one transaction.
//
// A message is stored once. An incident that was told before keeps the decision
// that was made then, and its customer hears of it once; a report that tells
// nothing new about customers has the place [ToldBefore]. Of the queue "secret"
// only sender, time and addresses are stored, whatever the case holds.
func (cs Cases) Add(ctx context.Context, all []Case) (filed []Filed, err error) {
	err = inTx(ctx, cs.l, func(t *tx) error {
		filed = nil
		for _, c := range all {
			f, err := cs.add(ctx, t, c)
			if err != nil {
				return err
			}
			filed = append(filed, f)
		}
		return nil
	})
	return filed, err
}

func (cs Cases) add(ctx context.Context, t *tx, c Case) (f Filed, err error) {
	if c.Queue == string(KeptSecret) {
		c = secret(c)
	}
	f.ID, f.Place = c.ID, c.Place
	digest := sha256.Sum256([]byte(cs.campaign + "\n" + c.ID))
	n, err := t.exec(ctx, `
INSERT INTO cases (id, campaign, digest, queue, place, why, kind, reporter, proven, automatic, language, message_id, source,
                   sent_at, read_at, keep_until, by_whom, held_until, receipt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, `+t.d.now+", "+t.d.now+` + CAST($15 AS BIGINT), '', CASE WHEN CAST($16 AS BIGINT) = 0 THEN 0 ELSE `+t.d.now+` + CAST($16 AS BIGINT) END, $17)
    ON CONFLICT DO NOTHING`,
		c.ID, cs.campaign, digest[:], c.Queue, string(c.Place), text(c.Why), c.Kind, text(strings.ToLower(c.Reporter)), c.Proven, number(c.Automatic),
		c.Language, text(c.MessageID), text(c.Source), msOf(c.Sent), c.Keep.Milliseconds(), c.Held.Milliseconds(), c.Receipt)
	if err != nil {
		return f, err
	}
	if n == 0 {
		f.Known = true
		err = t.QueryRowContext(ctx, "SELECT place FROM cases WHERE id = $1", c.ID).Scan(&f.Place)
		return f, err
	}
	if c.Mail != nil {
		if err := t.must(ctx, "INSERT INTO case_mails (case_id, mail) VALUES ($1, $2)", c.ID, c.Mail); err != nil {
			return f, err
		}
	}
	told := false // before, and to a customer
	for _, i := range c.Incidents {
		fresh, place, err := cs.tell(ctx, t, c.ID, i)
		if err != nil {
			return f, err
		}
		if fresh {
			f.New++
		}
		told = told || !fresh && place == ToCustomer
	}
	if told && f.New == 0 && c.Queue == "" {
		f.Place = ToldBefore
		err = t.must(ctx, "UPDATE cases SET place = $2, why = $3 WHERE id = $1", c.ID, string(ToldBefore), "every event of it was reported before")
	}
	return f, err
}

// secret leaves of a case what may be known of it.
func secret(c Case) Case {
	c.Mail, c.MessageID, c.Source, c.Language, c.Why, c.Receipt = nil, "", "", "", "", ""
	for i, e := range c.Incidents {
		c.Incidents[i] = Incident{Key: "secret " + c.ID + fmt.Sprint(i), Addr: e.Addr, Seen: e.Seen, At: e.At, Place: KeptSecret}
	}
	return c
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// tell joins an incident to a case. It reports whether nobody told it before,
// and where it is.
func (cs Cases) tell(ctx context.Context, t *tx, id string, i Incident) (fresh bool, place Place, err error) {
	var n int64
	if n, err = t.exec(ctx, `
INSERT INTO incidents (campaign, told_as, addr, port, target, seen, seen_at, kind, url, place, customer, why, rests_on, by_whom, account)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (campaign, told_as) DO NOTHING`,
		cs.campaign, text(i.Key), incidentKey(i), int64(i.Port), int64(i.Target), text(i.Seen), msOf(i.At), i.Kind, text(i.URL),
		string(i.Place), text(i.Customer), text(i.Why), text(i.RestsOn), text(i.By), text(i.Account)); err != nil {
		return false, "", err
	}
	fresh = n == 1
	if err := t.QueryRowContext(ctx, "SELECT id, place, customer FROM incidents WHERE campaign = $1 AND told_as = $2"+t.d.lock,
		cs.campaign, text(i.Key)).Scan(&i.ID, &place, &i.Customer); err != nil {
		return false, "", err
	}
	if _, err = t.exec(ctx, "INSERT INTO tellings (case_id, incident_id, evidence, span) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		id, i.ID, text(i.Evidence), i.Span); err != nil || !fresh || place != ToCustomer {
		return fresh, place, err
	}
	return fresh, place, cs.notify(ctx, t, id, i)
}

// incidentKey is the address as findings have it, or nothing.
func incidentKey(i Incident) []byte {
	if !i.Addr.IsValid() {
		return []byte{}
	}
	return addrKey(i.Addr.Unmap())
}

// notify has a customer hear of an incident, once.
func (cs Cases) notify(ctx context.Context, t *tx, id string, i Incident) error {
	var known int
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM notices WHERE incident_id = $1 AND customer = $2", i.ID, i.Customer).Scan(&known); err != nil || known > 0 {
		return err
	}
	f := finding.Finding{Addr: i.Addr, Port: i.Port, Kind: finding.Kind(i.Kind), Service: i.URL, Seen: i.At, Evidence: i.Evidence,
		Strength: finding.Observed, Source: fmt.Sprintf("%s/%d/%s", id, i.ID, i.Customer)}
	addr := incidentKey(i)
	if len(addr) == 0 {
		addr = []byte{4, 0, 0, 0, 0} // a name alone is told
	}
	var row int64
	if err := t.QueryRowContext(ctx, `
INSERT INTO findings (campaign, addr, port, proto, kind, service, seen, source, strength, reason, evidence, reporter)
VALUES ($1, $2, $3, '', $4, $5, $6, $7, 'observed', 'reported', $8, '') RETURNING id`,
		cs.campaign, addr, int64(f.Port), string(f.Kind), text(f.Service), msOf(f.Seen), text(f.Source), text(f.Evidence)).Scan(&row); err != nil {
		return err
	}
	if err := t.count(ctx, cs.campaign, "rows", 1); err != nil {
		return err
	}
	if _, err := t.place(ctx, cs.campaign, []letter.Placement{{Row: row, Fate: letter.FateHeld, Reason: "waits for the customer's letter"}}); err != nil {
		return err
	}
	return t.must(ctx, "INSERT INTO notices (incident_id, customer, finding_id, at) VALUES ($1, $2, $3, "+t.d.now+")", i.ID, i.Customer, row)
}

// A Ruling is what a person decided about a case.
type Ruling struct {
	By   string
	What string // in words, for the log
	// Place of the case from now on.
	Place Place
	Why   string
	// Incidents replace those of the case. Nil: they stay as they are.
	Incidents []Incident
	// Mistaken says that the program had decided otherwise, so that its reporter
	// earns no trust.
	Mistaken bool
}

// Rule records what a person decided.
//
// A notice that another decision made is taken back unless its letter is past
// review; then it stays, and taken says how many could not be taken back. It
// returns [ErrApart] for what is kept apart.
func (cs Cases) Rule(ctx context.Context, id string, r Ruling) (stay int, err error) {
	err = inTx(ctx, cs.l, func(t *tx) error {
		stay = 0
		var queue, reporter, kind string
		err := t.QueryRowContext(ctx, "SELECT queue, reporter, kind FROM cases WHERE id = $1 AND campaign = $2"+t.d.lock, id, cs.campaign).Scan(&queue, &reporter, &kind)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: %q", ErrNoCase, id)
		}
		if err != nil {
			return err
		}
		if queue != "" && (r.Place == ToCustomer || len(r.Incidents) > 0) {
			return fmt.Errorf("%w: %q (%s)", ErrApart, id, queue)
		}
		if r.Incidents != nil {
			if stay, err = cs.replace(ctx, t, id, reporter, r); err != nil {
				return err
			}
		}
		if err := t.must(ctx, "UPDATE cases SET place = $2, why = $3, by_whom = $4 WHERE id = $1", id, string(r.Place), text(r.Why), text(r.By)); err != nil {
			return err
		}
		return logCase(ctx, t, CaseEvent{Case: id, By: r.By, What: "decided", Text: r.What})
	})
	return stay, err
}

// replace takes the incidents of a case back and tells others.
func (cs Cases) replace(ctx context.Context, t *tx, id, reporter string, r Ruling) (stay int, err error) {
	rows, err := t.QueryContext(ctx, "SELECT incident_id FROM tellings WHERE case_id = $1", id)
	if err != nil {
		return 0, err
	}
	old, err := collect[int64](rows)
	if err != nil {
		return 0, err
	}
	for _, i := range old {
		var others int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM tellings WHERE incident_id = $1 AND case_id <> $2", i, id).Scan(&others); err != nil {
			return 0, err
		}
		if r.Mistaken {
			if err := t.must(ctx, `INSERT INTO mistakes (campaign, reporter, kind, incident_id, at, by_whom)
SELECT campaign, $2, kind, id, `+t.d.now+", $3 FROM incidents WHERE id = $1", i, reporter, text(r.By)); err != nil {
				return 0, err
			}
		}
		if others > 0 && len(r.Incidents) == 0 {
			continue // what one report does not say, another one does
		}
		n, err := cs.takeBack(ctx, t, i)
		if err != nil {
			return 0, err
		}
		stay += n
	}
	if _, err := t.exec(ctx, "DELETE FROM tellings WHERE case_id = $1", id); err != nil {
		return 0, err
	}
	for _, i := range r.Incidents {
		if err := cs.reopen(ctx, t, id, i, r.By); err != nil {
			return 0, err
		}
	}
	return stay, nil
}

// reopen gives an incident the decision of a person.
func (cs Cases) reopen(ctx context.Context, t *tx, id string, i Incident, by string) error {
	i.By = by
	fresh, _, err := cs.tell(ctx, t, id, i)
	if err != nil || fresh {
		return err
	}
	if err := t.QueryRowContext(ctx, "SELECT id FROM incidents WHERE campaign = $1 AND told_as = $2", cs.campaign, text(i.Key)).Scan(&i.ID); err != nil {
		return err
	}
	if err := t.must(ctx, "UPDATE incidents SET place = $2, customer = $3, why = $4, rests_on = $5, by_whom = $6, account = $7 WHERE id = $1",
		i.ID, string(i.Place), text(i.Customer), text(i.Why), text(i.RestsOn), text(by), text(i.Account)); err != nil || i.Place != ToCustomer {
		return err
	}
	return cs.notify(ctx, t, id, i)
}

// takeBack removes the notices of an incident whose letters are not past
// review, and returns how many stay.
func (cs Cases) takeBack(ctx context.Context, t *tx, incident int64) (stay int, err error) {
	locked, err := t.QueryContext(ctx, `
SELECT id FROM letters WHERE id IN (SELECT p.letter_id FROM notices n JOIN placements p ON p.finding_id = n.finding_id WHERE n.incident_id = $1)`+t.d.lock, incident)
	if err != nil {
		return 0, err
	}
	if _, err := collect[string](locked); err != nil { // nobody approves them meanwhile
		return 0, err
	}
	rows, err := t.QueryContext(ctx, `
SELECT n.finding_id FROM notices n LEFT JOIN placements p ON p.finding_id = n.finding_id LEFT JOIN letters l ON l.id = p.letter_id
 WHERE n.incident_id = $1 AND (p.fate <> 'lettered' OR p.letter_id IS NULL OR l.state = 'drafted')`, incident)
	if err != nil {
		return 0, err
	}
	findings, err := collect[int64](rows)
	if err != nil {
		return 0, err
	}
	for _, f := range findings {
		for _, q := range []string{"DELETE FROM notices WHERE finding_id = $1", "DELETE FROM placements WHERE finding_id = $1", "DELETE FROM findings WHERE id = $1"} {
			if err := t.must(ctx, q, f); err != nil {
				return 0, err
			}
		}
		if err := t.count(ctx, cs.campaign, "rows", -1); err != nil {
			return 0, err
		}
	}
	err = t.QueryRowContext(ctx, "SELECT count(*) FROM notices WHERE incident_id = $1", incident).Scan(&stay)
	return stay, err
}

func logCase(ctx context.Context, t *tx, e CaseEvent) error {
	return t.must(ctx, "INSERT INTO case_log (case_id, at, by_whom, what, text) VALUES ($1, "+t.d.now+", $2, $3, $4)", e.Case, text(e.By), e.What, text(e.Text))
}

// Log records that something happened to a case, such as that somebody looked
// at it.
func (cs Cases) Log(ctx context.Context, e CaseEvent) error {
	return inTx(ctx, cs.l, func(t *tx) error { return logCase(ctx, t, e) })
}

// LogViews records that somebody looked at several cases, in one statement.
func LogViews(ctx context.Context, cs Cases, by string, ids []string) error {
	return inTx(ctx, cs.l, func(t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO case_log (case_id, at, by_whom, what, text) SELECT value ->> 'id', "+t.d.now+", $2, 'viewed', '' FROM "+t.d.each, idList(ids), text(by))
		if err == nil && n != int64(len(ids)) {
			err = fmt.Errorf("%w: %d of %d cases", ErrNoCase, n, len(ids))
		}
		return err
	})
}
