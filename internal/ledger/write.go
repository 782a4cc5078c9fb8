package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// looseWindow is the inbox of objects that were read by id, outside windows.
const looseWindow = 0

// SaveObjects stores objects that were read by id, in one transaction, and
// strikes them off the list of what is due.
func (l *Ledger) SaveObjects(ctx context.Context, run int64, batch Batch) (Changes, error) {
	changes := Changes{}
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if err := fill(ctx, tx, looseWindow, batch); err != nil {
			return err
		}
		return merge(ctx, tx, run, looseWindow, changes)
	})
	if err != nil {
		return nil, fmt.Errorf("save objects: %w", err)
	}
	return changes, nil
}

// fill puts a batch into the inbox of a window.
func fill(ctx context.Context, tx *sql.Tx, window int64, batch Batch) error {
	if err := fillTable(ctx, tx, chargeTable, window, batch.Charges); err != nil {
		return err
	}
	if err := fillTable(ctx, tx, refundTable, window, batch.Refunds); err != nil {
		return err
	}
	if err := fillTable(ctx, tx, disputeTable, window, batch.Disputes); err != nil {
		return err
	}
	if err := fillTable(ctx, tx, customerTable, window, batch.Customers); err != nil {
		return err
	}
	return fillTable(ctx, tx, cardTable, window, batch.Cards)
}

func fillTable[T any](ctx context.Context, tx *sql.Tx, t table[T], window int64, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, t.insertInbox())
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := range rows {
		if _, err := insert.ExecContext(ctx, append([]any{window}, t.fields(&rows[i])...)...); err != nil {
			return err
		}
	}
	return nil
}

// merge moves a window's inbox into the ledger: earlier versions are kept,
// unchanged rows are not written, cards that their customer no longer has are
// marked, and charges that new refunds and disputes name become due.
func merge(ctx context.Context, tx *sql.Tx, run, window int64, changes Changes) error {
	if err := mergeTable(ctx, tx, customerTable, run, window, changes); err != nil {
		return err
	}
	if err := markAbsentCards(ctx, tx, run, window, changes); err != nil {
		return err
	}
	if err := mergeTable(ctx, tx, cardTable, run, window, changes); err != nil {
		return err
	}
	if err := dueCharges(ctx, tx, run, window); err != nil {
		return err
	}
	if err := mergeTable(ctx, tx, refundTable, run, window, changes); err != nil {
		return err
	}
	if err := mergeTable(ctx, tx, disputeTable, run, window, changes); err != nil {
		return err
	}
	if err := fillDisputeStatus(ctx, tx, window); err != nil {
		return err
	}
	if err := mergeTable(ctx, tx, chargeTable, run, window, changes); err != nil {
		return err
	}
	return emptyInbox(ctx, tx, window)
}

func mergeTable[T any](ctx context.Context, tx *sql.Tx, t table[T], run, window int64, changes Changes) error {
	before, err := count(ctx, tx, "SELECT count(*) FROM "+t.name+"_inbox AS i JOIN "+t.name+" AS o USING (account, id) WHERE i.window = ?", window)
	if err != nil {
		return err
	}
	arrived, err := count(ctx, tx, "SELECT count(*) FROM "+t.name+"_inbox WHERE window = ?", window)
	if err != nil || arrived == 0 {
		return err
	}
	kept, err := affected(tx.ExecContext(ctx, t.keepVersions(), run, window))
	if err != nil {
		return err
	}
	written, err := affected(tx.ExecContext(ctx, t.upsert(), run, window))
	if err != nil {
		return err
	}
	added := arrived - before
	changes.Merge(Changes{t.object: {Read: arrived, Added: added, Changed: written - added}})
	return countWritten(ctx, tx, run, string(t.object), added+kept)
}

// dueCharges notes the charges that refunds and disputes in the inbox name, if
// those are new or changed: their charge has changed with them. A charge whose
// own page is read later in the run is struck off again.
func dueCharges(ctx context.Context, tx *sql.Tx, run, window int64) error {
	statements := []string{dueFrom(refundTable), dueFrom(disputeTable)}
	for _, noted := range []string{"due", "missing"} { // read just now: neither any more
		statements = append(statements, strike(noted, chargeTable), strike(noted, disputeTable))
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, run, window); err != nil {
			return err
		}
	}
	return nil
}

// strike takes run and window, and deletes from a table of notes on single
// objects those that are in the inbox.
func strike[T any](noted string, t table[T]) string {
	return fmt.Sprintf("DELETE FROM %[1]s WHERE object = '%[2]s' AND EXISTS (SELECT 1 FROM %[3]s_inbox AS i WHERE i.window = ?2 AND i.account = %[1]s.account AND i.id = %[1]s.id)", noted, t.object, t.name)
}

// dueFrom takes run and window. A new refund happened when it was created; when
// a known one changed is not known, so that counts as of the run's start.
func dueFrom[T any](t table[T]) string {
	return fmt.Sprintf(`INSERT INTO due (account, object, id, run, at)
		SELECT i.account, 'charge', i.charge, ?1, max(iif(o.id IS NULL, i.created_at, (SELECT started_at FROM runs WHERE runs.id = ?1)))
		FROM %[1]s_inbox AS i LEFT JOIN %[1]s AS o ON o.account = i.account AND o.id = i.id
		WHERE i.window = ?2 AND i.charge <> '' AND (o.id IS NULL OR %[2]s) GROUP BY i.account, i.charge
		ON CONFLICT (account, object, id) DO UPDATE SET run = excluded.run, at = max(at, excluded.at)`, t.name, t.differs("i", "o"))
}

// fillDisputeStatus gives the charges that name their dispute by its id alone
// the status that the dispute itself has.
func fillDisputeStatus(ctx context.Context, tx *sql.Tx, window int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE charges_inbox AS i
		SET dispute_status = coalesce((SELECT d.status FROM disputes AS d WHERE d.account = i.account AND d.id = i.dispute), '')
		WHERE window = ? AND dispute <> '' AND dispute_status = ''`, window)
	return err
}

// markAbsentCards marks the cards that a customer in the inbox had and has no
// longer: Omise drops a deleted card from every list without a word. A card
// that is there and could not be read is not taken for deleted.
func markAbsentCards(ctx context.Context, tx *sql.Tx, run, window int64, changes Changes) error {
	const gone = `deleted = 0
		AND (account, customer) IN (SELECT c.account, c.id FROM customers_inbox AS c WHERE c.window = ?2)
		AND NOT EXISTS (SELECT 1 FROM cards_inbox AS i WHERE i.window = ?2 AND i.id = cards.id)
		AND NOT EXISTS (SELECT 1 FROM unreadable AS x WHERE x.run = ?1 AND x.account = cards.account AND x.object = 'card' AND x.id = cards.id)`
	return markGone(ctx, tx, cardTable, gone, changes, run, window)
}

// markGone keeps the version of each row that where selects and marks it;
// nothing is ever removed. The first argument is the run.
func markGone[T any](ctx context.Context, tx *sql.Tx, t table[T], where string, changes Changes, args ...any) error {
	keep := fmt.Sprintf(`INSERT INTO %[1]s_versions (account, id, %[2]s, since, until, seal)
		SELECT account, id, %[2]s, since, ?1, seal FROM %[1]s WHERE since < ?1 AND %[3]s`, t.name, t.list(""), where)
	kept, err := affected(tx.ExecContext(ctx, keep, args...))
	if err != nil {
		return err
	}
	// SQL sees the columns as they were, so what is sealed says gone by itself.
	sealed := strings.ReplaceAll(t.sealed("", "?1"), `"`+t.gone+`"`, "1")
	mark := fmt.Sprintf("UPDATE %s SET %s = 1, since = ?1, seal = %s WHERE %s", t.name, t.gone, sealed, where)
	marked, err := affected(tx.ExecContext(ctx, mark, args...))
	if err != nil {
		return err
	}
	if marked > 0 {
		changes.Merge(Changes{t.object: {Changed: marked}})
	}
	return countWritten(ctx, tx, args[0].(int64), string(t.object), kept)
}

func emptyInbox(ctx context.Context, tx *sql.Tx, window int64) error {
	for _, statement := range []string{
		chargeTable.emptyInbox(), refundTable.emptyInbox(), disputeTable.emptyInbox(), customerTable.emptyInbox(), cardTable.emptyInbox(),
	} {
		if _, err := tx.ExecContext(ctx, statement, window); err != nil {
			return err
		}
	}
	return nil
}

func count(ctx context.Context, tx *sql.Tx, query string, args ...any) (int, error) {
	var n int
	err := tx.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
