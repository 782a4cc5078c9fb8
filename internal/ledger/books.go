package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// BookFile is a file of a source of records, or its query, as last read.
type BookFile struct {
	Account  string
	Source   string
	Path     string // "" of a query
	Size     int64
	Modified Instant // of a query: its start
	SHA256   string
	Mapping  string // fingerprint of the config that decided how it was read
	Run      int64  // that read it

	Rows, Records, Skipped, Unreadable int
}

func (f *BookFile) fields() []any {
	return []any{&f.Account, &f.Source, &f.Path, &f.Size, &f.Modified, &f.SHA256, &f.Mapping, &f.Run, &f.Rows, &f.Records, &f.Skipped, &f.Unreadable}
}

const bookFileColumns = "account, source, path, size, modified, sha256, mapping, run, rows, records, skipped, unreadable"

// BookFiles lists what was read of a source, as last read, by modification time and path.
func (l *Ledger) BookFiles(ctx context.Context, account, source string) ([]BookFile, error) {
	return collect(ctx, l.db, (*BookFile).fields,
		"SELECT "+bookFileColumns+" FROM book_files WHERE account = ? AND source = ? ORDER BY modified, path", account, source)
}

// SaveBook takes in what read hands to its sink: the records of one file or
// query. It is one transaction: when read fails, nothing of it is kept and its
// error comes back as it is. Of two rows with one id the later counts. When the
// file is the whole book, the source's records that it lacks are gone.
//
// Read must not use the ledger.
func (l *Ledger) SaveBook(ctx context.Context, run int64, account, source string, whole bool, read func(BookSink) (BookFile, error)) (Counts, error) {
	b := book{ctx: ctx, run: run, account: account, source: source, whole: whole}
	var failed error
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		b.tx = tx
		sink, err := b.open()
		if err != nil {
			return err
		}
		file, err := read(sink)
		if failed = err; failed != nil {
			return errors.Join(failed, sink.close())
		}
		if err := sink.close(); err != nil {
			return err
		}
		return b.save(file)
	})
	switch {
	case err == nil:
		return b.counts, nil
	case ctx.Err() != nil:
		return Counts{}, ctx.Err() // the transaction ends with it, and then that is all that is heard
	case failed != nil:
		return Counts{}, failed // not explained as an error of the ledger's file, which it need not be
	}
	return Counts{}, fmt.Errorf("save the records of source %s: %w", source, err)
}

// book is one reading of a source on its way into the ledger.
type book struct {
	ctx             context.Context
	tx              *sql.Tx
	run             int64
	account, source string
	whole           bool
	file            int64
	remapped        bool // the file was read before, under another mapping
	counts          Counts
}

// save takes what has arrived into the ledger, step by step.
func (b *book) save(f BookFile) error {
	for _, step := range []func() error{
		func() error { return b.saveFile(f) },
		b.sort, b.supersede, b.savePlaces, b.saveUnreadable, b.merge, b.clear,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) clear() error {
	return b.exec("DROP TABLE arrived; DROP TABLE unreadable_inbox; DROP TABLE book; DROP TABLE superseded; DROP TABLE records_inbox")
}

func (b *book) savePlaces() error {
	return b.exec(`INSERT INTO record_places (account, record, file, row) SELECT account, id, ?, row FROM book WHERE true
		ON CONFLICT (account, record) DO UPDATE SET file = excluded.file, row = excluded.row WHERE (file, row) IS NOT (excluded.file, excluded.row)`, b.file)
}

func (b *book) saveFile(f BookFile) error {
	f.Account, f.Source, f.Run = b.account, b.source, b.run
	known, err := count(b.ctx, b.tx, "SELECT count(*) FROM book_files WHERE account = ? AND source = ? AND path = ? AND mapping <> ?", f.Account, f.Source, f.Path, f.Mapping)
	if b.remapped = known > 0; err != nil {
		return err
	}
	return b.tx.QueryRowContext(b.ctx, "INSERT INTO book_files ("+bookFileColumns+") VALUES ("+placeholders(12)+`)
		ON CONFLICT (account, source, path) DO UPDATE SET size = excluded.size, modified = excluded.modified, sha256 = excluded.sha256, mapping = excluded.mapping,
			run = excluded.run, rows = excluded.rows, records = excluded.records, skipped = excluded.skipped, unreadable = excluded.unreadable
		RETURNING id`, f.fields()...).Scan(&b.file)
}

// markLacking marks what the whole book lacks. A file that adds to the book
// takes nothing away, but when the config reads it otherwise than before, what
// only the old reading made of it is no record any more.
func (b *book) markLacking(changes Changes) error {
	const lacking = "account = ?2 AND source = ?3 AND gone = 0 AND NOT EXISTS (SELECT 1 FROM book AS i WHERE i.id = records.id)"
	const ofFile = " AND EXISTS (SELECT 1 FROM record_places AS p WHERE p.account = records.account AND p.record = records.id AND p.file = ?4)"
	switch {
	case b.whole:
		return markGone(b.ctx, b.tx, recordTable, lacking, changes, b.run, b.account, b.source)
	case b.remapped:
		return markGone(b.ctx, b.tx, recordTable, lacking+ofFile, changes, b.run, b.account, b.source, b.file)
	}
	return nil
}

// merge takes over what is new or has changed, and marks what is gone.
func (b *book) merge() error {
	changes := Changes{RecordObject: {Changed: b.counts.Changed}}
	if err := b.markLacking(changes); err != nil {
		return err
	}
	if err := b.exec(recordTable.makeInbox() + "; " + recordTable.fillChanged("book")); err != nil {
		return err
	}
	if err := mergeTable(b.ctx, b.tx, recordTable, b.run, looseWindow, changes); err != nil {
		return err
	}
	b.counts = changes[RecordObject]
	var err error
	b.counts.Read, err = count(b.ctx, b.tx, "SELECT count(*) FROM book")
	return err
}

func (b *book) exec(statement string, args ...any) error {
	_, err := b.tx.ExecContext(b.ctx, statement, args...)
	return err
}

// Place is where a record stood when it was last read: the file, "" for a
// query, and the row; 0 when it is not known.
func (l *Ledger) Place(ctx context.Context, account, record string) (file string, row int, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT f.path, p.row FROM record_places AS p JOIN book_files AS f ON f.id = p.file
		WHERE p.account = ? AND p.record = ?`, account, record).Scan(&file, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, nil
	}
	return file, row, explain(err)
}
