package ledger

import "context"

// UnreadableRows lists the rows of an account's books that could not be
// understood when their file was last read, by source, file and row.
func (l *Ledger) UnreadableRows(ctx context.Context, account string) ([]UnreadableRow, error) {
	return collect(ctx, l.db, func(u *UnreadableRow) []any {
		return []any{&u.Account, &u.Source, &u.File, &u.Ref, &u.Row, &u.Hash, &u.Field, &u.Value, &u.Reason}
	}, `SELECT f.account, f.source, f.path, u.ref, u.row, u.hash, u.field, u.value, u.reason
		FROM unreadable_rows AS u JOIN book_files AS f ON f.id = u.file WHERE f.account = ? ORDER BY f.source, f.path, u.row`, account)
}

// saveUnreadable replaces the file's rows that could not be read. The source's
// other files were read before: what they have wrong is healed where this one
// has the same order or charge as a record, or is the whole book.
func (b *book) saveUnreadable() error {
	const others = "DELETE FROM unreadable_rows WHERE file IN (SELECT id FROM book_files WHERE account = ?1 AND source = ?2)"
	healed := others + " AND ref <> '' AND ref IN (SELECT order_ref FROM book UNION ALL SELECT charge FROM book)"
	if b.whole {
		healed = others
	}
	if err := b.exec(healed, b.account, b.source); err != nil {
		return err
	}
	if err := b.exec("DELETE FROM unreadable_rows WHERE file = ?", b.file); err != nil {
		return err
	}
	return b.exec(`INSERT INTO unreadable_rows (file, row, ref, hash, field, value, reason)
		SELECT ?, row, ref, hash, field, value, reason FROM unreadable_inbox`, b.file)
}
