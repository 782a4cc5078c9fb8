package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
)

// Damage is something in the ledger that the tool did not write so.
type Damage struct {
	Where string // what it is about, such as "charge chrg_test_1"
	What  string
}

func (d Damage) String() string { return d.Where + ": " + d.What }

// Broken is where SQLite itself finds damage.
const Broken = "file"

// maxNamed bounds how many findings of one kind are listed one by one.
const maxNamed = 20

// Verify looks for damage: what SQLite itself finds, rows, runs and proofs whose
// seals do not fit, rows and versions that are gone, and windows with fewer
// rows than their proofs say. A run may be writing meanwhile. Notes are what is
// right in the ledger and yet worth a look: figures that Omise itself has
// wrong, and history without proof.
func Verify(ctx context.Context, path string) (damage []Damage, notes []string, err error) {
	s, err := openSource(ctx, path)
	if err != nil {
		return nil, nil, fmt.Errorf("verify ledger %s: %w", path, err)
	}
	defer s.Close()
	if damage, notes, err = s.verify(ctx); err == nil {
		err = s.unchanged()
	}
	if err != nil {
		err = fmt.Errorf("verify ledger %s: %w", path, err)
	}
	return damage, notes, err
}

// OpenShared opens an existing ledger for reading that takes its time, so that
// a run may begin and end meanwhile. Old is true, and nothing is open, when an
// older version made it.
func OpenShared(ctx context.Context, path string) (l *Ledger, old bool, err error) {
	s, err := openSource(ctx, path)
	if err != nil {
		return nil, false, fmt.Errorf("open ledger %s: %w", path, err)
	}
	if s.old {
		return nil, true, s.Close()
	}
	return s.Ledger, false, nil
}

func (s *source) verify(ctx context.Context) (damage []Damage, notes []string, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, nil, explain(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil { // a run may be writing meanwhile
		return nil, nil, explain(err)
	}
	v := &verifier{ctx: ctx, db: conn}
	if broken := v.integrity(); broken || v.err != nil { // what a broken file says of its rows is worth nothing
		return v.damage, nil, explain(v.err)
	}
	if s.old {
		return v.damage, []string{"the ledger was made by an older version: only the file itself was checked; the next `reconcile run` upgrades it"}, nil
	}
	v.runs()
	v.proofSeals()
	verifyObject(v, chargeTable)
	verifyObject(v, refundTable)
	verifyObject(v, disputeTable)
	verifyObject(v, cardTable)
	verifyObject(v, customerTable)
	verifyObject(v, recordTable)
	verifyObject(v, breakTable)
	v.notesAndClosings()
	v.lostProofs()
	v.leftOver()
	for _, list := range Lists() {
		v.thinWindows(list)
		v.gaps(list)
	}
	v.refundSums()
	return v.damage, v.notes, explain(v.err)
}

// verifier gathers findings; after the first error it does nothing more.
type verifier struct {
	ctx    context.Context
	db     *sql.Conn
	damage []Damage
	notes  []string
	err    error
}

// rows runs a query and hands over each row to be scanned.
func (v *verifier) rows(scan func(*sql.Rows) error, query string, args ...any) {
	if v.err != nil {
		return
	}
	rows, err := v.db.QueryContext(v.ctx, query, args...)
	if err != nil {
		v.err = err
		return
	}
	defer rows.Close()
	for rows.Next() {
		if v.err = scan(rows); v.err != nil {
			return
		}
	}
	v.err = rows.Err()
}

// each runs a query of text columns and hands over its rows, the first
// maxNamed one by one; it gives their number.
func (v *verifier) each(found func(row []string), query string, args ...any) (n int) {
	v.rows(func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		row := make([]string, len(columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if n++; n <= maxNamed {
			found(row)
		}
		return nil
	}, query, args...)
	return n
}

// blame adds a damage for each row of a query, whose first column says where,
// and one for those beyond maxNamed.
func (v *verifier) blame(what func(row []string) string, query string, args ...any) {
	var where string
	n := v.each(func(row []string) {
		where = row[0]
		v.damage = append(v.damage, Damage{where, what(row)})
	}, query, args...)
	if n > maxNamed {
		v.damage = append(v.damage, Damage{strings.Fields(where)[0] + "s", fmt.Sprintf("and %d more of the same", n-maxNamed)})
	}
}

func say(text string) func([]string) string { return func([]string) string { return text } }

// integrity asks SQLite, and reports whether the file itself is broken; values
// that the schema does not allow are wrong in a whole file.
func (v *verifier) integrity() (broken bool) {
	v.each(func(row []string) {
		if row[0] == "ok" {
			return
		}
		values := strings.Contains(row[0], "constraint failed") || strings.HasPrefix(row[0], "NULL value")
		broken = broken || !values
		v.damage = append(v.damage, Damage{Broken, row[0]})
	}, "PRAGMA integrity_check")
	v.blame(say("a row that names a run which is gone"), `SELECT 'table ' || "table" FROM pragma_foreign_key_check`)
	return broken
}

// runs finds runs that were altered, and numbers that are missing: no run is
// ever deleted.
func (v *verifier) runs() {
	v.blame(say("altered outside reconcile: the seal does not fit"), "SELECT 'run ' || id FROM runs WHERE ended_at IS NOT NULL AND seal <> "+sealedRun+" ORDER BY id")
	v.blame(func(row []string) string { return fmt.Sprintf("%s runs were begun, %s are left", row[1], row[2]) },
		"SELECT 'runs', seq, (SELECT count(*) FROM runs) AS left FROM sqlite_sequence WHERE name = 'runs' AND seq <> left")
}

// proofSeals finds settled windows that were altered.
func (v *verifier) proofSeals() {
	v.blame(say("its proof was altered: the seal does not fit"), "SELECT "+windowName+" FROM windows WHERE state <> 'planned' AND seal <> "+sealedWindow+" ORDER BY id")
}

const windowName = `'proof of ' || account || ' ' || list || ' ' || coalesce(strftime('%FT%TZ', from_at, 'unixepoch'), from_at) || ' to ' || coalesce(strftime('%FT%TZ', to_at, 'unixepoch'), to_at)`

// verifyObject finds states and versions that were altered, versions that are
// missing from the chain of one object, and rows that a run wrote and that are
// gone.
func verifyObject[T any](v *verifier, t table[T]) {
	name := fmt.Sprintf("'%s ' || replace(id, char(10), ' ')", t.object)
	v.blame(say("altered outside reconcile: the seal does not fit"),
		fmt.Sprintf("SELECT %s FROM %s WHERE seal <> %s ORDER BY account, id", name, t.name, t.sealed("", "since")))
	v.blame(func(row []string) string {
		return fmt.Sprintf("its version of run %s was altered outside reconcile: the seal does not fit", row[1])
	}, fmt.Sprintf("SELECT %s, since FROM %s_versions WHERE seal <> %s ORDER BY account, id, since", name, t.name, t.sealed("", "since")))
	v.blame(func(row []string) string {
		if row[3] == "" {
			return fmt.Sprintf("what run %s wrote of it is gone: nothing follows its version of run %s", row[2], row[1])
		}
		return fmt.Sprintf("its version of run %s held until run %s, and the next one is of run %s: one is missing, or was altered", row[1], row[2], row[3])
	}, fmt.Sprintf(`SELECT %[1]s, since, until, coalesce(next, '') FROM (
		SELECT account, id, since, until, lead(since) OVER (PARTITION BY account, id ORDER BY since) AS next FROM (
			SELECT account, id, since, until FROM %[2]s_versions UNION ALL
			SELECT account, id, since, NULL FROM %[2]s WHERE (account, id) IN (SELECT account, id FROM %[2]s_versions)))
		WHERE until IS NOT NULL AND until IS NOT next ORDER BY account, id, since`, name, t.name))
	v.blame(func(row []string) string {
		return fmt.Sprintf("it wrote %s %ss, the ledger has %s of them: a row or a version was removed or added", row[1], t.object, row[2])
	}, fmt.Sprintf(`SELECT 'run ' || w.run, w.rows, coalesce(h.rows, 0) FROM
		(SELECT run, rows FROM written WHERE object = '%[1]s' UNION ALL
			SELECT DISTINCT since, 0 FROM %[2]s WHERE since NOT IN (SELECT run FROM written WHERE object = '%[1]s')) AS w
		LEFT JOIN (SELECT since, count(*) AS rows FROM (SELECT since FROM %[2]s UNION ALL SELECT since FROM %[2]s_versions) GROUP BY since) AS h ON h.since = w.run
		WHERE w.rows <> coalesce(h.rows, 0) ORDER BY w.run`, t.object, t.name))
}

// notesAndClosings finds what finance wrote, and closed months, that were altered
// or are gone: both are only ever added to.
func (v *verifier) notesAndClosings() {
	for _, kept := range []struct{ table, name, sealed string }{{"notes", "note", sealedNote}, {"closed_months", "closing", sealedClosing}} {
		v.blame(say("altered outside reconcile: the seal does not fit"),
			fmt.Sprintf("SELECT '%s ' || id FROM %s WHERE seal <> %s ORDER BY id", kept.name, kept.table, kept.sealed))
		v.blame(func(row []string) string { return fmt.Sprintf("%s were added, %s are left", row[1], row[2]) },
			fmt.Sprintf("SELECT '%[1]s', seq, (SELECT count(*) FROM %[1]s) AS left FROM sqlite_sequence WHERE name = '%[1]s' AND seq <> left", kept.table))
	}
}

// lostProofs finds runs of whose proofs some are gone.
func (v *verifier) lostProofs() {
	v.blame(func(row []string) string {
		return fmt.Sprintf("it proved %s windows, %s of the proofs are left", row[1], row[2])
	}, `SELECT 'run ' || w.run, w.rows, (SELECT count(*) FROM windows AS p WHERE p.run = w.run AND p.state = 'proven') AS left
		FROM written AS w WHERE w.object = 'window' AND w.rows <> left ORDER BY w.run`)
}

// leftOver finds rows that wait for a window which nobody is reading.
func (v *verifier) leftOver() {
	for _, list := range []string{"charges", "refunds", "disputes", "customers", "cards"} {
		v.blame(func(row []string) string { return row[1] + " rows wait for a window that is settled" },
			fmt.Sprintf(`SELECT 'inbox of %[1]s', count(*) FROM %[1]s_inbox WHERE window NOT IN (SELECT id FROM windows WHERE state = 'planned') HAVING count(*) > 0`, list))
	}
}

// thinWindows finds windows in which there are fewer rows now than their newest
// proof says. More may be: what a later reading found. Whether the ends of a
// window belong to it is not known, so a row may lie one second beyond.
func (v *verifier) thinWindows(list List) {
	v.blame(func(row []string) string {
		return fmt.Sprintf("it was proven with %s rows, the ledger has %s", row[1], row[2])
	}, fmt.Sprintf(`SELECT %s, rows, (SELECT count(*) FROM %s AS o WHERE o.account = windows.account AND o.created_at BETWEEN from_at - 1 AND to_at + 1) AS has
		FROM windows WHERE id IN (SELECT max(id) FROM windows WHERE list = ? AND state = 'proven' GROUP BY account, from_at, to_at) AND rows > has ORDER BY id`, windowName, list), list)
}

// gaps notes the holes in what is proven of a list, and what is not proven.
func (v *verifier) gaps(list List) {
	proven := map[string][]Span{}
	var accounts []string
	v.rows(func(rows *sql.Rows) error {
		var account string
		var span Span
		if err := rows.Scan(&account, &span.From, &span.To); err != nil {
			return err
		}
		if proven[account] == nil {
			accounts = append(accounts, account)
		}
		proven[account] = append(proven[account], span)
		return nil
	}, "SELECT account, from_at, to_at FROM windows WHERE list = ? AND state = 'proven' ORDER BY account, from_at", list)
	for _, account := range accounts {
		chain := Union(proven[account]...)
		for i := 1; i < len(chain); i++ {
			v.notes = append(v.notes, fmt.Sprintf("account %s: %s from %s to %s are not proven; `reconcile backfill` reads them",
				account, list, stamp(chain[i-1].To), stamp(chain[i].From)))
		}
	}
}

func stamp(at Instant) string { return at.Time().Format("2006-01-02T15:04:05Z") }

// refundSums notes the charges whose refunds do not add up at Omise: neither
// with voids nor without. That is for finance to ask about, and no damage. The
// charge's own list of refunds is what is added up, because it comes from the
// same reading as its sum.
func (v *verifier) refundSums() {
	n := v.each(func(row []string) {
		v.notes = append(v.notes, fmt.Sprintf("charge %s: Omise says that %s %s (minor units) are refunded, its refunds add up to %s", row[0], row[1], row[2], row[3]))
	}, `SELECT id, refunded_amount, currency, total FROM (
			SELECT c.id, c.refunded_amount, c.currency, sum(r.value ->> 'amount') AS total,
				coalesce(sum(r.value ->> 'amount') FILTER (WHERE NOT coalesce(r.value ->> 'voided', 0)), 0) AS unvoided
			FROM charges AS c, json_each(iif(json_valid(c.refunds), c.refunds, '[]')) AS r
			WHERE r.value ->> 'amount' BETWEEN 0 AND 1000000000000000 AND coalesce(r.value ->> 'status', 'closed') = 'closed'
			GROUP BY c.account, c.id)
		WHERE refunded_amount <> total AND refunded_amount <> unvoided ORDER BY id`)
	if n > maxNamed {
		v.notes = append(v.notes, fmt.Sprintf("and %d more charges whose refunds do not add up at Omise", n-maxNamed))
	}
}

// CheckProof finds out whether the ledger still has a proof that a run named
// in its reports: "" when it does, else what is wrong.
func (l *Ledger) CheckProof(ctx context.Context, p Proof) (string, error) {
	sums, err := json.Marshal(p.Sums)
	if err != nil {
		return "", err
	}
	var same, there int
	err = l.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE total = ?6 AND rows = ?7 AND sums = ?8), count(*) FROM windows
		WHERE account = ?1 AND list = ?2 AND from_at = ?3 AND to_at = ?4 AND proven_at = ?5 AND state = 'proven'`,
		p.Account, p.List, p.Span.From, p.Span.To, p.ProvenAt, p.Total, p.Rows, string(sums)).Scan(&same, &there)
	switch {
	case err != nil:
		return "", explain(err)
	case there == 0:
		return "the proof is gone", nil
	case same == 0:
		return fmt.Sprintf("the proof said total %d, rows %d, sums %s then, and says something else now", p.Total, p.Rows, sums), nil
	}
	return "", nil
}
