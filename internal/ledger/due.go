package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Due is one object that must be read again by id. The list of them outlives
// the run: what one does not reach, the next one reads.
type Due struct {
	Object Object
	ID     string
}

// enough is on how many days in a row Omise must not have found an object before
// it is no longer asked for each night. One wrong 404 must not lose an authorisation
// from sight.
const enough = 3

// notMissing keeps the rows of a table of objects that are still asked for.
func notMissing(object Object, alias string) string {
	return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM missing AS m WHERE m.account = %[1]s.account AND m.object = '%[2]s' AND m.id = %[1]s.id AND m.times >= %[3]d)", alias, object, enough)
}

// NoteMissing takes an object off the list that Omise did not find by its id,
// and reports whether that has happened often enough to ask no more until a
// list shows it again.
func (l *Ledger) NoteMissing(ctx context.Context, account string, d Due, run int64) (last bool, err error) {
	err = inTx(ctx, l.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM due WHERE account = ? AND object = ? AND id = ?", account, d.Object, d.ID); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `INSERT INTO missing (account, object, id, times, day)
			SELECT ?1, ?2, ?3, 1, business_date FROM runs WHERE id = ?4
			ON CONFLICT (account, object, id) DO UPDATE SET times = times + (day <> excluded.day), day = excluded.day
			RETURNING times >= ?5`, account, d.Object, d.ID, run, enough).Scan(&last)
	})
	return last, err
}

// StrikeDue takes an object off the list without having read it, because
// asking for it is no use.
func (l *Ledger) StrikeDue(ctx context.Context, account string, d Due) error {
	_, err := l.db.ExecContext(ctx, "DELETE FROM due WHERE account = ? AND object = ? AND id = ?", account, d.Object, d.ID)
	return explain(err)
}

// DueNow lists what is due for an account. Charges that became due by something
// that happened before since are struck off first, if they were read in a
// window after it, proven or not: that reading shows it, unless it shows
// another status of its dispute than the dispute itself has by now.
func (l *Ledger) DueNow(ctx context.Context, account string, since Instant) ([]Due, error) {
	if _, err := l.db.ExecContext(ctx, "DELETE FROM seen WHERE account = ? AND at < ?", account, since); err != nil {
		return nil, explain(err)
	}
	_, err := l.db.ExecContext(ctx, `DELETE FROM due WHERE account = ?1 AND object = 'charge' AND at <= ?2 AND EXISTS (
		SELECT 1 FROM charges AS c WHERE c.account = due.account AND c.id = due.id
		AND (EXISTS (SELECT 1 FROM seen WHERE seen.account = c.account AND seen.id = c.id AND seen.at >= ?2)
			OR EXISTS (SELECT 1 FROM windows AS w WHERE w.account = c.account AND w.list = 'charges' AND w.state = 'proven' AND w.proven_at >= ?2
				AND c.created_at > w.from_at AND c.created_at < w.to_at)) 
		AND NOT EXISTS (SELECT 1 FROM disputes AS d WHERE d.account = c.account AND d.id = c.dispute AND d.status <> c.dispute_status))`, account, since)
	if err != nil {
		return nil, explain(err)
	}
	return collect(ctx, l.db, dueFields, "SELECT object, id FROM due WHERE account = ? ORDER BY object, id", account)
}

func dueFields(d *Due) []any { return []any{&d.Object, &d.ID} }

// OpenDay is a calendar day on which objects were made that can still change.
type OpenDay struct {
	Span Span // the day, its last second included
	Rows int  // all known rows of that day
	Open []string
}

// OpenDays lists the days before an instant on which charges were made that
// can still change by themselves: those in no final status, which takes in
// open authorisations. Days are days of zone.
func (l *Ledger) OpenDays(ctx context.Context, account string, before Instant, zone *time.Location) ([]OpenDay, error) {
	return l.openDays(ctx, "charges AS c", "c."+openStatus+" AND "+notMissing(ChargeObject, "c"), account, before, zone)
}

// OpenDisputeDays lists the days before an instant on which disputes were made
// that can still be decided.
func (l *Ledger) OpenDisputeDays(ctx context.Context, account string, before Instant, zone *time.Location) ([]OpenDay, error) {
	return l.openDays(ctx, "disputes AS d", openDispute+" AND "+notMissing(DisputeObject, "d"), account, before, zone)
}

func (l *Ledger) openDays(ctx context.Context, table, open, account string, before Instant, zone *time.Location) ([]OpenDay, error) {
	type row struct {
		id string
		at Instant
	}
	rows, err := collect(ctx, l.db, func(r *row) []any { return []any{&r.id, &r.at} },
		"SELECT id, created_at FROM "+table+" WHERE account = ? AND created_at < ? AND "+open+" ORDER BY created_at, id", account, before)
	if err != nil {
		return nil, err
	}
	var days []OpenDay
	for _, r := range rows {
		day := dayOf(r.at, zone)
		if n := len(days); n == 0 || days[n-1].Span != day {
			days = append(days, OpenDay{Span: day})
		}
		last := &days[len(days)-1]
		last.Open = append(last.Open, r.id)
	}
	for i := range days {
		err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM "+table+" WHERE account = ? AND created_at BETWEEN ? AND ?",
			account, days[i].Span.From, days[i].Span.To).Scan(&days[i].Rows)
		if err != nil {
			return nil, explain(err)
		}
	}
	return days, nil
}

// OpenRefundDays lists the days from an instant up to another one on which
// refunds were made whose money has not moved for sure. Days are days of zone.
func (l *Ledger) OpenRefundDays(ctx context.Context, account string, from, before Instant, zone *time.Location) ([]Span, error) {
	times, err := collect(ctx, l.db, func(at *Instant) []any { return []any{at} },
		"SELECT created_at FROM refunds AS r WHERE account = ? AND created_at >= ? AND created_at < ? AND NOT ("+settledRefund+") ORDER BY created_at", account, from, before)
	var days []Span
	for _, at := range times {
		if day := dayOf(at, zone); len(days) == 0 || days[len(days)-1] != day {
			days = append(days, day)
		}
	}
	return days, err
}

func dayOf(at Instant, zone *time.Location) Span {
	y, m, d := at.In(zone).Date()
	return Span{
		From: InstantOf(time.Date(y, m, d, 0, 0, 0, 0, zone)),
		To:   InstantOf(time.Date(y, m, d+1, 0, 0, 0, 0, zone)) - 1,
	}
}
