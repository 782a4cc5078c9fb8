package ledger

import "context"

// UnreadableRows lists the rows of an account's books that could not be
// understood, as a run knew them, by source, file and row.
func (l *Ledger) UnreadableRows(ctx context.Context, account string, run int64) ([]UnreadableRow, error) {
	return collect(ctx, l.db, func(u *UnreadableRow) []any {
		return []any{&u.Account, &u.Source, &u.File, &u.Ref, &u.Row, &u.Hash, &u.Field, &u.Value, &u.Reason}
	}, `SELECT f.account, f.source, f.path, u.ref, u.row, u.hash, u.field, u.value, u.reason
		FROM unreadable_rows AS u JOIN book_files AS f ON f.id = u.file
		WHERE f.account = ?1 AND u.since <= ?2 AND coalesce(u.until > ?2, 1) ORDER BY f.source, f.path, u.row`, account, run)
}

// saveUnreadable keeps the file's rows that could not be read, and closes those
// that it no longer has. The source's other files were read before: what they
// have wrong is healed where this one has the same order or charge as a record,
// or is the whole book.
func (b *book) saveUnreadable() error {
	const (
		closed = "UPDATE unreadable_rows SET until = ?1 WHERE until IS NULL AND "
		others = "file IN (SELECT id FROM book_files WHERE account = ?2 AND source = ?3 AND id <> ?4)"
		facts  = "row, ref, hash, field, value, reason"
	)
	healed := others + " AND ref <> '' AND ref IN (SELECT order_ref FROM book UNION ALL SELECT charge FROM book)"
	if b.whole {
		healed = others
	}
	if err := b.exec(closed+healed, b.run, b.account, b.source, b.file); err != nil {
		return err
	}
	if err := b.exec(closed+"file = ?2 AND ("+facts+") NOT IN (SELECT "+facts+" FROM unreadable_inbox)", b.run, b.file); err != nil {
		return err
	}
	return b.exec("INSERT OR REPLACE INTO unreadable_rows (file, since, "+facts+") SELECT ?1, ?2, "+facts+" FROM unreadable_inbox WHERE ("+
		facts+") NOT IN (SELECT "+facts+" FROM unreadable_rows WHERE file = ?1 AND until IS NULL)", b.file, b.run)
}
