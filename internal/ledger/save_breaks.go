package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// SaveBreaks takes in all breaks of an account that stand now. One that is new,
// or comes back after its cure, is opened by this run; one that is known keeps
// the run that opened it. One that is no longer found is cured where curable
// says that both of its sides were read, else it stays as it was. Opened and
// Cured of found are not looked at.
//
// A run that compares again takes back what it said before.
func (l *Ledger) SaveBreaks(ctx context.Context, run int64, account string, found []Break, curable func(Break) bool) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if err := takeBack(ctx, tx, breakTable, run, account); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, breakTable.makeInbox()); err != nil {
			return err
		}
		if err := fillFound(ctx, tx, run, account, found); err != nil {
			return err
		}
		if err := fillCured(ctx, tx, account, curable); err != nil {
			return err
		}
		if err := mergeTable(ctx, tx, breakTable, run, looseWindow, Changes{}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DROP TABLE breaks_inbox")
		return err
	})
	if err != nil {
		return fmt.Errorf("save the breaks of account %s: %w", account, err)
	}
	return nil
}

// takeBack undoes what a run has written of an account: each row is again what
// it was before, and rows that are new with the run go.
func takeBack[T any](ctx context.Context, tx *sql.Tx, t table[T], run int64, account string) error {
	written, err := affected(tx.ExecContext(ctx, "DELETE FROM "+t.name+" WHERE account = ?1 AND since = ?2", account, run))
	if err != nil || written == 0 {
		return err
	}
	columns := "account, id, " + t.list("") + ", since, seal"
	for _, statement := range []string{
		fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM %[1]s_versions WHERE account = ?1 AND until = ?2", t.name, columns),
		fmt.Sprintf("DELETE FROM %s_versions WHERE account = ?1 AND until = ?2", t.name),
	} {
		if _, err := tx.ExecContext(ctx, statement, account, run); err != nil {
			return err
		}
	}
	return countWritten(ctx, tx, run, string(t.object), -written)
}

func fillFound(ctx context.Context, tx *sql.Tx, run int64, account string, found []Break) error {
	rows := make([]Break, len(found))
	for i, b := range found {
		b.Account, b.Opened, b.Cured = account, run, false
		rows[i] = b
	}
	if err := fillTable(ctx, tx, breakTable, looseWindow, rows); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE breaks_inbox AS i SET opened = b.opened FROM breaks AS b WHERE b.account = i.account AND b.id = i.id AND b.cured = 0`)
	return err
}

func fillCured(ctx context.Context, tx *sql.Tx, account string, curable func(Break) bool) error {
	rows, err := tx.QueryContext(ctx, "SELECT "+breakTable.selection("b")+` FROM breaks AS b WHERE b.account = ? AND b.cured = 0
		AND NOT EXISTS (SELECT 1 FROM breaks_inbox AS i WHERE i.window = 0 AND i.id = b.id)`, account)
	if err != nil {
		return err
	}
	defer rows.Close()
	var cured []Break
	for rows.Next() {
		var b Break
		if err := rows.Scan(breakTable.fields(&b)...); err != nil {
			return err
		}
		if curable(b) {
			b.Cured = true
			cured = append(cured, b)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return fillTable(ctx, tx, breakTable, looseWindow, cured)
}
